"""In which order does the machine become what it should be?

Block first, open last: at no point between two steps may a packet go anywhere that neither the start nor the end
allows (``host.FREEDOM``, ``core/passage.py``). Five cases need care, and each is one rule below:

* routes into an interface die with it, so holds stand in their place before it is taken down;
* our routes come before the machine's own (steering), so steering starts only after the holds are in;
* a prefix must never be without an owner inside WireGuard, so a switch is a move (``host.changed_peers``);
* routes and firewall close different things, so a firewall as strict as both ends comes first and the wanted one last;
* what sends programs into the tunnel dies with it, and then holds them; so rules come in before the tunnel, and anew
  after it.
"""

import msgspec

from wgtray.core.apps import ASTRAY, Rule
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


class PutApps(msgspec.Struct, frozen=True):
    """Put programs under exactly these rules, aimed at the tunnel that is here; none: everything as it was without."""

    rules: frozenset[Rule]


Step = PutRoutes | PutSteering | PutTunnel | PutPeers | DropTunnel | PutFirewall | PutDns | PutLearned | PutApps


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
            return msgspec.structs.replace(host, tunnel=tunnel, apps=host.apps and ASTRAY)
        case DropTunnel():
            left = frozenset(route for route in host.routes if route.to != "tunnel")
            return msgspec.structs.replace(host, tunnel=None, routes=left, apps=host.apps and ASTRAY)
        case PutFirewall(firewall):
            return msgspec.structs.replace(host, firewall=firewall)
        case PutDns(dns):
            return msgspec.structs.replace(host, dns=dns)
        case PutLearned(gained, lost):
            return msgspec.structs.replace(host, learned=relearned(host.learned, gained, lost))
        case PutApps(rules):
            return msgspec.structs.replace(host, apps=rules)
        case PutPeers(peers, stale):
            return host if host.tunnel is None else _with_peers(host, host.tunnel, peers, stale)


def _steps(observed: HostState, desired: HostState) -> list[Step]:
    gained = PutLearned(desired.learned - observed.learned, frozenset())
    lost = PutLearned(frozenset(), observed.learned - desired.learned)
    if desired == NOTHING:
        return [
            PutDns(None),
            PutSteering(frozenset()),
            PutRoutes(frozenset()),
            lost,
            PutFirewall(None),
            DropTunnel(),
            PutApps(frozenset()),
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
    makes = desired.tunnel is not None and (observed.tunnel is None or rebuild)
    steps: list[Step] = [PutApps(desired.apps)] if desired.apps - observed.apps else []
    steps += [PutFirewall(_stricter(observed.firewall, desired.firewall, alone=drop, makes=makes))]
    if (drop or makes or desired.steered - observed.steered) and holds - observed.routes:
        steps.append(PutRoutes(observed.routes | holds))
    if drop:
        steps.append(DropTunnel())
    if holds:
        steps.append(PutSteering(observed.steered | desired.steered))
    if desired.tunnel is not None:
        if makes:
            steps.append(PutTunnel(desired.tunnel))
        elif observed.tunnel is not None and not desired.tunnel.same(observed.tunnel):
            peers = tuple(changed_peers(observed.tunnel, desired.tunnel))
            steps.append(PutPeers(peers, tuple(stale_peers(observed.tunnel, desired.tunnel))))
    # A learned address may have been held by a wider route until now; a forgotten one may be from now on.
    steps += [gained, PutRoutes(desired.routes), lost, PutSteering(desired.steered)]
    return [*steps, PutDns(desired.dns), PutFirewall(desired.firewall), PutApps(desired.apps)]


def _stricter(one: Firewall | None, other: Firewall | None, *, alone: bool, makes: bool) -> Firewall | None:
    """Closes what one of the two does; WireGuard keeps its ways. ``alone``: there will be no tunnel for a moment.

    ``makes``: there will be another one. What is forced into a tunnel at one end alone has no business in the other's.

    One of the two itself wherever that will do: with thousands of networks each load takes a while.
    """
    if one is None or one.altered:
        return other
    if other is None:
        return one
    narrow = [firewall for firewall in (one, other) if firewall.everything or firewall.names] or [other]
    lans = [firewall.lan for firewall in narrow if firewall.everything] or [other.lan]
    astray = {aim for aim in one.forced ^ other.forced if (alone if aim in other.forced else makes)}
    forced = (one.forced | other.forced) - astray
    strict = msgspec.structs.replace(
        other,
        closed=one.closed | other.closed | astray | (forced if alone else frozenset()),
        closes_learned=one.closes_learned or other.closes_learned,
        everything=one.everything or other.everything,
        names=one.names or other.names,
        forced=forced,
        endpoints=one.endpoints | other.endpoints,
        asked=one.asked | other.asked,
        lan=frozenset.intersection(*lans),
        own=one.own | other.own,
        portal=all(firewall.portal for firewall in narrow),
    )
    return one if msgspec.structs.replace(strict, sources=one.sources) == one else strict


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
