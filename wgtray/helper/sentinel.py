"""Does traffic that goes out still get answers? Asleep until a packet goes out, then looking a hundred times a second.

``core/detection.py`` decides; here the counters are read, bursts are sent, and a lost node becomes a ``Lost``. While
nothing flows there is no timer at all: the kernel wakes the sentinel with the first outgoing packet.
"""

import asyncio
from collections.abc import Callable

import msgspec

from wgtray.core import detection, probing
from wgtray.core.detection import Counts, Flow, Suspicion
from wgtray.core.events import Lost, Traffic
from wgtray.core.failover import Reason
from wgtray.core.fields import Name
from wgtray.core.health import Health
from wgtray.core.machine import Connected, Off, State, active_of
from wgtray.helper.probes import Prober
from wgtray.platforms.api import Backend

COUNTED_S = 0.002
"""The kernel shows a packet to its listeners a moment before it counts it."""


class Sentinel:
    """Watches the active nodes of the last state given to ``follow``; reports through ``post``."""

    def __init__(self, backend: Backend, prober: Prober, post: Callable[[Lost | Traffic], None]) -> None:
        self._backend = backend
        self._prober = prober
        self._post = post
        self._state: State = Off()
        self._on_duty = False
        self._active: tuple[Name, ...] = ()
        self._link: int | None = None
        self._flow = Flow()
        self._suspicions: dict[Name, Suspicion] = {}
        self._raised_at: list[float] = []
        self._settled_at: dict[Name, float] = {}
        self._woken = asyncio.Event()

    def follow(self, state: State) -> None:
        """The state changed, or might have."""
        if self._link != self._prober.link:
            self._link = self._prober.link
            self._suspicions.clear()
            self._flow = Flow()
        if active_of(state) != active_of(self._state):
            self.start_over()
        was_on_duty, self._on_duty = self._on_duty, _is_watched(state)
        self._state, self._active = state, tuple(dict.fromkeys(active_of(state).values()))
        if self._on_duty != was_on_duty:
            self._woken.set()

    def start_over(self) -> None:
        """Packets take another way out from now on: what went unanswered before says nothing."""
        self._suspicions.clear()
        self._flow = detection.restarted(self._flow, self._now())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            if not self._on_duty:
                await self._woken.wait()
                continue
            if await self._traffic():
                await self._watch()

    async def _traffic(self) -> bool:
        """Sleep until a packet that is not our probe goes out; False when there is nothing to watch any more."""
        asleep = self._counts()
        while self._on_duty:
            async with asyncio.TaskGroup() as tasks:
                waits = [tasks.create_task(self._packet()), tasks.create_task(self._off_duty())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
            await asyncio.sleep(COUNTED_S)
            counts = self._counts()
            if asleep is None or counts is None or counts.sent > asleep.sent:
                now = self._now()
                self._flow = Flow(counts=counts, sent_at=now, unanswered_since=now)
                return counts is not None
        return False

    async def _packet(self) -> None:
        """Returns when a packet goes out."""
        try:
            await self._backend.traffic()
        except OSError:
            await asyncio.sleep(probing.RETRY_S)  # the interface went away; the state will follow

    async def _off_duty(self) -> None:
        while self._on_duty:
            await self._woken.wait()
            self._woken.clear()

    async def _watch(self) -> None:
        """Look until nothing flows any more; by bare timers, because a task that sleeps so often costs half again."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        timer: asyncio.TimerHandle | None = None
        due = self._now()

        def look() -> None:
            nonlocal timer, due
            try:
                now = self._now()
                if not self._on_duty or detection.is_calm(self._flow, now):
                    over.set_result(None)
                else:
                    due = now + self._look(now, now - due)
                    timer = loop.call_at(due, look)
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for, not lost in a callback
                over.set_exception(error)

        self._prober.hurry(busy=True)
        self._post(Traffic(flows=True))
        self._ask_first(self._now())
        try:
            look()
            await over
        finally:
            if timer is not None:
                timer.cancel()
            self._suspicions.clear()
            self._prober.hurry(busy=False)
            self._post(Traffic(flows=False))

    def _look(self, now: float, late_s: float) -> float:
        """Look once, so much later than meant; returns the seconds until it is worth looking again."""
        counts = self._counts()
        if counts is None:
            return detection.POLL_S
        self._flow = detection.followed(self._flow, counts, now)
        if late_s > detection.LATE_S:
            self._bear(late_s, now)
        pause_s = detection.POLL_S
        alone = len(self._active) == 1
        for node in self._active:
            health = self._state.facts.inner.get(node)
            if health is None or not health.alive:
                continue
            if node not in self._suspicions:
                self._suspect(node, health, now, alone=alone)
            else:
                self._examine(node, self._suspicions[node], health, now, alone=alone)
            if node in self._suspicions:
                next_s = detection.next_verdict_s(self._suspicions[node], self._flow, health, now)
            else:
                next_s = detection.next_look_s(self._flow, health, now)
            pause_s = min(pause_s, next_s)
        return pause_s

    def _bear(self, late_s: float, now: float) -> None:
        """No verdict is built on a time in which we did not run ourselves."""
        self._flow = detection.delayed(self._flow, late_s, now)
        for node, suspicion in self._suspicions.items():
            late = msgspec.structs.replace(suspicion, late_s=suspicion.late_s + late_s)
            self._suspicions[node] = late

    def _ask_first(self, now: float) -> None:
        """Ask along with the first packet after a pause: the node may have died meanwhile."""
        for node in self._active:
            if self._state.facts.inner.get(node, Health()).alive and not self._is_too_soon(node, now):
                self._raise(node, "first", now, now)

    def _suspect(self, node: Name, health: Health, now: float, *, alone: bool) -> None:
        """Raise a suspicion where there is reason. The counters are the interface's: they speak for a lone node."""
        since = detection.silent_since(self._flow, health, now) if alone else None
        kind: detection.Kind = "silence"
        if since is None:
            since, kind = self._prober.overdue_since(node, detection.rto_s(health), now), "unanswered"
        if since is not None and not self._is_too_soon(node, now):
            self._raise(node, kind, since, now)

    def _is_too_soon(self, node: Name, now: float) -> bool:
        self._raised_at = [at for at in self._raised_at if now - at < 1.0]
        settled = now - self._settled_at.get(node, 0.0) < detection.BETWEEN_S
        return settled or len(self._raised_at) >= detection.BURSTS_A_SECOND

    def _raise(self, node: Name, kind: detection.Kind, since: float, now: float) -> None:
        if self._flow.counts is None:
            return
        suspicion = Suspicion(kind, since, now, self._flow.counts.received, now)
        self._raised_at.append(now)
        self._suspicions[node] = suspicion
        # While its traffic still comes in it is likely to have lost one probe, and needs nobody beside it yet.
        lives = kind == "unanswered" and len(self._active) == 1 and detection.is_heard_since(self._flow, since)
        self._prober.burst([node] if lives else [node, *self._standbys(node)])

    def _examine(self, node: Name, suspicion: Suspicion, health: Health, now: float, *, alone: bool) -> None:
        fell_silent_at = detection.fell_silent(suspicion, self._flow, health, now) if alone else None
        if detection.is_cleared(suspicion, self._flow, self._answered(node, suspicion)):
            del self._suspicions[node]
            self._settled_at[node] = now
        elif fell_silent_at is not None:
            self._raise(node, "silence", fell_silent_at, now)
        elif detection.is_lost(suspicion, self._flow, health, self._standby_answered(node, suspicion), now):
            del self._suspicions[node]
            self._settled_at[node] = now
            still_heard = detection.is_heard_since(self._flow, suspicion.raised_at)
            reason: Reason = "one-way" if suspicion.kind == "unanswered" and still_heard else "no-reply"
            self._prober.report()
            self._post(Lost(node, reason, (now - suspicion.since) * 1000))
        elif now - suspicion.asked_at > detection.HEARD_AGAIN_S and detection.is_heard(
            suspicion, self._flow, health, now
        ):
            self._suspicions[node] = msgspec.structs.replace(suspicion, asked_at=now)
            self._prober.burst([node, *self._standbys(node)])
        elif now - suspicion.raised_at > detection.GIVE_UP_S:
            del self._suspicions[node]
            self._settled_at[node] = now
            self._flow = detection.in_vain(self._flow)

    def _standbys(self, suspect: Name) -> list[Name]:
        return [name for name in probing.nearest(self._state) if name != suspect][: detection.STANDBYS]

    def _answered(self, node: Name, suspicion: Suspicion) -> bool:
        return self._prober.answered_sent_at.get(node, 0.0) >= suspicion.raised_at

    def _standby_answered(self, suspect: Name, suspicion: Suspicion) -> bool:
        return any(self._answered(name, suspicion) for name in self._standbys(suspect))

    def _counts(self) -> Counts | None:
        self._prober.drain()
        counters = self._backend.counters()
        if counters is None:
            return None
        sent = counters.tx_packets - self._prober.sent_inside
        return Counts(sent, counters.rx_packets - self._prober.received_inside)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _is_watched(state: State) -> bool:
    profile = state.facts.profile
    return isinstance(state, Connected) and profile is not None and profile.failover.detection == "fast"
