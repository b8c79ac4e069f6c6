"""Who asks, and what gets an answer? The Unix socket: a caller is judged before a byte of theirs is read."""

import asyncio
import grp
import logging
import os
import socket
import stat
from pathlib import Path

from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.helper.engine import Engine
from wgtray.helper.rights import Admission
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import Answer, Call
from wgtray.platforms.api import Backend, Caller

log = logging.getLogger("wgtray")

WATCH_GAP_S = 0.1
"""Between two snapshots to one watcher: ten a second at most (CONTRACT section 1)."""

WRITE_TIMEOUT_S = 5.0
"""A client that has not taken an answer by then is dropped, so that it cannot hold memory."""

CONNECTIONS = 64
READ_SIZE = 64 * 1024


class SocketTaken(Exception):
    """Another helper answers on this path."""


def listen(path: Path, admission: Admission) -> socket.socket:
    """A socket that only root can open until its mode is set; raises SocketTaken, OSError.

    With ``--allow-uid`` the file has to be open to all, and the kernel's word on who connects decides alone.
    """
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _remove_stale(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        server.bind(str(path))
    finally:
        os.umask(before)
    group = next((name for name in sorted(admission.groups) if _gid(name) is not None), None)
    if group is not None:
        os.chown(path, 0, _gid(group) or 0)
        path.chmod(0o660)
    if admission.uids:
        path.chmod(0o666)
    server.listen(CONNECTIONS)
    server.setblocking(False)
    return server


class Server:
    """Serves one engine on one socket."""

    def __init__(self, engine: Engine, backend: Backend, admission: Admission) -> None:
        self._engine = engine
        self._backend = backend
        self._admission = admission
        self._open = 0

    async def run(self, listening: socket.socket) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            while True:
                accepted, _ = await loop.sock_accept(listening)
                caller = self._backend.caller(accepted)
                if caller is None or not self._admission.admits(caller):
                    log.warning("refused a connection of user %s", "unknown" if caller is None else caller.uid)
                    accepted.close()
                elif self._open >= CONNECTIONS:
                    log.warning("refused a connection of user %d: %d are open", caller.uid, self._open)
                    accepted.close()
                else:
                    tasks.create_task(self._serve(accepted, caller))

    async def _serve(self, accepted: socket.socket, caller: Caller) -> None:
        self._open += 1
        reader, writer = await asyncio.open_unix_connection(sock=accepted, limit=READ_SIZE)
        try:
            await self._converse(reader, writer, caller)
        finally:
            self._open -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caller: Caller) -> None:
        frames = codec.Frames()
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = False
                while data := await reader.read(READ_SIZE):
                    for frame in frames.feed(data):
                        call = codec.decode_call(frame)
                        await self._send(writer, await self._answer(call, caller))
                        if isinstance(call.call, messages.Watch) and not watching:
                            watching = True
                            tasks.create_task(self._watch(writer, call.id))
                raise _Closed
        except* _Closed:
            pass
        except* (OSError, TimeoutError, codec.BadFrame) as errors:
            log.info("dropped a connection of user %d: %s", caller.uid, type(errors.exceptions[0]).__name__)

    async def _answer(self, call: Call, caller: Caller) -> Answer:
        try:
            match call.call:
                case messages.Status() | messages.Watch():
                    return Answer(call.id, messages.SnapshotNow(await self._engine.look()))
                case messages.ShowProfile():
                    return Answer(call.id, messages.ProfileNow(self._engine.shown_profile))
                case request:
                    return Answer(call.id, await self._engine.ask(request, caller))
        except NotAllowed as error:
            return Answer(call.id, messages.Refused(error.code, error.args_by_name, "not-allowed"))
        except WgtrayError as error:
            return Answer(call.id, messages.Refused(error.code, error.args_by_name, "failed"))

    async def _watch(self, writer: asyncio.StreamWriter, call_id: int) -> None:
        engine = self._engine
        engine.watchers += 1
        shown = engine.latest
        try:
            while True:
                changed = engine.changed
                if engine.latest is shown:
                    await changed.wait()
                shown = engine.latest
                await self._send(writer, Answer(call_id, messages.SnapshotNow(shown)))
                await asyncio.sleep(WATCH_GAP_S)
        finally:
            engine.watchers -= 1

    @staticmethod
    async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
        writer.write(codec.encode_answer(answer))
        async with asyncio.timeout(WRITE_TIMEOUT_S):
            await writer.drain()


class _Closed(Exception):
    """The client hung up; ends the tasks that serve it."""


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(17, "is in the way and is not a socket", str(path))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
            return
    raise SocketTaken(str(path))


def _gid(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
