"""A default route is recognised in what the kernel shows, and only a real one."""

import pytest

from wgtray.platforms.linux.uplink import Default, parse_v4, parse_v6

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", [Default(100, "eth0", "0102A8C0")]),
        ("eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0", []),
        ("eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000080\t0\t0\t0", []),
        ("*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0", []),
        ("", []),
    ],
)
def test_a_default_route_of_ipv4(row: str, found: list[Default]) -> None:
    assert parse_v4(HEAD + row) == found


@pytest.mark.parametrize(
    ("prefix", "flags", "device", "found"),
    [
        ("00", "00000003", "eth0", [Default(1024, "eth0", "fe80" + "0" * 27 + "1")]),
        ("00", "00200200", "lo", []),
        ("00", "00000200", "eth0", []),
        ("40", "00000001", "eth0", []),
    ],
)
def test_a_default_route_of_ipv6(prefix: str, flags: str, device: str, found: list[Default]) -> None:
    zero, gateway = "0" * 32, "fe80" + "0" * 27 + "1"
    row = f"{zero} {prefix} {zero} 00 {gateway} 00000400 00000001 00000000 {flags} {device}"
    assert parse_v6(row) == found


def test_of_several_default_routes_the_lowest_metric_comes_first() -> None:
    assert min(Default(600, "wlan0", "x"), Default(100, "eth0", "y")).dev == "eth0"
