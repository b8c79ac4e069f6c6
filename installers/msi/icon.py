"""How does an SVG become a Windows icon? Drawn in every size Windows shows, each kept as PNG in one .ico file."""

import struct
from pathlib import Path
from typing import Final

SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 256)
HEADER: Final = struct.Struct("<HHH")
"""ICONDIR: reserved, 1 for an icon, how many."""
ENTRY: Final = struct.Struct("<BBBBHHII")
"""ICONDIRENTRY: width and height (0: 256), colours, reserved, planes, bits a pixel, bytes, where they begin."""


def make_icon(svg: Path, target: Path) -> None:
    """Write ``target``; needs Qt, but no display."""
    write_icon({size: _drawn(svg, size) for size in SIZES}, target)


def write_icon(images: dict[int, bytes], target: Path) -> None:
    """An .ico of these PNG files by their size in pixels."""
    where = HEADER.size + ENTRY.size * len(images)
    entries = b""
    for size, png in images.items():
        entries += ENTRY.pack(size % 256, size % 256, 0, 0, 1, 32, len(png), where)
        where += len(png)
    target.write_bytes(HEADER.pack(0, 1, len(images)) + entries + b"".join(images.values()))


def _drawn(svg: Path, size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6's stub knows only bytes for the format
    return bytes(written.data())
