"""Has the active node stopped answering the traffic that goes out to it?

Silence alone proves nothing: a flow may be one-way, a path may jitter. So silence only raises a ``Suspicion``; then the
suspect and the two best standbys are probed together, and the node is lost when a standby has answered and the suspect
has not within the time in which it always did. Where nobody answers, the fault is on our side and nobody is moved.

Three things raise a suspicion: packets went out and nothing has come back for longer than replies to this flow usually
take; a probe of the suspect is overdue, which also sees a path that only one direction of has died; and the first
packet after a pause, because a node that died meanwhile would otherwise cost it two waits, one after the other.

Times are monotonic seconds; ``Counts`` are packets through the interface without our own probes. Constants are those
that the lab found fastest without a false switch under 20 to 80 ms jitter and 1 % loss (research/performance.md, 2.1
"hybrid2" and section 3).
"""

from typing import Literal

import msgspec

from wgtray.core.health import Health

Kind = Literal["silence", "unanswered", "first"]

POLL_S = 0.01
"""Between two looks at the counters while traffic flows."""

BURST_POLL_S = 0.005
"""The same while a suspicion is open."""

SOONEST_S = 0.002
"""The least between two looks, also where a verdict or a suspicion is due: so much later it falls at most."""

LATE_S = 0.005
"""A look that is later than this was kept from the processor; a timer alone is at most a millisecond late (epoll)."""

CALM_S = 2.0
"""Without outgoing traffic for this long nobody needs a fast answer; the next packet out wakes the detector."""

BUSY_PROBE_S = 0.15
"""Between two probes of an active node while traffic flows. Only they see it die under a download: where nothing comes,
its receiver has nothing to say. The way back must be there before the sender repeats, after some 240 ms (Linux)."""

BUSY_STANDBY_S = 1.0
"""The same for the best standbys: they are asked again in the burst that decides, so this only keeps them measured."""

BURST_OFFSETS_S = (0.0, 0.004, 0.008)
"""Three probes a few milliseconds apart: a single loss in 100 does not decide, and waiting costs 8 ms."""

STANDBYS = 2
"""How many others are asked: one may be down too."""

GAP_FLOOR_S = 0.012
GAP_MARGIN_S = 0.005
GAP_GAIN = 1 / 8
"""Silence is suspicious after the mean gap between replies, twice its deviation and a margin; at least the floor."""

RTO_MARGIN_MS = 5.0
"""The least room above a smoothed round-trip time (RFC 6298 has the clock's granularity here)."""

DECIDE_VARIATIONS = 1.5
DECIDE_MARGIN_MS = 4.0
"""A suspect whose dense flow fell silent has this much more than its round-trip time: three probes and the many packets
on their way replace the usual four deviations. Without such a flow it has all four (``rto_s``)."""

BETWEEN_S = 0.02
BURSTS_A_SECOND = 10
"""Bursts cost packets. A suspicion may follow soon on one that was cleared, because a last reply in flight clears the
first after a node died; but not often."""

HEARD_S = 0.6
"""While traffic goes on coming in through the suspect, its probes may be late behind a full load. A flow that needs its
other direction ends within a round trip where that has died, and then the usual time counts; this is for those that do
not, such as a broadcast. Below ``GIVE_UP_S``."""

HEARD_AGAIN_S = 0.2
"""After so long it is asked anew meanwhile: what a full queue dropped says nothing."""

GIVE_UP_S = 1.0
"""A suspicion that neither suspect nor standby settles by then is our own outage."""

PATIENCE_LIMIT = 6
"""Suspicions in a row that came to nothing double the silence allowed, up to 64 times: one-way flows are legitimate."""


class Counts(msgspec.Struct, frozen=True):
    """Packets that are not our probes, since the interface came up."""

    sent: int
    received: int


class Flow(msgspec.Struct, frozen=True):
    """What is known of the traffic through the interface."""

    counts: Counts | None = None
    sent_at: float | None = None
    """Last outgoing packet."""
    unanswered_since: float | None = None
    """First outgoing packet after the last incoming one."""
    received_at: float | None = None
    gap_s: float | None = None
    gap_deviation_s: float = 0.0
    vain: int = 0
    """Suspicions in a row that came to nothing."""


class Suspicion(msgspec.Struct, frozen=True):
    """One node is being asked, and others beside it."""

    kind: Kind
    since: float
    """When it last answered, as far as is known: the outage counts from here."""
    raised_at: float
    received: int
    """Incoming packets at that moment."""
    asked_at: float = 0.0
    """When it was last asked."""
    late_s: float = 0.0
    """Time since then in which this program did not run: its own, not the suspect's."""


def followed(flow: Flow, counts: Counts, now: float) -> Flow:
    """``flow`` after one more look at the counters."""
    known = flow.counts
    if known is None:
        return msgspec.structs.replace(flow, counts=counts)
    sent, received = counts.sent > known.sent, counts.received > known.received
    if not sent and not received:
        return flow
    high = Counts(max(counts.sent, known.sent), max(counts.received, known.received))
    after = _received(flow, now) if received else flow
    if not sent:
        return msgspec.structs.replace(after, counts=high)
    since = after.unanswered_since if after.unanswered_since is not None else now
    return msgspec.structs.replace(after, counts=high, sent_at=now, unanswered_since=None if received else since)


def rto_s(health: Health) -> float:
    """The time within which this node's answers came so far (RFC 6298, without its floor of a second)."""
    if health.rtt_ms is None or health.variation_ms is None:
        return GIVE_UP_S
    usual_ms = health.rtt_ms + max(RTO_MARGIN_MS, 4 * health.variation_ms)
    return max(usual_ms, (health.peak_ms or 0.0) + max(RTO_MARGIN_MS, 2 * health.variation_ms)) / 1000


def silent_since(flow: Flow, health: Health, now: float) -> float | None:
    """Since when the flow has been suspiciously silent; None while it is not."""
    since, allowed_s = _silence(flow, health)
    return since if since is not None and now - since >= allowed_s else None


def next_look_s(flow: Flow, health: Health, now: float) -> float:
    """Seconds to the next look at the counters: the usual pause, or sooner where silence is about to be suspicious."""
    since, allowed_s = _silence(flow, health)
    return POLL_S if since is None else min(POLL_S, max(SOONEST_S, since + allowed_s - now))


def is_cleared(suspicion: Suspicion, flow: Flow, suspect_answered: bool) -> bool:
    """Whether the suspect lives: it answered, or, where silence was all there was, anything at all came in."""
    heard = flow.counts is not None and flow.counts.received > suspicion.received
    return suspect_answered or (suspicion.kind != "unanswered" and heard)


def is_heard_since(flow: Flow, since: float) -> bool:
    """Whether any traffic has come in after that moment."""
    return flow.received_at is not None and flow.received_at > since


def is_heard(suspicion: Suspicion, flow: Flow, health: Health, now: float) -> bool:
    """Whether traffic goes on coming in although probes stay unanswered."""
    heard = is_heard_since(flow, suspicion.raised_at)
    return suspicion.kind == "unanswered" and heard and silent_since(flow, health, now) is None


def fell_silent(suspicion: Suspicion, flow: Flow, health: Health, now: float) -> float | None:
    """Since when the traffic is silent that still came in after a probe went out that the suspect has not answered.

    It lived when that came, whatever its probes did; so it is asked anew, and its time begins anew.
    """
    if suspicion.kind != "unanswered" or not is_heard_since(flow, suspicion.since):
        return None
    return silent_since(flow, health, now)


def is_lost(suspicion: Suspicion, flow: Flow, health: Health, standby_answered: bool, now: float) -> bool:
    """Whether the suspect is lost: its time is over, and a standby proves that ours is not the fault."""
    return standby_answered and _left_s(suspicion, flow, health, now) <= 0


def next_verdict_s(suspicion: Suspicion, flow: Flow, health: Health, now: float) -> float:
    """Seconds to the next look while a suspicion is open."""
    return min(BURST_POLL_S, max(SOONEST_S, _left_s(suspicion, flow, health, now)))


def delayed(flow: Flow, late_s: float, now: float) -> Flow:
    """``flow`` after a time in which nobody looked: what kept us from it may have kept WireGuard, too."""
    received_at = None if flow.received_at is None else min(now, flow.received_at + late_s)
    since = None if flow.unanswered_since is None else min(now, flow.unanswered_since + late_s)
    return msgspec.structs.replace(flow, received_at=received_at, unanswered_since=since)


def in_vain(flow: Flow) -> Flow:
    """``flow`` after a suspicion that came to nothing."""
    return msgspec.structs.replace(flow, vain=min(flow.vain + 1, PATIENCE_LIMIT))


def restarted(flow: Flow, now: float) -> Flow:
    """``flow`` after a switch: whatever went unanswered before says nothing about the new node."""
    since = None if flow.unanswered_since is None else now
    return msgspec.structs.replace(flow, unanswered_since=since, received_at=now, gap_s=None, gap_deviation_s=0.0)


def is_calm(flow: Flow, now: float) -> bool:
    """Whether nothing has gone out for so long that the detector may sleep."""
    return flow.sent_at is None or now - flow.sent_at >= CALM_S


def _left_s(suspicion: Suspicion, flow: Flow, health: Health, now: float) -> float:
    """How much of its time the suspect still has."""
    limit_s = rto_s(health)
    if is_heard(suspicion, flow, health, now):
        limit_s = max(limit_s, HEARD_S)
    elif suspicion.kind == "silence" and _usual_gap_s(flow, health) is not None:
        limit_s = _dense_s(health)
    return suspicion.raised_at + suspicion.late_s + limit_s - now


def _dense_s(health: Health) -> float:
    if health.rtt_ms is None or health.variation_ms is None:
        return GIVE_UP_S
    return (health.rtt_ms + max(DECIDE_VARIATIONS * health.variation_ms, DECIDE_MARGIN_MS)) / 1000


def _silence(flow: Flow, health: Health) -> tuple[float | None, float]:
    """From when on silence counts, if it does, and how long it may last.

    Where replies follow each other faster than one round trip, several packets are always on their way, and the gap
    since the last reply tells first. Otherwise the packet that waits for an answer may wait as long as answers take.
    """
    if flow.unanswered_since is None:
        return None, 0.0
    usual_s = _usual_gap_s(flow, health)
    if usual_s is not None and flow.received_at is not None:
        return flow.received_at, usual_s * 2.0**flow.vain
    return max(flow.unanswered_since, flow.received_at or 0.0), rto_s(health) * 2.0**flow.vain


def _usual_gap_s(flow: Flow, health: Health) -> float | None:
    """How long a dense flow may be silent; None where replies do not follow each other faster than one round trip."""
    if flow.gap_s is None:
        return None
    usual_s = max(GAP_FLOOR_S, flow.gap_s + 2 * flow.gap_deviation_s + GAP_MARGIN_S)
    return usual_s if usual_s < rto_s(health) else None


def _received(flow: Flow, now: float) -> Flow:
    heard = msgspec.structs.replace(flow, received_at=now, unanswered_since=None, vain=0)
    if flow.received_at is None:
        return heard
    gap_s = now - flow.received_at
    if gap_s > CALM_S:  # a pause of the flow, not a gap in it
        return msgspec.structs.replace(heard, gap_s=None, gap_deviation_s=0.0)
    if flow.gap_s is None:
        return msgspec.structs.replace(heard, gap_s=gap_s, gap_deviation_s=gap_s / 2)
    deviation_s = flow.gap_deviation_s + GAP_GAIN * (abs(gap_s - flow.gap_s) - flow.gap_deviation_s)
    mean_s = flow.gap_s + GAP_GAIN * (gap_s - flow.gap_s)
    return msgspec.structs.replace(heard, gap_s=mean_s, gap_deviation_s=deviation_s)
