"""How is a file kept so that no crash loses it, and so that damage to it is noticed and made up for?

It is replaced whole or not at all (temporary file, fsync, rename, fsync of the directory), its last line is the digest
of what comes before, and what must not be lost lies in a copy beside it too. No link, pipe or stranger's file is read.
"""

import errno
import hashlib
import os
import stat
from pathlib import Path

from wgtray.core.problems import WgtrayError

DIGEST = "sha256"

STRICT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""No link, not for children, bytes as they are: each as far as the system has a flag for it."""

_READ = os.O_RDONLY | STRICT | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for somebody to write
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | STRICT


class Damaged(Exception):
    """It is there, and not as it was written."""


def read(path: Path) -> bytes:
    """What was written; raises FileNotFoundError, Damaged, OSError."""
    with os.fdopen(os.open(path, _READ), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or _is_others(found):
            raise Damaged
        content, newline, digest = file.read().rpartition(b"\n")
    if not newline:
        return digest  # of a version that wrote no digest
    if digest != _digest(content):
        raise Damaged
    return content


def write(path: Path, content: bytes) -> None:
    """Replace the file; ``content`` is one line. Raises WgtrayError (disk-full, command-failed)."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, _WRITE, 0o600), "wb") as file:
            file.write(b"%b\n%b" % (content, _digest(content)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        _discard(draft)
        raise _trouble(error, path) from error


def remove(path: Path) -> None:
    """Raises WgtrayError."""
    try:
        path.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise _trouble(error, path) from error


def copy(path: Path) -> Path:
    """Where what must not be lost lies a second time."""
    return path.with_suffix(f".copy{path.suffix}")


def _is_others(found: os.stat_result) -> bool:
    """Whether somebody else could have written it; on Windows modes say nothing, and the folder's descriptor does."""
    if not hasattr(os, "geteuid"):
        return False
    return found.st_uid != os.geteuid() or bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _digest(content: bytes) -> bytes:
    """A JSON string, so that the whole file remains JSON, a document a line."""
    return f'"{DIGEST}:{hashlib.new(DIGEST, content).hexdigest()}"'.encode()


def _sync(directory: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows opens no directory; its file system keeps a journal of renames
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return  # the disk that refused the write may refuse this too; the next write tries again


def _trouble(error: OSError, path: Path) -> WgtrayError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return WgtrayError("disk-full", path=str(path))
    return WgtrayError("command-failed", command=f"writing {path}", detail=error.strerror or str(error))
