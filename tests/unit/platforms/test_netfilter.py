"""The bytes with which addresses go in and out of the firewall's sets."""

import struct

import pytest

from wgtray.core.fields import Address
from wgtray.platforms.linux import netfilter, netlink

SETS = {4: "learned4", 6: "learned6"}


def content(message: bytes) -> tuple[int, dict[int, bytes]]:
    """Type of one message and its attributes, behind the family."""
    ((kind, body),) = netlink.messages(message)
    return kind & 0xFF, dict(netlink.attributes(body[4:]))


def test_addresses_go_into_the_set_of_their_family() -> None:
    four, six = netfilter.render_elements("wgtray", map(Address, ("192.0.2.1", "2001:db8::1")), (), SETS)
    for message, name, packed in (
        (four, b"learned4\0", bytes([192, 0, 2, 1])),
        (six, b"learned6\0", b"\x20\x01\x0d\xb8"),
    ):
        kind, found = content(message)
        assert (kind, found[1], found[2]) == (12, b"wgtray\0", name)
        ((_, element),) = netlink.attributes(found[3])
        ((_, key),) = netlink.attributes(element)
        ((_, value),) = netlink.attributes(key)
        assert value.startswith(packed)


def test_what_is_lost_goes_first() -> None:
    made = netfilter.render_elements("wgtray", [Address("192.0.2.1")], [Address("192.0.2.2")], SETS)
    assert [content(message)[0] for message in made] == [14, 12]


def test_ten_thousand_addresses_are_split_where_one_attribute_ends() -> None:
    many = [Address(f"10.{i // 250 % 250}.{i % 250}.1") for i in range(10_000)]
    made = netfilter.render_elements("wgtray", many, (), SETS)
    counts = [len(list(netlink.attributes(content(message)[1][3]))) for message in made]
    assert sum(counts) == 10_000
    assert len(made) == 10


def test_a_batch_is_one_transaction_of_nftables() -> None:
    kinds = [kind for kind, _ in netlink.messages(netfilter.render_batch([netlink.message(0xA0C, 0, b"")]))]
    assert kinds == [16, 0xA0C, 17]


def test_the_generation_is_read_in_network_order() -> None:
    answer = netlink.message(0xA0F, 0, b"\0" * 4 + netlink.attribute(1, struct.pack(">I", 77)))
    assert netfilter.parse_generation(answer) == 77
    with pytest.raises(ValueError, match="no generation"):
        netfilter.parse_generation(netlink.message(0xA0F, 0, b"\0" * 4))
