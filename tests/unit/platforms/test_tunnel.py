"""What is written for wg and wg-quick, and what is read back from them."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.host import Tunnel
from wgtray.core.secret import Secret
from wgtray.platforms.linux import tunnel

SHARED = Secret("Wx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=")
UP = desired(worlds.connected()).tunnel
assert UP is not None
TUNNEL: Tunnel = msgspec.structs.replace(
    UP,
    mtu=1380,
    peers=frozenset(
        msgspec.structs.replace(peer, preshared_key=SHARED) if peer.public_key == worlds.KEYS[0] else peer
        for peer in UP.peers
    ),
)

CONF = """\
[Interface]
Address = 10.66.0.10/32
Address = fd66::10/128
MTU = 1380
Table = off
FwMark = 0x57475254

[Peer]
PublicKey = Jh9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=
AllowedIPs = 10.66.255.2/32
Endpoint = 203.0.113.2:51820
PersistentKeepalive = 25

[Peer]
PublicKey = Yx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=
AllowedIPs = 10.30.0.0/16, 10.66.255.3/32
Endpoint = 203.0.113.3:51820
PersistentKeepalive = 25

[Peer]
PublicKey = uHN9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI=
AllowedIPs = 0.0.0.0/0, 10.66.255.1/32, ::/0
Endpoint = 203.0.113.1:51820
PersistentKeepalive = 25
"""

DUMP = "\n".join(
    [
        f"{worlds.PRIVATE.reveal()}\t{worlds.PUBLIC}\t51820\t0x57475254",
        f"{worlds.KEYS[0]}\t{SHARED.reveal()}\t203.0.113.1:51820\t0.0.0.0/0,::/0\t1700000000\t92\t148\t25",
        f"{worlds.KEYS[1]}\t(none)\t(none)\t(none)\t0\t8\t2\toff",
    ]
)


def test_the_conf_has_no_key_no_hook_no_dns_and_leaves_routes_to_us() -> None:
    assert tunnel.render_conf(TUNNEL) == CONF


def test_the_keys_go_beside_the_same_peers() -> None:
    text = tunnel.render_setconf(TUNNEL)
    assert f"PrivateKey = {worlds.PRIVATE.reveal()}" in text
    assert text.count("PresharedKey = ") == 1
    wg_quick_only = ("Address", "MTU", "Table")
    assert not [line for line in text.splitlines() if line.startswith(wg_quick_only)]


def test_a_switch_is_one_command_that_names_the_whole_list_of_the_new_owner() -> None:
    (gaining,) = [peer for peer in TUNNEL.peers if peer.public_key == worlds.KEYS[0]]
    words = tunnel.render_peers((gaining,), (worlds.KEYS[2],))  # type: ignore[arg-type]
    assert words[:2] == ["fwmark", "0x57475254"]
    assert words[-5:-3] == ["allowed-ips", "0.0.0.0/0,10.66.255.1/32,::/0"]
    assert words[-3:] == ["peer", worlds.KEYS[2], "remove"], "a stale peer leaves when others own what was its own"
    assert SHARED.reveal() not in words


def test_a_dump_is_read_with_its_counters_and_handshakes() -> None:
    dump = tunnel.parse_dump(DUMP)
    assert dump.private_key == worlds.PRIVATE
    assert dump.marked
    assert (dump.rx_bytes, dump.tx_bytes, dump.handshakes) == (100, 150, {worlds.KEYS[0]: 1700000000})
    bare = next(peer for peer in dump.peers if peer.public_key == worlds.KEYS[1])
    assert (bare.endpoint, bare.allowed_ips, bare.keepalive_s, bare.preshared_key) == (None, frozenset(), 0, None)


def test_a_half_made_interface_has_no_key_and_no_mark() -> None:
    dump = tunnel.parse_dump("(none)\t(none)\t0\toff\n")
    assert (dump.private_key, dump.marked, dump.peers) == (None, False, frozenset())


@pytest.mark.parametrize("rubbish", ["", "hello", "a\tb\tc\td\ne\tf", "not a key\tx\t1\toff"])
def test_rubbish_instead_of_a_dump_is_refused(rubbish: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is turned into one problem
        tunnel.parse_dump(rubbish)


def test_addresses_are_read_without_link_local_ones() -> None:
    text = """[{"mtu":1420,"addr_info":[
        {"local":"10.66.0.10","prefixlen":32,"scope":"global"},
        {"local":"fe80::1","prefixlen":64,"scope":"link"},
        {"local":"fd66::10","prefixlen":128,"scope":"global"}]}]"""
    assert tunnel.parse_addresses(text) == (frozenset({"10.66.0.10/32", "fd66::10/128"}), 1420)
    assert tunnel.parse_addresses("[{}]") == (frozenset(), None)
    six = '[{"mtu":1420,"addr_info":[{"local":"fd66::11","prefixlen":128,"scope":"global"}]}]'
    assert tunnel.parse_addresses(text, six, "") == (frozenset({"10.66.0.10/32", "fd66::10/128", "fd66::11/128"}), 1420)


def test_a_link_that_is_down_is_made_anew_because_no_route_leads_into_it() -> None:
    for flags, count in (('"UP","LOWER_UP"', 1), ('"NOARP"', 0)):
        text = (
            f'[{{"mtu":1420,"flags":[{flags}],"addr_info":[{{"local":"10.66.0.10","prefixlen":32,"scope":"global"}}]}}]'
        )
        found, mtu = tunnel.parse_addresses(text)
        assert (len(found), mtu) == (count, 1420)


def test_a_key_shows_in_no_representation() -> None:
    assert worlds.PRIVATE.reveal() not in repr(TUNNEL)
    assert SHARED.reveal() not in repr(tunnel.parse_dump(DUMP))
