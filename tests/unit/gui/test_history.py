"""Does the window remember a quarter of an hour, and no more?"""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gui.test_view import AT, CONNECTED, changed, node
from wgtray.gui.history import KEPT_S, History, Move, Sample
from wgtray.ipc.messages import NodeView, Snapshot, Switch, Traffic


def at(when: float, rtt_ms: float | None = 20.0, health: str = "up", **fields: object) -> Snapshot:
    measured = msgspec.structs.replace(node("fra", "", rtt_ms, health), probed_at=when)
    return changed(CONNECTED, nodes=(measured,), **fields)


def test_each_measurement_is_one_sample() -> None:
    history = History()
    for _ in range(3):
        history.saw(at(AT), AT)
    history.saw(at(AT + 5, 30.0), AT + 5)
    assert list(history.samples["fra"]) == [Sample(AT, 20.0), Sample(AT + 5, 30.0)]


def test_a_node_that_does_not_answer_is_a_gap() -> None:
    history = History()
    history.saw(at(AT, None, "down"), AT)
    history.saw(at(AT + 5, None, "unknown"), AT + 5)
    assert list(history.samples["fra"]) == [Sample(AT, None)]


@given(st.lists(st.floats(0.01, 60), max_size=300))
def test_it_is_bounded_whatever_comes(steps: list[float]) -> None:
    history, now = History(), AT
    for step in steps:
        now += step
        history.saw(at(now, traffic=Traffic(int(now), int(now))), now)
    kept = history.samples.get("fra", ())
    assert len(kept) <= KEPT_S + 1
    assert all(sample.at >= now - KEPT_S for sample in kept)
    assert len(history._counters) < 600


def test_a_node_that_is_gone_is_forgotten() -> None:
    history = History()
    history.saw(at(AT), AT)
    history.saw(changed(CONNECTED, nodes=()), AT + 1)
    assert history.samples == {}


def test_each_switch_is_marked_once() -> None:
    history = History()
    for name, when in (("ams", AT), ("ams", AT), ("fra", AT + 9)):
        history.saw(at(when, last_switch=Switch(when, "x", name, "no-reply", None, None)), when)
    assert list(history.moves) == [Move(AT, "ams"), Move(AT + 9, "fra")]


def test_rates_are_taken_over_some_seconds() -> None:
    history = History()
    assert history.rates() is None
    for second in range(10):
        history.saw(at(AT, traffic=Traffic(second * 1000, second * 50)), AT + second)
    assert history.rates() == (1000.0, 50.0)


def test_a_new_interface_starts_counting_anew() -> None:
    history = History()
    history.saw(at(AT, traffic=Traffic(5000, 5000)), AT)
    history.saw(at(AT, traffic=Traffic(10, 10)), AT + 2)
    assert history.rates() is None
    history.saw(at(AT, traffic=Traffic(None, None)), AT + 3)
    history.saw(at(AT, traffic=Traffic(30, 30)), AT + 4)
    assert history.rates() is None


def test_nodes_keep_lines_of_their_own() -> None:
    history = History()
    both: tuple[NodeView, ...] = (node("fra", "", 20.0), node("ams", "", 30.0))
    history.saw(changed(CONNECTED, nodes=both), AT)
    assert {name: line[0].rtt_ms for name, line in history.samples.items()} == {"fra": 20.0, "ams": 30.0}
