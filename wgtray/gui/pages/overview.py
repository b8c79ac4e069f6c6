"""How are things now? State, switch, the latency of all nodes, traffic, and who would take over."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from wgtray import words
from wgtray.gui import icons, look, rows
from wgtray.gui.animation import Animation
from wgtray.gui.chart import Chart, Line
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.gui.view import Action, Open, TrayView
from wgtray.gui.view import Line as TextLine
from wgtray.language import say
from wgtray.words import pages
from wgtray.words.units import rate

BLOCKED: Final = "blocked.md"
"""What the handbook says of it."""


class Overview(Page):
    """The first page."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = QLabel()
        self.state = look.text(scale=1.3, bold=True)
        self.detail = look.text(quiet=True)
        self.switch = QPushButton()
        self.switch.clicked.connect(self._switched)
        self.why = look.text(scale=0.9, quiet=True)
        self.why.setWordWrap(False)
        self.why.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.notes = look.Notes()
        self.more = QPushButton(say(pages.WHAT_TO_DO))
        self.more.clicked.connect(lambda: self.wished.emit(Open("help", BLOCKED)))
        self.chart_head = look.text(say(pages.CHART), quiet=True)
        self.chart = Chart()
        self.traffic = look.text(quiet=True)
        self.ready = look.text(quiet=True)
        self.ready.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._switch: Action | None = None
        self.animation = Animation(self)
        self.animation.changed.connect(self._show_icon)
        self._lay_out()

    def draw(self, scene: Scene) -> None:
        lines: dict[str, list[str]] = {"state": [], "detail": [], "note": []}
        for entry in scene.view.entries:
            if isinstance(entry, TextLine):
                lines[entry.kind].append(entry.text)
        self.state.setText("\n".join(lines["state"]))
        self.detail.setText("\n".join(lines["detail"]))
        self.detail.setVisible(bool(lines["detail"]))
        self.notes.show_notes(tuple(lines["note"]), "blocked" if scene.view.icon == "blocked" else "degraded")
        self.more.setVisible(scene.view.icon == "blocked")
        self._draw_switch(_switch_of(scene.view))
        self.animation.stand_on(look.panel(self))
        self.animation.show(scene.view.icon)
        self._draw_chart(scene)
        self._draw_foot(scene)

    def _lay_out(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.state)
        said.addWidget(self.detail)
        top = QHBoxLayout()
        top.setSpacing(look.SPACE)
        top.addWidget(self.picture)
        top.addLayout(said, stretch=1)
        right = QVBoxLayout()
        right.setSpacing(2)
        right.addWidget(self.switch)
        right.addWidget(self.why)
        top.addLayout(right)
        foot = QHBoxLayout()
        foot.addWidget(self.traffic, stretch=1)
        foot.addWidget(self.ready, stretch=2)
        column = look.page_layout(self)
        column.addLayout(top)
        column.addWidget(self.notes)
        column.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.chart_head)
        column.addWidget(self.chart, stretch=1000)
        column.addStretch(1)  # takes the room while there is nothing to draw
        column.addLayout(foot)

    def _draw_switch(self, action: Action | None) -> None:
        self._switch = action
        self.switch.setVisible(action is not None)
        self.why.setVisible(action is not None and bool(action.why))
        if action is not None:
            self.switch.setText(action.text)
            self.switch.setIcon(icons.icon("lock", look.panel(self)) if action.locked else QIcon())
            self.why.setText(action.why)
            self.switch.setAccessibleDescription(action.why)
            self.switch.setEnabled(action.wish is not None)

    def _draw_chart(self, scene: Scene) -> None:
        snapshot = scene.snapshot
        self.chart.setVisible(snapshot is not None and bool(snapshot.nodes))
        self.chart_head.setVisible(self.chart.isVisibleTo(self))
        if snapshot is not None:
            lines = [
                Line(node.name, words.label(snapshot, node.name), scene.history.samples.get(node.name, ()), node.active)
                for node in snapshot.nodes
            ]
            limit_ms = None if scene.profile is None else scene.profile.failover.latency_limit_ms
            empty = say(pages.CHART_EMPTY if snapshot.wanted else pages.CHART_OFF)
            self.chart.show_lines(lines, scene.history.moves, limit_ms, scene.now, empty)

    def _draw_foot(self, scene: Scene) -> None:
        snapshot, rates = scene.snapshot, scene.history.rates()
        connected = snapshot is not None and snapshot.state == "connected"
        down, up = rates if rates and connected else (None, None)
        self.traffic.setText(say(pages.TRAFFIC_NOW, down=rate(down), up=rate(up)) if connected else "")
        self.ready.setText(rows.ready(snapshot) if snapshot is not None and connected else "")

    def _show_icon(self, icon: QIcon) -> None:
        self.picture.setPixmap(icon.pixmap(QSize(look.PICTURE_PX, look.PICTURE_PX), self.devicePixelRatio()))

    def _switched(self) -> None:
        if self._switch is not None and self._switch.wish is not None:
            self.wished.emit(self._switch.wish)


def _switch_of(view: TrayView) -> Action | None:
    """The menu's first entry to click: it connects, disconnects, imports; without a service it looks why."""
    actions = (entry for entry in view.entries if isinstance(entry, Action))
    if view.icon == "no-helper":
        return next((action for action in actions if action.wish == Open("checkup")), None)
    return next(actions, None)
