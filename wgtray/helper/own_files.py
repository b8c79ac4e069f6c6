"""Could somebody else change what this root process executes? Then it had better not start.

Asked of the interpreter, of every place that modules come from and of every module there is, up to the root directory:
each belongs to root, and nobody else may write there. A directory with the sticky bit keeps what is root's in it.
"""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import wgtray

ROOT = 0


def exposed() -> Path | None:
    """The first of our files that others could replace; None: there is none."""
    if not hasattr(os, "geteuid"):
        return None  # Windows: the installer's directory is for administrators alone, and modes say nothing there
    seen: set[Path] = set()
    for path in _executed():
        for place in (path, *path.parents):
            if place not in seen:
                seen.add(place)
                if is_open(place):
                    return place
    return None


def is_open(path: Path) -> bool:
    """Whether anybody but root could replace it, or what is in it; what does not exist is nobody's."""
    try:
        found = path.lstat()
    except OSError:
        return False
    if found.st_uid != ROOT:
        return True
    if stat.S_ISLNK(found.st_mode) or (stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX):
        return False
    shared = found.st_mode & stat.S_IWGRP and found.st_gid != ROOT
    return bool(shared or found.st_mode & stat.S_IWOTH)


def is_source_tree() -> bool:
    """Whether this is a developer's copy, who may change it and start it as root: not what was installed."""
    return (Path(wgtray.__file__).parents[1] / "pyproject.toml").exists()


def _executed() -> Iterator[Path]:
    names = [sys.executable, *sys.path]
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        # In a frozen program a relative name says where a module was compiled: it came out of the program itself.
        if file is not None and (os.path.isabs(file) or not hasattr(sys, "frozen")):
            names.append(file)
    for name in names:
        path = Path(os.path.abspath(name))
        yield path
        yield path.resolve()
