"""Names of nodes become endpoints, by the file that was named, and a wake-up during a look-up is not lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.fakes.zone import Records, SteeredBackend, Zone, serving
from tests.unit.core import worlds
from wgtray.core.events import Resolved
from wgtray.core.fields import Address, Name
from wgtray.core.names import Server
from wgtray.helper import lookup, resolver
from wgtray.helper.resolver import Resolver

SIN = worlds.NAMES[2]
HOST = "sin.example.com"
PROFILE = worlds.profile()
"""Only sin's endpoint is a name: sin.example.com."""

Ask = Callable[[], Awaitable[Resolved]]


def asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    records: Records,
    hosts: str = "",
    scene: Callable[[Resolver, Ask, Zone], Awaitable[None]] | None = None,
) -> Resolved:
    """What one resolver says when its file names a server with these records."""

    async def play() -> Resolved:
        zone, answers = Zone(records), asyncio.Queue[Resolved]()
        async with serving(zone, "127.0.0.1") as port, asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            monkeypatch.setattr(lookup, "PORT", port)
            (tmp_path / "hosts").write_text(hosts)
            backend = SteeredBackend()
            backend.servers = (Server(Address("127.0.0.1")),)
            names = Resolver(backend, answers.put_nowait, tmp_path / "hosts")
            running = tasks.create_task(names.run())
            names.follow(PROFILE, ())
            answer = await answers.get()
            if scene is not None:
                await scene(names, answers.get, zone)
            running.cancel()
        return answer

    return asyncio.run(play())


def test_all_addresses_of_a_name_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = {(HOST, "A"): ["203.0.113.77", "203.0.113.78"], (HOST, "AAAA"): ["2001:db8::77"]}
    answer = asked(tmp_path, monkeypatch, records)
    (found,) = answer.resolved.values()
    assert set(found[:2]) == {"203.0.113.77:51820", "203.0.113.78:51820"}  # servers turn them round
    assert found[2:] == ("[2001:db8::77]:51820",)
    assert not answer.unresolved


@pytest.mark.parametrize("addresses", [[], ["127.0.0.1"], ["169.254.1.1"]])
@pytest.mark.threat("T14")
def test_no_answer_or_a_place_where_no_node_can_be_is_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    assert asked(tmp_path, monkeypatch, {(HOST, "A"): addresses}).unresolved == {SIN}


def test_what_an_administrator_wrote_into_hosts_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = f"203.0.113.5 {HOST} # ours\n"
    answer = asked(tmp_path, monkeypatch, {(HOST, "A"): ["203.0.113.77"]}, hosts=written)
    assert answer.resolved == {SIN: ("203.0.113.5:51820",)}


def test_a_node_that_falls_silent_is_looked_up_again_at_once_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(names: Resolver, answer: Ask, zone: Zone) -> None:
        zone.records = {(HOST, "A"): ["203.0.113.78"]}
        names.follow(PROFILE, [SIN])
        assert (await answer()).resolved == {SIN: ("203.0.113.78:51820",)}
        before = zone.datagrams
        names.follow(PROFILE, [SIN])
        await asyncio.sleep(0.05)
        assert zone.datagrams == before
        names.resolve_now()
        await answer()
        assert zone.datagrams > before

    asked(tmp_path, monkeypatch, {(HOST, "A"): ["203.0.113.77"]}, scene=scene)


def test_without_a_known_server_the_system_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def system(host: str) -> tuple[Address, ...]:
        assert host == HOST
        return (Address("203.0.113.9"),)

    async def play() -> Resolved:
        answers = asyncio.Queue[Resolved]()
        names = Resolver(FakeBackend(), answers.put_nowait, tmp_path / "missing")
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(names.run())
            names.follow(PROFILE, ())
            answer = await answers.get()
            running.cancel()
        return answer

    monkeypatch.setattr(resolver, "_system_addresses", system)
    assert asyncio.run(play()).resolved == {SIN: ("203.0.113.9:51820",)}


def test_a_profile_that_comes_during_a_look_up_is_looked_up_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = msgspec.structs.replace(PROFILE.nodes[2], name="rio", endpoint="rio.example.com:51820")
    later = msgspec.structs.replace(PROFILE, nodes=(*PROFILE.nodes[:2], other), split=worlds.LONE_SPLIT)

    async def play() -> frozenset[Name]:
        answers: asyncio.Queue[Resolved] = asyncio.Queue()
        names = Resolver(FakeBackend(), answers.put_nowait, tmp_path / "missing")
        began, go_on = asyncio.Event(), asyncio.Event()

        async def slow(host: str) -> tuple[Address, ...]:
            began.set()
            await go_on.wait()
            return (Address(f"203.0.113.{len(host)}"),)

        monkeypatch.setattr(resolver, "_system_addresses", slow)
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(names.run())
            names.follow(PROFILE, ())
            await began.wait()
            names.follow(later, ())
            go_on.set()
            answer = await answers.get()
            running.cancel()
        return frozenset(answer.resolved)

    assert asyncio.run(play()) == {"rio"}


def test_waits_grow_while_a_name_has_no_address() -> None:
    names = Resolver(FakeBackend(), lambda resolved: None)
    assert [names._pause_s([SIN]) for _ in range(6)] == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert names._pause_s([]) == resolver.REFRESH_S
    assert names._pause_s([SIN]) == 5.0
