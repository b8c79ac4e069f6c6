"""Profiles, events and machines to prove things about."""

from typing import Literal

import msgspec
from hypothesis import strategies as st

from wgtray.core import events, machine
from wgtray.core.events import Event, Target
from wgtray.core.facts import learned
from wgtray.core.fields import Address, Endpoint, Key, Name, Prefix
from wgtray.core.machine import State
from wgtray.core.passage import DNS, HTTP, HTTPS, Packet
from wgtray.core.problems import Problem
from wgtray.core.profile import Dns, Failover, Mode, Personal, Policy, Profile, Split
from wgtray.core.secret import Secret

PRIVATE = Secret("cD1D8K7bvJ3wU5KQpMZ6d1sDU3cVhuFqKx5kDCIYTE4=")
OTHER_PRIVATE = Secret("6PIYYdpNQ7kzQbd4JgeUEFfDBhQXEZ7tPIGxOnDK1n4=")
PUBLIC = Key("bDh0xC3QGJ6cKFmZ6lp9ipWPCXiSIyYHNf8IQUgJ8mM=")
KEYS = (
    "uHN9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI=",
    "Jh9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=",
    "Yx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=",
)
NAMES = (Name("fra"), Name("ams"), Name("sin"))

PORTS_HOST = Address("198.51.100.7")
LAN_HOST = Address("192.168.77.9")
DESTINATIONS = (
    *map(Address, ("10.20.0.10", "10.30.0.10", "10.66.255.1")),
    PORTS_HOST,
    *map(Address, ("fd20::10", "2001:db8::7", "203.0.113.1", "fd77::9", "10.40.0.10")),
    LAN_HOST,
)

_ASKED: tuple[tuple[Literal["tcp", "udp", "icmp"], int | None], ...] = (
    *(("udp", 9), ("udp", 51820), ("udp", DNS)),
    *(("tcp", HTTPS), ("tcp", HTTP), ("icmp", None)),
)
PACKETS = tuple(
    Packet(address, proto, port, ours, bound)
    for address in DESTINATIONS
    for proto, port in _ASKED
    for ours, bound in ((False, False), (False, True), (True, False))
)
"""Everything that a rule may tell apart."""

LINKS = tuple(
    map(Prefix, ("192.168.77.0/24", "10.20.7.0/24", "10.0.0.0/8", "198.51.100.0/24", "fd77::/64", "fe80::/64"))
)


def profile(**changes: object) -> Profile:
    """Acme with three nodes; 10.30.0.0/16 prefers sin."""
    nodes = [
        {
            "name": name,
            "public_key": key,
            "endpoint": f"{name}.example.com:51820" if name == "sin" else f"203.0.113.{number}:51820",
            "probe": f"10.66.255.{number}",
        }
        for number, (name, key) in enumerate(zip(NAMES, KEYS, strict=True), start=1)
    ]
    networks = [{"net": "10.20.0.0/16"}, {"net": "10.30.0.0/16", "via": ["sin"]}, {"net": "fd20::/64"}]
    written = {
        "schema": 1,
        "name": "Acme",
        "interface": {"addresses": ["10.66.0.10/32", "fd66::10/128"]},
        "split": {"networks": networks},
        "node": nodes,
    }
    return msgspec.structs.replace(msgspec.convert(written, Profile), **changes)


PORTS = [
    {"net": f"{PORTS_HOST}/32", "proto": "tcp", "ports": [443, 8443]},
    {"net": "2001:db8::/32", "proto": "udp", "ports": [9]},
]
LONE_SPLIT = msgspec.convert({"networks": [{"net": "10.40.0.0/16"}]}, Split)
V4_ONLY = profile(interface=msgspec.convert({"addresses": ["10.66.0.11/32"]}, Personal))
OPEN = profile(policy=Policy(lockdown="off"))
OPEN_V4_ONLY = profile(interface=V4_ONLY.interface, policy=Policy(lockdown="off"))
FULL = profile(policy=Policy(default_mode="full"))
FIXED = profile(policy=Policy(default_mode="full", user_may=()))
"""Its users choose nothing."""
ONE_NODE = profile(nodes=profile().nodes[:1], split=LONE_SPLIT)
CHECKED = profile(failover=Failover(check="tcp://10.20.0.10:443"))
CHECKED_OUTSIDE = profile(failover=Failover(check="icmp://10.99.0.1"))
CHECKED_VIA = profile(failover=Failover(check="icmp://10.30.0.10", failback_after_s=0))
PORT_RULES = msgspec.convert({"networks": [{"net": "10.20.0.0/16"}, *PORTS]}, Split)
WITH_PORTS = profile(split=PORT_RULES)
OPEN_WITH_PORTS = profile(split=PORT_RULES, policy=Policy(lockdown="off"))
LOCKED = profile(split=PORT_RULES, policy=Policy(lockdown="all"))
LOCKED_V4 = msgspec.structs.replace(V4_ONLY, policy=Policy(lockdown="all", allow_lan=False))
NAMED = profile(
    dns=msgspec.convert({"servers": ["10.20.0.53"], "domains": ["corp.example"]}, Dns),
    split=msgspec.convert({"domains": ["bank.example"]}, Split),
)
NAMED_OPEN = msgspec.structs.replace(NAMED, policy=Policy(lockdown="off"))
NAMED_ALL = msgspec.structs.replace(V4_ONLY, dns=NAMED.dns, policy=Policy(lockdown="all"))
PROFILES = (
    *(profile(), V4_ONLY, OPEN, OPEN_V4_ONLY, FULL, FIXED, ONE_NODE, CHECKED, CHECKED_OUTSIDE, CHECKED_VIA),
    *(WITH_PORTS, OPEN_WITH_PORTS, LOCKED, LOCKED_V4, NAMED, NAMED_OPEN, NAMED_ALL),
)
LEARNED = frozenset(DESTINATIONS[3:4] + DESTINATIONS[5:])

SIN_PLACES = tuple(Endpoint(text) for text in ("203.0.113.3:51820", "198.51.100.3:51820", "[2001:db8::3]:51820"))

FAILURES = (
    Problem("tool-missing", {"tool": "wg", "package": "wireguard-tools"}),
    Problem("command-failed", {"command": "ip", "detail": "no"}),
)

any_event: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        events.ProfileSet,
        profile=st.sampled_from((None, *PROFILES)),
        public_key=st.just(PUBLIC),
        private_key=st.sampled_from((None, PRIVATE, OTHER_PRIVATE)),
    ),
    st.just(events.KeyForgotten()),
    st.builds(events.KeyGiven, private_key=st.sampled_from((PRIVATE, OTHER_PRIVATE))),
    st.builds(
        events.Wanted,
        target=st.builds(
            Target,
            connected=st.booleans(),
            chosen_mode=st.sampled_from((None, "split", "full")),
            node=st.sampled_from((None, *NAMES, Name("gone"))),
        ),
    ),
    st.builds(events.Paused, until=st.none() | st.floats(0, 200)),
    st.builds(
        events.Resolved,
        resolved=st.sampled_from(({}, {Name("sin"): SIN_PLACES[:1]}, {Name("sin"): SIN_PLACES})),
        unresolved=st.sampled_from((frozenset(), frozenset({Name("sin")}))),
    ),
    st.builds(
        events.Probed,
        node=st.sampled_from((*NAMES, Name("gone"))),
        inner=st.booleans(),
        answered=st.booleans(),
        rtt_ms=st.none() | st.floats(0.1, 5000),
        endpoint=st.none() | st.sampled_from(SIN_PLACES),
    ),
    st.builds(events.Recalled, resolved=st.sampled_from(({}, {Name("sin"): SIN_PLACES[1:]}))),
    st.builds(events.UplinkChanged, families=st.sampled_from((frozenset({4}), frozenset({6}), frozenset({4, 6})))),
    st.builds(
        events.Lost,
        node=st.sampled_from((*NAMES, Name("gone"))),
        reason=st.sampled_from(("no-reply", "one-way")),
        detect_ms=st.floats(0, 500),
    ),
    st.builds(
        events.Checked,
        via=st.sampled_from((*NAMES, Name("gone"))),
        answered=st.booleans(),
        waited_s=st.floats(0, 1),
    ),
    st.builds(
        events.Sized,
        via=st.sampled_from((*NAMES, Name("gone"))),
        answered=st.booleans(),
        waited_s=st.floats(0, 1),
    ),
    st.builds(events.Learned, gained=st.frozensets(st.sampled_from(sorted(LEARNED)))),
    st.builds(events.Learned, lost=st.frozensets(st.sampled_from(sorted(LEARNED)))),
    st.builds(
        events.NamesTroubled, problem=st.sampled_from((None, Problem("names-port-taken", {"address": "127.22.8.7"})))
    ),
    st.builds(events.Traffic, flows=st.booleans()),
    st.builds(events.Online, online=st.booleans(), resumed=st.booleans()),
    st.builds(events.OnLink, subnets=st.frozensets(st.sampled_from(LINKS))),
    st.builds(events.ApplyFailed, problem=st.sampled_from(FAILURES)),
    st.just(events.Applied()),
    st.builds(events.Damaged, problem=st.just(Problem("state-unreadable", {"path": "x"}))),
    st.just(events.Tick()),
)

timed_events = st.lists(st.tuples(any_event, st.floats(0, 20)), max_size=40)


def states(history: list[tuple[Event, float]]) -> list[State]:
    """Every state along a history of (event, seconds since the one before)."""
    state: State = machine.Off()
    now, seen = 0.0, [state]
    for event, gap in history:
        now += gap
        state = machine.step(state, event, now)
        seen.append(state)
    return seen


def connected(wanted: Profile | None = None) -> machine.Connected:
    """A connected state in which every node answers, fra nearest."""
    chosen = wanted or profile()
    history: list[tuple[Event, float]] = [
        (events.ProfileSet(chosen, PUBLIC, PRIVATE), 0.0),
        (events.Resolved({Name("sin"): SIN_PLACES[:1]}, frozenset()), 0.0),
        (events.Wanted(Target(connected=True)), 0.0),
        (events.Applied(), 0.1),
    ]
    for rtt_ms, node in enumerate(chosen.nodes, start=1):
        history += [(events.Probed(node.name, True, True, 20.0 * rtt_ms), 0.01)] * 2
    state = states(history)[-1]
    assert isinstance(state, machine.Connected)
    return state


def situations(wanted: Profile, mode: Mode = "split", links: frozenset[Prefix] = frozenset()) -> dict[str, State]:
    """One state of each kind with that profile, by the name that the table in ``core/desired.py`` gives its kind."""
    up = connected(wanted)
    known = events.OnLink(links)
    facts = learned(msgspec.structs.replace(up.facts, target=Target(connected=True, chosen_mode=mode)), known, 0.0)
    silent = Problem("no-node-answers")
    return {
        "Off": machine.Off(msgspec.structs.replace(facts, target=Target(chosen_mode=mode))),
        "Connecting": machine.Connecting(facts, 0.0, up.active),
        "Connected": msgspec.structs.replace(up, facts=facts),
        "Blocked, tunnel up": machine.Blocked(facts, 0.0, silent, up.active, None),
        "Blocked, no tunnel": machine.Blocked(facts, 0.0, silent, None, None),
    }


@st.composite
def scenes(draw: st.DrawFn) -> State:
    """Any kind of state under any kind of profile, which random histories seldom reach."""
    mode: Mode = draw(st.sampled_from(("split", "full")))
    links = draw(st.frozensets(st.sampled_from(LINKS)))
    return draw(st.sampled_from(list(situations(draw(st.sampled_from(PROFILES)), mode, links).values())))
