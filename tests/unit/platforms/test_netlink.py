"""The bytes of a netlink message, put together and taken apart."""

import errno
import struct

import pytest

from wgtray.platforms.linux import netlink


def test_a_message_begins_with_its_length_and_what_is_asked() -> None:
    assert (
        netlink.message(26, netlink.DUMP, b"abcd", sequence=7) == struct.pack("=IHHII", 20, 26, 0x301, 7, 0) + b"abcd"
    )


def test_attributes_are_padded_and_read_back() -> None:
    made = netlink.text(1, "eth") + netlink.attribute(2, b"\x05") + netlink.nest(3, [netlink.attribute(1, b"xy")])
    assert len(made) % 4 == 0
    kinds = dict(netlink.attributes(made))
    assert (kinds[1], kinds[2]) == (b"eth\0", b"\x05")
    assert dict(netlink.attributes(kinds[3])) == {1: b"xy"}


@pytest.mark.parametrize("broken", [b"\x02\x00\x01\x00", b"\x00\x00\x00\x00", b"\x08\x00"])
def test_half_an_attribute_ends_the_list(broken: bytes) -> None:
    assert dict(netlink.attributes(netlink.attribute(9, b"ok") + broken)) == {9: b"ok"}


def test_an_attribute_longer_than_its_length_can_say_is_refused() -> None:
    with pytest.raises(OSError, match="more than one message") as caught:
        netlink.attribute(1, b"x" * 0x10000)
    assert caught.value.errno == errno.EMSGSIZE


def test_an_error_is_raised_and_an_acknowledgement_is_none() -> None:
    netlink.refused(netlink.message(netlink.ERROR, 0, struct.pack("=i", 0)))
    with pytest.raises(PermissionError):
        netlink.refused(netlink.message(netlink.ERROR, 0, struct.pack("=i", -errno.EPERM)))


def test_every_message_of_a_datagram_is_found() -> None:
    both = netlink.message(20, 0, b"one!") + netlink.message(21, 0, b"two!")
    assert list(netlink.messages(both)) == [(20, b"one!"), (21, b"two!")]
    assert list(netlink.messages(both[:25])) == [(20, b"one!")]
