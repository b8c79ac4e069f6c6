"""How should the machine look in this state?

In which state may which packet pass? It goes into the ``tunnel``, is ``held`` back, or leaves in the ``clear`` as
without wgtray. Up: a tunnel stands (Connecting, Connected, and Blocked while its nodes are silent: nobody answers).
None: there is no tunnel, and connection is wanted (Blocked for another reason, or the helper was stopped). Off counts
for Office too: there everything is reached without us.

What a program sends, and what is passed on for containers and other machines:

=====  ========  =====  =======  =======  =======  =======  ========  ========  =======  =======  =======
state  lockdown  mode   company  port     inner    learned  endpoint  endpoint  name     LAN      any
                        network  rule     address  address  by us     by them   server            other
=====  ========  =====  =======  =======  =======  =======  ========  ========  =======  =======  =======
Off    any       any    clear    clear    clear    clear    clear     clear     clear    clear    clear
up     off       split  tunnel   tunnel   tunnel   tunnel   clear     clear     clear    clear    clear
up     off       full   tunnel   tunnel   tunnel   tunnel   clear     tunnel    clear    clear    tunnel
up     apps      split  tunnel   tunnel   tunnel   tunnel   clear     clear     clear    clear    clear
up     apps      full   tunnel   tunnel   tunnel   tunnel   clear     tunnel    held     clear    tunnel
up     all       split  tunnel   tunnel   tunnel   tunnel   clear     held      held     clear    held
up     all       full   tunnel   tunnel   tunnel   tunnel   clear     tunnel    held     clear    tunnel
none   off       any    clear    clear    clear    clear    clear     clear     clear    clear    clear
none   apps      split  held     held     clear    held     clear     clear     clear    clear    clear
none   apps      full   held     held     held     held     clear     held      held     clear    held
none   all       any    held     held     held     held     clear     held      held     clear    held
=====  ========  =====  =======  =======  =======  =======  ========  ========  =======  =======  =======

The same from a socket that is bound to another link, and so asks no route (any state but Off):

=====  ========  =====  =======  =======  =======  =======  ========  ========  =======  =======  =======
any    off       any    clear    clear    clear    clear    clear     clear     clear    clear    clear
any    apps      split  held     held     clear    held     clear     clear     clear    clear    clear
any    apps      full   held     held     clear    held     clear     clear     held     clear    clear
any    all       any    held     held     held     held     clear     held      held     clear    held
=====  ========  =====  =======  =======  =======  =======  ========  ========  =======  =======  =======

What arrives unasked, ``in`` or ``dropped``; answers always come in (up, or none with lockdown apps or all):

========  =====  ============  ===========  ===========  =========  =========
lockdown  mode   elsewhere at  out of the   out of the   from the   from any
                 our tunnel    tunnel:      tunnel:      LAN        other
                 address       company      others
========  =====  ============  ===========  ===========  =========  =========
off       split  dropped       in           dropped      in         in
off       full   dropped       in           in           in         in
apps      split  dropped       in           dropped      in         in
apps      full   dropped       in           in           in         in
all       split  dropped       in           dropped      in         dropped
all       full   dropped       in           in           in         dropped
========  =====  ============  ===========  ===========  =========  =========

Company network: ``[split] networks``, ``[dns] servers`` and the host of ``check``, also of a family in which this
computer has no address in the tunnel; that one is held. Port rule: a network with ``ports``. Learned: what a name of
the profile resolved to. Endpoint: where a node's WireGuard listens; by us are WireGuard itself, our pings of nodes, and
our own questions for names, and for the office where the profile has one; no other program can send those. Name server:
one on the LAN, asked on port 53. LAN: what ``core/lan.py`` found to be one; without ``allow_lan``, or where a network
only claims to be one, it is like any other.

While a captive portal may be opened (``Facts.portal_until``) split mode's rows count; under lockdown all this
computer's web pages (TCP 80, 443) and questions for names leave in the clear too, those to company networks aside.

Always in the clear: DHCP, neighbour discovery, this computer's packets to itself. Never: a packet with one of our
tunnel addresses as its source, and an answer to a neighbour who asks for one of them (ARP). Company networks have a
hold below their routes too, so that they stay closed when the interface disappears for any reason. Of whom names are
asked, ``core/names.py`` says.

Programs with a rule (``HostState.apps``), on a computer that can route by program: those of a ``tunnel`` rule go into
the tunnel whatever the destination, their questions to this computer's name servers aside, and are held where there is
none; those of a ``direct`` rule never go into it, and what only the tunnel may carry is held for them. While connection
is wanted that holds of every rule. Off, and when the helper was stopped, ``tunnel`` programs stay held unless lockdown
is "off".

A computer that can only block by program (Windows) carries out the ``tunnel`` rules: those programs send through the
tunnel or not at all, and while one of them runs everything goes into the tunnel (``Facts.drawn``).
"""

import ipaddress

import msgspec

from wgtray.core import apps, checking, fields, names
from wgtray.core.apps import LINUX, Computer, Rule
from wgtray.core.facts import Facts, endpoint_of, endpoints_of
from wgtray.core.failover import MAIN
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import NOTHING, Dns, HostState, Peer, Route, Tunnel
from wgtray.core.machine import Blocked, Connected, Connecting, Off, Office, State, active_of
from wgtray.core.problems import Problem
from wgtray.core.profile import Profile, check_target

EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))
"""What the main group's node owns inside WireGuard, in split mode too: where packets go is the routes' business."""


_ASIDE = frozenset(
    {
        *("inner", "outer", "loss", "sizes", "busy", "on_link", "memory", "failure", "failures", "damage"),
        *("learned", "programs", "portal"),
    }
)
"""Facts that change with every probe and that ``desired`` never looks at, and those of ``with_learned``; a fact not
named here counts."""

_GROUNDS = tuple(name for name in Facts.__struct_fields__ if name not in _ASIDE)


def grounds(state: State) -> tuple[object, ...]:
    """All that ``desired`` depends on: while it is equal, so is the machine that is asked for."""
    return (type(state), active_of(state), *(getattr(state.facts, name) for name in _GROUNDS))


def desired(state: State) -> HostState:
    """The machine that carries out the promise of ``state``."""
    host, rules = _without_apps(state), standing(state.facts)
    return msgspec.structs.replace(host, apps=rules) if rules else host


def left(facts: Facts) -> HostState:
    """The machine when the helper goes: nothing of ours, or what lockdown keeps closed, and nobody to ask for names."""
    profile = facts.profile
    if profile is None or profile.policy.lockdown == "off" or _is_inside(facts):
        return NOTHING
    host = msgspec.structs.replace(held(facts), dns=None) if facts.connection_wanted else NOTHING
    rules = frozenset(rule for rule in standing(facts) if rule.route == "tunnel")
    return msgspec.structs.replace(host, apps=rules) if rules else host


def is_unknown(facts: Facts) -> bool:
    """Whether what has to be protected was lost with a damaged file: the machine then stays as it is."""
    return facts.profile is None and facts.damage is not None


def standing(facts: Facts) -> frozenset[Rule]:
    """The rules for programs that are carried out now, on a computer that can."""
    computer = facts.computer
    if facts.profile is None or not (computer.routes_apps or computer.blocks_apps) or _is_inside(facts):
        return frozenset()
    every = [*facts.rules, *([apps.RUN] if facts.runs else [])]
    if not computer.routes_apps:
        every = [rule for rule in every if rule.route == "tunnel" and rule.paths]
    outlives = facts.profile.policy.lockdown != "off"
    return apps.standing(every, wanted=facts.connection_wanted, outlives=outlives)


def _without_apps(state: State) -> HostState:
    profile = state.facts.profile
    match state:
        case _ if profile is None:
            return NOTHING
        case Off() | Office():
            return NOTHING
        case Connecting() | Connected():
            return _with_tunnel(state, profile)
        case Blocked(active=active):
            return _with_tunnel(state, profile) if active is not None else held(state.facts)


def with_learned(host: HostState, learned: frozenset[Address]) -> HostState:
    """The desired ``host`` once these are the learned addresses."""
    if host.learned is learned or host.firewall is None:
        return host  # the same, or nobody is to go into the tunnel
    return msgspec.structs.replace(host, learned=learned)


def held(facts: Facts) -> HostState:
    """The machine without a tunnel while the wish to be connected stands: closed by lockdown and mode."""
    profile = facts.profile
    if profile is None or profile.policy.lockdown == "off":
        return NOTHING
    routes = frozenset(_holds(profile, facts) | _past_the_tunnel(facts))
    firewall = _firewall(facts, profile)
    host = HostState(routes=routes, steered=_steered(profile, routes), dns=_dns(facts, profile), firewall=firewall)
    return with_learned(host, facts.learned)


def _is_inside(facts: Facts) -> bool:
    """Whether the office takes the tunnel's place."""
    return facts.office and facts.connection_wanted


def closes_portals(facts: Facts) -> bool:
    """Whether the page of a captive portal cannot be opened without more ado: everything is closed or carried."""
    profile = facts.profile
    wanted = facts.connection_wanted and not facts.office
    return profile is not None and wanted and (facts.full or profile.policy.lockdown == "all")


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


def unsupported(profile: Profile, computer: Computer = LINUX) -> list[Problem]:
    """Parts of the profile that this version does not carry out, so that nobody relies on them."""
    missing = {
        "[[app]]": any(apps.paths(app, computer.system) for app in profile.apps)
        and not (computer.routes_apps or computer.blocks_apps),
        "check": profile.failover.check is not None and checking.target(profile) is None,
    }
    return [Problem("unsupported", {"feature": feature}) for feature, used in missing.items() if used]


def _with_tunnel(state: State, profile: Profile) -> HostState:
    facts = state.facts
    key, full = facts.private_key, facts.full
    if key is None:
        return held(facts)
    own = {fields.family(address) for address in profile.interface.addresses}
    wanted = (*carried(profile), *_inner(profile), *(EVERYTHING if full else ()))
    into = {Route(prefix, "tunnel") for prefix in wanted if fields.family(prefix) in own}
    closed = {Route(prefix, "held") for prefix in EVERYTHING if full and fields.family(prefix) not in own}
    routes = frozenset(into | closed | _holds(profile, facts) | _past_the_tunnel(facts))
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
        firewall=_firewall(facts, profile),
        dns=_dns(facts, profile),
        learned=facts.learned,
    )


def _firewall(facts: Facts, profile: Profile) -> Firewall:
    """The same with a tunnel and without: what it closes stays closed when the tunnel goes."""
    full, lockdown = facts.full, profile.policy.lockdown
    company, inner = carried(profile), _inner(profile)
    ports = frozenset(
        Aim(network.net, network.proto, network.ports) for network in profile.split.networks if network.ports
    )
    return Firewall(
        closed=frozenset() if lockdown == "off" else ports | frozenset(map(Aim, company)),
        closes_learned=lockdown != "off",
        everything=lockdown == "all",
        names=full and lockdown != "off",
        forced=ports,
        endpoints=frozenset(endpoint for node in profile.nodes for endpoint in endpoints_of(facts, node)),
        asked=frozenset(Aim(fields.host_prefix(host), "tcp", (port,)) for host, port in _places(facts)),
        lan=facts.lan if lockdown == "all" else frozenset(),
        own=frozenset(map(fields.own_address, profile.interface.addresses)),
        sources=None if full else frozenset((*company, *inner)),
        portal=facts.portal_until is not None,
    )


def _places(facts: Facts) -> list[tuple[Address, int]]:
    ends = map(fields.split_endpoint, facts.office_places)
    return [(Address(host), port) for host, port in ends]


def _past_the_tunnel(facts: Facts) -> set[Route]:
    """Where everything goes into the tunnel, the LAN does not."""
    return {Route(prefix, "lan") for prefix in facts.lan} if facts.full else set()


def _inner(profile: Profile) -> list[Prefix]:
    return [fields.host_prefix(node.probe) for node in profile.nodes if node.probe]


def _holds(profile: Profile, facts: Facts) -> set[Route]:
    if profile.policy.lockdown == "off":
        return set()
    return {Route(prefix, "held") for prefix in (*carried(profile), *(EVERYTHING if facts.full else ()))}


def _dns(facts: Facts, profile: Profile) -> Dns | None:
    if facts.names_trouble is not None:
        return None  # nobody would answer, or nobody can be told to ask us; the snapshot says so
    domains = names.redirected(profile)
    everything = bool(profile.dns.servers) and names.nothing_past_the_tunnel(facts)
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
