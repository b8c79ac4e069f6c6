"""What does a scripted helper listen on where there are no Unix sockets? A named pipe with a socket's ways."""

import contextlib
import hashlib
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

BUFFER: Final = 1 << 16
_DUPLEX, _UNLIMITED, _OPEN_EXISTING, _ANY_ACCESS = 0x3, 255, 3, 0xC0000000


def name_for(path: Path) -> str:
    """The pipe that stands for a socket of that path."""
    return rf"\\.\pipe\wgtray-test-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"


class Connection:
    """One client."""

    def __init__(self, pipe: Any) -> None:  # noqa: ANN401 - pywin32 has no types
        self._pipe = pipe

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.Close()

    def recv(self, most: int) -> bytes:
        import pywintypes
        import win32file

        try:
            return bytes(win32file.ReadFile(self._pipe, most)[1])
        except pywintypes.error:
            return b""

    def sendall(self, data: bytes) -> None:
        import win32file

        win32file.WriteFile(self._pipe, data)


class Listener:
    """One instance always waits, so that no client ever finds none."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._closed = False
        self._next = self._instance()

    def accept(self) -> tuple[Connection, None]:
        """Raises OSError once it is shut down."""
        import pywintypes
        import win32pipe

        while not self._closed:
            try:
                win32pipe.ConnectNamedPipe(self._next, None)
            except pywintypes.error:  # it came and went before
                self._next.Close()
                self._next = self._instance()
                continue
            arrived, self._next = self._next, None
            if self._closed:
                arrived.Close()
                break
            self._next = self._instance()
            return Connection(arrived), None
        raise OSError(0, "the test is over")

    def shutdown(self, how: int) -> None:
        """Whoever waits in ``accept`` hears of it by a last client."""
        import pywintypes
        import win32file

        self._closed = True
        with contextlib.suppress(pywintypes.error):  # nobody waits there just now: the next time, it is closed
            win32file.CreateFile(self._name, _ANY_ACCESS, 0, None, _OPEN_EXISTING, 0, None).Close()

    def _instance(self) -> Any:  # noqa: ANN401
        import win32pipe
        import win32security

        from wgtray.desktop.pipe import own_sid

        mine = own_sid()  # Wine gives a pipe no owner by itself
        text = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(f"O:{mine}D:(A;;GA;;;{mine})", 1)
        attributes = win32security.SECURITY_ATTRIBUTES()
        attributes.SECURITY_DESCRIPTOR = text
        return win32pipe.CreateNamedPipe(self._name, _DUPLEX, 0, _UNLIMITED, BUFFER, BUFFER, 0, attributes)
