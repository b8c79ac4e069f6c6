"""Where is a name server, and what did an administrator write down so that none is asked?"""

import socket
from pathlib import Path

from wgtray.core import resolvers
from wgtray.core.fields import Address

HOSTS = Path("/etc/hosts")


def hosts(path: Path = HOSTS) -> dict[str, tuple[Address, ...]]:
    """What an administrator wrote down for this machine alone."""
    try:
        return resolvers.hosts(path.read_text(errors="replace"))
    except OSError:
        return {}


def socket_address(server: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]:
    """Where a server is, for a socket; raises OSError for a zone that is no interface."""
    address, _, zone = server.partition("%")
    if ":" not in address:
        return socket.AF_INET, (address, port)
    return socket.AF_INET6, (address, port, 0, socket.if_nametoindex(zone) if zone else 0)
