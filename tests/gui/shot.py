"""What does the tray really look like? ``python -m tests.gui.shot OUT.png [--host tint2] [--state connected]``.

Starts a screen of its own (Xvfb, a session bus, openbox, a tray host), a scripted helper and the app, opens the menu
with its node submenu and saves a picture. Ends every process it started.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage

from tests.gui.screen import HOSTS, Screen, difference, start_host
from tests.gui.scripted import SNAPSHOTS


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--host", choices=HOSTS, default="tint2")
    parser.add_argument("--state", choices=sorted([*SNAPSHOTS, "no-helper"]), default="connected")
    parser.add_argument("--panel", default="#2d3136", help="colour of tint2's panel")
    asked = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wgtray-shot-")))
        screen = Screen(stack, home, "900x560")
        subprocess.run(["convert", "-size", "900x560", "xc:#dfe5e8", str(home / "wall.png")], check=True)
        screen.run("display", "-window", "root", str(home / "wall.png"))
        screen.run("openbox")
        blank = screen.settled()
        start_host(screen, asked.host, asked.panel)
        before = screen.settled(lambda now: asked.host in ("none", "trayer") or now != blank)
        if asked.state != "no-helper":
            screen.run(
                sys.executable, "-m", "tests.gui.scripted", str(home / "s"), asked.state, QT_QPA_PLATFORM="offscreen"
            )
        screen.run(sys.executable, "-m", "wgtray", "--socket", str(home / "s"))
        after = screen.settled(lambda now: not difference(before, now).isEmpty())
        if asked.host != "none":
            after = _open_menu(screen, before, after)
        after.copy(difference(before, after).adjusted(-16, -16, 16, 16).intersected(after.rect())).save(str(asked.out))
        after.save(str(asked.out.with_suffix(".full.png")))
    return 0


def _open_menu(screen: Screen, before: QImage, after: QImage) -> QImage:
    icon = difference(before, after).center()
    screen.do("mousemove", str(icon.x()), str(icon.y()), "click", "3")
    opened = screen.settled(lambda now: difference(after, now).height() > 100)
    screen.do("key", *["Up"] * 6, "Right")  # past Quit, Help, Open, Pause and Traffic to Node
    return screen.settled(lambda now: now != opened)


if __name__ == "__main__":
    sys.exit(main())
