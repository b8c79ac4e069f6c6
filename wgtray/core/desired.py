"""How should the machine look in this state?

In which state may which packet pass (routes; firewall, DNS and app rules will add their columns):

=====================  ============================  =====================================  ==================
state                  packet to a company network   packet to a node's inner address       any other packet
=====================  ============================  =====================================  ==================
Off                    as without wgtray             as without wgtray                      as without wgtray
Connecting, Connected  tunnel                        tunnel                                 as without wgtray
Blocked, tunnel up     tunnel (where nobody answers) tunnel                                 as without wgtray
Blocked, no tunnel     held (lockdown off: as        as without wgtray                      as without wgtray
                       without wgtray)
=====================  ============================  =====================================  ==================

With lockdown ``apps`` or ``all`` every company network also has a hold below its route, so that it stays closed when
the interface disappears for any reason. A company network of a family in which this computer has no address in the
tunnel cannot be carried; it is held. The company's DNS servers and the host of ``check`` count as company networks.

Addresses that names of the profile resolved to fare like company networks. Of whom names are asked, ``core/names.py``
says; in any state but Off, and wherever a name of the profile or a closed mode needs it, the system's resolver asks us.
"""

import ipaddress

import msgspec

from wgtray.core import checking, fields, names
from wgtray.core.facts import Facts, endpoint_of
from wgtray.core.failover import MAIN
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.host import NOTHING, Dns, HostState, Peer, Route, Tunnel
from wgtray.core.machine import Blocked, Connected, Connecting, Off, State, active_of
from wgtray.core.problems import Problem
from wgtray.core.profile import Mode, Profile, check_target

EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))
"""What the main group's node owns inside WireGuard, in split mode too: where packets go is the routes' business."""


_ASIDE = frozenset({"inner", "outer", "loss", "sizes", "busy", "memory", "failure", "failures", "damage", "learned"})
"""Facts that change with every probe and that ``desired`` never looks at, and those of ``with_learned``; a fact not
named here counts."""

_GROUNDS = tuple(name for name in Facts.__struct_fields__ if name not in _ASIDE)


def grounds(state: State) -> tuple[object, ...]:
    """All that ``desired`` depends on: while it is equal, so is the machine that is asked for."""
    return (type(state), active_of(state), *(getattr(state.facts, name) for name in _GROUNDS))


def desired(state: State) -> HostState:
    """The machine that carries out the promise of ``state``."""
    profile = state.facts.profile
    match state:
        case _ if profile is None:
            return NOTHING
        case Off():
            return NOTHING
        case Connecting() | Connected():
            return _with_tunnel(state, profile)
        case Blocked(active=active):
            return _with_tunnel(state, profile) if active is not None else held(state.facts)


def with_learned(host: HostState, learned: frozenset[Address]) -> HostState:
    """The desired ``host`` once these are the learned addresses."""
    if host.learned is learned or host == NOTHING:
        return host
    return msgspec.structs.replace(host, learned=learned)


def held(facts: Facts) -> HostState:
    """The machine without a tunnel while the wish to be connected stands: closed by lockdown and mode."""
    profile = facts.profile
    if profile is None or profile.policy.lockdown == "off":
        return NOTHING
    routes = frozenset(_holds(profile, facts.mode))
    host = HostState(routes=routes, steered=_steered(profile, routes), dns=_dns(facts, profile))
    return with_learned(host, facts.learned)


def left(facts: Facts) -> HostState:
    """The machine when the helper goes: nothing of ours, or closed, and nobody there to ask for names."""
    return msgspec.structs.replace(held(facts), dns=None) if facts.connection_wanted else NOTHING


def carried(profile: Profile) -> tuple[Prefix, ...]:
    """The company networks that go through the tunnel in split mode, in file order."""
    networks = [network.net for network in profile.split.networks if not network.ports]
    servers = [fields.host_prefix(server) for server in profile.dns.servers]
    asked = checking.target(profile)
    checked = () if asked is None else (fields.host_prefix(asked.address),)
    return tuple(dict.fromkeys([*networks, *servers, *(host for host in checked if not _covered(host, networks))]))


def company_host(profile: Profile) -> Address | None:
    """A host behind the nodes that the profile names: the one of ``check``, else the first DNS server."""
    if profile.failover.check is not None:
        return check_target(profile.failover.check).address
    return next(iter(profile.dns.servers), None)


def unsupported(profile: Profile) -> list[Problem]:
    """Parts of the profile that this version does not carry out, so that nobody relies on them."""
    missing = {
        "[split] ports": any(network.ports for network in profile.split.networks),
        "[[app]]": bool(profile.apps),
        'lockdown = "all"': profile.policy.lockdown == "all",
        "check": profile.failover.check is not None and checking.target(profile) is None,
    }
    return [Problem("unsupported", {"feature": feature}) for feature, used in missing.items() if used]


def _with_tunnel(state: State, profile: Profile) -> HostState:
    key = state.facts.private_key
    mode = state.facts.mode
    if key is None:
        return held(state.facts)
    own = {fields.family(address) for address in profile.interface.addresses}
    inner = [fields.host_prefix(node.probe) for node in profile.nodes if node.probe]
    wanted = (*carried(profile), *inner, *(EVERYTHING if mode == "full" else ()))
    into = {Route(prefix, "tunnel") for prefix in wanted if fields.family(prefix) in own}
    closed = {Route(prefix, "held") for prefix in EVERYTHING if mode == "full" and fields.family(prefix) not in own}
    routes = frozenset(into | closed | _holds(profile, mode))
    tunnel = Tunnel(
        addresses=frozenset(profile.interface.addresses),
        mtu=profile.interface.mtu,
        private_key=key,
        peers=frozenset(_peers(profile, state)),
    )
    return HostState(
        tunnel=tunnel,
        routes=routes,
        steered=_steered(profile, routes),
        dns=_dns(state.facts, profile),
        learned=state.facts.learned,
    )


def _holds(profile: Profile, mode: Mode) -> set[Route]:
    if profile.policy.lockdown == "off":
        return set()
    return {Route(prefix, "held") for prefix in (*carried(profile), *(EVERYTHING if mode == "full" else ()))}


def _dns(facts: Facts, profile: Profile) -> Dns | None:
    if facts.names_trouble is not None:
        return None  # nobody would answer, or nobody can be told to ask us; the snapshot says so
    domains = names.redirected(profile)
    everything = bool(profile.dns.servers) and names.nothing_past_the_tunnel(profile, facts.mode)
    return Dns(domains, everything) if domains or everything else None


def _steered(profile: Profile, routes: frozenset[Route]) -> frozenset[int]:
    """Every family with a route, and those in which addresses may be learned: that must not wait for a rule."""
    own = profile.interface.addresses if names.redirected(profile) else ()
    return frozenset(fields.family(text) for text in (*own, *(route.prefix for route in routes)))


def _peers(profile: Profile, state: State) -> list[Peer]:
    owned = _ownership(profile, state)
    return [
        Peer(
            public_key=node.public_key,
            endpoint=endpoint_of(state.facts, node),
            allowed_ips=frozenset(owned[node.name]),
            keepalive_s=node.keepalive_s,
            preshared_key=node.preshared_key,
        )
        for node in profile.nodes
    ]


def _ownership(profile: Profile, state: State) -> dict[Name, set[Prefix]]:
    """Which node owns which prefixes inside WireGuard: its own inner address, and what its groups carry."""
    owned = {node.name: {fields.host_prefix(node.probe)} if node.probe else set() for node in profile.nodes}
    inner = {prefix for prefixes in owned.values() for prefix in prefixes}
    for group, name in active_of(state).items():
        if group == MAIN:
            owned[name].update(EVERYTHING)
        else:
            owned[name].update(
                network.net
                for network in profile.split.networks
                if network.via == group and not network.ports and network.net not in inner
            )
    asked, via = checking.target(profile), state.facts.checks.via
    if asked is not None and via in owned:
        host = fields.host_prefix(asked.address)
        for prefixes in owned.values():
            prefixes.discard(host)
        owned[via].add(host)
    return owned


def _covered(host: Prefix, networks: list[Prefix]) -> bool:
    """Whether one of the networks routes that host already."""
    address = ipaddress.ip_network(host)
    return any(
        address.version == wide.version and address.network_address in wide
        for wide in map(ipaddress.ip_network, networks)
    )
