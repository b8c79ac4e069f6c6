"""Is a person told what matters, once, and left alone while things flap?"""

from hypothesis import given
from hypothesis import strategies as st

from wgtray.gui.events import Event
from wgtray.gui.notices import FLAP_LIMIT, FLAP_S, KINDS, SETTLE_S, Memory, Notice, told
from wgtray.words.events import NOTICES, TITLES

MOVE = Event(0, "connection", "moved", {"from": "Frankfurt", "to": "Amsterdam", "reason": "no-reply"})
BLOCKED = Event(0, "connection", "blocked", {"why": "offline"})
BACK = Event(0, "connection", "back", {"node": "Frankfurt", "held_s": 70})
CUT = Event(0, "app", "app-cut", {"app": "SAP GUI"})
PORTAL = Event(0, "problem", "problem", {"code": "captive-portal"})


def run(*steps: tuple[float, tuple[Event, ...]], on: tuple[str, ...] = KINDS) -> list[tuple[float, str]]:
    """Feed events at their times, and the timer in between as the app does; what was shown when."""
    memory = Memory()
    shown: list[tuple[float, str]] = []
    for now, events in steps:
        while memory.waiting is not None and memory.waiting[1] <= now:
            at = memory.waiting[1]
            memory, notice = told(memory, (), on, at)
            shown += [(at, notice.kind)] if notice else []
        memory, notice = told(memory, events, on, now)
        shown += [(now, notice.kind)] if notice else []
    return shown


def test_a_move_is_told_with_its_reason() -> None:
    _, notice = told(Memory(), (MOVE,), KINDS, 0)
    text = "Frankfurt stopped answering. There is nothing to do."
    assert notice == Notice("moved", "You are now on Amsterdam", text)


def test_a_move_that_was_asked_for_or_costs_nothing_is_not_told() -> None:
    for reason in ("user", "failback", "balance"):
        assert run((0, (Event(0, "connection", "moved", {"reason": reason}),))) == []


def test_a_block_is_told_once_it_lasts_and_its_end_too() -> None:
    assert run((0, (BLOCKED,)), (60, (BACK,))) == [(SETTLE_S, "blocked"), (60, "back")]


def test_a_short_block_is_not_told() -> None:
    assert run((0, (BLOCKED,)), (1, (BACK,)), (60, ())) == []


def test_one_cause_is_one_notification() -> None:
    assert run((0, (BLOCKED, MOVE, CUT)), (9, ())) == [(SETTLE_S, "blocked")]


def test_whoever_disconnects_is_told_nothing_of_the_block() -> None:
    assert run((0, (BLOCKED,)), (1, (Event(0, "connection", "disconnected"),)), (60, (BACK,))) == []


def test_flapping_is_told_a_few_times_and_then_it_is_quiet() -> None:
    flaps = [(float(n * 60), (MOVE,)) for n in range(20)]
    assert [at for at, _ in run(*flaps)] == [0, 60, 120]
    memory, texts = Memory(), []
    for at, events in flaps[:FLAP_LIMIT]:
        memory, notice = told(memory, events, KINDS, at)
        texts.append(notice.text if notice else "")
    assert "again and again" in texts[-1]
    assert "again and again" not in texts[0]


def test_after_a_calm_time_it_speaks_again() -> None:
    flaps = [(float(n), (MOVE,)) for n in range(5)]
    assert (4 + FLAP_S, "moved") in run(*flaps, (4 + FLAP_S, (MOVE,)))


def test_each_kind_has_its_own_switch() -> None:
    for event, kind in ((MOVE, "moved"), (CUT, "app"), (PORTAL, "portal")):
        assert run((0, (event,))) == [(0, kind)]
        assert run((0, (event,)), on=tuple(each for each in KINDS if each != kind)) == []


def test_every_kind_has_words() -> None:
    assert set(NOTICES) == set(KINDS)
    assert set(TITLES) == set(KINDS) - {"moved"}


@given(st.lists(st.tuples(st.floats(0, 120), st.sampled_from([MOVE, BLOCKED, BACK, CUT, PORTAL])), max_size=200))
def test_no_kind_ever_exceeds_its_limit(steps: list[tuple[float, Event]]) -> None:
    now, timed = 0.0, []
    for pause, event in steps:
        now += pause
        timed.append((now, (event,)))
    shown = run(*timed)
    for at, kind in shown:
        assert sum(other == kind and at - FLAP_S < when <= at for when, other in shown) <= FLAP_LIMIT
