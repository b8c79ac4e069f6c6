"""On which ground does a helper stand on Windows, before it has a backend? (``api.Ground``)"""

import asyncio
import os
import signal
import socket
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wgtray.platforms.api import Caller, Listener, Unsafe
from wgtray.platforms.windows import peer
from wgtray.platforms.windows.bell import ENDING

PRIVATE: Final = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
"""The system and the administrators, nothing inherited; the same for all inside. The folder is below Program Files,
because in ProgramData any user may make it first (CVE-2023-50446, CVE-2022-25372)."""

_VERSION_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion"


def program_files() -> Path:
    """Where programs are installed, by the registry: the environment is a caller's."""
    import winreg

    registry: Any = winreg
    access = registry.KEY_READ | registry.KEY_WOW64_64KEY
    with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, _VERSION_KEY, 0, access) as key:
        return Path(registry.QueryValueEx(key, "ProgramFilesDir")[0])


def probe() -> str | None:
    """The program of ours that says by which address it would send (``steering.py``): of the frozen ones, not this."""
    there = Path(sys.executable).with_name("wgtray.exe")
    return str(there) if getattr(sys, "frozen", False) and there.is_file() else None


def is_privileged() -> bool:
    """Whether this is LocalSystem or an elevated administrator."""
    try:
        return peer.caller_of(peer.of_process(), None).uid == 0
    except OSError:
        return False


def make_private(directory: Path) -> None:
    """Make the folder if missing, and its rights ours; raises Unsafe for a link or a folder of others, OSError."""
    import pywintypes
    import win32security

    descriptor = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(PRIVATE, 1)
    try:
        if not os.path.lexists(directory):
            _make(directory, descriptor)
        found = os.lstat(directory)
        if not stat.S_ISDIR(found.st_mode) or getattr(found, "st_file_attributes", 0) & _REPARSE_POINT:
            raise Unsafe
        kind, owner = win32security.SE_FILE_OBJECT, win32security.OWNER_SECURITY_INFORMATION
        sid = win32security.GetNamedSecurityInfo(str(directory), kind, owner).GetSecurityDescriptorOwner()
        if win32security.ConvertSidToStringSid(sid) not in {peer.SYSTEM, peer.ADMINISTRATORS, peer.of_process().user}:
            raise Unsafe
        what = win32security.DACL_SECURITY_INFORMATION | win32security.PROTECTED_DACL_SECURITY_INFORMATION
        dacl = descriptor.GetSecurityDescriptorDacl()
        win32security.SetNamedSecurityInfo(str(directory), kind, what, None, None, dacl, None)
    except pywintypes.error as error:
        raise peer.os_error(error) from error


def on_end(stop: Callable[[bool], None]) -> None:
    """Have ``stop`` called when the service manager or the console wants us to end; nobody succeeds us here."""
    loop = asyncio.get_running_loop()

    def heard() -> None:
        loop.call_soon_threadsafe(stop, False)

    ENDING.hear(heard)
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGBREAK"):
            signal.signal(getattr(signal, name), lambda *_: ENDING.ring())


def user(text: str) -> int:
    """The number that stands for a SID or an account's name; raises KeyError."""
    import pywintypes
    import win32security

    if text.startswith("S-1-"):
        return peer.number(text)
    try:
        sid, _, _ = win32security.LookupAccountName(None, text)
    except pywintypes.error as error:
        raise KeyError(text) from error
    return peer.number(win32security.ConvertSidToStringSid(sid))


def listen(
    address: str,
    uids: frozenset[int],
    groups: frozenset[str],
    caller: Callable[[socket.socket], Caller | None],
    given: socket.socket | None,
) -> Listener:
    """The pipe of that name; its clients are told by their tokens. Raises SocketTaken, OSError."""
    from wgtray.platforms.windows.pipe import PipeListener

    return PipeListener(address, groups)


_REPARSE_POINT = 0x400  # winnt.h: FILE_ATTRIBUTE_REPARSE_POINT, a link or a junction


def _make(directory: Path, descriptor: peer.Handle) -> None:
    import win32file
    import win32security

    directory.parent.mkdir(parents=True, exist_ok=True)
    attributes = win32security.SECURITY_ATTRIBUTES()
    attributes.SECURITY_DESCRIPTOR = descriptor
    win32file.CreateDirectory(str(directory), attributes)
