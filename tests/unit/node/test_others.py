"""Are claims read from the kernel's routes as they are?"""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Address
from wgtray.core.following import OTHERS_TABLE, OWN_TABLE, PROTOCOL
from wgtray.node.others import Claim, claims
from wgtray.platforms.linux import netlink
from wgtray.platforms.linux.rtnetlink import HostRoute, render_delete, render_put


@pytest.mark.parametrize("address", ["10.66.0.10", "fd66::10"])
@pytest.mark.parametrize("table", [OWN_TABLE, OTHERS_TABLE, 30_000])
def test_what_we_lay_is_what_we_read(address: str, table: int) -> None:
    route = HostRoute(Address(address), table, PROTOCOL, 42, 3)
    (put,), (deleted,) = list(claims(render_put(route))), list(claims(render_delete(route)))
    assert put == Claim(Address(address), 42, table, PROTOCOL)
    assert deleted == Claim(Address(address), 42, table, PROTOCOL, gone=True)


def test_networks_are_no_claims() -> None:
    rtmsg = struct.pack("=BBBBBBBBI", 2, 24, 0, 0, 101, 12, 0, 1, 0)
    content = rtmsg + netlink.attribute(1, bytes(4)) + netlink.attribute(6, struct.pack("=I", 1))
    assert list(claims(netlink.message(24, 0, content))) == []


@given(st.binary(max_size=200))
def test_nothing_that_comes_breaks_it(answer: bytes) -> None:
    list(claims(netlink.message(24, 0, answer)))
