"""Is a client heard, and only when something of it is forwarded?"""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Prefix
from wgtray.core.following import LOG_GROUP
from wgtray.node.ear import rules, senders, without_rules
from wgtray.platforms.linux import netlink

POOLS = (Prefix("10.66.0.0/16"), Prefix("fd66::/64"))


def logged(packet: bytes, kind: int = 4 << 8) -> bytes:
    """One message as nfnetlink_log sends it."""
    head = struct.pack("!BBH", socket.AF_INET, 0, LOG_GROUP)
    marks = netlink.attribute(10, b"prefix\0")
    return netlink.message(kind, 0, head + marks + netlink.attribute(9, packet))


def ipv4(source: str) -> bytes:
    return bytes([0x45]) + bytes(11) + socket.inet_aton(source) + socket.inet_aton("10.20.0.10") + bytes(20)


def ipv6(source: str) -> bytes:
    return bytes([0x60]) + bytes(7) + socket.inet_pton(socket.AF_INET6, source) + bytes(16)


def test_senders_are_read_from_the_heads_of_packets() -> None:
    answer = logged(ipv4("10.66.0.10")) + logged(ipv6("fd66::10")) + logged(ipv4("10.66.0.11"))
    assert list(senders(answer)) == ["10.66.0.10", "fd66::10", "10.66.0.11"]


@pytest.mark.parametrize("packet", [b"", b"\x45", ipv4("10.66.0.10")[:19], ipv6("fd66::10")[:39], b"\x00" * 60])
def test_half_a_head_is_nobody(packet: bytes) -> None:
    assert list(senders(logged(packet))) == []


def test_other_messages_are_nobody() -> None:
    assert list(senders(logged(ipv4("10.66.0.10"), kind=2))) == []


@given(st.binary(max_size=200))
def test_nothing_that_comes_breaks_it(answer: bytes) -> None:
    list(senders(answer))


def test_the_rules_hear_behind_the_firewall_and_leave_its_rules_alone() -> None:
    text = rules("wg0", POOLS, (Prefix("10.30.0.0/16"),))
    assert "type filter hook forward priority 10" in text, "behind the filter, which is at 0"
    assert 'iifname != "wg0" accept' in text
    assert "ip daddr { 10.30.0.0/16 } accept" in text
    assert "ip saddr { 10.66.0.0/16 } ip saddr != @heard4 add @heard4" in text
    assert "ip6 saddr { fd66::/64 } ip6 saddr != @heard6 add @heard6" in text
    assert f"log group {LOG_GROUP} " in text
    assert "flush ruleset" not in text + without_rules()
    assert text.count("table inet wgtray_node") == 3
