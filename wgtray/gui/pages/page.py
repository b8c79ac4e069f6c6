"""What is every page? A widget that draws a scene and says what was clicked."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wgtray.gui.scene import Scene


class Page(QWidget):
    """One page of the window."""

    wished = Signal(object)
    """A ``Wish`` of the view was clicked."""
    preferred = Signal(object)
    """New ``Preferences``."""
    importing = Signal(object)
    """A ``Profile`` is to be imported."""

    def draw(self, scene: Scene) -> None:
        """Show this moment; called only while the page is seen."""
        raise NotImplementedError

    def open_at(self, place: str) -> None:
        """Show that part of the page, where it has parts."""

    def ask(self) -> None:
        """Ask for what this page is about, where there is something to ask."""
