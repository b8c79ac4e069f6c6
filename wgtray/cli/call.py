"""How does a verb talk to the helper? One blocking connection: a call, its answer, and snapshots after ``watch``.

Every way in which it can fail is a typed error of ``core/problems.py``. A helper closes the connection of a user who
may not use it before reading a byte, so a connection that ends before its first answer means "not allowed". A helper
with too many connections says that it is busy, in an answer with id 0, perhaps before it was asked anything.
"""

import os
import socket
import struct
import time
from types import TracebackType
from typing import Protocol

from wgtray.core.problems import HelperUnreachable, NotAllowed, WgtrayError
from wgtray.core.profile import Profile
from wgtray.desktop import SYSTEM
from wgtray.ipc.codec import BadFrame, Frames, decode_answer, encode_call
from wgtray.ipc.messages import (
    Answer,
    AnyRequest,
    Asking,
    Call,
    Done,
    ProfileNow,
    Refused,
    ShowProfile,
    Snapshot,
    SnapshotNow,
    Status,
    Watch,
    WaysNow,
    WayView,
    WhichWay,
)

ADMINISTRATOR_TIMEOUT_S = 130.0
"""For an administrator to come and type a password: a little more than the helper waits (``polkit.ASK_TIMEOUT_S``)."""

ANSWER_TIMEOUT_S = 15.0
"""A helper answers once a request is accepted, and after 12 s that it is busy; slower than this is broken."""


Accepted = Done | SnapshotNow | ProfileNow | WaysNow


class Stream(Protocol):
    """What a socket and a pipe have in common."""

    def settimeout(self, value: float | None, /) -> None: ...

    def sendall(self, data: bytes, /) -> None: ...

    def recv(self, bufsize: int, /) -> bytes: ...

    def close(self) -> None: ...


class NotAdmitted(NotAllowed):
    """The helper does not talk to this user at all; the code is a reason of ``words.helper_unreachable``."""


class Connection:
    """An open connection to the helper behind ``path``; raises HelperUnreachable or NotAllowed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._frames = Frames()
        self._ready: list[bytes] = []
        self._last_id = 0
        self._answered = False
        self._socket = _opened(path)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.close()

    def status(self) -> Snapshot:
        """The snapshot as it is now."""
        return self._snapshot(Status())

    def watch(self) -> Snapshot:
        """The snapshot as it is now; from here on ``newer`` gives those that follow."""
        return self._snapshot(Watch())

    def newer(self, timeout_s: float | None) -> Snapshot | None:
        """The next snapshot, or None when there was none in that time; None waits forever."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            try:
                answer = self._received(until)
            except TimeoutError:
                return None
            if isinstance(answer.answer, SnapshotNow):
                return answer.answer.snapshot

    def profile(self) -> Profile | None:
        """The profile without its keys."""
        answer = self._ask(ShowProfile())
        if not isinstance(answer, ProfileNow):
            raise self._unreachable("not-understood")
        return answer.profile

    def ways(self, request: WhichWay) -> tuple[WayView, ...]:
        """Where packets to these addresses go."""
        answer = self._ask(request)
        if not isinstance(answer, WaysNow):
            raise self._unreachable("not-understood")
        return answer.ways

    def do(self, request: AnyRequest) -> None:
        """Have something done; returns once the helper accepted it."""
        if not isinstance(self._ask(request), Done):
            raise self._unreachable("not-understood")

    def _snapshot(self, request: Status | Watch) -> Snapshot:
        answer = self._ask(request)
        if not isinstance(answer, SnapshotNow):
            raise self._unreachable("not-understood")
        return answer.snapshot

    def _ask(self, request: AnyRequest) -> Accepted:
        self._last_id += 1
        frame = _encoded(Call(self._last_id, request))
        until = time.monotonic() + ANSWER_TIMEOUT_S
        try:
            self._socket.settimeout(ANSWER_TIMEOUT_S)
            self._socket.sendall(frame)
        except TimeoutError:
            raise self._unreachable("silent") from None
        except OSError:
            pass  # closed already: what it said before is still to be read
        while True:
            try:
                answer = self._received(until)
            except TimeoutError:
                raise self._unreachable("silent") from None
            if isinstance(answer.answer, Asking):
                _tell_asking()
                until = time.monotonic() + ADMINISTRATOR_TIMEOUT_S
                continue
            if answer.id == self._last_id or (answer.id == 0 and isinstance(answer.answer, Refused)):
                return _accepted(answer.answer)
            if answer.id != 0:  # 0: a snapshot that a watch brought in between
                raise self._unreachable("not-understood")

    def _received(self, until: float | None) -> Answer:
        """The next frame; raises TimeoutError at ``until`` (``time.monotonic()``)."""
        while not self._ready:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(1 << 16)
                self._ready = self._frames.feed(data)
            except TimeoutError:
                raise
            except OSError:
                raise self._closed() from None
            except BadFrame:
                raise self._unreachable("not-understood") from None
            if not data:
                raise self._closed()
        try:
            answer = decode_answer(self._ready.pop(0))
        except BadFrame:
            raise self._unreachable("not-understood") from None
        self._answered = True
        return answer

    def _closed(self) -> WgtrayError:
        return self._unreachable("closed") if self._answered else _not_admitted(self.path)

    def _unreachable(self, reason: str) -> HelperUnreachable:
        return HelperUnreachable(reason, socket=self.path)


def _tell_asking() -> None:
    from wgtray.cli import out
    from wgtray.words.requests import ASKING

    out.complain(ASKING)


def _encoded(call: Call) -> bytes:
    try:
        return encode_call(call)
    except BadFrame:
        raise WgtrayError("too-large") from None


def _accepted(answer: Accepted | Refused) -> Accepted:
    if not isinstance(answer, Refused):
        return answer
    error = NotAllowed(answer.code) if answer.kind == "not-allowed" else WgtrayError(answer.code)
    error.args_by_name.update(answer.args)
    raise error


def _opened(path: str) -> Stream:
    """A connection whose other end is root or this user; anybody else could be after the key."""
    try:
        connected = _piped(path) if SYSTEM == "windows" else _connected(path)
    except OSError as error:
        match error:
            case PermissionError():
                raise _not_admitted(path) from None
            case TimeoutError() | BlockingIOError():  # the second: a Unix socket's queue is full
                raise HelperUnreachable("silent", socket=path) from None
            case FileNotFoundError() | NotADirectoryError() | ConnectionRefusedError():
                raise HelperUnreachable("absent", socket=path) from None
            case _:  # too long a path, another kind of socket, ...: in the system's words
                raise HelperUnreachable(error.strerror or str(error), socket=path) from None
    if connected is None:
        raise HelperUnreachable("not-ours", socket=path)
    return connected


def _connected(path: str) -> Stream | None:
    """None when somebody else listens; raises OSError."""
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(ANSWER_TIMEOUT_S)
        connected.connect(path)
        if _owner(connected, path) in (0, os.getuid()):
            return connected
    except OSError:
        connected.close()
        raise
    connected.close()
    return None


def _piped(path: str) -> Stream | None:
    """None when somebody else made the pipe; raises OSError."""
    from wgtray.desktop.pipe import NotOurs, PipeSocket

    try:
        return PipeSocket(path, ANSWER_TIMEOUT_S)
    except NotOurs:
        return None


def _owner(connected: socket.socket, path: str) -> int:
    """Who listens, where the kernel says so (Linux); else who owns the socket's name."""
    if hasattr(socket, "SO_PEERCRED"):
        size = struct.calcsize("3i")
        _, uid, _ = struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        return int(uid)
    return os.lstat(path).st_uid


def _not_admitted(path: str) -> NotAdmitted:
    return NotAdmitted("not-permitted", socket=path)
