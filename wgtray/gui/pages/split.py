"""What goes through the tunnel, and by what rule?"""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView, QStackedLayout, QTreeWidget, QTreeWidgetItem, QWidget

from wgtray.gui import look, rows
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say
from wgtray.words import pages

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
        column = look.page_layout(self.full)
        column.addWidget(self.said)
        column.addWidget(self.tree, stretch=1)
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
