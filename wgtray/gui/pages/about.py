"""Which program is this, in which version, and on what terms?"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel

from wgtray import __version__, words
from wgtray.gui import icons, look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say
from wgtray.words import pages


class About(Page):
    """Name, versions, licence."""

    def __init__(self) -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(icons.icon("wgtray").pixmap(QSize(64, 64), self.devicePixelRatio()))
        self.version = look.text(quiet=True)
        self.version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = look.page_layout(self)
        column.addWidget(picture)
        column.addWidget(look.text(words.NAME, scale=1.6, bold=True))
        column.addWidget(self.version)
        column.addWidget(look.text(say(pages.ABOUT_TEXT)))
        column.addWidget(look.text(say(pages.LICENCE)))
        column.addWidget(look.text(say(pages.WIREGUARD), scale=0.9, quiet=True))
        column.addStretch(1)

    def draw(self, scene: Scene) -> None:
        if scene.snapshot is None:
            self.version.setText(say(pages.VERSION, version=__version__))
        else:
            self.version.setText(say(pages.VERSIONS, version=__version__, service=scene.snapshot.version))
