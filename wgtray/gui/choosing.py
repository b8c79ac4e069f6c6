"""Which program is to have a rule? Installed ones and running ones to choose from, or any file."""

import contextlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFileInfo, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFileIconProvider,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from wgtray import words
from wgtray.core.fields import NAME_LIMIT
from wgtray.core.profile import AppRoute
from wgtray.desktop import programs
from wgtray.desktop.programs import Choice
from wgtray.gui import icons, look
from wgtray.gui.view import Start
from wgtray.ipc.messages import AddApp
from wgtray.language import say
from wgtray.words import pages

SIZE: Final = (460, 480)
ICON_PX: Final = 24
NO_ROW: Final = -1
CHOICE: Final = Qt.ItemDataRole.UserRole


class Chooser(QDialog):
    """Asks for a program, and what its rule is to be or, to ``start`` it, nothing more; ``chosen`` carries the wish.

    What is started so needs no rule of its own, and may be what no rule may name.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, start: bool = False) -> None:
        super().__init__(parent)
        self._start = start
        self._title = say(pages.PROTECTED_TITLE if start else pages.ADD_APP_TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self._title)
        self.resize(*SIZE)
        self.search = QLineEdit()
        self.search.setPlaceholderText(say(pages.ADD_APP_HINT))
        self.search.setAccessibleName(say(pages.ADD_APP_HINT))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setAccessibleName(say(pages.FROM_FILES))
        self.list.setIconSize(QSize(ICON_PX, ICON_PX))
        self.list.currentItemChanged.connect(self._selected)
        self.list.itemDoubleClicked.connect(self.accept)
        self.other = QPushButton(say(pages.OPEN_FILE))
        self.other.clicked.connect(self._open)
        self.only = QRadioButton(say(pages.ONLY_VPN))
        self.never = QRadioButton(say(pages.NEVER))
        self.only.setChecked(True)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText(say(pages.OPEN_PROGRAM if start else pages.ADD_RULE))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._fill()
        self._selected()

    def add(self, path: str) -> None:
        """Offer that file, or what it starts where it is an entry of a menu, and choose it."""
        self._add(_meant(path) or Choice(QFileInfo(path).completeBaseName() or path, path), "")
        self.list.setCurrentRow(self.list.count() - 1)

    def accept(self) -> None:
        """The rule is wanted."""
        choice = self._choice()
        if choice is not None and self._start:
            self.chosen.emit(Start(choice.path))
            super().accept()
        elif choice is not None and choice.hindrance is None:
            route: AppRoute = "tunnel" if self.only.isChecked() else "direct"
            self.chosen.emit(AddApp(choice.path, choice.name[:NAME_LIMIT], route))
            super().accept()

    def _lay_out(self) -> None:
        routes, choices = QButtonGroup(self), QVBoxLayout()
        choices.setSpacing(4)
        column = QVBoxLayout(self)
        column.setSpacing(look.SPACE)
        column.addWidget(self.search)
        column.addWidget(self.list, stretch=1)
        column.addWidget(self.other, alignment=Qt.AlignmentFlag.AlignLeft)
        for button in (self.only, self.never):
            routes.addButton(button)
            if not self._start:
                choices.addWidget(button)
        column.addLayout(choices)
        column.addWidget(self.buttons)

    def _fill(self) -> None:
        installed = programs.installed()
        known = {choice.path for choice in installed}
        for choice in installed:
            self._add(choice, "")
        if self._start:
            return
        with contextlib.suppress(OSError):
            for choice in programs.running():
                if choice.path not in known and choice.hindrance is None:
                    self._add(choice, say(pages.RUNS_NOW))

    def _add(self, choice: Choice, note: str) -> None:
        item = QListWidgetItem(_icon(choice, self), f"{choice.name} ({note})" if note else choice.name)
        item.setData(CHOICE, choice)
        item.setToolTip(choice.path)
        if choice.hindrance is not None and not self._start:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(words.refusal(choice.hindrance, {"path": choice.path}))
        self.list.addItem(item)

    def _filter(self, text: str) -> None:
        """Hide what does not match, and choose the first that does."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            choice: Choice = item.data(CHOICE)
            item.setHidden(text.casefold() not in f"{choice.name} {choice.path}".casefold())
        if text and self._choice() is None:
            self.list.setCurrentRow(next(filter(self._is_usable, range(self.list.count())), NO_ROW))
        self._selected()

    def _is_usable(self, row: int) -> bool:
        item = self.list.item(row)
        return not item.isHidden() and bool(item.flags() & Qt.ItemFlag.ItemIsEnabled)

    def _open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._title)
        if path:
            self.add(path)

    def _choice(self) -> Choice | None:
        item = self.list.currentItem()
        return None if item is None or item.isHidden() else item.data(CHOICE)

    def _selected(self) -> None:
        choice = self._choice()
        usable = choice is not None and (self._start or choice.hindrance is None)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(usable)


def _meant(path: str) -> Choice | None:
    if not path.endswith(".desktop"):
        return None
    with contextlib.suppress(OSError):
        return programs.entry(Path(path).read_text(errors="replace"))
    return None


def _icon(choice: Choice, widget: QWidget) -> QIcon:
    """What the desktop draws for it."""
    named = QIcon(choice.icon) if Path(choice.icon).is_absolute() else QIcon.fromTheme(choice.icon)
    own = QFileIconProvider().icon(QFileInfo(choice.path)) if named.isNull() else named
    return own if own.availableSizes() else icons.icon("page-apps", look.panel(widget))
