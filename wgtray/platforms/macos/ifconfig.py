"""Which interfaces has this Mac, with which addresses? What ifconfig(8) prints, and what it is told."""

import ipaddress
import re
from collections.abc import Iterable

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Address, Interface, Prefix

_HEAD = re.compile(r"(\S+): flags=[0-9a-f]+<([A-Z0-9,]*)>(?: .*?)?\bmtu (\d+)")
_INET = re.compile(r"\s+inet (\S+)(?: --> \S+)? netmask (0x[0-9a-f]{8})")
_INET6 = re.compile(r"\s+inet6 ([0-9a-f:.]+)(?:%\S+)? (?:--> \S+ )?prefixlen (\d+)")
_STATUS = re.compile(r"\s+status: (\w+)")


class Link(msgspec.Struct, frozen=True):
    """One interface."""

    name: str
    flags: frozenset[str]
    mtu: int
    addresses: tuple[Interface, ...]
    has_carrier: bool = True

    @property
    def runs(self) -> bool:
        """Whether packets can leave through it."""
        return self.has_carrier and {"UP", "RUNNING"} <= self.flags


def parse(text: str) -> dict[str, Link]:
    """``ifconfig -a``."""
    found: dict[str, Link] = {}
    name = ""
    for line in text.splitlines():
        if head := _HEAD.match(line):
            name = head[1]
            found[name] = Link(name, frozenset(head[2].split(",")), int(head[3]), ())
        elif name and (address := _address(line)):
            found[name] = msgspec.structs.replace(found[name], addresses=(*found[name].addresses, address))
        elif name and (status := _STATUS.match(line)):
            found[name] = msgspec.structs.replace(found[name], has_carrier=status[1] != "inactive")
    return found


def is_link_local(address: Interface) -> bool:
    """Whether the system gave it by itself."""
    return ipaddress.ip_interface(address).is_link_local


def subnets(links: Iterable[Link]) -> frozenset[Prefix]:
    """The networks in which these links have an address and neighbours."""
    networks = (ipaddress.ip_interface(address).network for link in links for address in link.addresses)
    return frozenset(Prefix(str(network)) for network in networks if network.num_addresses > 1)


def render_add(name: str, address: Interface) -> list[str]:
    """Give a tunnel's interface an address, which is its own other end too (as wg-quick does)."""
    if fields.family(address) == 6:
        return ["ifconfig", name, "inet6", address, "alias"]
    return ["ifconfig", name, "inet", address, fields.own_address(address), "alias"]


def render_up(name: str, mtu: int) -> list[list[str]]:
    return [["ifconfig", name, "mtu", str(mtu)], ["ifconfig", name, "up"]]


def render_loopback(address: Address, *, there: bool) -> list[str]:
    """One more address of lo0, or one less: macOS answers on 127.0.0.1 alone."""
    if there:
        return ["ifconfig", "lo0", "inet", address, "netmask", "255.255.255.255", "alias"]
    return ["ifconfig", "lo0", "inet", address, "-alias"]


def _address(line: str) -> Interface | None:
    if found := _INET.match(line):
        return Interface(f"{found[1]}/{int(found[2], 16).bit_count()}")
    if found := _INET6.match(line):
        return Interface(f"{found[1]}/{found[2]}")
    return None
