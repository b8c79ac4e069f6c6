"""What happened to latency and traffic lately? The last quarter of an hour, folded from snapshots; bounded."""

from collections import deque
from typing import Final, NamedTuple

from wgtray.ipc.messages import Snapshot

KEPT_S: Final = 900.0
EVERY_S: Final = 1.0
"""At most one sample a node in this time."""
RATE_OVER_S: Final = 5.0
RATE_LEAST_S: Final = 0.8
SWITCHES_KEPT: Final = 50


class Sample(NamedTuple):
    """A node's latency at a moment; None: it did not answer."""

    at: float
    rtt_ms: float | None


class Move(NamedTuple):
    """The traffic went from one node to another."""

    at: float
    to_node: str


class History:
    """Grows with every snapshot and forgets what is older than ``KEPT_S``."""

    def __init__(self) -> None:
        self.samples: dict[str, deque[Sample]] = {}
        self.moves: deque[Move] = deque(maxlen=SWITCHES_KEPT)
        self._counters: deque[tuple[float, int, int]] = deque()

    def saw(self, snapshot: Snapshot, now: float) -> None:
        """Fold a snapshot in."""
        for name in self.samples.keys() - {node.name for node in snapshot.nodes}:
            del self.samples[name]
        for node in snapshot.nodes:
            rtt_ms = None if node.health == "down" else node.rtt_ms
            if node.probed_at is not None and (rtt_ms is not None or node.health == "down"):
                self._sampled(self.samples.setdefault(node.name, deque()), Sample(node.probed_at, rtt_ms), now)
        switch = snapshot.last_switch
        if switch is not None and (not self.moves or self.moves[-1].at < switch.at):
            self.moves.append(Move(switch.at, switch.to_node))
        self._counted(snapshot, now)

    def rates(self) -> tuple[float, float] | None:
        """Bytes a second in and out; None while that is not known."""
        if len(self._counters) < 2:
            return None
        (began, rx_before, tx_before), (ended, rx, tx) = self._counters[0], self._counters[-1]
        if ended - began < RATE_LEAST_S:
            return None
        return (rx - rx_before) / (ended - began), (tx - tx_before) / (ended - began)

    @staticmethod
    def _sampled(line: deque[Sample], sample: Sample, now: float) -> None:
        if line and sample.at < line[-1].at + EVERY_S:
            return
        line.append(sample)
        while line and line[0].at < now - KEPT_S:
            line.popleft()

    def _counted(self, snapshot: Snapshot, now: float) -> None:
        rx, tx = snapshot.traffic.rx_bytes, snapshot.traffic.tx_bytes
        if rx is None or tx is None or (self._counters and rx < self._counters[-1][1]):
            self._counters.clear()  # no interface, or a new one
        if rx is None or tx is None:
            return
        self._counters.append((now, rx, tx))
        while len(self._counters) > 2 and self._counters[1][0] < now - RATE_OVER_S:
            self._counters.popleft()
