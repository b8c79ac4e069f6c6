"""Who walks through the app on a real screen? Runs inside ``tour.py``'s screen: the app itself, a mouse and a camera.

``python -m tests.gui.guide FOLDER SOCKET LAB LANGUAGE PALETTE TALK …`` prints the name of each picture; what comes last
is a command that speaks to a company computer all the time.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenu,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from tests.gui.album import darkened
from tests.gui.screen import difference, ended
from wgtray.gui.app import App
from wgtray.gui.pages.nodes import Nodes
from wgtray.gui.window import LISTED
from wgtray.lab import make
from wgtray.language import say
from wgtray.words import pages

DEAD = ("fra", "ams", "sin")
PATIENCE_S = 20.0
LOOK_MS = 40
SLICE_S = 0.01
STILL = 3
"""So many looks in a row that are equal: what another process paints, like a menu, is there."""
RESTLESS_MS = 1000
"""Longer than this nobody waits for a picture that stands still: numbers go on changing."""
EXPECTED = {
    "overview": pages.CHART,
    "nodes": "Amsterdam",
    "split": "10.20.0.0/16",
    "apps": pages.APPS_EMPTY,
    "settings": pages.PREFERRED_NODE,
    "checkup": pages.CHECK_AGAIN,
    "help": pages.CONTENTS,
    "about": pages.LICENCE,
}
"""What a person must find on a page; ``activity`` has nothing to tell before something fails."""


class Guide:
    """The app, and what can be done to it."""

    def __init__(self, folder: Path, socket: str, lab: str, language: str, palette: str, talk: list[str]) -> None:
        self.application = QApplication([])
        self.application.setQuitOnLastWindowClosed(False)
        self.application.setStyle("Fusion")
        if palette == "dark":
            self.application.setPalette(darkened())
        self.folder, self.lab, self.mark, self.talk = folder, lab, f"{language}-{palette}", talk
        home = Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
        self.app = App(socket, home / "settings", home / "state")
        self.app._prefer(msgspec.structs.replace(self.app.preferences, language=language))
        self.empty = self.seen()

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the app live until it is so."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"{self.mark}: not seen in time: {what}; to be read: {self.read()}"
            live(LOOK_MS)

    def seen(self) -> QImage:
        """The whole screen, as it is now."""
        screen = QApplication.primaryScreen()
        return screen.grabWindow(0).toImage().convertToFormat(QImage.Format.Format_RGB32)

    def still(self) -> QImage:
        """The screen once it has stopped changing."""
        until = time.monotonic() + RESTLESS_MS / 1000
        last, same = self.seen(), 1
        while same < STILL and time.monotonic() < until:
            live(LOOK_MS)
            now = self.seen()
            last, same = now, same + 1 if now == last else 1
        return last

    def picture(self, name: str) -> None:
        file = self.folder / f"{name}-{self.mark}.png"
        assert self.still().save(str(file))
        print(file.name, flush=True)

    def press(self, *words: object) -> None:
        """A mouse or a keyboard does this."""
        subprocess.run(["xdotool", *map(str, words)], check=True)

    def make(self, node: str, word: str) -> None:
        make(node, word, self.lab)

    @contextlib.contextmanager
    def talking(self) -> Iterator[None]:
        """A user of the company's network, as long as that lasts."""
        traffic = subprocess.Popen(self.talk, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            ended(traffic)

    def state(self) -> str:
        seen = self.app._before
        return "" if seen is None else seen.state

    def node(self) -> str | None:
        return None if self.app._before is None else self.app._before.node

    def shows(self, text: str) -> bool:
        return text in self.read()

    def read(self) -> str:
        """All that stands in the window and in the menu."""
        face = self.app.face
        widgets = [] if face.window is None else texts(face.window.page())
        return "\n".join([*widgets, *([] if face.tray is None else entries(face.tray.menu.root))])

    def icon(self) -> QPoint:
        """Where the tray host shows it: what is new on the screen."""
        self.until(lambda: not difference(self.empty, self.seen()).isEmpty(), "the icon in the tray")
        return difference(self.empty, self.still()).center()


def walk(guide: Guide) -> None:
    """Menu, pages, a node that fails, all nodes that fail, and back."""
    app = guide.app
    app.start()
    guide.until(lambda: guide.state() == "connected" and app.face.tray is not None, "connected, with a tray")
    with guide.talking():
        _look_around(guide)
        _fail(guide)
    app.stop()


def _look_around(guide: Guide) -> None:
    app = guide.app
    _menu(guide)
    for name in LISTED:
        app.face.open(name)
        if name == "checkup":
            guide.until(lambda: not guide.shows(say(pages.CHECKING)), "the machine looked over")
        if wanted := EXPECTED.get(name):
            guide.until(partial(guide.shows, say(wanted)), wanted)
        guide.picture(name)


def _fail(guide: Guide) -> None:
    app, first = guide.app, guide.node()
    assert first is not None
    guide.make(first, "silent")
    guide.until(lambda: guide.node() not in (first, None), "another node")
    app.face.open("activity")
    guide.until(lambda: guide.shows(say("Moved from {from} to {to}", **_move(guide))), "the move told")
    guide.picture("moved")
    for node in DEAD:
        guide.make(node, "silent")
    app.face.open("nodes")
    nodes = app.face.window.page() if app.face.window is not None else None
    assert isinstance(nodes, Nodes)
    nodes.probe.click()
    app.face.open("overview")
    guide.until(lambda: guide.state() == "blocked", "blocked")
    guide.until(partial(guide.shows, say("Protected traffic is held back")), "that it is said")
    guide.picture("blocked")
    for node in DEAD:
        guide.make(node, "normal")
    guide.until(lambda: guide.state() == "connected", "connected again")
    guide.picture("back")


def _menu(guide: Guide) -> None:
    """Open it where a person would, read it, and choose from it with the keyboard."""
    face = guide.app.face
    assert face.tray is not None
    at = guide.icon()
    before = guide.seen()
    guide.press("mousemove", at.x(), at.y(), "click", 3)
    guide.until(lambda: difference(before, guide.seen()).height() > 100, "the open menu")
    told = "\n".join(entries(face.tray.menu.root))
    assert "Frankfurt" in told or "Amsterdam" in told or "Singapore" in told, told
    assert say("Disconnect") in told, told
    guide.picture("menu")
    guide.press("key", "Up", "Up", "Up", "Return")  # past Quit and Help to Open
    guide.until(face.is_open, "the window that was chosen in the menu")


def _move(guide: Guide) -> dict[str, str]:
    seen = guide.app._before
    assert seen is not None
    assert seen.last_switch is not None
    names = {node.name: node.location.partition(",")[0] for node in seen.nodes}
    return {"from": names[seen.last_switch.from_node or ""], "to": names[seen.last_switch.to_node]}


def live(milliseconds: float) -> None:
    """Let events and threads have their turn; QTest's own wait lets no other thread run."""
    end = time.monotonic() + milliseconds / 1000
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(SLICE_S)


def entries(menu: QMenu) -> list[str]:
    """The texts of a menu and of those below it."""
    found = []
    for action in menu.actions():
        found.append(action.text().replace("&", ""))
        below = action.menu()
        if isinstance(below, QMenu):
            found += entries(below)
    return found


def texts(widget: QWidget) -> list[str]:
    """What can be read on it."""
    found = [label.text() for label in widget.findChildren(QLabel)]
    found += [button.text() for button in widget.findChildren(QAbstractButton)]
    found += [edit.toPlainText() for edit in widget.findChildren(QTextEdit)]
    for tree in widget.findChildren(QTreeWidget):
        found += _rows(tree.invisibleRootItem(), tree.columnCount())
    return found


def _rows(item: QTreeWidgetItem, columns: int) -> list[str]:
    below = [child for row in range(item.childCount()) if (child := item.child(row)) is not None]
    return [each.text(column) for each in below for column in range(columns)] + [
        text for each in below for text in _rows(each, columns)
    ]


def main() -> int:
    folder, socket, lab, language, palette, *talk = sys.argv[1:]
    walk(Guide(Path(folder), socket, lab, language, palette, talk))
    return 0


if __name__ == "__main__":
    sys.exit(main())
