"""Who is at the other end of a Unix socket? The kernel's answer, taken when the connection was made."""

import grp
import os
import pwd
import select
import socket
import struct

from wgtray.platforms.api import Caller

_UCRED = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED
_SO_PEERPIDFD = 77
"""asm-generic/socket.h, since Linux 6.5; Python has no name for it before 3.14."""


def caller(sock: socket.socket) -> Caller | None:
    """The connecting user with the groups that the name service gives that user; None when unreadable."""
    try:
        raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        pid, uid, gid = _UCRED.unpack(raw)
    except (OSError, struct.error):
        return None
    return Caller(uid, _groups(uid, gid), pid or None)


class HeldProcess:
    """The process that connected, by a descriptor: its number may become another's, this cannot (pidfd_open(2))."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def is_there(self) -> bool:
        """``Held.is_there``; not once the connection is closed."""
        if self._descriptor is None:
            return False
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def held(sock: socket.socket) -> HeldProcess | None:
    """The process at the other end; None where the kernel cannot say it that way."""
    try:
        return HeldProcess(sock.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD))
    except OSError:
        return None


def _groups(uid: int, gid: int) -> frozenset[str]:
    try:
        member = pwd.getpwuid(uid)
        numbers = os.getgrouplist(member.pw_name, member.pw_gid)
    except KeyError:
        numbers = [gid]
    names: set[str] = set()
    for number in numbers:
        try:
            names.add(grp.getgrgid(number).gr_name)
        except KeyError:
            continue
    return frozenset(names)
