"""What goes through the tunnel, and by what rule? And which way does a host go?"""

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtNetwork import QHostAddress, QHostInfo
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wgtray import words
from wgtray.gui import look, rows
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.ipc.messages import ADDRESSES_LIMIT, WayView, WhichWay
from wgtray.language import say
from wgtray.words import pages
from wgtray.words import route as words_route

ROW_PX: Final = 26


class Split(Page):
    """Networks, names and learned addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.said = look.text(quiet=True)
        self.tree = _tree()
        self.full = QWidget()
        self.empty = look.Empty(say(pages.SPLIT_EMPTY), "page-split")
        self._groups: dict[str, QTreeWidgetItem] = {}
        self._shown: dict[str, tuple[rows.Way, ...]] = {}
        self.tester = Tester()
        self.tester.wished.connect(self.wished)
        column = look.page_layout(self.full)
        column.addWidget(self.said)
        column.addWidget(self.tree, stretch=1)
        column.addWidget(self.tester)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.full)
        self._stack.addWidget(self.empty)

    def draw(self, scene: Scene) -> None:
        snapshot = scene.snapshot
        if snapshot is None or snapshot.profile is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self.full)
        self.said.setText(say(pages.FULL_MODE if snapshot.mode == "full" else pages.SPLIT_MODE))
        self._draw_group(pages.NETWORKS, rows.networks(snapshot, scene.profile))
        self._draw_group(pages.NAMES, rows.names(scene.profile))
        self._draw_group(pages.LEARNED, rows.learned(snapshot), folded=True)
        self.tester.answer(scene.ways, lambda name: words.label(snapshot, name))

    def _draw_group(self, title: str, ways: Iterable[rows.Way], *, folded: bool = False) -> None:
        """The same again costs nothing; a group without rows is not there."""
        rows_now = tuple(ways)
        if self._shown.get(title) == rows_now:
            return
        self._shown[title] = rows_now
        group = self._groups.get(title)
        if group is None:
            group = self._groups[title] = QTreeWidgetItem([say(title)])
            self.tree.addTopLevelItem(group)
            group.setFirstColumnSpanned(True)
            group.setSizeHint(0, QSize(0, ROW_PX + 4))
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            group.setExpanded(not folded)
        group.takeChildren()
        for way in rows_now:
            item = QTreeWidgetItem([way.what, way.how])
            item.setSizeHint(0, QSize(0, ROW_PX))
            group.addChild(item)
        group.setHidden(not rows_now)


class Tester(QWidget):
    """A field for a host, and the sentences that say which way it goes."""

    wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText(say(pages.WHICH_WAY_HINT))
        self.field.setAccessibleName(say(pages.WHICH_WAY))
        self.field.returnPressed.connect(self._ask)
        self.button = QPushButton(say(pages.ASK_WAY))
        self.button.clicked.connect(self._ask)
        self.said = look.text()
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.hide()
        self._shown: tuple[WayView, ...] = ()
        row = QHBoxLayout()
        label = look.text(say(pages.WHICH_WAY))
        label.setWordWrap(False)
        label.setBuddy(self.field)
        row.addWidget(label)
        row.addWidget(self.field, stretch=1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.said)

    def answer(self, ways: tuple[WayView, ...], called: Callable[[str], str]) -> None:
        """What the service said last; nodes as they are ``called``."""
        if ways != self._shown:
            self._shown = ways
            self._say("\n".join(line for way in ways for line in words_route.lines(way, called)))

    def _ask(self) -> None:
        host = self.field.text().strip().removeprefix("[").removesuffix("]")
        if not host:
            return
        self._shown = ()
        if QHostAddress().setAddress(host):
            self.wished.emit(WhichWay((host,)))
            return
        self._say(say(pages.LOOKING_UP, host=host))
        QHostInfo.lookupHost(host, self._found)  # type: ignore[call-overload]  # its stub takes it for a method

    def _found(self, info: QHostInfo) -> None:
        addresses = tuple(dict.fromkeys(each.toString().partition("%")[0] for each in info.addresses()))
        if addresses:
            self.wished.emit(WhichWay(addresses[:ADDRESSES_LIMIT], info.hostName()))
        else:
            self._say(words.refusal("host-unknown", {"host": info.hostName()}))

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName(say(pages.SPLIT))
    tree.setHeaderLabels([say(head) for head in pages.SPLIT_COLUMNS])
    tree.setAllColumnsShowFocus(True)
    tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
    tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    header = tree.header()
    header.setStretchLastSection(True)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    header.setMinimumSectionSize(240)
    return tree
