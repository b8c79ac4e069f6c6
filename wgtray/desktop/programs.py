"""Which programs could somebody choose for a rule: those installed on this desktop, and those running?

Installed ones are the XDG desktop entries (Desktop Entry Specification 1.5); their icon is the name or path that the
entry gives. What Windows and macOS have instead comes into this room with them.
"""

import configparser
import os
import shlex
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from wgtray.core import apps

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
    found: dict[str, Choice] = {}
    for directory in _directories() if directories is None else directories:
        for file in sorted(directory.glob("applications/**/*.desktop")):
            choice = entry(file.read_text(errors="replace")) if file.is_file() else None
            if choice is not None:
                found.setdefault(choice.path, choice)
    return sorted(found.values(), key=lambda choice: choice.name.casefold())


def running() -> list[Choice]:
    """The programs that this user runs now, each once."""
    import psutil

    found: dict[str, Choice] = {}
    for process in psutil.process_iter(["exe", "uids"]):
        path, uids = process.info["exe"], process.info["uids"]
        if path and uids is not None and uids.real == os.getuid():
            path = path.removesuffix(" (deleted)")
            found.setdefault(path, Choice(os.path.basename(path), path, hindrance=apps.hindrance(path)))
    return sorted(found.values(), key=lambda choice: choice.name.casefold())


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


def _directories() -> list[Path]:
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    data = os.environ.get("XDG_DATA_DIRS") or _DEFAULT_DATA
    return [Path(place) for place in dict.fromkeys([home, *data.split(":"), *_EXTRA]) if place]
