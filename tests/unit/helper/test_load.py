"""Two hundred clients, a thousand requests a second, one that never reads, one that sends a byte at a time."""

import asyncio
import contextlib
import itertools
import resource
import socket
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.backend import FakeBackend
from tests.security.tally import count
from tests.unit.helper.serving import EVERYBODY, MEMBER, Client, listen
from wgtray.helper import server as server_module
from wgtray.helper.engine import Engine
from wgtray.helper.server import CONNECTIONS, Server
from wgtray.helper.store import Store
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Call
from wgtray.platforms.unix_socket import UnixListener

CLIENTS = 200
REQUESTS = 1000
MEMORY = 16 << 20
"""Bytes: sixteen of the longest frames, with two hundred clients."""

Scene = Callable[[Callable[[], Awaitable[Client]]], Awaitable[None]]


def played(tmp_path: Path, scene: Scene, uids: Iterator[int]) -> None:
    """Serve an engine on a fake machine; connections come from these users in turn."""

    async def play() -> None:
        path = tmp_path / "run" / "helper.sock"
        backend = FakeBackend(caller=MEMBER)
        with (
            contextlib.closing(Store(tmp_path / "state")) as store,
            contextlib.closing(listen(path, EVERYBODY)) as sock,
        ):
            engine = Engine(backend, store)
            server = Server(engine, EVERYBODY)
            listener = UnixListener(sock, backend.caller, lambda _: next(uids))
            clients: list[Client] = []

            async def client() -> Client:
                clients.append(Client(*await asyncio.open_unix_connection(path, limit=2 * FRAME_LIMIT)))
                return clients[-1]

            async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(engine.run()), tasks.create_task(server.run(listener))]
                await scene(client)
                for task in running:
                    task.cancel()
            for one in clients:
                one.writer.close()

    asyncio.run(play())


async def is_served(client: Client) -> bool:
    """Whether it gets a snapshot, or hears that the helper is busy."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        answer = (await client.ask(messages.Status())).answer
        return isinstance(answer, messages.SnapshotNow)
    return False


@pytest.mark.threat("T08")
def test_of_two_hundred_clients_at_once_as_many_as_there_is_room_for_are_served_and_root_always(tmp_path: Path) -> None:
    uids = itertools.chain(range(1000, 1000 + CLIENTS), [0], itertools.count(5000))

    async def scene(client: Callable[[], Awaitable[Client]]) -> None:
        crowd = [await client() for _ in range(CLIENTS)]
        root = await client()
        served = await asyncio.gather(*map(is_served, crowd))
        assert sum(served) == CONNECTIONS
        assert await is_served(root)
        for one in crowd:
            one.writer.close()
        late = await client()
        while not await is_served(late):  # until the last of them is gone
            late = await client()

    played(tmp_path, scene, uids)
    count("load/clients", CLIENTS)


def test_a_thousand_requests_cost_less_than_a_second_and_nobody_waits_long_beside_them(tmp_path: Path) -> None:
    async def scene(client: Callable[[], Awaitable[Client]]) -> None:
        crowd = [await client() for _ in range(50)]
        other = await client()
        waited: list[float] = []

        async def ask(one: Client) -> None:
            for _ in range(REQUESTS // len(crowd)):
                assert await is_served(one)

        async def look() -> None:
            while True:
                began = time.monotonic()
                assert await is_served(other)
                waited.append(time.monotonic() - began)
                await asyncio.sleep(0.01)

        began = time.process_time()
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(look())
            await asyncio.gather(*map(ask, crowd))
            looking.cancel()
        spent_s = time.process_time() - began
        print(
            f"{REQUESTS} requests: {spent_s:.2f} s of the processor; another client waited at most {max(waited):.2f} s"
        )
        assert spent_s < 1.0, "both sides together"
        assert max(waited) < server_module.ASK_TIMEOUT_S / 4

    played(tmp_path, scene, itertools.count(1000))
    count("load/requests", REQUESTS)


@pytest.mark.threat("T08")
def test_clients_that_never_read_are_dropped_and_hold_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "WRITE_TIMEOUT_S", 0.3)
    call = codec.encode_call(Call(1, messages.Status()))

    async def scene(client: Callable[[], Awaitable[Client]]) -> None:
        deaf = [await client() for _ in range(20)]
        other = await client()
        tracemalloc.start()
        for one in deaf:
            one.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of every socket's transport
            one.writer.write(call * 5000)
        for _ in range(20):
            assert await is_served(other)
            await asyncio.sleep(0.05)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        own = sum(one.writer.transport.get_write_buffer_size() for one in deaf)
        assert held - own < MEMORY
        for one in deaf:
            one.writer.transport.resume_reading()  # type: ignore[attr-defined]  # the same
            with contextlib.suppress(ConnectionError):
                await one.reader.read(-1)
            assert one.reader.at_eof() or one.writer.is_closing()

    played(tmp_path, scene, itertools.count(1000))
    count("load/deaf", 20)


@pytest.mark.threat("T08")
def test_clients_that_send_byte_by_byte_or_a_frame_without_an_end_keep_nobody_waiting(tmp_path: Path) -> None:
    async def scene(client: Callable[[], Awaitable[Client]]) -> None:
        slow, endless, other = await client(), await client(), await client()
        call = codec.encode_call(Call(1, messages.Status()))
        tracemalloc.start()
        for byte in call[:-1]:
            slow.writer.write(bytes([byte]))
            await slow.writer.drain()
            with contextlib.suppress(ConnectionError):
                endless.writer.write(b"x" * (FRAME_LIMIT // 20))
                await endless.writer.drain()
            assert await is_served(other)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < MEMORY
        slow.writer.write(call[-1:])
        assert isinstance((await slow.answer()).answer, messages.SnapshotNow)
        with contextlib.suppress(ConnectionError):
            assert await endless.reader.read() == b""

    played(tmp_path, scene, itertools.count(1000))


def test_connections_that_come_and_go_leave_no_descriptor(tmp_path: Path) -> None:
    def descriptors() -> int:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        with socket.socket() as probe:
            assert probe.fileno() < limit
            return len(list(Path("/proc/self/fd").iterdir()))

    async def scene(client: Callable[[], Awaitable[Client]]) -> None:
        assert await is_served(await client())
        before = descriptors()
        for _ in range(CLIENTS):
            one = await client()
            assert await is_served(one)
            one.writer.close()
            await one.writer.wait_closed()
        await asyncio.sleep(0.05)
        assert descriptors() <= before + 2

    played(tmp_path, scene, itertools.repeat(1000))
