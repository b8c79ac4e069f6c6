"""What can this user choose? Seven rows, each of which takes effect at once."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from wgtray import words
from wgtray.core.profile import AUTO
from wgtray.desktop import autostart
from wgtray.desktop.preferences import Preferences
from wgtray.gui import look
from wgtray.gui.pages.page import Page
from wgtray.gui.scene import Scene
from wgtray.gui.view import Open
from wgtray.ipc.messages import ChooseNode
from wgtray.language import available, say
from wgtray.words import events as event_words
from wgtray.words import pages

ORDERS: Final = (("profile", pages.SORT_PROFILE), ("latency", pages.SORT_LATENCY), ("name", pages.SORT_NAME))
ICONS: Final = (
    ("any", pages.ICON_ANY),
    ("light", pages.ICON_LIGHT),
    ("dark", pages.ICON_DARK),
    ("black", pages.ICON_BLACK),
    ("white", pages.ICON_WHITE),
)


class Settings(Page):
    """The user's choices."""

    def __init__(self) -> None:
        super().__init__()
        self._preferences = Preferences()
        self._rows: tuple[tuple[str, str], ...] = ()
        self.at_login = QCheckBox(say(pages.AT_LOGIN))
        self.at_login.clicked.connect(self._chose_login)
        self.trouble = look.Notes()
        self.notices = {kind: QCheckBox(say(title)) for kind, title in event_words.NOTICES.items()}
        for box in self.notices.values():
            box.clicked.connect(self._chose_notices)
        self._languages = available()
        languages = [("", say(pages.AS_DESKTOP)), *self._languages.items()]
        self.language = _combo(languages, lambda value: self._change(language=value))
        self.order = _combo([(key, say(text)) for key, text in ORDERS], lambda value: self._change(order=value))
        self.icon = _combo([(key, say(text)) for key, text in ICONS], lambda value: self._change(icon=value))
        self.node = _combo([], lambda value: self.wished.emit(ChooseNode(None if value == AUTO else value)))
        self.profile = QLabel()
        self.profile.setTextFormat(Qt.TextFormat.PlainText)
        self.imports = QPushButton(say(pages.IMPORT))
        self.imports.clicked.connect(lambda: self.wished.emit(Open("welcome")))
        self._lay_out()

    def draw(self, scene: Scene) -> None:
        self._preferences = scene.preferences
        self.at_login.setChecked(autostart.is_on())
        for kind, box in self.notices.items():
            box.setChecked(kind in scene.preferences.notices)
        _select(self.language, scene.preferences.language)
        _select(self.order, scene.preferences.order)
        _select(self.icon, scene.preferences.icon)
        self._draw_node(scene)
        combos = (self.node, self.order, self.icon, self.language)
        width = max(combo.sizeHint().width() for combo in combos)
        for combo in combos:
            combo.setMinimumWidth(width)
        name = scene.snapshot.profile if scene.snapshot is not None else None
        self.profile.setText(name or say(pages.NO_PROFILE))
        self.imports.setEnabled(scene.snapshot is not None)

    def refuse(self, sentence: str) -> None:
        """Say that a choice could not be kept."""
        self.trouble.show_notes((sentence,))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(look.EDGE)
        form.setVerticalSpacing(look.SPACE)
        form.addRow(self.at_login)
        kinds = QVBoxLayout()
        kinds.setSpacing(4)
        for box in self.notices.values():
            kinds.addWidget(box)
        form.addRow(say(pages.NOTIFY), kinds)
        form.addRow(say(pages.PREFERRED_NODE), self.node)
        form.addRow(say(pages.SORT_NODES), self.order)
        form.addRow(say(pages.TRAY_ICON), self.icon)
        if len(self._languages) > 1:
            form.addRow(say(pages.LANGUAGE), self.language)
        profile = QHBoxLayout()
        profile.addWidget(self.profile)
        profile.addSpacing(look.SPACE)
        profile.addWidget(self.imports)
        profile.addStretch(1)
        form.addRow(say(pages.PROFILE), profile)
        column = look.page_layout(self)
        column.addWidget(self.trouble)
        column.addLayout(form)
        column.addStretch(1)

    def _draw_node(self, scene: Scene) -> None:
        snapshot = scene.snapshot
        names = (
            () if snapshot is None else tuple((node.name, words.label(snapshot, node.name)) for node in snapshot.nodes)
        )
        rows = ((AUTO, say("Automatic")), *names)
        if rows != self._rows:
            self._rows = rows
            _fill(self.node, rows)
        if snapshot is not None:
            _select(self.node, snapshot.node_choice)
        free = snapshot is not None and "node" in snapshot.user_may
        self.node.setEnabled(free)
        self.node.setToolTip("" if free or snapshot is None else words.locked(snapshot.profile))

    def _chose_login(self, on: bool) -> None:
        try:
            autostart.choose(on)
            self.trouble.show_notes(())
        except OSError as error:
            self.refuse(say(pages.AUTOSTART_FAILED, why=error.strerror or type(error).__name__))
        self.at_login.setChecked(autostart.is_on())

    def _chose_notices(self) -> None:
        self._change(notices=tuple(kind for kind, box in self.notices.items() if box.isChecked()))

    def _change(self, **fields: object) -> None:
        self._preferences = msgspec.structs.replace(self._preferences, **fields)
        self.preferred.emit(self._preferences)


def _combo(rows: Sequence[tuple[str, str]], chosen: Callable[[str], None]) -> QComboBox:
    combo = QComboBox()
    _fill(combo, rows)
    combo.activated.connect(lambda index: chosen(combo.itemData(index)))
    return combo


def _fill(combo: QComboBox, rows: Sequence[tuple[str, str]]) -> None:
    combo.clear()
    for key, text in rows:
        combo.addItem(text, key)


def _select(combo: QComboBox, key: str) -> None:
    combo.setCurrentIndex(max(0, combo.findData(key)))
