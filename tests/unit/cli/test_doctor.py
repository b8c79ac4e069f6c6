"""Do `wgtray doctor` and `wgtray report` say what was found, with and without a helper?"""

import json
import zipfile
from pathlib import Path

import msgspec
import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import ON, Scripted
from wgtray.core.checkup import Machine
from wgtray.desktop import machine
from wgtray.ipc.messages import ProblemView, ProfileNow, ShowProfile

GOOD = Machine(
    wireguard="kernel",
    firewall="nftables",
    resolver="file",
    servers=("192.0.2.1",),
    tray_host="present",
    keyring="usable",
    at_login=True,
    service_installed=True,
    membership="member",
)


@pytest.fixture(autouse=True)
def _good_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "machine", lambda: GOOD)


def test_a_machine_in_order_ends_with_0(run: Run, helper: Scripted) -> None:
    nodes = tuple(msgspec.structs.replace(node, health="up") for node in ON.nodes)
    helper.snapshot = msgspec.structs.replace(ON, nodes=nodes)
    result = run("doctor")
    assert (result.code, result.err) == (0, "")
    assert "ok       Service: The service runs" in result.out
    assert "ok       Nodes: Answers from 2 of 2 nodes." in result.out


def test_what_has_to_be_mended_ends_with_1_and_says_how(
    run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "machine", lambda: msgspec.structs.replace(GOOD, missing=("wg",)))
    result = run("doctor")
    assert result.code == 1
    assert "error    Programs: Not installed: wg." in result.out
    assert "         Install the packages" in result.out


def test_the_helper_s_own_problems_are_findings(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, problems=(ProblemView("offline", "error", {}, "old words"),))
    result = run("doctor", "--json")
    document = json.loads(result.out)
    assert (result.code, document["ok"]) == (1, False)
    offline = next(each for each in document["findings"] if each["code"] == "offline")
    assert offline["severity"] == "error"
    assert offline["text"] == "This computer has no network."
    assert "Connect to a network" in offline["fix"]


def test_without_a_helper_it_still_looks(run: Run) -> None:
    result = run("--socket", "/nowhere/s", "doctor", "--json")
    document = json.loads(result.out)
    assert result.code == 1
    service = next(each for each in document["findings"] if each["check"] == "service")
    assert "/nowhere/s" in service["text"]
    assert service["fix"]
    assert len(document["findings"]) > 5


def test_a_report_is_saved_without_questions_where_nobody_sits(run: Run, helper: Scripted, tmp_path: Path) -> None:
    helper.replies[ShowProfile] = ProfileNow(None)
    result = run("report", str(tmp_path / "r.zip"))
    assert (result.code, result.err) == (0, "")
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        assert {"doctor.txt", "status.json", "machine.txt"} <= set(archive.namelist())
        assert b"203.0.113.5" not in archive.read("status.json")


def test_a_report_is_shown_and_not_saved(run: Run, helper: Scripted, tmp_path: Path) -> None:
    helper.replies[ShowProfile] = ProfileNow(None)
    result = run("report", "--show")
    assert result.code == 0
    assert "── status.json ──" in result.out
    assert list(tmp_path.glob("*.zip")) == []


def test_a_report_without_a_helper_says_so_inside(run: Run, tmp_path: Path) -> None:
    assert run("--socket", "/nowhere/s", "report", str(tmp_path / "r.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        assert "status.json" not in archive.namelist()
        assert b"error" in archive.read("doctor.txt")


def test_a_report_needs_a_file_that_can_be_written(run: Run, helper: Scripted, tmp_path: Path) -> None:
    helper.replies[ShowProfile] = ProfileNow(None)
    result = run("report", str(tmp_path / "none" / "r.zip"))
    assert result.code == 1
    result.says_one_sentence("cannot be written", "folder of yours")
    assert run("report").code == 2


def test_autostart_is_printed_and_chosen(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run("autostart").out == "off\n"
    assert run("autostart", "on").code == 0
    assert run("autostart").out == "on\n"
    assert run("autostart", "off").code == 0
    assert run("autostart").out == "off\n"
    assert run("autostart", "perhaps").code == 2
