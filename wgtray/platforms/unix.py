"""On which ground does a helper stand on a Unix system, before it has a backend? (``api.Ground``)"""

import asyncio
import os
import pwd
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from wgtray.platforms.api import Caller, Listener, Unsafe
from wgtray.platforms.unix_socket import UnixListener
from wgtray.platforms.unix_socket import listen as listening

ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The last when the terminal closes: left to its default it would end us with the network as it is."""

SUCCESSION = signal.SIGUSR1


def is_privileged() -> bool:
    """Whether this is root."""
    return os.geteuid() == 0


def make_private(directory: Path) -> None:
    """Make the directory when it is missing; raises Unsafe when it, or a link that leads to it, is not root's alone."""
    if not directory.exists():
        directory.mkdir(mode=0o700, parents=True)
    found = directory.stat()
    is_roots = found.st_uid == 0 == directory.lstat().st_uid
    if not stat.S_ISDIR(found.st_mode) or not is_roots or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unsafe


def on_end(stop: Callable[[bool], None]) -> None:
    """Have ``stop`` called at one of ``ENDINGS``, or at ``SUCCESSION`` and told so."""
    for number in (*ENDINGS, SUCCESSION):
        asyncio.get_running_loop().add_signal_handler(number, stop, number == SUCCESSION)


def user(text: str) -> int:
    """A number, or the number of a name; raises KeyError."""
    return int(text) if text.isdigit() else pwd.getpwnam(text).pw_uid


def listen(
    address: str,
    uids: frozenset[int],
    groups: frozenset[str],
    caller: Callable[[socket.socket], Caller | None],
    given: socket.socket | None,
) -> Listener:
    """The Unix socket of that path, or the one that was given; raises SocketTaken, OSError."""
    if given is not None:
        return UnixListener(given, caller, is_ours=False)
    return UnixListener(listening(Path(address), uids, groups), caller)
