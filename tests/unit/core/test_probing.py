"""Whom to ask, on which way, how often."""

import msgspec

from tests.unit.core import worlds
from wgtray.core import probing
from wgtray.core.detection import BUSY_PROBE_S, BUSY_STANDBY_S
from wgtray.core.facts import Facts
from wgtray.core.fields import Name
from wgtray.core.health import Health
from wgtray.core.machine import Connected, Off
from wgtray.core.probing import Aim
from wgtray.core.profile import Failover

FRA, AMS, SIN = worlds.NAMES
OFTEN = (True,) * probing.SETTLED


def asked(state: Connected, answered: tuple[bool, ...] = OFTEN) -> Connected:
    """``state`` after so many probes of each node that lives."""
    inner = {
        name: msgspec.structs.replace(health, answered=answered) if health.alive else health
        for name, health in state.facts.inner.items()
    }
    return msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, inner=inner))


UP = asked(worlds.connected())


def inner(name: Name) -> Aim:
    return next(aim for aim in probing.aims(UP) if aim.node == name and aim.kind == "inner")


def test_while_off_the_endpoints_are_asked() -> None:
    aims = probing.aims(Off(Facts(profile=worlds.profile())))
    assert [(aim.node, aim.kind, aim.address) for aim in aims] == [
        (FRA, "outer", "203.0.113.1"),
        (AMS, "outer", "203.0.113.2"),
    ]


def test_while_connected_the_inner_addresses_are_asked_and_endpoints_of_silent_nodes() -> None:
    assert {(aim.node, aim.kind) for aim in probing.aims(UP)} == {(FRA, "inner"), (AMS, "inner"), (SIN, "inner")}
    facts = msgspec.structs.replace(UP.facts, inner={**UP.facts.inner, AMS: Health()})
    silent = msgspec.structs.replace(UP, facts=facts)
    assert (AMS, "outer") in {(aim.node, aim.kind) for aim in probing.aims(silent)}


def test_a_node_without_an_inner_address_of_our_family_is_judged_by_its_handshake() -> None:
    nodes = (msgspec.structs.replace(worlds.profile().nodes[0], probe="fd66::ff01"), *worlds.profile().nodes[1:])
    up = worlds.connected(msgspec.structs.replace(worlds.V4_ONLY, nodes=nodes))
    assert {(aim.node, aim.kind) for aim in probing.aims(up)} >= {(FRA, "handshake"), (AMS, "inner")}


def test_at_rest_every_node_is_asked_once_an_interval_and_under_traffic_more_often() -> None:
    assert probing.wait_s(UP, inner(FRA)) == 5.0
    assert probing.wait_s(UP, inner(FRA), busy=True) == BUSY_PROBE_S
    assert probing.wait_s(UP, inner(AMS), busy=True) == BUSY_STANDBY_S
    steady = asked(worlds.connected(worlds.profile(failover=Failover(detection="steady"))))
    assert probing.wait_s(steady, inner(FRA), busy=True) == 5.0


def test_a_fresh_node_is_asked_until_its_round_trip_time_is_known_well() -> None:
    fresh = asked(UP, OFTEN[1:])
    assert probing.wait_s(fresh, inner(FRA)) == probing.FIRST_S
    assert probing.wait_s(fresh, inner(FRA), busy=True) == BUSY_PROBE_S


def test_a_miss_is_followed_up_sooner() -> None:
    facts = msgspec.structs.replace(
        UP.facts, inner={**UP.facts.inner, FRA: msgspec.structs.replace(UP.facts.inner[FRA], misses=1)}
    )
    assert probing.wait_s(msgspec.structs.replace(UP, facts=facts), inner(FRA)) == probing.RETRY_S


def test_far_nodes_are_asked_more_rarely() -> None:
    health = {
        Name(f"n{number}"): Health(rtt_ms=number, warm=True, up_since=0.0, answered=OFTEN) for number in range(50)
    }
    crowd = Connected(msgspec.structs.replace(UP.facts, inner=health), 0.0, {(): Name("n40")})
    assert probing.nearest(crowd)[:3] == ["n40", "n0", "n1"]
    assert probing.wait_s(crowd, Aim(Name("n1"), "inner", worlds.DESTINATIONS[0])) == 5.0
    assert probing.wait_s(crowd, Aim(Name("n30"), "inner", worlds.DESTINATIONS[0])) == 30.0


def test_a_handshake_speaks_for_a_node_as_long_as_its_session_can_live() -> None:
    node = worlds.profile().nodes[0]
    quiet = msgspec.structs.replace(node, keepalive_s=0)
    assert probing.answered_by_handshake(node, 5.0, False, False)
    assert not probing.answered_by_handshake(node, 5.0, False, True)
    assert not probing.answered_by_handshake(node, None, True, True)
    assert not probing.answered_by_handshake(node, 240.0, True, True)
    assert probing.answered_by_handshake(quiet, 240.0, True, True)


def test_a_probe_is_waited_for_at_least_a_second_and_four_round_trips() -> None:
    far = {**UP.facts.inner, SIN: Health(rtt_ms=600.0, up_since=0.0, warm=True)}
    state = msgspec.structs.replace(UP, facts=msgspec.structs.replace(UP.facts, inner=far))
    assert probing.timeout_s(UP, inner(FRA)) == 1.0
    assert probing.timeout_s(state, inner(SIN)) == 2.4
