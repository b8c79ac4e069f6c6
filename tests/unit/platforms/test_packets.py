"""The kernel's counters, and a filter that knows our own probes, carried out on paper."""

import struct

import pytest

from wgtray.platforms.api import Counters
from wgtray.platforms.linux import packets, routes

TEXT = b"""\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo:       1       2    0    0    0     0          0         0     3       4    0    0    0     0       0          0
wgtray0:    100       5    0    0    0     0          0         0   200       6    0    7    0     0       0          0
xwgtray0:     8       8    0    0    0     0          0         0     8       8    0    0    0     0       0          0
fifteen-letters:9     9    0    0    0     0          0         0     9       9    0    0    0     0       0          0
"""


@pytest.mark.parametrize("name", ["wgtray0", "lo", "fifteen-letters"])
def test_an_interface_is_found_in_its_column_of_any_width(name: str) -> None:
    expected = {
        "wgtray0": Counters(rx_packets=5, tx_packets=6, rx_bytes=100, tx_bytes=200),
        "lo": Counters(rx_packets=2, tx_packets=4, rx_bytes=1, tx_bytes=3),
        "fifteen-letters": Counters(rx_packets=9, tx_packets=9, rx_bytes=9, tx_bytes=9),
    }
    assert packets.parse_counters(TEXT, name) == expected[name]


@pytest.mark.parametrize("name", ["wgtray1", "tray0", "wgtray", "face"])
def test_an_interface_that_is_not_there_has_none(name: str) -> None:
    assert packets.parse_counters(TEXT, name) is None


@pytest.mark.parametrize(
    ("kind", "mark", "passes"),
    [(4, 0, True), (4, routes.MARK, True), (4, routes.MARK_PROBE, False), (0, 0, False), (3, routes.MARK_PROBE, False)],
)
def test_only_outgoing_packets_that_are_no_probes_pass_the_filter(kind: int, mark: int, passes: bool) -> None:
    ancillary = {0xFFFFF004: kind, 0xFFFFF014: mark}
    program = list(struct.iter_unpack("=HBBI", packets.render_filter()))
    at = word = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:
            word = ancillary[value]
        elif code == 0x15:
            at += yes if word == value else no
        else:
            assert code == 0x06
            assert bool(value) == passes
            return
