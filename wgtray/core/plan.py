"""In which order does the machine become what it should be?

Block first, open last: at no point between two steps may a packet go anywhere that neither the start nor the end
allows (``host.FREEDOM``). Three cases need care, and each is one rule below:

* routes into an interface die with it, so holds stand in their place before it is taken down;
* our routes come before the machine's own (steering), so steering starts only after the holds are in;
* a prefix must never be without an owner inside WireGuard, so a switch is a move (``host.changed_peers``).
"""

import msgspec

from wgtray.core.fields import Key
from wgtray.core.host import NOTHING, HostState, Peer, Route, Tunnel, changed_peers, stale_peers


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


Step = PutRoutes | PutSteering | PutTunnel | PutPeers | DropTunnel


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
            kept = routes if host.tunnel else frozenset(route for route in routes if route.to == "held")
            return msgspec.structs.replace(host, routes=kept)
        case PutSteering(families):
            return msgspec.structs.replace(host, steered=families)
        case PutTunnel(tunnel):
            return msgspec.structs.replace(host, tunnel=tunnel)
        case DropTunnel():
            held = frozenset(route for route in host.routes if route.to == "held")
            return msgspec.structs.replace(host, tunnel=None, routes=held)
        case PutPeers(peers, stale):
            return host if host.tunnel is None else _with_peers(host, host.tunnel, peers, stale)


def _steps(observed: HostState, desired: HostState) -> list[Step]:
    if desired == NOTHING:
        return [PutSteering(frozenset()), PutRoutes(frozenset()), DropTunnel()]
    rebuild = (
        observed.tunnel is not None
        and desired.tunnel is not None
        and not desired.tunnel.same_interface(observed.tunnel)
    )
    drop = observed.tunnel is not None and (rebuild or desired.tunnel is None)
    holds = {route for route in desired.routes if route.to == "held"}
    if drop:
        holds |= {Route(route.prefix, "held") for route in desired.routes | observed.routes}
    steps: list[Step] = []
    if holds - observed.routes:
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
    steps += [PutRoutes(desired.routes), PutSteering(desired.steered)]
    return steps


def _with_peers(host: HostState, tunnel: Tunnel, peers: tuple[Peer, ...], stale: tuple[Key, ...]) -> HostState:
    by_key = {peer.public_key: peer for peer in tunnel.peers if peer.public_key not in stale}
    for changed in peers:
        for key, other in by_key.items():
            left = other.allowed_ips - changed.allowed_ips
            if key != changed.public_key and left != other.allowed_ips:
                by_key[key] = msgspec.structs.replace(other, allowed_ips=left)
        by_key[changed.public_key] = changed
    marked = msgspec.structs.replace(tunnel, peers=frozenset(by_key.values()), marked=True)
    return msgspec.structs.replace(host, tunnel=marked)
