"""What keeps programs of a group from speaking past the tunnel when every rule of the firewall is gone?

A program for the kernel of ten instructions, attached to the group itself: it asks through which link a packet is about
to leave. It needs no rule, no route and no process, and ends with the group. (CONFIG_CGROUP_BPF; systemd needs it too.)
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable

# linux/bpf.h
_PROG_LOAD, _PROG_ATTACH = 5, 8
_CGROUP_SKB = 8
_EGRESS = 1  # BPF_CGROUP_INET_EGRESS
_MARK_AT, _LINK_AT = 8, 40  # struct __sk_buff: mark, ifindex
_INSTRUCTION = struct.Struct("=BBhi")
_LOAD, _IF_EQUAL, _SET, _EXIT = 0x61, 0x15, 0xB7, 0x95
_SYSCALLS = {"x86_64": 321, "aarch64": 280, "riscv64": 280, "armv7l": 386, "ppc64le": 361, "s390x": 351}

LOOPBACK = 1
"""The number of the loopback link in every network namespace."""


def render(links: Iterable[int], mark: int) -> bytes:
    """The program that lets packets out through these links, and those with this mark anywhere."""
    tests = [*((_LINK_AT, link) for link in links), (_MARK_AT, mark)]
    code: list[bytes] = []
    for number, (at, value) in enumerate(tests):
        to_the_end = 2 * (len(tests) - number - 1) + 2  # over the tests that follow, and over "no"
        code.append(_INSTRUCTION.pack(_LOAD, 2 | 1 << 4, at, 0))  # r2 = what is asked about; r1 is the packet
        code.append(_INSTRUCTION.pack(_IF_EQUAL, 2, to_the_end, value))
    for verdict in (0, 1):
        code += [_INSTRUCTION.pack(_SET, 0, 0, verdict), _INSTRUCTION.pack(_EXIT, 0, 0, 0)]
    return b"".join(code)


def attach(group: str, program: bytes) -> None:
    """Let this program judge what the group's sockets send, in place of the one before; raises OSError."""
    descriptor = _load(program)
    try:
        directory = os.open(group, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _call(_PROG_ATTACH, struct.pack("=IIII", directory, descriptor, _EGRESS, 0))
        finally:
            os.close(directory)
    finally:
        os.close(descriptor)


def _load(program: bytes) -> int:
    code, licence = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"AGPL")
    count = len(program) // _INSTRUCTION.size
    places = ctypes.addressof(code), ctypes.addressof(licence)
    return _call(_PROG_LOAD, struct.pack("=IIQQIIQII", _CGROUP_SKB, count, *places, 0, 0, 0, 0, 0))


def _call(command: int, attributes: bytes) -> int:
    number = _SYSCALLS.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOSYS, "no bpf on this processor")
    libc = ctypes.CDLL(None, use_errno=True)
    content = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    result = libc.syscall(ctypes.c_long(number), ctypes.c_int(command), ctypes.byref(content), ctypes.c_uint(128))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "bpf")
    return int(result)
