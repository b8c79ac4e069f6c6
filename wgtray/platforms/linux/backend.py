"""How is a Linux machine, or one network namespace of it, brought to a ``HostState``?

``tunnel.py`` and ``control.py`` know WireGuard, ``routes.py`` routes and rules, ``learned.py`` the addresses of names,
``wall.py`` the firewall, ``dns.py`` the system's resolver; here they are one ``Backend``. ``apps.py`` joins with its
own part of the state.
"""

import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar, assert_never

import msgspec

from wgtray.core.apps import Computer, Programs
from wgtray.core.fields import Address, Prefix, family
from wgtray.core.firewall import ALTERED, Firewall
from wgtray.core.host import NOTHING, HostState, Peer, Route, Tunnel
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
    applied,
)
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Uplink, Way
from wgtray.platforms.linux import (
    files,
    flows,
    ipv6,
    learned,
    link,
    onlink,
    packets,
    peer,
    process,
    routes,
    strictness,
    tunnel,
    uplink,
    watch,
)
from wgtray.platforms.linux.apps import Apps
from wgtray.platforms.linux.control import Control
from wgtray.platforms.linux.dns import SystemResolver
from wgtray.platforms.linux.firewall import TABLE
from wgtray.platforms.linux.rtnetlink import RouteSocket
from wgtray.platforms.linux.wall import Wall, forced_routes

NAME_TRIES = 3
"""Helpers of other namespaces that connect at the same instant take the same name; the slower one tries the next."""

log = logging.getLogger("wgtray")

T = TypeVar("T")


class LinuxBackend:
    """One network namespace; ``state_dir`` holds the conf whose file name is the name of our interface.

    ``resolv_conf`` is the resolver file to use instead of the system's resolver.
    """

    def __init__(self, state_dir: Path, interface: str, resolv_conf: Path | None = None) -> None:
        self._state_dir = state_dir
        self._wanted_name = interface
        self._control: Control | None = None
        self._wall = Wall()
        self._is_forcing = True
        """Whether there may be routes and rules of marked packets."""
        self._counters = packets.CounterFile()
        self._routes = RouteSocket()
        self._resolver = SystemResolver(state_dir, resolv_conf)
        self._apps = Apps() if resolv_conf is None else Apps(resolv_conf)
        by_program = self._apps.tree is not None
        self.capabilities = Capabilities(
            full_tunnel=True,
            split_dns=True,
            domain_rules=True,
            kill_switch=True,
            port_rules=True,
            per_app_routing=by_program,
            per_app_block=by_program,
        )
        self.computer = Computer("linux", by_program)
        self._asked = NOTHING  # as last observed and then changed: what holds of a family that the kernel lacks
        self._led: set[Address] = set()  # its learned addresses, apart: there are many, and they change all the time
        self._name = self._found()

    @property
    def interface(self) -> str | None:
        return self._name

    async def observe(self) -> HostState:
        with self._told():
            self._name = self._found()
            shown = None if self._name is None else await self._dump(self._name)
            listings = await routes.show(self._name)
            dns = await self._resolver.observe(self._name, self._asked.dns)
            found: frozenset[Route] = frozenset().union(*(listing.routes for listing in listings))
            steered = frozenset(listing.family for listing in listings if listing.steered)
            into = routes.entrance(self._name)
            known = frozenset[Address]().union(*(learned.parse(listing.learned, into).shown for listing in listings))
            host = HostState(None, found, steered, dns=dns, learned=known)
            if shown is not None:
                addresses, mtu = tunnel.parse_addresses(*(listing.addresses for listing in listings))
                seen = Tunnel(addresses, mtu, shown.private_key, shown.peers, shown.marked)
                host = msgspec.structs.replace(host, tunnel=seen)
            seen_wall = await self._seen_wall(listings, host.tunnel)
            own = frozenset() if host.tunnel is None else host.tunnel.addresses
            seen_apps = await self._apps.read(self._name, own)
            self._asked = msgspec.structs.replace(self._without_missing(host), firewall=seen_wall, apps=seen_apps)
            self._led = set(self._asked.learned)
            return self._asked

    async def apply(self, step: Step) -> None:
        with self._told():
            match step:
                case PutTunnel(wanted):
                    await self._up(wanted)
                    await self._let_in(wanted)
                    await self._learn(frozenset(self._led))  # what led into the last interface has gone with it
                case PutPeers():
                    if self._name is not None:
                        await self._running(self._name).put(step)
                case DropTunnel():
                    await self._drop()
                case PutRoutes(wanted_routes):
                    await routes.put_routes(wanted_routes, self._name)
                case PutSteering(families):
                    await routes.put_steering(families)
                case PutApps(rules):
                    shown = None if self._name is None else self._asked.tunnel
                    addresses = frozenset() if shown is None else shown.addresses
                    await self._apps.put(rules, self._name, addresses)
                case PutFirewall(firewall):
                    await self._put_wall(firewall)
                case PutDns(dns):
                    await self._resolver.put(self._name, dns)
                case PutLearned(gained, lost):
                    await self._learn(gained)
                    await self._unlearn(lost)
                    self._led |= gained
                    self._led -= lost
                    return
                case _:
                    assert_never(step)
        self._asked = applied(self._asked, step)

    async def measure(self) -> Measurement | None:
        if self._name is None or not link.exists(self._name):
            return None
        return tunnel.measurement(await self._dump(self._name))

    def uplink(self) -> Uplink:
        return uplink.uplink(self._name)

    def on_link(self) -> frozenset[Prefix]:
        return onlink.subnets(self._name)

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
        return watch.changes(self._resolver.watched, self._wall.is_as_seen)

    def resolvers(self) -> tuple[Server, ...]:
        return self._resolver.former()

    def in_use(self) -> frozenset[Address]:
        return flows.remotes()

    def programs(self) -> AsyncIterator[Programs]:
        return self._apps.changes()

    def join(self, pid: int) -> None:
        with self._told():
            self._apps.join(pid)

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        device = "lo" if way == "local" else self._name or ""
        if way in ("direct", "tunnel"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, routes.MARK if way == "direct" else routes.MARK_PROBE)
        if way != "direct":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())

    async def cleanup(self) -> list[str]:
        failed: list[CommandFailed] = []
        self._name = self._found()
        removed = [] if self._name is None else [f"interface {self._name}"]
        listings = await self._tried(routes.show(self._name), failed) or []
        count = sum(len(listing.entries) for listing in listings)
        removed += [f"{count} routes in table {routes.TABLE}"] if count else []
        removed += [f"{len(listing.rules)} IPv{listing.family} rules" for listing in listings if listing.rules]
        removed += await self._tried(self._apps.cleanup(), failed) or []
        removed += [f"nftables tables {TABLE}"] if await self._tried(self._wall.is_there(), failed) else []
        removed += ["its answers to the system's resolver"] if await self._tried(self._unasked(), failed) else []
        await self._tried(routes.put_steering(frozenset()), failed)
        await self._tried(routes.put_routes(frozenset(), self._name), failed)
        await self._tried(learned.flush(), failed)
        await self._tried(self._drop(), failed)
        await self._tried(self._put_wall(None), failed)
        self._asked = NOTHING
        self._led.clear()
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
        self._is_forcing = any(listing.forced or routes.PRIORITY_FORCED in listing.rules for listing in listings)
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
        await self._wall.put(firewall, self._led, self._name or self._wanted_name)
        if not wanted and self._is_forcing:
            await routes.put_forced(wanted, self._name)
        self._is_forcing = bool(wanted)

    async def _tighten(self) -> None:
        strictness.restore(self._state_dir)

    def _loosen(self, name: str) -> None:
        try:
            strictness.loosen(self._state_dir, name)
        except OSError as error:  # a container that may not: only where the check is strict does it matter
            log.warning("the kernel's reverse path check stays as it is: %s", error)

    async def _unasked(self) -> bool:
        return await self._resolver.restore(self._name)

    async def _learn(self, gained: frozenset[Address]) -> None:
        if gained:
            self._wall.learn(gained, ())
            await learned.put(self._routes, gained, routes.entrance(self._name))

    async def _unlearn(self, lost: frozenset[Address]) -> None:
        if learned.ASTRAY in lost:
            await learned.remove_strays(routes.entrance(self._name))
        if lost:
            await learned.remove(self._routes, lost - {learned.ASTRAY})
            self._wall.learn((), lost)

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
        await self._tried(self._tighten(), failed)
        if failed:
            raise failed[0]

    def _without_missing(self, host: HostState) -> HostState:
        kernel = ipv6.in_kernel()
        has_six = self._name is None or ipv6.on_link(self._name)
        written = frozenset() if has_six else files.addresses(self._conf(self._born(self._name or "")))
        asked = self._asked if kernel else msgspec.structs.replace(self._asked, learned=frozenset(self._led))
        return ipv6.laid_over(host, asked, written, kernel, has_six)

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
        """What goes wrong with a file, and what a tool says that nobody understands, becomes a problem of ours."""
        try:
            yield
        except OSError as error:
            where = self._state_dir if error.filename is None else Path(str(error.filename))
            raise CommandFailed(files.problem(error, where)) from error
        except ValueError as error:
            what, detail = "reading the network", routes.UNKNOWN_OUTPUT
            raise CommandFailed(Problem("command-failed", {"command": what, "detail": detail})) from error


async def _removed(conf: Path) -> None:
    conf.unlink(missing_ok=True)
