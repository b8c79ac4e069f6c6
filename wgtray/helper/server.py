"""Who asks, and what gets an answer? Of each connection the caller is judged before a byte of theirs is read.

No client can hurt another: each has its own task, at most one unread answer, and a share of the connections that leaves
the rest to others, root's own share among it.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.helper.engine import Engine
from wgtray.helper.items import Granted
from wgtray.helper.rights import Admission, action, to_be_asked
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import Answer, Call, Refused
from wgtray.platforms.api import Authority, Caller, Connection, Listener

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

TOLD_AFTER_S = 1.0
"""Where nobody can be asked the answer is there at once, and worth no word of its own."""

READ_SIZE = 64 * 1024

_BUSY = Refused("busy", {}, "failed")


class Server:
    """Serves one engine to whoever connects."""

    def __init__(self, engine: Engine, admission: Admission, authority: Authority | None = None) -> None:
        self._engine = engine
        self._authority = authority
        self._admission = admission
        self._open: Counter[int | None] = Counter()
        self._lookups = ThreadPoolExecutor(LOOKUPS, "name-service")

    async def run(self, listener: Listener) -> None:
        """Until cancelled: nothing that one client does ends it."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    try:
                        accepted = await listener.accept()
                    except OSError as error:
                        log.error("could not accept a connection: %s", error.strerror)
                        await asyncio.sleep(ACCEPT_PAUSE_S)
                        continue
                    known = accepted.known()
                    uid = None if known is None else known.uid
                    if self._is_full(uid):
                        log.warning("refused a connection of user %s: too many are open", uid)
                        _turn_away(accepted)
                    else:
                        self._open[uid] += 1
                        tasks.create_task(self._serve(accepted, known))
        finally:
            self._lookups.shutdown(wait=False, cancel_futures=True)

    def _is_full(self, uid: int | None) -> bool:
        users = self._open.total() - self._open[0]
        return self._open[uid] >= CONNECTIONS_OF_ONE or (uid != 0 and users >= CONNECTIONS)

    async def _serve(self, accepted: Connection, known: Caller | None) -> None:
        """One connection, counted until its descriptor is closed."""
        uid = None if known is None else known.uid
        try:
            caller = await self._judged(accepted, known)
            if caller is not None:
                await self._converse(accepted, caller)
        except Exception:  # whatever one client brings about must not reach the others
            log.exception("dropped a connection of user %s", uid)
        finally:
            accepted.close()
            self._open[uid] -= 1

    async def _judged(self, accepted: Connection, known: Caller | None) -> Caller | None:
        """The caller, if admitted. The name service is asked only where the user alone does not decide: it may hang."""
        if known is not None and self._admission.admits(known):
            return known
        asked = asyncio.get_running_loop().run_in_executor(self._lookups, accepted.caller)
        uid = None if known is None else known.uid
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

    async def _converse(self, accepted: Connection, caller: Caller) -> None:
        line = _Line(accepted)
        frames = codec.Frames()
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = False
                while data := await accepted.read(READ_SIZE):
                    for frame in frames.feed(data):
                        call = codec.decode_call(frame)
                        answer = await self._answer(call, caller, line)
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

    async def _answer(self, call: Call, caller: Caller, line: "_Line") -> Answer:
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
                    granted = await self._granted(call, caller, line)
                    async with asyncio.timeout(ASK_TIMEOUT_S):
                        return Answer(call.id, await self._engine.ask(request, caller, granted))
        except TimeoutError:
            return Answer(call.id, _BUSY)
        except NotAllowed as error:
            return Answer(call.id, Refused(error.code, error.args_by_name, "not-allowed"))
        except WgtrayError as error:
            return Answer(call.id, Refused(error.code, error.args_by_name, "failed"))

    async def _granted(self, call: Call, caller: Caller, line: "_Line") -> Granted:
        """An administrator's leave, where the company's policy refuses and there is somebody to ask; NotAllowed."""
        what = to_be_asked(call.call, caller, self._engine.profile)
        if what is None or self._authority is None:
            return None
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(_tell_asking(line, call.id))
            word = await self._authority.ask(what, caller)
            telling.cancel()
        match word:
            case "yes":
                return what
            case "no":
                raise NotAllowed("administrator-refused", action=action(call.call))
            case "busy":
                raise NotAllowed("administrator-asked", action=action(call.call))
            case "nobody":
                return None  # and the company's no stands

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


async def _tell_asking(line: "_Line", call_id: int) -> None:
    """Somebody has to come and type a password, so the answer takes longer than a client waits otherwise."""
    await asyncio.sleep(TOLD_AFTER_S)
    await line.send(Answer(call_id, messages.Asking()))


class _Line:
    """The way back to one client: an answer is written once the one before it was taken."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def send(self, answer: Answer, unless: bytes = b"") -> bytes:
        """The frame that went out, or that did not because it equals ``unless``; raises OSError, BadFrame."""
        frame = _frame(answer)
        if frame != unless:
            async with self._turn, asyncio.timeout(WRITE_TIMEOUT_S):
                await self._connection.write(frame)
        return frame


class _Closed(Exception):
    """The client hung up; ends the tasks that serve it."""


def _frame(answer: Answer) -> bytes:
    try:
        return codec.encode_answer(answer)
    except codec.BadFrame:  # the client keeps its connection: it may want to remove the profile that is too large
        return codec.encode_answer(Answer(answer.id, Refused("too-large", {}, "failed")))


def _turn_away(accepted: Connection) -> None:
    """Close without reading, but not without a word: silence means "not admitted"."""
    with contextlib.closing(accepted), contextlib.suppress(OSError):
        accepted.say(codec.encode_answer(Answer(0, _BUSY)))
