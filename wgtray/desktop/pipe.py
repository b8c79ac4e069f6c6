"""How does a program of this user open the helper's pipe, and only the helper's? Windows only; imported there alone.

Whoever made the pipe owns it: the system or an administrator (or this user, who may run a helper of their own to try
something). Anybody else could be after the key. Our own identity is shown, not lent: no other end may act as us.
"""

import time
from typing import Any, Final, TypeAlias

Handle: TypeAlias = Any
"""What pywin32 gives, which has no types."""

ACCESS: Final = 0x12019B
"""Read and write without FILE_CREATE_PIPE_INSTANCE, which the helper gives to nobody."""
PATIENCE_S: Final = 2.0
"""For a moment no instance may be free: each client takes one, and the next has to be made."""

TRUSTED: Final = frozenset({"S-1-5-18", "S-1-5-32-544"})
"""LocalSystem, and the administrators, who could do all that it can."""

# winbase.h, winerror.h
_OVERLAPPED, _IDENTIFY = 0x40000000, 0x100000 | 0x10000  # FILE_FLAG_*, SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION
_OPEN_EXISTING = 3
_PIPE_BUSY = 231
_ENDED = (109, 232, 233)  # ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED


class NotOurs(Exception):
    """Somebody else has made this pipe."""


def opened(path: str, patience_s: float = PATIENCE_S) -> Handle:
    """A handle for overlapped reading and writing; raises NotOurs, OSError."""
    import pywintypes
    import win32file

    until = time.monotonic() + patience_s
    while True:
        try:
            handle = win32file.CreateFile(path, ACCESS, 0, None, _OPEN_EXISTING, _OVERLAPPED | _IDENTIFY, None)
            break
        except pywintypes.error as error:
            if error.winerror != _PIPE_BUSY or time.monotonic() > until:
                raise _os_error(error) from error
            time.sleep(0.02)
    if not is_trusted(_owner(handle), own_sid()):
        handle.Close()
        raise NotOurs
    return handle


def is_trusted(owner: str, own: str) -> bool:
    """Whether a pipe of that owner (SIDs) is the helper's."""
    return owner in TRUSTED or owner == own


def own_sid() -> str:
    """Who this process runs as."""
    import win32api
    import win32con
    import win32security

    token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32con.TOKEN_QUERY)
    sid, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
    return str(win32security.ConvertSidToStringSid(sid))


class PipeSocket:
    """A pipe with as much of a socket's ways as a blocking client needs."""

    def __init__(self, path: str, timeout_s: float) -> None:
        """Raises NotOurs, OSError."""
        self._handle = opened(path)
        self._timeout_s: float | None = timeout_s
        self._reading: tuple[Handle, Handle] | None = None
        """A read that timed out goes on: what it brings is the next one's."""

    def settimeout(self, timeout_s: float | None) -> None:
        self._timeout_s = timeout_s

    def sendall(self, data: bytes) -> None:
        """Raises TimeoutError, OSError."""
        import pywintypes
        import win32file

        while data:
            operation = _operation()
            try:
                win32file.WriteFile(self._handle, data, operation)
                data = data[self._finished(operation) :]
            except pywintypes.error as error:
                raise _os_error(error) from error

    def recv(self, most: int) -> bytes:
        """What has come, nothing at the end; raises TimeoutError, OSError."""
        import pywintypes
        import win32file

        try:
            if self._reading is None:
                operation = _operation()
                _, buffer = win32file.ReadFile(self._handle, win32file.AllocateReadBuffer(most), operation)
                self._reading = operation, buffer
            operation, buffer = self._reading
            count = self._finished(operation)
        except pywintypes.error as error:
            if error.winerror in _ENDED:
                return b""
            raise _os_error(error) from error
        self._reading = None
        return bytes(buffer[:count])

    def close(self) -> None:
        """Ends what is under way as well."""
        import win32file

        win32file.CancelIo(self._handle)
        self._handle.Close()

    def _finished(self, operation: Handle) -> int:
        """How many bytes; raises TimeoutError."""
        import win32event
        import win32file

        wait_ms = win32event.INFINITE if self._timeout_s is None else max(0, int(self._timeout_s * 1000))
        if win32event.WaitForSingleObject(operation.hEvent, wait_ms) != win32event.WAIT_OBJECT_0:
            raise TimeoutError
        return int(win32file.GetOverlappedResult(self._handle, operation, True))


def _owner(handle: Handle) -> str:
    """Nothing where the pipe has none."""
    import win32security

    owner = win32security.OWNER_SECURITY_INFORMATION
    found = win32security.GetSecurityInfo(handle, win32security.SE_KERNEL_OBJECT, owner)
    sid = found.GetSecurityDescriptorOwner()
    return "" if sid is None else str(win32security.ConvertSidToStringSid(sid))


def _operation() -> Handle:
    import pywintypes
    import win32event

    operation = pywintypes.OVERLAPPED()
    operation.hEvent = win32event.CreateEvent(None, True, False, None)
    return operation


def _os_error(error: Handle) -> OSError:
    return OSError(0, str(error.strerror), None, int(error.winerror))
