"""How does the bench start, watch and stop a client's traffic?"""

import mmap
import subprocess
import sys
import time
from bisect import bisect_left
from contextlib import suppress
from pathlib import Path

from tests.bench.failover import sender
from tests.bench.failover.figures import Packet
from wgtray.lab import Lab
from wgtray.lab.place import Client
from wgtray.lab.spec import ECHO_PORT

MOST_PACKETS = 1_000_000
_PAIR = 16
_START_S = 0.3


class Traffic:
    """UDP echo to the company's host from one client, from `begin` (monotonic) on."""

    def __init__(self, lab: Lab, client: Client, rate: float, begin: float | None = None) -> None:
        self._path: Path = lab.runtime_dir / f"traffic-{client.name}.bin"
        self._path.unlink(missing_ok=True)
        with self._path.open("wb") as file:
            file.truncate(MOST_PACKETS * _PAIR)
        with self._path.open("rb") as file:
            self._record = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)).cast("d")
        self.begin = time.monotonic() + _START_S if begin is None else begin
        words = [lab.company_host[0], str(ECHO_PORT), str(rate), repr(self.begin), str(self._path)]
        self._process = client.popen([sys.executable, "-S", "-E", sender.__file__, *words], stdin=subprocess.PIPE)
        self._count = 0

    def packets(self, since: float) -> list[Packet]:
        """Those sent from `since` on."""
        while self._sent(self._count):
            self._count += 1
        first = bisect_left(range(self._count), since, key=self._sent)
        return [Packet(self._sent(at), self._record[2 * at + 1] or None) for at in range(first, self._count)]

    def answered(self, since: float) -> bool:
        """Whether any packet sent from `since` on was answered already."""
        return any(packet.received is not None for packet in self.packets(since))

    def stop(self) -> None:
        """End the sender and forget its record."""
        self._process.communicate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._path.unlink(missing_ok=True)

    def _sent(self, number: int) -> float:
        return float(self._record[2 * number]) if number < MOST_PACKETS else 0.0
