"""What does the machine look like, as far as it concerns us?

``HostState`` is the one description that both sides use: ``desired`` says how the machine should look, a backend's
``observe`` says how it does. It holds only what is ours; the empty value is a machine without a trace of wgtray.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from wgtray.core.apps import Rule
from wgtray.core.fields import Address, Domain, Endpoint, Interface, Key, Prefix, family, host_prefix
from wgtray.core.firewall import Firewall
from wgtray.core.secret import Secret

Fate = Literal["tunnel", "held", "clear"]
"""Where a packet goes: into the tunnel, nowhere, or wherever the machine's other routes send it."""

_SAME_PREFIX: tuple[Literal["lan", "tunnel", "held"], ...] = ("lan", "tunnel", "held")
"""Of our routes for one prefix, the first of these decides."""

FREEDOM: dict[Fate, int] = {"held": 0, "tunnel": 1, "clear": 2}
"""The order in which fates are freer."""


class Peer(msgspec.Struct, frozen=True):
    """One node inside the WireGuard interface. ``endpoint`` is literal, or None: not known yet, or to stay as it is."""

    public_key: Key
    endpoint: Endpoint | None
    allowed_ips: frozenset[Prefix]
    keepalive_s: int
    preshared_key: Secret | None = None


class Tunnel(msgspec.Struct, frozen=True):
    """The WireGuard interface. ``mtu`` None leaves it to the operating system's tool.

    ``private_key`` None is seen only on an interface whose making was interrupted; it has to be made again.
    """

    addresses: frozenset[Interface]
    mtu: int | None
    private_key: Secret | None
    peers: frozenset[Peer]
    marked: bool = True
    """Whether WireGuard's own packets carry our mark, so that they never enter the tunnel themselves."""

    def same_interface(self, other: "Tunnel") -> bool:
        """Whether ``other`` can be reached from this one by changing peers alone."""
        mtu_fits = self.mtu is None or other.mtu is None or self.mtu == other.mtu
        return mtu_fits and self.addresses == other.addresses and self.private_key == other.private_key

    def same(self, other: "Tunnel") -> bool:
        """Whether nothing is to be done; an endpoint that roamed or is not resolved yet counts as the same."""
        unchanged = not changed_peers(other, self) and not stale_peers(other, self)
        return unchanged and self.same_interface(other) and self.marked == other.marked


class Route(msgspec.Struct, frozen=True, order=True):
    """Packets to ``prefix`` go into the tunnel, are held back, or go wherever the machine's own routes to a LAN lead.

    Of two for one prefix the tunnel wins.
    """

    prefix: Prefix
    to: Literal["tunnel", "held", "lan"]


class Dns(msgspec.Struct, frozen=True):
    """Which names the system's resolver asks of our forwarder: those below ``domains``, or all."""

    domains: frozenset[Domain]
    everything: bool = False


class HostState(msgspec.Struct, frozen=True):
    """All that is ours on a machine. Routes count only in the families that are ``steered``."""

    tunnel: Tunnel | None = None
    routes: frozenset[Route] = frozenset()
    steered: frozenset[int] = frozenset()
    """Families (4, 6) in which our routes come before all others of the machine."""
    firewall: Firewall | None = None
    dns: Dns | None = None
    learned: frozenset[Address] = frozenset()
    """Addresses that names of the profile resolved to: into the tunnel, and held where there is none."""
    apps: frozenset[Rule] = frozenset()
    """Rules under which programs are put as they start, and that send them into the tunnel that is here, or nowhere."""

    def same(self, other: "HostState") -> bool:
        """Whether this desired state is what ``other``, the observed one, shows."""
        if self.tunnel is None or other.tunnel is None:
            tunnels = self.tunnel is other.tunnel
        else:
            tunnels = self.tunnel.same(other.tunnel)
        return tunnels and (self.routes, self.steered, self.firewall, self.dns, self.learned, self.apps) == (
            other.routes,
            other.steered,
            other.firewall,
            other.dns,
            other.learned,
            other.apps,
        )


class Capabilities(msgspec.Struct, frozen=True):
    """What this system can do, known before anyone asks for it."""

    per_app_routing: bool = False
    per_app_block: bool = False
    kill_switch: bool = False
    split_dns: bool = False
    domain_rules: bool = False
    port_rules: bool = False
    full_tunnel: bool = False


NOTHING = HostState()


def relearned(learned: frozenset[Address], gained: frozenset[Address], lost: frozenset[Address]) -> frozenset[Address]:
    """The addresses with some gained and some lost; not copied where nothing changes, for they may be ten thousand."""
    known = learned if gained <= learned else learned | gained
    return known - lost if lost else known


def changed_peers(observed: Tunnel, desired: Tunnel) -> list[Peer]:
    """The desired peers that differ from the observed ones, those that gain a prefix first; stale peers are no change.

    Gaining first matters: WireGuard moves a prefix from its old owner in the same operation, so there is no instant at
    which nobody owns it. An endpoint is named only where there is none yet: where a peer has roamed to stays.
    """
    before = {peer.public_key: peer for peer in observed.peers}
    changed = [
        msgspec.structs.replace(peer, endpoint=None) if _is_placed(before.get(peer.public_key)) else peer
        for peer in desired.peers
        if _differs(before.get(peer.public_key), peer)
    ]

    def gains(peer: Peer) -> bool:
        old = before.get(peer.public_key)
        return old is None or bool(peer.allowed_ips - old.allowed_ips)

    return sorted(changed, key=lambda peer: (not gains(peer), peer.public_key))


def stale_peers(observed: Tunnel, desired: Tunnel) -> list[Key]:
    """Public keys that the interface still has and should not."""
    wanted = {peer.public_key for peer in desired.peers}
    return sorted(peer.public_key for peer in observed.peers if peer.public_key not in wanted)


def fate(host: HostState, destination: Address) -> Fate:
    """Where a packet to ``destination`` goes on this host, as far as routes decide."""
    route = deciding(host, destination)
    return "clear" if route is None or route.to == "lan" else route.to


def deciding(host: HostState, destination: Address) -> Route | None:
    """Our route that a packet to ``destination`` takes: longest prefix first, the tunnel before a hold; or none."""
    if family(destination) not in host.steered:
        return None
    if destination in host.learned:
        return Route(host_prefix(destination), "held" if host.tunnel is None else "tunnel")
    for prefix in around(destination, {route.prefix for route in host.routes}):
        for to in _SAME_PREFIX:
            route = Route(prefix, to)
            if route in host.routes and (to != "tunnel" or host.tunnel is not None):
                return route
    return None


def around(destination: Address, prefixes: Iterable[Prefix]) -> Iterator[Prefix]:
    """Those of the networks that an address is in, the narrowest first; quick also for thousands of them."""
    mine = {prefix for prefix in prefixes if family(prefix) == family(destination)}
    lengths = {int(prefix.rpartition("/")[2]) for prefix in mine}
    for length in sorted(lengths, reverse=True):
        prefix = Prefix(str(ipaddress.ip_network((destination, length), strict=False)))
        if prefix in mine:
            yield prefix


def _is_placed(observed: Peer | None) -> bool:
    return observed is not None and observed.endpoint is not None


def _differs(observed: Peer | None, desired: Peer) -> bool:
    if observed is None:
        return True
    return (
        observed.allowed_ips != desired.allowed_ips
        or observed.keepalive_s != desired.keepalive_s
        or observed.preshared_key != desired.preshared_key
        or (desired.endpoint is not None and observed.endpoint is None)
    )
