"""Which profiles are there? Hypothesis strategies for them and their parts, canonical as the structs make them."""

import base64
import ipaddress
from typing import Literal

from hypothesis import strategies as st

from wgtray.core import fields
from wgtray.core.profile import (
    AUTO,
    SCHEMA,
    AppRule,
    Dns,
    Failover,
    Mode,
    Network,
    Node,
    Personal,
    Policy,
    Profile,
    Split,
)
from wgtray.core.secret import Secret

MAX_NODES = 4

_NUMBERS = st.integers(1, 2**16)
_V4 = st.integers(0x0B000000, 0x63FFFFFF).map(ipaddress.IPv4Address)
_V6 = st.integers(1, 2**80).map(lambda number: ipaddress.IPv6Address((0x20010DB8 << 96) + number))
_LABELS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?", fullmatch=True)
_PRINTABLE = st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" \"'\\#=[],:")


def _key(raw: bytes) -> fields.Key:
    return fields.Key(base64.b64encode(raw).decode())


# A secret begins with a byte that no key begins with: the same text as both is refused.
_rest = st.binary(min_size=31, max_size=31).filter(any)
keys = _rest.map(lambda raw: _key(b"\0" + raw))
secrets = _rest.map(lambda raw: Secret(_key(b"\xff" + raw)))
addresses = (_V4 | _V6).map(lambda ip: fields.Address(str(ip)))
domains = st.lists(_LABELS, min_size=1, max_size=3).map(lambda labels: fields.Domain(".".join(labels)))
names = (
    st.text(_PRINTABLE, min_size=1, max_size=16)
    .map(str.strip)
    .filter(lambda text: text not in ("", AUTO) and text.isprintable())
    .map(fields.Name)
)
hosts = domains | _V4.map(str) | _V6.map(lambda ip: f"[{ip}]")
endpoints = st.builds(lambda host, port: fields.endpoint(f"{host}:{port}"), hosts, st.integers(1, 65535))


@st.composite
def interfaces(draw: st.DrawFn) -> fields.Interface:
    ip = draw(_V4 | _V6)
    return fields.Interface(f"{ip}/{draw(st.integers(1, ip.max_prefixlen))}")


@st.composite
def prefixes(draw: st.DrawFn, *, host: bool = False) -> fields.Prefix:
    """Networks of several addresses, or with ``host`` of one."""
    ip = draw(_V4 | _V6)
    length = ip.max_prefixlen if host else draw(st.integers(8, ip.max_prefixlen - 1))
    return fields.Prefix(str(ipaddress.ip_network((ip, length), strict=False)))


def nodes(*, bare: bool) -> st.SearchStrategy[list[Node]]:
    """Nodes that may stand in one profile; ``bare``: without what a wg-quick file cannot say."""
    one = st.builds(
        Node,
        name=names,
        location=st.just("") if bare else st.just("") | names,
        public_key=keys,
        preshared_key=st.none() | secrets,
        endpoint=endpoints,
        probe=st.none() | addresses,
        weight=st.just(1) if bare else st.floats(0.001, 1000) | st.integers(1, 1000),
        keepalive_s=st.integers(0, 65535),
    )
    unique = (lambda node: node.name, lambda node: node.public_key, lambda node: node.probe or node.name)
    return st.lists(one, min_size=0 if bare else 1, max_size=MAX_NODES, unique_by=unique)


personals = st.builds(
    Personal,
    addresses=st.lists(interfaces(), max_size=3, unique=True).map(tuple),
    private_key=st.none() | secrets,
    mtu=st.none() | st.integers(576, 65535),
)
dns = st.builds(
    Dns,
    servers=st.lists(addresses, max_size=2, unique=True).map(tuple),
    domains=st.lists(domains, max_size=2, unique=True).map(tuple),
)
failovers = st.builds(
    Failover,
    interval_s=st.floats(1, 3600),
    latency_limit_ms=st.integers(1, 10_000),
    detection=st.sampled_from(["fast", "steady"]),
    failback_after_s=st.floats(0, 86_400),
    prefer=st.sampled_from(["latency", "order"]),
    check=st.none() | st.builds("tcp://{}:{}".format, _V4, st.integers(1, 65535)) | _V4.map("icmp://{}".format),
)
policies = st.builds(
    Policy,
    default_mode=st.sampled_from(["split", "full"]),
    connect=st.sampled_from(["user", "login"]),
    lockdown=st.sampled_from(["off", "apps", "all"]),
    allow_lan=st.booleans(),
    user_may=st.lists(st.sampled_from(["mode", "node", "apps", "disconnect", "pause"]), unique=True).map(tuple),
    portal_minutes=st.integers(0, 60),
    office_probe=st.sampled_from(["", f"https://inside.corp.example:8443#sha256/{'A' * 43}="]),
)
_paths = st.text(_PRINTABLE, max_size=20).filter(str.isprintable)
apps = st.builds(
    AppRule,
    name=names,
    route=st.sampled_from(["tunnel", "direct"]),
    locked=st.booleans(),
    linux=st.lists(_paths.map("/{}".format), max_size=2).map(tuple),
    windows=st.lists(_paths.map("C:\\{}".format), max_size=2).map(tuple),
    macos=st.lists(_paths.map("/{}".format), max_size=2).map(tuple),
)


@st.composite
def networks(draw: st.DrawFn, known: list[Node]) -> Network:
    via = draw(st.lists(st.sampled_from([node.name for node in known]), unique=True))
    proto: Literal["tcp", "udp"] | None = draw(st.sampled_from([None, "tcp", "udp"]))
    ports = draw(st.lists(st.integers(1, 65535), min_size=1, max_size=3)) if proto else []
    return Network(net=draw(prefixes() | prefixes(host=True)), via=tuple(via), proto=proto, ports=tuple(ports))


def is_taken(personal: Personal, known: list[Node]) -> bool:
    """Whether a node has this computer's private key for its public one, which no file may say."""
    key = personal.private_key
    return key is not None and key.reveal() in {node.public_key for node in known}


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Every kind of profile that TOML can hold."""
    known = draw(nodes(bare=False))
    return Profile(
        schema=SCHEMA,
        name=draw(names),
        interface=draw(personals.filter(lambda one: not is_taken(one, known))),
        dns=draw(dns),
        split=Split(
            networks=tuple(draw(st.lists(networks(known), max_size=4, unique_by=lambda network: network.net))),
            domains=tuple(draw(st.lists(domains, max_size=2))),
        ),
        failover=draw(st.just(Failover()) | failovers),
        policy=draw(st.just(Policy()) | policies),
        nodes=tuple(known),
        apps=tuple(draw(st.lists(apps, max_size=2, unique_by=lambda app: app.name))),
    )


@st.composite
def conf_profiles(draw: st.DrawFn) -> Profile:
    """Profiles that a wg-quick file can carry, their networks in the order in which it does."""
    known = draw(nodes(bare=True))
    everyone = list(range(len(known)))
    taken = {fields.host_prefix(node.probe) for node in known if node.probe is not None}
    held: dict[fields.Prefix, list[int]] = {}
    for net in draw(st.lists(prefixes(), max_size=4)) if known else []:
        holders = sorted(draw(st.sets(st.sampled_from(everyone), min_size=1)))
        held[net] = everyone if holders == [0] else holders
    for net in draw(st.lists(prefixes(host=True), max_size=2)) if len(known) > 1 else []:
        if net not in taken:
            held[net] = sorted(draw(st.sets(st.sampled_from(everyone), min_size=2)))
    listed = [
        Network(net=net, via=() if holders == everyone else tuple(known[index].name for index in holders))
        for net, holders in sorted(held.items(), key=lambda item: item[1][0])
    ]
    mode: Mode = draw(st.sampled_from(["split", "full"])) if known else "split"
    return Profile(
        schema=SCHEMA,
        name=draw(names),
        interface=draw(personals.filter(lambda one: not is_taken(one, known))),
        dns=draw(dns),
        split=Split(networks=tuple(listed)),
        policy=Policy(default_mode=mode),
        nodes=tuple(known),
    )
