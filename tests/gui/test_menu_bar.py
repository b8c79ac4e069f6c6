"""On a Mac the icon in the menu bar is a template: black with alpha, and inked by the bar."""

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from wgtray.desktop import taskbar
from wgtray.gui.tray import Tray


def test_the_icon_is_a_mask_there_and_a_picture_elsewhere(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Tray()
    elsewhere.animation.show("connected-split")
    assert not elsewhere.icon.icon().isMask()
    monkeypatch.setattr(taskbar, "SYSTEM", "macos")
    tray = Tray()
    tray.animation.show("connected-split")
    tray.stand_on(taskbar.surface("any"))
    assert tray.icon.icon().isMask()
    picture = tray.icon.icon().pixmap(22, 22).toImage()
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert {colour.alpha() for colour in colours} >= {0, 255}
    assert all(colour.saturation() < 80 for colour in colours if colour.alpha() == 255)
    assert QColor("#1E2326") in colours
    tray.stand_on("light")
    assert not tray.icon.icon().isMask()
