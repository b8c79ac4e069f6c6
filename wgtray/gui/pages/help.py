"""How does it work? The handbook, ``resources/help/*.md``; in the spoken language where it is translated."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser

from wgtray.gui import icons, look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say, spoken
from wgtray.shipped import shipped
from wgtray.words import pages

FIRST: Final = "index.md"
HEADS: Final = (1.4, 1.15, 1.0)
"""Sizes of headings, as parts of the text's."""
HEAD_PX: Final = 18
LINE_PERCENT: Final = 120.0


class Help(Page):
    """A reader with a way back."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.contents = QPushButton(say(pages.CONTENTS))
        self.contents.clicked.connect(lambda: self.reader.setSource(QUrl(FIRST)))
        self.back = QPushButton(say(pages.BACK))
        self.back.clicked.connect(self.reader.backward)
        self.back.setEnabled(False)
        self.reader.backwardAvailable.connect(self.back.setEnabled)
        top = QHBoxLayout()
        top.addWidget(self.contents)
        top.addWidget(self.back)
        top.addStretch(1)
        column = look.page_layout(self)
        column.addLayout(top)
        column.addWidget(self.reader, stretch=1)
        self.reader.setSource(QUrl(FIRST))

    def open_at(self, place: str) -> None:
        self.reader.setSource(QUrl(place))

    def draw(self, scene: Scene) -> None:
        """The handbook does not change with the connection."""


class Reader(QTextBrowser):
    """Shows one file of the handbook; links to others stay inside, links to the web go to the browser."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say(pages.HELP))
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._go)
        self.document().setDocumentMargin(look.SPACE)
        self.sourceChanged.connect(lambda: _typeset(self))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Files of the handbook and nothing else."""
        path = page(QUrl(name).path())
        return None if path is None else path.read_text(encoding="utf-8")

    def _go(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        elif page(link.path()) is not None:
            self.setSource(QUrl(link.path()))


def _typeset(reader: QTextBrowser) -> None:
    """Markdown brings no air and no sizes of its own: as on the other pages of the window."""
    document, base = reader.document(), reader.font().pointSizeF()
    cursor, block = QTextCursor(document), document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        layout, level = QTextBlockFormat(), block.blockFormat().headingLevel()
        if level:
            letters = QTextCharFormat()
            letters.setFontPointSize(base * HEADS[min(level, len(HEADS)) - 1])
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.mergeCharFormat(letters)
            layout.setTopMargin(HEAD_PX if level > 1 else 0)
            layout.setBottomMargin(look.SPACE / 2)
        elif not cursor.currentTable():
            layout.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            layout.setBottomMargin(look.SPACE / 2)
        cursor.mergeBlockFormat(layout)
        for begin, end in _links(block):
            ink = QTextCharFormat()
            ink.setForeground(look.color(reader, icons.TEAL))
            cursor.setPosition(begin)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(ink)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            table = frame.format().toTableFormat()
            table.setBorderCollapse(True)
            table.setBorder(1)
            table.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            table.setCellSpacing(0)
            table.setBorderBrush(look.mixed(reader, 0.25))
            table.setCellPadding(look.SPACE / 2)
            table.setTopMargin(look.SPACE / 2)
            table.setBottomMargin(look.SPACE)
            frame.setFormat(table)
    reader.moveCursor(QTextCursor.MoveOperation.Start)


def _links(block: QTextBlock) -> list[tuple[int, int]]:
    """From where to where a block's links are."""
    found, part = [], block.begin()
    while not part.atEnd():
        fragment = part.fragment()
        if fragment.charFormat().isAnchor():
            found.append((fragment.position(), fragment.position() + fragment.length()))
        part += 1
    return found


def page(name: str) -> Path | None:
    """The file of that name in the spoken language, else in English; None where there is none."""
    if "/" in name or "\\" in name or not name.endswith(".md"):
        return None
    places = (shipped("help", spoken(), name), shipped("help", name))
    return next((place for place in places if place.is_file()), None)
