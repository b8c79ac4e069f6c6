"""What happened? Day by day, newest first, one sentence an event."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QTextBrowser

from wgtray import words
from wgtray.gui import look
from wgtray.gui.events import Event
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say
from wgtray.words import events as event_words
from wgtray.words import pages
from wgtray.words.units import day

SHOWN_LIMIT: Final = 500


class Activity(Page):
    """The log for people."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(say(pages.SHOW))
        self.kinds.addItem(say(pages.ALL_KINDS), "")
        for kind, title in event_words.KINDS.items():
            self.kinds.addItem(say(title), kind)
        self.kinds.currentIndexChanged.connect(self._again)
        self.copy = QPushButton(say(pages.COPY))
        self.copy.clicked.connect(self._copy)
        self.log = QTextBrowser()
        self.log.setAccessibleName(say(pages.ACTIVITY))
        self.log.document().setDocumentMargin(look.SPACE)
        self.empty = look.Empty(say(pages.ACTIVITY_EMPTY), "page-activity")
        self.under = QStackedWidget()
        self.under.addWidget(self.log)
        self.under.addWidget(self.empty)
        self._scene: Scene | None = None
        self._shown: tuple[object, ...] = ()
        self._lay_out()

    def draw(self, scene: Scene) -> None:
        self._scene = scene
        kind = self.kinds.currentData()
        state = (len(scene.events), scene.events[-1] if scene.events else None, kind, day(scene.now, scene.now))
        if state == self._shown:
            return
        self._shown = state
        events = [event for event in scene.events if not kind or event.kind == kind][-SHOWN_LIMIT:]
        self.empty.label.setText(say(pages.NOTHING_OF_KIND if scene.events else pages.ACTIVITY_EMPTY))
        self.under.setCurrentWidget(self.log if events else self.empty)
        self.copy.setEnabled(bool(events))
        self.log.setHtml("".join(_html(events, scene.now, look.mixed(self, 0.68).name())))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        label = QLabel(say(pages.SHOW))
        label.setBuddy(self.kinds)
        top.addWidget(label)
        top.addWidget(self.kinds)
        top.addStretch(1)
        top.addWidget(self.copy)
        column = look.page_layout(self)
        column.addLayout(top)
        column.addWidget(self.under, stretch=1)

    def _again(self) -> None:
        if self._scene is not None:
            self.draw(self._scene)

    def _copy(self) -> None:
        """What is selected, or all of it."""
        chosen = self.log.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self.log.toPlainText())


def _html(events: Iterable[Event], now: float, quiet: str) -> Iterator[str]:
    """Days as heads, times in a column of their own; every text is escaped."""
    last_day = ""
    for event in reversed(list(events)):
        if (title := day(event.at, now)) != last_day:
            yield f"{'</table>' if last_day else ''}<h4>{escape(title)}</h4><table cellspacing='0' cellpadding='3'>"
            last_day = title
        yield f"<tr><td><font color='{quiet}'>{words.clock(event.at)}</font>&nbsp;&nbsp;</td>"
        yield f"<td>{escape(event_words.sentence(event.code, event.args))}</td></tr>"
    yield "</table>"
