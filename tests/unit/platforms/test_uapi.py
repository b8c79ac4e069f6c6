"""What is said to a userspace WireGuard, and what is understood of its answer."""

import base64

import pytest

from tests.unit.core import worlds
from wgtray.core.fields import Endpoint, Key, Prefix
from wgtray.core.host import Peer
from wgtray.core.secret import Secret
from wgtray.platforms import uapi
from wgtray.platforms.linux import tunnel
from wgtray.platforms.moves import Move

SHARED = Secret("Wx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=")
A, B = Key(worlds.KEYS[0]), Key(worlds.KEYS[1])


def hexed(key: str) -> str:
    return base64.b64decode(key).hex()


ANSWER = f"""\
private_key={hexed(worlds.PRIVATE.reveal())}
listen_port=51820
fwmark=1464291924
public_key={hexed(A)}
preshared_key={hexed(SHARED.reveal())}
protocol_version=1
endpoint=203.0.113.1:51820
last_handshake_time_sec=1700000000
last_handshake_time_nsec=5
tx_bytes=148
rx_bytes=92
persistent_keepalive_interval=25
allowed_ip=0.0.0.0/0
allowed_ip=::/0
public_key={hexed(B)}
preshared_key={"00" * 32}
protocol_version=1
last_handshake_time_sec=0
last_handshake_time_nsec=0
tx_bytes=2
rx_bytes=8
persistent_keepalive_interval=0
errno=0

"""

# the same interface as ``wg show NAME dump`` tells it
DUMP = "\n".join(
    [
        f"{worlds.PRIVATE.reveal()}\t{worlds.PUBLIC}\t51820\t0x57475254",
        f"{A}\t{SHARED.reveal()}\t203.0.113.1:51820\t0.0.0.0/0,::/0\t1700000000\t92\t148\t25",
        f"{B}\t(none)\t(none)\t(none)\t0\t8\t2\toff",
    ]
)


def test_an_answer_says_what_wg_would_say() -> None:
    assert uapi.parse_get(ANSWER) == tunnel.parse_dump(DUMP)


def test_a_bare_interface_has_no_key_no_mark_and_no_peer() -> None:
    dump = uapi.parse_get("errno=0\n\n")
    assert (dump.private_key, dump.marked, dump.peers) == (None, False, frozenset())


@pytest.mark.parametrize("rubbish", ["hello", "public_key=zz\n", f"private_key={'ab' * 31}\n", "fwmark=many\n"])
def test_rubbish_instead_of_an_answer_is_refused(rubbish: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is turned into one problem
        uapi.parse_get(rubbish)


def test_a_key_that_is_cut_short_is_not_repeated_in_the_error() -> None:
    cut = hexed(worlds.PRIVATE.reveal())[:-2]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is the test
        uapi.parse_get(f"private_key={cut}\n")
    assert cut not in repr(caught.value)


def test_a_message_is_said_in_the_order_of_its_moves() -> None:
    text = uapi.render_set(
        [
            Move(A, (Prefix("0.0.0.0/0"),), Endpoint("[2001:db8::1]:51820"), 25, SHARED, new=True),
            Move(B, preshared_key="none"),
            Move(B, remove=True),
        ]
    )
    assert text == (
        "set=1\nfwmark=1464291924\n"
        f"public_key={hexed(A)}\npreshared_key={hexed(SHARED.reveal())}\nendpoint=[2001:db8::1]:51820\n"
        "persistent_keepalive_interval=25\nallowed_ip=0.0.0.0/0\n"
        f"public_key={hexed(B)}\nupdate_only=true\npreshared_key={'00' * 32}\n"
        f"public_key={hexed(B)}\nupdate_only=true\nremove=true\n\n"
    )


def test_an_ipv6_endpoint_is_read_with_its_brackets() -> None:
    (peer,) = uapi.parse_get(f"public_key={hexed(A)}\nendpoint=[2001:db8::1]:51820\nerrno=0\n\n").peers
    assert peer == Peer(A, Endpoint("[2001:db8::1]:51820"), frozenset(), 0)
