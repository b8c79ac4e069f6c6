"""How is a node? Probe results folded into round-trip time, jitter, loss and a verdict.

A probe is an ICMP echo: through the tunnel to the node's inner address while the interface is up, to its endpoint
otherwise. The first answer through a fresh WireGuard session waited for the handshake, so it proves life but is not
counted as distance.
"""

from typing import Literal

import msgspec

from wgtray.core.profile import Failover

Verdict = Literal["up", "slow", "down", "unknown"]

WINDOW = 32
"""Probes over which loss is counted (Mozilla VPN's connection health uses the same window)."""

DOWN_AFTER = 3
"""Unanswered probes in a row that make a node down: one may be lost, two may be a burst."""

RTT_GAIN = 1 / 8
"""Weight of a new round-trip time in the smoothed one (RFC 6298 section 2)."""

VARIATION_GAIN = 1 / 4
"""Weight of a new deviation in the round-trip time's variation (RFC 6298 section 2)."""

JITTER_GAIN = 1 / 16
"""Weight of a new difference in the jitter (RFC 3550 section 6.4.1)."""

PEAK_DECAY = 1 / 128
"""What the peak loses of its distance to the smoothed round-trip time with each answer: it is of the last minutes."""

SLOW_SAMPLES = 3
"""Answers over the limit in a row before a node is slow, so that one late packet moves nobody."""


class Health(msgspec.Struct, frozen=True):
    """What the probes of one node say. Times are monotonic seconds."""

    rtt_ms: float | None = None
    variation_ms: float | None = None
    """RTTVAR of RFC 6298."""
    jitter_ms: float | None = None
    last_rtt_ms: float | None = None
    answered: tuple[bool, ...] = ()
    """The last probes, oldest first."""
    misses: int = 0
    over_limit: int = 0
    warm: bool = False
    probed_at: float | None = None
    answered_at: float | None = None
    up_since: float | None = None
    peak_ms: float | None = None
    """The longest round-trip time of late. Where packets keep their order, several in a row are late together, and the
    variation says too little of how late."""

    @property
    def loss(self) -> float | None:
        """Share of the window that got no answer; None before the first probe ended."""
        return None if not self.answered else self.answered.count(False) / len(self.answered)

    @property
    def alive(self) -> bool:
        """Whether it answered and has not gone down since."""
        return self.up_since is not None and self.misses < DOWN_AFTER


def folded(health: Health, answered: bool, rtt_ms: float | None, limits: Failover, now: float) -> Health:
    """``health`` after one more probe; an answer without ``rtt_ms`` proves life only."""
    window = (*health.answered, answered)[-WINDOW:]
    if not answered:
        misses = health.misses + 1
        return msgspec.structs.replace(
            health,
            answered=window,
            misses=misses,
            probed_at=now,
            up_since=None if misses >= DOWN_AFTER else health.up_since,
            over_limit=0,
            warm=health.warm and misses < DOWN_AFTER,
        )
    up_since = now if health.up_since is None else health.up_since
    alive = msgspec.structs.replace(
        health, answered=window, misses=0, probed_at=now, answered_at=now, up_since=up_since, warm=True
    )
    return _measured(alive, rtt_ms, limits) if health.warm and rtt_ms is not None else alive


def lost(health: Health) -> Health:
    """``health`` after the detector found that nothing comes back any more."""
    return msgspec.structs.replace(health, misses=DOWN_AFTER, up_since=None, over_limit=0, warm=False)


def forgiven(health: Health) -> Health:
    """``health`` without the misses of a time in which this computer itself was away."""
    return msgspec.structs.replace(health, misses=0) if health.up_since is not None else health


def elsewhere(health: Health) -> Health:
    """``health`` on another network: alive until proved otherwise, at a distance that is yet to be measured."""
    return msgspec.structs.replace(
        forgiven(health), rtt_ms=None, variation_ms=None, jitter_ms=None, last_rtt_ms=None, peak_ms=None, over_limit=0
    )


def verdict(health: Health) -> Verdict:
    """up, slow, down, or unknown before the first answer and the third miss."""
    if health.misses >= DOWN_AFTER:
        return "down"
    if health.up_since is None:
        return "unknown"
    return "slow" if health.over_limit >= SLOW_SAMPLES else "up"


def _measured(health: Health, rtt_ms: float, limits: Failover) -> Health:
    recovered = health.over_limit >= SLOW_SAMPLES and rtt_ms <= limits.latency_limit_ms
    if health.rtt_ms is None or health.last_rtt_ms is None or health.variation_ms is None or recovered:
        smoothed, jitter, variation, peak = rtt_ms, health.jitter_ms, rtt_ms / 2, rtt_ms
    else:
        deviation = abs(health.rtt_ms - rtt_ms)
        variation = health.variation_ms + VARIATION_GAIN * (deviation - health.variation_ms)
        smoothed = health.rtt_ms + RTT_GAIN * (rtt_ms - health.rtt_ms)
        difference = abs(rtt_ms - health.last_rtt_ms)
        jitter = difference if health.jitter_ms is None else health.jitter_ms
        jitter += JITTER_GAIN * (difference - jitter)
        before = smoothed if health.peak_ms is None else health.peak_ms
        peak = max(rtt_ms, before - PEAK_DECAY * (before - smoothed))
    over = health.over_limit + 1 if rtt_ms > limits.latency_limit_ms else 0
    return msgspec.structs.replace(
        health,
        rtt_ms=smoothed,
        variation_ms=variation,
        jitter_ms=jitter,
        last_rtt_ms=rtt_ms,
        peak_ms=peak,
        over_limit=over,
    )
