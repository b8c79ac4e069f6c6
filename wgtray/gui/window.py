"""Where does a person look closer? A window with a page for each question; opened on demand, never needed."""

import importlib
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QIcon, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from wgtray import words
from wgtray.gui import icons, look
from wgtray.gui.pages.overview import BLOCKED
from wgtray.gui.pages.page import Page
from wgtray.gui.pages.welcome import Welcome
from wgtray.gui.scene import Scene
from wgtray.gui.view import Page as PageName
from wgtray.language import say
from wgtray.words import pages

SIZE: Final = (760, 520)
LEAST: Final = (560, 400)
SIDEBAR_PX: Final = 148
ENTRY_PX: Final = 36
ICON_PX: Final = 18
NAME: Final = Qt.ItemDataRole.UserRole

LISTED: Final[Mapping[PageName, str]] = {
    "overview": pages.OVERVIEW,
    "nodes": pages.NODES,
    "split": pages.SPLIT,
    "apps": pages.APPS,
    "activity": pages.ACTIVITY,
    "settings": pages.SETTINGS,
    "checkup": pages.CHECKUP,
    "help": pages.HELP,
    "about": pages.ABOUT,
}
"""Pages of the sidebar; the first six are Ctrl+1 to Ctrl+6."""
NUMBERED: Final = 6
HELP_ON: Final[Mapping[PageName, str]] = {
    "overview": "getting-started.md",
    "nodes": "getting-started.md",
    "split": "getting-started.md",
    "apps": "sensitive-apps.md",
    "welcome": "getting-started.md",
}
"""What the handbook says of a page; of the overview something else while nothing gets through."""


class Window(QWidget):
    """Follows the scene while it is seen; Esc closes, F1 helps."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""
    preferred = Signal(object)
    """New ``Preferences``."""
    importing = Signal(object)
    """A ``Profile`` is to be imported."""
    closed = Signal()

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.setWindowTitle(words.NAME)
        self.setWindowIcon(icons.icon("wgtray"))
        self.setMinimumSize(*LEAST)
        self.resize(*(size or SIZE))
        self._scene: Scene | None = None
        self.pages: dict[PageName, Page] = {}
        self.stack = QStackedWidget()
        self.sidebar = _Sidebar()
        self.sidebar.currentItemChanged.connect(self._turned)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.stack, stretch=1)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self, self.help)
        for number, name in enumerate(list(LISTED)[:NUMBERED], start=1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, lambda name=name: self.go(name))
        self.go("overview")

    def go(self, name: PageName) -> None:
        """Turn to that page."""
        if name not in self.pages:
            made = _make(name)
            made.wished.connect(self.wished)
            made.preferred.connect(self.preferred)
            made.importing.connect(self.importing)
            self.pages[name] = made
            self.stack.addWidget(made)
        self.stack.setCurrentWidget(self.pages[name])
        self.sidebar.select(name)
        self._draw_page()

    def help(self) -> None:
        """Turn to what the handbook says of the page that is seen."""
        before = self.name()
        is_blocked = self._scene is not None and self._scene.view.icon == "blocked"
        about = BLOCKED if is_blocked and before == "overview" else HELP_ON.get(before)
        self.go("help")
        if about is not None:
            self.page().open_at(about)

    def draw(self, scene: Scene) -> None:
        """Show this moment, if anybody looks."""
        self._scene = scene
        if self.isVisible():
            self._draw_page()

    def ask_for_program(self) -> None:
        """Turn to the rules for programs, and ask there for one to be started."""
        self.go("apps")
        self.page().ask()

    def imported(self, public_key: str) -> None:
        """The import is done; with a key that the administrator has to be given, or without."""
        if isinstance(page := self.pages.get("welcome"), Welcome):
            page.imported(public_key)

    def import_failed(self, sentence: str) -> None:
        """Nothing was imported."""
        if isinstance(page := self.pages.get("welcome"), Welcome):
            page.failed(sentence)

    def page(self) -> Page:
        """The page that is seen."""
        found = self.stack.currentWidget()
        assert isinstance(found, Page)  # noqa: S101 - only pages are added
        return found

    def name(self) -> PageName:
        """What the page that is seen is called."""
        return next(name for name, page in self.pages.items() if page is self.page())

    def showEvent(self, event: QShowEvent) -> None:
        self._draw_page()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.closed.emit()

    def _draw_page(self) -> None:
        if self._scene is not None:
            self.page().draw(self._scene)

    def _turned(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.go(item.data(NAME))


class _Sidebar(QListWidget):
    """The list of pages."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say(pages.PAGES_LIST))
        self.setFixedWidth(max(SIDEBAR_PX, self._widest() + ICON_PX + 44))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setViewportMargins(0, 10, 0, 0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        palette, paper = self.palette(), look.mixed(self, 0.05)
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window):  # the latter is the margin above
            palette.setColor(role, paper)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        for number, (name, title) in enumerate(LISTED.items(), start=1):
            item = QListWidgetItem(_page_icon(name, self), say(title))
            item.setData(NAME, name)
            item.setSizeHint(QSize(0, ENTRY_PX))
            if number <= NUMBERED:
                item.setToolTip(f"Ctrl+{number}")
            self.addItem(item)

    def select(self, name: PageName) -> None:
        """Mark that page; one that is not listed leaves none marked."""
        row = list(LISTED).index(name) if name in LISTED else -1
        if row != self.currentRow():
            blocked = self.blockSignals(True)
            self.setCurrentRow(row)
            self.blockSignals(blocked)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Focus alone turns no page, as it would where none is marked."""
        row, blocked = self.currentRow(), self.blockSignals(True)
        super().focusInEvent(event)
        self.setCurrentRow(row)
        self.blockSignals(blocked)

    def _widest(self) -> int:
        return max(self.fontMetrics().horizontalAdvance(say(title)) for title in LISTED.values())


def _page_icon(name: str, widget: QWidget) -> QIcon:
    return icons.listed(f"page-{name}", look.panel(widget))


def _make(name: PageName) -> Page:
    """A page, imported when it is first looked at: the module and the class are called as it is."""
    made = getattr(importlib.import_module(f"wgtray.gui.pages.{name}"), name.capitalize())()
    assert isinstance(made, Page)  # noqa: S101 - so are all modules of that package
    return made
