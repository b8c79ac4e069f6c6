"""Outages, medians and ratios from times."""

import pytest

from tests.bench.failover.figures import Packet, Spread, bursts, first_wait_ms, outage_ms, ratio, spread, unanswered


def stream(lost_from: float, lost_until: float, *, spacing: float = 0.01, rtt: float = 0.02) -> list[Packet]:
    """A second of echoes of which a stretch is lost."""
    sends = [number * spacing for number in range(100)]
    return [Packet(at, None if lost_from <= at < lost_until else at + rtt) for at in sends]


def test_an_outage_is_the_gap_between_the_last_reply_before_and_the_first_after() -> None:
    assert outage_ms(stream(0.3, 0.4), broken_at=0.305) == pytest.approx(110)


def test_a_gap_before_the_fault_is_not_the_faults() -> None:
    earlier = [Packet(at - 2, None if 0.2 <= at < 0.8 else at - 1.98) for at in (n * 0.01 for n in range(100))]
    assert outage_ms(earlier + stream(0.3, 0.35), broken_at=0.3) == pytest.approx(60)


def test_replies_count_in_the_order_they_come() -> None:
    packets = [Packet(0.0, 0.02), Packet(0.01, 0.09), Packet(0.02, 0.05)]
    assert outage_ms(packets, broken_at=0.0) == pytest.approx(40)


def test_an_outage_without_an_earlier_reply_begins_with_the_fault() -> None:
    assert outage_ms([Packet(1.2, 1.25)], broken_at=1.0) == pytest.approx(250)


def test_an_outage_that_did_not_end_is_no_number() -> None:
    late_but_sent_before = Packet(0.29, 0.31)
    assert outage_ms([late_but_sent_before, Packet(0.3, None), Packet(0.31, None)], broken_at=0.3) is None
    assert outage_ms([], broken_at=0.3) is None


def test_the_first_wait_counts_from_the_first_send_though_a_later_one_is_answered_first() -> None:
    assert first_wait_ms([Packet(5.0, None), Packet(5.01, 5.05), Packet(5.02, 5.04)]) == pytest.approx(40)
    assert first_wait_ms([Packet(5.0, None)]) is None


def test_the_ninetieth_percentile_is_a_value_that_was_measured() -> None:
    assert spread(range(1, 11)) == Spread(10, 5.5, 9, 10)
    assert spread(range(1, 13)) == Spread(12, 6.5, 11, 12)
    assert spread([7.0]) == Spread(1, 7, 7, 7)
    assert spread([]) is None


def test_lost_packets_are_counted() -> None:
    assert unanswered(stream(0.3, 0.35)) == 5


def test_a_ratio_needs_both_sides() -> None:
    assert ratio(90, 3000) == pytest.approx(0.03)
    assert ratio(None, 3000) is None
    assert ratio(90, None) is None
    assert ratio(90, 0) is None


def test_a_burst_of_probes_is_one() -> None:
    assert bursts([1.0, 1.004, 1.008, 1.2]) == 2
    assert bursts([]) == 0
