"""Shortcuts and the list of applications of Windows, read anywhere."""

import struct
from pathlib import Path

import pytest

from wgtray.desktop import programs_windows
from wgtray.desktop.programs_windows import installed, target
from wgtray.desktop.taskbar import told

GUI = r"C:\Program Files\SAP\gui.exe"


def shortcut(path: str, *, unicode: bool = True, id_list: bool = True, local: bool = True) -> bytes:
    """As MS-SHLLINK lays it out: header, list of identifiers, link information."""
    flags = (0x1 if id_list else 0) | 0x2
    header = struct.pack("<I16sI", 0x4C, bytes(16), flags).ljust(0x4C, b"\0")
    items = struct.pack("<H", 4) + b"\1\2\3\4" if id_list else b""
    size = 0x24 if unicode else 0x1C
    narrow = path.encode("cp1252", errors="replace") + b"\0"
    offsets = [size, 0, size, 0, 0]
    kinds = 0x1 if local else 0x2
    info = struct.pack("<7I", 0, size, kinds, *offsets[1:4], 0)
    info += struct.pack("<2I", size + len(narrow), 0) if unicode else b""
    info += narrow + (path.encode("utf-16-le") + b"\0\0" if unicode else b"")
    return header + items + info


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("id_list", [True, False])
def test_a_shortcut_says_which_program_it_starts(unicode: bool, id_list: bool) -> None:
    assert target(shortcut(GUI, unicode=unicode, id_list=id_list)) == GUI


@pytest.mark.parametrize(
    "link",
    [b"", b"junk", shortcut(GUI)[:60], shortcut(GUI, local=False), shortcut(r"C:\readme.txt"), shortcut("gui.exe")],
)
def test_what_starts_no_program_of_this_computer_is_none(link: bytes) -> None:
    assert target(link) is None


def test_the_menu_comes_before_the_list_and_each_program_comes_once(tmp_path: Path) -> None:
    folder = tmp_path / "Company"
    folder.mkdir()
    (folder / "SAP GUI.lnk").write_bytes(shortcut(GUI))
    (folder / "Uninstall SAP.lnk").write_bytes(shortcut(r"C:\Program Files\SAP\unins000.exe"))
    (folder / "Broken.lnk").write_bytes(b"")
    paths = {"gui.exe": GUI.upper(), "viewer.exe": r"D:\viewer.exe", "shell.dll": r"C:\shell.dll"}
    assert list(installed([tmp_path], paths)) == [("SAP GUI", GUI), ("viewer", r"D:\viewer.exe")]


def test_menus_are_those_of_everybody_and_of_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ProgramData", "/everybody")
    monkeypatch.setenv("APPDATA", "/mine")
    assert [menu.parts[1] for menu in programs_windows._menus()] == ["everybody", "mine"]


@pytest.mark.parametrize(("value", "surface"), [("1", "light"), ("0", "dark"), (None, "dark")])
def test_the_taskbar_is_dark_unless_windows_says_that_it_is_light(value: str | None, surface: str) -> None:
    assert told(value) == surface
