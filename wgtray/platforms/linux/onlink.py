"""Which subnets lie on the links of this machine, ours aside? Asked of the kernel, without a process.

A subnet counts when one of our addresses is in it and table main leads there without a gateway: whoever runs the
network can announce routes as he likes (DHCP option 121), but an address of ours has to be in it as well.
"""

import ipaddress
import socket
import struct
from collections.abc import Iterator

from wgtray.core.fields import Prefix
from wgtray.platforms.linux import netlink
from wgtray.platforms.linux.netlink import attribute
from wgtray.platforms.linux.routes import MARK

PROTOCOL = 0
"""NETLINK_ROUTE"""

# linux/rtnetlink.h, linux/if_addr.h
_GET_ADDRESS, _GET_ROUTE = 22, 26
_ADDRESS = struct.Struct("=BBBBI")  # ifaddrmsg: family, prefix length, flags, scope, index
_ROUTE = struct.Struct("=BBBBBBBBI")  # rtmsg: family, lengths of destination and source, tos, table, …, flags
_HOST, _IFA_ADDRESS = 254, 1  # RT_SCOPE_HOST
_TO, _LINK, _GATEWAY, _MARK, _VIA = 1, 4, 5, 16, 18

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_address(content: bytes) -> tuple[int, Subnet] | None:
    """Index of the link and the subnet of one address; None for one of this computer alone."""
    _, length, _, scope, index = _ADDRESS.unpack_from(content)
    if scope == _HOST:
        return None
    for kind, value in netlink.attributes(content[_ADDRESS.size :]):
        if kind == _IFA_ADDRESS:
            return index, ipaddress.ip_network((value, length), strict=False)
    return None


def leads_directly(answer: bytes, index: int) -> bool:
    """Whether the route that the kernel chose leads onto that link without a gateway."""
    for _, content in netlink.messages(answer):
        found = dict(netlink.attributes(content[_ROUTE.size :]))
        link = struct.unpack("=I", found[_LINK])[0] if _LINK in found else None
        return link == index and _GATEWAY not in found and _VIA not in found
    return False


def subnets(ours: str | None) -> frozenset[Prefix]:
    """Those of every link but ``ours``; none when the kernel cannot be asked."""
    try:
        own = None if ours is None else socket.if_nametoindex(ours)
        return frozenset(
            Prefix(str(subnet)) for index, subnet in _addresses() if index != own and _is_on(subnet, index)
        )
    except OSError:
        return frozenset()


def _addresses() -> Iterator[tuple[int, Subnet]]:
    request = netlink.message(_GET_ADDRESS, netlink.DUMP, _ADDRESS.pack(0, 0, 0, 0, 0))
    for _, content in netlink.dump(PROTOCOL, request):
        found = parse_address(content)
        if found is not None and found[1].num_addresses > 1:
            yield found


def _is_on(subnet: Subnet, index: int) -> bool:
    if subnet.is_link_local and subnet.version == 6:
        return True
    # The second address of it, or the third where the second is our own.
    return any(_leads_there(subnet.network_address + offset, index) for offset in (1, 2))


def _leads_there(address: ipaddress.IPv4Address | ipaddress.IPv6Address, index: int) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    content = _ROUTE.pack(family, address.max_prefixlen, 0, 0, 0, 0, 0, 0, 0)
    content += attribute(_TO, address.packed) + attribute(_MARK, struct.pack("=I", MARK))
    try:
        return leads_directly(netlink.ask(PROTOCOL, netlink.message(_GET_ROUTE, 0, content)), index)
    except OSError:  # no route at all
        return False
