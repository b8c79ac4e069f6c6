"""A root process whose files others may write to is everybody's root process."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from wgtray.helper import app, own_files

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

NOBODY = 65534


@pytest.mark.parametrize(
    ("owner", "group", "mode", "is_open"),
    [
        (0, 0, 0o755, False),
        (0, 0, 0o775, False),
        (0, NOBODY, 0o755, False),
        (0, NOBODY, 0o775, True),
        (0, 0, 0o757, True),
        (NOBODY, 0, 0o700, True),
        (0, 0, 0o1777, False),
    ],
)
@pytest.mark.threat("T22")
def test_a_place_is_open_when_anybody_but_root_may_write_there(
    tmp_path: Path, owner: int, group: int, mode: int, is_open: bool
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    os.chown(place, owner, group)
    place.chmod(mode)
    assert own_files.is_open(place) is is_open


def test_a_link_is_judged_by_its_owner_and_what_it_leads_to_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "ours")])
    before = own_files.exposed()
    os.chown(tmp_path / "theirs", NOBODY, NOBODY)
    assert before != tmp_path / "theirs"
    assert own_files.exposed() in (before, tmp_path / "theirs")
    assert own_files.is_open(tmp_path / "theirs")
    assert not own_files.is_open(tmp_path / "ours")
    os.chown(tmp_path / "ours", NOBODY, NOBODY, follow_symlinks=False)
    assert own_files.is_open(tmp_path / "ours")


@pytest.mark.parametrize("is_frozen", [True, False])
@pytest.mark.threat("T22")
def test_a_frozen_helper_may_be_started_from_a_directory_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_frozen: bool
) -> None:
    module = ModuleType("archive")
    module.__file__ = "loader/archive.py"  # as PyInstaller's own have it: relative to where they were compiled
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, NOBODY, NOBODY)
    monkeypatch.chdir(theirs)
    monkeypatch.setattr(own_files, "is_open", lambda path: path == theirs)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if os.path.isabs(path)])
    monkeypatch.setitem(sys.modules, "archive", module)
    if is_frozen:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_files.exposed() == (None if is_frozen else theirs)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert own_files.exposed() == theirs


@pytest.mark.parametrize("is_source", [True, False])
@pytest.mark.threat("T22")
def test_an_installed_helper_that_others_could_change_does_not_start_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_source: bool
) -> None:
    from tests.fakes.backend import FakeBackend

    monkeypatch.setattr(app, "load", lambda state_dir, interface, resolv_conf: FakeBackend())
    monkeypatch.setattr(own_files, "exposed", lambda: tmp_path / "module.py")
    monkeypatch.setattr(own_files, "is_source_tree", lambda: is_source)
    before = os.umask(0o022)
    code = app.main(["cleanup", "--state-dir", str(tmp_path / "state")])
    os.umask(before)
    said = capsys.readouterr().err
    assert code == (0 if is_source else 1)
    assert (f"{tmp_path / 'module.py'} can be changed by others" in said) is not is_source


def test_what_the_tests_themselves_run_from_is_a_source_tree() -> None:
    assert own_files.is_source_tree()
