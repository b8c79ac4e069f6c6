"""Is a lab found as long as its owner lives, and not longer?"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from wgtray.lab import netns, record, spec
from wgtray.lab.__main__ import main
from wgtray.lab.record import Owner
from wgtray.lab.situations import WORDS, make
from wgtray.lab.spec import LabError, Layout, NodeSpec


@pytest.fixture(autouse=True)
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (spec, record):
        monkeypatch.setattr(module, "RUN", tmp_path / "run")
    return tmp_path / "run"


def test_a_claimed_lab_is_found_with_all_it_consists_of() -> None:
    layout = Layout("abcdef", (NodeSpec("fra", "Frankfurt", 20, 1, 0.1),), 2)
    record.claim(layout)
    assert record.running() == {"abcdef": layout}
    assert record.find() == layout
    assert record.find("abcdef") == layout


def test_anyone_may_look_into_a_labs_directory_but_not_at_its_keys(run_dir: Path) -> None:
    record.claim(Layout("abcdef"))
    assert run_dir.stat().st_mode & 0o777 == 0o755
    assert (run_dir / "abcdef").stat().st_mode & 0o777 == 0o755
    assert (run_dir / "abcdef" / "nodes").stat().st_mode & 0o777 == 0o700


def test_a_lab_whose_owner_is_gone_is_not_running(run_dir: Path) -> None:
    record.claim(Layout("abcdef"))
    file = run_dir / "abcdef" / "lab.json"
    # The same process id, but started at another time: somebody else.
    file.write_text(json.dumps(json.loads(file.read_text()) | {"owner_started": 1}))
    assert record.running() == {}
    assert [(found.lab_id, found.owner) for found in record.records()] == [("abcdef", Owner(os.getpid(), 1))]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"owner": 1}', "nonsense"])
def test_a_directory_that_says_nothing_is_nobodys(run_dir: Path, text: str) -> None:
    (run_dir / "abcdef").mkdir(parents=True)
    (run_dir / "abcdef" / "lab.json").write_text(text)
    assert [found.owner for found in record.records()] == [None]


def test_foreign_names_are_left_alone(run_dir: Path) -> None:
    (run_dir / ".abcdef").mkdir(parents=True)
    (run_dir / "notes").mkdir()
    assert list(record.records()) == []


def test_without_an_id_there_must_be_one_lab() -> None:
    with pytest.raises(LabError, match="wgtray demo"):
        record.find()
    record.claim(Layout("abcdef"))
    record.claim(Layout("123456"))
    with pytest.raises(LabError, match=r"123456, abcdef.*--lab"):
        record.find()
    with pytest.raises(LabError, match="123456, abcdef"):
        record.find("000000")


def test_i_live() -> None:
    assert Owner.me().lives
    assert not Owner(os.getpid(), 1).lives


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LabError, match="silent, slow"):
        make("fra", "sleepy")
    assert set(WORDS) == {"silent", "slow", "normal", "deaf", "mute", "lossy", "wg-dead", "cut-off"}


def test_errors_are_one_sentence_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["make", "fra", "silent"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "A lab needs root, because it makes network namespaces: run this again with sudo.\n"


def test_a_missing_program_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: None if name in ("wg", "nft") else f"/bin/{name}")
    with pytest.raises(LabError, match="apt install nftables wireguard-tools"):
        netns.require()
