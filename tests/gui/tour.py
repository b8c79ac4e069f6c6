"""How does wgtray look at work, on a real tray host? ``python -m tests.gui.tour FOLDER [--host tint2]``.

Starts the demo (real WireGuard nodes, the helper against them) and a screen with a tray host; ``guide.py`` runs the
app on it, opens its menu with the mouse, turns to every page, lets a node and then all of them fail, and takes a
picture of each moment. What it saw in the widgets is checked there; the pictures are for people. Needs root.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.gui.screen import HOSTS, ROOT, Screen, start_host

SIZE = "900x600"
WALLS = {"light": "#dfe5e8", "dark": "#23282c"}
PANELS = {"light": "#e8e8e8", "dark": "#2d3136"}
GUIDE_TIMEOUT_S = 90
END_TIMEOUT_S = 20
BEGIN_TIMEOUT_S = 60
LOOK_S = 0.1


def tour(folder: Path, host: str, language: str, palette: str) -> list[Path]:
    """Pictures of one walk, in their order; raises AssertionError where the guide missed something."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wgtray-tour-")))
        log = home / "demo.log"
        demo = _begun(stack, log)  # while it comes up, so does the screen
        screen = Screen(stack, home, SIZE)
        subprocess.run(["convert", "-size", SIZE, f"xc:{WALLS[palette]}", str(home / "wall.png")], check=True)
        screen.run("display", "-window", "root", str(home / "wall.png"))
        screen.run("openbox")
        blank = screen.settled()
        start_host(screen, host, PANELS[palette])
        screen.settled(lambda now: host == "trayer" or now != blank)
        socket, lab, talk = _told(demo, log)
        argv = [sys.executable, "-m", "tests.gui.guide", str(folder), socket, lab, language, palette, *talk]
        done = subprocess.run(
            argv, env=screen.env, cwd=ROOT, capture_output=True, text=True, timeout=GUIDE_TIMEOUT_S, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [folder / line for line in done.stdout.splitlines()]


def _begun(stack: ExitStack, log: Path) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "wgtray", "demo", "--no-gui"]
    with log.open("wb") as out:
        demo = subprocess.Popen(argv, cwd=ROOT, stdout=out, start_new_session=True)
    stack.callback(_gone, demo)
    return demo


def _told(demo: "subprocess.Popen[bytes]", log: Path) -> tuple[str, str, list[str]]:
    """The socket and the lab of a demo of our own, and how its user speaks to a company computer all the time."""
    until = time.monotonic() + BEGIN_TIMEOUT_S
    while demo.poll() is None and time.monotonic() < until:
        said = log.read_text()
        found = re.search(r"--socket (\S+/([^/]+)/helper\.sock)", said)
        if found and (ping := re.search(r"nsenter \S+ ping \S+(?=\s)", said)):
            return found[1], found[2], [*ping[0].split(), "-q", "-i", "0.1"]
        time.sleep(LOOK_S)
    raise AssertionError(f"the demo did not say where its service listens: {log.read_text()}")


def _gone(demo: "subprocess.Popen[bytes]") -> None:
    demo.terminate()  # not SIGINT: a run in the background inherits that it is ignored
    demo.wait(END_TIMEOUT_S)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gui.tour")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", choices=[host for host in HOSTS if host != "none"], default="tint2")
    parser.add_argument("--language", default="en")
    parser.add_argument("--palette", choices=sorted(WALLS), default="light")
    asked = parser.parse_args()
    for path in tour(asked.folder, asked.host, asked.language, asked.palette):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
