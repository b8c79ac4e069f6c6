"""The detector on made-up flows: what is suspicious, what clears it, and what is a loss."""

import random

import msgspec
import pytest

from wgtray.core import detection
from wgtray.core.detection import Counts, Flow, Suspicion
from wgtray.core.health import Health

NEAR = Health(rtt_ms=20.0, variation_ms=0.5, up_since=0.0, warm=True)
JITTERY = Health(rtt_ms=50.0, variation_ms=15.0, up_since=0.0, warm=True)


def steady(seconds: float, gap_s: float = 0.01, start: float = 0.0) -> tuple[Flow, Counts, float]:
    """A flow in which every look finds one more packet each way."""
    flow, counts, now = Flow(counts=Counts(0, 0)), Counts(0, 0), start
    while now < start + seconds:
        now += gap_s
        counts = Counts(counts.sent + 1, counts.received + 1)
        flow = detection.followed(flow, counts, now)
    return flow, counts, now


def one_way(flow: Flow, counts: Counts, now: float, seconds: float) -> tuple[Flow, float]:
    """The same, with nothing coming back any more."""
    end = now + seconds
    while now < end:
        now += 0.01
        counts = Counts(counts.sent + 1, counts.received)
        flow = detection.followed(flow, counts, now)
    return flow, now


def test_a_flow_that_is_answered_is_never_suspicious() -> None:
    flow, _, now = steady(2.0)
    assert detection.silent_since(flow, NEAR, now) is None


def test_a_flow_that_stops_being_answered_is_suspicious_within_its_usual_gap_and_a_margin() -> None:
    flow, counts, last = steady(2.0)
    flow, now = one_way(flow, counts, last, 0.01)
    assert detection.silent_since(flow, NEAR, now) is None
    flow, now = one_way(flow, counts, last, 0.02)
    assert detection.silent_since(flow, NEAR, now) == pytest.approx(last, abs=0.011)


def test_a_lone_request_may_take_as_long_as_answers_took_so_far() -> None:
    flow = Flow(counts=Counts(1, 0), sent_at=10.0, unanswered_since=10.0)
    assert detection.silent_since(flow, NEAR, 10.0 + 0.024) is None
    assert detection.silent_since(flow, NEAR, 10.0 + 0.026) == 10.0
    assert detection.silent_since(flow, JITTERY, 10.0 + 0.1) is None


def test_nothing_going_out_is_no_reason_for_suspicion() -> None:
    flow, _, now = steady(1.0)
    assert detection.silent_since(flow, NEAR, now + 60) is None
    assert detection.is_calm(flow, now + 60)


def test_a_one_way_flow_is_asked_about_ever_more_rarely() -> None:
    flow, counts, now = steady(1.0)
    waits = []
    for _ in range(4):
        start, since = now, None
        while since is None:
            counts = Counts(counts.sent + 1, counts.received)
            now += 0.01
            flow = detection.followed(flow, counts, now)
            since = detection.silent_since(flow, NEAR, now)
        waits.append(now - start)
        flow = msgspec.structs.replace(detection.in_vain(flow), unanswered_since=now, received_at=now)
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


def test_anything_coming_in_clears_silence_but_not_an_unanswered_probe() -> None:
    silence = Suspicion("silence", 0.0, 0.1, received=5)
    unanswered = Suspicion("unanswered", 0.0, 0.1, received=5)
    heard = Flow(counts=Counts(9, 6))
    assert detection.is_cleared(silence, heard, suspect_answered=False)
    assert not detection.is_cleared(unanswered, heard, suspect_answered=False)
    assert detection.is_cleared(unanswered, heard, suspect_answered=True)


def test_a_silent_node_is_lost_after_its_own_time_and_only_with_a_standby_that_answers() -> None:
    suspicion = Suspicion("silence", 0.0, 1.0, received=5)
    assert not detection.is_lost(suspicion, Flow(), NEAR, standby_answered=True, now=1.023)
    assert detection.is_lost(suspicion, Flow(), NEAR, standby_answered=True, now=1.025)
    assert not detection.is_lost(suspicion, Flow(), NEAR, standby_answered=False, now=9.0)


def test_a_node_whose_traffic_still_comes_in_gets_all_four_deviations() -> None:
    suspicion = Suspicion("unanswered", 0.0, 1.0, received=5)
    assert not detection.is_lost(suspicion, Flow(), JITTERY, standby_answered=True, now=1.105)
    assert detection.is_lost(suspicion, Flow(), JITTERY, standby_answered=True, now=1.115)


def test_a_node_under_full_load_has_longer_and_a_flow_that_ends_has_not() -> None:
    """Its probes wait in a full queue behind what it carries."""
    suspicion = Suspicion("unanswered", 0.0, 1.0, received=5)

    def flow(now: float, received_at: float) -> Flow:
        return Flow(Counts(500, 500), now, now - 0.001, received_at, gap_s=0.001, gap_deviation_s=0.001)

    def is_lost(now: float, received_at: float) -> bool:
        return detection.is_lost(suspicion, flow(now, received_at), NEAR, standby_answered=True, now=now)

    assert not is_lost(1.5, received_at=1.499)
    assert is_lost(1.7, received_at=1.699), "a broadcast needs no way back"
    assert is_lost(1.1, received_at=1.02), "nothing comes in any more"


def test_the_first_packet_after_a_pause_is_cleared_by_any_answer_and_has_all_four_deviations() -> None:
    suspicion = Suspicion("first", 1.0, 1.0, received=5)
    assert detection.is_cleared(suspicion, Flow(counts=Counts(9, 6)), suspect_answered=False)
    assert not detection.is_cleared(suspicion, Flow(counts=Counts(9, 5)), suspect_answered=False)
    assert not detection.is_lost(suspicion, Flow(), JITTERY, standby_answered=True, now=1.105)
    assert detection.is_lost(suspicion, Flow(), JITTERY, standby_answered=True, now=1.115)


def test_the_next_look_falls_on_the_moment_at_which_silence_becomes_suspicious() -> None:
    flow = Flow(counts=Counts(1, 0), sent_at=10.0, unanswered_since=10.0)
    assert detection.next_look_s(flow, NEAR, 10.0) == detection.POLL_S
    assert detection.next_look_s(flow, NEAR, 10.02) == pytest.approx(0.005)
    assert detection.next_look_s(flow, NEAR, 10.03) == detection.SOONEST_S


def test_counters_that_run_ahead_for_a_moment_do_not_hide_the_next_packet() -> None:
    flow = detection.followed(Flow(counts=Counts(5, 5)), Counts(6, 6), 1.0)
    back = detection.followed(flow, Counts(5, 5), 1.01)
    assert back.counts == Counts(6, 6)


def test_jitter_and_loss_alone_lose_no_node_in_ten_minutes() -> None:
    """Replies of a 100 packets/s flow over 20 to 80 ms with 1 % loss, in order."""
    chance = random.Random(7)
    arrivals: list[float] = []
    for number in range(60_000):
        if chance.random() > 0.01:
            arrivals.append(max(number / 100 + chance.uniform(0.02, 0.08), arrivals[-1] if arrivals else 0.0))
    flow, received, lost, suspicion = Flow(counts=Counts(0, 0)), 0, 0, None
    for sent in range(1, 60_001):
        now = sent / 100
        while received < len(arrivals) and arrivals[received] <= now:
            received += 1
        flow = detection.followed(flow, Counts(sent, received), now)
        if suspicion is None:
            since = detection.silent_since(flow, JITTERY, now)
            if since is not None:
                suspicion = Suspicion("silence", since, now, received)
        elif detection.is_cleared(suspicion, flow, suspect_answered=False):
            suspicion = None
        elif detection.is_lost(suspicion, flow, JITTERY, standby_answered=True, now=now):
            lost, suspicion = lost + 1, None
    assert lost == 0
