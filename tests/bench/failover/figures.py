"""What do the times of packets and faults say? Pure functions from times in seconds to figures in milliseconds."""

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Packet:
    """When it was sent and when its echo came, on one clock; None while it has not."""

    sent: float
    received: float | None


@dataclass(frozen=True)
class Spread:
    """Of `n` values the median, the 90th percentile by nearest rank, and the largest."""

    n: int
    median: float
    p90: float
    max: float


def spread(values: Iterable[float]) -> Spread | None:
    """None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = math.ceil(0.9 * len(ordered))
    return Spread(len(ordered), statistics.median(ordered), ordered[rank - 1], ordered[-1])


def outage_ms(packets: Sequence[Packet], broken_at: float) -> float | None:
    """The largest gap between consecutive replies that ends after the fault.

    Replies are taken in the order they came. The gap begins with the last reply that got through and so contains one
    spacing of the packets; it begins with the fault if no reply before is known. None if nothing that was sent after
    the fault was answered.
    """
    if not any(packet.received is not None and packet.sent >= broken_at for packet in packets):
        return None
    arrivals = sorted(packet.received for packet in packets if packet.received is not None)
    if arrivals[0] > broken_at:
        arrivals.insert(0, broken_at)
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrivals) if later > broken_at]
    return max(gaps) * 1000 if gaps else None


def first_wait_ms(packets: Sequence[Packet]) -> float | None:
    """The first reply minus the first send; None without a reply."""
    arrivals = [packet.received for packet in packets if packet.received is not None]
    return (min(arrivals) - packets[0].sent) * 1000 if arrivals else None


def unanswered(packets: Sequence[Packet]) -> int:
    """How many were lost."""
    return sum(packet.received is None for packet in packets)


def bursts(times: Sequence[float], within_s: float = 0.02) -> int:
    """How many there are if those that follow within so long are one."""
    ordered = sorted(times)
    return sum(later - earlier > within_s for earlier, later in itertools.pairwise(ordered)) + bool(ordered)


def ratio(value: float | None, of: float | None) -> float | None:
    """`value` / `of`, if both are known."""
    return None if value is None or not of else value / of
