"""Where are the pictures, and what does each state look like? SVG files, rendered crisp at the sizes of panels."""

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES: Final = (16, 20, 22, 24, 32, 48, 64, 128)
"""Pixels; panels use 16 to 48, twice that at high DPI. Tray protocols take pixmaps, so a lazy SVG icon is no use."""

CONNECTING_FRAMES: Final = 4


@cache
def icon(name: str) -> QIcon:
    """The icon of that file name, without ``.svg``."""
    renderer = QSvgRenderer(str(resources() / "icons" / f"{name}.svg"))
    made = QIcon()
    for size in SIZES:
        pixmap = _rendered(renderer, size)
        made.addPixmap(pixmap)
        made.addPixmap(pixmap, QIcon.Mode.Disabled)  # a line that only tells something keeps its colour
    return made


def frames(name: str) -> tuple[QIcon, ...]:
    """The pictures to show in turn; all but ``connecting`` stand still."""
    if name != "connecting":
        return (icon(name),)
    return tuple(icon(f"connecting-{number}") for number in range(1, CONNECTING_FRAMES + 1))


def resources() -> Path:
    """The folder of resources: inside the package where installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def _rendered(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
