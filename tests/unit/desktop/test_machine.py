"""Is the machine read as it is?"""

from pathlib import Path

import pytest

from wgtray.desktop import machine, tray_host


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
