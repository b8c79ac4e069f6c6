"""The lab's internet without the lab: virtual time, nodes with distance, jitter and loss, and a machine that stalls.

``Timeless`` is an event loop whose clock jumps to the next timer, so that an hour passes in seconds. What the relay of
the lab does to a packet happens here, too: each direction of a node keeps the order in which packets came.
"""

import asyncio
import random
import selectors
import socket
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence

from tests.fakes.backend import FakeBackend
from wgtray.core.fields import Address
from wgtray.helper.echo import EchoSocket
from wgtray.platforms.api import Counters, Way

Stalls = Sequence[tuple[float, float]]
"""Times (begin, end), in order and apart."""


class _Stalled:
    def __init__(self, stalls: Stalls) -> None:
        self._stalls = stalls
        self._begins = [begin for begin, _ in stalls]

    def over_at(self, at: float) -> float:
        """``at``, or the end of the stall in which it lies."""
        number = bisect_right(self._begins, at) - 1
        return max(at, self._stalls[number][1]) if number >= 0 else at


class Timeless(asyncio.SelectorEventLoop):
    """Waits for nobody; ``stalls`` are times in which nothing of this machine runs."""

    def __init__(self, stalls: Stalls = ()) -> None:
        super().__init__(_Jumping(self))
        self.now = 1000.0
        self.stalled = _Stalled(stalls)

    def time(self) -> float:
        return self.now

    def jump(self, seconds: float) -> None:
        """Let so much time pass, and a stall that begins meanwhile."""
        self.now = self.stalled.over_at(self.now + seconds)


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: Timeless) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self._loop.jump(timeout)
        return ready


class Road:
    """The way to one node and back; what has not come back when the node dies never does."""

    def __init__(self, chance: random.Random, delay_s: float, jitter_s: float, loss: float) -> None:
        self.dies_at = float("inf")
        self._chance = chance
        self._half = (delay_s / 2, jitter_s / 2)
        self._loss = loss
        self._last = [0.0, 0.0]

    def back_at(self, sent_at: float) -> float | None:
        """When the answer to what leaves now arrives; None: never."""
        at = sent_at
        for way in (0, 1):
            if self._loss and self._chance.random() < self._loss:
                return None
            delay, jitter = self._half
            at = max(at + delay + (self._chance.uniform(-jitter, jitter) if jitter else 0.0), self._last[way])
            self._last[way] = at
        return at if at < self.dies_at else None


class Internet(FakeBackend):
    """Traffic of ``rate`` packets a second over ``roads[through]``, and echoes over all of them.

    ``beside`` other computers send as much over the same roads. ``stalls`` are times in which nothing comes in although
    this program runs: WireGuard's had no processor.
    """

    def __init__(
        self, loop: Timeless, roads: dict[Address, Road], rate: float, beside: int = 0, stalls: Stalls = ()
    ) -> None:
        super().__init__()
        self._stalls = _Stalled(stalls)
        self.roads = roads
        self.through = next(iter(roads))
        self._loop = loop
        self._gap_s = 1 / rate if rate else float("inf")
        self._beside = beside
        self._due = loop.time() + (self._gap_s if rate else 0.0)
        self._coming: deque[float] = deque()
        self._out = self._in = 0
        self._echoes: list[float] = []

    @property
    def interface(self) -> str | None:
        return "lo"

    def open(self, family: int, identity: int) -> "Echoes":
        """As ``EchoSocket``."""
        return Echoes(self)

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        return

    def counters(self) -> Counters | None:
        now = self._loop.time()
        self.pass_until(now)
        while self._coming and self._coming[0] <= now:
            self._coming.popleft()
            self._in += 1
        arrived = [at for at in self._echoes if at <= now]
        if arrived:
            self._in += len(arrived)
            self._echoes = [at for at in self._echoes if at > now]
        return Counters(self._in, self._out, 0, 0)

    def pass_until(self, now: float) -> None:
        """The applications have sent what they send."""
        road = self.roads[self.through]
        while self._due <= now:
            for _ in range(self._beside):
                road.back_at(self._due)
            self._out += 1
            back_at = road.back_at(self._due)
            if back_at is not None:
                self._coming.append(self._in_at(back_at))
            self._due += self._gap_s

    async def traffic(self) -> None:
        await asyncio.sleep(max(0.0, self._due - self._loop.time()))

    def echo(self, address: Address) -> float | None:
        """When the answer to an echo that is sent now arrives."""
        if address not in self.roads:
            return None  # past the tunnel, where nobody answers
        now = self._loop.time()
        self.pass_until(now)
        self._out += 1
        back_at = self.roads[address].back_at(now)
        if back_at is None:
            return None
        arrives_at = self._in_at(back_at)
        self._echoes.append(arrives_at)
        return arrives_at

    def _in_at(self, at: float) -> float:
        return self._stalls.over_at(self._loop.stalled.over_at(at))


class Echoes(EchoSocket):
    """The socket of it."""

    def __init__(self, internet: Internet) -> None:
        self.sock = socket.socket()
        self._internet = internet
        self._arriving: list[tuple[float, Address, int]] = []
        self._heard: Callable[[], None] = lambda: None

    def send(self, address: Address, sequence: int, payload_bytes: int = 0) -> None:
        arrives_at = self._internet.echo(address)
        if arrives_at is not None:
            self._arriving.append((arrives_at, address, sequence))
            asyncio.get_running_loop().call_at(arrives_at, self._heard)

    def received(self) -> tuple[str, int] | None:
        now = asyncio.get_running_loop().time()
        for one in self._arriving:
            if one[0] <= now:
                self._arriving.remove(one)
                return one[1], one[2]
        return None

    def listen(self, heard: Callable[[], None]) -> None:
        self._heard = heard

    def close(self) -> None:
        self.sock.close()
