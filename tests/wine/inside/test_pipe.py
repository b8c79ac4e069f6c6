"""Run by the Windows Python: does the helper's pipe carry requests, know its clients, and refuse what it should?"""

import asyncio
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

if sys.platform != "win32":
    pytest.skip("Windows only", allow_module_level=True)

from wgtray.desktop.pipe import NotOurs, PipeSocket
from wgtray.platforms.windows import peer
from wgtray.platforms.windows.pipe import PipeConnection, PipeListener

T = TypeVar("T")
CLIENTS, ROUNDS, LARGE = 8, 20, 1_000_000


@pytest.fixture
def address() -> str:
    return rf"\\.\pipe\wgtray-test-{uuid.uuid4()}"


def beside_a_helper(address: str, ask: Callable[[], T]) -> tuple[T, list[int]]:
    """What ``ask`` gives while a helper repeats all that it is told, and the users it was told it by."""
    users: list[int] = []

    async def repeat(connection: PipeConnection) -> None:
        caller = await asyncio.to_thread(connection.caller)
        users.append(-1 if caller is None else caller.uid)
        while said := await connection.read(65536):
            await connection.write(said)
        connection.close()

    async def run() -> T:
        listener = PipeListener(address)

        async def serve() -> None:
            while True:
                tasks.create_task(repeat(await listener.accept()))

        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(serve())
            with ThreadPoolExecutor(1) as thread:
                answer = await asyncio.get_running_loop().run_in_executor(thread, ask)
            serving.cancel()
        listener.close()
        return answer

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(run()), users


def repeated(client: PipeSocket, said: bytes) -> bytes:
    client.sendall(said)
    heard = b""
    while len(heard) < len(said) and (part := client.recv(65536)):
        heard += part
    return heard


def talk(address: str, words: list[bytes]) -> list[bytes]:
    client = PipeSocket(address, 20.0)
    heard = [repeated(client, word) for word in words]
    client.close()
    return heard


def test_many_clients_at_once_each_get_their_own_answers(address: str) -> None:
    said = [[f"{client}:{turn}".encode() for turn in range(ROUNDS)] for client in range(CLIENTS)]

    def ask() -> list[list[bytes]]:
        with ThreadPoolExecutor(CLIENTS) as threads:
            return list(threads.map(lambda words: talk(address, words), said))

    heard, users = beside_a_helper(address, ask)
    assert heard == said
    assert len(users) == CLIENTS


def test_one_frame_may_be_a_million_bytes(address: str) -> None:
    heard, _ = beside_a_helper(address, lambda: talk(address, [b"x" * 1000] * 1 + [b"y" * (LARGE // 20)] * 20))
    assert sum(map(len, heard)) == LARGE + 1000


def test_a_client_is_known_by_its_token(address: str) -> None:
    _, users = beside_a_helper(address, lambda: talk(address, [b"who am I?"]))
    own = peer.caller_of(peer.of_process(), None)
    assert users == [own.uid]


def test_what_does_not_come_in_time_is_a_timeout_and_comes_later(address: str) -> None:
    def ask() -> tuple[bool, bytes]:
        client = PipeSocket(address, 20.0)
        client.settimeout(0.2)
        late = False
        try:
            client.recv(10)
        except TimeoutError:
            late = True
        client.settimeout(20.0)
        client.sendall(b"hello")
        heard = client.recv(10)
        client.close()
        return late, heard

    assert beside_a_helper(address, ask)[0] == (True, b"hello")


def test_no_helper_is_an_error_and_no_wait(address: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 (which one, Windows says in its own words)
        PipeSocket(address, 1.0)


def test_a_pipe_that_somebody_else_made_is_not_ours(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.desktop.pipe._owner", lambda handle: "S-1-5-21-1-2-3-1001")

    def ask() -> bool:
        try:
            PipeSocket(address, 1.0)
        except NotOurs:
            return True
        return False

    assert beside_a_helper(address, ask)[0] is True
