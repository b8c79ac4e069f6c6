"""How does one ask the kernel to wait before a program starts? fanotify's permission events, spoken through libc.

A process that executes a marked file sleeps in ``execve`` until its event is answered, or until the descriptor of the
group is closed, which lets everything pass. Nobody else waits: marks are on single files and directories.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

import msgspec

# linux/fanotify.h
_CLOEXEC, _NONBLOCK, _CLASS_CONTENT = 0x1, 0x2, 0x4
_MARK_ADD, _MARK_REMOVE = 0x1, 0x2
_OPEN_EXEC_PERM, _EVENT_ON_CHILD = 0x40000, 0x8000000
_ALLOW, _DENY = 0x1, 0x2
_VERSION = 3
_EVENT = struct.Struct("=IBBHQii")  # length, version, reserved, length of this, mask, fd, pid
_RESPONSE = struct.Struct("=iI")
_READ_SIZE = 1 << 16
_AT_FDCWD = -100

# sys/inotify.h
_IN_ATTRIB, _IN_MOVED_FROM, _IN_MOVED_TO, _IN_CREATE, _IN_DELETE = 0x4, 0x40, 0x80, 0x100, 0x200
_IN_NONBLOCK, _IN_CLOEXEC, _IN_ONLYDIR = 0x800, 0x80000, 0x01000000
REPLACED = _IN_MOVED_TO | _IN_MOVED_FROM | _IN_CREATE | _IN_DELETE | _IN_ATTRIB


class Start(msgspec.Struct, frozen=True):
    """A process that waits to execute the file behind ``fd``; ``pid`` 0 is one of a foreign namespace of processes."""

    fd: int
    pid: int


def opened() -> int:
    """A new group; raises OSError: EPERM without the right, EINVAL or ENOSYS where the kernel has no such events."""
    descriptor = _libc().fanotify_init(
        _CLASS_CONTENT | _CLOEXEC | _NONBLOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_LARGEFILE
    )
    if descriptor < 0:
        raise _error("fanotify_init")
    return int(descriptor)


def mark(group: int, path: str, *, directory: bool) -> None:
    """Ask about every start of this file, or of the files directly in this directory; raises OSError."""
    _mark(group, _MARK_ADD, path, directory)


def unmark(group: int, path: str, *, directory: bool) -> None:
    """Ask no more; raises OSError, FileNotFoundError where there is no such file or mark."""
    _mark(group, _MARK_REMOVE, path, directory)


def parse(data: bytes) -> Iterator[Start]:
    """The events in one reading; raises ValueError for a version of the interface that is not ours."""
    at = 0
    while at + _EVENT.size <= len(data):
        length, version, _, _, _, fd, pid = _EVENT.unpack_from(data, at)
        if version != _VERSION or length < _EVENT.size:
            raise ValueError(f"fanotify speaks version {version}")
        if fd >= 0:  # a queue that ran over has none
            yield Start(fd, pid)
        at += length


def read(group: int) -> list[Start]:
    """What waits now; empty when nothing does."""
    try:
        return list(parse(os.read(group, _READ_SIZE)))
    except BlockingIOError:
        return []


def answer(group: int, start: Start, *, allow: bool) -> None:
    """Let it go on, or have its ``execve`` fail; the descriptor of its file is closed."""
    try:
        os.write(group, _RESPONSE.pack(start.fd, _ALLOW if allow else _DENY))
    except FileNotFoundError:
        pass  # it was killed while it waited
    finally:
        os.close(start.fd)


def watcher() -> int:
    """A new inotify descriptor; raises OSError."""
    descriptor = _libc().inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC)
    if descriptor < 0:
        raise _error("inotify_init1")
    return int(descriptor)


def watch(descriptor: int, directory: str) -> int:
    """Tell when an entry of the directory comes, goes or is replaced; the watch's number. Raises OSError."""
    number = _libc().inotify_add_watch(descriptor, os.fsencode(directory), ctypes.c_uint32(REPLACED | _IN_ONLYDIR))
    if number < 0:
        raise _error(directory)
    return int(number)


def _mark(group: int, action: int, path: str, directory: bool) -> None:
    mask = _OPEN_EXEC_PERM | (_EVENT_ON_CHILD if directory else 0)
    result = _libc().fanotify_mark(
        ctypes.c_int(group), ctypes.c_uint(action), ctypes.c_uint64(mask), ctypes.c_int(_AT_FDCWD), os.fsencode(path)
    )
    if result != 0:
        raise _error(path)


def _error(what: str) -> OSError:
    number = ctypes.get_errno() or errno.EIO
    return OSError(number, os.strerror(number), what)


_loaded: ctypes.CDLL | None = None


def _libc() -> ctypes.CDLL:
    global _loaded
    if _loaded is None:
        _loaded = ctypes.CDLL(None, use_errno=True)
    return _loaded
