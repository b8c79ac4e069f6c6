"""Are choices kept, and does a broken file cost no more than what is broken in it?"""

from pathlib import Path

import pytest

from wgtray.desktop import places
from wgtray.desktop.preferences import FILE, NOTICES, Preferences, load, save
from wgtray.gui.notices import KINDS

CHOSEN = Preferences("de", "latency", "white", ("moved",), (800, 600))


def test_choices_are_read_back(tmp_path: Path) -> None:
    save(tmp_path / "new", CHOSEN)
    assert load(tmp_path / "new") == CHOSEN
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", Preferences()),
        ("[]", Preferences()),
        ("\x00", Preferences()),
        ('{"language": 3, "order": "name"}', Preferences(order="name")),
        ('{"order": "by-moon", "icon": "white", "new": 1}', Preferences(icon="white")),
        ('{"window": [1], "notices": []}', Preferences(notices=())),
    ],
)
def test_what_cannot_be_read_is_a_default(tmp_path: Path, text: str, left: Preferences) -> None:
    (tmp_path / FILE).write_text(text)
    assert load(tmp_path) == left


def test_without_a_file_everything_is_a_default(tmp_path: Path) -> None:
    assert load(tmp_path) == Preferences()
    assert set(NOTICES) == set(KINDS)


def test_a_failed_save_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, CHOSEN)

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path, Preferences())
    assert load(tmp_path) == CHOSEN
    assert len(list(tmp_path.iterdir())) == 1


def test_folders_follow_the_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert places.settings_folder() == tmp_path / ".config/wgtray"
    assert places.state_folder() == tmp_path / ".local/state/wgtray"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x")
    assert places.settings_folder() == Path("/x/wgtray")
    monkeypatch.setattr(places, "SYSTEM", "windows")
    monkeypatch.setenv("APPDATA", "/roaming")
    assert places.settings_folder() == Path("/roaming/wgtray")
    monkeypatch.setattr(places, "SYSTEM", "macos")
    assert places.state_folder() == tmp_path / "Library/Application Support/wgtray"
