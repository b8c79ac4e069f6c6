"""Does a report hold what helps, and nothing else?"""

import stat
import zipfile
from pathlib import Path

import pytest

from tests.gui.scripted import connected
from wgtray.core import document
from wgtray.desktop import report

KEY = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
TOML = f"""schema = 1
name = "Acme"
[interface]
addresses = ["10.66.0.10/32"]
[dns]
servers = ["10.20.0.53"]
domains = ["corp.internal"]
[split]
networks = ["10.20.0.0/16"]
[[node]]
name = "fra"
public_key = "{KEY}"
endpoint = "gate:51820"
"""


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(report, "state_folder", lambda: tmp_path)
    (tmp_path / "activity").mkdir()
    for day in range(1, 6):
        (tmp_path / "activity" / f"2026-01-0{day}.jsonl").write_text(f'{{"day": {day}, "at": "10.66.0.10"}}\n')
    profile, _ = document.read(TOML.encode(), "acme.toml")
    return report.files(connected(), profile, "ok  Service: it runs\n")


def test_it_holds_the_connection_the_profile_and_the_last_days(texts: dict[str, str]) -> None:
    assert set(texts) == {"about.txt", "machine.txt", "doctor.txt", "status.json", "profile.json", "activity.jsonl"}
    assert '"state": "connected"' in texts["status.json"]
    assert [line[8] for line in texts["activity.jsonl"].splitlines()] == ["3", "4", "5"]


@pytest.mark.parametrize("personal", [KEY, "10.66.0.10", "10.20.0.53", "corp.internal", "203.0.113.5"])
def test_it_holds_nothing_personal(texts: dict[str, str], personal: str) -> None:
    assert personal not in "".join(texts.values())


def test_without_a_service_it_says_what_it_can() -> None:
    assert {"machine.txt", "doctor.txt"} <= set(report.files(None, None, "x"))


def test_it_is_saved_whole_and_for_this_user_only(tmp_path: Path, texts: dict[str, str]) -> None:
    path = tmp_path / "r.zip"
    path.write_text("an older one")
    report.write(path, texts)
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == texts
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob(".r*")] == []


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        report.write(tmp_path / "none" / "r.zip", {})
