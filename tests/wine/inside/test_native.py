"""Run by the Windows Python: does what is behind the seam answer as its words promise, as far as Wine goes?"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

if sys.platform != "win32":
    pytest.skip("Windows only", allow_module_level=True)

from wgtray.core.fields import Prefix
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.windows.native import NativeWindows
from wgtray.platforms.windows.winapi import Condition, Filter, RouteRow, SeenWall

lacking_in_wine = pytest.mark.xfail(
    raises=OSError, strict=False, reason="Wine 8 has neither these functions of iphlpapi nor a filtering platform"
)

KEY = r"SOFTWARE\wgtray-test"


@pytest.fixture
def windows() -> NativeWindows:
    return NativeWindows()


def test_interfaces_addresses_and_routes_are_those_of_this_computer(windows: NativeWindows) -> None:
    links = {link.luid: link for link in windows.links()}
    assert any(link.up for link in links.values())
    addresses = windows.addresses()
    assert any(one.address.startswith("127.") for one in addresses)
    assert {one.luid for one in addresses} <= set(links)
    some = next(link for link in links.values() if link.up and link.alias)
    found = windows.link(some.alias)
    assert found is not None
    assert (found.luid, found.index, found.alias) == (some.luid, some.index, some.alias)
    assert all(isinstance(row, RouteRow) for row in windows.routes())
    assert windows.link("no such interface") is None


def test_name_servers_are_addresses_of_interfaces(windows: NativeWindows) -> None:
    luids = {link.luid for link in windows.links()}
    assert all(luid in luids and address for luid, address in windows.name_servers())


def test_a_key_of_the_registry_is_written_read_listed_and_removed(windows: NativeWindows) -> None:
    values = {"Name": (".corp.example", ".bank.example"), "Version": 2, "GenericDNSServers": "127.22.8.7"}
    windows.write_key(rf"{KEY}\one", values)
    assert windows.read_key(rf"{KEY}\one") == values
    assert list(windows.subkeys(KEY)) == ["one"]
    windows.delete_key(rf"{KEY}\one")
    windows.delete_key(rf"{KEY}\one")
    assert windows.read_key(rf"{KEY}\one") is None
    windows.delete_key(KEY)
    assert windows.subkeys(KEY) == []
    windows.flush_names()


def test_a_service_is_there_or_not(windows: NativeWindows) -> None:
    assert windows.service("WireGuardTunnel$wgtray0") is None
    assert windows.service("EventLog") is not None


def test_a_sealed_text_is_unreadable_and_opened_by_the_same_account_alone(windows: NativeWindows) -> None:
    import win32crypt

    sealed = windows.sealed(b"PrivateKey = secret", "wgtray0")
    assert b"secret" not in sealed
    description, plain = win32crypt.CryptUnprotectData(sealed, None, None, None, 0)
    assert (description, plain) == ("wgtray0", b"PrivateKey = secret")


def test_a_private_file_is_replaced_and_removed(windows: NativeWindows, tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    for content in (b"one\n", b"two\r\n"):
        windows.write_private(path, content)
        assert Path(path).read_bytes() == content
    assert windows.exists(path)
    windows.remove(path)
    windows.remove(path)
    assert not windows.exists(path)


def test_a_program_is_run_and_its_failure_is_a_problem(windows: NativeWindows) -> None:
    command = os.path.join(os.environ["SystemRoot"], "system32", "cmd.exe")  # noqa: SIM112
    assert asyncio.run(windows.run(command, ("/c", "echo", "hello"))).strip() == "hello"
    with pytest.raises(CommandFailed):
        asyncio.run(windows.run(command, ("/c", "exit", "3")))


def test_only_what_windows_trusts_has_a_signer(windows: NativeWindows, tmp_path: Path) -> None:
    """The interpreter's library is signed; whether its authority is known depends on this Wine's host."""
    genuine = Path(sys.base_prefix) / "python311.dll"
    signed, forged, plain = (tmp_path / name for name in ("signed.dll", "forged.dll", "plain.msi"))
    shutil.copyfile(genuine, signed)
    content = bytearray(genuine.read_bytes())
    content[0x1000] ^= 1
    forged.write_bytes(content)
    plain.write_bytes(b"no package at all")
    assert windows.signer(str(signed)) in ("Python Software Foundation", None)
    assert [windows.signer(str(path)) for path in (forged, plain, tmp_path / "missing.msi")] == [None, None, None]


def test_files_are_listed_and_copied(windows: NativeWindows, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "one").write_bytes(b"1")
    windows.copy(str(tmp_path / "one"), str(tmp_path / "two"))
    assert sorted(windows.listed(str(tmp_path))) == ["one", "two"]
    assert windows.listed(str(tmp_path / "missing")) == []


def test_the_network_can_be_watched_and_let_go(windows: NativeWindows) -> None:
    try:
        stop = windows.watch(lambda: None)
    except OSError as error:
        pytest.skip(f"not in this Wine: {error}")
    stop()


def test_users_and_connections_are_listed(windows: NativeWindows) -> None:
    assert all(sid.startswith("S-1-") for sid in windows.users())
    assert isinstance(windows.remotes(), set)


@lacking_in_wine
def test_the_packet_size_of_an_interface_is_read(windows: NativeWindows) -> None:
    assert any((windows.mtu(link.luid) or 0) >= 576 for link in windows.links() if link.up)


@lacking_in_wine
def test_a_route_that_is_not_there_is_removed_without_a_word(windows: NativeWindows) -> None:
    luid = next(link.luid for link in windows.links() if link.up)
    windows.delete_route(RouteRow(luid, Prefix("203.0.113.0/24")))


@lacking_in_wine
def test_filters_are_added_read_back_and_removed(windows: NativeWindows) -> None:
    one = Filter("test", "wall", "connect4", False, 1, (Condition("remote", "203.0.113.0/24"),))
    windows.drop_wall()
    assert windows.wall() is None
    windows.put_wall(b"text", [one], [])
    assert windows.wall() == SeenWall(b"text", {one.key: "test"})
    windows.put_wall(None, [], [one.key])
    assert windows.wall() == SeenWall(b"text", {})
    windows.drop_wall()
    assert windows.wall() is None
