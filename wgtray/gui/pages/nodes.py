"""Which nodes are there, and how are they? A table to sort, and a choice."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QPainter, QPalette, QPen, QPolygonF, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wgtray import words
from wgtray.core.profile import AUTO
from wgtray.gui import chart, look, rows
from wgtray.gui.history import Sample
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.gui.view import ordered
from wgtray.ipc.messages import ChooseNode, NodeView, ProbeNodes, Snapshot
from wgtray.language import say
from wgtray.words import pages

WHERE, LATENCY = 1, 2
NAME: Final = Qt.ItemDataRole.UserRole
SORT: Final = Qt.ItemDataRole.UserRole + 1
SAMPLES: Final = Qt.ItemDataRole.UserRole + 2
ROW_PX: Final = 34
AIR_PX: Final = 6
SPARK_PX: Final = 40
SPARK_S: Final = 300.0
PROBING_S: Final = 4.0
"""A dead node is known to be one after three misses, a second each."""


class Nodes(Page):
    """The table of nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.said = look.text(quiet=True)
        self.table = _table()
        self.table.itemActivated.connect(self._use)
        self.table.itemSelectionChanged.connect(self._selected)
        self.table.customContextMenuRequested.connect(self._menu)
        self.use = QPushButton(say(pages.USE_NODE))
        self.use.clicked.connect(self._use)
        self.automatic = QPushButton(say(pages.USE_AUTOMATIC))
        self.automatic.clicked.connect(lambda: self.wished.emit(ChooseNode(None)))
        self.probe = QPushButton(say(pages.PROBE))
        self.probe.clicked.connect(self._probe)
        self.copy = QPushButton(say(pages.COPY_DETAILS))
        self.copy.clicked.connect(self._copy)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self._copy)
        self.full = QWidget()
        self.empty = look.Empty(say(pages.NODES_EMPTY), "page-nodes")
        self._scene: Scene | None = None
        self._free = False
        self._probing_since: float | None = None
        self._lay_out()

    def draw(self, scene: Scene) -> None:
        snapshot, self._scene = scene.snapshot, scene
        has_nodes = snapshot is not None and bool(snapshot.nodes)
        self._stack.setCurrentWidget(self.full if has_nodes else self.empty)
        if snapshot is None or not has_nodes:
            return
        self._free = "node" in snapshot.user_may
        self._draw_probing(snapshot, scene.now)
        if self._probing_since is not None:
            self.said.setText(say(pages.PROBING))
        elif not self._free:
            self.said.setText(say(pages.NODE_FIXED, company=snapshot.profile or ""))
        elif snapshot.node_choice == AUTO:
            self.said.setText(say(pages.AUTOMATIC_NODE))
        else:
            chosen = words.label(snapshot, snapshot.node_choice)
            self.said.setText(say(pages.PINNED_NODE, node=chosen, app=words.NAME))
        self.automatic.setEnabled(self._free and snapshot.node_choice != AUTO)
        names = [node.name for node in ordered(snapshot, "profile")]
        if names != sorted((item.data(0, NAME) for item in self._items()), key=_order_of(names)):
            self._fill(names)
        for item in self._items():
            index = names.index(item.data(0, NAME))
            node = snapshot.nodes[index]
            samples = tuple(scene.history.samples.get(node.name, ()))
            _write(item, rows.node_cells(snapshot, node, scene.now), samples, index)
        self._selected()

    def _lay_out(self) -> None:
        column = look.page_layout(self.full)
        top = QHBoxLayout()
        top.addWidget(self.said, stretch=1)
        top.addWidget(self.probe)
        column.addLayout(top)
        column.addWidget(self.table, stretch=1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.use)
        buttons.addWidget(self.automatic)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        column.addLayout(buttons)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.full)
        self._stack.addWidget(self.empty)

    def _fill(self, names: list[str]) -> None:
        self.table.clear()
        for name in names:
            item = Item()
            item.setData(0, NAME, name)
            self.table.addTopLevelItem(item)
        self.table.setCurrentIndex(self.table.model().index(0, 0))

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _chosen(self) -> NodeView | None:
        item = self.table.currentItem()
        if item is None or self._scene is None or self._scene.snapshot is None:
            return None
        return next((node for node in self._scene.snapshot.nodes if node.name == item.data(0, NAME)), None)

    def _selected(self) -> None:
        node = self._chosen()
        pinned = self._scene is not None and self._scene.snapshot is not None and self._scene.snapshot.node_choice
        self.use.setEnabled(self._free and node is not None and node.name != pinned)
        self.copy.setEnabled(node is not None)

    def _use(self) -> None:
        node = self._chosen()
        if node is not None and self._free:
            self.wished.emit(ChooseNode(node.name))

    def _probe(self) -> None:
        if self._scene is not None:
            self._probing_since = self._scene.now
            self.draw(self._scene)
            self.wished.emit(ProbeNodes())

    def _draw_probing(self, snapshot: Snapshot, now: float) -> None:
        """Over once every node has answered, or had the time to."""
        since = self._probing_since
        if since is not None:
            late = [node for node in snapshot.nodes if node.probed_at is None or node.probed_at <= since]
            if not late or now - since > PROBING_S:
                self._probing_since = None
        self.probe.setEnabled(self._probing_since is None)

    def _copy(self) -> None:
        node = self._chosen()
        if node is not None and self._scene is not None and self._scene.snapshot is not None:
            QGuiApplication.clipboard().setText(rows.details(self._scene.snapshot, node, self._scene.now))

    def _menu(self, at: QPoint) -> None:
        if self.table.itemAt(at) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(say(pages.USE_NODE), self._use).setEnabled(self.use.isEnabled())
        menu.addAction(say(pages.PROBE), self._probe).setEnabled(self.probe.isEnabled())
        menu.addAction(say(pages.COPY_DETAILS), self._copy)
        menu.popup(self.table.viewport().mapToGlobal(at))


class Item(QTreeWidgetItem):
    """A row that sorts by what its cells mean."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = 0 if tree is None else tree.sortColumn()
        mine, theirs = self.data(column, SORT), other.data(column, SORT)
        return bool(mine < theirs) if type(mine) is type(theirs) else str(mine) < str(theirs)


class Tall(QStyledItemDelegate):
    """A cell with air around it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + AIR_PX, ROW_PX)


class Sparkline(Tall):
    """Latency as a number, and the last five minutes of it as a line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(SPARK_PX + AIR_PX, 0)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        samples, color = index.data(SAMPLES) or ((), QColor())
        if option.state & QStyle.StateFlag.State_Selected:
            color = option.palette.color(QPalette.ColorRole.HighlightedText)
        rect = option.rect
        box = QRectF(rect.right() - SPARK_PX - AIR_PX, rect.top() + 9, SPARK_PX, rect.height() - 18)
        points = _points(samples, box)
        if len(points) > 1:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color, 1.4))
            painter.drawPolyline(QPolygonF(points))
            painter.restore()


def _points(samples: Sequence[Sample], box: QRectF) -> list[QPointF]:
    known = [(sample.at, sample.rtt_ms) for sample in samples if sample.rtt_ms is not None]
    known = [each for each in known if known and each[0] > known[-1][0] - SPARK_S]
    if not known:
        return []
    low, high = min(rtt for _, rtt in known), max(rtt for _, rtt in known)
    # A quiet line stays flat: less than a quarter of the latency is no movement worth the full height.
    span = max(high - low, high * 0.25, 1.0)
    end = known[-1][0]
    middle = (high + low) / 2
    return [
        QPointF(
            box.right() - (end - at) / SPARK_S * box.width(), box.center().y() - (rtt - middle) / span * box.height()
        )
        for at, rtt in known
    ]


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setAccessibleName(say(pages.NODES))
    table.setHeaderLabels([say(head) for head in pages.NODE_COLUMNS])
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAllColumnsShowFocus(True)
    table.setSortingEnabled(True)
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    table.setItemDelegate(Tall(table))
    table.setItemDelegateForColumn(LATENCY, Sparkline(table))
    header = table.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(WHERE, QHeaderView.ResizeMode.Stretch)  # gives way where words are long
    return table


def _write(item: QTreeWidgetItem, cells: rows.NodeCells, samples: tuple[Sample, ...], index: int) -> None:
    tree = item.treeWidget()
    for column, (shown, key) in enumerate(cells.cells()):
        if item.text(column) != shown:
            item.setText(column, shown)
        if item.data(column, SORT) != key:
            item.setData(column, SORT, key)
    item.setToolTip(WHERE, cells.where[0])
    color = QColor(chart.COLORS[index % len(chart.COLORS)][look.is_dark(tree)]) if tree else QColor()
    item.setData(LATENCY, SAMPLES, (samples, color))
    font = item.font(0)
    font.setBold(cells.state[1] == 0)
    item.setFont(0, font)


def _order_of(names: list[str]) -> Callable[[str], int]:
    return lambda name: names.index(name) if name in names else len(names)
