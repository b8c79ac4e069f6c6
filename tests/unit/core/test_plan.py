"""From every machine to every other: the plan arrives, is empty when there, and never frees anything on the way."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core import worlds
from tests.unit.core.worlds import DESTINATIONS, PACKETS, scenes, timed_events
from wgtray.core.desired import desired
from wgtray.core.endpoints import Site
from wgtray.core.events import Event, OnLink, Target
from wgtray.core.fields import Endpoint, Interface
from wgtray.core.firewall import ALTERED
from wgtray.core.host import FREEDOM, NOTHING, Fate, HostState, Route, fate
from wgtray.core.lan import allowed
from wgtray.core.machine import Connected, State
from wgtray.core.passage import Packet, outcome
from wgtray.core.plan import DropTunnel, PutFirewall, PutPeers, PutRoutes, PutSteering, PutTunnel, applied, plan
from wgtray.core.profile import Mode, Profile

UP = desired(worlds.connected())
ELSEWHERE = Interface("10.66.0.99/32")


DAMAGES = ("flushed", "unsteered", "unmarked", "half", "no-tunnel", "strange", "no-firewall", "altered")


def walked(start: HostState, goal: HostState) -> list[HostState]:
    hosts = [start]
    for step in plan(start, goal):
        hosts.append(applied(hosts[-1], step))
    return hosts


def assert_never_freer(hosts: list[HostState], floor: Fate = "held") -> None:
    for packet in PACKETS:
        ranks = [FREEDOM[outcome(host, packet)] for host in hosts]
        assert max(ranks) <= max(ranks[0], ranks[-1], FREEDOM[floor]), (packet, ranks)


any_state = scenes() | timed_events.map(lambda history: worlds.states(history)[-1])


@st.composite
def damaged(draw: st.DrawFn) -> HostState:
    """A desired machine with damage done to it."""
    host = desired(draw(any_state))
    match draw(st.sampled_from(DAMAGES)):
        case "flushed":
            return msgspec.structs.replace(host, routes=frozenset())
        case "unsteered":
            return msgspec.structs.replace(host, steered=frozenset({6}))
        case "unmarked" if host.tunnel is not None:
            return msgspec.structs.replace(host, tunnel=msgspec.structs.replace(host.tunnel, marked=False))
        case "half" if host.tunnel is not None:
            return msgspec.structs.replace(
                host, tunnel=msgspec.structs.replace(host.tunnel, private_key=None, peers=frozenset())
            )
        case "no-tunnel":
            return applied(host, DropTunnel())
        case "no-firewall":
            return msgspec.structs.replace(host, firewall=None)
        case "altered":
            return msgspec.structs.replace(host, firewall=ALTERED)
        case "strange":
            strange = Route(worlds.V4_ONLY.split.networks[0].net, "held")
            return msgspec.structs.replace(host, routes=host.routes | {strange})
    return host


@given(any_state, any_state)
@settings(max_examples=300, deadline=None)
def test_every_plan_arrives_and_is_never_freer_on_the_way(before: State, after: State) -> None:
    start, goal = desired(before), desired(after)
    way = walked(start, goal)
    assert goal.same(way[-1])
    assert plan(way[-1], goal) == ()
    assert_never_freer(way)


@given(damaged(), any_state)
@settings(max_examples=200, deadline=None)
def test_a_damaged_machine_is_mended_and_nothing_leaves_in_the_clear_on_the_way(start: HostState, aim: State) -> None:
    goal = desired(aim)
    way = walked(start, goal)
    assert goal.same(way[-1])
    assert plan(way[-1], goal) == ()
    assert_never_freer(way, floor="tunnel")


@given(timed_events)
@settings(max_examples=100, deadline=None)
def test_nothing_is_planned_for_a_machine_that_is_as_desired(history: list[tuple[Event, float]]) -> None:
    host = desired(worlds.states(history)[-1])
    assert plan(host, host) == ()


def test_the_proof_of_never_freer_sees_an_open_moment() -> None:
    """The negative control: steering given up before the tunnel is rebuilt must be caught."""
    bad = [UP, applied(UP, PutSteering(frozenset())), UP]
    ranks = [FREEDOM[fate(host, DESTINATIONS[0])] for host in bad]
    assert max(ranks) > max(ranks[0], ranks[-1])


def test_the_proof_of_never_freer_sees_an_open_firewall() -> None:
    """The negative control: from everything closed by the firewall to everything routed, with the firewall first."""
    locked, full = desired(worlds.connected(worlds.LOCKED)), desired(in_mode("full", worlds.connected()))
    bad = [locked, applied(locked, PutFirewall(full.firewall)), full]
    ranks = [FREEDOM[outcome(host, Packet(DESTINATIONS[5]))] for host in bad]
    assert max(ranks) > max(ranks[0], ranks[-1])
    assert_never_freer(walked(locked, full))


def test_connecting_holds_first_and_steers_before_the_tunnel_is_made() -> None:
    kinds = [type(step) for step in plan(NOTHING, UP)]
    assert kinds == [PutFirewall, PutRoutes, PutSteering, PutTunnel, PutRoutes]


def test_disconnecting_gives_the_routes_back_before_the_tunnel_goes() -> None:
    assert [type(step) for step in plan(UP, NOTHING)] == [PutSteering, PutRoutes, PutFirewall, DropTunnel]


def test_a_vanished_interface_leaves_company_networks_held() -> None:
    crashed = applied(UP, DropTunnel())
    assert fate(crashed, DESTINATIONS[0]) == "held"
    assert fate(crashed, DESTINATIONS[3]) == "clear"


def test_another_active_node_is_one_step_that_lets_the_new_owner_gain_first() -> None:
    state = worlds.connected()
    moved = desired(msgspec.structs.replace(state, active={**state.active, (): worlds.NAMES[1]}))
    (step,) = plan(UP, moved)
    assert isinstance(step, PutPeers)
    assert [peer.public_key for peer in step.peers] == [worlds.KEYS[1], worlds.KEYS[0]]
    assert "0.0.0.0/0" in step.peers[0].allowed_ips


@pytest.mark.parametrize("profile", [worlds.OPEN, worlds.OPEN_WITH_PORTS, worlds.LOCKED])
def test_changed_addresses_rebuild_the_tunnel_behind_holds_also_with_lockdown_off(profile: Profile) -> None:
    goal = desired(worlds.connected(profile))
    assert goal.tunnel is not None
    start = msgspec.structs.replace(goal, tunnel=msgspec.structs.replace(goal.tunnel, addresses=frozenset({ELSEWHERE})))
    assert DropTunnel() in plan(start, goal)
    assert_never_freer(walked(start, goal))


def in_mode(mode: Mode, state: Connected) -> Connected:
    facts = msgspec.structs.replace(state.facts, target=Target(connected=True, chosen_mode=mode))
    return msgspec.structs.replace(state, facts=facts)


def test_another_mode_is_one_batch_of_routes_and_leaves_those_of_the_company_alone() -> None:
    split, full = (desired(in_mode(mode, worlds.connected())) for mode in ("split", "full"))
    for start, goal in ((split, full), (full, split)):
        steps = plan(start, goal)
        assert [type(step) for step in steps if not isinstance(step, PutFirewall)] == [PutRoutes]
        for step in steps:
            if isinstance(step, PutRoutes):
                assert {route for route in step.routes if route.prefix not in ("0.0.0.0/0", "::/0")} == split.routes


def test_a_new_lan_touches_nothing_in_split_mode_and_no_firewall_but_a_closed_one() -> None:
    def with_lan(state: Connected) -> HostState:
        (known,) = worlds.states([(OnLink(frozenset(worlds.LINKS)), 0.0)])[1:]
        lan = allowed(known.facts.on_link, worlds.profile())
        return desired(msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, lan=lan)))

    assert plan(UP, with_lan(worlds.connected())) == ()
    full = in_mode("full", worlds.connected())
    assert [type(step) for step in plan(desired(full), with_lan(full))] == [PutRoutes]
    locked = worlds.connected(worlds.LOCKED)
    assert [type(step) for step in plan(desired(locked), with_lan(locked))] == [PutFirewall]


def test_a_moved_endpoint_stays_open_until_wireguard_has_left_it() -> None:
    state = worlds.connected(worlds.LOCKED)
    there = Endpoint("203.0.113.99:51820")
    sites = {worlds.NAMES[2]: Site((there,), there)}
    moved = desired(msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, sites=sites)))
    first, *_, last = plan(desired(state), moved)
    assert isinstance(first, PutFirewall)
    assert isinstance(last, PutFirewall)
    assert first.firewall is not None
    assert {"203.0.113.3:51820", "203.0.113.99:51820"} <= first.firewall.endpoints
    assert last.firewall == moved.firewall


def test_the_mtu_that_the_system_chose_is_no_difference() -> None:
    assert UP.tunnel is not None
    seen = msgspec.structs.replace(UP, tunnel=msgspec.structs.replace(UP.tunnel, mtu=1420))
    assert plan(seen, UP) == ()
