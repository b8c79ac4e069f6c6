"""Nobody makes others wait: crowds, readers that do not read, a busy engine, a machine without descriptors."""

import asyncio
import contextlib
import errno
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.cli.scripted import OFF
from tests.unit.helper.serving import EVERYBODY, MEMBER, Client, listen
from wgtray.core.profile import Profile
from wgtray.helper import server as server_module
from wgtray.helper.engine import Engine
from wgtray.helper.items import Granted
from wgtray.helper.rights import Admission
from wgtray.helper.server import CONNECTIONS, CONNECTIONS_OF_ONE, Server
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call
from wgtray.platforms.api import Caller
from wgtray.platforms.unix_socket import UnixListener


def snapshot(profile: str | None = "Acme") -> messages.Snapshot:
    return msgspec.structs.replace(OFF, profile=profile)


class Slow(Engine):
    """An engine without a loop of its own: it shows ``latest`` and carries out nothing before ``answers`` is set."""

    def __init__(self, latest: messages.Snapshot) -> None:
        self.watchers = 0
        self.latest = latest
        self.changed = asyncio.Event()
        self.answers = asyncio.Event()
        self.given_up = 0

    def show(self, latest: messages.Snapshot) -> None:
        self.latest = latest
        self.changed.set()
        self.changed = asyncio.Event()

    async def look(self) -> messages.Snapshot:
        return self.latest

    async def ask(self, request: messages.Request, caller: Caller, granted: Granted = None) -> messages.Done:
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return messages.Done()

    @property
    def profile(self) -> Profile | None:
        return None

    @property
    def shown_profile(self) -> Profile | None:
        return None


class Door(FakeBackend):
    """Everybody who connects is ``guest``; a name service that hangs does so until ``answers`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.guest = MEMBER
        self.answers = threading.Event()
        self.answers.set()
        self.lookups = 0

    def caller(self, sock: socket.socket) -> Caller | None:
        guest = self.guest
        self.lookups += 1
        self.answers.wait(10)
        return guest


class House:
    """A server with its door and a slow engine, and the clients that have come."""

    def __init__(self, path: Path, engine: Slow, door: Door, server: asyncio.Task[None]) -> None:
        self.path = path
        self.engine = engine
        self.door = door
        self.server = server
        self.clients: list[Client] = []

    async def client(self, guest: Caller = MEMBER) -> Client:
        """A connection that was accepted as this caller's, and asked nothing yet."""
        self.door.guest = guest
        client = Client(*await asyncio.open_unix_connection(self.path, limit=2 * FRAME_LIMIT))
        self.clients.append(client)
        return client

    async def served(self, guest: Caller = MEMBER) -> Client:
        """The same, once it has an answer."""
        client = await self.client(guest)
        assert isinstance((await client.ask(messages.Status())).answer, messages.SnapshotNow)
        return client


@contextlib.asynccontextmanager
async def opened(tmp_path: Path, admission: Admission = EVERYBODY) -> AsyncIterator[House]:
    path = tmp_path / "run" / "helper.sock"
    with contextlib.closing(listen(path, admission)) as sock:
        engine, door = Slow(snapshot()), Door()
        server = Server(engine, admission)
        listener = UnixListener(sock, door.caller, lambda _: door.guest.uid)
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(server.run(listener))
            house = House(path, engine, door, running)
            try:
                yield house
            finally:
                door.answers.set()
                running.cancel()
                for client in house.clients:
                    client.writer.close()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def settled(done: Callable[[], bool]) -> None:
    """Wait for what the server does on its own."""
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - the server sets no event for what nobody waits for
            await asyncio.sleep(0.01)


BUSY = Answer(0, messages.Refused("busy", {}, "failed"))


async def turned_away(client: Client) -> None:
    assert await client.answer() == BUSY
    with contextlib.suppress(ConnectionError):
        assert await client.reader.read() == b""


def test_one_users_idle_connections_lock_nobody_else_out(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as house:
            crowd = [await house.served() for _ in range(CONNECTIONS_OF_ONE)]
            await turned_away(await house.client())
            await house.served(Caller(1002, MEMBER.groups))
            await house.served(Caller(0, frozenset()))
            full = descriptors() - 1  # one less once our end is closed, and the server's end goes too
            crowd[0].writer.close()
            await crowd[0].writer.wait_closed()
            await settled(lambda: descriptors() < full)
            await house.served()

    asyncio.run(play())


def test_all_users_together_leave_roots_share_alone(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as house:
            for number in range(CONNECTIONS):
                await house.served(Caller(1000 + number // CONNECTIONS_OF_ONE, MEMBER.groups))
            await turned_away(await house.client(Caller(2000, MEMBER.groups)))
            for _ in range(CONNECTIONS_OF_ONE):
                await house.served(Caller(0, frozenset()))
            await turned_away(await house.client(Caller(0, frozenset())))

    asyncio.run(play())


def test_a_name_service_that_hangs_holds_up_neither_root_nor_users_named_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "LOOKUP_TIMEOUT_S", 0.3)

    async def play() -> None:
        async with opened(tmp_path, Admission(frozenset({7}))) as house:
            house.door.answers.clear()
            member = await house.client()
            await settled(lambda: house.door.lookups == 1)
            await house.served(Caller(0, frozenset()))
            await house.served(Caller(7, frozenset()))
            assert house.door.lookups == 1
            await turned_away(member)

    asyncio.run(play())


def test_readers_that_do_not_read_cost_no_descriptor_and_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "WRITE_TIMEOUT_S", 0.2)

    async def play() -> None:
        async with opened(tmp_path) as house:
            house.engine.latest = snapshot(profile="x" * 500_000)
            looks = 0
            look = house.engine.look

            async def counted() -> messages.Snapshot:
                nonlocal looks
                looks += 1
                return await look()

            monkeypatch.setattr(house.engine, "look", counted)
            before = descriptors()
            lazy = []
            for _ in range(8):
                one = socket.socket(socket.AF_UNIX)
                one.connect(str(house.path))
                one.sendall(codec.encode_call(Call(1, messages.Status())) * 50)
                lazy.append(one)
            await settled(lambda: looks >= 8)
            await settled(lambda: descriptors() <= before + 8)  # the server's half of each is closed
            assert looks < 8 * 5  # the rest of the 50 calls were not even decoded
            for one in lazy:
                one.close()
            assert not house.server.done()

    asyncio.run(play())


def test_a_machine_without_descriptors_left_keeps_its_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        accept, failures = loop.sock_accept, [OSError(errno.EMFILE, "Too many open files")] * 2

        async def exhausted(listening: socket.socket) -> tuple[socket.socket, object]:
            if failures:
                raise failures.pop()
            return await accept(listening)

        monkeypatch.setattr(server_module, "ACCEPT_PAUSE_S", 0.01)
        monkeypatch.setattr(loop, "sock_accept", exhausted)
        async with opened(tmp_path) as house:
            await house.served()
            assert not failures

    asyncio.run(play())


def test_what_goes_wrong_with_one_connection_ends_only_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with opened(tmp_path) as house:
            good = await house.served()

            async def broken() -> messages.Snapshot:
                raise ZeroDivisionError

            with monkeypatch.context() as patched:
                patched.setattr(house.engine, "look", broken)
                bad = await house.client()
                bad.writer.write(codec.encode_call(Call(1, messages.Status())))
                assert await bad.reader.read() == b""
            with monkeypatch.context() as patched:
                patched.setattr(codec, "Frames", None)  # not callable: fails before anything is read
                with socket.socket(socket.AF_UNIX) as other:
                    other.setblocking(False)
                    await asyncio.get_running_loop().sock_connect(other, str(house.path))
                    assert await asyncio.get_running_loop().sock_recv(other, 1) == b""
            assert isinstance((await good.ask(messages.Status())).answer, messages.SnapshotNow)

    asyncio.run(play())


def test_an_engine_that_is_busy_for_long_says_so_and_the_request_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "ASK_TIMEOUT_S", 0.05)

    async def play() -> None:
        async with opened(tmp_path) as house:
            client = await house.client()
            assert (await client.ask(messages.Disconnect(), 4)) == Answer(4, messages.Refused("busy", {}, "failed"))
            assert house.engine.given_up == 1
            house.engine.answers.set()
            assert (await client.ask(messages.Disconnect(), 5)) == Answer(5, messages.Done())

    asyncio.run(play())


def test_what_is_too_large_for_a_frame_is_refused_and_the_connection_stays(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as house:
            too_large = Answer(3, messages.Refused("too-large", {}, "failed"))
            watcher, other = await house.client(), await house.client()
            house.engine.latest = snapshot(profile="x" * FRAME_LIMIT)
            assert await watcher.ask(messages.Watch(), 3) == too_large
            assert await other.ask(messages.Status(), 3) == too_large
            house.engine.show(snapshot(profile="y" * FRAME_LIMIT))  # refused as well, which the watcher knows
            house.engine.answers.set()
            assert (await other.ask(messages.RemoveProfile(), 4)).answer == messages.Done()
            house.engine.show(snapshot(profile=None))
            assert await watcher.answer() == Answer(3, messages.SnapshotNow(snapshot(profile=None)))

    asyncio.run(play())


def test_a_watcher_misses_nothing_that_happens_while_the_first_snapshot_is_on_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with opened(tmp_path) as house:
            first, second = house.engine.latest, snapshot(profile="Second")

            async def overtaken() -> messages.Snapshot:
                house.engine.show(second)
                return first

            monkeypatch.setattr(house.engine, "look", overtaken)
            watcher = await house.client()
            assert await watcher.ask(messages.Watch(), 3) == Answer(3, messages.SnapshotNow(first))
            async with asyncio.timeout(2):
                assert await watcher.answer() == Answer(3, messages.SnapshotNow(second))

    asyncio.run(play())
