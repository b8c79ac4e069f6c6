"""From every machine to every other: the plan arrives, is empty when there, and never frees anything on the way."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core import worlds
from tests.unit.core.worlds import DESTINATIONS, timed_events
from wgtray.core.desired import desired
from wgtray.core.events import Event
from wgtray.core.host import FREEDOM, NOTHING, HostState, Route, fate
from wgtray.core.plan import DropTunnel, PutPeers, PutRoutes, PutSteering, PutTunnel, applied, plan

UP = desired(worlds.connected())
HELD = msgspec.structs.replace(UP, tunnel=None, routes=frozenset(route for route in UP.routes if route.to == "held"))


def walked(start: HostState, goal: HostState) -> list[HostState]:
    hosts = [start]
    for step in plan(start, goal):
        hosts.append(applied(hosts[-1], step))
    return hosts


def assert_never_freer(hosts: list[HostState]) -> None:
    for destination in DESTINATIONS:
        ranks = [FREEDOM[fate(host, destination)] for host in hosts]
        assert max(ranks) <= max(ranks[0], ranks[-1]), (destination, ranks)


@st.composite
def hosts(draw: st.DrawFn) -> HostState:
    """A desired machine with damage done to it."""
    host = desired(worlds.states(draw(timed_events))[-1])
    damage = draw(st.sampled_from(("none", "flushed", "unsteered", "unmarked", "half", "no-tunnel", "strange")))
    match damage:
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
        case "strange":
            strange = Route(worlds.V4_ONLY.split.networks[0].net, "held")
            return msgspec.structs.replace(host, routes=host.routes | {strange})
    return host


@given(hosts(), timed_events)
@settings(max_examples=200, deadline=None)
def test_every_plan_arrives_and_is_never_freer_on_the_way(start: HostState, history: list[tuple[Event, float]]) -> None:
    goal = desired(worlds.states(history)[-1])
    way = walked(start, goal)
    assert goal.same(way[-1])
    assert plan(way[-1], goal) == ()
    assert_never_freer(way)


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


def test_connecting_holds_first_and_steers_before_the_tunnel_is_made() -> None:
    kinds = [type(step) for step in plan(NOTHING, UP)]
    assert kinds == [PutRoutes, PutSteering, PutTunnel, PutRoutes]


def test_disconnecting_gives_the_routes_back_before_the_tunnel_goes() -> None:
    assert [type(step) for step in plan(UP, NOTHING)] == [PutSteering, PutRoutes, DropTunnel]


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


def test_changed_addresses_rebuild_the_tunnel_behind_holds_also_with_lockdown_off() -> None:
    goal = desired(worlds.connected(worlds.OPEN))
    assert goal.tunnel is not None
    start = msgspec.structs.replace(goal, tunnel=msgspec.structs.replace(goal.tunnel, addresses=frozenset()))
    assert_never_freer(walked(start, goal))


def test_the_mtu_that_the_system_chose_is_no_difference() -> None:
    assert UP.tunnel is not None
    seen = msgspec.structs.replace(UP, tunnel=msgspec.structs.replace(UP.tunnel, mtu=1420))
    assert plan(seen, UP) == ()
