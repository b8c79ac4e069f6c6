"""Where servers are."""

import socket

import pytest

from wgtray.helper.upstreams import socket_address


def test_a_zone_is_an_interface_of_this_machine() -> None:
    assert socket_address("192.168.1.1", 53) == (socket.AF_INET, ("192.168.1.1", 53))
    assert socket_address("fe80::1%lo", 53) == (socket.AF_INET6, ("fe80::1", 53, 0, socket.if_nametoindex("lo")))
    with pytest.raises(OSError, match="interface"):
        socket_address("fe80::1%nowhere0", 53)
