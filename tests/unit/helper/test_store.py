"""What survives, and what a damaged or hostile file does."""

import errno
import os
import stat
from pathlib import Path

import pytest

from tests.unit.core.worlds import PRIVATE, PUBLIC, profile
from wgtray.core.events import Target
from wgtray.core.problems import WgtrayError
from wgtray.helper.store import PAUSE, PROFILE, TARGET, Import, InUse, Pause, Store

IMPORT = Import(profile(), PUBLIC, PRIVATE)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_import(IMPORT)
    wish = Target(connected=True, chosen_mode="full", node=profile().nodes[1].name)
    store.save_target(wish)
    store.save_pause(Pause(1.0, 2.0))
    kept = store.load()
    assert kept.imported == IMPORT
    assert kept.target == wish
    assert kept.pause == Pause(1.0, 2.0)
    assert kept.damage is None


def test_an_empty_directory_is_a_fresh_start(tmp_path: Path) -> None:
    kept = Store(tmp_path).load()
    assert (kept.imported, kept.target, kept.damage) == (None, Target(), None)


def test_a_wish_of_an_earlier_version_is_read_and_its_mode_was_nobodys_choice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / TARGET).write_bytes(b'{"connected":true,"mode":"split","node":"ams"}')
    kept = store.load()
    assert (kept.target, kept.damage) == (Target(connected=True, chosen_mode=None, node=profile().nodes[1].name), None)


@pytest.mark.parametrize(
    ("unix_s", "left_s"), [(1000.0, 60.0), (1059.0, 1.0), (1060.0, 0.0), (5000.0, 0.0), (999.0, 0.0)]
)
def test_a_pause_goes_on_for_what_is_left_of_it_and_never_for_more(unix_s: float, left_s: float) -> None:
    assert Pause(1000.0, 1060.0).left_s(unix_s) == left_s


def test_a_pause_that_is_over_or_damaged_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_pause(Pause(1.0, 2.0))
    store.save_pause(None)
    store.save_pause(None)
    assert store.load().pause is None
    (tmp_path / PAUSE).write_bytes(b"{")
    assert (store.load().pause, store.load().damage) == (None, None)


def test_files_are_for_root_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "state")
    store.save_import(IMPORT)
    assert stat.S_IMODE((tmp_path / "deep" / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "state" / PROFILE).stat().st_mode) == 0o600


@pytest.mark.threat("T61")
def test_a_damaged_wish_counts_as_connected_and_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / TARGET).write_bytes(b'{"connected":fal')
    kept = store.load()
    assert kept.target.connected
    assert kept.damage is not None
    assert kept.damage.args["path"] == str(tmp_path / TARGET)


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"[" * 100_000, b'{"profile": {}}', b"null"])
def test_a_damaged_profile_is_named_and_wanted_stays_on(tmp_path: Path, junk: bytes) -> None:
    store = Store(tmp_path)
    (tmp_path / PROFILE).write_bytes(junk)
    kept = store.load()
    assert kept.imported is None
    assert kept.target.connected
    assert kept.damage is not None


@pytest.mark.threat("T30")
def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    elsewhere = tmp_path / "elsewhere.json"
    store.save_target(Target(connected=True))
    before = (tmp_path / TARGET).read_bytes()
    (tmp_path / TARGET).rename(elsewhere)
    (tmp_path / TARGET).symlink_to(elsewhere)
    assert store.load().damage is not None
    store.save_target(Target())
    assert not (tmp_path / TARGET).is_symlink()
    assert elsewhere.read_bytes() == before


@pytest.mark.threat("T31")
def test_a_full_disk_says_so_and_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.save_target(Target(connected=True))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WgtrayError) as caught:
        store.save_target(Target())
    assert caught.value.code == "disk-full"
    assert store.load().target.connected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "target.copy.json", TARGET]


@pytest.mark.threat("T64")
def test_a_second_helper_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    first = Store(tmp_path)
    with pytest.raises(InUse):
        Store(tmp_path)
    assert first.load().damage is None


def test_forgetting_leaves_nothing_but_the_lock(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_import(IMPORT)
    store.save_target(Target(connected=True))
    store.save_pause(Pause(1.0, 2.0))
    store.forget()
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
