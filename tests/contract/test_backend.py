"""The promises of ``platforms/api.py``, on the fake in memory and on real Linux in a namespace of the test's own."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core.desired import desired, held
from wgtray.core.host import NOTHING, HostState
from wgtray.core.plan import plan
from wgtray.platforms.api import Backend

UP = desired(worlds.connected())
MOVED = desired(msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]}))
RENUMBERED = desired(worlds.connected(worlds.V4_ONLY))
HELD = held(worlds.profile())

Scene = Callable[[Backend], Awaitable[None]]


@pytest.fixture(params=["fake", pytest.param("linux", marks=pytest.mark.network)])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Scene], None]]:
    """Runs a scene on a backend of either kind."""
    if request.param == "fake":
        yield lambda scene: asyncio.run(_awaited(scene(FakeBackend())))
        return
    from wgtray.platforms.linux.backend import LinuxBackend

    with OwnNamespace():
        yield lambda scene: asyncio.run(_awaited(scene(LinuxBackend(tmp_path, f"wgc{os.getpid() % 100000}"))))


class OwnNamespace:
    """This process moves into a fresh network namespace, which ends with the last process in it, and back."""

    def __enter__(self) -> None:
        if os.geteuid() != 0:
            pytest.skip("needs root for a network namespace")
        self._before = os.open("/proc/self/ns/net", os.O_RDONLY)
        name = f"wgt-contract-{os.getpid()}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        try:
            inside = os.open(f"/run/netns/{name}", os.O_RDONLY)
            _setns(inside)
            os.close(inside)
        finally:
            subprocess.run(["ip", "netns", "delete", name], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def __exit__(self, *_: object) -> None:
        _setns(self._before)
        os.close(self._before)


def _setns(descriptor: int) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0x40000000) != 0:  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), "setns")


async def _awaited(scene: Awaitable[None]) -> None:
    await scene


async def _first(changes: AsyncIterator[None]) -> None:
    await anext(changes)


async def go(backend: Backend, goal: HostState) -> None:
    for step in plan(await backend.observe(), goal):
        await backend.apply(step)


def test_every_goal_is_reached_from_every_other_and_read_back(play: Callable[[Scene], None]) -> None:
    goals = [UP, MOVED, HELD, RENUMBERED, UP, NOTHING, HELD, UP, RENUMBERED, MOVED, NOTHING]

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
        for step in plan(NOTHING, UP):
            await backend.apply(step)
            once = await backend.observe()
            await backend.apply(step)
            assert (await backend.observe()).routes == once.routes
        for step in plan(UP, NOTHING):
            await backend.apply(step)
            await backend.apply(step)
        assert await backend.observe() == NOTHING

    play(scene)


def test_cleanup_needs_no_knowledge_and_is_safe_on_a_clean_machine(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        assert await backend.cleanup() == []
        await go(backend, UP)
        assert await backend.cleanup() != []
        assert await backend.observe() == NOTHING
        assert await backend.cleanup() == []

    play(scene)


def test_counters_are_there_with_the_interface_and_only_then(play: Callable[[Scene], None]) -> None:
    async def scene(backend: Backend) -> None:
        assert await backend.measure() is None
        await go(backend, UP)
        assert await backend.measure() is not None
        await go(backend, NOTHING)

    play(scene)


@pytest.mark.network
def test_the_watch_notices_a_foreign_change_on_linux(tmp_path: Path) -> None:
    from wgtray.platforms.linux.backend import LinuxBackend

    async def scene() -> None:
        changes = LinuxBackend(tmp_path, "wgc").changes()
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            seen = tasks.create_task(_first(changes))
            while not seen.done():
                rule = await asyncio.create_subprocess_exec("ip", "rule", "add", "priority", "7777", "lookup", "main")
                await rule.wait()
                await asyncio.sleep(0.02)

    with OwnNamespace():
        asyncio.run(scene())
