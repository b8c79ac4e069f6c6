"""Which way does a packet of a program go now, and which rule says so?

Where it goes is read from the machine as it was last seen (``host.deciding`` and the firewall), never from what it
should be; the profile and the state only explain it. Where the two differ, ``Way.wanted`` says what should be.

A name has no way of its own: its addresses have. It matters only because a rule may be written for it.
"""

import ipaddress
from collections.abc import Iterable
from typing import Literal

import msgspec

from wgtray.core import fields
from wgtray.core.desired import EVERYTHING
from wgtray.core.facts import Facts, endpoint_of
from wgtray.core.fields import Address, Domain, IPAddress, Name, Prefix
from wgtray.core.firewall import Firewall
from wgtray.core.host import HostState, Route, around, deciding
from wgtray.core.machine import Connected, Off, State
from wgtray.core.profile import Profile, check_target

Goes = Literal["tunnel", "direct", "held", "blocked", "here"]
"""Through the tunnel; as without wgtray; nowhere, by a route of ours or by our firewall; not off this computer."""

Kind = Literal[
    "network",
    "ports",
    "domain",
    "company-name",
    "learned",
    "not-learned",
    "name-server",
    "check",
    "node",
    "everything",
    "no-family",
    "lan",
    "lockdown",
    "portal",
    "endpoint",
    "this-computer",
    "this-link",
    "off",
    "paused",
    "none",
    "leftover",
]
"""What a rule is made of; ``wgtray route --help`` documents them, so they grow by addition only."""


class Rule(msgspec.Struct, frozen=True):
    """Why. Only the fields that the kind has something to say about are set."""

    kind: Kind
    network: Prefix | None = None
    via: tuple[Name, ...] = ()
    proto: str | None = None
    ports: tuple[int, ...] = ()
    domain: Domain | None = None
    node: Name | None = None
    servers: tuple[Address, ...] = ()


class Way(msgspec.Struct, frozen=True):
    """The way to one address; ``node`` carries it, and is None in a tunnel where no node answers."""

    address: Address
    goes: Goes
    rule: Rule
    node: Name | None = None
    wanted: Goes | None = None
    """Where it should go, while the machine is not yet as it should be."""


def way(
    state: State, observed: HostState, wanted: HostState, address: Address, host: str = "", *, own: bool = False
) -> Way:
    """The way to an address, which ``host`` resolved to; ``own``: it is one of this computer's."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
        address = Address(str(ip))
    if near := _near(ip, own or address in _own(observed)):
        return Way(address, near[0], Rule(near[1]))
    goes, cause = _outcome(observed, address)
    should, _ = _outcome(wanted, address)
    carrier = _carrier(state, observed, address) if goes == "tunnel" else None
    rule = _rule(state, observed, address, host, goes, cause)
    return Way(address, goes, rule, carrier, None if should == goes else should)


def lookup(state: State, observed: HostState, host: str) -> Rule:
    """Whom this computer asks for a name, and by which rule."""
    profile, dns = state.facts.profile, observed.dns
    if profile is None or dns is None:
        return _without(state)
    domain = below(host, dns.domains)
    servers = profile.dns.servers
    if domain is not None and domain == below(host, profile.dns.domains):
        return Rule("company-name", domain=domain, servers=servers)
    if dns.everything:
        return Rule("everything", servers=servers)
    return _without(state) if domain is None else Rule("domain", domain=domain)


def below(host: str, domains: Iterable[Domain]) -> Domain | None:
    """The longest of the domains that a name is, or is below."""
    name = host.lower().rstrip(".")
    fits = (domain for domain in domains if name == domain or name.endswith(f".{domain}"))
    return max(fits, key=len, default=None)


def _near(ip: IPAddress, own: bool) -> tuple[Goes, Kind] | None:
    """Packets that the kernel keeps from every route of ours."""
    if own or ip.is_loopback or ip.is_unspecified:
        return "here", "this-computer"
    link_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_link_local  # IPv4's can be routed
    return ("direct", "this-link") if link_local or ip.is_multicast else None


def _outcome(host: HostState, address: Address) -> tuple[Goes, Route | Firewall | None]:
    """Where packets to all ports that no port rule names go, and what of ours decides it."""
    route = deciding(host, address)
    if route is not None and route.to != "lan":
        return route.to, route
    wall = host.firewall
    if wall is None:
        return "direct", route
    for prefix in around(address, {aim.prefix for aim in wall.closed if not aim.ports}):
        return "blocked", Route(prefix, "held")
    if not wall.everything or any(around(address, wall.lan)):
        return "direct", route
    return ("direct", wall) if wall.portal else ("blocked", wall)


def _rule(
    state: State, observed: HostState, address: Address, host: str, goes: Goes, cause: Route | Firewall | None
) -> Rule:
    profile = state.facts.profile
    if isinstance(cause, Firewall):
        return Rule("portal" if goes == "direct" else "lockdown")
    if cause is not None:
        return Rule("leftover", network=cause.prefix) if profile is None else _of_route(
            profile, observed, address, host, cause
        )
    if profile is None or isinstance(state, Off):
        return _without(state)
    return _of_ports(observed, address) or _of_name(profile, host) or _of_endpoint(state.facts, profile, address)


def _of_route(profile: Profile, observed: HostState, address: Address, host: str, route: Route) -> Rule:
    """What in the profile a route of ours stands for."""
    if address in observed.learned:
        named = _of_name(profile, host)
        return Rule("learned") if named is None else msgspec.structs.replace(named, kind=_LEARNED[named.kind])
    return Rule("none")


def _without(state: State) -> Rule:
    if state.facts.paused_until is not None:
        return Rule("paused")
    return Rule("off" if isinstance(state, Off) else "none")
