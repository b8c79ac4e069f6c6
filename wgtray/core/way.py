"""Which way does a packet of a program go now, and which rule says so?

Where it goes is read from the machine as it was last seen, by what routes and firewall mean (``core/passage.py``),
never from what it should be; profile and state only explain it. A name has no way of its own: its addresses have.
"""

import ipaddress
from typing import Literal

import msgspec

from wgtray.core import checking, fields
from wgtray.core.desired import EVERYTHING
from wgtray.core.facts import Facts, endpoints_of
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.firewall import Firewall
from wgtray.core.host import Fate, HostState, around, deciding
from wgtray.core.machine import Office, State
from wgtray.core.names import FORWARDER
from wgtray.core.passage import Packet, outcome
from wgtray.core.profile import Profile

Goes = Literal["tunnel", "direct", "held"]
"""Into the tunnel; as without wgtray; nowhere."""

Kind = Literal[
    "network",
    "learned",
    "name-server",
    "check",
    "node",
    "everything",
    "no-family",
    "lockdown",
    "lan",
    "endpoint",
    "this-computer",
    "paused",
    "office",
    "off",
    "none",
    "leftover",
]
"""``words_route.py`` has words for each; more may follow."""

_GOES: dict[Fate, Goes] = {"tunnel": "tunnel", "clear": "direct", "held": "held"}


class Rule(msgspec.Struct, frozen=True):
    """Why; ``detail`` is the network, or the name, that it is written for."""

    kind: Kind
    detail: str = ""


class PortWay(msgspec.Struct, frozen=True):
    """A port rule that holds for the address, and where packets to its ports go."""

    network: Prefix
    proto: str
    ports: tuple[int, ...]
    goes: Goes


class Way(msgspec.Struct, frozen=True):
    """The way to one address, and to ports of it that have a rule of their own."""

    address: Address
    goes: Goes
    rule: Rule
    node: Name | None = None
    """Whose part of the tunnel it is; None outside of it."""
    ports: tuple[PortWay, ...] = ()


def way(state: State, observed: HostState, address: Address, name: str | None = None) -> Way:
    """The way to an address, one that the host ``name`` has."""
    if _is_near(address, observed):
        return Way(address, "direct", Rule("this-computer"))
    goes = _GOES[outcome(observed, Packet(address, "tcp"))]
    return Way(
        address=address,
        goes=goes,
        rule=_rule(state, observed, address, goes, name),
        node=_carrier(state.facts, observed, address) if goes == "tunnel" else None,
        ports=_ports(observed, address),
    )


def _is_near(address: Address, observed: HostState) -> bool:
    found = ipaddress.ip_address(address)
    own = () if observed.tunnel is None else map(fields.own_address, observed.tunnel.addresses)
    return found.is_loopback or found.is_unspecified or address == FORWARDER or address in set(own)


def _rule(state: State, observed: HostState, address: Address, goes: Goes, name: str | None) -> Rule:
    profile, wall = state.facts.profile, observed.firewall or Firewall()
    route = deciding(observed, address)
    if profile is None:
        return Rule("none") if goes == "direct" else Rule("leftover")
    if goes != "direct" and address in observed.learned:
        return Rule("learned", name or "")
    if route is not None and route.to != "lan":
        return _of_prefix(profile, route.prefix, held=goes == "held")
    if goes == "held":
        closed = next(around(address, {aim.prefix for aim in wall.closed if not aim.ports}), None)
        return Rule("lockdown") if closed is None else _of_prefix(profile, closed, held=True)
    if address in {fields.split_endpoint(one)[0] for node in profile.nodes for one in endpoints_of(state.facts, node)}:
        return Rule("endpoint")
    if route is not None or (wall.everything and any(around(address, wall.lan))):
        return Rule("lan")
    if not state.facts.target.connected:
        return Rule("off")
    if isinstance(state, Office):
        return Rule("office")
    return Rule("none") if state.facts.paused_until is None else Rule("paused")


def _of_prefix(profile: Profile, prefix: Prefix, *, held: bool) -> Rule:
    """What of the profile a network of ours stands for."""
    own = set(map(fields.family, profile.interface.addresses))
    if held and fields.family(prefix) not in own:
        return Rule("no-family", prefix)
    if prefix in EVERYTHING:
        return Rule("everything")
    checked = checking.target(profile)
    if any(prefix == network.net for network in profile.split.networks):
        return Rule("network", prefix)
    if prefix in map(fields.host_prefix, profile.dns.servers):
        return Rule("name-server")
    if checked is not None and prefix == fields.host_prefix(checked.address):
        return Rule("check")
    for node in profile.nodes:
        if node.probe and prefix == fields.host_prefix(node.probe):
            return Rule("node", node.name)
    return Rule("leftover", prefix)


def _carrier(facts: Facts, observed: HostState, address: Address) -> Name | None:
    """The node whose part of the tunnel is the narrowest around the address, as WireGuard decides it."""
    if facts.profile is None or observed.tunnel is None:
        return None
    owners = {prefix: peer.public_key for peer in observed.tunnel.peers for prefix in peer.allowed_ips}
    narrowest = next(around(address, owners), None)
    names = {node.public_key: node.name for node in facts.profile.nodes}
    return None if narrowest is None else names.get(owners[narrowest])


def _ports(observed: HostState, address: Address) -> tuple[PortWay, ...]:
    aims = (
        () if observed.firewall is None else sorted(observed.firewall.forced, key=lambda aim: (aim.prefix, aim.ports))
    )
    found = []
    for aim in aims:
        if aim.proto is not None and any(around(address, {aim.prefix})):
            packet = Packet(address, "tcp" if aim.proto == "tcp" else "udp", aim.ports[0])
            found.append(PortWay(aim.prefix, aim.proto, aim.ports, _GOES[outcome(observed, packet)]))
    return tuple(found)
