"""The promises of ``platforms/api.py``: the fake, Windows and macOS over machines in memory, real Linux.

The last in a namespace of the test's own.
"""

import asyncio
import itertools
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path, PureWindowsPath

import msgspec
import pytest

from tests.contract.own_namespace import OwnNamespace
from tests.fakes.backend import FakeBackend
from tests.fakes.mac.machine import ModelMac
from tests.fakes.windows import FakeWindows
from tests.unit.core import worlds
from wgtray.core.desired import desired, held, with_learned
from wgtray.core.fields import Address
from wgtray.core.host import NOTHING, HostState
from wgtray.core.plan import PutLearned, plan
from wgtray.platforms.api import Backend
from wgtray.platforms.macos.backend import MacBackend
from wgtray.platforms.windows.backend import WindowsBackend

UP = desired(worlds.connected())
MOVED = desired(msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]}))
RENUMBERED = desired(worlds.connected(worlds.V4_ONLY))
HELD = held(worlds.connected().facts)
NAMED = with_learned(desired(worlds.connected(worlds.NAMED)), worlds.LEARNED)
NAMED_HELD = with_learned(held(worlds.connected(worlds.NAMED).facts), worlds.LEARNED)

Scene = Callable[[Backend], Awaitable[None]]


class InMemory(WindowsBackend):
    """Windows over a machine in memory."""

    def __init__(self) -> None:
        self.machine = FakeWindows()
        super().__init__(self.machine, PureWindowsPath(r"C:\data"), "wgtray0")


@pytest.fixture(params=["fake", "macos", "windows", pytest.param("linux", marks=pytest.mark.network)])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Scene], None]]:
    """Runs a scene on a backend of either kind."""
    if request.param == "fake":
        yield lambda scene: asyncio.run(_awaited(scene(FakeBackend())))
        return
    if request.param == "macos":
        yield lambda scene: asyncio.run(_on_a_model(scene, tmp_path))
        return
    if request.param == "windows":
        yield lambda scene: asyncio.run(_awaited(scene(InMemory())))
        return
    from wgtray.platforms.linux.backend import LinuxBackend

    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text("nameserver 192.0.2.53\n")
    with OwnNamespace():
        name = f"wgc{os.getpid() % 100000}"
        yield lambda scene: asyncio.run(_awaited(scene(LinuxBackend(tmp_path, name, resolv_conf))))
    assert resolv_conf.read_text() == "nameserver 192.0.2.53\n"


async def _on_a_model(scene: Scene, folder: Path) -> None:
    model = ModelMac(folder)
    try:
        await scene(MacBackend(folder, "wgtray0", model))
    finally:
        model.close()


async def _awaited(scene: Awaitable[None]) -> None:
    await scene


async def _first(changes: AsyncIterator[None]) -> None:
    await anext(changes)


async def _refused(waiting: Awaitable[None]) -> bool:
    try:
        await waiting
    except OSError:
        return True
    return False


async def _quiet(backend: Backend) -> None:
    """A new interface says hello (router solicitation, multicast reports): wait until it is silent."""
    while True:
        try:
            async with asyncio.timeout(0 if isinstance(backend, FakeBackend | InMemory | MacBackend) else 0.3):
                await backend.traffic()
        except TimeoutError:
            return


def _send(backend: Backend) -> None:
    """One packet of 100 bytes to the company."""
    if isinstance(backend, FakeBackend):
        backend.pass_packets(sent=1)
        return
    if isinstance(backend, MacBackend):
        assert isinstance(backend.machine, ModelMac)
        backend.machine.pass_packet()
        return
    if isinstance(backend, InMemory):
        backend.machine.pass_packets(sent=1)
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(bytes(100 - 28), ("10.20.0.10", 9))


async def go(backend: Backend, goal: HostState) -> None:
    for step in plan(await backend.observe(), goal):
        await backend.apply(step)


def test_every_goal_is_reached_from_every_other_and_read_back(play: Callable[[Scene], None]) -> None:
    goals = [UP, MOVED, HELD, RENUMBERED, UP, NOTHING, HELD, UP, RENUMBERED, MOVED, NOTHING]
    goals += [NAMED, UP, NAMED, NAMED_HELD, NAMED, RENUMBERED, NAMED_HELD, NOTHING]

    async def scene(backend: Backend) -> None:
        for goal in goals:
            await go(backend, goal)
            observed = await backend.observe()
            assert goal.same(observed), (goal, observed)
            assert plan(observed, goal) == ()
            assert (backend.interface is None) == (goal.tunnel is None)

    play(scene)


def test_a_step_applied_twice_changes_nothing_more(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        for step in plan(NOTHING, NAMED):
            await backend.apply(step)
            once = await backend.observe()
            await backend.apply(step)
            again = await backend.observe()
            assert (again.routes, again.dns, again.learned) == (once.routes, once.dns, once.learned)
        for step in plan(NAMED, NOTHING):
            await backend.apply(step)
            await backend.apply(step)
        assert await backend.observe() == NOTHING

    play(scene)


def test_cleanup_needs_no_knowledge_and_is_safe_on_a_clean_machine(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        assert await backend.cleanup() == []
        await go(backend, NAMED)
        assert await backend.cleanup() != []
        assert await backend.observe() == NOTHING
        assert await backend.cleanup() == []

    play(scene)


def test_counters_are_there_with_the_interface_and_only_then(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        for there in (False, True, False):
            await go(backend, UP if there else NOTHING)
            assert (await backend.measure() is not None) == there
            assert (backend.counters() is not None) == there

    play(scene)


def test_traffic_waits_for_the_next_packet_that_goes_out(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        await go(backend, UP)
        await _quiet(backend)
        before = backend.counters()
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(backend.traffic())
            await asyncio.sleep(0.05)
            assert not waiting.done()
            _send(backend)
        await asyncio.sleep(0.01)  # the kernel shows a packet before it counts it
        after = backend.counters()
        assert before is not None
        assert after is not None
        assert (after.tx_packets - before.tx_packets, after.rx_packets) == (1, before.rx_packets)
        assert after.tx_bytes - before.tx_bytes == 100
        await go(backend, NOTHING)

    play(scene)


def test_traffic_ends_with_the_interface_and_needs_one(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        with pytest.raises(OSError, match=r".+"):
            await backend.traffic()
        await go(backend, UP)
        await _quiet(backend)
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(_refused(backend.traffic()))
            await asyncio.sleep(0.01)
            await go(backend, NOTHING)
        assert waiting.result()

    play(scene)


@pytest.mark.network
def test_the_watch_notices_a_foreign_change_on_linux(tmp_path: Path) -> None:
    from wgtray.platforms.linux.backend import LinuxBackend

    async def scene() -> None:
        changes = LinuxBackend(tmp_path, "wgc").changes()
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            seen = tasks.create_task(_first(changes))
            for verb in itertools.cycle(("add", "del")):  # the first may come before the watch listens
                if seen.done():
                    break
                rule = await asyncio.create_subprocess_exec("ip", "rule", verb, "priority", "7777", "lookup", "main")
                await rule.wait()
                await asyncio.sleep(0.02)

    with OwnNamespace():
        asyncio.run(scene())


@pytest.mark.network
def test_what_is_learned_is_no_news_and_what_somebody_takes_away_is_on_linux(tmp_path: Path) -> None:
    from wgtray.platforms.linux.backend import LinuxBackend

    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text("")

    async def scene() -> None:
        backend = LinuxBackend(tmp_path, f"wgc{os.getpid() % 100000}", resolv_conf)
        await go(backend, NAMED_HELD)
        heard = 0

        async def listen() -> None:
            nonlocal heard
            async for _ in backend.changes():
                heard += 1

        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(listen())
            await asyncio.sleep(0.2)
            before = heard
            await backend.apply(PutLearned(frozenset({Address("198.51.100.200")}), frozenset()))
            await asyncio.sleep(0.2)
            assert heard == before
            flush = await asyncio.create_subprocess_exec("ip", "route", "flush", "table", "22090")
            await flush.wait()
            await asyncio.sleep(0.2)
            assert heard > before
            resolv_conf.write_text("nameserver 192.0.2.54\n")
            before = heard
            await asyncio.sleep(0.2)
            assert heard > before
            listening.cancel()
        await backend.cleanup()

    with OwnNamespace():
        asyncio.run(scene())
