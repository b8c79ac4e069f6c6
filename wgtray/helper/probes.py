"""How far away is every node right now? ICMP echoes over one shared socket a way and family, never one a ping.

``core/probing.py`` says whom to ask and when; here the packets are sent, and each ended probe becomes a ``Probed``. The
sentinel borrows the sockets for its bursts, and the count of our own packets to tell them from the traffic.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec

from wgtray.core import fields, probing
from wgtray.core.detection import BURST_OFFSETS_S, rto_s
from wgtray.core.events import Probed
from wgtray.core.fields import Address, Name
from wgtray.core.machine import Off, State
from wgtray.core.probing import Aim
from wgtray.helper.echo import EchoSocket
from wgtray.platforms.api import Backend, Way

OVERTAKEN_S = 0.15
"""More than packets of one path overtake each other, less than the shortest interval between two probes."""
TOGETHER_S = 0.02
"""What is due so soon goes along with what is due now: every awakening costs."""

ROUTINE_S = 1.0
"""Answers that tell nothing but a round-trip time wait this long for each other: a report costs the engine a turn, and
nobody is shown numbers more often. One that took unusually long is news."""


class _Pending(msgspec.Struct):
    aim: Aim
    sent_at: float
    late_at: float


class Prober:
    """Probes what the last state given to ``follow`` asks for; reports through ``post``."""

    def __init__(
        self,
        backend: Backend,
        post: Callable[[Probed], None],
        opened: Callable[[int, int], EchoSocket] = EchoSocket,
    ) -> None:
        self._backend = backend
        self._post = post
        self._opened = opened
        self._state: State = Off()
        self._busy = False
        self._aims: tuple[Aim, ...] = ()
        self._due: dict[Aim, float] = {}
        self._extra: list[tuple[float, Aim]] = []
        self._pending: dict[int, _Pending] = {}
        self._sockets: dict[tuple[Way, int], EchoSocket] = {}
        self._ever_pinged: set[Aim] = set()
        self._handshake_ages: Mapping[Name, float] = {}
        self._identity = secrets.randbelow(0x10000)
        self._sequence = secrets.randbelow(0x10000)
        self._timer: asyncio.TimerHandle | None = None
        self._over: asyncio.Future[None] | None = None
        self._noted: list[Probed] = []
        self.link: int | None = None
        """The interface as the kernel numbers it: another one may come back under the same name."""
        self.sent_inside = 0
        self.received_inside = 0
        self.others: set[Callable[[], None]] = set()
        """Others who ask through the tunnel: each takes in what has arrived for it, so that it is counted as ours."""
        self.answered_sent_at: dict[Name, float] = {}
        """When the latest probe was sent that a node has answered through the tunnel."""

    def follow(self, state: State, interface: str | None, handshake_ages: Mapping[Name, float]) -> None:
        """The state changed, or might have; cheap when nothing to probe changed."""
        self._state, self._handshake_ages = state, handshake_ages
        link = _index(interface)
        if link != self.link:
            self.link = link
            self._close("tunnel")
        wanted = probing.aims(state)
        if wanted != self._aims:
            self._aims = wanted
            self._due = {aim: self._due.get(aim, 0.0) for aim in wanted}
            if all(_way(aim) == "tunnel" for aim in wanted):
                self._close("direct")  # a raw socket is woken by every echo reply, whoever it is for
            self._set_timer()

    def hurry(self, *, busy: bool) -> None:
        """Traffic began to flow, or ceased: probe the nodes that matter more or less often."""
        if busy != self._busy:
            self._busy = busy
            if busy:
                now = self._now()
                self._due = {aim: min(due, now + self._wait_s(aim)) for aim, due in self._due.items()}
                self._set_timer()

    def probe_now(self, *, forget: bool = False) -> None:
        """Ask everybody but who owes an answer; ``forget`` what is owed where every path may have changed."""
        if forget:
            self._pending.clear()
            self._noted.clear()
            self._ever_pinged.clear()
        asked = {one.aim for one in self._pending.values()}
        self._due = {aim: self._due[aim] if aim in asked else 0.0 for aim in self._aims}
        self._set_timer()

    def burst(self, nodes: Iterable[Name]) -> None:
        """Three probes a few milliseconds apart to each of these nodes, through the tunnel."""
        now = self._now()
        for node in nodes:
            for aim in self._aims:
                if aim.node == node and aim.kind == "inner":
                    self._send(aim, now)
                    self._extra += [(now + offset, aim) for offset in BURST_OFFSETS_S[1:]]
        self._set_timer()

    def greet(self, address: Address) -> None:
        """One packet to a company host, so that the way back follows to the node that carries it from now on."""
        self._packet("tunnel", address, self._next_sequence())

    def overdue_since(self, node: Name, limit_s: float, now: float) -> float | None:
        """When the oldest probe of that node was sent that has waited for longer than ``limit_s``."""
        sent = [one.sent_at for one in self._pending.values() if one.aim.node == node and one.aim.kind == "inner"]
        return min((at for at in sent if now - at > limit_s), default=None)

    @property
    def needs_handshakes(self) -> bool:
        """Whether a node is judged by the age of its handshake."""
        return any(aim.kind == "handshake" for aim in self._aims)

    def report(self) -> None:
        """Post every answer that is still waiting for others; due before anything is said that came later."""
        noted, self._noted = self._noted, []
        for probed in noted:
            self._post(probed)

    def drain(self) -> None:
        """Take in every answer that has arrived through the tunnel, so that the counts are those of this moment."""
        for take_in in list(self.others):
            take_in()
        if not self._pending:
            return  # nothing of ours is on its way
        for (way, _), sock in list(self._sockets.items()):
            if way == "tunnel":
                self._read(sock, way)

    async def run(self) -> None:
        """Until cancelled; by a bare timer, because a task that sleeps costs more than the probe that it sends."""
        self._over = asyncio.get_running_loop().create_future()
        self._set_timer()
        try:
            await self._over
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self._over = None
            self._close("tunnel")
            self._close("direct")

    def _set_timer(self) -> None:
        """What is due first may be another now."""
        if self._over is None or self._over.done():
            return
        if self._timer is not None:
            self._timer.cancel()
        late = [one.late_at for one in self._pending.values()]
        soonest = min([*self._due.values(), *late, *(at for at, _ in self._extra)], default=None)
        loop = asyncio.get_running_loop()
        self._timer = None if soonest is None else loop.call_at(soonest, self._send_what_is_due, self._over)

    def _send_what_is_due(self, over: asyncio.Future[None]) -> None:
        try:
            now = self._now()
            self._expire(now)
            for aim in [aim for aim, due in self._due.items() if due <= now + TOGETHER_S]:
                self._due[aim] = now + self._wait_s(aim)
                self._send(aim, now)
            for at, aim in [item for item in self._extra if item[0] <= now]:
                self._extra.remove((at, aim))
                self._send(aim, now)
            self._set_timer()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for, not lost in a callback
            if not over.done():
                over.set_exception(error)

    def _wait_s(self, aim: Aim) -> float:
        return probing.wait_s(self._state, aim, busy=self._busy)

    def _send(self, aim: Aim, now: float) -> None:
        sequence = self._next_sequence()
        self._pending[sequence] = _Pending(aim, now, now + probing.timeout_s(self._state, aim))
        # Without a route at the moment the probe ends as unanswered, which is what it is.
        self._packet(_way(aim), aim.address, sequence)

    def _packet(self, way: Way, address: Address, sequence: int) -> None:
        sock = self._socket(way, fields.family(address))
        if sock is None:
            return
        try:
            sock.send(address, sequence)
        except OSError:
            if way == "tunnel" and self.link is None:
                self._close(way)  # where no interface has a number by its name, this is how another one shows
            return
        self.sent_inside += way == "tunnel"

    def _socket(self, way: Way, family: int) -> EchoSocket | None:
        sock = self._sockets.get((way, family))
        if sock is None:
            try:
                sock = self._opened(family, self._identity)
            except OSError:
                return None
            try:
                self._backend.steer_socket(sock.sock, way)
            except OSError:
                sock.close()
                return None
            self._sockets[way, family] = sock
            sock.listen(partial(self._read, sock, way))
        return sock

    def _read(self, sock: EchoSocket, way: Way) -> None:
        while (reply := sock.received()) is not None:
            source, sequence = reply
            self.received_inside += way == "tunnel"
            pending = self._pending.get(sequence)
            # Only the node itself, on the way it was asked: anybody can send an echo reply.
            if pending is not None and _way(pending.aim) == way and source == pending.aim.address:
                del self._pending[sequence]
                self._answered(pending, self._now())

    def _answered(self, pending: _Pending, now: float) -> None:
        # What was sent well before and has no answer yet is lost: said later, it would seem to follow this answer.
        for sequence, older in list(self._pending.items()):
            if older.aim == pending.aim and older.sent_at < pending.sent_at - OVERTAKEN_S:
                del self._pending[sequence]
                self._ended(older, None, now)
        if pending.aim.kind == "inner":
            latest = self.answered_sent_at.get(pending.aim.node, 0.0)
            self.answered_sent_at[pending.aim.node] = max(latest, pending.sent_at)
        self._ended(pending, (now - pending.sent_at) * 1000, now)

    def _expire(self, now: float) -> None:
        for sequence, pending in list(self._pending.items()):
            if pending.late_at <= now:
                del self._pending[sequence]
                self._ended(pending, None, now)

    def _ended(self, pending: _Pending, rtt_ms: float | None, now: float) -> None:
        aim = pending.aim
        if aim not in self._due:
            return
        if rtt_ms is not None:
            self._ever_pinged.add(aim)
        answered = rtt_ms is not None
        if aim.kind == "handshake":
            age = self._handshake_ages.get(aim.node)
            profile = self._state.facts.profile
            node = None if profile is None else profile.node(aim.node)
            pinged = aim in self._ever_pinged
            answered = node is not None and probing.answered_by_handshake(node, age, answered, pinged)
        self._note(Probed(aim.node, aim.kind != "outer", answered, rtt_ms if answered else None, aim.endpoint), aim)
        due = now + self._pause_after(aim, answered)
        if due < self._due[aim]:
            self._due[aim] = due
            self._set_timer()

    def _note(self, probed: Probed, aim: Aim) -> None:
        self._noted.append(probed)
        if not self._is_routine(probed, aim):
            self.report()
        elif len(self._noted) == 1:
            asyncio.get_running_loop().call_later(ROUTINE_S, self.report)

    def _is_routine(self, probed: Probed, aim: Aim) -> bool:
        profile, health = self._state.facts.profile, probing.health_of(self._state, aim)
        if profile is None or probed.rtt_ms is None:
            return False
        usual_ms = min(profile.failover.latency_limit_ms, rto_s(health) * 1000)
        near = probed.rtt_ms <= usual_ms and not health.over_limit
        return near and health.warm and health.alive and not health.misses

    def _pause_after(self, aim: Aim, answered: bool) -> float:
        """The first answer through a fresh session only proves life: measure at once."""
        if answered and not probing.health_of(self._state, aim).warm:
            return 0.0
        return self._wait_s(aim)

    def _next_sequence(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return self._sequence

    def _close(self, way: Way) -> None:
        for key in [key for key in self._sockets if key[0] == way]:
            self._sockets.pop(key).close()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _way(aim: Aim) -> Way:
    return "tunnel" if aim.kind == "inner" else "direct"


def _index(interface: str | None) -> int | None:
    try:
        return None if interface is None else socket.if_nametoindex(interface)
    except OSError:
        return None
