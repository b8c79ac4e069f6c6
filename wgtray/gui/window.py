"""What is there on a desktop without a tray? The same view in a small window."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFont, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wgtray import words
from wgtray.gui import icons
from wgtray.gui.animation import Animation
from wgtray.gui.view import QUIT, Action, Automatic, Line, NodeRow, Nodes, TrayView

ICON_PX: Final = 48
ROW_PX: Final = 26
CHOSEN, NOT_CHOSEN = "●", "○"
WISH: Final = Qt.ItemDataRole.UserRole


class Window(QWidget):
    """Follows the view; Esc minimises, closing quits (the connection stays)."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(words.NAME)
        self.setWindowIcon(icons.icon("wgtray"))
        self.picture = QLabel()
        self.state = _label(bold=True)
        self.detail = _label()
        self.notes = _label()
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.switch = QPushButton()
        self.switch.clicked.connect(self._switched)
        self.nodes = _node_list()
        self.nodes.setVisible(False)
        self.nodes.itemActivated.connect(self._chosen)
        self._switch: Action | None = None
        self._rows: Nodes | None = None
        self.animation = Animation(self)
        self.animation.changed.connect(self._show_icon)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.showMinimized)
        self._lay_out()

    def draw(self, view: TrayView) -> None:
        """Show this view."""
        texts = {"state": "", "detail": "", "note": ""}
        for line in view.entries:
            if isinstance(line, Line):
                texts[line.kind] += f"{line.text}\n"
        self.state.setText(texts["state"].strip())
        self.detail.setText(texts["detail"].strip())
        self.notes.setText(texts["note"].strip())
        self.notes.setVisible(bool(texts["note"]))
        self._draw_switch(next((e for e in view.entries if isinstance(e, Action) and e.wish != QUIT), None))
        self._draw_nodes(next((e for e in view.entries if isinstance(e, Nodes)), None))
        self.animation.show(view.icon)
        self.setToolTip(view.tooltip)

    def tell(self, sentence: str) -> None:
        """Refusals are in the view already."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Without a tray, closing the only window leaves the program."""
        event.accept()
        self.wished.emit(QUIT)

    def _lay_out(self) -> None:
        words_of_state = QVBoxLayout()
        words_of_state.addWidget(self.state)
        words_of_state.addWidget(self.detail)
        top = QHBoxLayout()
        top.addWidget(self.picture)
        top.addLayout(words_of_state, stretch=1)
        top.addWidget(self.switch)
        whole = QVBoxLayout(self)
        whole.addLayout(top)
        whole.addWidget(self.notes)
        whole.addWidget(self.nodes, stretch=1000)
        whole.addStretch(1)  # takes the room while there is no node to list
        self.resize(480, 320)

    def _draw_switch(self, action: Action | None) -> None:
        self._switch = action
        self.switch.setVisible(action is not None)
        if action is not None:
            self.switch.setText(f"{action.text} ({action.why})" if action.why else action.text)
            self.switch.setEnabled(action.wish is not None)

    def _draw_nodes(self, nodes: Nodes | None) -> None:
        if nodes == self._rows:
            return
        self._rows = nodes
        current = self.nodes.currentIndex().row()
        self.nodes.clear()
        self.nodes.setVisible(nodes is not None)
        self.nodes.setToolTip(nodes.why if nodes else "")
        self.nodes.addTopLevelItems(
            [_item(row) for row in nodes.rows if isinstance(row, Automatic | NodeRow)] if nodes else []
        )
        self.nodes.setCurrentIndex(self.nodes.model().index(current, 0))

    def _show_icon(self, icon: QIcon) -> None:
        self.picture.setPixmap(icon.pixmap(QSize(ICON_PX, ICON_PX), self.devicePixelRatio()))

    def _switched(self) -> None:
        if self._switch is not None and self._switch.wish is not None:
            self.wished.emit(self._switch.wish)

    def _chosen(self, item: QTreeWidgetItem) -> None:
        if (wish := item.data(0, WISH)) is not None:
            self.wished.emit(wish)


def _label(*, bold: bool = False) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if bold:
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setWeight(QFont.Weight.DemiBold)
        label.setFont(font)
    return label


def _node_list() -> QTreeWidget:
    nodes = QTreeWidget()
    nodes.setHeaderHidden(True)
    nodes.setRootIsDecorated(False)
    nodes.setColumnCount(4)
    nodes.setUniformRowHeights(True)
    nodes.setAllColumnsShowFocus(True)
    nodes.header().setStretchLastSection(False)
    nodes.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    nodes.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    nodes.setAccessibleName(words.NODE_MENU)
    return nodes


def _item(row: Automatic | NodeRow) -> QTreeWidgetItem:
    """Columns: the user's choice, the name (with a mark on the one in use), latency, bars."""
    if isinstance(row, Automatic):
        chosen, texts = row.chosen, [row.text, "", ""]
    else:
        label = f"{row.label} {words.ACTIVE_MARK}" if row.active else row.label
        chosen, texts = row.pinned, [label, row.latency, row.bars]
    item = QTreeWidgetItem([CHOSEN if chosen else NOT_CHOSEN, *texts])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if row.wish else Qt.ItemFlag.NoItemFlags)
    item.setSizeHint(0, QSize(0, ROW_PX))
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setData(0, WISH, row.wish)
    return item
