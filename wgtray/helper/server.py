"""Who asks, and what gets an answer? The Unix socket: a caller is judged before a byte of theirs is read.

No client can hurt another: each has its own task, at most one unread answer, and a share of the connections that leaves
the rest to others, root's own share among it.
"""

import asyncio
import contextlib
import grp
import logging
import os
import socket
import stat
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.helper.engine import Engine
from wgtray.helper.rights import Admission
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import Answer, Call, Refused
from wgtray.platforms.api import Backend, Caller

log = logging.getLogger("wgtray")

WATCH_GAP_S = 0.1
"""Between two snapshots to one watcher: ten a second at most (CONTRACT section 1)."""

WRITE_TIMEOUT_S = 5.0
"""A client that has not taken an answer by then is dropped, so that it cannot hold memory."""

ASK_TIMEOUT_S = 12.0
"""Longer than the longest step of the engine (``platforms.command.TIMEOUT_S``), shorter than a client waits."""

LOOKUP_TIMEOUT_S = 2.0
"""A name service that has not told a user's groups by then is out of reach, perhaps because we are not connected."""

ACCEPT_PAUSE_S = 0.1
"""When no connection can be accepted, for want of descriptors most likely: some come back."""

CONNECTIONS = 64
"""Of all users but root together ..."""

CONNECTIONS_OF_ONE = 16
"""... and of any one of them, root included."""

LOOKUPS = 4
"""Threads that may hang in the name service; they are not the resolver's, which has to find the nodes meanwhile."""

READ_SIZE = 64 * 1024

_UCRED = struct.Struct("=iII")
"""pid, uid, gid: unix(7), SO_PEERCRED."""

_BUSY = Refused("busy", {}, "failed")


class SocketTaken(Exception):
    """Another helper answers on this path."""


def listen(path: Path, admission: Admission) -> socket.socket:
    """A socket that only root can open until its mode is set; raises SocketTaken, OSError.

    A file belongs to one group. For more than one, or for users named one by one, it has to be open to all, and the
    kernel's word on who connects decides alone.
    """
    with _umask(0o022):  # the helper's own is stricter, and would shut the directories it makes here to everybody
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _remove_stale(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _umask(0o177):
        server.bind(str(path))
    groups = [gid for gid in map(_gid, sorted(admission.groups)) if gid is not None]
    if admission.uids or len(groups) > 1:
        path.chmod(0o666)
    elif groups:
        os.chown(path, 0, groups[0])
        path.chmod(0o660)
    server.listen(CONNECTIONS)
    server.setblocking(False)
    return server


def kernel_uid(sock: socket.socket) -> int | None:
    """Who connected, where the kernel says it without asking a name service (Linux)."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    try:
        _, uid, _ = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    except (OSError, struct.error):
        return None
    return int(uid)


def kernel_pid(sock: socket.socket) -> int | None:
    """Which process connected, where the kernel says it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    try:
        pid, _, _ = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    except (OSError, struct.error):
        return None
    return int(pid) or None


class Server:
    """Serves one engine on one socket."""

    def __init__(
        self,
        engine: Engine,
        backend: Backend,
        admission: Admission,
        uid_of: Callable[[socket.socket], int | None] = kernel_uid,
    ) -> None:
        self._engine = engine
        self._backend = backend
        self._admission = admission
        self._uid_of = uid_of
        self._open: Counter[int | None] = Counter()
        self._lookups = ThreadPoolExecutor(LOOKUPS, "name-service")

    async def run(self, listening: socket.socket) -> None:
        """Until cancelled: nothing that one client does ends it."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    try:
                        accepted, _ = await loop.sock_accept(listening)
                    except OSError as error:
                        log.error("could not accept a connection: %s", error.strerror)
                        await asyncio.sleep(ACCEPT_PAUSE_S)
                        continue
                    uid = self._uid_of(accepted)
                    if self._is_full(uid):
                        log.warning("refused a connection of user %s: too many are open", uid)
                        _turn_away(accepted)
                    else:
                        self._open[uid] += 1
                        tasks.create_task(self._serve(accepted, uid))
        finally:
            self._lookups.shutdown(wait=False, cancel_futures=True)

    def _is_full(self, uid: int | None) -> bool:
        users = self._open.total() - self._open[0]
        return self._open[uid] >= CONNECTIONS_OF_ONE or (uid != 0 and users >= CONNECTIONS)

    async def _serve(self, accepted: socket.socket, uid: int | None) -> None:
        """One connection, counted until its descriptor is closed."""
        try:
            caller = await self._judged(accepted, uid)
            if caller is not None:
                await self._converse(accepted, caller)
        except Exception:  # whatever one client brings about must not reach the others
            log.exception("dropped a connection of user %s", uid)
        finally:
            accepted.close()
            self._open[uid] -= 1

    async def _judged(self, accepted: socket.socket, uid: int | None) -> Caller | None:
        """The caller, if admitted. The name service is asked only where the user alone does not decide: it may hang."""
        if uid is not None and self._admission.admits(named := Caller(uid, frozenset(), kernel_pid(accepted))):
            return named
        asked = asyncio.get_running_loop().run_in_executor(self._lookups, self._backend.caller, accepted)
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT_S):
                caller = await asked
        except TimeoutError:
            log.warning("the name service did not tell the groups of user %s within %g s", uid, LOOKUP_TIMEOUT_S)
            _turn_away(accepted)
            return None
        if self._admission.admits(caller):
            return caller
        log.warning("refused a connection of user %s", "unknown" if caller is None else caller.uid)
        return None

    async def _converse(self, accepted: socket.socket, caller: Caller) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=accepted, limit=READ_SIZE)
        line = _Line(writer)
        frames = codec.Frames()
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = False
                while data := await reader.read(READ_SIZE):
                    for frame in frames.feed(data):
                        call = codec.decode_call(frame)
                        answer = await self._answer(call, caller)
                        sent = await line.send(answer)
                        if isinstance(answer.answer, messages.SnapshotNow) and not watching:
                            watching = isinstance(call.call, messages.Watch)
                            if watching:
                                tasks.create_task(self._watch(line, call.id, answer.answer.snapshot, sent))
                raise _Closed
        except* _Closed:
            pass
        except* (OSError, TimeoutError, codec.BadFrame) as errors:
            log.info("dropped a connection of user %d: %s", caller.uid, type(errors.exceptions[0]).__name__)
        finally:
            await line.hang_up()

    async def _answer(self, call: Call, caller: Caller) -> Answer:
        try:
            match call.call:
                case messages.Status() | messages.Watch():
                    return Answer(call.id, messages.SnapshotNow(await self._engine.look()))
                case messages.ShowProfile():
                    return Answer(call.id, messages.ProfileNow(self._engine.shown_profile))
                case messages.WhichWay() as request:
                    await self._engine.look()
                    return Answer(call.id, self._engine.ways(request))
                case request:
                    async with asyncio.timeout(ASK_TIMEOUT_S):
                        return Answer(call.id, await self._engine.ask(request, caller))
        except TimeoutError:
            return Answer(call.id, _BUSY)
        except NotAllowed as error:
            return Answer(call.id, Refused(error.code, error.args_by_name, "not-allowed"))
        except WgtrayError as error:
            return Answer(call.id, Refused(error.code, error.args_by_name, "failed"))

    async def _watch(self, line: "_Line", call_id: int, shown: messages.Snapshot, sent: bytes) -> None:
        """Send what is newer than ``shown``, which went out as ``sent``; a refusal is not repeated."""
        engine = self._engine
        engine.watchers += 1
        try:
            while True:
                changed = engine.changed
                if engine.latest is shown:
                    await changed.wait()
                shown = engine.latest
                sent = await line.send(Answer(call_id, messages.SnapshotNow(shown)), unless=sent)
                await asyncio.sleep(WATCH_GAP_S)
        finally:
            engine.watchers -= 1


class _Line:
    """The way back to one client: an answer is written once the one before it was taken."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._turn = asyncio.Lock()
        writer.transport.set_write_buffer_limits(high=0)  # drained means empty, not "below 64 KiB"

    async def send(self, answer: Answer, unless: bytes = b"") -> bytes:
        """The frame that went out, or that did not because it equals ``unless``; raises OSError, BadFrame."""
        frame = _frame(answer)
        if frame != unless:
            async with self._turn:
                self._writer.write(frame)
                async with asyncio.timeout(WRITE_TIMEOUT_S):
                    await self._writer.drain()
        return frame

    async def hang_up(self) -> None:
        """Return once the descriptor is closed; what the client has not taken is forgotten, not waited for."""
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class _Closed(Exception):
    """The client hung up; ends the tasks that serve it."""


def _frame(answer: Answer) -> bytes:
    try:
        return codec.encode_answer(answer)
    except codec.BadFrame:  # the client keeps its connection: it may want to remove the profile that is too large
        return codec.encode_answer(Answer(answer.id, Refused("too-large", {}, "failed")))


def _turn_away(accepted: socket.socket) -> None:
    """Close without reading, but not without a word: silence means "not admitted"."""
    with contextlib.closing(accepted), contextlib.suppress(OSError):
        accepted.send(codec.encode_answer(Answer(0, _BUSY)))


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


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
