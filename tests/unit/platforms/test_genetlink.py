"""The bytes of generic netlink, against linux/wireguard.h and linux/netlink.h (little-endian machines)."""

import errno
import struct
import sys

import pytest

from wgtray.core.fields import Endpoint, Key, Prefix
from wgtray.core.secret import Secret
from wgtray.platforms.linux import genetlink, netlink
from wgtray.platforms.moves import Move

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="netlink speaks the machine's byte order")

ONES = Key("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")  # 32 times 0x01
TWOS = Secret("AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=")

MESSAGE = """
    6401 0000 2a00 0500 01000000 00000000   nlmsghdr: 356 bytes, family 42, REQUEST|ACK, sequence 1, port 0
    01 01 0000                              genlmsghdr: WG_CMD_SET_DEVICE, WG_GENL_VERSION
    0c00 0200 77677472 61793000             WGDEVICE_A_IFNAME "wgtray0" and its end
    0800 0700 54524757                      WGDEVICE_A_FWMARK 0x57475254
    3c01 0880                               WGDEVICE_A_PEERS, nested
     9400 0080                              0, nested: a peer that gains
      2400 0100 01*32                       WGPEER_A_PUBLIC_KEY
      0800 0300 04000000                    WGPEER_A_FLAGS: WGPEER_F_UPDATE_ONLY, nothing is replaced
      1400 0400                             WGPEER_A_ENDPOINT, struct sockaddr_in
       0200 ca6c cb007101 00*8              AF_INET, port 51820 in network order, 203.0.113.1
      0600 0500 1900 0000                   WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL 25, padded
      4800 0980                             WGPEER_A_ALLOWEDIPS, nested
       1c00 0080                            0, nested
        0600 0100 0200 0000                 WGALLOWEDIP_A_FAMILY AF_INET, padded
        0800 0200 00*4                      WGALLOWEDIP_A_IPADDR 0.0.0.0
        0500 0300 00 00*3                   WGALLOWEDIP_A_CIDR_MASK 0, padded
       2800 0080                            0, nested
        0600 0100 0a00 0000                 WGALLOWEDIP_A_FAMILY AF_INET6, padded
        1400 0200 fd20 00*14                WGALLOWEDIP_A_IPADDR fd20::
        0500 0300 40 00*3                   WGALLOWEDIP_A_CIDR_MASK 64, padded
     7400 0080                              0, nested: a new peer with a preshared key
      2400 0100 01*32                       WGPEER_A_PUBLIC_KEY
      2400 0200 02*32                       WGPEER_A_PRESHARED_KEY
      0800 0300 00000000                    WGPEER_A_FLAGS: none
      2000 0400                             WGPEER_A_ENDPOINT, struct sockaddr_in6
       0a00 ca6c 00*4 20010db8 00*11 01     AF_INET6, port 51820, no flow, 2001:db8::1
       00*4                                 no scope
     3000 0080                              0, nested: a peer that goes
      2400 0100 01*32                       WGPEER_A_PUBLIC_KEY
      0800 0300 05000000                    WGPEER_A_FLAGS: WGPEER_F_REMOVE_ME, WGPEER_F_UPDATE_ONLY
"""

FAMILY = """
    2400 0000 1000 0100 01000000 00000000   nlmsghdr: GENL_ID_CTRL, REQUEST
    03 01 0000                              genlmsghdr: CTRL_CMD_GETFAMILY
    0e00 0200 77697265 67756172 64 00*3     CTRL_ATTR_FAMILY_NAME "wireguard", its end, padded
"""

ANSWER = """
    2c00 0000 1000 0000 01000000 00000000   nlmsghdr
    01 02 0000                              genlmsghdr: CTRL_CMD_NEWFAMILY
    0e00 0200 77697265 67756172 64 00*3     CTRL_ATTR_FAMILY_NAME "wireguard"
    0600 0100 2a00 0000                     CTRL_ATTR_FAMILY_ID 42
"""


def rows(text: str) -> bytes:
    """The hexadecimal words before three spaces on each line; ``XX*N`` is a byte N times."""
    found = b""
    for line in text.strip().splitlines():
        for word in line.strip().partition("   ")[0].split():
            byte, _, times = word.partition("*")
            found += bytes.fromhex(byte) * int(times or 1)
    return found


def test_a_change_is_one_message_in_the_order_of_its_moves() -> None:
    moves = [
        Move(ONES, (Prefix("0.0.0.0/0"), Prefix("fd20::/64")), Endpoint("203.0.113.1:51820"), 25),
        Move(ONES, endpoint=Endpoint("[2001:db8::1]:51820"), preshared_key=TWOS, new=True),
        Move(ONES, remove=True),
    ]
    assert genetlink.render_set(42, "wgtray0", moves) == rows(MESSAGE)


def test_a_preshared_key_of_zeros_removes_one() -> None:
    assert b"\x24\x00\x02\x00" + bytes(32) in genetlink.render_set(42, "wgtray0", [Move(ONES, preshared_key="none")])


def test_the_family_is_asked_for_by_name_and_read_from_the_answer() -> None:
    assert genetlink.render_family("wireguard") == rows(FAMILY)
    assert genetlink.parse_family(rows(ANSWER)) == 42


def test_a_kernel_without_wireguard_and_one_that_refuses_say_so() -> None:
    with pytest.raises(FileNotFoundError):
        genetlink.parse_family(error(-errno.ENOENT))
    with pytest.raises(PermissionError):
        netlink.refused(error(-errno.EPERM))
    netlink.refused(error(0))
    with pytest.raises(OSError, match="which family"):
        genetlink.parse_family(rows(ANSWER)[:20])


def test_more_prefixes_than_a_message_holds_are_left_to_wg() -> None:
    prefixes = tuple(Prefix(f"10.{high}.{low}.0/24") for high in range(12) for low in range(256))
    with pytest.raises(OSError, match="more than one message"):
        genetlink.render_set(42, "wgtray0", [Move(ONES, prefixes)])


def error(code: int) -> bytes:
    """An NLMSG_ERROR as the kernel sends it, with the header it answers."""
    return struct.pack("=IHHIIi", 36, 2, 0, 1, 0, code) + bytes(16)
