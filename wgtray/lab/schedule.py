"""When does a packet leave the relay, if at all?"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

Blackhole = Literal["", "in", "out", "both"]  # in: towards the client, out: towards the node
Direction = Literal["in", "out"]


@dataclass(frozen=True)
class Shape:
    """How the internet between the clients and one node is.

    `delay_ms` and `jitter_ms` are of the round trip (delay plus or minus jitter, evenly), half of each per
    direction; as nothing overtakes, dense traffic waits for its slowest and sees the upper end of the jitter.
    `loss` is a chance (0..1) per packet and direction. Packets longer than `mtu` bytes vanish without a word.
    """

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    blackhole: Blackhole = ""
    mtu: int | None = None

    def __post_init__(self) -> None:
        if self.delay_ms < 0 or self.jitter_ms < 0:
            raise ValueError("delay_ms and jitter_ms must not be negative")
        if not 0 <= self.loss <= 1:
            raise ValueError("loss must be between 0 and 1")
        if self.blackhole not in get_args(Blackhole):
            raise ValueError('blackhole must be "", "in", "out" or "both"')

    def changed(self, changes: dict[str, object]) -> Shape:
        """This shape with some fields replaced; ValueError names a field that does not exist."""
        unknown = set(changes) - {field.name for field in fields(self)}
        if unknown:
            raise ValueError(f"a shape has no {', '.join(sorted(unknown))}")
        return replace(self, **changes)  # type: ignore[arg-type]


class Lane:
    """The packets on their way in one direction of one node; they leave in the order they came."""

    def __init__(self, direction: Direction, chance: Callable[[], float]) -> None:
        """`chance` returns a number from 0 up to but not including 1."""
        self.direction = direction
        self.carried = 0
        self.dropped = 0
        self._chance = chance
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._last_s = 0.0
        self.shape = Shape()

    @property
    def shape(self) -> Shape:
        return self._shape

    @shape.setter
    def shape(self, shape: Shape) -> None:
        """Hold for every packet that comes from now on; a new black hole swallows those on their way, too."""
        self._shape = shape
        self._closed = shape.blackhole in (self.direction, "both")
        self._delay_s = shape.delay_ms / 2000
        self._jitter_s = shape.jitter_ms / 2000
        if self._closed:
            self.dropped += len(self._waiting)
            self._waiting.clear()
            self._last_s = 0.0

    @property
    def next_s(self) -> float | None:
        """When the next packet leaves."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, packet: bytes, now_s: float) -> None:
        """Let a packet in, or lose it."""
        shape = self._shape
        lost = self._closed or (shape.mtu is not None and len(packet) > shape.mtu)
        if lost or (shape.loss and self._chance() < shape.loss):
            self.dropped += 1
            return
        leaves_s = now_s + self._delay_s
        if self._jitter_s:
            leaves_s += (2 * self._chance() - 1) * self._jitter_s
        # Never before the one in front, and never before it came.
        self._last_s = max(leaves_s, self._last_s, now_s)
        self._waiting.append((self._last_s, packet))

    def leaving(self, now_s: float) -> list[bytes]:
        """The packets whose time has come, oldest first."""
        waiting = self._waiting
        out = []
        while waiting and waiting[0][0] <= now_s:
            out.append(waiting.popleft()[1])
        self.carried += len(out)
        return out
