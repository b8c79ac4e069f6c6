"""Who is at the other end of a pipe, or in this process? What a token says, as a ``Caller``.

``caller_of`` decides on plain values; the functions below it read tokens. A group that is there only to deny counts as
absent, so that an administrator whose program does not run elevated is no administrator.
"""

import contextlib
import hashlib
import logging
import os
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from wgtray.platforms.api import Caller

Handle: TypeAlias = Any
"""What pywin32 gives, which has no types: handles, tokens, errors."""

log = logging.getLogger("wgtray")

SYSTEM: Final = "S-1-5-18"
ADMINISTRATORS: Final = "S-1-5-32-544"
INTERACTIVE: Final = "S-1-5-4"
"""winnt.h and "Well-known SIDs": LocalSystem, the local administrators, whoever is logged on at a desktop."""

_ENABLED, _DENY_ONLY = 0x4, 0x10  # winnt.h: SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY
_CANNOT_IMPERSONATE = 1368  # winerror.h: ERROR_CANNOT_IMPERSONATE, before anything was read


class Unread(Exception):
    """Windows tells who it is only after something was read from the pipe."""


class Token(msgspec.Struct, frozen=True):
    """What matters of an access token; groups with their attributes."""

    user: str
    groups: tuple[tuple[str, int], ...] = ()


def caller_of(token: Token, pid: int | None) -> Caller:
    """The caller: user 0 for LocalSystem and elevated administrators, else a number of its SID's; groups by SID."""
    groups = {sid for sid, attributes in token.groups if attributes & _ENABLED and not attributes & _DENY_ONLY}
    is_root = token.user == SYSTEM or ADMINISTRATORS in groups
    named = {"interactive"} if INTERACTIVE in groups else set()
    return Caller(0 if is_root else number(token.user), frozenset(groups | named), pid)


def number(sid: str) -> int:
    """Stands for a user where the rest of us counts users: the same for one SID, never 0, exact in JSON."""
    return int.from_bytes(hashlib.sha256(sid.encode()).digest()[:6], "big") | 1 << 47


def of_process() -> Token:
    """The token of this process; raises OSError."""
    import pywintypes
    import win32api
    import win32con
    import win32security

    try:
        token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32con.TOKEN_QUERY)
        return _read(token)
    except pywintypes.error as error:
        raise os_error(error) from error


def of_client(pipe: Handle) -> Caller | None:
    """Who connected to this end of a pipe; on a thread that does nothing else. None when unreadable.

    Raises Unread. A thread that cannot be itself again ends the process: it would go on with another's rights.
    """
    import pywintypes
    import win32api
    import win32con
    import win32pipe
    import win32security

    try:
        win32security.ImpersonateNamedPipeClient(pipe)
    except pywintypes.error as error:
        if error.winerror == _CANNOT_IMPERSONATE:
            raise Unread from None
        return None
    try:
        token = _read(win32security.OpenThreadToken(win32api.GetCurrentThread(), win32con.TOKEN_QUERY, True))
    except pywintypes.error:
        return None
    finally:
        try:
            win32security.RevertToSelf()
        except pywintypes.error:
            _end()
    pid: int | None = None
    with contextlib.suppress(pywintypes.error, AttributeError):
        pid = win32pipe.GetNamedPipeClientProcessId(pipe)
    return caller_of(token, pid)


def os_error(error: Handle) -> OSError:
    """The same as Python says it: FileNotFoundError, PermissionError and so on, by its number."""
    return OSError(0, str(error.strerror), None, int(error.winerror))


def _read(token: Handle) -> Token:
    import win32security

    user, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
    groups = win32security.GetTokenInformation(token, win32security.TokenGroups)
    text = win32security.ConvertSidToStringSid
    return Token(text(user), tuple((text(sid), int(attributes)) for sid, attributes in groups))


def _end() -> NoReturn:
    log.critical("cannot give up another user's identity")
    os._exit(70)
