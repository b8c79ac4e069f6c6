"""Where does wgtray show itself? In the tray, and in a window on demand; without a tray, in the window alone."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from wgtray.desktop.preferences import Surface
from wgtray.gui.scene import Scene
from wgtray.gui.tray import Tray
from wgtray.gui.view import QUIT, Open, Page, TrayView

if TYPE_CHECKING:
    from wgtray.gui.window import Window

POLL_MS: Final = 500
PATIENCE: Final = 10
"""Polls before the window opens: at login the panel may start after us."""
LATER_POLL_MS: Final = 5_000


class Face(QObject):
    """Draws the scene wherever the desktop has room for it."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""
    preferred = Signal(object)
    """New ``Preferences``."""
    importing = Signal(object)
    """A ``Profile`` is to be imported."""
    opened = Signal()
    """The window is to be seen from now on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tray: Tray | None = None
        self.window: Window | None = None
        self.panel: Surface = "any"
        self._scene: Scene | None = None
        self._drawn: TrayView | None = None
        self._polls = 0
        self.poll = QTimer(self)
        self.poll.timeout.connect(self.look)

    def start(self) -> None:
        """Appear, at once where a tray is there."""
        self.poll.start(POLL_MS)
        self.look()

    def draw(self, scene: Scene) -> None:
        """Show this moment; the same view again costs the tray nothing."""
        self._scene = scene
        if self.tray is not None and scene.view != self._drawn:
            self._drawn = scene.view
            self.tray.draw(scene.view)
        if self.window is not None:
            self.window.draw(scene)

    def open(self, page: Page, at: str = "") -> None:
        """Bring the window to the front, at that page, and where it has parts at that one."""
        if self.window is None:
            self.window = self._made_window()
        self.window.go(page)
        if at:
            self.window.page().open_at(at)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self.opened.emit()

    def ask_for_program(self) -> None:
        """Ask, in the window, for a program to be started."""
        self.open("apps")
        if self.window is not None:
            self.window.ask_for_program()

    def is_open(self) -> bool:
        """Whether the window is seen."""
        return self.window is not None and self.window.isVisible()

    def stand_on(self, panel: Surface) -> None:
        """Draw the tray icon for another panel from now on."""
        self.panel = panel
        if self.tray is not None:
            self.tray.stand_on(panel)

    def anew(self) -> None:
        """The language or the desktop's colours changed: make the window again where it stands."""
        before = self.window
        if before is None:
            return
        self.window = self._made_window()
        self.window.setGeometry(before.geometry())
        self.window.go(before.name())
        if before.isVisible():
            self.window.show()
        before.closed.disconnect(self._closed)
        before.close()
        before.deleteLater()

    def imported(self, public_key: str) -> None:
        """The import is done; with a key that the administrator has to be given, or without."""
        if self.window is not None:
            self.window.imported(public_key)

    def import_failed(self, sentence: str) -> None:
        """Nothing was imported."""
        if self.window is not None:
            self.window.import_failed(sentence)

    def tell(self, title: str, sentence: str) -> None:
        """Notify, where there is a tray to do it."""
        if self.tray is not None:
            self.tray.tell(title, sentence)

    def look(self) -> None:
        """Is there a tray now? Otherwise, after a while, the window."""
        self._polls += 1
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.poll.stop()
            self._appear()
        elif not self.is_open() and self._polls > PATIENCE:
            self.poll.setInterval(LATER_POLL_MS)
            self.wished.emit(Open())

    def _appear(self) -> None:
        self.tray = Tray(self, self.panel)
        self.tray.wished.connect(self.wished)
        self.tray.notice_clicked.connect(lambda: self.wished.emit(Open("activity")))
        if self._scene is not None:
            self._drawn = self._scene.view
            self.tray.draw(self._scene.view)
        self.tray.show()

    def _made_window(self) -> "Window":
        """The window's parts are a fifth of the tray's memory, so they are loaded by the first who looks."""
        from wgtray.gui.window import Window

        preferences = None if self._scene is None else self._scene.preferences
        made = Window(None if preferences is None else preferences.window)
        made.wished.connect(self.wished)
        made.preferred.connect(self.preferred)
        made.importing.connect(self.importing)
        made.closed.connect(self._closed)
        if self._scene is not None:
            made.draw(self._scene)
        return made

    def _closed(self) -> None:
        """Without a tray, closing the window leaves the program; the connection stays."""
        if self.tray is None:
            self.wished.emit(QUIT)
