"""What do the tests of the tray stand on? Qt without a screen, and a helper that follows a script."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.gui.scripted import Scripted


@pytest.fixture
def helper(qapp: QApplication, tmp_path: Path) -> Iterator[Scripted]:
    scripted = Scripted(tmp_path / "s")
    yield scripted
    scripted.stop()
