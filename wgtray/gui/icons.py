"""What does each state look like? One SVG file a shape, coloured for the panel it stands on, crisp at panels' sizes."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wgtray.desktop.preferences import Surface
from wgtray.shipped import shipped

SIZES: Final = (16, 20, 22, 24, 32, 48, 64, 128)
"""Pixels; panels use 16 to 48, twice that at high DPI. Tray protocols take pixmaps, so a lazy SVG icon is no use."""

CONNECTING_FRAMES: Final = 4

TEAL, AMBER, RED, GREY = "#0F8B8D", "#C77700", "#C0362C", "#7A868C"
"""The colours in the files. On an unknown panel they keep 3:1 to white and to dark grey, what WCAG 1.4.11 asks of
icons; the others keep 4.5:1 to their own surface."""
INKS: Final[Mapping[Surface, Mapping[str, str]]] = {
    "any": {RED: "#D64538"},
    "light": {TEAL: "#0B7476", AMBER: "#9A5B00", GREY: "#5C686E"},
    "dark": {TEAL: "#3FC6C3", AMBER: "#F2A93B", RED: "#FF8A7D", GREY: "#B4BFC4"},
    "black": dict.fromkeys((TEAL, AMBER, RED, GREY), "#1E2326"),
    "white": dict.fromkeys((TEAL, AMBER, RED, GREY), "#FFFFFF"),
}


def icon(name: str, panel: Surface = "any") -> QIcon:
    """The icon of that file name, without ``.svg``."""
    return _icon(name, panel)


def listed(name: str, panel: Surface) -> QIcon:
    """The icon for an entry of a list: white where the entry is chosen."""
    made, chosen = QIcon(icon(name, panel)), icon(name, "white")
    for size in SIZES:
        made.addPixmap(chosen.pixmap(size, size), QIcon.Mode.Selected)
    return made


def frames(name: str, panel: Surface = "any") -> tuple[QIcon, ...]:
    """The pictures to show in turn; all but ``connecting`` stand still."""
    if name != "connecting":
        return (icon(name, panel),)
    return tuple(icon(f"connecting-{number}", panel) for number in range(1, CONNECTING_FRAMES + 1))


def ink(color: str, panel: Surface) -> str:
    """What one of the four colours becomes there."""
    return INKS[panel].get(color, color)


@cache
def _icon(name: str, panel: Surface) -> QIcon:
    source = shipped("icons", f"{name}.svg").read_text(encoding="utf-8")
    for before, after in INKS[panel].items():
        source = source.replace(before, after)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    made = QIcon()
    for size in SIZES:
        pixmap = _rendered(renderer, size)
        made.addPixmap(pixmap)
        made.addPixmap(pixmap, QIcon.Mode.Disabled)  # a line that only tells something keeps its colour
    return made


def _rendered(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
