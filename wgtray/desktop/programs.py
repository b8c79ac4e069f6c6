"""Which programs could somebody choose for a rule: those installed on this desktop, and those running?

Installed ones are the XDG desktop entries (Desktop Entry Specification 1.5); their icon is the name or path that the
entry gives. What others have instead is in ``programs_windows.py`` and ``programs_macos.py``.
"""

import configparser
import contextlib
import os
import shlex
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from wgtray.core import apps
from wgtray.desktop import SYSTEM

_GROUP = "Desktop Entry"
_DEFAULT_DATA = "/usr/local/share:/usr/share"
_EXTRA = ("/var/lib/flatpak/exports/share", "/var/lib/snapd/desktop")


class Choice(msgspec.Struct, frozen=True, order=True):
    """One program; ``hindrance`` is the code of ``words.refusal`` where no rule may name it."""

    name: str
    path: str
    icon: str = ""
    hindrance: str | None = None


def installed(directories: Iterable[Path] | None = None) -> list[Choice]:
    """The applications that a menu of this user would show, by name."""
    if SYSTEM == "windows":
        from wgtray.desktop import programs_windows

        return _sorted(chosen(name, path) for name, path in programs_windows.installed())
    if SYSTEM == "macos":
        from wgtray.desktop import programs_macos

        return _sorted(chosen(app.name, app.path, app.icon) for app in programs_macos.installed())
    found: dict[str, Choice] = {}
    for directory in _directories() if directories is None else directories:
        for file in sorted(directory.glob("applications/**/*.desktop")):
            choice = entry(file.read_text(errors="replace")) if file.is_file() else None
            if choice is not None:
                found.setdefault(choice.path, choice)
    return _sorted(found.values())


def running() -> list[Choice]:
    """The programs that this user runs now, each once."""
    import psutil

    found: dict[str, Choice] = {}
    own = psutil.Process().username()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # gone, another's, or one that the system says nothing about
            path = process.exe().removesuffix(" (deleted)")
            if path and process.username() == own:
                if SYSTEM == "macos":
                    from wgtray.desktop import programs_macos

                    path = programs_macos.bundle_of(path)
                found.setdefault(path, chosen(os.path.basename(path).removesuffix(".app"), path))
    return _sorted(found.values())


def chosen(name: str, path: str, icon: str = "") -> Choice:
    """A program by its path; an application of a Mac is a directory."""
    return Choice(name, path, icon, apps.hindrance(path, is_directory=path.endswith(".app")))


def entry(text: str) -> Choice | None:
    """The program of one desktop entry; None where a menu would not show it or its program is not here."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
    try:
        parser.read_string(text)
        said = parser[_GROUP]
    except (configparser.Error, KeyError):
        return None
    if said.get("type") != "Application" or "true" in (said.get("nodisplay"), said.get("hidden")):
        return None
    path = program(said.get("exec", ""))
    if path is None:
        return None
    real = os.path.realpath(apps.alias(path))
    reason = apps.hindrance(real, is_directory=os.path.isdir(real))
    return Choice(said.get("name", os.path.basename(path)), path, said.get("icon", ""), reason)


def program(command: str) -> str | None:
    """The path of the program that an ``Exec`` line starts, behind any ``env A=B``."""
    try:
        words: Iterator[str] = iter(shlex.split(command))
    except ValueError:
        return None
    for word in words:
        if os.path.basename(word) == "env" or ("=" in word and not word.startswith("/")):
            continue
        return word if os.path.isabs(word) and os.access(word, os.X_OK) else shutil.which(word)
    return None


def _sorted(found: Iterable[Choice]) -> list[Choice]:
    return sorted(found, key=lambda choice: choice.name.casefold())


def _directories() -> list[Path]:
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    data = os.environ.get("XDG_DATA_DIRS") or _DEFAULT_DATA
    return [Path(place) for place in dict.fromkeys([home, *data.split(":"), *_EXTRA]) if place]
