"""What do other nodes claim, and what did we? BIRD and we write it into routing tables; here they are read."""

import socket
import struct
from collections.abc import Iterator

import msgspec

from wgtray.core.fields import Address
from wgtray.core.following import OTHERS_TABLE, OWN_TABLE, PROTOCOL
from wgtray.platforms.linux import netlink

# linux/rtnetlink.h
_NEW_ROUTE, _DELETE_ROUTE, _GET_ROUTE = 24, 25, 26
_ROUTE = struct.Struct("=BBBBBBBBI")  # rtmsg: family, lengths of dst and src, tos, table, protocol, scope, type, flags
_TO, _PRIORITY, _TABLE = 1, 6, 15
_GROUPS = 0x40 | 0x400  # RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_ROUTE
_LENGTH = {socket.AF_INET: 32, socket.AF_INET6: 128}


class Claim(msgspec.Struct, frozen=True):
    """A host route of one of the two tables: its metric is the number."""

    address: Address
    serial: int
    table: int
    protocol: int
    gone: bool = False


class Missed(Exception):
    """The kernel had more to tell than fits; what there is must be read anew."""


class Others:
    """News of the routing tables of this network namespace."""

    def __init__(self) -> None:
        """Raises OSError."""
        self.socket = netlink.connection(socket.NETLINK_ROUTE)
        self.socket.bind((0, _GROUPS))
        self.socket.setblocking(False)

    def news(self) -> Iterator[Claim]:
        """What changed since the last time in the others' table; raises Missed."""
        while True:
            try:
                answer = self.socket.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError as error:
                raise Missed from error
            yield from (claim for claim in claims(answer) if claim.table == OTHERS_TABLE)

    def close(self) -> None:
        self.socket.close()


def present() -> Iterator[Claim]:
    """Every claim of the others, and those of ours that an earlier run left; raises OSError."""
    for family in _LENGTH:
        request = netlink.message(_GET_ROUTE, netlink.DUMP, _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0))
        for kind, content in netlink.dump(socket.NETLINK_ROUTE, request):
            claim = _claim(kind, content)
            if claim is None:
                continue
            if claim.table == OTHERS_TABLE or (claim.table == OWN_TABLE and claim.protocol == PROTOCOL):
                yield claim


def claims(answer: bytes) -> Iterator[Claim]:
    """The host routes in one datagram of the kernel's."""
    for kind, content in netlink.messages(answer):
        claim = _claim(kind, content)
        if claim is not None:
            yield claim


def _claim(kind: int, content: bytes) -> Claim | None:
    if kind not in (_NEW_ROUTE, _DELETE_ROUTE) or len(content) < _ROUTE.size:
        return None
    family, length, _, _, table, protocol, *_ = _ROUTE.unpack_from(content)
    found = dict(netlink.attributes(content[_ROUTE.size :]))
    if _LENGTH.get(family) != length or _TO not in found or _PRIORITY not in found:
        return None
    if _TABLE in found:
        (table,) = struct.unpack("=I", found[_TABLE])
    address = Address(socket.inet_ntop(family, found[_TO]))
    return Claim(address, struct.unpack("=I", found[_PRIORITY])[0], table, protocol, kind == _DELETE_ROUTE)
