"""What is asked of the kernel of a Mac without a tool: layouts from its headers, built here byte by byte."""

import logging
import socket
import struct
import syslog

import pytest

from wgtray.core.fields import Address
from wgtray.platforms.api import Counters
from wgtray.platforms.macos import log, packets, peer, watch

OWN = [Address("10.66.0.10"), Address("10.66.0.11"), Address("fd66::10")]
PROBES = [Address("10.66.255.1"), Address("10.66.255.2"), Address("fd66:255::1")]


def ran(program: list[tuple[int, int, int, int]], packet: bytes) -> bool:
    """A classic BPF machine (McCanne, Jacobson 1993; net/bpf.h), for the instructions that are used."""
    at, accumulator = 0, 0
    while True:
        code, true, false, value = program[at]
        at += 1
        match code:
            case 0x30:
                accumulator = packet[value]
            case 0x20:
                accumulator = struct.unpack_from(">I", packet, value)[0]
            case 0x54:
                accumulator &= value
            case 0x15:
                at += true if accumulator == value else false
            case 0x05:
                at += value
            case 0x06:
                return value != 0
            case _:
                raise AssertionError(hex(code))


def packet(source: str, target: str) -> bytes:
    if ":" in source:
        ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, target)
        return struct.pack("=I", 30) + b"\x60" + bytes(7) + ends + bytes(8)
    ends = socket.inet_aton(source) + socket.inet_aton(target)
    return struct.pack("=I", 2) + b"\x45" + bytes(11) + ends + bytes(8)


@pytest.mark.parametrize(
    ("source", "target", "counts"),
    [
        ("10.66.0.10", "10.20.0.10", True),
        ("10.66.0.11", "10.20.0.10", True),
        ("10.20.0.10", "10.66.0.10", False),
        ("10.66.0.10", "10.66.255.1", False),
        ("10.66.0.11", "10.66.255.2", False),
        ("10.66.0.10", "10.66.255.3", True),
        ("fd66::10", "fd20::10", True),
        ("fd66::10", "fd66:255::1", False),
        ("fd20::10", "fd66::10", False),
        ("fd66::11", "fd20::10", False),
    ],
)
def test_the_filter_takes_what_leaves_and_is_no_probe(source: str, target: str, counts: bool) -> None:
    assert ran(packets.render_filter(OWN, PROBES), packet(source, target)) is counts


def test_a_tunnel_of_one_family_says_nothing_of_the_other() -> None:
    program = packets.render_filter(OWN[:1], ())
    assert ran(program, packet("10.66.0.10", "1.1.1.1"))
    assert not ran(program, packet("fd66::10", "fd20::10"))
    assert not ran(program, struct.pack("=I", 2) + bytes(40))


def interface_message(index: int, numbers: tuple[int, ...]) -> bytes:
    """struct if_msghdr2 with if_data64 (net/if.h, net/if_var.h)."""
    head = struct.pack("=HBBiiH2xiiii", 160, 5, 0x12, 0, 0, index, 0, 0, 0, 0)
    data = bytes(8) + struct.pack("=IIQ", 1420, 0, 0) + struct.pack("=8Q", *numbers)
    return (head + data).ljust(160, b"\0")


def test_counters_of_one_interface_are_found_among_all() -> None:
    address = struct.pack("=HBB", 20, 5, 0x0C) + bytes(16)
    raw = interface_message(4, (9,) * 8) + address + interface_message(15, (11, 0, 7, 0, 0, 1100, 700, 0))
    assert packets.parse_counters(raw, 15) == Counters(rx_packets=11, tx_packets=7, rx_bytes=1100, tx_bytes=700)
    assert packets.parse_counters(raw, 16) is None
    assert packets.parse_counters(bytes(8), 1) is None


def test_credentials_name_the_user() -> None:
    raw = struct.pack("=IIh2x16I", 0, 501, 2, 20, 80, *([0] * 14))
    assert peer.parse_xucred(raw) == 501
    with pytest.raises(ValueError, match="version"):
        peer.parse_xucred(struct.pack("=IIh2x16I", 1, 501, 2, *([0] * 16)))
    with pytest.raises(ValueError, match="short"):
        peer.parse_xucred(b"")


def test_whom_the_kernel_does_not_name_is_nobody() -> None:
    one, other = socket.socketpair()
    with one, other:
        pass
    assert peer.identity(one) is None
    assert peer.caller(one) is None


def route_message(kind: int, flags: int) -> bytes:
    return struct.pack("=HBBHxxI", 120, 5, kind, 6, flags) + bytes(108)


@pytest.mark.parametrize(
    ("message", "news"),
    [
        (route_message(0x1, 0x801), True),  # RTM_ADD, static
        (route_message(0x2, 0x801), True),
        (route_message(0x1, 0x401), False),  # a neighbour (RTF_LLINFO)
        (route_message(0x1, 0x20001), False),  # a clone (RTF_WASCLONED)
        (route_message(0x4, 0x801), False),  # RTM_GET: somebody asked
        (route_message(0xC, 0), True),  # RTM_NEWADDR
        (route_message(0xE, 0), True),  # RTM_IFINFO
        (b"", True),
    ],
)
def test_what_the_kernel_says_about_neighbours_and_questions_is_no_news(message: bytes, news: bool) -> None:
    assert watch.is_news(message) is news


def test_the_systems_log_has_a_word_for_each_level() -> None:
    found = [log.priority(level) for level in (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO, 10)]
    assert found == [syslog.LOG_ERR, syslog.LOG_ERR, syslog.LOG_WARNING, syslog.LOG_NOTICE, syslog.LOG_DEBUG]
