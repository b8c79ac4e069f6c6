"""How does the view look in the desktop's tray? An icon, a tooltip and a menu."""

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from wgtray.desktop import taskbar
from wgtray.desktop.preferences import Surface
from wgtray.gui import icons
from wgtray.gui.animation import Animation
from wgtray.gui.menu import Menu
from wgtray.gui.view import TrayView

TOLD_MS: Final = 5_000
"""Long enough for two sentences, and not so long that the picture beside them is of another state."""


class Tray(QObject):
    """Follows the view as long as there is a tray host."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""
    notice_clicked = Signal()
    """The last notification was clicked, where the desktop tells."""

    def __init__(self, parent: QObject | None = None, panel: Surface = "any") -> None:
        super().__init__(parent)
        self.menu = Menu(self)
        self.menu.wished.connect(self.wished)
        self._panel = panel
        self.animation = Animation(self, panel)
        self.animation.changed.connect(self._show_icon)
        self.icon = QSystemTrayIcon(icons.icon("no-helper", panel), self)
        self.icon.setContextMenu(self.menu.root)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.notice_clicked)

    def draw(self, view: TrayView) -> None:
        """Show this view."""
        self.menu.draw(view.entries)
        self.menu.set_state_icon(icons.icon("connecting-1" if view.icon == "connecting" else view.icon))
        self.animation.show(view.icon)
        self.icon.setToolTip(view.tooltip)

    def stand_on(self, panel: Surface) -> None:
        """Draw the icon for another panel from now on."""
        self._panel = panel
        self.animation.stand_on(panel)

    def show(self) -> None:
        """Appear in the tray."""
        self.icon.show()

    def hide(self) -> None:
        """Leave the tray."""
        self.icon.hide()

    def tell(self, title: str, sentence: str) -> None:
        """Notify: something that was not expected."""
        # Where the desktop draws attention to the icon meanwhile, it shows this picture in its place.
        self.icon.showMessage(title, sentence, self.icon.icon(), TOLD_MS)

    def _show_icon(self, icon: QIcon) -> None:
        shown = QIcon(icon)
        shown.setIsMask(taskbar.inks_itself(self._panel))
        self.icon.setIcon(shown)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.menu.root.popup(QCursor.pos())
