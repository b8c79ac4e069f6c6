"""Is this computer ready, and what has to be mended? What ``wgtray doctor`` says, and a report to send."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from wgtray import __version__
from wgtray.core.checkup import findings
from wgtray.desktop import SYSTEM, report
from wgtray.desktop.machine import machine, service
from wgtray.gui import icons, look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.language import say
from wgtray.words import checkup, pages
from wgtray.words.checkup import Found

MARKS: Final = {"ok": ("✓", icons.TEAL), "info": ("i", icons.GREY), "warning": ("!", icons.AMBER)}
WORST: Final = ("✕", icons.RED)
REPORT_SIZE: Final = (640, 460)


class Checkup(Page):
    """Looks the machine over when it is first seen, and again on request."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[Found, ...] = ()
        self._scene: Scene | None = None
        self._looking = Looking(self)
        self._looking.done.connect(self._looked)
        self.again = QPushButton(say(pages.CHECK_AGAIN))
        self.again.clicked.connect(self.look)
        self.report = QPushButton(say(pages.MAKE_REPORT))
        self.report.clicked.connect(lambda: self.show_report())
        self.headline = look.heading("")
        self.rows = QGridLayout()
        self.rows.setHorizontalSpacing(look.SPACE)
        self.rows.setVerticalSpacing(look.SPACE - 2)
        self.rows.setColumnStretch(1, 1)
        inside = QWidget()
        column = look.page_layout(inside)
        column.addWidget(self.headline)
        column.addLayout(self.rows)
        column.addStretch(1)
        shelf = QScrollArea()
        shelf.setWidgetResizable(True)
        shelf.setFrameShape(QFrame.Shape.NoFrame)
        shelf.setWidget(inside)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(look.EDGE, 0, look.EDGE, look.EDGE)
        bottom.addWidget(self.again)
        bottom.addWidget(self.report)
        bottom.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(shelf, stretch=1)
        whole.addLayout(bottom)

    def draw(self, scene: Scene) -> None:
        first, self._scene = self._scene is None, scene
        if first:
            self.look()

    def look(self) -> None:
        """Look the machine over; the answer comes by itself."""
        if self._scene is None:
            return
        self.again.setEnabled(False)
        self.report.setEnabled(False)
        self.headline.setText(say(pages.CHECKING))
        self._looking.start(self._scene)

    def show_report(self) -> "Report":
        """Show what a report would hold, with a way to save it."""
        scene = self._scene
        assert scene is not None  # noqa: S101 - the button works once something was drawn
        dialog = Report(report.files(scene.snapshot, scene.profile, checkup.text(self.found)), self)
        dialog.open()
        return dialog

    def _looked(self, found: tuple[Found, ...]) -> None:
        self.found = found
        self.again.setEnabled(True)
        self.report.setEnabled(True)
        self.headline.setText(checkup.summary(found))
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, each in enumerate(sorted(found, key=_worst_first)):
            self._show(row, each)

    def _show(self, row: int, found: Found) -> None:
        sign, ink = MARKS.get(found.severity, WORST)
        mark = look.text(sign, scale=1.15, bold=True)
        palette = mark.palette()
        palette.setColor(QPalette.ColorRole.WindowText, look.color(self, ink))
        mark.setPalette(palette)
        mark.setAccessibleName(checkup.severity(found))
        said = look.text(checkup.headed(found))
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(said)
        if found.fix:
            fix = look.text(found.fix, quiet=True)
            fix.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            texts.addWidget(fix)
        beside = QWidget()
        texts.setContentsMargins(0, 0, 0, 0)
        beside.setLayout(texts)
        self.rows.addWidget(mark, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
        self.rows.addWidget(beside, row, 1)


class Looking(QObject):
    """Reads the machine on a thread of its own: a process list and two buses can take a second."""

    done = Signal(object)
    """A tuple of ``Found``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: Thread | None = None

    def start(self, scene: Scene) -> None:
        """Look; a second call while it still looks changes nothing."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._look, args=(scene,), daemon=True, name="checkup")
            self._thread.start()

    def _look(self, scene: Scene) -> None:
        socket, reason = ("", "") if scene.lost is None else (scene.lost.socket, scene.lost.reason)
        seen = findings(machine(), service(scene.snapshot, reason), __version__)
        problems = scene.snapshot.problems if scene.snapshot is not None else ()
        self.done.emit(checkup.found(seen, problems, socket, SYSTEM))


class Report(QDialog):
    """All that a report would hold, to be read before it is saved."""

    def __init__(self, texts: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(pages.REPORT_TITLE))
        self.resize(*REPORT_SIZE)
        self.texts = texts
        self.reader = QPlainTextEdit("\n".join(f"── {name} ──\n{text}" for name, text in texts.items()))
        self.reader.setReadOnly(True)
        self.reader.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.reader.setAccessibleName(say(pages.REPORT_TITLE))
        self.trouble = look.Notes()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(look.text(say(pages.REPORT_EXPLAINED)))
        column.addWidget(self.reader, stretch=1)
        column.addWidget(self.trouble)
        column.addWidget(self.buttons)

    def save(self, path: str) -> None:
        """Save it there and close."""
        try:
            report.write(Path(path), self.texts)
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.trouble.show_notes((say(pages.REPORT_NOT_SAVED, file=path, why=why),))
            return
        self.accept()

    def _choose(self) -> None:
        asking = QFileDialog(self, say(pages.REPORT_TITLE), "wgtray-report.zip", "ZIP (*.zip)")
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asking.setDefaultSuffix("zip")
        asking.fileSelected.connect(self.save)
        asking.open()


def _worst_first(found: Found) -> int:
    order: Sequence[str] = (*MARKS,)
    return -order.index(found.severity) if found.severity in MARKS else -len(order)
