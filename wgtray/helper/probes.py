"""How far away is every node right now? ICMP echoes over one shared socket a way and family, never one a ping.

``core/probing.py`` says whom to ask and when; here the packets are sent, and each ended probe becomes a ``Probed``.
"""

import asyncio
import os
import random
from collections.abc import Callable, Mapping

import icmplib
import msgspec

from wgtray.core import fields, probing
from wgtray.core.fields import Name
from wgtray.core.machine import Off, Probed, State
from wgtray.core.probing import Aim
from wgtray.platforms.api import Backend, Way

ECHO_REPLY = {4: 0, 6: 129}
IDLE_S = 3600.0


class _Pending(msgspec.Struct):
    aim: Aim
    sent_at: float
    late_at: float


class _Lane(msgspec.Struct):
    """One socket: a way and an address family, with the task that reads it and closes it when cancelled."""

    sock: icmplib.AsyncSocket
    task: asyncio.Task[None]


class Prober:
    """Probes what the last state given to ``follow`` asks for; reports through ``post``."""

    def __init__(self, backend: Backend, post: Callable[[Probed], None]) -> None:
        self._backend = backend
        self._post = post
        self._state: State = Off()
        self._interface: str | None = None
        self._aims: tuple[Aim, ...] = ()
        self._due: dict[Aim, float] = {}
        self._pending: dict[int, _Pending] = {}
        self._lanes: dict[tuple[Way, int], _Lane] = {}
        self._ever_pinged: set[Name] = set()
        self._handshake_ages: Mapping[Name, float] = {}
        self._identity = os.getpid() & 0xFFFF
        self._sequence = random.randrange(0x10000)  # noqa: S311 - not a secret, only unlike a predecessor's
        self._woken = asyncio.Event()

    def follow(self, state: State, interface: str | None, handshake_ages: Mapping[Name, float]) -> None:
        """The state changed, or might have; cheap when nothing to probe changed."""
        self._state, self._handshake_ages = state, handshake_ages
        if interface != self._interface:
            self._interface = interface
            self._close("tunnel")
        wanted = probing.aims(state)
        if wanted != self._aims:
            self._aims = wanted
            self._due = {aim: self._due.get(aim, 0.0) for aim in wanted}
            self._woken.set()

    def probe_now(self) -> None:
        """Forget when the next probes are due: something happened that may have changed every path."""
        self._due = dict.fromkeys(self._aims, 0.0)
        self._woken.set()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                now = loop.time()
                self._expire(now)
                for aim in [aim for aim, due in self._due.items() if due <= now]:
                    self._send(aim, now, tasks)
                soonest = min([*self._due.values(), *(one.late_at for one in self._pending.values())], default=None)
                self._woken.clear()
                try:
                    async with asyncio.timeout(IDLE_S if soonest is None else max(0.0, soonest - loop.time())):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            self._close("tunnel")
            self._close("direct")

    def _send(self, aim: Aim, now: float, tasks: asyncio.TaskGroup) -> None:
        self._due[aim] = now + probing.wait_s(self._state, aim)
        lane = self._lane(aim, tasks)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._pending[self._sequence] = _Pending(aim, now, now + probing.timeout_s(self._state, aim))
        if lane is None:
            return
        try:
            lane.sock.send(icmplib.ICMPRequest(aim.address, self._identity, self._sequence, payload_size=16))
        except icmplib.ICMPLibError:
            return  # no route at the moment: the probe ends as unanswered, which is what it is

    def _lane(self, aim: Aim, tasks: asyncio.TaskGroup) -> _Lane | None:
        way: Way = "tunnel" if aim.kind == "inner" else "direct"
        family = fields.family(aim.address)
        lane = self._lanes.get((way, family))
        if lane is None:
            try:
                raw = icmplib.ICMPv6Socket() if family == 6 else icmplib.ICMPv4Socket()
                self._backend.steer_socket(raw.sock, way)
            except (OSError, icmplib.ICMPLibError):
                return None
            sock = icmplib.AsyncSocket(raw)
            lane = _Lane(sock, tasks.create_task(self._receive(sock, family)))
            self._lanes[way, family] = lane
        return lane

    async def _receive(self, sock: icmplib.AsyncSocket, family: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    reply = await sock.receive(None, IDLE_S)
                except icmplib.TimeoutExceeded:
                    continue
                except icmplib.ICMPLibError:
                    await asyncio.sleep(probing.FIRST_S)  # the interface went away under the socket
                    continue
                if reply.id == self._identity and reply.type == ECHO_REPLY[family]:
                    self._answered(reply.sequence, loop.time())
        finally:
            sock.close()

    def _answered(self, sequence: int, now: float) -> None:
        pending = self._pending.pop(sequence, None)
        if pending is not None:
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
            self._ever_pinged.add(aim.node)
        answered = rtt_ms is not None
        if aim.kind == "handshake":
            age = self._handshake_ages.get(aim.node)
            answered = probing.answered_by_handshake(age, answered, aim.node in self._ever_pinged)
        self._post(Probed(aim.node, aim.kind != "outer", answered, rtt_ms if answered else None))
        self._due[aim] = min(self._due[aim], now + self._pause_after(aim, answered))
        self._woken.set()

    def _pause_after(self, aim: Aim, answered: bool) -> float:
        """The first answer through a fresh session only proves life: measure at once."""
        health = (self._state.facts.inner if aim.kind != "outer" else self._state.facts.outer).get(aim.node)
        if answered and (health is None or not health.warm):
            return 0.0
        return probing.wait_s(self._state, aim)

    def _close(self, way: Way) -> None:
        for key in [key for key in self._lanes if key[0] == way]:
            self._lanes.pop(key).task.cancel()
