"""Was one of these files written, replaced or removed? Asked of the kernel, which watches their directories."""

import ctypes
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

# linux/inotify.h
_CLOSE_WRITE, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x8, 0x40, 0x80, 0x100, 0x200
_MASK = _CLOSE_WRITE | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
_EVENT = struct.Struct("=iIII")  # inotify_event: watch, mask, cookie, length of the name that follows

_BUFFER = 1 << 14


def parse_names(data: bytes) -> set[bytes]:
    """The names in what was read from an inotify descriptor; an event without one is of the file itself."""
    found, at = set(), 0
    while at + _EVENT.size <= len(data):
        *_, length = _EVENT.unpack_from(data, at)
        at += _EVENT.size
        found.add(data[at : at + length].rstrip(b"\0"))
        at += length
    return found


class FileWatch:
    """``files`` says which; it is asked again after every change. Without the kernel's help it sees nothing."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._names: set[bytes] = set()

    def __enter__(self) -> "FileWatch":
        self._look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)

    def changed(self) -> bool:
        """Whether one of them may be different from when this was last asked."""
        try:
            data = os.read(self.descriptor, _BUFFER)
        except OSError:  # nothing to read, or nothing to read from
            return False
        mine = bool(parse_names(data) & self._names)
        self._look()
        return mine

    def _look(self) -> None:
        files = list(self._files())
        self._names = {b"", *(os.fsencode(path.name) for path in files)}
        for path in files:
            for watched in (path.parent, path):  # a file that is a mount of its own is not its directory's business
                self._libc.inotify_add_watch(self.descriptor, os.fsencode(watched), _MASK)
