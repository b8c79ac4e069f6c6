"""Which programs have a rule, and how does this computer keep it? A card each, and a way to more."""

from typing import Final

from PySide6.QtCore import QFileInfo, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QFileIconProvider,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from wgtray import words
from wgtray.gui import icons, look
from wgtray.gui.choosing import Chooser
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.ipc.messages import AppView, RemoveApp
from wgtray.language import count, say
from wgtray.words import labels, pages
from wgtray.words.apps import kept

ICON_PX: Final = 32


class Apps(Page):
    """The cards."""

    def __init__(self) -> None:
        super().__init__()
        self.add = QPushButton(say(pages.ADD_APP))
        self.add.clicked.connect(lambda: self.choose())
        self.start = QPushButton(say(labels.OPEN_PROTECTED))
        self.start.clicked.connect(lambda: self.choose(start=True))
        self.setAcceptDrops(True)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(look.SPACE - 2)
        self.empty = look.Empty(say(pages.APPS_EMPTY), "page-apps")
        self._shown: tuple[tuple[AppView, ...], bool] | None = None
        inside = QWidget()
        column = look.page_layout(inside)
        column.addLayout(self.cards)
        column.addStretch(1)
        self.shelf = QScrollArea()
        self.shelf.setWidgetResizable(True)
        self.shelf.setFrameShape(QFrame.Shape.NoFrame)
        self.shelf.setWidget(inside)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.shelf)
        self._stack.addWidget(self.empty)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(look.EDGE, 0, look.EDGE, look.EDGE)
        bottom.addWidget(self.add)
        bottom.addWidget(self.start)
        bottom.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(middle, stretch=1)
        whole.addLayout(bottom)

    def choose(self, path: str = "", *, start: bool = False) -> Chooser:
        """Ask for a program, for a rule or to ``start`` it; a file that was dropped is offered as it is."""
        asking = Chooser(self, start=start)
        if path:
            asking.add(path)
        asking.chosen.connect(self.wished)
        asking.open()
        return asking

    def ask(self) -> None:
        if self.start.isEnabled():
            self.choose(start=True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.add.isEnabled() and _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped(event.mimeData()):
            self.choose(path)

    def draw(self, scene: Scene) -> None:
        apps = scene.snapshot.apps if scene.snapshot is not None else ()
        self._stack.setCurrentWidget(self.shelf if apps else self.empty)
        has_profile = scene.snapshot is not None and scene.snapshot.profile is not None
        self.empty.label.setText(say(pages.APPS_EMPTY if has_profile else pages.APPS_NO_PROFILE))
        free = scene.snapshot is not None and has_profile and "apps" in scene.snapshot.user_may
        self.add.setEnabled(free)
        self.add.setToolTip(words.locked(scene.snapshot.profile) if scene.snapshot and has_profile and not free else "")
        able = scene.snapshot is not None and scene.snapshot.capabilities.per_app_routing
        wanted = scene.snapshot is not None and scene.snapshot.wanted
        self.start.setEnabled(able and wanted)
        self.start.setToolTip("" if able and wanted else say(labels.CONNECT_FIRST if able else labels.NOT_HERE))
        if (apps, free) == self._shown:
            return
        self._shown = (apps, free)
        while (item := self.cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        company = scene.snapshot.profile if scene.snapshot is not None else None
        last: QWidget = self.shelf
        for app in apps:
            card = AppCard(app, company or "", removable=free and not app.locked)
            card.wished.connect(self.wished)
            self.cards.addWidget(card)
            if card.remove is not None:
                self.setTabOrder(last, card.remove)
                last = card.remove
        self.setTabOrder(last, self.add)
        self.setTabOrder(self.add, self.start)


class AppCard(look.Card):
    """One program and its rule."""

    wished = Signal(object)

    def __init__(self, app: AppView, company: str, *, removable: bool = False) -> None:
        super().__init__()
        self.picture = QLabel()
        self.picture.setPixmap(_icon(app.path, self).pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatio()))
        self.name = look.text(app.name, bold=True)
        self.how = look.text(kept(app))
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
        self.remove: QPushButton | None = None
        if removable:
            text = pages.TAKE_OFF if app.source == "company" else pages.REMOVE_APP
            self.remove = QPushButton(say(text))
            self.remove.setAccessibleName(f"{say(text)}: {app.name}")
            self.remove.clicked.connect(lambda: self.wished.emit(RemoveApp(app.name)))
            right.addWidget(self.remove)
        row = QHBoxLayout(self)
        row.setSpacing(look.SPACE)
        row.addWidget(self.picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, stretch=1)
        row.addLayout(right)
        row.setAlignment(right, Qt.AlignmentFlag.AlignTop)


def _dropped(mime: QMimeData) -> str:
    """The file that is dragged, where it is one file of this computer."""
    urls = mime.urls()
    return urls[0].toLocalFile() if len(urls) == 1 else ""


def _icon(path: str, widget: QWidget) -> QIcon:
    """The program's own icon where the desktop knows one."""
    name = path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
    themed = QIcon.fromTheme(name)
    own = QFileIconProvider().icon(QFileInfo(path)) if themed.isNull() else themed
    return own if own.availableSizes() else icons.icon("page-apps", look.panel(widget))
