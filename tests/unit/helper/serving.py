"""What do the tests of the socket share? A server on a fake machine, and clients of it."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.fakes.backend import FakeBackend
from tests.unit.core.worlds import profile
from tests.unit.helper.engines import with_key
from wgtray.core.profile import Policy
from wgtray.helper.engine import Engine
from wgtray.helper.rights import Admission
from wgtray.helper.server import Server
from wgtray.helper.store import Store
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import FRAME_LIMIT, Answer, Call
from wgtray.platforms.api import Administrative, Authority, Caller, Word
from wgtray.platforms.unix_socket import UnixListener
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


BOUND = with_key(profile(policy=Policy(user_may=())))
"""A company that leaves nothing to users."""
