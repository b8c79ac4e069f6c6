"""Is this user's tray running already? One for each helper: a second start opens the first one's window and ends.

Whoever listens under that name and is another user counts for nobody: on one computer with several people none keeps
another's tray from starting.
"""

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from wgtray.desktop import SYSTEM

PATIENCE_MS: Final = 1_000
OPEN: Final = b"open\n"


class Only(QObject):
    """The one instance; others knock."""

    knocked = Signal()
    """A second start wants the window to be seen."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)

    def claim(self) -> bool:
        """Whether this is the first; if not, the first was asked to open its window."""
        if knock(self._name):
            return False
        QLocalServer.removeServer(self._name)  # left behind by one that was killed
        self._server.listen(self._name)
        return True

    def release(self) -> None:
        """Let another one be the first."""
        self._server.close()

    def _accept(self) -> None:
        while (peer := self._server.nextPendingConnection()) is not None:
            peer.readyRead.connect(self.knocked)
            peer.disconnected.connect(peer.deleteLater)
            if peer.bytesAvailable():
                self.knocked.emit()


def knock(name: str) -> bool:
    """Ask the first instance to open its window; whether there is one."""
    if SYSTEM == "windows":
        return _knock_at_pipe(name)
    if not _is_our_socket(name):
        return False
    peer = QLocalSocket()
    peer.connectToServer(name)
    if not peer.waitForConnected(PATIENCE_MS):
        return False
    peer.write(OPEN)
    peer.waitForBytesWritten(PATIENCE_MS)
    peer.disconnectFromServer()
    return True


def name_for(socket: str) -> str:
    """Where the instance for this helper listens: in a folder of this user, or a pipe that only this user opens."""
    short = hashlib.sha256(socket.encode()).hexdigest()[:12]
    if SYSTEM == "windows":
        from wgtray.desktop import pipe

        return f"wgtray-{pipe.own_sid()}-{short}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return str(Path(runtime) / f"wgtray-{short}")
    return str(Path(tempfile.gettempdir()) / f"wgtray-{os.getuid()}-{short}")


def _is_our_socket(name: str) -> bool:
    """Whether this user made it: in a folder for everybody another could have."""
    try:
        found = os.lstat(name)
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()


def _knock_at_pipe(name: str) -> bool:
    """Not by Qt, which would let whoever made the pipe act as us."""
    from wgtray.desktop import pipe

    try:
        peer = pipe.PipeSocket(rf"\\.\pipe\{name}", PATIENCE_MS / 1000)
    except (pipe.NotOurs, OSError):
        return False
    try:
        peer.sendall(OPEN)
    except OSError:  # TimeoutError is one
        return False
    finally:
        peer.close()
    return True
