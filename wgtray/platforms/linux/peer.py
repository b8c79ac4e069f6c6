"""Who is at the other end of a Unix socket? The kernel's answer, taken when the connection was made."""

import grp
import os
import pwd
import socket
import struct

from wgtray.platforms.api import Caller

_UCRED = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


def caller(sock: socket.socket) -> Caller | None:
    """The connecting user with the groups that the name service gives that user; None when unreadable."""
    try:
        raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        pid, uid, gid = _UCRED.unpack(raw)
    except (OSError, struct.error):
        return None
    return Caller(uid, _groups(uid, gid), pid or None)


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
