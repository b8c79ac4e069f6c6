"""Which name servers does this machine's network have, whatever we have put in their place?"""

import socket
from collections.abc import Sequence
from pathlib import Path

from wgtray.core import resolvers
from wgtray.core.fields import Address

SYSTEM = Path("/etc/resolv.conf")
RESOLVED = Path("/run/systemd/resolve/resolv.conf")
"""The servers behind systemd-resolved's stub."""

HOSTS = Path("/etc/hosts")


def upstreams(resolv_conf: Path = SYSTEM, behind: Sequence[Path] = (RESOLVED,)) -> tuple[str, ...]:
    """The servers that ``resolv_conf`` names.

    Where it names only systemd-resolved's stub or our forwarder: those of the first file of ``behind`` with others.
    """
    for path in (resolv_conf, *behind):
        servers = tuple(one for one in _servers(path) if one not in (resolvers.STUB, resolvers.FORWARDER))
        if servers:
            return servers
    return ()


def hosts(path: Path = HOSTS) -> dict[str, tuple[Address, ...]]:
    """What an administrator wrote down for this machine alone."""
    return resolvers.hosts(_text(path))


def socket_address(server: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]:
    """Where a server is, for a socket; raises OSError for a zone that is no interface."""
    address, _, zone = server.partition("%")
    if ":" not in address:
        return socket.AF_INET, (address, port)
    return socket.AF_INET6, (address, port, 0, socket.if_nametoindex(zone) if zone else 0)


def _servers(path: Path) -> tuple[str, ...]:
    return resolvers.name_servers(_text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
