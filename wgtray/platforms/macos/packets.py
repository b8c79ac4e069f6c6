"""How much goes through an interface, and when does the next packet leave through it? Asked of the kernel of a Mac.

The counters come from sysctl, a hundredth of a millisecond; the wait is a read of a BPF device with a filter: packets
from our own addresses but to no node's own, which are probes. A tunnel's frames begin with four bytes for the family.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import functools
import os
import socket
import struct
from collections.abc import Collection, Iterator

from wgtray.core.fields import Address, family
from wgtray.platforms.api import Counters

# net/route.h, net/if.h, sys/sysctl.h
_CTL_NET, _NET_RT_IFLIST2, _RTM_IFINFO2 = 4, 6, 0x12
_HEADER = struct.Struct("=HBB")
_INDEX_AT, _DATA_AT = 12, 32  # if_msghdr2: ifm_index, ifm_data
_DATA = struct.Struct("=24x6Q")  # if_data64: ipackets, ierrors, opackets, oerrors, collisions, ibytes
_OBYTES_AT = 72

# net/bpf.h
_BIOCSBLEN, _BIOCSETIF, _BIOCIMMEDIATE, _BIOCSETF = 0xC0044266, 0x8020426C, 0x80044270, 0x80104267
_LOAD_BYTE, _LOAD_WORD, _AND, _JUMP_EQUAL, _RETURN = 0x30, 0x20, 0x54, 0x15, 0x06
_DEVICES = 256
_BUFFER = 4096

_LINK_HEADER = 4  # DLT_NULL
_ALL = 0xFFFFFFFF


def parse_counters(raw: bytes, index: int) -> Counters | None:
    """One interface of the list that ``sysctl net.route.0.0.iflist2`` gives; None where it is not in it."""
    at = 0
    while at + _HEADER.size <= len(raw):
        length, _, kind = _HEADER.unpack_from(raw, at)
        if length == 0:
            return None
        if kind == _RTM_IFINFO2 and struct.unpack_from("=H", raw, at + _INDEX_AT)[0] == index:
            data = at + _DATA_AT
            received, _, sent, _, _, bytes_in = _DATA.unpack_from(raw, data)
            (bytes_out,) = struct.unpack_from("=Q", raw, data + _OBYTES_AT)
            return Counters(rx_packets=received, tx_packets=sent, rx_bytes=bytes_in, tx_bytes=bytes_out)
        at += length
    return None


def render_filter(own: Collection[Address], probes: Collection[Address]) -> list[tuple[int, int, int, int]]:
    """A classic BPF program (code, jump if true, jump if false, value): all of a packet, or nothing of it."""
    program: list[tuple[int, int, int, int]] = []
    for number, version, source, target in ((4, 0x40, 12, 16), (6, 0x60, 8, 24)):
        mine = [_words(address) for address in sorted(own) if family(address) == number]
        theirs = [_words(address) for address in sorted(probes) if family(address) == number]
        body = [*_matches(mine, _LINK_HEADER + source, of_none=True), *_refuses(theirs, _LINK_HEADER + target)]
        body.append((_RETURN, 0, 0, _ALL))
        program += [
            (_LOAD_BYTE, 0, 0, _LINK_HEADER),
            (_AND, 0, 0, 0xF0),
            (_JUMP_EQUAL, 1, 0, version),
            (0x05, 0, 0, len(body)),  # BPF_JMP|BPF_JA: over what is for the other family
            *body,
        ]
    return [*program, (_RETURN, 0, 0, 0)]


def counters(interface: str) -> Counters | None:
    """What the kernel counted on an interface since it was made; None without it. Raises OSError."""
    try:
        index = socket.if_nametoindex(interface)
    except OSError:
        return None
    name = (ctypes.c_int * 6)(_CTL_NET, 17, 0, 0, _NET_RT_IFLIST2, index)  # PF_ROUTE
    libc = _libc()
    size = ctypes.c_size_t(0)
    if libc.sysctl(name, 6, None, ctypes.byref(size), None, 0) != 0:
        raise OSError(ctypes.get_errno(), "sysctl")
    buffer = ctypes.create_string_buffer(size.value + 512)
    size.value = len(buffer)
    if libc.sysctl(name, 6, buffer, ctypes.byref(size), None, 0) != 0:
        raise OSError(ctypes.get_errno(), "sysctl")
    return parse_counters(buffer.raw[: size.value], index)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


async def outgoing(interface: str, own: Collection[Address], probes: Collection[Address]) -> None:
    """Return when a packet that is no probe leaves through the interface; raises OSError without it, or when it goes.

    Read the counters after the call has begun to wait, so that no packet between two calls goes unseen.
    """
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    device = _open()
    try:
        fcntl.ioctl(device, _BIOCSBLEN, struct.pack("=I", _BUFFER))
        fcntl.ioctl(device, _BIOCSETIF, struct.pack("16s16x", interface.encode()))
        fcntl.ioctl(device, _BIOCIMMEDIATE, struct.pack("=I", 1))
        program = render_filter(own, probes)
        code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
        fcntl.ioctl(device, _BIOCSETF, struct.pack("@IP", len(program), ctypes.addressof(code)))
        loop.add_reader(device, arrived.set)
        await arrived.wait()
        os.read(device, _BUFFER)  # raises where the interface went away
    finally:
        loop.remove_reader(device)
        os.close(device)


def _open() -> int:
    for number in range(_DEVICES):
        with contextlib.suppress(OSError):
            return os.open(f"/dev/bpf{number}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    raise OSError("no BPF device is free")


def _words(address: Address) -> tuple[int, ...]:
    packed = socket.inet_pton(socket.AF_INET6 if family(address) == 6 else socket.AF_INET, address)
    return struct.unpack(f">{len(packed) // 4}I", packed)


def _matches(addresses: list[tuple[int, ...]], at: int, *, of_none: bool) -> Iterator[tuple[int, int, int, int]]:
    """Fall through where the address there is one of these, else return nothing."""
    blocks = [list(_compared(words, at)) for words in addresses]
    for number, block in enumerate(blocks):
        rest = sum(len(later) + 1 for later in blocks[number + 1 :])
        yield from block
        yield (0x05, 0, 0, rest + 1)  # to behind the return
    if of_none:
        yield (_RETURN, 0, 0, 0)


def _refuses(addresses: list[tuple[int, ...]], at: int) -> Iterator[tuple[int, int, int, int]]:
    for words in addresses:
        yield from _compared(words, at)
        yield (_RETURN, 0, 0, 0)


def _compared(words: tuple[int, ...], at: int) -> Iterator[tuple[int, int, int, int]]:
    """Fall through where all are equal, else jump over the one instruction behind."""
    for number, word in enumerate(words):
        left = 2 * (len(words) - number - 1)
        yield (_LOAD_WORD, 0, 0, at + 4 * number)
        yield (_JUMP_EQUAL, 0, left + 1, word)
