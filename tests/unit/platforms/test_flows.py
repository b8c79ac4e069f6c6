"""Whom programs are connected to, by the kernel's tables."""

import pytest

from wgtray.core.fields import Address
from wgtray.platforms.linux import flows

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def table(remote: str, state: str = "01") -> str:
    return f"{HEAD}   0: 0100007F:C350 {remote}:01BB {state} 00000000:00000000 00:00000000 00000000  0 0 1 1\n"


@pytest.fixture(autouse=True)
def little_endian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.byteorder", "little")


def test_addresses_are_read_in_the_machines_own_byte_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(flows.parse(table("076433C6"))) == [Address("198.51.100.7")]
    assert list(flows.parse(table("B80D0120000000000000000007000000"))) == [Address("2001:db8::7")]
    monkeypatch.setattr("sys.byteorder", "big")
    assert list(flows.parse(table("C6336407"))) == [Address("198.51.100.7")]


def test_ipv4_over_an_ipv6_socket_is_ipv4() -> None:
    assert list(flows.parse(table("0000000000000000FFFF0000076433C6"))) == [Address("198.51.100.7")]


@pytest.mark.parametrize("state", ["06", "07", "0A"])
def test_what_is_over_listens_or_is_unconnected_uses_nothing(state: str) -> None:
    assert list(flows.parse(table("076433C6", state))) == []


@pytest.mark.parametrize("state", ["01", "02", "04", "05", "08"])
def test_what_may_still_send_uses_its_address(state: str) -> None:
    assert list(flows.parse(table("076433C6", state))) == [Address("198.51.100.7")]


def test_nobody_is_nobody() -> None:
    assert list(flows.parse(table("00000000"))) == []
    assert list(flows.parse(HEAD)) == []
