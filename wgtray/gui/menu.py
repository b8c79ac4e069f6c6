"""How does a picture become a menu? Entry by entry; an open menu keeps its place while numbers move.

Only what changed is touched: the same entries with other texts are changed where they stand, other entries are drawn
anew. The same on every tray host, also those that draw menus themselves, so marks and numbers are plain text.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, assert_never

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QMenu

from wgtray.gui import icons
from wgtray.gui.view import Action, Choice, Entry, Line, NodeRow, Open, Separator, Submenu
from wgtray.language import say
from wgtray.words import labels, wrap

NOTE_WIDTH: Final = 52
"""Characters of one line of a note: menus do not wrap by themselves."""

FIGURE_SPACE: Final = "\u2007"
FIGURES: Final = 4

Row = Entry | Choice | NodeRow


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
            if isinstance(row, Submenu):
                submenu = QMenu(menu)
                submenu.setPalette(menu.palette())
                self._submenus.append(submenu)
                self._actions.append(menu.addMenu(submenu))
                self._add(submenu, row.rows, QActionGroup(submenu))
            else:
                action = menu.addSeparator() if isinstance(row, Separator) else QAction(menu)
                menu.addAction(action)
                if choices is not None and isinstance(row, Choice | NodeRow):
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
        wish = Open() if isinstance(row, Line) else row.wish
        if wish is not None:
            self.wished.emit(wish)


def _write(action: QAction, row: Row) -> None:
    match row:
        case Separator():
            return
        case Line(text, kind):
            # A host that draws menus itself pales what is disabled; the state has to be read, so it opens the window.
            _set(action, text, enabled=kind == "state")
            action.setFont(_bold(action.font()) if kind == "state" else action.font())
        case Action(text, wish, why, locked, detail):
            _set(action, _reasoned(text, why) + (f"\t{detail}" if detail else ""), enabled=wish is not None)
            _lock(action, locked)
        case Submenu(text, _, why, locked):
            _set(action, _reasoned(text, why), enabled=True)
            _lock(action, locked)
        case Choice(text, chosen, wish, why, locked):
            _set(action, _reasoned(text, why), enabled=wish is not None, checked=chosen)
            _lock(action, locked)
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


def _reasoned(text: str, why: str) -> str:
    return say(labels.WITH_REASON, text=text, why=why) if why else text


def _lock(action: QAction, locked: bool) -> None:
    action.setIcon(icons.icon("lock") if locked else QIcon())


def _node_text(row: NodeRow) -> str:
    """Menus put what follows a tab into a column of its own, some of them left-aligned: pad numbers to one width."""
    label = f"{row.label} {labels.ACTIVE_MARK}" if row.active else row.label
    number, _, rest = row.latency.partition(" ")
    aligned = f"{number:{FIGURE_SPACE}>{FIGURES}} {rest}" if number.isdigit() else row.latency
    return f"{label}\t{aligned}  {row.bars}" if row.bars else f"{label}\t{aligned}"


def _fitted(entries: Iterable[Entry]) -> Iterator[Row]:
    for entry in entries:
        if isinstance(entry, Line) and entry.kind == "note":
            yield from (Line(part, "note") for part in wrap.lines(entry.text, NOTE_WIDTH))
        else:
            yield entry


def _flat(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        if isinstance(row, Submenu):
            yield from row.rows


def _shape(rows: Iterable[Row]) -> list[tuple[type, str]]:
    """What must be equal for texts to be changed in place: kinds in order, and which node a row is."""
    return [(type(row), row.name if isinstance(row, NodeRow) else "") for row in _flat(rows)]
