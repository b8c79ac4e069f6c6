"""Which programs have a rule, and how does this computer keep it? A card each."""

from typing import Final

from PySide6.QtCore import QFileInfo, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFileIconProvider,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from wgtray import words
from wgtray.gui import icons, look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.ipc.messages import AppView
from wgtray.language import count, say
from wgtray.words import pages

ICON_PX: Final = 32


class Apps(Page):
    """The cards."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = QVBoxLayout()
        self.cards.setSpacing(look.SPACE - 2)
        self.empty = look.Empty(say(pages.APPS_EMPTY), "page-apps")
        self._shown: tuple[AppView, ...] | None = None
        inside = QWidget()
        column = look.page_layout(inside)
        column.addLayout(self.cards)
        column.addStretch(1)
        self.shelf = QScrollArea()
        self.shelf.setWidgetResizable(True)
        self.shelf.setFrameShape(QFrame.Shape.NoFrame)
        self.shelf.setWidget(inside)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.shelf)
        self._stack.addWidget(self.empty)

    def draw(self, scene: Scene) -> None:
        apps = scene.snapshot.apps if scene.snapshot is not None else ()
        self._stack.setCurrentWidget(self.shelf if apps else self.empty)
        if apps == self._shown:
            return
        self._shown = apps
        while (item := self.cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        company = scene.snapshot.profile if scene.snapshot is not None else None
        for app in apps:
            self.cards.addWidget(AppCard(app, company or ""))


class AppCard(look.Card):
    """One program and its rule."""

    def __init__(self, app: AppView, company: str) -> None:
        super().__init__()
        self.picture = QLabel()
        self.picture.setPixmap(_icon(app.path, self).pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatio()))
        self.name = look.text(app.name, bold=True)
        self.how = look.text(enforcement(app))
        self.path = look.text(app.path, scale=0.9, quiet=True)
        source = say(pages.BY_COMPANY, company=company) if app.source == "company" else say(pages.BY_YOU)
        running = count(app.running, pages.RUNNING_ONE, pages.RUNNING) if app.running else ""
        self.source = look.text(say(" · ").join(filter(None, [source, running])), scale=0.9, quiet=True)
        self.source.setWordWrap(False)
        self.setAccessibleName(f"{app.name}: {self.how.text()}")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.name, self.how, self.path):
            texts.addWidget(label)
        right = QHBoxLayout()
        if app.locked:
            lock = QLabel()
            lock.setPixmap(icons.icon("lock", look.panel(self)).pixmap(QSize(16, 16), self.devicePixelRatio()))
            lock.setToolTip(words.locked(company))
            lock.setAccessibleName(words.locked(company))
            right.addWidget(lock)
        right.addWidget(self.source)
        row = QHBoxLayout(self)
        row.setSpacing(look.SPACE)
        row.addWidget(self.picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, stretch=1)
        row.addLayout(right)
        row.setAlignment(right, Qt.AlignmentFlag.AlignTop)


def enforcement(app: AppView) -> str:
    """What this computer does about the rule."""
    if app.enforcement == "unavailable":
        return say(pages.NOT_ENFORCED)
    if app.route == "direct":
        return say(pages.NEVER_VPN)
    match app.enforcement:
        case "routed":
            return say(pages.ALWAYS_VPN)
        case "full-tunnel":
            return say(pages.BLOCKED_OUTSIDE)
        case _:
            return say(pages.CUT_OFF)


def _icon(path: str, widget: QWidget) -> QIcon:
    """The program's own icon where the desktop knows one."""
    name = path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
    themed = QIcon.fromTheme(name)
    own = QFileIconProvider().icon(QFileInfo(path)) if themed.isNull() else themed
    return own if own.availableSizes() else icons.icon("page-apps", look.panel(widget))
