"""Is the machine read as it is?"""

from pathlib import Path

import pytest

from installers.macos import plists
from wgtray.core.checkup import Machine, Service, findings
from wgtray.desktop import machine, tray_host
from wgtray.platforms.macos.machine import WIREGUARD


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ["192.0.2.1", "2001:db8::1"]),
        ("# nameserver 192.0.2.1\nsearch corp.example\nnameserver\n", []),
        ("", []),
    ],
)
def test_name_servers_are_read_as_the_resolver_reads_them(tmp_path: Path, text: str, servers: list[str]) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(text)
    assert list(machine._servers(file)) == servers


def test_a_missing_resolver_file_has_no_servers(tmp_path: Path) -> None:
    assert list(machine._servers(tmp_path / "none")) == []
    assert machine._resolver(tmp_path / "none") == "file"


def test_without_a_display_there_is_no_tray_to_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert tray_host.found() == "no-display"


def test_a_bus_that_is_gone_and_a_screen_that_is_gone_show_no_tray(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert tray_host.found() == "none"


def test_the_machine_at_hand_is_read_whole() -> None:
    seen = machine.machine()
    assert seen.wireguard in ("kernel", "wireguard-go", None)
    assert seen.membership is not None
    assert seen.tray_host is not None


def test_a_mac_is_asked_for_what_the_package_and_the_system_bring(tmp_path: Path) -> None:
    assert machine._mac(Machine(), tmp_path).service_installed is False
    bare = machine._mac(Machine(), tmp_path)
    assert bare.missing == machine.MAC_TOOLS
    for place in (machine.MAC_SERVICE, *(f"/sbin/{tool}" for tool in machine.MAC_TOOLS)):
        path = tmp_path / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)
    assert machine._mac(Machine(), tmp_path).missing == (machine.MAC_WIREGUARD,)
    wireguard = tmp_path / machine.MAC_WIREGUARD.lstrip("/")
    wireguard.parent.mkdir(parents=True)
    wireguard.touch()
    seen = machine._mac(Machine(), tmp_path)
    assert (seen.missing, seen.wireguard, seen.firewall) == ((), "wireguard-go", "pf")
    assert seen.service_installed
    assert not [found for found in findings(seen, Service(version="1"), "1") if found.rank == "error"]


def test_the_mac_of_the_desktop_is_the_one_of_the_service() -> None:
    assert machine.MAC_WIREGUARD == WIREGUARD
    assert Path(machine.MAC_SERVICE).name == f"{plists.HELPER}.plist"


def test_what_cannot_be_seen_of_another_system_is_no_error() -> None:
    found = findings(Machine(system="windows"), Service(version="1", profile="Acme"), "1")
    assert not [each for each in found if each.rank == "error"]
    assert {"wireguard", "firewall"}.isdisjoint(each.check for each in found)
