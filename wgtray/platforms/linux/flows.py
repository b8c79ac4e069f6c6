"""To which addresses has a program of this machine a socket open?"""

import contextlib
import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path

from wgtray.core.fields import Address

TABLES = tuple(Path("/proc/thread-self/net") / name for name in ("tcp", "tcp6", "udp", "udp6"))

_GONE = {"06", "07", "0A"}  # net/tcp_states.h: TIME_WAIT, CLOSE (of UDP: unconnected), LISTEN


def remotes() -> frozenset[Address]:
    """Of all connected sockets of this network namespace; those of other namespaces are not ours to see."""
    found: set[Address] = set()
    for table in TABLES:
        with contextlib.suppress(OSError):  # a kernel without IPv6
            found.update(parse(table.read_text()))
    return frozenset(found)


def parse(table: str) -> Iterator[Address]:
    """The remote addresses of a table of /proc/net: the third column, in words of the machine's own byte order."""
    for line in table.splitlines()[1:]:
        columns = line.split(None, 4)
        if len(columns) > 3 and columns[3] not in _GONE:
            packed = _packed(columns[2].partition(":")[0])
            if any(packed):
                yield Address(str(_plain(packed)))


def _packed(words: str) -> bytes:
    raw = bytes.fromhex(words)
    if sys.byteorder == "big":
        return raw
    return b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))


def _plain(packed: bytes) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if len(packed) == 4:
        return ipaddress.IPv4Address(packed)
    six = ipaddress.IPv6Address(packed)
    return six.ipv4_mapped or six
