"""The socket: who is heard, what nonsense does, and that nobody makes others wait."""

import asyncio
import contextlib
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from wgtray.core.problems import WgtrayError
from wgtray.helper.engine import Engine
from wgtray.helper.rights import Admission
from wgtray.helper.server import CONNECTIONS, Server, SocketTaken, listen
from wgtray.helper.store import Store
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call
from wgtray.platforms.api import Caller

MEMBER = Caller(1000, frozenset({"wgtray"}))
EVERYBODY = Admission(frozenset(), frozenset({"wgtray"}))


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, request: messages.AnyRequest, number: int = 1) -> Answer:
        self.writer.write(codec.encode_call(Call(number, request)))
        return await self.answer()

    async def answer(self) -> Answer:
        return codec.decode_answer(await self.reader.readuntil(b"\n"))


def played(
    tmp_path: Path, scene: Callable[[Engine, Callable[[], Awaitable[Client]]], Awaitable[None]], caller: Caller | None
) -> None:
    """Serve an engine on a fake machine for the length of a scene; every connection seems to come from ``caller``."""

    async def play() -> None:
        path = tmp_path / "run" / "helper.sock"
        backend = FakeBackend(caller=caller)
        with (
            contextlib.closing(Store(tmp_path / "state")) as store,
            contextlib.closing(listen(path, EVERYBODY)) as sock,
        ):
            engine = Engine(backend, store)
            server = Server(engine, backend, EVERYBODY)
            clients: list[Client] = []

            async def client() -> Client:
                clients.append(Client(*await asyncio.open_unix_connection(path, limit=2 * FRAME_LIMIT)))
                return clients[-1]

            async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(engine.run()), tasks.create_task(server.run(sock))]
                await scene(engine, client)
                for task in running:
                    task.cancel()
            for one in clients:
                one.writer.close()

    asyncio.run(play())


def test_a_member_gets_the_snapshot(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        answer = await (await client()).ask(messages.Status(), 7)
        assert answer.id == 7
        assert isinstance(answer.answer, messages.SnapshotNow)
        assert answer.answer.snapshot.state == "off"

    played(tmp_path, scene, MEMBER)


@pytest.mark.parametrize("caller", [None, Caller(1001, frozenset({"users"}))])
def test_a_stranger_is_closed_out_unread(tmp_path: Path, caller: Caller | None) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        stranger = await client()
        with contextlib.suppress(ConnectionError):
            assert await stranger.reader.read() == b""

    played(tmp_path, scene, caller)


def test_a_refusal_names_its_code(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        answer = await (await client()).ask(messages.Connect())
        assert answer.answer == messages.Refused("no-profile", {}, "failed")

    played(tmp_path, scene, MEMBER)


@pytest.mark.parametrize("junk", [b"\n\nhello\n", b"{}\n", b"\xff\n", b"x" * (FRAME_LIMIT + 1), b"[" * 50_000 + b"\n"])
def test_nonsense_ends_only_its_own_connection(tmp_path: Path, junk: bytes) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        bad, good = await client(), await client()
        bad.writer.write(junk)
        with contextlib.suppress(ConnectionError):
            assert await bad.reader.read() == b""
        assert isinstance((await good.ask(messages.Status())).answer, messages.SnapshotNow)

    played(tmp_path, scene, MEMBER)


def test_a_watcher_is_told_of_changes(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        watcher, other = await client(), await client()
        await watcher.ask(messages.Watch(), 3)
        await other.ask(messages.ChooseMode("split"))
        await other.ask(messages.Disconnect())
        with pytest.raises(WgtrayError):
            await engine.ask(messages.Connect(), MEMBER)
        engine.latest = msgspec.structs.replace(engine.latest, profile="Changed")
        engine.changed.set()
        news = await watcher.answer()
        assert news.id == 3
        assert isinstance(news.answer, messages.SnapshotNow)

    played(tmp_path, scene, MEMBER)


def test_a_connection_too_many_is_closed_and_the_others_are_served(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        crowd = [await client() for _ in range(CONNECTIONS)]
        for one in crowd:
            await one.ask(messages.Status())
        late = await client()
        with contextlib.suppress(ConnectionError):
            assert await late.reader.read() == b""
        assert isinstance((await crowd[0].ask(messages.Status())).answer, messages.SnapshotNow)

    played(tmp_path, scene, MEMBER)


def test_the_socket_is_roots_until_its_mode_is_set_and_a_stale_one_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run" / "helper.sock"
    listen(path, Admission(frozenset(), frozenset({"no-such-group"}))).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = listen(path, Admission(frozenset({os.getuid()}), frozenset({"no-such-group"})))
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    with pytest.raises(SocketTaken):
        listen(path, EVERYBODY)
    again.close()


def test_something_else_in_the_place_of_the_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "helper.sock"
    path.write_text("somebody's file")
    with pytest.raises(FileExistsError):
        listen(path, EVERYBODY)
    assert path.read_text() == "somebody's file"
