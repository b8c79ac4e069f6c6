"""The network's own servers are found behind whatever stands in their place."""

import socket
from pathlib import Path

import pytest

from wgtray.helper.upstreams import socket_address, upstreams


@pytest.mark.parametrize(
    ("named", "behind", "found"),
    [
        ("nameserver 192.168.1.1\nnameserver 127.0.0.1\n", "", ("192.168.1.1", "127.0.0.1")),
        ("nameserver 127.0.0.53\n", "nameserver 192.168.1.1\n", ("192.168.1.1",)),
        ("nameserver 127.22.8.7\n", "nameserver 127.22.8.7\nnameserver 10.0.0.1\n", ("10.0.0.1",)),
        ("nameserver 127.22.8.7\nnameserver 192.168.1.1\n", "nameserver 10.0.0.1\n", ("192.168.1.1",)),
        ("nameserver 127.0.0.53\n", "", ()),
        ("", "", ()),
    ],
)
def test_servers_behind_a_stub(tmp_path: Path, named: str, behind: str, found: tuple[str, ...]) -> None:
    (tmp_path / "resolv.conf").write_text(named)
    (tmp_path / "behind").write_text(behind)
    assert upstreams(tmp_path / "resolv.conf", (tmp_path / "missing", tmp_path / "behind")) == found


def test_a_zone_is_an_interface_of_this_machine() -> None:
    assert socket_address("192.168.1.1", 53) == (socket.AF_INET, ("192.168.1.1", 53))
    assert socket_address("fe80::1%lo", 53) == (socket.AF_INET6, ("fe80::1", 53, 0, socket.if_nametoindex("lo")))
    with pytest.raises(OSError, match="interface"):
        socket_address("fe80::1%nowhere0", 53)
