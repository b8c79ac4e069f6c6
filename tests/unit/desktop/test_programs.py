"""What a menu of programs would show, and the program behind each entry."""

from pathlib import Path

import pytest

from wgtray.desktop import programs
from wgtray.desktop.programs import Choice


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    """A program in a place of its own."""
    path = tmp_path / "viewer"
    path.write_text("#!/bin/true\n")
    path.chmod(0o755)
    return path


def desktop_entry(command: object, *more: str) -> str:
    return "\n".join(["[Desktop Entry]", "Type=Application", "Name=Viewer", "Icon=viewer", f"Exec={command}", *more])


def test_an_entry_gives_name_icon_and_program(viewer: Path) -> None:
    assert programs.entry(desktop_entry(f"{viewer} --new %U")) == Choice("Viewer", str(viewer), "viewer")
    assert programs.entry(desktop_entry(f"env LANG=C {viewer}")) == Choice("Viewer", str(viewer), "viewer")


@pytest.mark.parametrize("more", ["NoDisplay=true", "Hidden=true", "Type=Link"])
def test_what_a_menu_hides_is_no_choice(viewer: Path, more: str) -> None:
    assert programs.entry(desktop_entry(viewer, more)) is None


@pytest.mark.parametrize("text", ["", "nonsense", "[Desktop Entry]\nType=Application", desktop_entry("/gone/away")])
def test_an_entry_without_a_program_is_no_choice(text: str) -> None:
    assert programs.entry(text) is None


def test_a_program_that_may_have_no_rule_says_why() -> None:
    found = programs.entry(desktop_entry("sh -c x"))
    assert found is not None
    assert found.hindrance == "app-is-shared"


def test_entries_of_a_user_come_before_the_system_s_and_each_program_once(viewer: Path, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for place, name in ((mine, "Mine"), (theirs, "Theirs")):
        (place / "applications").mkdir(parents=True)
        (place / "applications/viewer.desktop").write_text(desktop_entry(viewer).replace("Viewer", name))
    assert [choice.name for choice in programs.installed([mine, theirs])] == ["Mine"]


def test_what_runs_as_this_user_is_there_once() -> None:
    pytest.importorskip("psutil")
    found = programs.running()
    paths = [choice.path for choice in found]
    assert len(paths) == len(set(paths))
    assert any("python" in path for path in paths)
