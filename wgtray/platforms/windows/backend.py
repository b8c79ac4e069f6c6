"""How is a Windows computer brought to a ``HostState``?

``tunnel.py`` knows WireGuard for Windows, ``routes.py`` the routes into the tunnel, ``wall.py`` the filters with
``firewall.py`` and ``apps.py``, ``dns.py`` the table of name rules; here they are one ``Backend``. All of it goes
through ``winapi.Windows``.

Capabilities say what there is without a driver: no routing by program and no routing by port. Programs with a rule are
kept from sending past the tunnel.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path, PureWindowsPath
from typing import Final, assert_never

import msgspec

from wgtray.core import fields
from wgtray.core.apps import ASTRAY, Computer, Programs
from wgtray.core.fields import Address, Interface, Prefix
from wgtray.core.firewall import ALTERED
from wgtray.core.host import HostState, Route, Tunnel
from wgtray.core.names import Server
from wgtray.core.plan import (
    DropTunnel,
    PutApps,
    PutDns,
    PutFirewall,
    PutLearned,
    PutPeers,
    PutRoutes,
    PutSteering,
    PutTunnel,
    Step,
)
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Unfinished, Uplink, Way
from wgtray.platforms.windows import apps, dns, routes, tunnel, uplink
from wgtray.platforms.windows.bell import RESUMED
from wgtray.platforms.windows.firewall import Ours
from wgtray.platforms.windows.steering import Steering
from wgtray.platforms.windows.tunnel import TunnelService
from wgtray.platforms.windows.wall import Laid, Wall
from wgtray.platforms.windows.winapi import Link, RouteRow, Windows

TRAFFIC_LOOK_S: Final = 0.05
"""No packet wakes us without a driver: the counters are looked at this often, only while there is an interface."""

CALM_S: Final = 0.05
"""Changes come in bursts: one report at its start, one after it."""

_UNICAST_IF: Final = 31
"""ws2ipdef.h: IP_UNICAST_IF and IPV6_UNICAST_IF, the interface that this socket's packets leave by."""

log = logging.getLogger("wgtray")


class WindowsBackend:
    """One computer; the file of our tunnel lies in ``state_dir``."""

    capabilities = Capabilities(
        full_tunnel=True, split_dns=True, domain_rules=True, kill_switch=True, per_app_block=True
    )
    computer = Computer("windows", blocks_apps=True)

    def __init__(
        self,
        windows: Windows,
        state_dir: Path | PureWindowsPath,
        interface: str,
        below: Callable[[str], list[str]] = apps.executables,
        probe: str | None = None,
    ) -> None:
        self._windows = windows
        self._name = interface
        self._tunnel = TunnelService(windows, PureWindowsPath(state_dir), interface)
        self._wall = Wall(windows, self._ours, below)
        self._below = below
        self._steering = Steering(windows, probe)
        self._laid = Laid()
        self._learned: set[Address] = set()
        self._seen: Tunnel | None = None
        self._is_new = True

    @property
    def interface(self) -> str | None:
        return None if self._link() is None else self._name

    async def observe(self) -> HostState:
        with self._told():
            if self._is_new:  # left behind by one that crashed, these cut the computer off from names
                dns.put(self._windows, None)
                self._is_new = False
            link = self._tunnel.link()
            luid = None if link is None else link.luid
            self._seen = None if link is None else await self._tunnel_seen(link)
            seen = self._wall.read(luid)
            asked = seen.laid.routes
            found, hosts = routes.shown(self._windows.routes(), luid, asked, seen.laid.steered)
            others = frozenset(route for route in asked if route.to != "tunnel")
            self._laid = msgspec.structs.replace(seen.laid, luid=luid, routes=found | others)
            led = frozenset(row.prefix for row in self._rows(self._laid, seen.learned))
            lacking = {one for one in seen.learned - hosts if fields.host_prefix(one) in led - _prefixes(found)}
            self._learned = set((seen.learned | hosts) - lacking)
            firewall, rules, shown = seen.laid.firewall, seen.laid.apps, self._laid.routes
            if not seen.intact:
                firewall, rules, shown = ALTERED, rules and ASTRAY, found
            return HostState(
                tunnel=self._seen,
                routes=shown,
                steered=seen.laid.steered,
                firewall=firewall,
                dns=dns.observe(self._windows),
                learned=frozenset(self._learned),
                apps=rules,
            )

    async def apply(self, step: Step) -> None:
        with self._told():
            match step:
                case PutTunnel(wanted):
                    await self._tunnel.down()
                    link = await self._tunnel.up(wanted)
                    self._seen = wanted
                    self._lay(luid=link.luid)
                    await self._steer()
                case PutPeers(peers, stale):
                    present = {} if self._seen is None else {peer.public_key: peer for peer in self._seen.peers}
                    if self._link() is not None:
                        await self._tunnel.put_peers(peers, stale, present)
                case DropTunnel():
                    await self._tunnel.down()
                    self._seen = None
                    kept = frozenset(route for route in self._laid.routes if route.to != "tunnel")
                    self._lay(luid=None, routes=kept)
                    await self._steer()
                case PutRoutes(wanted_routes):
                    there = self._laid.luid is not None
                    self._lay(routes=frozenset(route for route in wanted_routes if there or route.to != "tunnel"))
                case PutSteering(families):
                    self._lay(steered=families)
                case PutFirewall(firewall):
                    self._lay(firewall=firewall)
                case PutApps(rules):
                    self._lay(apps=rules)
                    await self._steer()
                case PutDns(wanted_dns):
                    dns.put(self._windows, wanted_dns)
                case PutLearned(gained, lost):
                    self._learn(gained, lost)
                case _:
                    assert_never(step)

    async def measure(self) -> Measurement | None:
        return None if self._link() is None else tunnel.measurement(await self._tunnel.read())

    def uplink(self) -> Uplink:
        windows = self._windows
        ours = self._laid.luid
        return uplink.uplink(windows.routes(), windows.links(), windows.addresses(), ours, RESUMED.rung)

    def on_link(self) -> frozenset[Prefix]:
        return uplink.subnets(self._windows.addresses(), self._windows.links(), self._laid.luid)

    async def refresh_sources(self) -> None:
        """WireGuard looks for the way to a node anew whenever a route changes."""

    def counters(self) -> Counters | None:
        link = self._link()
        return None if link is None else Counters(link.rx_packets, link.tx_packets, link.rx_bytes, link.tx_bytes)

    async def traffic(self) -> None:
        first = self.counters()
        while first is not None:
            await asyncio.sleep(TRAFFIC_LOOK_S)
            now = self.counters()
            if now is None:
                break
            if now.tx_packets != first.tx_packets:
                return
        raise OSError(errno.ENODEV, "no interface of ours")

    async def changes(self) -> AsyncIterator[None]:
        loop, noticed = asyncio.get_running_loop(), asyncio.Event()

        def heard() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and Windows has not heard of it yet
                loop.call_soon_threadsafe(noticed.set)

        deaf = RESUMED.hear(heard)
        unwatch = self._windows.watch(heard)
        try:
            while True:
                await noticed.wait()
                noticed.clear()
                yield None
                await asyncio.sleep(CALM_S)
        finally:
            unwatch()
            deaf()

    def resolvers(self) -> tuple[Server, ...]:
        return dns.former(self._windows, self._laid.luid)

    def in_use(self) -> frozenset[Address]:
        return frozenset(self._windows.remotes())

    async def programs(self) -> AsyncIterator[Programs]:
        await asyncio.get_running_loop().create_future()  # ``helper/running.py`` looks for them
        yield Programs()

    def join(self, pid: int) -> None:
        detail = "this system cannot put a process under a rule"
        raise CommandFailed(Problem("command-failed", {"command": "wgtray run", "detail": detail}))

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        if way == "local":
            return  # it is bound to an address of this computer
        number = 6 if sock.family == socket.AF_INET6 else 4
        link = self._link()
        if way == "direct":
            ours = None if link is None else link.luid
            link = uplink.best(self._windows.routes(), self._windows.links(), number, ours)
        if link is None:
            raise OSError(errno.ENETUNREACH, "no interface to send by")
        if number == 6:
            sock.setsockopt(socket.IPPROTO_IPV6, _UNICAST_IF, link.index)
        else:
            sock.setsockopt(socket.IPPROTO_IP, _UNICAST_IF, socket.htonl(link.index))

    async def cleanup(self) -> list[str]:
        removed: list[str] = []
        problems: list[Problem] = []

        async def down() -> bool:
            return await self._tunnel.down()

        async def unasked() -> bool:
            return dns.put(self._windows, None)

        async def opened() -> bool:
            return self._wall.drop()

        parts = ((f"interface {self._name}", down), ("rules for names", unasked), ("filters of the firewall", opened))
        for what, remove in parts:
            try:
                with self._told():
                    removed += [what] if await remove() else []
            except CommandFailed as error:
                problems.append(error.problem)
        self._laid, self._seen = Laid(), None
        self._learned.clear()
        if problems:
            raise Unfinished(problems, removed)
        return removed

    def caller(self, sock: socket.socket) -> Caller | None:
        return None  # clients come by pipe, and are told by their tokens

    async def _tunnel_seen(self, link: Link) -> Tunnel:
        dump = await self._tunnel.read()
        addresses = tunnel.addresses(self._windows, link.luid)
        return Tunnel(addresses, self._windows.mtu(link.luid), dump.private_key, dump.peers)

    def _lay(self, **changes: object) -> None:
        """What leads into the tunnel comes before what held it goes, and goes after its hold has come."""
        laid = msgspec.structs.replace(self._laid, **changes)
        wanted = self._rows(laid, frozenset(self._learned))
        there = {row for row in self._windows.routes() if row.luid == laid.luid and row.ours}
        present = {row.prefix for row in there}
        for row in sorted(row for row in wanted if row.prefix not in present):
            self._windows.add_route(row)
        self._wall.put(laid, frozenset(self._learned))
        needed = {row.prefix for row in wanted}
        for row in sorted(row for row in there if row.prefix not in needed):
            self._windows.delete_route(row)
        self._laid = laid

    async def _steer(self) -> None:
        """Once the filters stand, whose word is the last."""
        laid, rules = self._laid, self._laid.apps
        programs = apps.ruled(rules, self._windows.users(), self._below) if rules else ()
        seen = frozenset[Interface]() if self._seen is None else self._seen.addresses
        await self._steering.put(programs, laid.luid, map(fields.own_address, seen))

    def _learn(self, gained: frozenset[Address], lost: frozenset[Address]) -> None:
        """As ``_lay``: the way in, then its hold; the hold away, then the way."""
        before, after = frozenset(self._learned), frozenset((self._learned | gained) - lost)
        for row in sorted(self._rows(self._laid, gained - before, alone=True)):
            self._windows.add_route(row)
        self._wall.learn(self._laid, before, after)
        kept = _prefixes(self._laid.routes)
        for row in sorted(self._rows(self._laid, lost - after, alone=True)):
            if row.prefix not in kept:
                self._windows.delete_route(row)
        self._learned = set(after)

    def _rows(self, laid: Laid, learned: frozenset[Address], *, alone: bool = False) -> set[RouteRow]:
        """What there has to be on our interface; ``alone``: for these addresses only."""
        if laid.luid is None:
            return set()
        mine = {4, 6} if self._seen is None else {fields.family(address) for address in self._seen.addresses}
        return routes.rows(laid.luid, () if alone else laid.routes, laid.steered & mine, learned)

    def _link(self) -> Link | None:
        """Our interface as it is now; whether it is ours was asked when it was last observed, which costs more."""
        if self._seen is None:
            return None
        try:
            return self._windows.link(self._name)
        except OSError:
            return None

    def _ours(self) -> Ours:
        folder = tunnel.found(self._windows)
        return Ours(None if folder is None else str(folder / "wireguard.exe"), sys.executable)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What Windows refuses becomes a problem for the user."""
        try:
            yield
        except OSError as error:
            if isinstance(error, PermissionError):
                raise CommandFailed(Problem("not-permitted", {"command": "Windows"})) from error
            detail = error.strerror or str(error)
            raise CommandFailed(Problem("command-failed", {"command": "Windows", "detail": detail})) from error


def _prefixes(found: Iterable[Route]) -> frozenset[Prefix]:
    """Those that lead into the tunnel."""
    return frozenset(route.prefix for route in found if route.to == "tunnel")
