"""How much goes through an interface, and when does the next packet leave through it? Asked without a timer."""

import asyncio
import ctypes
import os
import socket
import struct

from wgtray.platforms.api import Counters
from wgtray.platforms.linux.routes import MARK_PROBE

COUNTERS = "/proc/thread-self/net/dev"
"""The interfaces of the namespace of the thread that opens it; sysfs would show those of whoever mounted it.

It takes no lock of the kernel's, as asking by netlink would: somebody who changes a thousand routes delays no look.
"""

_READ_BYTES = 1 << 12  # what the kernel gives at once: a page

_COLUMNS = 16  # eight of received, eight of sent
_ETH_P_ALL = 3  # linux/if_ether.h; only such sockets see packets that go out
_SO_ATTACH_FILTER = 26  # asm-generic/socket.h
_RECEIVE_BUFFER = 2048  # one packet is enough to know

# linux/filter.h: ancillary words of a packet, read as if they were data at these offsets
_SKF_AD_OFF = 0xFFFFF000
_PKTTYPE = _SKF_AD_OFF + 4
_MARK = _SKF_AD_OFF + 20
_PACKET_OUTGOING = 4  # linux/if_packet.h
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K


def parse_counters(text: bytes, name: str) -> Counters | None:
    """One interface's line of ``/proc/net/dev``; None where there is none."""
    _, found, rest = text.partition(f" {name}:".encode())
    if not found:  # a long name fills its column, so nothing stands before it
        _, found, rest = text.partition(f"\n{name}:".encode())
    if not found:
        return None
    columns = rest.partition(b"\n")[0].split()
    if len(columns) < _COLUMNS:
        return None  # cut off
    return Counters(
        rx_packets=int(columns[1]), tx_packets=int(columns[9]), rx_bytes=int(columns[0]), tx_bytes=int(columns[8])
    )


def render_filter() -> bytes:
    """A classic BPF program: one byte of every packet that goes out and is no probe of ours, nothing of the others."""
    program = [
        (_LOAD_WORD, 0, 0, _PKTTYPE),
        (_JUMP_EQUAL, 0, 3, _PACKET_OUTGOING),
        (_LOAD_WORD, 0, 0, _MARK),
        (_JUMP_EQUAL, 1, 0, MARK_PROBE),
        (_RETURN, 0, 0, 1),
        (_RETURN, 0, 0, 0),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


class CounterFile:
    """The kernel's counters, open for as long as one backend lives: opening would cost more than reading."""

    def __init__(self) -> None:
        self._file: int | None = None

    def read(self, name: str) -> Counters | None:
        """What the kernel counted on an interface since it was made; raises OSError."""
        if self._file is None:
            self._file = os.open(COUNTERS, os.O_RDONLY | os.O_CLOEXEC)
        text = b""
        while more := os.pread(self._file, _READ_BYTES, len(text)):
            text += more
            found = parse_counters(text, name)
            if found is not None:  # reading on, even to learn that this was all, makes the kernel write all anew
                return found
        return None

    def __del__(self) -> None:
        if self._file is not None:
            os.close(self._file)


async def outgoing(name: str) -> None:
    """Return when a packet other than our own probes goes out; raises OSError without the interface, or when it goes.

    Read the counters after the call has begun to wait, so that no packet between two calls goes unseen.
    """
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, 0)  # 0: deaf until bound
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        attach(sock, render_filter())
        sock.bind((name, _ETH_P_ALL))
        await loop.sock_recv(sock, 1)
    finally:
        loop.run_in_executor(None, sock.close)  # the kernel takes 10 ms to let go of a packet socket


def attach(sock: socket.socket, program: bytes) -> None:
    """Let the kernel run a classic BPF program on what this socket would receive; raises OSError."""
    code = ctypes.create_string_buffer(program, len(program))
    sock_fprog = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, sock_fprog)
