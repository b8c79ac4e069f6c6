"""How does somebody with a file from their administrator get connected? Drop, look, import."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.gui import icons, look
from wgtray.gui.offer import Offer, Refusal, lines, offered, with_address
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.gui.view import Open
from wgtray.language import say
from wgtray.words import first

DROP_PX: Final = 150


class Welcome(Page):
    """The first page there is; also where another profile is imported."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.chooser = _Chooser()
        self.chooser.opened.connect(self.open)
        self.chooser.pasted.connect(self.paste)
        self.preview = _Preview()
        self.preview.accepted.connect(self._accepted)
        self.preview.refused.connect(self._begin_again)
        self.done = _Done()
        self.done.left.connect(lambda: self.wished.emit(Open("overview")))
        self._stack = QStackedLayout(self)
        for page in (self.chooser, self.preview, self.done):
            self._stack.addWidget(page)

    def draw(self, scene: Scene) -> None:
        self.chooser.service.show_notes(() if scene.snapshot is not None else (say(first.SERVICE_FIRST),), "no-helper")
        self.preview.accept.setEnabled(scene.snapshot is not None and not self.preview.busy)

    def open(self, path: str) -> None:
        """Look into that file."""
        file = Path(path)
        try:
            with file.open("rb") as stream:
                raw = stream.read(SIZE_LIMIT + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            self.chooser.refuse(Refusal(say(first.UNREADABLE, file=file.name, why=why)))
            return
        self._offer(offered(raw, file.name))

    def paste(self) -> None:
        """Look into what was copied."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.chooser.refuse(Refusal(say(first.CLIPBOARD_EMPTY)))
            return
        self._offer(offered(text.encode(), say(first.CLIPBOARD)))

    def imported(self, public_key: str) -> None:
        """It is done; with a key that the administrator has to be given, or without."""
        self.preview.forget()
        self.done.show_key(public_key)
        self._stack.setCurrentWidget(self.done)

    def failed(self, sentence: str) -> None:
        """Nothing was changed."""
        self.preview.fail(sentence)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()
            self.chooser.area.light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.chooser.area.light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.chooser.area.light(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if files:
            self.open(files[0])
        elif event.mimeData().hasText():
            self._offer(offered(event.mimeData().text().encode(), say(first.CLIPBOARD)))

    def _offer(self, found: Offer | Refusal) -> None:
        match found:
            case Refusal():
                self._stack.setCurrentWidget(self.chooser)
                self.chooser.refuse(found)
            case Offer():
                self.chooser.refuse(None)
                self.preview.show_offer(found)
                self._stack.setCurrentWidget(self.preview)

    def _accepted(self, offer: Offer) -> None:
        self.importing.emit(offer)

    def _begin_again(self) -> None:
        self.preview.forget()
        self._stack.setCurrentWidget(self.chooser)


class _Chooser(QWidget):
    """Drop, open or paste."""

    opened = Signal(str)
    pasted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.service = look.Notes()
        self.trouble = look.Notes()
        self.area = _DropArea()
        self.open = QPushButton(say(first.OPEN_FILE))
        self.open.setDefault(True)
        self.open.clicked.connect(self._choose)
        self.paste = QPushButton(say(first.PASTE))
        self.paste.clicked.connect(self.pasted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.paste)
        buttons.addStretch(1)
        column = look.page_layout(self)
        column.addWidget(look.text(say(first.TITLE), scale=1.3, bold=True))
        column.addWidget(look.text(say(first.EXPLAINED)))
        column.addWidget(self.service)
        column.addWidget(self.trouble)
        column.addWidget(self.area, stretch=1)
        column.addLayout(buttons)

    def refuse(self, refusal: Refusal | None) -> None:
        """Say why a file cannot be used; None: nothing to say any more."""
        self.trouble.show_notes(
            () if refusal is None else ("\n".join((refusal.sentence, *refusal.reasons)),), "blocked"
        )

    def _choose(self) -> None:
        dialog = QFileDialog(self, say(first.OPEN_FILE), "", say(first.FILTER))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.opened)
        dialog.open()


class _DropArea(QWidget):
    """A place with a dashed edge."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(DROP_PX)
        picture = QLabel()
        picture.setPixmap(icons.icon("wgtray").pixmap(QSize(48, 48), self.devicePixelRatio()))
        said = look.text(say(first.DROP), quiet=True)
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(picture, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(said)
        column.addStretch(1)
        self._lit = False

    def light(self, lit: bool) -> None:
        """Whether something is held over it."""
        self._lit = lit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = look.color(self, icons.TEAL) if self._lit else look.mixed(self, 0.35)
        painter.setPen(QPen(ink, 2 if self._lit else 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)


class _Preview(QWidget):
    """What the profile does, before anything is changed."""

    accepted = Signal(object)
    """The ``Offer`` to be imported."""
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self._offer: Offer | None = None
        self.title = look.text(scale=1.3, bold=True)
        self.rows = QFormLayout()
        self.rows.setHorizontalSpacing(look.EDGE)
        self.rows.setVerticalSpacing(look.SPACE - 2)
        self.address = QLineEdit()
        self.address.setPlaceholderText(say(first.ADDRESS_HINT))
        self.address.setAccessibleName(say(first.ROW_ADDRESS))
        self.asked_address = QWidget()
        self.remarks = look.Notes()
        self.trouble = look.Notes()
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setFormat(say(first.WORKING))
        self.progress.setAccessibleName(say(first.WORKING))
        self.accept = QPushButton(say(first.IMPORT_AND_CONNECT))
        self.accept.setDefault(True)
        self.accept.clicked.connect(self._accept)
        self.address.returnPressed.connect(self._accept)
        self.cancel = QPushButton(say(first.CANCEL))
        self.cancel.clicked.connect(self.refused)
        self._lay_out()

    def show_offer(self, offer: Offer) -> None:
        """Show this one."""
        self._offer = offer
        self.title.setText(say(first.WILL_DO, company=offer.profile.name))
        while self.rows.rowCount():
            self.rows.removeRow(0)
        for title, content in lines(offer):
            head = look.text(title, quiet=True)
            head.setAlignment(Qt.AlignmentFlag.AlignTop)  # beside a text of several lines
            told = look.text(content)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # a fingerprint is compared
            self.rows.addRow(head, told)
        self.remarks.show_notes(offer.remarks)
        self.trouble.show_notes(())
        self._working(False)

    def fail(self, sentence: str) -> None:
        """It was not imported."""
        self.trouble.show_notes((sentence,), "blocked")
        self._working(False)

    def forget(self) -> None:
        """Nothing is offered any more; a key in it is let go."""
        self._offer = None
        self._working(False)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.SPACE)
        column.addLayout(self.rows)
        asked = QHBoxLayout(self.asked_address)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(look.EDGE)
        head = look.text(say(first.ROW_ADDRESS), quiet=True)
        head.setWordWrap(False)
        head.setBuddy(self.address)
        asked.addWidget(head)
        asked.addWidget(self.address, stretch=1)
        column.addWidget(self.asked_address)
        column.addWidget(self.remarks)
        column.addStretch(1)
        shelf = QScrollArea()
        shelf.setWidgetResizable(True)
        shelf.setFrameShape(QFrame.Shape.NoFrame)
        shelf.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, stretch=1)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept)
        whole = look.page_layout(self)
        whole.addWidget(self.title)
        whole.addWidget(shelf, stretch=1)
        whole.addWidget(self.trouble)
        whole.addLayout(buttons)

    def _working(self, busy: bool) -> None:
        self.busy = busy
        self.progress.setVisible(busy)
        self.accept.setEnabled(not busy)
        self.cancel.setEnabled(not busy)
        needs_address = self._offer is not None and not self._offer.profile.interface.addresses
        self.asked_address.setVisible(needs_address)
        self.address.setEnabled(not busy)

    def _accept(self) -> None:
        offer = self._offer
        if offer is None or self.busy:
            return
        if self.address.isVisibleTo(self):
            try:
                offer = with_address(offer, self.address.text())
            except ValueError:
                self.trouble.show_notes((say(first.ADDRESS_WRONG),))
                self.address.setFocus()
                return
        self.trouble.show_notes(())
        self._working(True)
        self.accepted.emit(offer)


class _Done(QWidget):
    """It is imported."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said = look.text()
        self.key = QLineEdit()
        self.key.setReadOnly(True)
        self.key.setAccessibleName(say(first.COPY_KEY))
        self.copy = QPushButton(say(first.COPY_KEY))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.key.text()))
        self.leave = QPushButton(say(first.TO_OVERVIEW))
        self.leave.clicked.connect(self.left)
        picture = QLabel()
        picture.setPixmap(icons.icon("wgtray").pixmap(QSize(48, 48), self.devicePixelRatio()))
        row = QHBoxLayout()
        row.addWidget(self.key, stretch=1)
        row.addWidget(self.copy)
        column = look.page_layout(self)
        column.addWidget(picture)
        column.addWidget(self.said)
        column.addLayout(row)
        column.addWidget(self.leave, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_key(self, public_key: str) -> None:
        """With the public key to be passed on, or without."""
        self.said.setText(say(first.GIVE_KEY if public_key else first.READY))
        self.key.setText(public_key)
        self.key.setVisible(bool(public_key))
        self.copy.setVisible(bool(public_key))
