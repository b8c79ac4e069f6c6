"""Where does a packet end, by routes and firewall together? What the values of a ``HostState`` mean, packet by packet.

Renderers are tested against it, the table in ``core/desired.py`` too, and the proofs of ``core/plan.py`` stand on it.
DHCP, neighbour discovery and this computer's packets to itself always pass, so they are not asked about.
"""

import ipaddress
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Literal

import msgspec

from wgtray.core.fields import Address, IPAddress, Prefix, family, split_endpoint
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import Fate, HostState, fate

DNS, HTTP, HTTPS = 53, 80, 443
"""Ports that have a meaning here: DNS, and what a captive portal needs."""


class Packet(msgspec.Struct, frozen=True):
    """One that leaves, with its destination, or one that arrives, with its source."""

    address: Address
    proto: Literal["tcp", "udp", "icmp"] = "udp"
    port: int | None = None
    """The one at ``address``."""
    ours: bool = False
    """Sent by WireGuard itself, or by the helper past the tunnel; such packets carry our mark."""
    bound: bool = False
    """To a link that is not ours, by the socket that sends it: no route is asked then."""


def outcome(host: HostState, packet: Packet) -> Fate:
    """Where a packet that this computer sends ends."""
    firewall = host.firewall or Firewall()
    if not packet.ours and _aimed(firewall.forced, packet):
        carried = host.tunnel is not None and family(packet.address) in set(map(family, host.tunnel.addresses))
        if carried and not packet.bound:
            return "tunnel"
        if firewall.fails_closed:
            return "held"
    way = "clear" if packet.ours or packet.bound else fate(host, packet.address)
    return "held" if way == "clear" and not leaves(firewall, host.learned, packet) else way


def passed_on(host: HostState, packet: Packet) -> Fate:
    """Where one ends that comes from another machine or container."""
    firewall = msgspec.structs.replace(host.firewall or Firewall(), portal=False)
    return outcome(msgspec.structs.replace(host, firewall=firewall), packet)


def leaves(firewall: Firewall, learned: Set[Address], packet: Packet) -> bool:
    """Whether it may leave through a link that is not ours."""
    asks_name = packet.port == DNS and packet.proto != "icmp"
    if packet.ours and (asks_name or _to_node(firewall, packet) or _aimed(firewall.asked, packet)):
        return True
    if _aimed(firewall.closed, packet) or (firewall.closes_learned and packet.address in learned):
        return False
    if asks_name and (firewall.names or firewall.everything):
        return firewall.portal
    if not firewall.everything or _within(packet.address, firewall.lan):
        return True
    return firewall.portal and packet.proto == "tcp" and packet.port in (HTTP, HTTPS)


def enters(
    firewall: Firewall,
    packet: Packet,
    through: Literal["tunnel", "link"],
    *,
    to_own: bool = False,
    answer: bool = False,
) -> bool:
    """Whether a packet from ``packet.address`` may arrive; ``to_own``: at one of our addresses in the tunnel."""
    if through == "tunnel":
        return answer or firewall.sources is None or _within(packet.address, firewall.sources)
    if to_own and firewall.own:
        return False
    return not firewall.everything or answer or _within(packet.address, firewall.lan) or _is_node(firewall, packet)


def _to_node(firewall: Firewall, packet: Packet) -> bool:
    """WireGuard's own packets, our pings of nodes, and the question whether a portal answers in their place."""
    asks = packet.proto == "icmp" or (packet.proto == "tcp" and packet.port == HTTP)
    return _is_node(firewall, packet) or (asks and packet.address in {host for host, _ in _ends(firewall)})


def _is_node(firewall: Firewall, packet: Packet) -> bool:
    return packet.proto == "udp" and (packet.address, packet.port) in _ends(firewall)


def _ends(firewall: Firewall) -> set[tuple[str, int]]:
    return {split_endpoint(endpoint) for endpoint in firewall.endpoints}


def _aimed(aims: Iterable[Aim], packet: Packet) -> bool:
    return any(
        (not aim.ports or (aim.proto == packet.proto and packet.port in aim.ports))
        and _within(packet.address, (aim.prefix,))
        for aim in aims
    )


def _within(address: Address, prefixes: Iterable[Prefix]) -> bool:
    ip = _address(address)
    return any(network.version == ip.version and ip in network for network in map(_network, prefixes))


@lru_cache(4096)
def _network(prefix: Prefix) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(prefix)


@lru_cache(4096)
def _address(address: Address) -> IPAddress:
    return ipaddress.ip_address(address)
