"""Which networks on the link may one speak to past the tunnel, and which only claim to be a LAN?

Whoever runs a network chooses its addresses, and so may claim those of the company or of the whole internet to get at
packets for them (TunnelCrack, CVE-2023-36672). Only a private subnet of sensible size that touches nothing of the
profile counts as a LAN. A learned address inside one is no reason to refuse it: it has a route and a rule of its own.
"""

import ipaddress
from collections.abc import Iterable

from wgtray.core import fields
from wgtray.core.fields import Prefix
from wgtray.core.profile import Profile, check_target

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        # RFC 1918, RFC 3927 (link-local), RFC 4193 (unique local), RFC 4291 section 2.5.6 (link-local)
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)

LONGEST_REACH = {4: 8, 6: 48}
"""The shortest prefix of a LAN: all of 10.0.0.0/8, or one site (RFC 4193 section 3.1)."""

FEWEST_HOSTS = 4
"""A subnet smaller than that is the two ends of some other tunnel."""

ON_EVERY_LINK = (
    Prefix("224.0.0.0/24"),  # never forwarded (RFC 5771 section 4): mDNS, IGMP
    Prefix("239.255.255.250/32"),  # SSDP: printers, screens
    Prefix("255.255.255.255/32"),  # RFC 919: this link only
    Prefix("ff02::/16"),  # link-local (RFC 4291 section 2.7)
)
"""How neighbours are found; open wherever there is a LAN of that family."""


def allowed(on_link: Iterable[Prefix], profile: Profile) -> frozenset[Prefix]:
    """Those of the subnets ``on_link`` that one may speak to, and the ways to find somebody there."""
    if not profile.policy.allow_lan:
        return frozenset()
    protected = _protected(profile)
    lans = {prefix for prefix in on_link if _is_lan(ipaddress.ip_network(prefix), protected)}
    families = set(map(fields.family, lans))
    return frozenset(lans | {prefix for prefix in ON_EVERY_LINK if lans and fields.family(prefix) in families})


def _is_lan(subnet: Network, protected: Iterable[Network]) -> bool:
    if subnet.prefixlen < LONGEST_REACH[subnet.version] or subnet.num_addresses < FEWEST_HOSTS:
        return False
    private = any(subnet.network_address in wide and subnet.prefixlen >= wide.prefixlen for wide in PRIVATE)
    return private and not any(subnet.overlaps(other) for other in protected)


def _protected(profile: Profile) -> list[Network]:
    """Everything of the profile that is reached through the tunnel, and our own addresses there."""
    hosts = [*profile.dns.servers, *(node.probe for node in profile.nodes if node.probe)]
    hosts += map(fields.own_address, profile.interface.addresses)
    if profile.failover.check is not None:
        hosts.append(check_target(profile.failover.check).address)
    networks = [network.net for network in profile.split.networks]
    return [ipaddress.ip_network(prefix) for prefix in (*networks, *map(fields.host_prefix, hosts))]
