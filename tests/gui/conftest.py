"""What do the tests of the tray stand on? Qt without a screen, and a helper that follows a script."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"

from PySide6.QtWidgets import QApplication

from tests.gui.scripted import Scripted
from wgtray import language
from wgtray.gui import speech


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test speaks, the next one speaks English."""
    speech.speak(language.ENGLISH)
    yield
    speech.speak(language.ENGLISH)


@pytest.fixture
def helper(qapp: QApplication, tmp_path: Path) -> Iterator[Scripted]:
    scripted = Scripted(tmp_path / "s")
    yield scripted
    scripted.stop()
