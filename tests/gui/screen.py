"""Which screen do pictures of the real tray come from? One without a monitor, with a session bus and a tray host.

Ends every process it started; writes below ``home`` only.
"""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

HOSTS = ("tint2", "trayer", "xfce4-panel", "none")
ROOT = Path(__file__).parents[2]
TINT2 = """rounded = 0
background_color = {color} 100
panel_items = FS
panel_size = 100% 32
panel_position = bottom center horizontal
panel_background_id = 1
systray_padding = 12 4 8
systray_icon_size = 22
"""
XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0"><property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/><property name="panel-1" type="empty">
<property name="position" type="string" value="p=8;x=450;y=560"/><property name="length" type="uint" value="100"/>
<property name="position-locked" type="bool" value="true"/><property name="size" type="uint" value="32"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
</property></property><property name="plugins" type="empty"><property name="plugin-1" type="string" value="separator">
<property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/></property>
<property name="plugin-2" type="string" value="systray"/></property></channel>
"""


class Screen:
    """A screen without a monitor, and everything that runs on it."""

    def __init__(self, stack: ExitStack, home: Path, size: str) -> None:
        self._stack, self.home = stack, home
        self.env = os.environ | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "xcb"}
        for name in ("XDG_CONFIG_HOME", "WAYLAND_DISPLAY", "WGTRAY_SOCKET"):
            self.env.pop(name, None)
        self.env["DISPLAY"] = ":" + self._announced(["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24"])
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self._announced(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        )

    def run(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{Path(command[0]).name}.log").open("wb") as log:
            process = subprocess.Popen(command, env=self.env | more, stdout=log, stderr=log, cwd=ROOT)
        self._stack.callback(ended, process)
        return process

    def do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self.env, check=True)

    def picture(self) -> QImage:
        png = subprocess.run(["import", "-window", "root", "png:-"], env=self.env, check=True, capture_output=True)
        return QImage.fromData(png.stdout).convertToFormat(QImage.Format.Format_RGB32)

    def settled(self, condition: Callable[[QImage], bool] = lambda _: True) -> QImage:
        """The picture once it meets the condition and has stopped changing."""
        until = time.monotonic() + 15
        before = self.picture()
        while time.monotonic() < until:
            time.sleep(0.25)
            now = self.picture()
            if now == before and condition(now):
                return now
            before = now
        before.save("/tmp/shot-failed.png")
        raise TimeoutError("the screen does not show what it should: see /tmp/shot-failed.png")

    def _announced(self, command: list[str]) -> str:
        """Start a program that writes its address on the first line."""
        process = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._stack.callback(ended, process)
        assert process.stdout is not None
        return process.stdout.readline().strip()


def start_host(screen: Screen, host: str, color: str) -> None:
    match host:
        case "tint2":
            config = screen.home / "tint2rc"
            config.write_text(TINT2.format(color=color))
            screen.run("tint2", "-c", str(config))
        case "trayer":
            screen.run("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28")
        case "xfce4-panel":
            config = screen.home / ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"
            config.parent.mkdir(parents=True)
            config.write_text(XFCE)
            screen.run("xfce4-panel", "--disable-wm-check")


def difference(one: QImage, other: QImage) -> QRect:
    """The smallest rectangle outside which both pictures are equal."""
    width, height = one.width(), one.height()
    rows = [one.copy(0, y, width, 1) != other.copy(0, y, width, 1) for y in range(height)]
    columns = [one.copy(x, 0, 1, height) != other.copy(x, 0, 1, height) for x in range(width)]
    if True not in rows:
        return QRect()
    left, top = columns.index(True), rows.index(True)
    return QRect(left, top, width - columns[::-1].index(True) - left, height - rows[::-1].index(True) - top)


def ended(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
