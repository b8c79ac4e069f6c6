"""Does the page show what was found, and the report before it is saved?"""

import zipfile
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.album import lived
from wgtray.core.checkup import Machine
from wgtray.desktop import report
from wgtray.gui.pages import checkup
from wgtray.gui.pages.checkup import Checkup
from wgtray.gui.view import Lost

GOOD = Machine(wireguard="kernel", firewall="nftables", tray_host="present", keyring="usable", at_login=True)


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Checkup:
    monkeypatch.setattr(checkup, "machine", lambda: GOOD)
    monkeypatch.setattr(report, "state_folder", lambda: tmp_path)
    made = Checkup()
    qtbot.addWidget(made)
    made.show()
    return made


def texts(page: Checkup) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def test_it_looks_when_it_is_first_seen_and_again_on_request(page: Checkup, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page._looking.done):
        page.draw(lived())
        assert not page.again.isEnabled()
    assert page.again.isEnabled()
    assert page.headline.text() == "This computer is ready."
    assert "Programs: All programs" in texts(page)
    with qtbot.waitSignal(page._looking.done):
        page.again.click()


def test_without_a_service_it_says_what_to_mend_first(page: Checkup, qtbot: QtBot) -> None:
    scene = msgspec.structs.replace(lived(), snapshot=None, lost=Lost("/run/s", "absent"))
    with qtbot.waitSignal(page._looking.done):
        page.draw(scene)
    assert page.headline.text() == "1 thing has to be mended."
    assert page.found[0].code == "service-unreachable"
    assert "systemctl start" in texts(page)


def test_the_report_is_read_before_it_is_saved(page: Checkup, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(page._looking.done):
        page.draw(lived())
    dialog = page.show_report()
    assert "status.json" in dialog.reader.toPlainText()
    dialog.save(str(tmp_path / "none" / "r.zip"))
    assert dialog.trouble.isVisible()
    with qtbot.waitSignal(dialog.accepted):
        dialog.save(str(tmp_path / "r.zip"))
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        assert archive.namelist()[0] == "about.txt"
