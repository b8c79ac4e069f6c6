"""Does the user's choice decide whether the tray starts at login, on every system?"""

import configparser
import plistlib
import re
import sys
import types
from pathlib import Path

import pytest

from wgtray.desktop import autostart

ARGV = ("/opt/my tools/wgtray", "--hidden")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(autostart, "SYSTEM_WIDE", tmp_path / "xdg")
    return tmp_path


def installer_says(home: Path, text: str) -> None:
    (home / "xdg").mkdir()
    (home / "xdg/wgtray.desktop").write_text(text)


def test_nothing_installed_is_off(home: Path) -> None:
    assert not autostart.is_on()


def test_the_installers_default_counts_until_the_user_chooses(home: Path) -> None:
    installer_says(home, autostart.desktop_entry(ARGV, hidden=False))
    assert autostart.is_on()
    autostart.choose(False)
    assert not autostart.is_on()
    autostart.choose(True)
    assert autostart.is_on()


def test_a_user_may_want_what_the_installer_did_not(home: Path) -> None:
    installer_says(home, autostart.desktop_entry(ARGV, hidden=True))
    autostart.choose(True)
    assert autostart.is_on()


def test_what_other_programs_wrote_is_understood(home: Path) -> None:
    assert not autostart.starts("[Desktop Entry]\nX-GNOME-Autostart-enabled = false\n")
    assert not autostart.starts("[Desktop Entry]\nHidden = True\n")
    assert autostart.starts("[Desktop Entry]\nName=wgtray\n")


@pytest.mark.parametrize("part", ["/usr/bin/wgtray", "/opt/my tools/wgtray", 'a"b', "50%", "$HOME`x`\\"])
def test_the_command_of_a_desktop_entry_comes_back_as_it_was(part: str) -> None:
    entry = configparser.RawConfigParser(interpolation=None, delimiters="=")
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # how configparser is told to keep capitals
    entry.read_string(autostart.desktop_entry((part, "--hidden"), hidden=False))
    raw = entry["Desktop Entry"]["Exec"].replace("\\\\", "\\")  # the general escape of a string value
    first = re.fullmatch(r'(?:"((?:\\.|[^"\\])*)"|(\S+)) --hidden', raw)
    assert first is not None
    unquoted = first[2] if first[1] is None else re.sub(r"\\(.)", r"\1", first[1])
    assert unquoted.replace("%%", "%") == part


def test_it_starts_hidden_with_this_python() -> None:
    assert autostart.command() == (sys.executable, "-m", "wgtray", "--hidden")


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert autostart.command() == (sys.executable, "--hidden")
    monkeypatch.setattr(autostart, "SYSTEM", "windows")
    assert autostart.command() == (str(Path(sys.executable).with_name("wgtrayw.exe")), "--hidden")


def test_on_windows_it_is_a_value_of_the_users_run_key(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: dict[tuple[str, str], str | None] = {}
    of_all: dict[tuple[str, str], str | None] = {}
    fake = types.ModuleType("wgtray.desktop.run_key")

    def read(key: str, name: str, *, of_machine: bool = False) -> str | None:
        return (of_all if of_machine else registry).get((key, name))

    fake.read = read  # type: ignore[attr-defined]  # a module made here
    fake.write = lambda key, name, value: registry.update({(key, name): value})  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "wgtray.desktop.run_key", fake)
    monkeypatch.setattr("wgtray.desktop.run_key", fake, raising=False)
    monkeypatch.setattr(autostart, "SYSTEM", "windows")
    monkeypatch.setattr(autostart, "command", lambda: (r"C:\Program Files\wgtray\wgtrayw.exe", "--hidden"))
    run, choice = (autostart.RUN_KEY, "wgtray"), (r"Software\wgtray", "Autostart")
    assert not autostart.is_on()
    autostart.choose(True)
    assert registry == {run: r'"C:\Program Files\wgtray\wgtrayw.exe" "--hidden"', choice: "1"}
    assert autostart.is_on()
    assert not autostart.is_declined()
    autostart.choose(False)
    assert registry == {run: None, choice: "0"}
    assert not autostart.is_on()
    of_all[run] = registry[choice] = "1"
    autostart.choose(True)
    assert registry[run] is None  # started once, by the installer's
    assert autostart.is_on()
    autostart.choose(False)
    assert autostart.is_declined()


def test_on_macos_it_is_a_launch_agent_of_the_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autostart, "SYSTEM", "macos")
    autostart.choose(True)
    assert autostart.is_on()
    agent = plistlib.loads((home / "Library/LaunchAgents/org.wgtray.tray.plist").read_bytes())
    assert agent["ProgramArguments"] == list(autostart.command())
    assert agent["RunAtLoad"] is True
    autostart.choose(False)
    autostart.choose(False)
    assert not autostart.is_on()


@pytest.mark.parametrize(
    ("chosen", "of_all", "of_user", "on"),
    [
        (None, None, None, False),
        (None, "wgtrayw.exe", None, True),
        (None, None, "wgtrayw.exe", True),
        ("0", "wgtrayw.exe", None, False),
        ("1", "wgtrayw.exe", None, True),
        ("1", None, None, False),
    ],
)
def test_on_windows_the_users_choice_outranks_the_installers(
    chosen: str | None, of_all: str | None, of_user: str | None, on: bool
) -> None:
    assert autostart.windows_is_on(chosen, of_all, of_user) is on
