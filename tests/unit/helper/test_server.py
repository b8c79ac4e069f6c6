"""The socket: who is heard, what nonsense does, and that nobody makes others wait."""

import asyncio
import contextlib
import errno
import grp
import os
import socket
import stat
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.cli.scripted import OFF
from tests.unit.core.worlds import profile
from tests.unit.helper.test_engine import with_key
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Policy, Profile
from wgtray.helper import server as server_module
from wgtray.helper.engine import Engine
from wgtray.helper.items import Granted
from wgtray.helper.rights import Admission
from wgtray.helper.server import CONNECTIONS, CONNECTIONS_OF_ONE, Server
from wgtray.helper.store import Store
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call
from wgtray.platforms.api import Administrative, Authority, Caller, SocketTaken, Word
from wgtray.platforms.unix_socket import UnixListener, kernel_uid
from wgtray.platforms.unix_socket import listen as listening

MEMBER = Caller(1000, frozenset({"wgtray"}))
EVERYBODY = Admission(frozenset(), frozenset({"wgtray"}))


def listen(path: Path, admission: Admission) -> socket.socket:
    return listening(path, admission.uids, admission.groups)


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


class Administrator:
    """Answers every question the same way, and remembers it."""

    def __init__(self, word: Word, after_s: float = 0.0) -> None:
        self.word, self.after_s = word, after_s
        self.questions: list[Administrative] = []

    async def ask(self, what: Administrative, caller: Caller) -> Word:
        self.questions.append(what)
        await asyncio.sleep(self.after_s)
        return self.word


def played(
    tmp_path: Path,
    scene: Callable[[Engine, Callable[[], Awaitable[Client]]], Awaitable[None]],
    caller: Caller | None,
    authority: Authority | None = None,
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
            server = Server(engine, EVERYBODY, authority)
            listener = UnixListener(sock, backend.caller, lambda _: None if caller is None else caller.uid)
            clients: list[Client] = []

            async def client() -> Client:
                clients.append(Client(*await asyncio.open_unix_connection(path, limit=2 * FRAME_LIMIT)))
                return clients[-1]

            async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(engine.run()), tasks.create_task(server.run(listener))]
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
@pytest.mark.threat("T01", "T03")
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


BOUND = with_key(profile(policy=Policy(user_may=())))


@pytest.mark.parametrize(
    ("word", "refused"),
    [("yes", None), ("no", "administrator-refused"), ("busy", "administrator-asked"), ("nobody", "not-allowed")],
)
def test_what_a_company_refuses_an_administrator_may_allow(
    tmp_path: Path,
    word: Word,
    refused: str | None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "TOLD_AFTER_S", 0.0)
    administrator = Administrator(word, after_s=0.05)

    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(BOUND, True), Caller(0, frozenset()))
        member = await client()
        first = await member.ask(messages.Disconnect())
        assert first.answer == messages.Asking()
        second = await member.answer()
        assert second.id == first.id
        if refused is None:
            assert second.answer == messages.Done()
        else:
            assert isinstance(second.answer, messages.Refused)
            assert (second.answer.code, second.answer.kind) == (refused, "not-allowed")

    with caplog.at_level("INFO"):
        played(tmp_path, scene, MEMBER, administrator)
    assert administrator.questions == ["lower-protection"]
    if refused is None:
        assert "audit: user 1000: disconnect, which an administrator allowed (lower-protection)" in caplog.text
    if refused == "not-allowed":
        assert "audit: refused disconnect to user 1000" in caplog.text


def test_where_nobody_can_be_asked_nothing_is_said_of_it(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(BOUND, True), Caller(0, frozenset()))
        answer = await (await client()).ask(messages.Disconnect())
        assert isinstance(answer.answer, messages.Refused)
        assert answer.answer.code == "not-allowed"

    played(tmp_path, scene, MEMBER, Administrator("nobody"))


def test_an_administrator_is_not_asked_for_what_a_user_may_do_anyway(tmp_path: Path) -> None:
    administrator = Administrator("no")

    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), True), Caller(0, frozenset()))
        assert (await (await client()).ask(messages.Disconnect())).answer == messages.Done()

    played(tmp_path, scene, MEMBER, administrator)
    assert administrator.questions == []


@pytest.mark.parametrize("junk", [b"\n\nhello\n", b"{}\n", b"\xff\n", b"x" * (FRAME_LIMIT + 1), b"[" * 50_000 + b"\n"])
@pytest.mark.threat("T08")
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


def test_the_kernel_says_who_connected() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert kernel_uid(one) == os.getuid()
    assert kernel_uid(one) is None


def test_members_can_reach_the_socket_under_the_umask_of_the_helper(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    path = mine / "run" / "wgtray" / "helper.sock"
    before = os.umask(0o077)
    try:
        listen(path, EVERYBODY).close()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (mine, mine / "run", path.parent)] == [0o700, 0o755, 0o755]


@pytest.mark.parametrize(
    ("groups", "mode", "owner"),
    [({"wgtray", "gone"}, 0o660, 4000), ({"wgtray", "admins"}, 0o666, 0), ({"admins"}, 0o660, 3000), (set(), 0o600, 0)],
)
def test_the_socket_belongs_to_the_one_group_there_is_and_with_more_the_kernel_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: set[str], mode: int, owner: int
) -> None:
    numbers = {"wgtray": 4000, "admins": 3000}

    def known(name: str) -> grp.struct_group:
        return grp.struct_group((name, "x", numbers[name], []))

    monkeypatch.setattr(grp, "getgrnam", known)
    owned: list[int] = []
    monkeypatch.setattr(os, "chown", lambda path, uid, gid: owned.append(gid))
    path = tmp_path / "helper.sock"
    listen(path, Admission(frozenset(), frozenset(groups))).close()
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert owned == ([owner] if owner else [])


@pytest.mark.threat("T04")
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
