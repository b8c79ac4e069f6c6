"""In which order does the machine become what it should be?

Block first, open last: at no point between two steps may a packet go anywhere that neither the start nor the end
allows (``host.FREEDOM``). Three cases need care, and each is one rule below:

* routes into an interface die with it, so holds stand in their place before it is taken down;
* our routes come before the machine's own (steering), so steering starts only after the holds are in;
* a prefix must never be without an owner inside WireGuard, so a switch is a move (``host.changed_peers``).
"""

import msgspec

from wgtray.core.fields import Address, Key
from wgtray.core.firewall import Firewall
from wgtray.core.host import NOTHING, Dns, HostState, Peer, Route, Tunnel, changed_peers, relearned, stale_peers


class PutRoutes(msgspec.Struct, frozen=True):
    """Make our routes exactly these, in one batch."""

    routes: frozenset[Route]


class PutSteering(msgspec.Struct, frozen=True):
    """Let our routes come first in exactly these families."""

    families: frozenset[int]


class PutTunnel(msgspec.Struct, frozen=True):
    """Bring the interface up with all peers; there is none of ours at this point."""

    tunnel: Tunnel


class PutPeers(msgspec.Struct, frozen=True):
    """Set these peers on the running interface in this order and remove the stale ones."""

    peers: tuple[Peer, ...]
    stale: tuple[Key, ...]


class DropTunnel(msgspec.Struct, frozen=True):
    """Take the interface down, and with it every route into it."""


class PutFirewall(msgspec.Struct, frozen=True):
    """Make our firewall table exactly this in one transaction; None: no table of ours."""

    firewall: Firewall | None


class PutDns(msgspec.Struct, frozen=True):
    """Let the system's resolver ask our forwarder for exactly this; None: everything as it was without us."""

    dns: Dns | None


class PutLearned(msgspec.Struct, frozen=True):
    """Let these addresses go into the tunnel too, and those no longer."""

    gained: frozenset[Address]
    lost: frozenset[Address]


Step = PutRoutes | PutSteering | PutTunnel | PutPeers | DropTunnel | PutFirewall | PutDns | PutLearned


def plan(observed: HostState, desired: HostState) -> tuple[Step, ...]:
    """The steps from one to the other; empty when ``desired.same(observed)``."""
    draft: list[Step] = []
    now = observed
    for step in _steps(observed, desired):
        after = applied(now, step)
        if after != now:
            draft.append(step)
            now = after
    return tuple(draft)


def applied(host: HostState, step: Step) -> HostState:
    """The host after a step that worked: what the kernel does, in one page (fakes and proofs stand on it)."""
    match step:
        case PutRoutes(routes):
            kept = routes if host.tunnel else frozenset(route for route in routes if route.to != "tunnel")
            return msgspec.structs.replace(host, routes=kept)
        case PutSteering(families):
            return msgspec.structs.replace(host, steered=families)
        case PutTunnel(tunnel):
            return msgspec.structs.replace(host, tunnel=tunnel)
        case DropTunnel():
            left = frozenset(route for route in host.routes if route.to != "tunnel")
            return msgspec.structs.replace(host, tunnel=None, routes=left)
        case PutFirewall(firewall):
            return msgspec.structs.replace(host, firewall=firewall)
        case PutDns(dns):
            return msgspec.structs.replace(host, dns=dns)
        case PutLearned(gained, lost):
            return msgspec.structs.replace(host, learned=relearned(host.learned, gained, lost))
        case PutPeers(peers, stale):
            return host if host.tunnel is None else _with_peers(host, host.tunnel, peers, stale)


def _steps(observed: HostState, desired: HostState) -> list[Step]:
    learned = PutLearned(desired.learned - observed.learned, observed.learned - desired.learned)
    if desired == NOTHING:
        return [
            PutDns(None),
            PutSteering(frozenset()),
            PutRoutes(frozenset()),
            learned,
            DropTunnel(),
            PutFirewall(None),
        ]
    rebuild = (
        observed.tunnel is not None
        and desired.tunnel is not None
        and not desired.tunnel.same_interface(observed.tunnel)
    )
    drop = observed.tunnel is not None and (rebuild or desired.tunnel is None)
    holds = {route for route in desired.routes if route.to == "held"}
    if drop:
        holds |= {Route(route.prefix, "held") for route in desired.routes | observed.routes}
    steps: list[Step] = [PutFirewall(_stricter(observed.firewall, desired.firewall))]
    if holds - observed.routes and (drop or desired.steered - observed.steered):
        steps.append(PutRoutes(observed.routes | holds))
    if holds:
        steps.append(PutSteering(observed.steered | desired.steered))
    if drop:
        steps.append(DropTunnel())
    if desired.tunnel is not None:
        if observed.tunnel is None or rebuild:
            steps.append(PutTunnel(desired.tunnel))
        elif not desired.tunnel.same(observed.tunnel):
            peers = tuple(changed_peers(observed.tunnel, desired.tunnel))
            steps.append(PutPeers(peers, tuple(stale_peers(observed.tunnel, desired.tunnel))))
    steps += [PutRoutes(desired.routes), learned, PutSteering(desired.steered)]
    return [*steps, PutDns(desired.dns), PutFirewall(desired.firewall)]


def _stricter(one: Firewall | None, other: Firewall | None) -> Firewall | None:
    """A firewall that lets nothing pass that one of the two would not."""
    if one is None or other is None:
        return one or other
    return msgspec.structs.replace(
        other,
        closed=one.closed | other.closed,
        everything=one.everything or other.everything,
        lan=one.lan & other.lan,
        own=one.own | other.own,
        portal=one.portal and other.portal,
    )


def _with_peers(host: HostState, tunnel: Tunnel, peers: tuple[Peer, ...], stale: tuple[Key, ...]) -> HostState:
    by_key = {peer.public_key: peer for peer in tunnel.peers if peer.public_key not in stale}
    for changed in peers:
        for key, other in by_key.items():
            left = other.allowed_ips - changed.allowed_ips
            if key != changed.public_key and left != other.allowed_ips:
                by_key[key] = msgspec.structs.replace(other, allowed_ips=left)
        before = by_key.get(changed.public_key)
        kept = changed.endpoint if before is None else changed.endpoint or before.endpoint
        by_key[changed.public_key] = msgspec.structs.replace(changed, endpoint=kept)
    marked = msgspec.structs.replace(tunnel, peers=frozenset(by_key.values()), marked=True)
    return msgspec.structs.replace(host, tunnel=marked)
