"""Which conf files of the state directory are ours, and how are they written and removed?

A conf's file name is the name under which its interface was made. Only root could have put one there, or it is none of
ours: ``wg-quick`` runs what a conf says.
"""

import errno
import os
import re
import stat
from pathlib import Path

from wgtray.core import fields
from wgtray.core.fields import Interface
from wgtray.core.problems import Problem

ROOT = 0

_ADDRESS = re.compile(r"^(?:# )?Address = (\S+)$", re.MULTILINE)


def stem(wanted: str) -> str:
    """What all names of our interfaces begin with; a number follows."""
    return re.sub(r"\d+$", "", wanted)


def confs(state_dir: Path, wanted: str) -> list[Path]:
    """Our confs, whatever else lies in the directory."""
    pattern = re.compile(rf"(?:{re.escape(wanted)}|{re.escape(stem(wanted))}\d+)\.conf")
    return sorted(path for path in state_dir.glob("*.conf") if pattern.fullmatch(path.name) and _is_roots(path))


def addresses(conf: Path) -> frozenset[Interface]:
    """The addresses that a conf was written for, those left out of the interface too; none when it cannot be read."""
    try:
        return frozenset(fields.interface(text) for text in _ADDRESS.findall(conf.read_text()))
    except (OSError, ValueError):
        return frozenset()


def write_private(path: Path, text: str) -> None:
    """Replace a file that only root may read; never follows a link. Raises OSError."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def problem(error: OSError, path: Path) -> Problem:
    """Why a file could not be written or removed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("disk-full", {"path": str(path)})
    return Problem("command-failed", {"command": f"writing {path}", "detail": error.strerror or str(error)})


def _is_roots(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == ROOT and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
