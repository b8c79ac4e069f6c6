"""How is a netlink message put together and taken apart? One layout for routes, WireGuard and nftables.

Numbers are the machine's own byte order, unless a subsystem says otherwise (linux/netlink.h).
"""

import errno
import os
import socket
import struct
from collections.abc import Iterable, Iterator

# linux/netlink.h
REQUEST, ACK, DUMP, CREATE = 0x1, 0x4, 0x300, 0x400
ERROR, DONE = 2, 3
HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_CODE = struct.Struct("=i")
_MOST = 4095  # linux/err.h: no error has a higher number
_ATTRIBUTE = struct.Struct("=HH")  # nlattr: length, type
_NESTED = 0x8000
_KIND = 0x3FFF

TIMEOUT_S = 1.0
"""The kernel answers within the call that asks it; a socket that never does is a fault of ours."""


def message(kind: int, flags: int, content: bytes, sequence: int = 1) -> bytes:
    """One whole message."""
    return HEADER.pack(HEADER.size + len(content), kind, REQUEST | flags, sequence, 0) + content


def attribute(kind: int, content: bytes) -> bytes:
    """Raises OSError (EMSGSIZE) when it grows too long."""
    length = _ATTRIBUTE.size + len(content)
    if length > 0xFFFF:
        raise OSError(errno.EMSGSIZE, "more than one message holds")
    return (_ATTRIBUTE.pack(length, kind) + content).ljust(_padded(length), b"\0")


def text(kind: int, content: str) -> bytes:
    """An attribute that is a string with its end."""
    return attribute(kind, content.encode() + b"\0")


def nest(kind: int, parts: Iterable[bytes]) -> bytes:
    """An attribute made of attributes."""
    return attribute(kind | _NESTED, b"".join(parts))


def attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each attribute; half a one at the end is left out."""
    at = 0
    while at + _ATTRIBUTE.size <= len(content):
        length, kind = _ATTRIBUTE.unpack_from(content, at)
        if length < _ATTRIBUTE.size:
            return
        yield kind & _KIND, content[at + _ATTRIBUTE.size : at + length]
        at += _padded(length)


def messages(answer: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each message of a datagram."""
    at = 0
    while at + HEADER.size <= len(answer):
        length, kind, *_ = HEADER.unpack_from(answer, at)
        if length < HEADER.size:
            return
        yield kind, answer[at + HEADER.size : at + length]
        at += _padded(length)


def refused(answer: bytes) -> None:
    """Raises OSError when the answer is an error; an acknowledgement is error 0."""
    for kind, content in messages(answer):
        if kind == ERROR:
            (code,) = _CODE.unpack_from(content) if len(content) >= _CODE.size else (-errno.EBADMSG,)
            code = code if -_MOST <= code <= 0 else -errno.EBADMSG
            if code:
                raise OSError(-code, os.strerror(-code))


def ask(protocol: int, request: bytes) -> bytes:
    """The kernel's answer of this thread's namespace to one question that it answers at once; raises OSError."""
    with connection(protocol) as sock:
        sock.sendall(request)
        answer = sock.recv(1 << 16)
    refused(answer)
    return answer


def dump(protocol: int, request: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of every message that answers a question with many answers; raises OSError."""
    with connection(protocol) as sock:
        sock.sendall(request)
        while True:
            answer = sock.recv(1 << 16)
            refused(answer)
            for kind, content in messages(answer):
                if kind == DONE:
                    return
                yield kind, content


def connection(protocol: int) -> socket.socket:
    """A socket to one subsystem of the kernel, of this thread's network namespace; raises OSError."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    sock.settimeout(TIMEOUT_S)
    return sock


def _padded(length: int) -> int:
    return (length + 3) & ~3
