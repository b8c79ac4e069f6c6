"""Echo requests and replies, byte by byte."""

import struct

import pytest

from wgtray.helper import echo


def summed(packet: bytes) -> int:
    """The Internet checksum over all of it (RFC 1071); 0xFFFF where the one inside is right."""
    total: int = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def reply(family: int, identity: int, sequence: int, options: int = 0) -> bytes:
    kind = {4: 0, 6: 129}[family]
    header = bytes([0x45 + options]) + bytes(19 + 4 * options) if family == 4 else b""
    return header + struct.pack("!BBHHH", kind, 0, 0, identity, sequence) + bytes(16)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize(("identity", "sequence"), [(0, 0), (1, 2), (0xFFFF, 0xFFFF), (0xF7FF, 1), (0x8000, 0x7FFF)])
def test_the_checksum_of_a_request_is_right(family: int, identity: int, sequence: int) -> None:
    packet = echo.request(family, identity, sequence, 56)
    assert len(packet) == 64
    assert summed(packet) == 0xFFFF
    assert packet[0] == {4: 8, 6: 128}[family]
    assert struct.unpack("!HH", packet[4:8]) == (identity, sequence)


@pytest.mark.parametrize("family", [4, 6])
def test_only_replies_to_this_identity_count(family: int) -> None:
    assert echo.answered(family, 7, reply(family, 7, 513)) == 513
    assert echo.answered(family, 8, reply(family, 7, 513)) is None
    assert echo.answered(family, 7, echo.request(family, 7, 513)) is None


def test_the_header_of_ip_may_be_longer() -> None:
    assert echo.answered(4, 7, reply(4, 7, 513, options=2)) == 513


@pytest.mark.parametrize("family", [4, 6])
def test_what_is_too_short_is_nothing(family: int) -> None:
    packet = reply(family, 7, 513)
    whole = len(packet) - 16
    assert [echo.answered(family, 7, packet[:size]) for size in range(whole)] == [None] * whole
