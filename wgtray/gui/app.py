"""What does the tray program do? It watches the helper, draws the view of what it sees and passes clicks on."""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QMessageLogContext, QObject, QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from wgtray import __version__, words
from wgtray.core.secret import Secret
from wgtray.desktop import SYSTEM
from wgtray.desktop.places import socket_path
from wgtray.gui import icons
from wgtray.gui.client import Client
from wgtray.gui.face import Face
from wgtray.gui.key import KeyLookup
from wgtray.gui.view import Lost, Quit, Wish, steady, view
from wgtray.ipc.messages import Connect, Snapshot

FAILED: Final = 1


def main(argv: Sequence[str]) -> int:
    """Run the tray with these arguments (without the program's name) until it is quit; the exit code."""
    asked = _parser().parse_args(argv)
    if not _has_display():
        sys.stderr.write(f"{words.NO_DISPLAY}\n")
        return FAILED
    qInstallMessageHandler(_qt_said)
    application = _application()
    app = App(socket_path(asked.socket))
    stop = _quit_on_signals(application)
    app.start()
    code = application.exec()
    stop()
    app.stop()
    return code


class App(QObject):
    """The tray program behind its faces: what was seen last, and what to do with a click."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._seen: Snapshot | Lost | None = None
        self._shown: dict[str, float] = {}
        self._notice = ""
        self.face = Face(self)
        self.client = Client(path, self)
        self.key = KeyLookup(self)
        self.face.wished.connect(self.do)
        self.client.snapshot.connect(self._saw)
        self.client.lost.connect(self._lost)
        self.client.refused.connect(self._refused)
        self.key.found.connect(self._key_found)
        self.key.missing.connect(self._tell)

    def start(self) -> None:
        """Appear and look for the helper."""
        self._draw()
        self.client.start()
        self.face.start()

    def stop(self) -> None:
        """Leave the helper alone; the connection stays as it is."""
        self.client.stop()

    def do(self, wish: Wish) -> None:
        """What was clicked."""
        self._notice = ""
        match wish:
            case Quit():
                QApplication.quit()
            case Connect() if isinstance(self._seen, Snapshot) and self._seen.needs_key:
                self.key.start(self._seen.public_key)
            case request:
                self.client.ask(request)

    def _saw(self, snapshot: Snapshot) -> None:
        self._seen, self._shown = snapshot, steady(self._shown, snapshot.nodes)
        self._draw()

    def _lost(self, reason: str) -> None:
        self._seen, self._notice = Lost(self._path, reason), ""
        self._draw()

    def _refused(self, code: str, args: dict[str, str | int | float]) -> None:
        self._tell(words.refusal(code, args))

    def _key_found(self, secret: Secret) -> None:
        self.client.ask(Connect(secret))

    def _tell(self, sentence: str) -> None:
        self._notice = sentence
        self.face.tell(sentence)
        self._draw()

    def _draw(self) -> None:
        self.face.draw(view(self._seen, self._shown, time.time(), self._notice))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=words.NAME, description="Show the connection in the tray.")
    parser.add_argument(
        "--socket", metavar="PATH", help="where the service listens (default: $WGTRAY_SOCKET, else the system's place)"
    )
    parser.add_argument("--version", action="version", version=f"{words.NAME} {__version__}")
    return parser


def _has_display() -> bool:
    """Qt aborts the process where it finds none."""
    return SYSTEM != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _application() -> QApplication:
    QApplication.setApplicationName(words.NAME)
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName(words.NAME)
    application = QApplication([words.NAME])
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(icons.icon("wgtray"))
    return application


def _qt_said(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt aborts after a fatal message, such as a display that cannot be opened; leave with a sentence instead."""
    if kind == QtMsgType.QtFatalMsg:
        sys.stderr.write(f"{words.NO_DISPLAY}\n")
        sys.stderr.flush()
        os._exit(FAILED)
    if kind == QtMsgType.QtCriticalMsg:
        sys.stderr.write(f"{text}\n")


def _quit_on_signals(application: QApplication) -> Callable[[], None]:
    """SIGINT and SIGTERM quit; a socket wakes Qt's loop for them, so no timer has to. Returns what undoes it."""
    woken, waking = socket.socketpair()
    woken.setblocking(False)
    waking.setblocking(False)
    notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read, application)
    notifier.activated.connect(lambda: woken.recv(1))
    before = {
        number: signal.signal(number, lambda *_: application.quit()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    fd_before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)

    def undo() -> None:
        signal.set_wakeup_fd(fd_before)
        for number, former in before.items():
            signal.signal(number, former)
        notifier.setEnabled(False)
        woken.close()
        waking.close()

    return undo
