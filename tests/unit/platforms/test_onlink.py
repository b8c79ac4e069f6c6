"""Which subnets the kernel's answers put on a link."""

import ipaddress
import socket
import struct

from wgtray.platforms.linux import netlink, onlink
from wgtray.platforms.linux.netlink import attribute


def address(text: str, length: int, scope: int = 0, index: int = 3) -> bytes:
    packed = ipaddress.ip_address(text).packed
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return struct.pack("=BBBBI", family, length, 0, scope, index) + attribute(1, packed)


def route(*parts: bytes) -> bytes:
    return netlink.message(24, 0, struct.pack("=BBBBBBBBI", *[0] * 9) + b"".join(parts))


def test_an_address_tells_its_subnet() -> None:
    assert onlink.parse_address(address("192.168.77.50", 24)) == (3, ipaddress.ip_network("192.168.77.0/24"))
    assert onlink.parse_address(address("fd77::50", 64)) == (3, ipaddress.ip_network("fd77::/64"))


def test_an_address_of_this_computer_alone_has_none() -> None:
    assert onlink.parse_address(address("127.0.0.1", 8, scope=254)) is None


def test_what_is_reached_through_a_gateway_is_not_on_the_link() -> None:
    on_three, gateway = attribute(4, struct.pack("=I", 3)), attribute(5, bytes([192, 168, 77, 1]))
    assert onlink.leads_directly(route(on_three), 3)
    assert not onlink.leads_directly(route(on_three, gateway), 3)
    assert not onlink.leads_directly(route(on_three, attribute(18, b"\x0a\0\0\0\0\0")), 3)
    assert not onlink.leads_directly(route(attribute(4, struct.pack("=I", 4))), 3)
    assert not onlink.leads_directly(b"", 3)
