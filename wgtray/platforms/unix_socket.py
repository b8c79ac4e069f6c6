"""Where do clients of a Unix helper connect, and who are they by the kernel's word alone?"""

import asyncio
import contextlib
import grp
import os
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from wgtray.platforms.api import Caller, SocketTaken
from wgtray.platforms.linux import peer as linux_peer
from wgtray.platforms.macos import peer as macos_peer

BACKLOG = 64

_UCRED = struct.Struct("=iII")
"""pid, uid, gid: unix(7), SO_PEERCRED."""


def listen(path: Path, uids: frozenset[int], groups: frozenset[str]) -> socket.socket:
    """A socket that only root can open until its mode is set; raises SocketTaken, OSError.

    A file belongs to one group. For more than one, or for users named one by one, it has to be open to all, and the
    kernel's word on who connects decides alone.
    """
    with _umask(0o022):  # the helper's own is stricter, and would shut the directories it makes here to everybody
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _remove_stale(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _umask(0o177):
        server.bind(str(path))
    numbers = [gid for gid in map(_gid, sorted(groups)) if gid is not None]
    if uids or len(numbers) > 1:
        path.chmod(0o666)
    elif numbers:
        os.chown(path, 0, numbers[0])
        path.chmod(0o660)
    server.listen(BACKLOG)
    server.setblocking(False)
    return server


def kernel_uid(sock: socket.socket) -> int | None:
    """Who connected, as the kernel says it, without asking a name service."""
    credentials = _credentials(sock)
    return None if credentials is None else credentials[1]


def kernel_pid(sock: socket.socket) -> int | None:
    """Which process connected, where the kernel says it."""
    credentials = _credentials(sock)
    return None if credentials is None else credentials[0] or None


class UnixListener:
    """Clients of one listening socket."""

    def __init__(
        self,
        listening: socket.socket,
        caller: Callable[[socket.socket], Caller | None],
        uid_of: Callable[[socket.socket], int | None] = kernel_uid,
        *,
        is_ours: bool = True,
    ) -> None:
        """One that is not ours, but the service manager's, keeps its name for the next helper."""
        self._listening = listening
        self._caller = caller
        self._uid_of = uid_of
        self._name = Path(listening.getsockname()) if is_ours else None

    async def accept(self) -> "UnixConnection":
        accepted, _ = await asyncio.get_running_loop().sock_accept(self._listening)
        return UnixConnection(accepted, self._caller, self._uid_of(accepted))

    def close(self) -> None:
        self._listening.close()
        if self._name is not None:
            with contextlib.suppress(OSError):
                self._name.unlink(missing_ok=True)


class UnixConnection:
    """One client."""

    def __init__(self, sock: socket.socket, caller: Callable[[socket.socket], Caller | None], uid: int | None) -> None:
        self._sock = sock
        self._caller = caller
        self._uid = uid
        self._process = linux_peer.held(sock) if hasattr(socket, "SO_PEERCRED") else None

    def known(self) -> Caller | None:
        if self._uid is None:
            return None
        return Caller(self._uid, frozenset(), kernel_pid(self._sock), self._process)

    def caller(self) -> Caller | None:
        found = self._caller(self._sock)
        return None if found is None else msgspec.structs.replace(found, process=self._process)

    async def read(self, most: int) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._sock, most)

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    def say(self, data: bytes) -> None:
        self._sock.send(data)

    def close(self) -> None:
        self._sock.close()
        if self._process is not None:
            self._process.close()


def _credentials(sock: socket.socket) -> tuple[int, int] | None:
    if not hasattr(socket, "SO_PEERCRED"):
        found = macos_peer.identity(sock)
        return None if found is None else (found[1] or 0, found[0])
    try:
        pid, uid, _ = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    except (OSError, struct.error):
        return None
    return int(pid), int(uid)


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(17, "is in the way and is not a socket", str(path))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
            return
    raise SocketTaken(str(path))


def _gid(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
