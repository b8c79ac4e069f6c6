"""Every page draws a lived-in company, light and dark, and shows what happened to it."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from tests.gui.album import darkened, lived, walk
from wgtray import language
from wgtray.gui import speech
from wgtray.gui.pages.activity import Activity
from wgtray.gui.window import LISTED, SIZE, Window


@pytest.fixture
def desktop(qapp: QApplication) -> Iterator[QApplication]:
    """Whose colours may be changed."""
    before = qapp.palette()
    yield qapp
    qapp.setPalette(before)


def brightness(image: QImage) -> float:
    small = image.scaled(16, 16)
    return sum(small.pixelColor(x, y).lightnessF() for x in range(16) for y in range(16)) / 256


def test_every_page_is_drawn_on_light_and_on_dark_desktops(desktop: QApplication) -> None:
    light = walk()
    desktop.setPalette(darkened())
    dark = walk()
    assert [*light] == [*LISTED, "blocked", "welcome"]
    for name, picture in light.items():
        assert {(each.width(), each.height()) for each in (picture, dark[name])} == {SIZE}
        assert brightness(picture) > 0.6 > 0.4 > brightness(dark[name]), name


@pytest.mark.parametrize("name", sorted(language.available()))
def test_in_every_language_every_page_fits(desktop: QApplication, name: str) -> None:
    speech.speak(name)
    window = Window()
    window.show()
    window.draw(lived())
    for page in LISTED:
        window.go(page)
        assert window.page().minimumSizeHint().width() <= SIZE[0] - window.sidebar.width(), page
    window.close()
    window.deleteLater()


def test_what_happened_is_told_where_a_person_looks(desktop: QApplication) -> None:
    window = Window()
    window.show()
    window.draw(lived())
    texts = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "Connected to Amsterdam" in texts
    assert "Frankfurt and Singapore are ready" in texts
    window.go("activity")
    page = window.page()
    assert isinstance(page, Activity)
    told = page.log.toPlainText()
    assert "Moved from Frankfurt to Amsterdam: Frankfurt stopped answering; apps noticed 73 ms." in told
    window.close()
    window.deleteLater()
