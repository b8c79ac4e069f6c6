"""A name server in a namespace of the lab; what it says stands in a file that a test rewrites at will.

Runs as ``python -m tests.network.nameserver ADDRESS FILE`` and prints "ready".
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import dns.message

from tests.fakes.zone import Zone, serving
from wgtray.lab import Lab
from wgtray.lab.place import Place

PORT = 53


class NameServer:
    """One that runs; ``resolv_conf`` names it."""

    def __init__(self, lab: Lab, address: str) -> None:
        self.address = address
        self.resolv_conf = lab.runtime_dir / f"resolv-{address}.conf"
        self.resolv_conf.write_text(f"nameserver {address}\n")
        self.records = lab.runtime_dir / f"zone-{address}.json"
        self.says({})

    def says(self, names: Mapping[str, list[str]]) -> None:
        """From now on these names have these addresses, of both families; all others do not exist."""
        draft = self.records.with_suffix(".new")
        draft.write_text(json.dumps(names))
        draft.replace(self.records)


@contextlib.contextmanager
def running(lab: Lab, place: Place, address: str) -> Iterator[NameServer]:
    """A name server on that address of that place."""
    server = NameServer(lab, address)
    argv = [sys.executable, "-m", "tests.network.nameserver", address, str(server.records)]
    process = place.popen(argv, stdout=-1)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield server
    finally:
        process.kill()
        process.communicate()


class _FromFile(Zone):
    """Reads what to say for every question."""

    def __init__(self, path: Path) -> None:
        super().__init__({})
        self._path = path

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        said: dict[str, list[str]] = json.loads(self._path.read_text())
        self.records = {
            (name, kind): [one for one in addresses if (":" in one) == (kind == "AAAA")]
            for name, addresses in said.items()
            for kind in ("A", "AAAA")
        }
        return super().answer(query)


async def _main(address: str, path: Path) -> None:
    async with serving(_FromFile(path), address, PORT):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], Path(sys.argv[2])))
