"""Does a packet leave the relay when it should?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wgtray.lab.schedule import Lane, Shape


def always(number: float) -> Iterator[float]:
    while True:
        yield number


def lane(shape: Shape, *chances: float) -> Lane:
    numbers = iter(chances) if chances else always(0.5)
    made = Lane("out", lambda: next(numbers))
    made.shape = shape
    return made


def test_a_packet_waits_half_the_round_trip() -> None:
    road = lane(Shape(delay_ms=20))
    road.take(b"a", 1.0)
    assert road.next_s == pytest.approx(1.010)
    assert road.leaving(1.0099) == []
    assert road.leaving(1.0101) == [b"a"]
    assert road.next_s is None
    assert (road.carried, road.dropped) == (1, 0)


def test_without_delay_a_packet_leaves_at_once() -> None:
    road = lane(Shape())
    road.take(b"a", 1.0)
    assert road.leaving(1.0) == [b"a"]


@pytest.mark.parametrize(("chance", "leaves_s"), [(0.0, 1.005), (0.5, 1.010), (0.999999, 1.015)])
def test_jitter_strays_evenly_to_both_sides(chance: float, leaves_s: float) -> None:
    road = lane(Shape(delay_ms=20, jitter_ms=10), chance)
    road.take(b"a", 1.0)
    assert road.next_s == pytest.approx(leaves_s, abs=1e-6)


def test_jitter_larger_than_the_delay_never_sends_into_the_past() -> None:
    road = lane(Shape(delay_ms=2, jitter_ms=100), 0.0)
    road.take(b"a", 1.0)
    assert road.next_s == 1.0


def test_jitter_reorders_nothing() -> None:
    road = lane(Shape(delay_ms=20, jitter_ms=10), 0.9, 0.0)
    road.take(b"late", 1.0)
    road.take(b"early", 1.001)
    assert road.leaving(2.0) == [b"late", b"early"]


def test_a_shorter_delay_overtakes_nothing() -> None:
    road = lane(Shape(delay_ms=200))
    road.take(b"first", 1.0)
    road.shape = Shape(delay_ms=20)
    road.take(b"second", 1.001)
    assert road.leaving(1.05) == []
    assert road.leaving(1.1) == [b"first", b"second"]


def test_loss_loses_by_chance() -> None:
    road = lane(Shape(loss=0.3), 0.29, 0.31)
    road.take(b"lost", 1.0)
    road.take(b"kept", 1.0)
    assert road.leaving(1.0) == [b"kept"]
    assert road.dropped == 1


@pytest.mark.parametrize(("blackhole", "passes"), [("", True), ("in", True), ("out", False), ("both", False)])
def test_a_black_hole_has_a_direction(blackhole: str, passes: bool) -> None:
    road = lane(Shape().changed({"blackhole": blackhole}))
    road.take(b"a", 1.0)
    assert road.leaving(1.0) == ([b"a"] if passes else [])


def test_a_new_black_hole_swallows_what_is_on_its_way() -> None:
    road = lane(Shape(delay_ms=200))
    road.take(b"a", 1.0)
    road.shape = Shape(blackhole="both")
    assert road.next_s is None
    assert road.dropped == 1
    road.shape = Shape()
    road.take(b"b", 1.01)
    assert road.leaving(1.01) == [b"b"]


def test_only_longer_packets_vanish_in_an_mtu_black_hole() -> None:
    road = lane(Shape(mtu=3))
    road.take(b"abcd", 1.0)
    road.take(b"abc", 1.0)
    assert road.leaving(1.0) == [b"abc"]


def test_changes_keep_the_rest() -> None:
    assert Shape(delay_ms=20, loss=0.1).changed({"delay_ms": 30}) == Shape(delay_ms=30, loss=0.1)


@pytest.mark.parametrize(
    "change", [{"delay": 1}, {"delay_ms": -1}, {"jitter_ms": -1}, {"loss": 2}, {"blackhole": "sideways"}]
)
def test_a_shape_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Shape().changed(change)
