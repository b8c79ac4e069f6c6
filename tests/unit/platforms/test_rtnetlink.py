"""Messages to the kernel's routing socket."""

import errno
import socket
import struct

import pytest

from wgtray.core.fields import Address
from wgtray.platforms.linux import rtnetlink
from wgtray.platforms.linux.rtnetlink import HostRoute, RouteSocket

FOUR, SIX = Address("198.51.100.7"), Address("2001:db8::7")


def attributes(message: bytes) -> dict[int, bytes]:
    at, found = 16 + 12, {}
    while at < len(message):
        length, kind = struct.unpack_from("=HH", message, at)
        found[kind] = message[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def acknowledgement(code: int) -> bytes:
    return struct.pack("=IHHIIi", 36, 2, 0x100, 1, 0, -code) + bytes(16)


@pytest.mark.parametrize("address", [FOUR, SIX])
def test_a_route_into_the_tunnel_says_all_that_ip_would(address: Address) -> None:
    message = rtnetlink.render_put(HostRoute(address, 22090, 143, 50, device=7))
    length, kind, flags, _, _ = struct.unpack_from("=IHHII", message)
    family, bits, _, _, table, protocol, scope, route_type, _ = struct.unpack_from("=BBBBBBBBI", message, 16)
    assert (length, kind, flags) == (len(message), 24, 0x1 | 0x4 | 0x100 | 0x400)
    assert (family, bits) == ((socket.AF_INET, 32) if address == FOUR else (socket.AF_INET6, 128))
    assert (table, protocol, route_type) == (0, 143, 1)
    assert scope == (253 if address == FOUR else 0)
    said = attributes(message)
    assert said[1] == socket.inet_pton(family, address)
    assert {kind: struct.unpack("=I", said[kind])[0] for kind in (4, 6, 15)} == {4: 7, 6: 50, 15: 22090}


def test_a_hold_is_unreachable_and_leads_nowhere() -> None:
    message = rtnetlink.render_put(HostRoute(FOUR, 22090, 143, 9000))
    assert message[16 + 7] == 7
    assert 4 not in attributes(message)


@pytest.mark.parametrize("address", [FOUR, SIX])
def test_a_removal_finds_the_route_whatever_its_kind(address: Address) -> None:
    message = rtnetlink.render_delete(HostRoute(address, 22090, 143, 50))
    assert struct.unpack_from("=H", message, 4) == (25,)
    assert (message[16 + 6], message[16 + 7]) == (255, 0)
    assert struct.unpack("=I", attributes(message)[6])[0] == 50


def test_every_acknowledgement_of_a_packet_is_read() -> None:
    assert rtnetlink.parse_errors(acknowledgement(0) + acknowledgement(errno.EPERM)) == [0, errno.EPERM]
    assert rtnetlink.parse_errors(b"") == []
    with pytest.raises(OSError, match="half"):
        rtnetlink.parse_errors(acknowledgement(0)[:18])


class Kernel:
    """Acknowledges every message with the next of ``codes``."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.heard: list[bytes] = []
        self.closed = False

    def send(self, data: bytes) -> None:
        self.heard.append(data)

    def recv(self, size: int) -> bytes:
        return acknowledgement(self.codes.pop(0))

    def close(self) -> None:
        self.closed = True


def told(kernel: Kernel) -> RouteSocket:
    made = RouteSocket()
    made._socket = kernel  # type: ignore[assignment]
    return made


def test_all_is_sent_at_once_and_a_refusal_is_an_error() -> None:
    kernel = Kernel(0, errno.EPERM)
    with pytest.raises(PermissionError):
        told(kernel).put([HostRoute(FOUR, 1, 143, 50), HostRoute(SIX, 1, 143, 50)])
    assert len(kernel.heard) == 1


def test_a_route_that_is_gone_already_is_removed() -> None:
    told(Kernel(errno.ESRCH)).delete([HostRoute(FOUR, 1, 143, 50)])
    with pytest.raises(ProcessLookupError):
        told(Kernel(errno.ESRCH)).put([HostRoute(FOUR, 1, 143, 50)])


def test_nothing_to_say_opens_no_socket() -> None:
    made = RouteSocket()
    made.put([])
    assert made._socket is None
