"""Does the relay know which way a packet goes?"""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_pton

import pytest

from wgtray.lab.relay import heading
from wgtray.lab.spec import Layout

NODE = Layout("abcdef").node("fra").public


def packet(source: str, destination: str) -> bytes:
    if ":" in source:
        return b"\x60" + bytes(7) + inet_pton(AF_INET6, source) + inet_pton(AF_INET6, destination)
    return b"\x45" + bytes(11) + inet_pton(AF_INET, source) + inet_pton(AF_INET, destination)


@pytest.mark.parametrize(
    ("source", "destination", "way"),
    [
        ("192.168.77.2", NODE[0], "out"),
        (NODE[0], "192.168.77.2", "in"),
        (NODE[0], "203.0.113.12", "in"),
        ("2001:db8:77::2", NODE[1], "out"),
        (NODE[1], "2001:db8:77::2", "in"),
        ("fe80::1", "ff02::16", None),
    ],
)
def test_a_packet_goes_to_the_node_or_from_it(source: str, destination: str, way: str | None) -> None:
    assert heading(packet(source, destination), inet_pton(AF_INET, NODE[0]), inet_pton(AF_INET6, NODE[1])) == way
