"""Which network services has this Mac, in which order, and whom do they ask for names? networksetup(8), undone.

What networksetup sets is kept by the system for good. So what was there is written down, on the disk, before anything
is changed, and put back by whoever comes next when we do not.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from wgtray.platforms.macos.machine import Machine

FILE = "services.json"

ORDER = ["networksetup", "-listnetworkserviceorder"]

_SERVICE = re.compile(r"\((\d+|\*)\) (.+)")
_DEVICE = re.compile(r"\(Hardware Port: .*, Device: (\S*)\)")


class Service(msgspec.Struct, frozen=True):
    """One, in the system's order."""

    name: str
    device: str


class Names(msgspec.Struct, frozen=True):
    """What a service was told to ask; nothing: what its network says (DHCP)."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


def parse_order(text: str, *, every: bool = False) -> list[Service]:
    """``networksetup -listnetworkserviceorder``; those that are switched off only where ``every`` one is asked for."""
    found: list[Service] = []
    name = ""
    for line in text.splitlines():
        if device := _DEVICE.fullmatch(line.strip()):
            found += [Service(name, device[1])] if name and device[1] else []
            name = ""
        elif service := _SERVICE.fullmatch(line.strip()):
            name = "" if service[1] == "*" and not every else service[2]
    return found


def parse_values(text: str) -> tuple[str, ...]:
    """``-getdnsservers`` and ``-getsearchdomains``: one a line, or a sentence."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return () if any(" " in line for line in lines) else tuple(lines)


def render_servers(service: str, servers: Iterable[str]) -> list[str]:
    return ["networksetup", "-setdnsservers", service, *(tuple(servers) or ("empty",))]


def render_search(service: str, domains: Iterable[str]) -> list[str]:
    return ["networksetup", "-setsearchdomains", service, *(tuple(domains) or ("empty",))]


async def order(machine: Machine, *, every: bool = False) -> list[Service]:
    """Raises CommandFailed."""
    return parse_order(await machine.run(ORDER), every=every)


async def names(machine: Machine, service: str) -> Names:
    """Raises CommandFailed."""
    servers = parse_values(await machine.run(["networksetup", "-getdnsservers", service]))
    return Names(servers, parse_values(await machine.run(["networksetup", "-getsearchdomains", service])))


class Journal:
    """What services asked before us."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE

    def read(self) -> Mapping[str, Names]:
        """Empty also where it cannot be read: then nothing is known to put back."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Names])
        except (OSError, msgspec.MsgspecError):
            return {}

    def write(self, before: Mapping[str, Names]) -> None:
        """On the disk when this returns; raises OSError."""
        if not before:
            self._path.unlink(missing_ok=True)
            return
        handle, written = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(before))
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, self._path)
