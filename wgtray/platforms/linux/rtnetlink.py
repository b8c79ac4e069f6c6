"""How is the kernel told of a host route without a process in between? Over its routing socket, in 20 µs a pair.

A learned address is put into the tunnel while a program waits for the answer with it; starting ``ip`` would take longer
than asking. The kernel carries such a message out before ``send`` returns, so that its acknowledgement is there to be
read at once and nothing is ever waited for.
"""

import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Iterable

import msgspec

from wgtray.core.fields import Address

BATCH = 32
"""Messages sent at a time: their acknowledgements fit into the socket's buffer (net.core.rmem_default, 208 KiB)."""

# linux/netlink.h
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # nlattr: length, type
_REQUEST, _ACK, _REPLACE, _CREATE = 0x1, 0x4, 0x100, 0x400
_ERROR = 2
_SOL_NETLINK, _CAP_ACK = 270, 10  # acknowledge without repeating the message

# linux/rtnetlink.h
_NEW_ROUTE, _DELETE_ROUTE = 24, 25
_ROUTE = struct.Struct("=BBBBBBBBI")  # rtmsg: family, lengths of dst and src, tos, table, protocol, scope, type, flags
_TO, _DEVICE, _PRIORITY, _TABLE = 1, 4, 6, 15
_UNSPECIFIED, _UNICAST, _UNREACHABLE = 0, 1, 7
_SCOPE_LINK, _SCOPE_ANY, _SCOPE_NOWHERE = 253, 0, 255


class HostRoute(msgspec.Struct, frozen=True):
    """A route to one address: into the interface of that number, or None: unreachable."""

    address: Address
    table: int
    protocol: int
    metric: int
    device: int | None = None


def render_put(route: HostRoute) -> bytes:
    """One message that lays the route, whether or not it lies there."""
    return _message(_NEW_ROUTE, _CREATE | _REPLACE, route)


def render_delete(route: HostRoute) -> bytes:
    """One message that removes it."""
    return _message(_DELETE_ROUTE, 0, route)


def parse_errors(answer: bytes) -> list[int]:
    """The error number of every acknowledgement in this packet, 0 where it was done; raises OSError (EBADMSG)."""
    found, at = [], 0
    while at < len(answer):
        if len(answer) - at < _HEADER.size + 4:
            raise OSError(errno.EBADMSG, "half an acknowledgement")
        length, kind, *_ = _HEADER.unpack_from(answer, at)
        if kind == _ERROR:
            found.append(-struct.unpack_from("=i", answer, at + _HEADER.size)[0])
        at += max((length + 3) & ~3, _HEADER.size)
    return found


class RouteSocket:
    """The routing socket of the network namespace in which it is first used; kept, for making one takes as long as
    a route."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def put(self, routes: Iterable[HostRoute]) -> None:
        """Lay at most ``BATCH`` routes; raises OSError."""
        self._told([render_put(route) for route in routes], allowed=0)

    def delete(self, routes: Iterable[HostRoute]) -> None:
        """Remove at most ``BATCH`` routes, where they are; raises OSError."""
        self._told([render_delete(route) for route in routes], allowed=errno.ESRCH)

    def close(self) -> None:
        """The next use opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __del__(self) -> None:
        self.close()

    def _told(self, messages: list[bytes], allowed: int) -> None:
        if not messages:
            return
        try:
            sock = self._open()
            sock.send(b"".join(messages))
            errors: list[int] = []
            while len(errors) < len(messages):
                errors += parse_errors(sock.recv(1 << 16))
        except OSError:
            self.close()  # whatever is still in it answers no later question
            raise
        for code in errors:
            if code not in (0, allowed):
                raise OSError(code, os.strerror(code))

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE
            )
            self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)
        return self._socket


def _message(kind: int, flags: int, route: HostRoute) -> bytes:
    packed = ipaddress.ip_address(route.address).packed
    four = len(packed) == 4
    scope, route_type = _SCOPE_ANY, _UNREACHABLE if route.device is None else _UNICAST
    if kind == _DELETE_ROUTE:
        scope, route_type = _SCOPE_NOWHERE, _UNSPECIFIED  # whatever its kind
    elif four and route.device is not None:
        scope = _SCOPE_LINK
    rtmsg = _ROUTE.pack(
        socket.AF_INET if four else socket.AF_INET6,
        len(packed) * 8,
        0,
        0,
        0,  # the table stands in an attribute: this field is too short for it
        route.protocol,
        scope,
        route_type,
        0,
    )
    content = rtmsg + _attribute(_TO, packed) + _number(_PRIORITY, route.metric) + _number(_TABLE, route.table)
    if route.device is not None:
        content += _number(_DEVICE, route.device)
    return _HEADER.pack(_HEADER.size + len(content), kind, _REQUEST | _ACK | flags, 1, 0) + content


def _number(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack("=I", value))


def _attribute(kind: int, content: bytes) -> bytes:
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(content), kind) + content
