"""What the tray costs: until it is there, what it holds, and what it does while nobody looks."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.bench.figures import interleaved, show
from tests.gui.screen import Screen, start_host
from wgtray.ipc.codec import encode_answer
from wgtray.ipc.messages import Answer, SnapshotNow

ROUNDS = 10
REST_S = 10.0

BLANK = """
import sys, time
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from PySide6.QtGui import QIcon, QPixmap
app = QApplication(sys.argv)
pixmap = QPixmap(22, 22)
icon = QSystemTrayIcon(QIcon(pixmap))
icon.show()
"""
"""The smallest program with an icon in the tray."""


@pytest.fixture
def screen() -> Iterator[Screen]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wgtray-bench-")))
        made = Screen(stack, home, "800x600")
        made.run("openbox")
        start_host(made, "tint2", "#2d3136")
        made.settled()
        yield made


class Helper:
    """Answers the first question of each connection with a snapshot, and then keeps silent."""

    def __init__(self, path: Path) -> None:
        from tests.gui.scripted import SNAPSHOTS

        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._snapshot = encode_answer(Answer(1, SnapshotNow(SNAPSHOTS["connected"])))

    def close(self) -> None:
        self._listener.close()

    def asked(self) -> socket.socket:
        """The connection of a tray that is drawn: it asks after that."""
        connection, _ = self._listener.accept()
        connection.recv(4096)
        connection.sendall(self._snapshot)
        return connection


def test_the_tray(screen: Screen) -> None:
    path = screen.home / "s"
    helper = Helper(path)
    argv = [sys.executable, "-m", "wgtray", "--socket", str(path), "--hidden"]

    def started() -> tuple[subprocess.Popen[bytes], socket.socket, float]:
        began = time.perf_counter()
        tray = subprocess.Popen(argv, env=screen.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        connection = helper.asked()
        return tray, connection, (time.perf_counter() - began) * 1000

    def tray_ms() -> float:
        tray, connection, took_ms = started()
        tray.kill()
        tray.wait()
        connection.close()
        return took_ms

    def blank_ms() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", BLANK], env=screen.env, check=True, stderr=subprocess.DEVNULL)
        return (time.perf_counter() - began) * 1000

    figures = interleaved(ROUNDS, blank=blank_ms, tray=tray_ms)
    show("an icon in the tray, from the start of the program", figures, "blank")
    tray, connection, _ = started()
    time.sleep(2)
    process = psutil.Process(tray.pid)
    before_cpu, before_switches = sum(process.cpu_times()[:2]), process.num_ctx_switches().voluntary
    time.sleep(REST_S)
    cpu = 100 * (sum(process.cpu_times()[:2]) - before_cpu) / REST_S
    wakeups = (process.num_ctx_switches().voluntary - before_switches) / REST_S
    held_mb = process.memory_info().rss / 1e6
    print(f"  at rest with the window closed: {held_mb:.0f} MB, {cpu:.2f} % of a core, {wakeups:.1f} wake-ups a second")
    tray.terminate()
    tray.wait(10)
    connection.close()
    helper.close()
    assert held_mb > 0
