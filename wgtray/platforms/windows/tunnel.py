r"""How does the WireGuard interface come up and down on Windows? By WireGuard for Windows' tunnel service.

``wireguard.exe /installtunnelservice FILE`` makes a service that reads our file at each start. It is encrypted for
LocalSystem (``.conf.dpapi``), says ``Table = off`` so that routes are ours, and never changes while the interface is
up: the adapter's identity is made of it, and a new one is a new network to Windows. In it one node owns everything, and
which one carries traffic is then said by ``wg.exe``. After sleep the service may go back to the file; what is observed
shows that, and the next plan sets it right.

Nothing in the file is ever a command: it has the keys below and no others.
"""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import PureWindowsPath
from typing import Final

from wgtray.core.fields import Interface, Key, Prefix
from wgtray.core.host import Peer, Tunnel
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.dump import Dump, parse_dump
from wgtray.platforms.dump import measurement as measurement
from wgtray.platforms.windows import carried
from wgtray.platforms.windows.winapi import Link, Windows

UNINSTALL: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
VERSION: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
NAME: Final = "WireGuard"

PATIENCE_S: Final = 15.0
"""A driver that Windows loads for the first time takes seconds."""
LOOK_S: Final = 0.1

EVERYTHING: Final = (Prefix("0.0.0.0/0"), Prefix("::/0"))

MISSING: Final = Problem("tool-missing", {"tool": "wireguard.exe", "package": "WireGuard for Windows"})


def service_name(name: str) -> str:
    """What WireGuard calls the service of a file of that name."""
    return f"WireGuardTunnel${name}"


def render_conf(tunnel: Tunnel) -> str:
    """The file: the same for the same nodes and keys, whichever node carries traffic now."""
    lines = ["[Interface]"]
    if tunnel.private_key is not None:
        lines.append(f"PrivateKey = {tunnel.private_key.reveal()}")
    lines += [f"Address = {', '.join(sorted(tunnel.addresses))}"] if tunnel.addresses else []
    if tunnel.mtu is not None:
        lines.append(f"MTU = {tunnel.mtu}")
    lines.append("Table = off")
    ordered = sorted(tunnel.peers, key=lambda peer: peer.public_key)
    for peer in ordered:
        lines += ["", "[Peer]", f"PublicKey = {peer.public_key}"]
        if peer.preshared_key is not None:
            lines.append(f"PresharedKey = {peer.preshared_key.reveal()}")
        hosts = sorted(prefix for prefix in peer.allowed_ips if prefix.endswith(("/32", "/128")))
        owned = [*hosts, *(EVERYTHING if peer is ordered[0] else ())]
        if owned:
            lines.append(f"AllowedIPs = {', '.join(owned)}")
        if peer.endpoint is not None:
            lines.append(f"Endpoint = {peer.endpoint}")
        if peer.keepalive_s:
            lines.append(f"PersistentKeepalive = {peer.keepalive_s}")
    return "\n".join(lines) + "\n"


def render_peers(peers: Iterable[Peer], stale: Iterable[Key]) -> list[str]:
    """The arguments of one ``wg.exe set`` that changes peers in this order; preshared keys are set apart."""
    words: list[str] = []
    for peer in peers:
        words += ["peer", peer.public_key, "persistent-keepalive", str(peer.keepalive_s)]
        if peer.endpoint is not None:
            words += ["endpoint", peer.endpoint]
        words += ["allowed-ips", ",".join(sorted(peer.allowed_ips))]
    for key in stale:  # last, when others own what was theirs
        words += ["peer", key, "remove"]
    return words


def found(windows: Windows) -> PureWindowsPath | None:
    """The folder of WireGuard for Windows; None where it is not installed."""
    places: list[str] = []
    for name in windows.subkeys(UNINSTALL):
        values = windows.read_key(rf"{UNINSTALL}\{name}") or {}
        if values.get("DisplayName") == NAME and values.get("InstallLocation"):
            places.append(str(values["InstallLocation"]))
    programs = (windows.read_key(VERSION) or {}).get("ProgramFilesDir")
    places += [rf"{programs}\WireGuard"] if programs else []
    folders = (PureWindowsPath(place) for place in places)
    return next((folder for folder in folders if windows.exists(str(folder / "wireguard.exe"))), None)


class TunnelService:
    """The tunnel service of one interface; its file lies in ``folder``."""

    def __init__(self, windows: Windows, folder: PureWindowsPath, name: str) -> None:
        self._windows = windows
        self._file = str(folder / f"{name}.conf.dpapi")
        self._shared = str(folder / f"{name}.psk")
        self._name = name

    def link(self) -> Link | None:
        """The interface, when it is there and was made by our service; raises OSError."""
        return self._windows.link(self._name) if self._windows.service(service_name(self._name)) else None

    async def read(self) -> Dump:
        """The interface as WireGuard sees it; raises CommandFailed."""
        text = await self._wg("show", self._name, "dump")
        try:
            return parse_dump(text)
        except ValueError as error:
            detail = "its output is not understood"
            raise CommandFailed(Problem("command-failed", {"command": "wg show", "detail": detail})) from error

    async def up(self, tunnel: Tunnel) -> Link:
        """Bring it up with all peers as they are to be; raises CommandFailed, OSError."""
        if found(self._windows) is None:
            await carried.install(self._windows, PureWindowsPath(self._file).parent)
        program = str(self._folder() / "wireguard.exe")
        self._windows.write_private(self._file, self._windows.sealed(render_conf(tunnel).encode(), self._name))
        await self._windows.run(program, ("/installtunnelservice", self._file))
        link = await self._appeared()
        self._windows.start_on_demand(service_name(self._name))  # at boot nobody has said yet that it is wanted
        ordered = sorted(tunnel.peers, key=lambda peer: (not peer.allowed_ips & set(EVERYTHING), peer.public_key))
        await self._wg("set", self._name, *render_peers(ordered, ()))
        return link

    async def put_peers(self, peers: Iterable[Peer], stale: Iterable[Key], present: Mapping[Key, Peer]) -> None:
        """Change peers with one command, and those preshared keys that are others; raises CommandFailed, OSError."""
        peers = tuple(peers)
        await self._wg("set", self._name, *render_peers(peers, stale))
        for peer in peers:
            before = present.get(peer.public_key)
            if (None if before is None else before.preshared_key) != peer.preshared_key:
                secret = "" if peer.preshared_key is None else f"{peer.preshared_key.reveal()}\n"
                try:  # a file: this wg reads no pipe. An empty one takes the key away
                    self._windows.write_private(self._shared, secret.encode())
                    await self._wg("set", self._name, "peer", peer.public_key, "preshared-key", self._shared)
                finally:
                    self._windows.remove(self._shared)

    async def down(self) -> bool:
        """Away with service, adapter and file; whether there was anything. Raises CommandFailed, OSError."""
        there = self._windows.service(service_name(self._name)) is not None
        if there:
            folder = self._folder()
            await self._windows.run(str(folder / "wireguard.exe"), ("/uninstalltunnelservice", self._name))
            await self._gone()
        before = self._windows.exists(self._file)
        for path in (self._file, self._shared):
            self._windows.remove(path)
        return there or before

    async def _wg(self, *arguments: str) -> str:
        return await self._windows.run(str(self._folder() / "wg.exe"), arguments)

    def _folder(self) -> PureWindowsPath:
        folder = found(self._windows)
        if folder is None:
            raise CommandFailed(MISSING)
        return folder

    async def _appeared(self) -> Link:
        """The command returns before there is an adapter."""
        for _ in range(int(PATIENCE_S / LOOK_S)):
            link = self.link()
            if link is not None and link.up:
                return link
            await asyncio.sleep(LOOK_S)
        detail = "the tunnel service made no adapter; its own log says why (wireguard.exe /dumplog)"
        raise CommandFailed(Problem("command-failed", {"command": "wireguard.exe", "detail": detail}))

    async def _gone(self) -> None:
        """The command only asks the service to end: as long as it is there, none of that name can be made."""
        for _ in range(int(PATIENCE_S / LOOK_S)):
            if self._windows.service(service_name(self._name)) is None and self._windows.link(self._name) is None:
                return
            await asyncio.sleep(LOOK_S)
        detail = "the tunnel service does not end"
        raise CommandFailed(Problem("command-failed", {"command": "wireguard.exe", "detail": detail}))


def addresses(windows: Windows, luid: int) -> frozenset[Interface]:
    """Those of an interface, link-local ones aside."""
    mine = (found.address for found in windows.addresses() if found.luid == luid)
    return frozenset(address for address in mine if not address.lower().startswith("fe80:"))
