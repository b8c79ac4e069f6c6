"""What is a process: its program, its user, its parents, its network, its sockets? Read from /proc.

Every function raises OSError (ProcessLookupError or FileNotFoundError) when the process has ended.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from wgtray.core.apps import FileId

PROCESSES = Path("/proc")
DELETED = " (deleted)"
"""What the kernel writes behind the path of a program that was replaced while it runs."""
FOREBEARS = 64
"""Nobody's parents go further back; a process that changes parents while one looks may lead in circles."""

_TABLES = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6")
_SOCKET = "socket:["


class Program(msgspec.Struct, frozen=True):
    """What a process executes. ``path`` is that of the file when it was started, for a replaced one too."""

    file: FileId
    path: str


def everybody() -> Iterator[int]:
    """The ids of all processes that can be seen."""
    for entry in os.scandir(PROCESSES):
        if entry.name.isdigit():
            yield int(entry.name)


def program(pid: int) -> Program:
    """What it executes; kernel threads execute nothing (FileNotFoundError)."""
    exe = f"{PROCESSES}/{pid}/exe"
    status = os.stat(exe)
    return Program((status.st_dev, status.st_ino), os.readlink(exe).removesuffix(DELETED))


def opened(descriptor: int) -> Program:
    """The same of a file that somebody is about to execute."""
    status = os.fstat(descriptor)
    return Program((status.st_dev, status.st_ino), os.readlink(f"/proc/self/fd/{descriptor}").removesuffix(DELETED))


def uid(pid: int) -> int:
    """Whose it is: the real user, whom a set-user-id program keeps."""
    return parse_uid(_text(pid, "status"))


def parse_uid(status: str) -> int:
    """The real user in the words of ``/proc/PID/status``; raises ProcessLookupError when they have none."""
    for line in status.splitlines():
        if line.startswith("Uid:"):
            return int(line.split()[1])
    raise ProcessLookupError


def netns(pid: int) -> int:
    """The number of its network namespace."""
    return os.stat(f"{PROCESSES}/{pid}/ns/net").st_ino


def parent(pid: int) -> int:
    """Its parent; 0 where it has none that can be seen."""
    return parse_stat(_text(pid, "stat"))[0]


def started(pid: int) -> int:
    """When it began, in ticks since the machine did: with the id it names one process for ever."""
    return parse_stat(_text(pid, "stat"))[1]


def parse_stat(stat: str) -> tuple[int, int]:
    """(parent, start) in the words of ``/proc/PID/stat``, whatever the program calls itself."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), int(fields[19])


def descends(pid: int, ancestor: int) -> bool:
    """Whether it is that process or was started, over however many, by it."""
    for _ in range(FOREBEARS):
        if pid == ancestor:
            return True
        if pid <= 1:
            return False
        pid = parent(pid)
    return False


def families() -> dict[int, list[int]]:
    """Who has which children."""
    found: dict[int, list[int]] = {}
    for pid in everybody():
        with contextlib.suppress(OSError):
            found.setdefault(parent(pid), []).append(pid)
    return found


def descendants(pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    """Everything that was started by it and still runs, parents before children."""
    for child in children.get(pid, ()):
        yield child
        yield from descendants(child, children)


def has_network_socket(pid: int) -> bool:
    """Whether it holds a socket through which packets go, other than to itself."""
    held = set[str]()
    for entry in os.scandir(f"{PROCESSES}/{pid}/fd"):
        with contextlib.suppress(OSError):
            held.add(os.readlink(entry.path))
    numbers = {link.removeprefix(_SOCKET).removesuffix("]") for link in held if link.startswith(_SOCKET)}
    return bool(numbers) and any(_among(pid, table, numbers) for table in _TABLES)


def _among(pid: int, table: str, inodes: set[str]) -> bool:
    with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6, or without that protocol
        rows = _text(pid, f"net/{table}").splitlines()[1:]
        return any(row.split()[9] in inodes for row in rows)
    return False


def _text(pid: int, name: str) -> str:
    return Path(f"{PROCESSES}/{pid}/{name}").read_text(errors="replace")
