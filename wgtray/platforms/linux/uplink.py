"""By which way do packets leave this network namespace? Its default routes, and the addresses that they leave with.

Read from ``/proc``, which shows IPv4's main table and all tables of IPv6. A route counts while its link runs: a cable
that is pulled out leaves it there.
"""

import contextlib
import fcntl
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

import msgspec

from wgtray.platforms.api import Uplink
from wgtray.platforms.linux.routes import MARK

_REJECT = 0x200  # linux/route.h: RTF_REJECT
_EVERYTHING_V6 = f"{'0' * 32} 00 "
_V4, _V6 = "/proc/thread-self/net/route", "/proc/thread-self/net/ipv6_route"
_SIOCGIFFLAGS = 0x8913  # linux/sockios.h
_UP_AND_RUNNING = 0x1 | 0x40  # linux/if.h: IFF_UP, IFF_RUNNING

_ANYWHERE = {4: (socket.AF_INET, ("192.0.2.1", 9)), 6: (socket.AF_INET6, ("2001:db8::1", 9))}
"""Addresses of nobody (RFC 5737, RFC 3849). A datagram socket that names one sends nothing, it only learns its own."""


class Default(msgspec.Struct, frozen=True, order=True):
    """One default route, as ``/proc`` writes it; the lowest metric is used."""

    metric: int
    dev: str
    gateway: str


def uplink(own: str | None) -> Uplink:
    """The ways out at this moment but for our interface ``own``; of both families where the kernel cannot be asked."""
    try:
        routes = {4: parse_v4(Path(_V4).read_text())}
    except OSError:
        return Uplink(frozenset({4, 6}))
    with contextlib.suppress(OSError):  # a kernel without IPv6
        routes[6] = parse_v6(Path(_V6).read_text())
    ways = {family: best for family, found in routes.items() if (best := _best(found, own)) is not None}
    shown = [f"{way.dev} {way.gateway} {_own_address(family)}" for family, way in sorted(ways.items())]
    return Uplink(frozenset(ways), ", ".join(shown))


def parse_v4(table: str) -> list[Default]:
    """``/proc/net/route``: interface, destination, gateway, flags, metric and mask are columns 1, 2, 3, 4, 7 and 8."""
    rows = [line.split() for line in table.splitlines()[1:] if "\t00000000\t" in line]
    return [
        Default(int(row[6]), row[0], row[2])
        for row in rows
        if len(row) > 7 and row[1] == row[7] == "00000000" and not int(row[3], 16) & _REJECT
    ]


def parse_v6(table: str) -> list[Default]:
    """``/proc/net/ipv6_route``: destination, its length, gateway, metric, flags and interface are columns 1, 2, 5, 6, 9
    and 10.
    """
    rows = [line.split() for line in table.splitlines() if line.startswith("0" * 32 + " 00 ")]
    return [
        Default(int(row[5], 16), row[9], row[4])
        for row in rows
        if len(row) > 9 and not int(row[8], 16) & _REJECT and row[9] != "lo"
    ]


def _best(found: Iterable[Default], own: str | None) -> Default | None:
    return min((way for way in found if way.dev != own and _runs(way.dev)), default=None)


def _runs(dev: str) -> bool:
    """Whether the link is up and has a carrier, or no need of one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock, _SIOCGIFFLAGS, struct.pack("16s24x", dev.encode()))
        except OSError:
            return False
    (flags,) = struct.unpack_from("@H", answer, 16)
    return bool(flags & _UP_AND_RUNNING == _UP_AND_RUNNING)


def _own_address(family: int) -> str:
    """The source address of our own marked packets; empty where there is none yet."""
    kind, nobody = _ANYWHERE[family]
    with socket.socket(kind, socket.SOCK_DGRAM) as sock:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
            sock.connect(nobody)
        except OSError:
            return ""
        return str(sock.getsockname()[0])
