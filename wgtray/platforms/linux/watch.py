"""When did the machine's network change? Asked of the kernel, without reading what changed.

Routes that we lay ourselves are no news: a filter in the kernel keeps them from waking us. What is removed always is.
A change of firewall rules is news when it is about our table and somebody else made it.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from wgtray.platforms.linux import netfilter
from wgtray.platforms.linux.firewall import TABLE
from wgtray.platforms.linux.inotify import FileWatch
from wgtray.platforms.linux.packets import attach
from wgtray.platforms.linux.routes import PROTOCOL, PROTOCOL_LEARNED

# linux/rtnetlink.h: RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE, _IPV6_IFADDR, _IPV6_ROUTE
_GROUPS = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400
_RULE6_GROUP = 19  # RTNLGRP_IPV6_RULE has no bit in the old mask
_NFTABLES_GROUP = 7  # linux/netfilter/nfnetlink.h: NFNLGRP_NFTABLES
_SOL_NETLINK = 270
_ADD_MEMBERSHIP = 1

_NEW_ROUTE = 24  # linux/rtnetlink.h: RTM_NEWROUTE
_TYPE_AT, _PROTOCOL_AT = 4, 16 + 5  # nlmsghdr.nlmsg_type; behind that header, rtmsg.rtm_protocol
_LOAD_HALF, _LOAD_BYTE, _JUMP_EQUAL, _RETURN = 0x28, 0x30, 0x15, 0x06  # BPF_LD|H|ABS, |B|ABS, JMP|JEQ|K, RET|K
_ALL = 0xFFFFFFFF

_MORE = b""
"""Stands for all that happened when it is more than the buffer holds, which is a change too."""

CALM_S = 0.05
"""Changes come in bursts (an interface with its addresses and routes): one report at its start, one after it."""


def render_filter() -> bytes:
    """A classic BPF program: everything but new routes of our own numbers."""
    program = [
        (_LOAD_HALF, 0, 0, _TYPE_AT),
        (_JUMP_EQUAL, 0, 3, socket.ntohs(_NEW_ROUTE)),  # BPF reads in network order what stands in the machine's
        (_LOAD_BYTE, 0, 0, _PROTOCOL_AT),
        (_JUMP_EQUAL, 2, 0, PROTOCOL),
        (_JUMP_EQUAL, 1, 0, PROTOCOL_LEARNED),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, 0),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


async def changes(files: Callable[[], Iterable[Path]], is_own: Callable[[], bool]) -> AsyncIterator[None]:
    """Yields at a change to links, addresses, routes or rules of this namespace, to our firewall table unless
    ``is_own``, or to these files, and again when others followed it.
    """
    loop, noticed = asyncio.get_running_loop(), asyncio.Event()
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(_listening())
        walls = stack.enter_context(contextlib.closing(_hearing_of_tables()))
        watched = stack.enter_context(FileWatch(files))

        def hear(is_news: Callable[[], bool]) -> None:
            if is_news():
                noticed.set()

        for descriptor, is_news in (
            (sock.fileno(), lambda: bool(_drained(sock))),
            (walls.fileno(), lambda: _is_about_ours(_drained(walls)) and not is_own()),
            (watched.descriptor, watched.changed),
        ):
            if descriptor >= 0:
                loop.add_reader(descriptor, hear, is_news)
                stack.callback(loop.remove_reader, descriptor)
        while True:
            await noticed.wait()
            noticed.clear()
            yield None
            await asyncio.sleep(CALM_S)


def _listening() -> socket.socket:
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    attach(sock, render_filter())
    sock.bind((0, _GROUPS))
    sock.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _RULE6_GROUP)
    return sock


def _hearing_of_tables() -> socket.socket:
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, netfilter.PROTOCOL)
    sock.bind((0, 0))
    with contextlib.suppress(OSError):  # a kernel without nftables has no table of ours
        sock.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _NFTABLES_GROUP)
    return sock


def _is_about_ours(said: list[bytes]) -> bool:
    name = TABLE.encode() + b"\0"
    return any(name in message or message == _MORE for message in said)


def _drained(sock: socket.socket) -> list[bytes]:
    """Take in what has arrived."""
    found: list[bytes] = []
    while True:
        try:
            found.append(sock.recv(65536))
        except BlockingIOError:
            return found
        except OSError:  # ENOBUFS
            found.append(_MORE)
