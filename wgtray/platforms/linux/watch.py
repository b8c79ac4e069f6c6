"""When did the machine's network change? Asked of the kernel's routing socket, without reading what changed."""

import asyncio
import socket
from collections.abc import AsyncIterator

# linux/rtnetlink.h: RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE
_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400
_RULE6_GROUP = 19  # RTNLGRP_IPV6_RULE has no bit in the old mask
_SOL_NETLINK = 270
_ADD_MEMBERSHIP = 1

CALM_S = 0.05
"""Changes come in bursts (an interface with its addresses and routes): one report at its start, one after it."""


async def changes() -> AsyncIterator[None]:
    """Yields at a change to links, addresses, routes or rules of this namespace, and again when others followed it."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE) as sock:
        sock.bind((0, _GROUPS))
        sock.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _RULE6_GROUP)
        while True:
            await _received(loop, sock)
            yield None
            await asyncio.sleep(CALM_S)
            if _drained(sock):
                yield None


async def _received(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    try:
        await loop.sock_recv(sock, 65536)
    except OSError:  # ENOBUFS: more happened than the buffer holds, which is a change too
        return


def _drained(sock: socket.socket) -> bool:
    """Take in what has arrived; whether that was anything."""
    found = False
    while True:
        try:
            sock.recv(65536)
        except BlockingIOError:
            return found
        except OSError:  # as above
            pass
        found = True
