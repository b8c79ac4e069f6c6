"""Real Linux that is not as it should be: without IPv6, with renamed links, stray routes, stuck programs."""

import asyncio
import itertools
import logging
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.contract.own_namespace import OwnNamespace
from tests.unit.core import worlds
from wgtray.core.desired import desired, held
from wgtray.core.host import NOTHING, HostState
from wgtray.core.plan import DropTunnel, PutFirewall, PutTunnel, plan
from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import ipv6, link, process, routes
from wgtray.platforms.linux.backend import LinuxBackend

pytestmark = pytest.mark.network

UP = desired(worlds.connected())
OPEN = desired(worlds.connected(worlds.OPEN))
MOVED = desired(msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]}))
HELD = held(worlds.connected().facts)
GOALS = (UP, MOVED, HELD, OPEN, NOTHING, HELD, UP, NOTHING)
NAME = f"wgo{os.getpid() % 10000}x0"
NEXT = NAME[:-1] + "1"

Scene = Callable[[LinuxBackend], Awaitable[None]]
Play = Callable[[Scene], None]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Runs a scene on a backend in a namespace of its own, and cleans up."""

    async def played(scene: Scene) -> None:
        backend = LinuxBackend(tmp_path, NAME)
        try:
            await scene(backend)
        finally:
            await backend.cleanup()

    with OwnNamespace():
        yield lambda scene: asyncio.run(played(scene))


async def go(backend: LinuxBackend, goal: HostState) -> None:
    for step in plan(await backend.observe(), goal):
        await backend.apply(step)


async def arrive(backend: LinuxBackend, goal: HostState) -> None:
    """Go there and stay there."""
    await go(backend, goal)
    observed = await backend.observe()
    assert goal.same(observed), (goal, observed)
    assert plan(observed, goal) == ()


def ip(*words: str, check: bool = True) -> str:
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True).stdout


def mount(*argv: str) -> None:
    subprocess.run(argv, check=True)


def six(wanted: bool, *links: str) -> None:
    """IPv6 on these links and on those that are made later."""
    for name in links or ("all", "default"):
        (ipv6.SETTINGS / name / "disable_ipv6").write_text("0" if wanted else "1")


def table() -> str:
    return ip("-4", "route", "show", "table", "all", "proto", "142") + ip(
        "-6", "route", "show", "table", "all", "proto", "142"
    )


def test_a_machine_without_ipv6_reaches_every_goal(play: Play) -> None:
    async def scene(backend: LinuxBackend) -> None:
        six(False)
        for goal in GOALS:
            await arrive(backend, goal)
        assert table() == ""

    play(scene)


def test_a_restarted_helper_finds_its_tunnel_without_ipv6_as_it_should_be(play: Play, tmp_path: Path) -> None:
    async def scene(backend: LinuxBackend) -> None:
        six(False)
        await go(backend, UP)
        fresh = plan(await LinuxBackend(tmp_path, NAME).observe(), UP)
        assert [type(step) for step in fresh] == [PutFirewall]  # whose rules these are only who loaded them knows

    play(scene)


def test_a_kernel_without_ipv6_reaches_every_goal(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(argv: list[str], stdin: str = "", timeout_s: float = 10.0) -> str:
        assert argv[1] != "-6", "such a kernel refuses it"
        return await command.run(argv, stdin, timeout_s)

    async def scene(backend: LinuxBackend) -> None:
        six(False)
        monkeypatch.setattr(ipv6, "ADDRESSES", Path("/nonexistent"))
        monkeypatch.setattr(ipv6, "SETTINGS", Path("/nonexistent"))
        monkeypatch.setattr(routes, "run", run)
        for goal in GOALS:
            await arrive(backend, goal)

    play(scene)


def test_ipv6_that_goes_takes_no_tunnel_down_and_that_comes_back_is_used(play: Play) -> None:
    async def scene(backend: LinuxBackend) -> None:
        await arrive(backend, UP)
        six(False)
        assert not [step for step in plan(await backend.observe(), UP) if isinstance(step, PutTunnel | DropTunnel)]
        await arrive(backend, UP)
        six(True)
        assert plan(await backend.observe(), UP) != ()
        await arrive(backend, UP)
        assert "fd66::10" in ip("-6", "address", "show", "dev", str(backend.interface))
        assert f"fd20::/64 dev {backend.interface}" in table()

    play(scene)


def test_company_networks_do_not_leave_by_an_ipv6_that_only_our_interface_lacks(play: Play) -> None:
    async def scene(backend: LinuxBackend) -> None:
        ip("link", "add", "uplink", "type", "veth", "peer", "name", "isp")
        ip("link", "set", "up", "dev", "uplink")
        ip("link", "set", "up", "dev", "isp")
        ip("-6", "address", "add", "2001:db8::2/64", "dev", "uplink", "nodad")
        ip("-6", "route", "add", "default", "dev", "uplink")
        assert "uplink" in ip("-6", "route", "get", "fd20::10")
        six(False, "default")
        await arrive(backend, OPEN)
        assert "uplink" not in ip("-6", "route", "get", "fd20::10", check=False)
        assert "uplink" in ip("-6", "route", "get", "2001:db8:9::9")
        await arrive(backend, NOTHING)
        assert "uplink" in ip("-6", "route", "get", "fd20::10")

    play(scene)


def test_a_renamed_interface_is_still_ours(play: Play, tmp_path: Path) -> None:
    async def scene(backend: LinuxBackend) -> None:
        await go(backend, UP)
        ip("link", "set", "dev", NAME, "name", "foo0")
        assert [type(step) for step in plan(await backend.observe(), UP)] == [PutFirewall]  # its rules name the link
        assert backend.interface == "foo0"
        await arrive(backend, MOVED)
        restarted = LinuxBackend(tmp_path, NAME)
        assert restarted.interface == "foo0"
        assert await restarted.measure() is not None
        await arrive(restarted, NOTHING)
        assert not link.exists("foo0")
        assert not process.answers(NAME)
        assert list(tmp_path.iterdir()) == []

    play(scene)


def test_cleanup_removes_a_renamed_interface_even_when_its_file_is_gone(play: Play, tmp_path: Path) -> None:
    async def scene(backend: LinuxBackend) -> None:
        for keep in (True, False):
            await go(backend, UP)
            ip("link", "set", "dev", NAME, "name", "foo0")
            if not keep:
                (tmp_path / f"{NAME}.conf").unlink()
            assert "interface foo0" in await LinuxBackend(tmp_path, NAME).cleanup()
            assert not link.exists("foo0")
            assert table() == ""

    play(scene)


@pytest.mark.parametrize("goal", [UP, HELD, NOTHING], ids=["up", "held", "nothing"])
def test_routes_of_ours_that_lead_elsewhere_are_seen_and_removed(play: Play, goal: HostState) -> None:
    async def scene(backend: LinuxBackend) -> None:
        ip("link", "add", "other", "type", "veth", "peer", "name", "end")
        ip("link", "set", "up", "dev", "end")
        ip("link", "set", "up", "dev", "other")
        for prefix, metric in itertools.product(("10.20.0.0/16", "10.99.0.0/16", "fd20::/64"), ("1", "50", "9000")):
            await arrive(backend, goal)
            ip("route", "replace", prefix, "dev", "other", "table", "22087", "proto", "142", "metric", metric)
            assert plan(await backend.observe(), goal) != ()
            await arrive(backend, goal)
            assert "other" not in table()
        ip("route", "add", "unreachable", "0.0.0.0/32", "table", "22087", "proto", "142", "metric", "9000")
        ip("route", "append", "10.20.0.0/16", "dev", "other", "table", "22087", "proto", "142", "metric", "50")
        ip("route", "append", "10.20.0.0/16", "dev", "lo", "table", "22087", "proto", "142")
        await arrive(backend, goal)
        ip("route", "replace", "10.99.0.0/16", "dev", "other", "table", "22087", "proto", "142", "metric", "50")
        assert await backend.cleanup() != []
        assert table() == ""

    play(scene)


def test_cleanup_and_disconnecting_need_no_wireguard_tools(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> str:
        if name.startswith("wg"):
            raise CommandFailed(worlds.FAILURES[0])
        return real(name)

    real = command.tool

    async def scene(backend: LinuxBackend) -> None:
        for way in (backend.cleanup, lambda: go(backend, NOTHING)):
            await go(backend, UP)
            with monkeypatch.context() as patch:
                patch.setattr(command, "tool", gone)
                await way()
            assert not link.exists(NAME)
            assert await backend.observe() == NOTHING

    play(scene)


def test_cleanup_does_not_ask_a_wireguard_that_does_not_answer(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(backend: LinuxBackend) -> None:
        await go(backend, UP)
        monkeypatch.setattr(process, "GONE_TIMEOUT_S", 0.2)
        os.kill(_pid(), signal.SIGSTOP)
        began = time.monotonic()
        assert f"interface {NAME}" in await backend.cleanup()
        assert time.monotonic() - began < 2

    play(scene)


def test_one_thing_that_stays_does_not_keep_cleanup_from_removing_the_rest(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(backend: LinuxBackend) -> None:
        await go(backend, UP)
        with monkeypatch.context() as patch:
            patch.setattr(routes, "run", _no_ip)
            with pytest.raises(CommandFailed):
                await backend.cleanup()
        assert not link.exists(NAME)

    play(scene)


def test_a_file_that_cannot_be_deleted_keeps_neither_interface_nor_routes(play: Play, tmp_path: Path) -> None:
    async def scene(backend: LinuxBackend) -> None:
        mount("mount", "-t", "tmpfs", "tmpfs", str(tmp_path))
        try:
            for way in (backend.cleanup, lambda: go(backend, NOTHING)):
                await go(backend, UP)
                mount("mount", "-o", "remount,ro", str(tmp_path))
                with pytest.raises(CommandFailed) as caught:
                    await way()
                assert "Read-only" in str(caught.value.problem.args["detail"])
                assert not link.exists(NAME)
                assert table() == ""
                assert await backend.observe() == NOTHING
                with pytest.raises(CommandFailed):
                    await go(backend, UP)
                mount("mount", "-o", "remount,rw", str(tmp_path))
                await backend.cleanup()
                assert list(tmp_path.iterdir()) == []
        finally:
            mount("umount", "--lazy", str(tmp_path))

    play(scene)


def test_a_stopped_wireguard_process_does_not_outlive_its_link(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(backend: LinuxBackend) -> None:
        await go(backend, UP)
        monkeypatch.setattr(process, "GONE_TIMEOUT_S", 0.2)
        pid = _pid()
        os.kill(pid, signal.SIGSTOP)
        for step in plan(UP, NOTHING):
            await backend.apply(step)
        assert _ended(pid)
        assert not process.control_socket(NAME).exists()

    with caplog.at_level(logging.WARNING):
        play(scene)
    assert "was killed" in caplog.text


def test_a_name_that_another_namespace_took_at_the_same_instant_gives_the_next(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    real = link.free_name

    async def scene(backend: LinuxBackend) -> None:
        other = LinuxBackend(there, NAME)
        with OwnNamespace():
            await go(other, UP)
            pid = _pid()
        answers = iter([NAME])  # as it was before the other was there
        monkeypatch.setattr(link, "free_name", lambda wanted: next(answers, None) or real(wanted))
        (tmp_path / f"{NAME}.conf").write_text("of an earlier life")
        try:
            await arrive(backend, UP)
            assert backend.interface == NEXT
            assert not _ended(pid)
        finally:
            os.kill(pid, signal.SIGKILL)

    play(scene)


def test_what_we_do_and_read_wakes_the_watch_only_when_something_changes(play: Play) -> None:
    async def scene(backend: LinuxBackend) -> None:
        for sixth in (True, False):
            six(sixth)
            await arrive(backend, UP)
            await asyncio.sleep(1.5)  # a new link is not quiet at once
            woken = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(_watch(backend, woken))
                for _ in range(8):
                    await arrive(backend, UP)
                    await backend.measure()
                    await asyncio.sleep(0.1)
                watching.cancel()
            assert not woken.is_set()

    play(scene)


async def _watch(backend: LinuxBackend, woken: asyncio.Event) -> None:
    async for _ in backend.changes():
        woken.set()


def _pid() -> int:
    """The wireguard-go that was started last under our first name."""
    found = subprocess.run(["pgrep", "-n", "-f", f"^wireguard-go {NAME}$"], capture_output=True, text=True, check=True)
    return int(found.stdout)


def _ended(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


async def _no_ip(*_: object, **__: object) -> str:
    raise CommandFailed(worlds.FAILURES[1])
