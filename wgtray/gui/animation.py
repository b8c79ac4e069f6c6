"""Which picture of an icon is due now? Only ``connecting`` moves, calmly, and only then a timer runs."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon

from wgtray.desktop.preferences import Surface
from wgtray.gui import icons

FRAME_MS: Final = 250


class Animation(QObject):
    """Shows one icon at a time."""

    changed = Signal(QIcon)
    """The picture to show from now on."""

    def __init__(self, parent: QObject | None = None, panel: Surface = "any") -> None:
        super().__init__(parent)
        self._name, self._panel = "", panel
        self._frames: tuple[QIcon, ...] = ()
        self._next = 0
        self.timer = QTimer(self)
        self.timer.setInterval(FRAME_MS)
        self.timer.timeout.connect(self._turn)

    def show(self, name: str) -> None:
        """Show that icon, from its first picture unless it is already shown."""
        if name == self._name:
            return
        self._name, self._frames, self._next = name, icons.frames(name, self._panel), 0
        if len(self._frames) > 1:
            self.timer.start()
        else:
            self.timer.stop()
        self._turn()

    def stand_on(self, panel: Surface) -> None:
        """Draw for another surface from now on."""
        if panel != self._panel:
            name, self._name, self._panel = self._name, "", panel
            if name:
                self.show(name)

    def _turn(self) -> None:
        self.changed.emit(self._frames[self._next])
        self._next = (self._next + 1) % len(self._frames)
