"""What do the pages have in common to the eye? Sizes, headings, cards and state colours; the rest is the desktop's."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from wgtray.desktop.preferences import Surface
from wgtray.gui import icons

SPACE: Final = 12
EDGE: Final = 20
PICTURE_PX: Final = 40
EMPTY_PX: Final = 72
NOTE_PX: Final = 20


def is_dark(widget: QWidget) -> bool:
    """Whether the desktop draws light text on dark."""
    palette = widget.palette()
    return (
        palette.color(QPalette.ColorRole.Window).lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()
    )


def panel(widget: QWidget) -> Surface:
    """The surface that icons in a window stand on."""
    return "dark" if is_dark(widget) else "light"


def color(widget: QWidget, which: str) -> QColor:
    """One of ``icons.TEAL`` … as it is readable in this window."""
    return QColor(icons.ink(which, panel(widget)))


def mixed(widget: QWidget, share: float) -> QColor:
    """Ink on paper, thinned: 1 is text, 0 the background."""
    palette = widget.palette()
    ink, paper = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    return QColor(
        *(
            round(share * a + (1 - share) * b)
            for a, b in zip(
                (ink.red(), ink.green(), ink.blue()), (paper.red(), paper.green(), paper.blue()), strict=True
            )
        )
    )


def text(content: str = "", *, scale: float = 1.0, bold: bool = False, quiet: bool = False) -> QLabel:
    """A label that wraps, is selectable by nobody and never reads markup."""
    label = QLabel(content)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * scale)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    if quiet:
        hush(label)
    return label


def hush(label: QWidget) -> None:
    """Two thirds of full ink: secondary, and still 4.5:1."""
    palette, ink = label.palette(), mixed(label, 0.68)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):  # the latter is the ink on a card
        palette.setColor(role, ink)
    label.setPalette(palette)


def heading(content: str) -> QLabel:
    """The head of a page or a group."""
    return text(content, scale=1.15, bold=True)


class Card(QFrame):
    """A surface that holds things which belong together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


class Notes(Card):
    """Sentences that a person has to read, beside a mark."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label = text()
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.addWidget(self._mark)
        row.addWidget(self.label, stretch=1)
        self.hide()

    def show_notes(self, notes: tuple[str, ...], icon: str = "degraded") -> None:
        """Show these, or nothing."""
        self.label.setText("\n\n".join(notes))
        self._mark.setPixmap(icons.icon(icon, panel(self)).pixmap(QSize(NOTE_PX, NOTE_PX), self.devicePixelRatio()))
        self.setVisible(bool(notes))


class Empty(QWidget):
    """A page with nothing on it yet, and what to do about that."""

    def __init__(self, content: str, icon: str = "off") -> None:
        super().__init__()
        picture = QLabel()
        picture.setPixmap(icons.icon(icon, panel(self)).pixmap(QSize(EMPTY_PX, EMPTY_PX), self.devicePixelRatio()))
        self.label = text(content, quiet=True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.label, stretch=4)
        middle.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(picture, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE)
        column.addLayout(middle)
        column.addStretch(3)


def page_layout(page: QWidget) -> QVBoxLayout:
    """The one column that every page is."""
    column = QVBoxLayout(page)
    column.setContentsMargins(EDGE, EDGE, EDGE, EDGE - 4)
    column.setSpacing(SPACE)
    return column
