"""How does it work? The handbook, ``resources/help/*.md``; in the spoken language where it is translated."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser

from wgtray.gui import look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say, spoken
from wgtray.shipped import shipped
from wgtray.words import pages

FIRST: Final = "index.md"


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
        self.document().setDefaultStyleSheet("p, li { line-height: 130% }")

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Files of the handbook and nothing else."""
        path = page(QUrl(name).path())
        return None if path is None else path.read_text(encoding="utf-8")

    def _go(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        elif page(link.path()) is not None:
            self.setSource(QUrl(link.path()))


def page(name: str) -> Path | None:
    """The file of that name in the spoken language, else in English; None where there is none."""
    if "/" in name or "\\" in name or not name.endswith(".md"):
        return None
    places = (shipped("help", spoken(), name), shipped("help", name))
    return next((place for place in places if place.is_file()), None)
