"""How does one fault go? Everyone on the first node, a random wait, the fault, the wait for an answer, the repair."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.failover import figures
from tests.bench.failover.designs import Design, Switched
from tests.bench.failover.plan import FARTHER, FIRST, REQUEST_RATE, SLOW_MS, SPARE, Cell, Path
from tests.bench.failover.tap import Tap
from tests.bench.failover.traffic import Traffic
from wgtray.lab import Lab
from wgtray.lab.node import ShapeChange

SETTLE_LIMIT_S = 45.0
CALM_S = 0.7
"""Everyone must have stood on the first node for so long."""

PHASE_S = 5.0
"""The longest period of any design, the reference's: its outage is by far mostly the wait for its next look."""

FAST_PHASE_S = 1.0
"""The longest period of those that do not look so rarely."""

RECOVERY_LIMIT_S = 15.0
AFTER_S = 0.5
"""Is what came back there to stay?"""

WAKE_S = (1.0, 3.0)
_LOOK_S = 0.02
_IN_FLIGHT_S = 0.3
"""What was sent so shortly before the end may still be answered."""

_CHANGES: dict[str, ShapeChange] = {
    "silent": {"blackhole": "both"},
    "in": {"blackhole": "in"},
    "out": {"blackhole": "out"},
    "slow": {"delay_ms": SLOW_MS},
}


@dataclass(frozen=True)
class Hit:
    """What one fault did to one design; None is unknown, or did not come to an end in time."""

    design: str
    outage_ms: float | None
    """The longest gap between replies or, from idle, the wait for the first one."""
    left_ms: float | None
    """Until the design had left the node."""
    lost: int
    extra_switches: int
    """Switches besides the one that was needed."""
    detect_ms: float | None
    switch_ms: float | None
    reason: str
    probes: int | None
    """To a slow node until it was left, a burst counted once."""
    probe_packets: int | None
    """The same, each packet counted."""


class Phases:
    """When in the reference's period do the faults come? Each of `count` in a part of its own, anywhere in that part.

    At random the median of twelve may be 2.3 s or 4.5 s, and every ratio to it is chance; so spread it is what the
    design gives. Which part comes next is left to the clock: the soonest that is still to come.
    """

    def __init__(self, count: int, period_s: float, chance: Callable[[], float] = random.random) -> None:
        self._period_s = period_s
        self._taken = 0.0
        self._left = [(number + chance()) * period_s / count for number in range(count)]

    def wait_s(self, round_s: float) -> float:
        """Seconds until the next fault, `round_s` after the reference's last round began; takes that part."""
        waits = [(phase - round_s) % self._period_s for phase in self._left]
        soonest = waits.index(min(waits))
        self._taken = self._left.pop(soonest)
        return waits[soonest]

    def give_back(self) -> None:
        """There was no fault in the part that was taken last."""
        self._left.append(self._taken)


class NotSettled(Exception):
    """The designs did not come back to the first node."""


class LeftEarly(Exception):
    """Somebody left the first node before it broke."""


def shape(lab: Lab, path: Path) -> None:
    """Give the internet this form."""
    for node, farther in zip(lab.nodes, FARTHER, strict=True):
        delay_ms = path.delay_ms if path.jitter_ms else path.delay_ms * farther
        node.shape(delay_ms=delay_ms, jitter_ms=path.jitter_ms, loss=path.loss, blackhole="")


def settle(designs: Sequence[Design], traffic: dict[str, Traffic], calm_s: float = CALM_S) -> None:
    """Wait until everyone stands on the first node, sees it well, and its traffic flows."""
    deadline, calm_since = time.monotonic() + SETTLE_LIMIT_S, time.monotonic()
    while True:
        now = time.monotonic()
        late = [design.name for design in designs if not design.go_back()]
        late += [name for name, flow in traffic.items() if flow.begin < now and not flow.answered(now - 0.5)]
        if late:
            calm_since = time.monotonic()
            if calm_since > deadline:
                raise NotSettled(f"{', '.join(sorted(set(late)))} not back on {FIRST} after {SETTLE_LIMIT_S:.0f} s")
        elif time.monotonic() - calm_since >= calm_s:
            return
        time.sleep(0.1)


def phases(cell: Cell, designs: Sequence[Design]) -> Phases:
    """Of this cell's faults, with these designs in it."""
    slow = not cell.rate or any(design.rounds() is not None for design in designs)
    return Phases(cell.faults, PHASE_S if slow else FAST_PHASE_S)


def hit(lab: Lab, cell: Cell, designs: Sequence[Design], traffic: dict[str, Traffic], when: Phases) -> list[Hit]:
    """One fault, for all these designs at once; leaves the lab repaired."""
    settle(designs, traffic)
    rounds = [began for design in designs if (began := design.rounds()) is not None]
    time.sleep(when.wait_s(time.monotonic() - min(rounds, default=0.0)))
    node = lab.node(FIRST)
    known = {design.name: len(design.switches()) for design in designs}
    for design in designs:
        design.pid()  # is it alive?
        if design.node() != FIRST:
            when.give_back()
            raise LeftEarly(f"{design.name} left {FIRST} before it broke")
    slow = cell.fault == "slow"
    taps = {one.name: Tap(one.client.netns, one.interface()) for one in designs} if slow else {}
    change = _CHANGES[cell.fault]
    try:
        broken_wall, broken_at = time.time(), time.monotonic()
        node.shape(**change)
        if not cell.rate:
            wakes_at = broken_at + random.uniform(*WAKE_S)
            traffic = {one.name: Traffic(lab, one.client, REQUEST_RATE, wakes_at) for one in designs}
        since = broken_at if cell.rate else 0.0
        _wait_for_recovery(designs, traffic, slow=slow)
        seen = {name: flow.packets(since - 1.0) for name, flow in traffic.items()}
        switches = {design.name: design.switches()[known[design.name] :] for design in designs}
    finally:
        shape(lab, cell.path)
        if not cell.rate:
            for flow in traffic.values():
                flow.stop()
        probes = {name: tap.probes(node.probe[0]) for name, tap in taps.items()}
        for tap in taps.values():
            tap.close()
    return [
        _judged(cell, one.name, seen[one.name], switches[one.name], (broken_at, broken_wall), probes.get(one.name))
        for one in designs
    ]


def _wait_for_recovery(designs: Sequence[Design], traffic: dict[str, Traffic], *, slow: bool) -> None:
    """Until everyone has an answer to something that was sent after the fault, or has left the slow node."""
    broken_at = time.monotonic()
    waiting = list(designs)
    while waiting and time.monotonic() < broken_at + RECOVERY_LIMIT_S:
        if slow:
            waiting = [one for one in waiting if one.node() == FIRST]
        else:
            waiting = [one for one in waiting if not traffic[one.name].answered(broken_at)]
        time.sleep(_LOOK_S)
    time.sleep(AFTER_S)


def _judged(
    cell: Cell,
    name: str,
    packets: list[figures.Packet],
    switches: list[Switched],
    broken: tuple[float, float],
    probes: list[float] | None,
) -> Hit:
    broken_at, broken_wall = broken
    left = next((one for one in switches if one.node in SPARE), None)
    outage = figures.outage_ms(packets, broken_at) if cell.rate else figures.first_wait_ms(packets)
    sent = None if left is None or probes is None else [at for at in probes if broken_wall < at < left.at]
    return Hit(
        design=name,
        outage_ms=outage,
        left_ms=None if left is None else (left.at - broken_wall) * 1000,
        lost=figures.unanswered([one for one in packets if broken_at <= one.sent < packets[-1].sent - _IN_FLIGHT_S]),
        extra_switches=max(0, len(switches) - 1),
        detect_ms=left.detect_ms if left else None,
        switch_ms=left.switch_ms if left else None,
        reason=left.reason if left else "",
        probes=None if sent is None else figures.bursts(sent),
        probe_packets=None if sent is None else len(sent),
    )
