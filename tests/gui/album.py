"""What does every page of the window look like? ``python -m tests.gui.album FOLDER`` walks through all, light and dark,
in every language.

A quarter of an hour of a small company is played into the window: four nodes, one of which stops answering for a while,
programs with rules, learned addresses; then a blocked state, and the first run.
"""

import os
import random
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication

from tests.gui.scripted import SNAPSHOTS, changed, connected
from wgtray.core import document
from wgtray.core.profile import Profile
from wgtray.desktop.preferences import Preferences
from wgtray.gui import speech
from wgtray.gui.events import Event, happened
from wgtray.gui.history import History
from wgtray.gui.scene import Scene
from wgtray.gui.view import view
from wgtray.gui.window import LISTED, Window
from wgtray.ipc.messages import AppView, Capabilities, LearnedView, NetworkView, Snapshot, Switch, Traffic, WayView
from wgtray.language import available

END = 1_800_000_000.0
EVERY_S = 5
ROUNDS = 180
DIES, MOVED, BACK = 118, 119, 150
DEAD_S = 100.0
"""So long ago the last node stopped answering, where that is shown."""
APPS = (
    AppView("SAP GUI", "/opt/sap/gui", "tunnel", "company", True, "routed", 1),
    AppView("Banking", "/usr/bin/bank", "tunnel", "user", False, "routed", 0),
    AppView("Zoom", "/opt/zoom", "direct", "user", False, "routed", 2),
)
PROFILE = """schema = 1
name = "Acme"
[dns]
servers = ["10.20.0.53"]
domains = ["corp.example"]
[split]
networks = ["10.20.0.0/16", { net = "198.51.100.7/32", proto = "tcp", ports = [443, 8443] }]
domains = ["bank.example"]
[[node]]
name = "fra"
public_key = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
endpoint = "fra.vpn.example.com:51820"
"""


def played(dead_s: float = 0.0) -> Iterator[tuple[float, Snapshot]]:
    """Moments of the quarter of an hour, for the last ``dead_s`` of which no node answers."""
    draw = random.Random(3)
    received = 0
    for turn in range(ROUNDS):
        at = END - (ROUNDS - turn) * EVERY_S
        received += draw.randint(100_000, 9_000_000)
        seen = connected("fra" if turn < MOVED else "ams")
        nodes = []
        for node, usual_ms in zip(seen.nodes, (23, 31, 184, None), strict=True):
            dead = usual_ms is None or (node.name == "fra" and DIES <= turn < BACK) or at > END - dead_s
            rtt_ms = None if dead or usual_ms is None else usual_ms + draw.gauss(0, 1.5)
            health = "down" if dead else "up"
            nodes.append(msgspec.structs.replace(node, rtt_ms=rtt_ms, health=health, probed_at=at))
        yield (
            at,
            changed(
                seen,
                nodes=tuple(nodes),
                since=END - 3600,
                traffic=Traffic(received, received // 7),
                apps=APPS,
                capabilities=Capabilities(per_app_routing=True, full_tunnel=True),
                networks=(NetworkView("10.20.0.0/16", seen.node), NetworkView("198.51.100.7/32", seen.node)),
                learned=(LearnedView("bank.example", "198.51.100.80"),),
                learned_total=1,
                last_switch=None
                if turn < MOVED
                else Switch(END - (ROUNDS - MOVED) * EVERY_S, "fra", "ams", "no-reply", 72.0, 0.8),
            ),
        )


def lived(dead_s: float = 0.0) -> Scene:
    """The window's scene at the end of it."""
    history, events, before = _remembered(dead_s)
    ways = (WayView("10.20.0.10", "tunnel", "network", "10.20.0.0/16", "ams", ()),)
    return Scene(view(before, {}, END), before, None, profile(), history, events, Preferences(), END, ways)


@cache
def _remembered(dead_s: float) -> tuple[History, list[Event], Snapshot]:
    """What the tray knows at the end of it; nobody changes it."""
    history, events, before = History(), list[Event](), None
    for at, seen in played(dead_s):
        history.saw(seen, at)
        events += happened(before, seen, at)
        before = seen
    assert before is not None
    return history, events, before


def profile() -> Profile:
    read, _ = document.read(PROFILE.encode(), "acme.toml")
    return read


def darkened() -> QPalette:
    """A dark desktop's palette."""
    palette = QPalette(QColor("#2b2d30"))
    for role, color in (
        (QPalette.ColorRole.Base, "#1f2123"),
        (QPalette.ColorRole.Text, "#e6e6e6"),
        (QPalette.ColorRole.WindowText, "#e6e6e6"),
        (QPalette.ColorRole.ButtonText, "#e6e6e6"),
        (QPalette.ColorRole.Link, "#3fc6c3"),
    ):
        palette.setColor(role, QColor(color))
    return palette


def walk() -> dict[str, QImage]:
    """A picture of every page; the application's palette is the one that counts."""
    window = Window()
    window.show()
    found: dict[str, QImage] = {}

    def taken(name: str) -> None:
        QApplication.processEvents()
        found[name] = window.grab().toImage()

    scene = lived()
    window.draw(scene)
    for name in LISTED:
        window.go(name)
        taken(name)
    blocked = changed(SNAPSHOTS["blocked"], since=END - DEAD_S)
    window.draw(msgspec.structs.replace(lived(DEAD_S), view=view(blocked, {}, END), snapshot=blocked))
    window.go("overview")
    taken("blocked")
    first = SNAPSHOTS["no-profile"]
    window.draw(msgspec.structs.replace(scene, view=view(first, {}, END), snapshot=first, profile=None))
    window.go("welcome")
    taken("welcome")
    window.close()
    window.deleteLater()
    return found


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    light = app.palette()
    for language in available():
        speech.speak(language)
        for palette, suffix in ((light, ""), (darkened(), "-dark")):
            app.setPalette(palette)
            for name, picture in walk().items():
                path = folder / f"{name}{suffix}{'' if language == 'en' else f'-{language}'}.png"
                assert picture.save(str(path))
                print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
