"""When did the network of this Mac change? The kernel's routing messages, and the resolver's own notification.

Questions about routes (``route get``) and what the kernel learns of neighbours come as messages too, and are no news.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable

_AF_ROUTE = 17

# net/route.h: RTM_GET, RTM_LOSING, RTM_MISS, RTM_RESOLVE; rt_msghdr begins: length, version, type, index, flags
_NO_NEWS = frozenset({0x4, 0x5, 0x7, 0xB})
_ABOUT_ROUTES = frozenset({0x1, 0x2, 0x3})  # RTM_ADD, RTM_DELETE, RTM_CHANGE
_HEADER = struct.Struct("=HBBHxxI")
_LLINFO, _WASCLONED = 0x400, 0x20000

NAMES_CHANGED = b"com.apple.system.SystemConfiguration.dns_configuration"
"""dnsinfo.h: dns_configuration_notify_key()"""

CALM_S = 0.05
"""Changes come in bursts: one report at the start, one after it."""


def is_news(message: bytes) -> bool:
    """Whether a routing message says that links, addresses or routes are others than before."""
    if len(message) < _HEADER.size:
        return True  # more than the buffer held
    _, _, kind, _, flags = _HEADER.unpack_from(message)
    if kind in _NO_NEWS:
        return False
    return kind not in _ABOUT_ROUTES or not flags & (_LLINFO | _WASCLONED)


async def changes() -> AsyncIterator[None]:
    """Yields at each change, and again when others followed it."""
    loop, noticed = asyncio.get_running_loop(), asyncio.Event()
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(socket.socket(_AF_ROUTE, socket.SOCK_RAW, 0))
        sock.setblocking(False)
        names = _notified(NAMES_CHANGED)

        def hear(look: Callable[[], bool]) -> None:
            if look():
                noticed.set()

        loop.add_reader(sock.fileno(), hear, lambda: _drained(sock))
        stack.callback(loop.remove_reader, sock.fileno())
        if names is not None:
            loop.add_reader(names, hear, lambda: bool(os.read(names, 64)))
            stack.callback(os.close, names)
            stack.callback(loop.remove_reader, names)
        while True:
            await noticed.wait()
            noticed.clear()
            yield None
            await asyncio.sleep(CALM_S)


def _drained(sock: socket.socket) -> bool:
    news = False
    while True:
        try:
            news |= is_news(sock.recv(4096))
        except BlockingIOError:
            return news
        except OSError:  # ENOBUFS
            news = True


def _notified(name: bytes) -> int | None:
    """A descriptor that becomes readable with each notification of that name (notify(3)); None where there is none."""
    descriptor, token = ctypes.c_int(-1), ctypes.c_int(0)
    try:
        register = ctypes.CDLL(None).notify_register_file_descriptor
    except AttributeError:
        return None
    if register(name, ctypes.byref(descriptor), 0, ctypes.byref(token)) != 0:
        return None
    return descriptor.value
