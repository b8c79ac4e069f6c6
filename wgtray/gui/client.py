"""How does the tray talk to the helper? One connection that comes back by itself; signals in, requests out.

Nothing here waits: the socket reports, a timer tries again. A helper that restarts, talks rubbish or falls silent costs
the connection, never the program.
"""

import os
import socket
import struct
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalSocket

from wgtray.desktop import SYSTEM
from wgtray.ipc.codec import BadFrame, Frames, decode_answer, encode_call
from wgtray.ipc.messages import FRAME_LIMIT, Answer, AnyRequest, Asking, Call, Refused, SnapshotNow, Watch

FIRST_RETRY_MS: Final = 250
LAST_RETRY_MS: Final = 5_000
ANSWER_TIMEOUT_MS: Final = 15_000
"""A helper answers once a request is accepted, not once it is carried out; slower than this is broken."""

ADMINISTRATOR_TIMEOUT_MS: Final = 130_000
"""For an administrator to come and type a password: a little more than the helper waits (``polkit.ASK_TIMEOUT_S``)."""

_State = QLocalSocket.LocalSocketState
_Error = QLocalSocket.LocalSocketError


class Client(QObject):
    """Watches the helper behind ``path``."""

    snapshot = Signal(object)
    """A ``Snapshot``: at first, and whenever it changed."""
    lost = Signal(str)
    """No helper can be asked now; the reason is one of ``words.helper_unreachable``."""
    refused = Signal(str, dict)
    """The last request was refused: code and arguments of ``words.refusal``."""
    accepted = Signal()
    """The last request was accepted."""
    answered = Signal(int, object)
    """The number that ``ask`` gave a request, and its answer: ``Done``, ``Refused`` or ``ProfileNow``."""

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.retry_ms = FIRST_RETRY_MS
        self._frames = Frames()
        self._unanswered: set[int] = set()
        self._last_id = 0
        self._answered = False
        self._retry = _single_shot(self, self.start)
        self._silence = _single_shot(self, self._fell_silent)
        self._socket = QLocalSocket(self)
        self._socket.setReadBufferSize(FRAME_LIMIT)
        self._socket.connected.connect(self._connected)
        self._socket.readyRead.connect(self._read)
        self._socket.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Connect, and from now on whenever the connection is gone."""
        if self._socket.state() == _State.UnconnectedState:
            self._frames, self._answered = Frames(), False
            if SYSTEM == "windows":
                self._open_pipe()
            else:
                self._socket.connectToServer(self.path)

    def stop(self) -> None:
        """Leave the helper alone."""
        self._retry.stop()
        self._silence.stop()
        self._socket.abort()

    def ask(self, request: AnyRequest) -> int:
        """Send a request, and its number; 0 without a connection: nobody can be asked, and ``lost`` has said so."""
        if self._socket.state() != _State.ConnectedState:
            return 0
        self._last_id += 1
        self._unanswered.add(self._last_id)
        self._socket.write(encode_call(Call(self._last_id, request)))
        self._silence.start(ANSWER_TIMEOUT_MS)
        return self._last_id

    def _connected(self) -> None:
        if _is_trusted(self._socket, self.path):
            self.ask(Watch())
        else:
            self._drop("not-ours")

    def _open_pipe(self) -> None:
        """Qt would ask for more than the helper gives, and would lend our identity to whoever made the pipe."""
        from wgtray.desktop import pipe

        try:
            handle = pipe.opened(self.path, patience_s=0.0)
        except pipe.NotOurs:
            self._drop("not-ours")
        except OSError as error:
            self._drop("not-permitted" if isinstance(error, PermissionError) else "absent")
        else:
            self._socket.setSocketDescriptor(handle.Detach())
            self.ask(Watch())

    def _read(self) -> None:
        try:
            for frame in self._frames.feed(bytes(self._socket.readAll().data())):
                self._received(decode_answer(frame))
        except BadFrame:
            self._drop("not-understood")

    def _received(self, answer: Answer) -> None:
        self._answered = True
        if isinstance(answer.answer, Asking):
            self._silence.start(ADMINISTRATOR_TIMEOUT_MS)
            return
        self._unanswered.discard(answer.id)
        if not self._unanswered:
            self._silence.stop()
        match answer.answer:
            case SnapshotNow(snapshot):
                self.retry_ms = FIRST_RETRY_MS
                self.snapshot.emit(snapshot)
            case Refused(code) if answer.id == 0:
                self._drop(code)  # the connection was refused, not a request
            case Refused(code, args) as refused:
                self.answered.emit(answer.id, refused)
                self.refused.emit(code, args)
            case done_or_profile:
                self.answered.emit(answer.id, done_or_profile)
                self.accepted.emit()

    def _failed(self, error: QLocalSocket.LocalSocketError) -> None:
        match error:
            case _Error.SocketAccessError:
                self._drop("not-permitted")
            case _Error.PeerClosedError:
                # Who may not use the helper is closed before a byte is read.
                self._drop("closed" if self._answered else "not-permitted")
            case _:
                self._drop("absent")

    def _fell_silent(self) -> None:
        self._drop("silent")

    def _drop(self, reason: str) -> None:
        self._silence.stop()
        self._unanswered.clear()
        if self._socket.state() != _State.UnconnectedState:
            self._socket.abort()
        self._retry.start(self.retry_ms)
        self.retry_ms = min(2 * self.retry_ms, LAST_RETRY_MS)
        self.lost.emit(reason)


def _single_shot(parent: Client, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(slot)
    return timer


def _is_trusted(connected: QLocalSocket, path: str) -> bool:
    """Whether root or this user listens; others could be after the key."""
    trusted = (0, os.getuid())
    try:
        return os.stat(path).st_uid in trusted and _listener(connected) in (None, *trusted)
    except OSError:  # gone or replaced meanwhile
        return False


def _listener(connected: QLocalSocket) -> int | None:
    """The user who listens, where the kernel says so (Linux)."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    size = struct.calcsize("3i")
    with socket.socket(fileno=os.dup(connected.socketDescriptor())) as same:
        _, uid, _ = struct.unpack("3i", same.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid)
