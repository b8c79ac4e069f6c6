"""The file of the tunnel service, the words for wg.exe, and where WireGuard for Windows is."""

import asyncio
from pathlib import PureWindowsPath

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.windows import FakeWindows
from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.fields import Prefix
from wgtray.core.host import Peer, Tunnel
from wgtray.core.secret import Secret
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.dump import parse_dump
from wgtray.platforms.windows import tunnel
from wgtray.platforms.windows.tunnel import UNINSTALL, TunnelService, render_conf, render_peers

UP = desired(worlds.connected()).tunnel
assert UP is not None
TUNNEL: Tunnel = UP
KEYS = ("PrivateKey", "Address", "MTU", "Table", "PublicKey", "PresharedKey", "AllowedIPs", "Endpoint")


@given(st.permutations(sorted(TUNNEL.peers, key=lambda peer: peer.public_key)), st.integers(0, 2))
def test_the_file_is_the_same_whichever_node_carries_traffic(peers: list[Peer], active: int) -> None:
    everything = frozenset({Prefix("0.0.0.0/0"), Prefix("::/0")})
    moved = [
        msgspec.structs.replace(
            peer, allowed_ips=peer.allowed_ips - everything | (everything if place == active else frozenset())
        )
        for place, peer in enumerate(peers)
    ]
    assert render_conf(msgspec.structs.replace(TUNNEL, peers=frozenset(moved))) == render_conf(TUNNEL)


def test_the_file_has_no_key_that_runs_anything_and_no_name_to_look_up() -> None:
    lines = [line for line in render_conf(TUNNEL).splitlines() if "=" in line]
    assert {line.partition(" = ")[0] for line in lines} <= {*KEYS, "PersistentKeepalive"}
    assert "Table = off" in lines
    endpoints = [line.partition(" = ")[2] for line in lines if line.startswith("Endpoint")]
    assert endpoints
    assert all(end.rpartition(":")[0].replace(".", "").isdigit() for end in endpoints)


def test_peers_that_gain_come_in_the_order_they_are_given_and_stale_ones_go_last() -> None:
    one, other, *_ = sorted(TUNNEL.peers, key=lambda peer: peer.public_key)
    words = render_peers([other, one], [worlds.PUBLIC])
    named = [words[place + 1] for place, word in enumerate(words) if word == "peer"]
    assert named == [other.public_key, one.public_key, worlds.PUBLIC]
    assert words[-1] == "remove"


def test_a_dump_with_the_line_ends_of_windows_is_understood_and_junk_is_not() -> None:
    peer = "\t".join((worlds.PUBLIC, "(none)", "203.0.113.1:51820", "0.0.0.0/0,::/0", "1732300000", "5", "7", "25"))
    dump = parse_dump(f"(none)\t(none)\t51820\toff\r\n{peer}\r\n")
    assert (dump.rx_bytes, dump.tx_bytes, dict(dump.handshakes)) == (5, 7, {worlds.PUBLIC: 1732300000})
    for junk in ("", "a\tb\n", f"a\tb\tc\td\n{peer}\textra\n"):
        with pytest.raises(ValueError, match=r".*"):
            parse_dump(junk)


def test_wireguard_is_found_by_the_registry_and_counts_only_where_its_program_is() -> None:
    windows = FakeWindows()
    assert tunnel.found(windows) == PureWindowsPath(r"C:\Program Files\WireGuard")
    windows.registry[rf"{UNINSTALL}\{{1}}"] = {"DisplayName": "WireGuard", "InstallLocation": r"D:\WG"}
    windows.registry[rf"{UNINSTALL}\{{2}}"] = {"DisplayName": "Other", "InstallLocation": r"D:\Other"}
    assert tunnel.found(windows) == PureWindowsPath(r"C:\Program Files\WireGuard")
    windows.files[r"D:\WG\wireguard.exe"] = b""
    assert tunnel.found(windows) == PureWindowsPath(r"D:\WG")
    windows.files.clear()
    assert tunnel.found(windows) is None


def test_a_preshared_key_goes_through_a_file_that_is_gone_at_once() -> None:
    windows = FakeWindows()
    service = TunnelService(windows, PureWindowsPath(r"C:\data"), "wgtray0")
    peer = next(iter(TUNNEL.peers))
    shared = Secret("Yx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=")

    async def scene() -> None:
        await service.up(TUNNEL)
        await service.put_peers([msgspec.structs.replace(peer, preshared_key=shared)], (), {})
        seen = {one.public_key: one for one in (await service.read()).peers}
        assert seen[peer.public_key].preshared_key == shared
        await service.put_peers([peer], (), seen)
        assert {one.preshared_key for one in (await service.read()).peers} == {None}

    asyncio.run(scene())
    assert not [path for path in windows.files if path.endswith(".psk")]
    assert not [line for line in windows.done if shared.reveal() in line]


def test_a_service_that_makes_no_adapter_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "LOOK_S", 0.001)
    monkeypatch.setattr(tunnel, "PATIENCE_S", 0.003)
    windows = FakeWindows()
    monkeypatch.setattr(windows, "link", lambda alias: None)
    service = TunnelService(windows, PureWindowsPath(r"C:\data"), "wgtray0")
    with pytest.raises(CommandFailed, match="dumplog"):
        asyncio.run(service.up(TUNNEL))
