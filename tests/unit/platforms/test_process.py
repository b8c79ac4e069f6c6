"""Whose control socket it is, in the words of /proc/net/unix."""

from pathlib import Path

import pytest

from wgtray.platforms.linux import process

TEXT = """\
Num       RefCount Protocol Flags    Type St Inode Path
00000000b29a8b98: 00000002 00000000 00010000 0001 01 853634 /var/run/wireguard/wgtray0.sock
00000000b29a8b99: 00000003 00000000 00000000 0001 03 853699 /var/run/wireguard/wgtray0.sock
00000000b29a8b9a: 00000003 00000000 00000000 0001 03 853700 /var/run/wireguard/wgtray1.sock
00000000b29a8b9b: 00000002 00000000 00010000 0001 01 853701 /run/with a space/wgtray2.sock
00000000b29a8b9c: 00000003 00000000 00000000 0001 03 853702
"""


@pytest.mark.parametrize(
    ("path", "inode"),
    [
        ("/var/run/wireguard/wgtray0.sock", 853634),
        ("/var/run/wireguard/wgtray1.sock", None),
        ("/run/with a space/wgtray2.sock", 853701),
        ("/var/run/wireguard/wgtray.sock", None),
    ],
)
def test_only_a_socket_that_listens_counts(path: str, inode: int | None) -> None:
    assert process.parse_listening(TEXT, Path(path)) == inode
