"""Is all that a person should see really there, with real nodes, on a real tray host?"""

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.gui.tour import tour
from wgtray.gui.window import LISTED

TOOLS = ("Xvfb", "dbus-daemon", "openbox", "xdotool", "import", "convert", "display")
MOMENTS = ["menu", *LISTED, "moved", "blocked", "back"]


@pytest.mark.network
@pytest.mark.parametrize(
    ("host", "language", "palette"),
    [("xfce4-panel", "en", "dark"), pytest.param("tint2", "zh_CN", "light", marks=pytest.mark.slow)],
)
def test_the_demo_is_shown_from_the_menu_to_a_failure_and_back(
    tmp_path: Path, host: str, language: str, palette: str
) -> None:
    if os.geteuid() != 0:
        pytest.skip("the demo needs root for network namespaces")
    missing = [tool for tool in (*TOOLS, host) if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(missing)}")
    taken = tour(tmp_path, host, language, palette)
    assert [path.stem for path in taken] == [f"{moment}-{language}-{palette}" for moment in MOMENTS]
    assert len({_content(path) for path in taken}) == len(taken), "two moments look the same"


def _content(path: Path) -> bytes:
    image = QImage(str(path))
    assert not image.isNull(), path
    return bytes(image.constBits())
