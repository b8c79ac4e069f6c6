"""Who is at the other end of a Unix socket? What the kernel of a Mac noted when the connection was made.

A user, never a process: by the time a number of a process is looked at, it may be another one's.
"""

import contextlib
import grp
import os
import pwd
import socket
import struct

from wgtray.platforms.api import Caller

# sys/un.h
_SOL_LOCAL, _LOCAL_PEERCRED, _LOCAL_PEERPID = 0, 1, 2
_XUCRED = struct.Struct("=IIhxx16I")  # sys/ucred.h: version, uid, number of groups, groups
_VERSION = 0  # XUCRED_VERSION


def caller(sock: socket.socket) -> Caller | None:
    """The connecting user with the groups that the directory gives that user; None when unreadable."""
    found = identity(sock)
    return None if found is None else Caller(found[0], _groups(found[0]), found[1])


def identity(sock: socket.socket) -> tuple[int, int | None] | None:
    """User and process, without asking the directory, which may hang."""
    try:
        uid = parse_xucred(sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size))
    except (OSError, ValueError):
        return None
    pid = None
    with contextlib.suppress(OSError):
        pid = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID) or None
    return uid, pid


def parse_xucred(raw: bytes) -> int:
    """The user of a ``struct xucred``; raises ValueError on any other."""
    if len(raw) < 8:
        raise ValueError("too short for credentials")
    version, uid = struct.unpack_from("=II", raw)
    if version != _VERSION:
        raise ValueError("credentials of another version")
    return int(uid)


def _groups(uid: int) -> frozenset[str]:
    try:
        member = pwd.getpwuid(uid)
        numbers = os.getgrouplist(member.pw_name, member.pw_gid)
    except KeyError:
        return frozenset()
    names: set[str] = set()
    for number in numbers:
        with contextlib.suppress(KeyError):
            names.add(grp.getgrgid(number).gr_name)
    return frozenset(names)
