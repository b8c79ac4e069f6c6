"""How does a picture become a menu? Entry by entry; an open menu keeps its place while numbers move.

Only what changed is touched: the same entries with other texts are changed where they stand, other entries are drawn
anew. The same on every tray host, also those that draw menus themselves, so marks and numbers are plain text.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, assert_never

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QMenu

from wgtray import words
from wgtray.gui.view import Action, Automatic, Entry, Line, NodeRow, Nodes, Separator

NOTE_WIDTH: Final = 52
"""Characters of one line of a note: menus do not wrap by themselves."""

COMMAND: Final = re.compile(r'"[^"]{1,48}"')
"""What words.py quotes is to be typed; it stays on one line."""
NO_BREAK_SPACE: Final = "\u00a0"
FIGURE_SPACE: Final = "\u2007"
FIGURES: Final = 4

Row = Entry | Automatic | NodeRow


class Menu(QObject):
    """One menu that follows the view."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = QMenu()
        self.root.setPalette(_readable(self.root.palette()))
        self.rebuilt = 0
        self._rows: tuple[Row, ...] = ()
        self._actions: list[QAction] = []
        self._submenus: list[QMenu] = []

    def draw(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        rows = tuple(_fitted(entries))
        if _shape(rows) != _shape(self._rows):
            self._rebuild(rows)
        elif rows == self._rows:
            return
        self._rows = rows
        self._write(rows)

    def set_state_icon(self, icon: QIcon) -> None:
        """The picture beside the first line."""
        if self._actions:
            self._actions[0].setIcon(icon)

    def _rebuild(self, rows: tuple[Row, ...]) -> None:
        self.rebuilt += 1
        self.root.clear()
        for submenu in self._submenus:
            submenu.deleteLater()
        self._submenus, self._actions = [], []
        self._add(self.root, rows)

    def _add(self, menu: QMenu, rows: Iterable[Row], choices: QActionGroup | None = None) -> None:
        for row in rows:
            if isinstance(row, Nodes):
                submenu = QMenu(menu)
                submenu.setPalette(menu.palette())
                self._submenus.append(submenu)
                self._actions.append(menu.addMenu(submenu))
                self._add(submenu, row.rows, QActionGroup(submenu))
            else:
                action = menu.addSeparator() if isinstance(row, Separator) else QAction(menu)
                menu.addAction(action)
                if choices is not None and isinstance(row, Automatic | NodeRow):
                    choices.addAction(action)
                action.triggered.connect(partial(self._clicked, action))
                self._actions.append(action)

    def _write(self, rows: tuple[Row, ...]) -> None:
        for action, row in zip(self._actions, _flat(rows), strict=True):
            action.setData(row)
            _write(action, row)

    def _clicked(self, action: QAction) -> None:
        row = action.data()
        self._write(self._rows)  # a click moves marks at once; ours say what is so
        if row.wish is not None:
            self.wished.emit(row.wish)


def _write(action: QAction, row: Row) -> None:
    match row:
        case Separator():
            return
        case Line(text, kind):
            _set(action, text, enabled=False)
            action.setFont(_bold(action.font()) if kind == "state" else action.font())
        case Action(text, wish, why):
            _set(action, f"{text} ({why})" if why else text, enabled=wish is not None)
        case Nodes(text, _, why):
            _set(action, f"{text} ({why})" if why else text, enabled=True)
        case Automatic(text, chosen, wish):
            _set(action, text, enabled=wish is not None, checked=chosen)
        case NodeRow():
            _set(action, _node_text(row), enabled=row.wish is not None, checked=row.pinned)
        case _:
            assert_never(row)


def _readable(palette: QPalette) -> QPalette:
    """Lines that only tell something are disabled entries, and still there to be read: two thirds of full ink."""
    ink, paper = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    mixed = QColor(*((2 * a + b) // 3 for a, b in zip(_rgb(ink), _rgb(paper), strict=True)))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, mixed)
    return palette


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def _bold(font: QFont) -> QFont:
    font.setBold(True)
    return font


def _set(action: QAction, text: str, *, enabled: bool, checked: bool | None = None) -> None:
    title, tab, number = text.partition("\t")
    action.setText(title.replace("&", "&&") + tab + number)
    action.setEnabled(enabled)
    if checked is not None:
        action.setCheckable(True)
        action.setChecked(checked)


def _node_text(row: NodeRow) -> str:
    """Menus put what follows a tab into a column of its own, some of them left-aligned: pad numbers to one width."""
    label = f"{row.label} {words.ACTIVE_MARK}" if row.active else row.label
    number, _, rest = row.latency.partition(" ")
    aligned = f"{number:{FIGURE_SPACE}>{FIGURES}} {rest}" if number.isdigit() else row.latency
    return f"{label}\t{aligned}  {row.bars}" if row.bars else f"{label}\t{aligned}"


def _fitted(entries: Iterable[Entry]) -> Iterator[Row]:
    for entry in entries:
        if isinstance(entry, Line) and entry.kind == "note":
            whole_commands = COMMAND.sub(lambda found: found[0].replace(" ", NO_BREAK_SPACE), entry.text)
            for part in textwrap.wrap(whole_commands, NOTE_WIDTH, break_on_hyphens=False):
                yield Line(part, "note")
        else:
            yield entry


def _flat(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        if isinstance(row, Nodes):
            yield from row.rows


def _shape(rows: Iterable[Row]) -> list[tuple[type, str]]:
    """What must be equal for texts to be changed in place: kinds in order, and which node a row is."""
    return [(type(row), row.name if isinstance(row, NodeRow) else "") for row in _flat(rows)]
