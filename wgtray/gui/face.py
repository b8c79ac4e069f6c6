"""Where does wgtray show itself? In the tray; in a window while there is none."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from wgtray.gui.tray import Tray
from wgtray.gui.view import TrayView
from wgtray.gui.window import Window

POLL_MS: Final = 500
PATIENCE: Final = 10
"""Polls before the window opens: at login the panel may start after us."""
LATER_POLL_MS: Final = 5_000


class Face(QObject):
    """Draws the view wherever the desktop has room for it."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place: Tray | Window | None = None
        self._view: TrayView | None = None
        self._polls = 0
        self.poll = QTimer(self)
        self.poll.timeout.connect(self.look)

    def start(self) -> None:
        """Appear, at once where a tray is there."""
        self.poll.start(POLL_MS)
        self.look()

    def draw(self, view: TrayView) -> None:
        """Show this view; the same view again costs nothing."""
        if view != self._view:
            self._view = view
            if self.place is not None:
                self.place.draw(view)

    def tell(self, sentence: str) -> None:
        """Say something that was not expected after a click."""
        if self.place is not None:
            self.place.tell(sentence)

    def look(self) -> None:
        """Is there a tray now? Otherwise, after a while, the window."""
        self._polls += 1
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.poll.stop()
            self._move(Tray(self))
        elif self.place is None and self._polls > PATIENCE:
            self.poll.setInterval(LATER_POLL_MS)
            self._move(Window())

    def _move(self, place: Tray | Window) -> None:
        before, self.place = self.place, place
        place.wished.connect(self.wished)
        if self._view is not None:
            place.draw(self._view)
        place.show()
        if before is not None:
            before.hide()
            before.deleteLater()
