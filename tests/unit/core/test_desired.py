"""What each state asks of the machine, and the tables in its docstring line by line."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from tests.unit.core import worlds
from tests.unit.core.worlds import timed_events
from wgtray.core import desired as desired_module
from wgtray.core import events
from wgtray.core.desired import desired, grounds, held, unsupported, with_learned
from wgtray.core.events import Event
from wgtray.core.fields import Address, Prefix
from wgtray.core.host import NOTHING, HostState, fate
from wgtray.core.machine import Off
from wgtray.core.passage import DNS, Packet, enters, outcome, passed_on
from wgtray.core.profile import Dns, Failover, Policy, Profile, Split

COMPANY = Address("10.20.0.10")
OTHER = Address("198.51.100.7")
LAN = frozenset({Prefix("192.168.77.0/24")})
PORT_RULE = {"net": "198.51.100.7/32", "proto": "tcp", "ports": [443]}
LEARNED = Address("198.51.100.80")

SENT = {
    "company network": Packet(COMPANY),
    "port rule": Packet(Address("198.51.100.7"), "tcp", 443),
    "inner address": Packet(Address("10.66.255.1"), "icmp"),
    "learned address": Packet(LEARNED, "tcp", 443),
    "endpoint by us": Packet(Address("203.0.113.1"), "udp", 51820, ours=True),
    "endpoint by them": Packet(Address("203.0.113.1"), "udp", 51820),
    "name server": Packet(Address("192.168.77.1"), "udp", DNS),
    "LAN": Packet(Address("192.168.77.9"), "tcp", 443),
    "any other": Packet(Address("198.51.100.7"), "tcp", 80),
}
"""By the heads of the columns in the docstring of ``core/desired.py``."""

ARRIVING: dict[str, dict[str, Any]] = {
    "elsewhere at our tunnel address": {"source": "192.168.77.9", "through": "link", "to_own": True},
    "out of the tunnel: company": {"source": COMPANY, "through": "tunnel"},
    "out of the tunnel: others": {"source": "198.51.100.7", "through": "tunnel"},
    "from the LAN": {"source": "192.168.77.9", "through": "link"},
    "from any other": {"source": "198.51.100.7", "through": "link"},
}

KINDS = {
    "Off": ("Off",),
    "up": ("Connecting", "Connected", "Blocked, tunnel up"),
    "none": ("Blocked, no tunnel",),
    "any": ("Connecting", "Connected", "Blocked, tunnel up", "Blocked, no tunnel"),
}


def tables() -> list[list[dict[str, str]]]:
    """The tables of the docstring, each a list of rows by the heads of its columns."""
    found: list[list[list[str]]] = [[]]
    heads: list[list[str]] = []
    edges: list[tuple[int, int]] = []
    for line in (desired_module.__doc__ or "").splitlines():
        if line.startswith("==="):
            edges = [match.span() for match in re.finditer("=+", line)]
            found.append([])
        else:
            last = [*(left for left, _ in edges[1:]), None]
            found[-1].append([line[left:right].strip() for (left, _), right in zip(edges, last, strict=False)])
    parsed, head = [], []
    for block in found:
        if any(row and row[0] in ("state", "lockdown") for row in block):
            heads = block
            head = [" ".join(filter(None, column)) for column in zip(*heads, strict=True)]
        elif block and head and len(block[0]) == len(head) and all(all(row) for row in block):
            parsed.append([dict(zip(head, row, strict=True)) for row in block])
    return parsed


def hosts(row: dict[str, str], *, learned: bool = True) -> Iterator[HostState]:
    """Every machine that a row speaks of."""
    for lockdown in ("off", "apps", "all") if row["lockdown"] == "any" else (row["lockdown"],):
        policy = msgspec.convert({"lockdown": lockdown}, Policy)
        split = msgspec.convert({"networks": [{"net": "10.20.0.0/16"}, {"net": "fd20::/64"}, PORT_RULE]}, Split)
        for mode in ("split", "full") if row["mode"] == "any" else (row["mode"],):
            made = worlds.situations(worlds.profile(policy=policy, split=split), mode, LAN)
            for kind in KINDS[row.get("state", "up")]:
                host = desired(made[kind])
                closes = host.tunnel is not None or host.firewall is not None
                yield msgspec.structs.replace(host, learned=frozenset({LEARNED} if closes and learned else ()))


def test_there_are_three_tables_in_the_docstring_and_all_are_read() -> None:
    assert [len(table) for table in tables()] == [11, 4, 6]
    assert list(tables()[0][0])[3:] == list(SENT)
    assert list(tables()[2][0])[2:] == list(ARRIVING)


@pytest.mark.parametrize("row", tables()[0], ids=lambda row: "-".join(list(row.values())[:3]))
def test_what_is_sent_goes_where_the_table_of_the_docstring_says(row: dict[str, str]) -> None:
    for host in hosts(row):
        assert {kind: outcome(host, packet) for kind, packet in SENT.items()} == dict(list(row.items())[3:])
        for kind, packet in SENT.items():
            assert packet.ours or passed_on(host, packet) == row[kind]


@pytest.mark.parametrize("row", tables()[1], ids=lambda row: "-".join(list(row.values())[:3]))
def test_what_is_sent_past_all_routes_goes_where_the_table_of_the_docstring_says(row: dict[str, str]) -> None:
    for host in hosts(row):
        bound = {kind: msgspec.structs.replace(packet, bound=True) for kind, packet in SENT.items()}
        assert {kind: outcome(host, packet) for kind, packet in bound.items()} == dict(list(row.items())[3:])


@pytest.mark.parametrize("row", tables()[2], ids=lambda row: "-".join(list(row.values())[:2]))
def test_what_arrives_comes_in_where_the_table_of_the_docstring_says(row: dict[str, str]) -> None:
    for host in hosts(row):
        assert host.firewall is not None
        for kind, arrival in ARRIVING.items():
            packet = Packet(arrival["source"])
            to_own = arrival.get("to_own", False)
            passes = enters(host.firewall, packet, arrival["through"], to_own=to_own)
            assert ("in" if passes else "dropped") == row[kind], kind
            assert to_own or enters(host.firewall, packet, arrival["through"], answer=True)


def test_without_a_lan_its_addresses_are_like_any_other() -> None:
    for mode, expected in (("split", "held"), ("full", "tunnel")):
        policy = Policy(lockdown="all", allow_lan=False)
        made = worlds.situations(worlds.profile(policy=policy), mode, LAN)  # type: ignore[arg-type]  # one of the two above
        assert outcome(desired(made["Connected"]), SENT["LAN"]) == expected


def test_off_asks_for_a_machine_without_a_trace() -> None:
    assert desired(Off()) == NOTHING


def test_every_node_is_a_peer_and_the_active_one_owns_everything() -> None:
    tunnel = desired(worlds.connected()).tunnel
    assert tunnel is not None
    assert {peer.public_key: sorted(peer.allowed_ips) for peer in tunnel.peers} == {
        worlds.KEYS[0]: ["0.0.0.0/0", "10.66.255.1/32", "::/0"],
        worlds.KEYS[1]: ["10.66.255.2/32"],
        worlds.KEYS[2]: ["10.30.0.0/16", "10.66.255.3/32"],
    }


def test_a_family_without_an_own_address_is_held_not_let_out() -> None:
    host = desired(worlds.connected(worlds.V4_ONLY))
    assert fate(host, Address("fd20::10")) == "held"


@pytest.mark.parametrize("profile", [worlds.V4_ONLY, worlds.OPEN_V4_ONLY], ids=["apps", "off"])
def test_everything_means_everything_also_of_a_family_that_the_tunnel_has_not(profile: Profile) -> None:
    up = worlds.connected(profile)
    facts = msgspec.structs.replace(up.facts, target=events.Target(connected=True, chosen_mode="full"))
    host = desired(msgspec.structs.replace(up, facts=facts))
    assert host.steered == {4, 6}
    assert [fate(host, where) for where in (COMPANY, OTHER)] == ["tunnel", "tunnel"]
    assert [fate(host, Address(where)) for where in ("2001:db8:7::7", "fd20::10", "2600::1")] == ["held"] * 3


@pytest.mark.parametrize(("lockdown", "others"), [("off", "clear"), ("apps", "held"), ("all", "held")])
def test_full_mode_without_a_tunnel_is_as_closed_as_the_lockdown(lockdown: str, others: str) -> None:
    policy = msgspec.convert({"lockdown": lockdown, "default_mode": "full"}, Policy)
    host = desired(worlds.situations(worlds.profile(policy=policy), "full")["Blocked, no tunnel"])
    assert [fate(host, where) for where in (OTHER, Address("2001:db8:7::7"))] == [others] * 2


def test_the_companys_name_servers_are_reached_through_the_tunnel() -> None:
    host = desired(worlds.connected(worlds.profile(dns=Dns(servers=(Address("10.99.0.53"),)))))
    assert fate(host, Address("10.99.0.53")) == "tunnel"


def test_without_a_tunnel_lockdown_decides_what_is_held() -> None:
    assert held(worlds.connected(worlds.OPEN).facts) == NOTHING
    assert fate(held(worlds.connected().facts), COMPANY) == "held"


def test_what_this_version_does_not_carry_out_is_said() -> None:
    profile = worlds.profile(failover=Failover(check="icmp://10.66.255.1"))
    assert [problem.args["feature"] for problem in unsupported(profile)] == ["check"]


@given(timed_events)
@settings(max_examples=100, deadline=None)
def test_states_on_equal_grounds_ask_for_the_same_machine(history: list[tuple[Event, float]]) -> None:
    asked: dict[tuple[object, ...], object] = {}
    for state in worlds.states(history):
        same = (*map(repr, grounds(state)), state.facts.private_key)  # which no repr shows
        alike = with_learned(desired(state), frozenset())
        assert asked.setdefault(same, alike) == alike


def test_grounds_see_another_active_node_and_another_wish() -> None:
    state = worlds.connected()
    moved = msgspec.structs.replace(state, active={**state.active, (): worlds.NAMES[1]})
    full = msgspec.structs.replace(
        state, facts=msgspec.structs.replace(state.facts, target=events.Target(connected=True, chosen_mode="full"))
    )
    assert len({repr(grounds(one)) for one in (state, moved, full)}) == 3
