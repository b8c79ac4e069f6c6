"""A default route is recognised in what the kernel shows, and only a real one."""

import pytest

from wgtray.platforms.linux import uplink

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", True),
        ("eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0", False),
        ("eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000080\t0\t0\t0", False),
        ("*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0", False),
        ("", False),
    ],
)
def test_a_default_route_of_ipv4(row: str, found: bool) -> None:
    assert uplink.default_in_v4(HEAD + row) is found


@pytest.mark.parametrize(
    ("prefix", "flags", "device", "found"),
    [
        ("00", "00000003", "eth0", True),
        ("00", "00000001", "wgtray0", False),
        ("00", "00200200", "lo", False),
        ("00", "00000200", "eth0", False),
        ("40", "00000001", "eth0", False),
    ],
)
def test_a_default_route_of_ipv6(prefix: str, flags: str, device: str, found: bool) -> None:
    zero = "0" * 32
    row = f"{zero} {prefix} {zero} 00 {zero} 00000400 00000001 00000000 {flags} {device}"
    assert uplink.default_in_v6(row, "wgtray0") is found
