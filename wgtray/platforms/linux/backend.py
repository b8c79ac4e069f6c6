"""How is a Linux machine, or one network namespace of it, brought to a ``HostState``?

``tunnel.py`` and ``control.py`` know WireGuard, ``routes.py`` routes and rules, ``wall.py`` the firewall; here they are
one ``Backend``. ``dns.py`` and ``apps.py`` join with their own parts of the state.
"""

import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar, assert_never

import msgspec

from wgtray.core.fields import family
from wgtray.core.firewall import ALTERED, Firewall
from wgtray.core.host import NOTHING, HostState, Peer, Route, Tunnel
from wgtray.core.plan import (
    DropTunnel,
    PutDns,
    PutFirewall,
    PutLearned,
    PutPeers,
    PutRoutes,
    PutSteering,
    PutTunnel,
    Step,
    applied,
)
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Uplink, Way
from wgtray.platforms.linux import files, ipv6, link, packets, peer, process, routes, strictness, tunnel, uplink, watch
from wgtray.platforms.linux.control import Control
from wgtray.platforms.linux.firewall import TABLE
from wgtray.platforms.linux.wall import Wall, forced_routes

NAME_TRIES = 3
"""Helpers of other namespaces that connect at the same instant take the same name; the slower one tries the next."""

log = logging.getLogger("wgtray")

T = TypeVar("T")


class LinuxBackend:
    """One network namespace; ``state_dir`` holds the conf whose file name is the name of our interface."""

    capabilities = Capabilities(full_tunnel=True, kill_switch=True, port_rules=True)

    def __init__(self, state_dir: Path, interface: str) -> None:
        self._state_dir = state_dir
        self._wanted_name = interface
        self._control: Control | None = None
        self._wall = Wall()
        self._counters = packets.CounterFile()
        self._asked = NOTHING  # as last observed and then changed: what holds of a family that the kernel lacks
        self._name = self._found()

    @property
    def interface(self) -> str | None:
        return self._name

    async def observe(self) -> HostState:
        with self._told():
            self._name = self._found()
            shown = None if self._name is None else await self._dump(self._name)
            listings = await routes.show(self._name)
            found: frozenset[Route] = frozenset().union(*(listing.routes for listing in listings))
            steered = frozenset(listing.family for listing in listings if listing.steered)
            host = HostState(None, found, steered)
            if shown is not None:
                addresses, mtu = tunnel.parse_addresses(*(listing.addresses for listing in listings))
                seen = Tunnel(addresses, mtu, shown.private_key, shown.peers, shown.marked)
                host = HostState(seen, found, steered)
            seen_wall = await self._seen_wall(listings, host.tunnel)
            self._asked = msgspec.structs.replace(self._without_missing(host), firewall=seen_wall)
            return self._asked

    async def apply(self, step: Step) -> None:
        with self._told():
            match step:
                case PutTunnel(wanted):
                    await self._up(wanted)
                    await self._let_in(wanted)
                case PutPeers():
                    if self._name is not None:
                        await self._running(self._name).put(step)
                case DropTunnel():
                    await self._drop()
                case PutRoutes(wanted_routes):
                    await routes.put_routes(wanted_routes, self._name)
                case PutSteering(families):
                    await routes.put_steering(families)
                case PutFirewall(firewall):
                    await self._put_wall(firewall)
                case PutDns() | PutLearned():
                    raise NotImplementedError(f"{type(step).__name__} on Linux")
                case _:
                    assert_never(step)
        self._asked = applied(self._asked, step)

    async def measure(self) -> Measurement | None:
        if self._name is None or not link.exists(self._name):
            return None
        return tunnel.measurement(await self._dump(self._name))

    def uplink(self) -> Uplink:
        return uplink.uplink(self._name)

    async def refresh_sources(self) -> None:
        if self._name is not None and link.exists(self._name):
            with self._told():
                await self._running(self._name).refresh()

    def counters(self) -> Counters | None:
        return None if self._name is None else self._counters.read(self._name)

    async def traffic(self) -> None:
        if self._name is None:
            raise OSError(errno.ENODEV, "no interface of ours")
        await packets.outgoing(self._name)

    def changes(self) -> AsyncIterator[None]:
        return watch.changes()

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        if way == "direct":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, routes.MARK)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, routes.MARK_PROBE)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, (self._name or "").encode())

    async def cleanup(self) -> list[str]:
        failed: list[CommandFailed] = []
        self._name = self._found()
        removed = [] if self._name is None else [f"interface {self._name}"]
        listings = await self._tried(routes.show(self._name), failed) or []
        count = sum(len(listing.entries) for listing in listings)
        removed += [f"{count} routes in table {routes.TABLE}"] if count else []
        removed += [f"{len(listing.rules)} IPv{listing.family} rules" for listing in listings if listing.rules]
        removed += [f"nftables table inet {TABLE}"] if await self._tried(self._wall.is_there(), failed) else []
        await self._tried(routes.put_steering(frozenset()), failed)
        await self._tried(routes.put_routes(frozenset(), self._name), failed)
        await self._tried(self._drop(), failed)
        await self._tried(self._put_wall(None), failed)
        self._asked = NOTHING
        if failed:
            raise failed[0]
        return removed

    def caller(self, sock: socket.socket) -> Caller | None:
        return peer.caller(sock)

    async def _dump(self, name: str) -> tunnel.Dump:
        try:
            return await self._running(name).read()
        except ValueError as error:
            detail = routes.UNKNOWN_OUTPUT
            raise CommandFailed(Problem("command-failed", {"command": "wg show", "detail": detail})) from error

    def _running(self, name: str, peers: frozenset[Peer] = frozenset()) -> Control:
        born = self._born(name)
        if self._control is None or (self._control.name, self._control.born) != (name, born):
            self._control = Control(name, born, peers)
        return self._control

    async def _up(self, wanted: Tunnel) -> None:
        await self._drop()
        for tries_left in reversed(range(NAME_TRIES)):
            name = link.free_name(self._wanted_name)
            try:
                await tunnel.up(self._conf(name), wanted)
            except CommandFailed:
                taken = process.is_elsewhere(name)
                await self._drop()
                if not taken or not tries_left:
                    raise
            except OSError:
                await self._drop()
                raise
            else:
                self._name = name
                self._loosen(name)
                self._running(name, wanted.peers)
                return

    async def _seen_wall(self, listings: Iterable[routes.Listing], present: Tunnel | None) -> Firewall | None:
        """What is observed of the firewall, the routes of marked packets included."""
        firewall = await self._wall.observe(self._name or self._wanted_name)
        wanted = forced_routes(firewall, present)
        for listing in listings:
            mine = frozenset(route for route in wanted if family(route.prefix) == listing.family)
            laid = (listing.forced, routes.PRIORITY_FORCED in listing.rules)
            if (listing.family == 4 or ipv6.in_kernel()) and laid != (mine, bool(wanted)):
                return ALTERED
        return firewall

    async def _let_in(self, wanted: Tunnel) -> None:
        """What the firewall says of our interface is said of the new one; the ways into the last have gone with it."""
        firewall = self._asked.firewall
        if firewall is not None and not firewall.altered and self._name is not None:
            if forced := forced_routes(firewall, wanted):
                await routes.put_forced(forced, self._name)
            await self._wall.rename(self._name)

    async def _put_wall(self, firewall: Firewall | None) -> None:
        """Marked packets have their way before anything is marked, and lose it when nothing is marked any more."""
        wanted = forced_routes(firewall, self._asked.tunnel)
        if wanted:
            await routes.put_forced(wanted, self._name)
        await self._wall.put(firewall, self._asked.learned, self._name or self._wanted_name)
        if not wanted:
            await routes.put_forced(wanted, self._name)
        if firewall is None:
            strictness.restore(self._state_dir)

    def _loosen(self, name: str) -> None:
        try:
            strictness.loosen(self._state_dir, name)
        except OSError as error:  # a container that may not: only where the check is strict does it matter
            log.warning("the kernel's reverse path check stays as it is: %s", error)

    async def _drop(self) -> None:
        """Every link of ours goes before the first file, which may be on a disk that lets nothing be removed."""
        failed: list[CommandFailed] = []
        confs = self._confs()
        marked = link.marked()
        if marked is not None and self._conf(marked) not in confs:
            await self._tried(link.delete(marked), failed)
        for conf in confs:
            await self._tried(tunnel.down(conf), failed)
        self._name = self._control = None
        for conf in confs if not failed else ():
            await self._tried(_removed(conf), failed)
        if failed:
            raise failed[0]

    def _without_missing(self, host: HostState) -> HostState:
        kernel = ipv6.in_kernel()
        has_six = self._name is None or ipv6.on_link(self._name)
        written = frozenset() if has_six else files.addresses(self._conf(self._born(self._name or "")))
        return ipv6.laid_over(host, self._asked, written, kernel, has_six)

    def _found(self) -> str | None:
        named = (conf.stem for conf in self._confs() if link.exists(conf.stem))
        return link.marked() or next(named, None)

    def _born(self, name: str) -> str:
        """The name under which the link of that name was made."""
        stems = [conf.stem for conf in self._confs()]
        return name if name in stems else next(iter(stems), name)

    def _confs(self) -> list[Path]:
        return files.confs(self._state_dir, self._wanted_name)

    def _conf(self, name: str) -> Path:
        return self._state_dir / f"{name}.conf"

    async def _tried(self, work: Awaitable[T], failed: list[CommandFailed]) -> T | None:
        try:
            with self._told():
                return await work
        except CommandFailed as error:
            failed.append(error)
            return None

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with a file becomes a problem of ours."""
        try:
            yield
        except OSError as error:
            where = self._state_dir if error.filename is None else Path(str(error.filename))
            raise CommandFailed(files.problem(error, where)) from error


async def _removed(conf: Path) -> None:
    conf.unlink(missing_ok=True)
