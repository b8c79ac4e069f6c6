"""What each state asks of the machine, and the table in its docstring line by line."""

import msgspec
import pytest
from hypothesis import given, settings

from tests.unit.core import worlds
from tests.unit.core.worlds import timed_events
from wgtray.core import events
from wgtray.core.desired import desired, grounds, held, unsupported, with_learned
from wgtray.core.events import Event
from wgtray.core.fields import Address
from wgtray.core.host import NOTHING, fate
from wgtray.core.machine import Blocked, Connecting, Off, State
from wgtray.core.plan import PutRoutes, plan
from wgtray.core.problems import Problem
from wgtray.core.profile import Dns, Failover, Policy, Profile

COMPANY, INNER, OTHER = Address("10.20.0.10"), Address("10.66.255.1"), Address("198.51.100.7")
SILENT = Problem("no-node-answers")


def states(profile: Profile) -> dict[str, State]:
    up = worlds.connected(profile)
    return {
        "Off": Off(msgspec.structs.replace(up.facts, target=events.Target())),
        "Connecting": Connecting(up.facts, 0.0, up.active),
        "Connected": up,
        "Blocked, tunnel up": Blocked(up.facts, 0.0, SILENT, up.active, None),
        "Blocked, no tunnel": Blocked(up.facts, 0.0, SILENT, None, None),
    }


@pytest.mark.parametrize(
    ("state", "lockdown", "company", "inner"),
    [
        ("Off", "apps", "clear", "clear"),
        ("Connecting", "apps", "tunnel", "tunnel"),
        ("Connected", "apps", "tunnel", "tunnel"),
        ("Blocked, tunnel up", "apps", "tunnel", "tunnel"),
        ("Blocked, no tunnel", "apps", "held", "clear"),
        ("Blocked, no tunnel", "all", "held", "clear"),
        ("Blocked, no tunnel", "off", "clear", "clear"),
        ("Connected", "off", "tunnel", "tunnel"),
    ],
)
def test_the_table_of_the_docstring_is_what_the_routes_do(state: str, lockdown: str, company: str, inner: str) -> None:
    policy = msgspec.convert({"lockdown": lockdown}, Policy)
    host = desired(states(worlds.profile(policy=policy))[state])
    assert (fate(host, COMPANY), fate(host, INNER), fate(host, OTHER)) == (company, inner, "clear")


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
    host = desired(states(worlds.profile(policy=policy))["Blocked, no tunnel"])
    assert [fate(host, where) for where in (OTHER, Address("2001:db8:7::7"))] == [others] * 2


def test_a_change_of_mode_is_one_batch_of_routes() -> None:
    up = worlds.connected()
    facts = msgspec.structs.replace(up.facts, target=events.Target(connected=True, chosen_mode="full"))
    full = desired(msgspec.structs.replace(up, facts=facts))
    for before, after in ((desired(up), full), (full, desired(up))):
        assert plan(before, after) == (PutRoutes(after.routes),)


def test_the_companys_name_servers_are_reached_through_the_tunnel() -> None:
    host = desired(worlds.connected(worlds.profile(dns=Dns(servers=(Address("10.99.0.53"),)))))
    assert fate(host, Address("10.99.0.53")) == "tunnel"


def test_without_a_tunnel_lockdown_decides_what_is_held() -> None:
    assert held(worlds.connected(worlds.OPEN).facts) == NOTHING
    assert fate(held(worlds.connected().facts), COMPANY) == "held"


def test_what_this_version_does_not_carry_out_is_said() -> None:
    profile = worlds.profile(failover=Failover(check="icmp://10.66.255.1"), policy=Policy(lockdown="all"))
    assert [problem.args["feature"] for problem in unsupported(profile)] == ['lockdown = "all"', "check"]


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
