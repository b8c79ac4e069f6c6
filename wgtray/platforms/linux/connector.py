"""Where the kernel does not let us wait: how does one hear of a program's start a moment after it?

The process connector tells every ``execve`` of the machine, after the fact. It speaks in the first network namespace
only (linux/drivers/connector/cn_proc.c), and only to root.
"""

import os
import socket
import struct
from collections.abc import Iterator

_NETLINK_CONNECTOR = 11
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_MESSAGE = struct.Struct("=IIIIHH")  # cn_msg: index, value, sequence, acknowledge, length, flags
_EVENT = struct.Struct("=IIQ")  # proc_event: what, processor, time
_EXEC = struct.Struct("=ii")  # thread, process

_PROCESSES = (1, 1)  # CN_IDX_PROC, CN_VAL_PROC
_LISTEN = 1  # PROC_CN_MCAST_LISTEN
_STARTED = 2  # PROC_EVENT_EXEC
_DONE = 3  # NLMSG_DONE


def opened() -> socket.socket:
    """A listening socket; raises OSError where the connector does not speak."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_CONNECTOR)
    try:
        sock.bind((0, _PROCESSES[0]))
        sock.send(render_listen(os.getpid()))
    except OSError:
        sock.close()
        raise
    return sock


def render_listen(pid: int) -> bytes:
    """The message that asks for the events."""
    content = _MESSAGE.pack(*_PROCESSES, 0, 0, 4, 0) + struct.pack("=I", _LISTEN)
    return _HEADER.pack(_HEADER.size + len(content), _DONE, 0, 0, pid) + content


def parse_started(datagram: bytes) -> Iterator[int]:
    """The processes that have executed something."""
    at = _HEADER.size + _MESSAGE.size
    if len(datagram) >= at + _EVENT.size + _EXEC.size:
        what, _, _ = _EVENT.unpack_from(datagram, at)
        if what == _STARTED:
            yield int(_EXEC.unpack_from(datagram, at + _EVENT.size)[1])


def read(sock: socket.socket) -> list[int]:
    """Those since the last reading; raises OSError (ENOBUFS) when some were lost."""
    found: list[int] = []
    while True:
        try:
            found += parse_started(sock.recv(1 << 12))
        except BlockingIOError:
            return found
