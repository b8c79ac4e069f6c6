"""How does the tray program begin and end? One process a user, a display, and signals that quit."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QMessageLogContext, QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from wgtray import __version__, words
from wgtray.desktop import SYSTEM, autostart, taskbar
from wgtray.desktop.places import settings_folder, socket_path, state_folder
from wgtray.gui import icons
from wgtray.gui.app import App
from wgtray.gui.only import Only, name_for
from wgtray.gui.view import Open

FAILED: Final = 1


def main(argv: Sequence[str]) -> int:
    """Run the tray with these arguments (without the program's name) until it is quit; the exit code."""
    asked = _parser().parse_args(argv)
    if asked.hidden and autostart.is_declined():
        return 0
    if not _has_display():
        sys.stderr.write(f"{words.NO_DISPLAY}\n")
        return FAILED
    taskbar.announce()
    qInstallMessageHandler(_qt_said)
    application = _application()
    path = socket_path(asked.socket)
    only = Only(name_for(path))
    if not only.claim():
        sys.stdout.write(f"{words.RUNS_ALREADY}\n")
        return 0
    app = App(path, settings_folder(), state_folder())
    only.knocked.connect(lambda: app.do(Open()))
    stop = _quit_on_signals(application)
    app.start()
    code = application.exec()
    stop()
    app.stop()
    only.release()
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=words.NAME, description="Show the connection in the tray.")
    parser.add_argument(
        "--socket", metavar="PATH", help="where the service listens (default: $WGTRAY_SOCKET, else the system's place)"
    )
    parser.add_argument("--hidden", action="store_true", help="open no window, also for a second start (at login)")
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
