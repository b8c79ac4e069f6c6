r"""Where do clients of a Windows helper connect? A named pipe that only the privileged make and only local ones open.

Its name begins with ``ProtectedPrefix\Administrators``, under which Windows lets nobody else make a pipe: no program
can be there first. The first instance is made with a flag that fails if there is one already. ``sddl`` lets users who
are logged on at a desktop connect, not make further instances (0x12019b is read and write without
FILE_CREATE_PIPE_INSTANCE), and keeps programs of low integrity out. Who a client is, its token says, on a thread of its
own.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from wgtray.platforms.api import Caller, SocketTaken
from wgtray.platforms.windows import peer
from wgtray.platforms.windows.peer import Handle, Unread

BUFFER: Final = 64 * 1024

FIRST_WORD_S: Final = 2.0
"""Whom Windows does not name before something was read has this long to say something."""

# winbase.h, winerror.h
_DUPLEX, _OVERLAPPED, _FIRST = 0x3, 0x40000000, 0x80000
_REJECT_REMOTE = 0x8
_UNLIMITED = 255
_IO_PENDING, _PIPE_CONNECTED, _ACCESS_DENIED, _PIPE_BUSY = 997, 535, 5, 231
_GONE = (109, 232, 233, 995)  # broken pipe, closing, not connected, aborted


def sddl(owner: str, groups: Iterable[str]) -> str:
    """Who may open the pipe: the system, administrators, whoever is at a desktop, and these groups' SIDs."""
    more = "".join(f"(A;;0x12019b;;;{sid})" for sid in sorted(groups) if sid.startswith("S-1-"))
    return f"O:{owner}G:{owner}D:P(A;;GA;;;SY)(A;;0x12019b;;;BA)(A;;0x12019b;;;IU){more}S:(ML;;NWNR;;;ME)"


class PipeListener:
    """Clients of one pipe; a thread waits for them."""

    def __init__(self, name: str, groups: Iterable[str] = ()) -> None:
        """Raises SocketTaken when there is such a pipe, OSError."""
        import win32event

        token = peer.of_process()
        self._name = name
        self._sddl = sddl("SY" if token.user == peer.SYSTEM else token.user, groups)
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[PipeConnection | OSError] = asyncio.Queue()
        self._closing = win32event.CreateEvent(None, True, False, None)
        first = self._instance(first=True)
        self._thread = threading.Thread(target=self._wait, args=(first,), name="pipe", daemon=True)
        self._thread.start()

    async def accept(self) -> "PipeConnection":
        arrived = await self._arrived.get()
        if isinstance(arrived, OSError):
            raise arrived
        return arrived

    def close(self) -> None:
        import win32event

        win32event.SetEvent(self._closing)
        self._thread.join(timeout=2.0)

    def _instance(self, *, first: bool = False) -> Handle:
        import pywintypes
        import win32pipe
        import win32security

        attributes = win32security.SECURITY_ATTRIBUTES()
        text = win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(self._sddl, 1)
        attributes.SECURITY_DESCRIPTOR = text
        access = _DUPLEX | _OVERLAPPED | (_FIRST if first else 0)
        try:
            return win32pipe.CreateNamedPipe(
                self._name, access, _REJECT_REMOTE, _UNLIMITED, BUFFER, BUFFER, 0, attributes
            )
        except pywintypes.error as error:
            if first and error.winerror in (_ACCESS_DENIED, _PIPE_BUSY):
                raise SocketTaken(self._name) from None
            raise peer.os_error(error) from error

    def _wait(self, pipe: Handle) -> None:
        """The thread: one instance always waits for the next client."""
        while pipe is not None:
            try:
                if not _connected(pipe, self._closing):
                    break
                arrived: PipeConnection | OSError = PipeConnection(pipe)
            except OSError as error:
                arrived = error
            pipe = self._next(arrived)
        if pipe is not None:
            pipe.Close()

    def _next(self, arrived: "PipeConnection | OSError") -> Handle:
        """Hand over the one that arrived, and make its successor."""
        import win32event

        while True:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._arrived.put_nowait, arrived)
            try:
                return self._instance()
            except OSError as error:
                arrived = error
            if win32event.WaitForSingleObject(self._closing, 1000) == win32event.WAIT_OBJECT_0:
                return None


class PipeConnection:
    """One client; two threads of its own, for one may write while the other waits."""

    def __init__(self, pipe: Handle) -> None:
        import win32event

        self._pipe = pipe
        self._gone = win32event.CreateEvent(None, True, False, None)
        self._threads = ThreadPoolExecutor(2, "pipe-client")
        self._heard = b""
        self._caller: Caller | None = self._identified()

    def known(self) -> Caller | None:
        return self._caller

    def caller(self) -> Caller | None:
        if self._caller is None:
            with contextlib.suppress(OSError, Unread):
                self._heard = _transferred(self._pipe, self._gone, BUFFER, int(FIRST_WORD_S * 1000))
                self._caller = self._in_thread(again=True)
        return self._caller

    async def read(self, most: int) -> bytes:
        if self._heard:
            heard, self._heard = self._heard, b""
            return heard
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _received, self._pipe, self._gone, most)

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, _written, self._pipe, self._gone, data)

    def say(self, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):
            self._threads.submit(_written, self._pipe, self._gone, data, 1000).result(timeout=1.0)

    def close(self) -> None:
        """Ends what waits in the threads; the handle goes once they are through."""
        import win32event

        win32event.SetEvent(self._gone)
        with contextlib.suppress(RuntimeError):  # closed before
            self._threads.submit(_hung_up, self._pipe)
        self._threads.shutdown(wait=False)

    def _identified(self) -> Caller | None:
        with contextlib.suppress(Unread):
            return self._in_thread(again=False)
        return None

    def _in_thread(self, *, again: bool) -> Caller | None:
        """Whoever impersonates does nothing else, so that nothing else is ever done as somebody else."""
        found: list[Caller | None] = []
        unread: list[Unread] = []

        def ask() -> None:
            try:
                found.append(peer.of_client(self._pipe))
            except Unread as error:
                unread.append(error)

        thread = threading.Thread(target=ask, name="pipe-identity")
        thread.start()
        thread.join()
        if unread and not again:
            raise unread[0]
        return found[0] if found else None


def _connected(pipe: Handle, closing: Handle) -> bool:
    """Wait for a client; False when nobody is to be waited for any more. Raises OSError."""
    import pywintypes
    import win32event
    import win32file
    import win32pipe

    operation = _operation()
    try:
        code = win32pipe.ConnectNamedPipe(pipe, operation)
        if code == _PIPE_CONNECTED:
            return True
        if code not in (0, _IO_PENDING):
            raise OSError(0, "no client could connect", None, code)
        which = win32event.WaitForMultipleObjects((operation.hEvent, closing), False, win32event.INFINITE)
        if which != win32event.WAIT_OBJECT_0:
            win32file.CancelIo(pipe)
            return False
        win32file.GetOverlappedResult(pipe, operation, True)
    except pywintypes.error as error:
        raise peer.os_error(error) from error
    return True


def _received(pipe: Handle, gone: Handle, most: int) -> bytes:
    try:
        return _transferred(pipe, gone, most, None)
    except OSError as error:
        if getattr(error, "winerror", None) in _GONE:
            return b""
        raise


def _transferred(pipe: Handle, gone: Handle, most: int, wait_ms: int | None) -> bytes:
    import pywintypes
    import win32file

    operation = _operation()
    try:
        _, buffer = win32file.ReadFile(pipe, win32file.AllocateReadBuffer(most), operation)
        count = _finished(pipe, operation, gone, wait_ms)
        return bytes(buffer[:count])
    except pywintypes.error as error:
        raise peer.os_error(error) from error


def _written(pipe: Handle, gone: Handle, data: bytes, wait_ms: int | None = None) -> None:
    import pywintypes
    import win32file

    while data:
        operation = _operation()
        try:
            win32file.WriteFile(pipe, data, operation)
            data = data[_finished(pipe, operation, gone, wait_ms) :]
        except pywintypes.error as error:
            raise peer.os_error(error) from error


def _finished(pipe: Handle, operation: Handle, gone: Handle, wait_ms: int | None) -> int:
    """How many bytes it came to; raises OSError when we hang up meanwhile, or it takes too long."""
    import win32event
    import win32file

    limit_ms = win32event.INFINITE if wait_ms is None else wait_ms
    which = win32event.WaitForMultipleObjects((operation.hEvent, gone), False, limit_ms)
    if which != win32event.WAIT_OBJECT_0:
        win32file.CancelIo(pipe)
        with contextlib.suppress(Exception):
            win32file.GetOverlappedResult(pipe, operation, True)
        raise BrokenPipeError("hung up")
    return int(win32file.GetOverlappedResult(pipe, operation, True))


def _hung_up(pipe: Handle) -> None:
    """Without waiting for the client to take what is left; it reads to the end before it sees that we are gone."""
    with contextlib.suppress(Exception):
        pipe.Close()


def _operation() -> Handle:
    import pywintypes
    import win32event

    operation = pywintypes.OVERLAPPED()
    operation.hEvent = win32event.CreateEvent(None, True, False, None)
    return operation
