"""Does the company answer through the node that is to be asked? One question at a time, each result a ``Checked``.

``core/checking.py`` says what is asked, through whom and how often; the machine's routes and WireGuard carry it there.
TCP is asked by connecting and hanging up at once, ICMP by one echo. A refused connection is an answer: the host lives.
"""

import asyncio
import errno
import secrets
import select
import socket
import struct
from collections.abc import Callable

import msgspec

from wgtray.core import checking, fields, sizing
from wgtray.core.events import Checked, Sized
from wgtray.core.fields import Address, Name
from wgtray.core.machine import Connected, State
from wgtray.helper.echo import PAYLOAD_BYTES, EchoSocket
from wgtray.helper.probes import Prober
from wgtray.platforms.api import Backend

TIMEOUT_S = 0.95
"""A second, less what keeps the system from repeating the question itself (RFC 6298 section 2.1: after one second)."""

HANG_UP = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets the connection, which costs one packet and leaves nothing waiting on either side."""

UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK)


class Question(msgspec.Struct, frozen=True):
    """One thing to ask, again and again."""

    via: Name
    address: Address
    port: int | None
    """Of TCP; None is an echo."""
    payload_bytes: int
    pause_s: float
    """From one time to the next."""
    settle_s: float = 0.0
    """Before the first time through another node."""


class Checker:
    """Asks for the last state given to ``follow``; reports through ``post``."""

    def __init__(self, backend: Backend, prober: Prober, post: Callable[[Checked | Sized], None]) -> None:
        self._company = _Asker(backend, prober, lambda *result: post(Checked(*result)))
        self._size = _Asker(backend, prober, lambda *result: post(Sized(*result)))

    def follow(self, state: State, mtu: int | None) -> None:
        """The state changed, or might have; the machine is already as it desires, its interface with that ``mtu``."""
        self._company.follow(_about_company(state))
        self._size.follow(_about_size(state, mtu))

    def ask_now(self) -> None:
        """Everything may have changed: do not wait for the usual time."""
        self._company.ask_now()
        self._size.ask_now()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._company.run())
            tasks.create_task(self._size.run())


class _Asker:
    """One kind of question, one at a time."""

    def __init__(self, backend: Backend, prober: Prober, told: Callable[[Name, bool, float], None]) -> None:
        self._backend = backend
        self._prober = prober
        self._told = told
        self._question: Question | None = None
        self._asked_at = 0.0
        self._woken = asyncio.Event()

    def follow(self, question: Question | None) -> None:
        if question != self._question:
            self._question = question
            self._woken.set()

    def ask_now(self) -> None:
        self._asked_at = 0.0
        self._woken.set()

    async def run(self) -> None:
        last_via: Name | None = None
        first_at = 0.0
        while True:
            self._woken.clear()
            question = self._question
            if question is None:
                last_via = None
                await self._woken.wait()
                continue
            if question.via != last_via:
                last_via, first_at = question.via, _now() + question.settle_s
            due_at = self._asked_at + question.pause_s if self._asked_at >= first_at else first_at
            if await self._waited(due_at - _now()):
                continue  # something changed meanwhile
            self._asked_at = asked_at = _now()
            answered = await answers(self._backend, self._prober, question)
            if not answered:
                self._prober.burst([question.via])  # so that it is known at once whether the node itself still lives
            self._told(question.via, answered, _now() - asked_at)

    async def _waited(self, wait_s: float) -> bool:
        """Wait; True when the question changed before the time was over."""
        if wait_s <= 0:
            return False
        try:
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True


async def answers(backend: Backend, prober: Prober, question: Question) -> bool:
    """Whether somebody answers through the tunnel."""
    if question.port is None:
        return await echoes(backend, prober, question.address, question.payload_bytes)
    return await connects(backend, prober, question.address, question.port)


async def connects(backend: Backend, prober: Prober, address: Address, port: int) -> bool:
    """Whether a TCP connection is accepted or refused in time."""
    family = socket.AF_INET6 if fields.family(address) == 6 else socket.AF_INET
    loop, connected = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP)
            backend.steer_socket(sock, "tunnel")
            code = sock.connect_ex((address, port))
        except OSError:
            return False
        if code not in (0, *UNDER_WAY):
            return code == errno.ECONNREFUSED
        prober.sent_inside += 1

        def ended() -> None:
            _, done, failed = select.select([], [sock], [sock], 0)  # Windows says of a failure that it is exceptional
            if not done and not failed:
                return
            prober.others.discard(ended)
            loop.remove_writer(sock)
            result = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            # Counted before the sentinel can look, which tells our packets from the traffic by these numbers.
            prober.received_inside += result in (0, errno.ECONNREFUSED)
            prober.sent_inside += 2 * (result == 0)  # the handshake's end and the reset
            sock.close()
            if not connected.done():
                connected.set_result(result)

        loop.add_writer(sock, ended)
        prober.others.add(ended)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await connected in (0, errno.ECONNREFUSED)
        except TimeoutError:
            return False
        finally:
            prober.others.discard(ended)
            if sock.fileno() >= 0:
                loop.remove_writer(sock)


async def echoes(backend: Backend, prober: Prober, address: Address, payload_bytes: int) -> bool:
    """Whether an echo of that size comes back in time."""
    answered = asyncio.get_running_loop().create_future()
    try:
        sock = EchoSocket(fields.family(address), secrets.randbelow(0x10000))
    except OSError:
        return False

    def heard() -> None:
        while (reply := sock.received()) is not None:
            if reply[0] == address and not answered.done():
                prober.received_inside += 1
                answered.set_result(None)

    try:
        backend.steer_socket(sock.sock, "tunnel")
        sock.send(address, 0, payload_bytes)
        prober.sent_inside += 1
        sock.listen(heard)
        prober.others.add(heard)
        async with asyncio.timeout(TIMEOUT_S):
            await answered
    except OSError:  # a TimeoutError is one
        return False
    else:
        return True
    finally:
        prober.others.discard(heard)
        sock.close()


def _about_company(state: State) -> Question | None:
    profile = state.facts.profile
    target = None if profile is None else checking.target(profile)
    if profile is None or target is None or not isinstance(state, Connected):
        return None
    checks = state.facts.checks
    via = checking.asked_through(profile, state.active, checks)
    pause_s = checking.pause_s(profile, checks, busy=state.facts.busy)
    return None if via is None else Question(via, target.address, target.port, PAYLOAD_BYTES, pause_s)


def _about_size(state: State, mtu: int | None) -> Question | None:
    """An echo as large as the interface allows; the node is where the inner packet ends, so nothing can split it."""
    profile, sizes = state.facts.profile, state.facts.sizes
    if profile is None or mtu is None or not isinstance(state, Connected):
        return None
    asked = sizing.asked(profile, state.active, sizes)
    if asked is None:
        return None
    name, address = asked
    settle_s = 0.0 if sizes.via is not None or sizes.misses else sizing.SETTLE_S
    return Question(name, address, None, sizing.payload_bytes(address, mtu), sizing.pause_s(sizes), settle_s)


def _now() -> float:
    return asyncio.get_running_loop().time()
