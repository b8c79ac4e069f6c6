"""How is a Mac brought to a ``HostState``?

``tunnel.py`` knows wireguard-go, ``routes.py`` the one routing table, ``wall.py`` pf, ``dns.py`` the resolver; here
they are one ``Backend``. There is one table and no rule before it, so our routes come first by being narrower, and
``steered`` says in which families there may be any. Where an endpoint's way past the tunnel is missing or leads to a
gateway that is no longer there, the tunnel counts as not ``marked``: then WireGuard's own packets could enter it.

What costs a process is read at each observation and at each report of a change, and remembered for the questions that
have to be quick.
"""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar, assert_never

import msgspec

from wgtray.core.apps import Computer, Programs
from wgtray.core.fields import Address, Endpoint, Prefix
from wgtray.core.host import NOTHING, HostState, Peer, Route, Tunnel
from wgtray.core.names import FORWARDER, Server
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
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Unfinished, Uplink, Way
from wgtray.platforms.macos import apps, ifconfig, netstat, peer, routes, tunnel, uplink
from wgtray.platforms.macos.dns import Answers, SystemResolver
from wgtray.platforms.macos.firewall import ANCHOR
from wgtray.platforms.macos.ifconfig import Link
from wgtray.platforms.macos.machine import Machine, ThisMac
from wgtray.platforms.macos.netstat import Row
from wgtray.platforms.macos.routes import Entry
from wgtray.platforms.macos.wall import Wall
from wgtray.platforms.moves import Move, moves
from wgtray.platforms.uapi import ControlSocket, Dump

# netinet/in.h, netinet6/in6.h
_IP_BOUND_IF, _IPV6_BOUND_IF = 25, 125

log = logging.getLogger("wgtray")

T = TypeVar("T")


class Sight(msgspec.Struct, frozen=True):
    """What was read of the network, ours and the machine's own."""

    rows: tuple[Row, ...] = ()
    links: Mapping[str, Link] = {}
    servers: tuple[Server, ...] = ()


class MacBackend:
    """This Mac; ``state_dir`` holds what has to outlive a restart, ``interface`` names our files."""

    capabilities = Capabilities(full_tunnel=True, split_dns=True, domain_rules=True, kill_switch=True, port_rules=True)
    computer = Computer("macos", routes_apps=False)

    def __init__(self, state_dir: Path, interface: str, machine: Machine | None = None) -> None:
        self.machine: Machine = machine or ThisMac()
        self._wanted_name = interface
        self._wall = Wall(self.machine, interface)
        self._resolver = SystemResolver(self.machine, state_dir)
        self._control: ControlSocket | None = None
        self._asked = NOTHING  # as last observed and then changed: what a route that has no entry of its own is told by
        self._sight = Sight()
        self._looking = asyncio.Lock()  # or what was read first could be taken for the newest
        self._name = tunnel.found(self.machine, interface)

    @property
    def interface(self) -> str | None:
        return self._name

    async def observe(self) -> HostState:
        with _told():
            self._name = tunnel.found(self.machine, self._wanted_name)
            answers = await self._look()
            await self._let_listen(there=True)
            present = self._present()
            seen = routes.meaning(present)
            found, learned, steered = seen.routes, seen.learned, routes.families(present.values())
            shown = None if self._name is None else await self._dump(self._name)
            host = HostState()
            link = self._sight.links.get(self._name or "")
            if shown is not None and link is not None:
                addresses = frozenset(one for one in link.addresses if not ifconfig.is_link_local(one))
                wanted = self._entries(self._asked, shown.peers)
                around = {prefix: entry for prefix, entry in wanted.items() if entry.way == "around"}
                marked = all(present.get(prefix) == entry for prefix, entry in around.items())
                host = HostState(Tunnel(addresses, link.mtu, shown.private_key, shown.peers, marked))
            peers = frozenset[Peer]() if host.tunnel is None else host.tunnel.peers
            if _same_ways(present, self._entries(self._asked, peers)):
                found, learned, steered = self._laid()
            self._asked = msgspec.structs.replace(
                host,
                routes=found,
                steered=steered,
                learned=learned,
                dns=answers.dns,
                firewall=await self._wall.observe(self._name),
            )
            return self._asked

    async def apply(self, step: Step) -> None:
        with _told():
            match step:
                case PutTunnel(wanted):
                    await self._drop()
                    await self._up(wanted)
                case PutPeers():
                    await self._put_peers(step)
                case DropTunnel():
                    await self._drop()
                case PutRoutes() | PutLearned() | PutSteering():
                    await self._lay(applied(self._asked, step))
                case PutApps(rules):
                    apps.put(rules)
                case PutFirewall(firewall):
                    own = tunnel.own(self._asked.tunnel)
                    await self._wall.put(firewall, self._asked.learned, self._name, own)
                case PutDns(dns):
                    await self._resolver.put(self._active(), dns)
                case _:
                    assert_never(step)
            self._asked = applied(self._asked, step)
            if isinstance(step, PutLearned):
                await self._wall.learn(step.gained, step.lost)

    async def measure(self) -> Measurement | None:
        if self._name is None or tunnel.found(self.machine, self._wanted_name) is None:
            return None
        with _told():
            return tunnel.measurement(await self._dump(self._name))

    def uplink(self) -> Uplink:
        return uplink.uplink(self._sight.rows, self._sight.links, self._name)

    def on_link(self) -> frozenset[Prefix]:
        return uplink.on_link(self._sight.rows, self._sight.links, self._name)

    async def refresh_sources(self) -> None:
        if self._name is not None:
            with _told():
                peers = (await self._dump(self._name)).peers
                await self._running(self._name).set(Move(one.public_key, endpoint=one.endpoint) for one in peers)

    def counters(self) -> Counters | None:
        return None if self._name is None else self.machine.counters(self._name)

    async def traffic(self) -> None:
        if self._name is None:
            raise OSError(errno.ENXIO, "no interface of ours")
        seen = self._asked.tunnel
        await self.machine.outgoing(self._name, tunnel.own(seen), tunnel.probes(seen))

    async def changes(self) -> AsyncIterator[None]:
        async for _ in self.machine.changes():
            with contextlib.suppress(CommandFailed):  # the observation that follows says what is wrong
                await self._look()
            yield None

    def resolvers(self) -> tuple[Server, ...]:
        return self._sight.servers

    def in_use(self) -> frozenset[Address]:
        return self.machine.remotes()

    def programs(self) -> AsyncIterator[Programs]:
        return apps.changes()

    def join(self, pid: int) -> None:
        detail = "macOS cannot route one program alone"
        raise CommandFailed(Problem("command-failed", {"command": "wgtray run", "detail": detail}))

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        number = 6 if sock.family == socket.AF_INET6 else 4
        if way == "direct":
            row = uplink.defaults(self._sight.rows, self._sight.links, self._name).get(number)
            if row is None:
                raise OSError(errno.ENETUNREACH, "no way past the tunnel")
            device = row.netif
        else:
            device = "lo0" if way == "local" else self._name or ""
        level, option = (socket.IPPROTO_IPV6, _IPV6_BOUND_IF) if number == 6 else (socket.IPPROTO_IP, _IP_BOUND_IF)
        sock.setsockopt(level, option, self.machine.index(device))

    async def cleanup(self) -> list[str]:
        failed: list[CommandFailed] = []
        self._name = tunnel.found(self.machine, self._wanted_name)
        await self._tried(self._look(), failed)
        name, anchored = self._name, await self._tried(self._wall.is_there(), failed)
        entries = [entry for entry in self._present().values() if entry.way != "tunnel" or name is None]
        self._asked, removed = NOTHING, list[str]()
        if await self._tried(self._resolver.restore(), failed):
            removed.append("its answers to the system's resolver")
        for what, work in (
            (f"{len(entries)} routes" if entries else "", self._lay(NOTHING)),
            ("" if name is None else f"interface {name}", self._end()),
            (f"pf anchor {ANCHOR}" if anchored else "", self._wall.put(None, (), None, ())),
            ("", self._let_listen(there=False)),
        ):
            before = len(failed)
            await self._tried(work, failed)
            removed += [what] if what and len(failed) == before else []
        if failed:
            raise Unfinished(tuple(dict.fromkeys(error.problem for error in failed)), removed)
        return removed

    def caller(self, sock: socket.socket) -> Caller | None:
        return peer.caller(sock)

    async def _look(self) -> Answers:
        """Read what takes a process; raises CommandFailed."""
        async with self._looking:
            rows = await self._rows()
            links = ifconfig.parse(await self.machine.run(["ifconfig", "-a"]))
            self._sight = Sight(rows, links, self._sight.servers)
        answers = await self._resolver.observe(self._active(), self._asked.dns)
        self._sight = msgspec.structs.replace(self._sight, servers=answers.former)
        return answers

    def _present(self) -> dict[Prefix, Entry]:
        return routes.ours(self._sight.rows, self._name)

    def _entries(self, host: HostState, peers: Iterable[Peer]) -> dict[Prefix, Entry]:
        ways = uplink.defaults(self._sight.rows, self._sight.links, self._name)
        hops = {number: uplink.next_hop(row) for number, row in ways.items()}
        taken = routes.others(self._sight.rows, self._name)
        carried = self._name is not None
        return routes.entries(host.routes, host.learned, _ends(peers), carried=carried, defaults=hops, taken=taken)

    def _laid(self) -> tuple[frozenset[Route], frozenset[Address], frozenset[int]]:
        """What was asked for, where the table is as that makes it; a route into a tunnel needs one."""
        found = frozenset(one for one in self._asked.routes if one.to != "tunnel" or self._name is not None)
        return found, self._asked.learned, self._asked.steered

    async def _lay(self, host: HostState, peers: Iterable[Peer] | None = None) -> None:
        """Make our entries those of this host, and those around the tunnel of these peers; raises CommandFailed."""
        if peers is None:
            peers = () if host.tunnel is None else host.tunnel.peers
        try:
            await self._lay_once(host, peers)
        except CommandFailed as error:
            if error.status is None:
                raise
            await self._lay_once(host, peers)  # what was there when we looked went by itself, or the other way round

    async def _lay_once(self, host: HostState, peers: Iterable[Peer]) -> None:
        async with self._looking:
            self._sight = msgspec.structs.replace(self._sight, rows=await self._rows())
        for command in routes.commands(self._present(), self._entries(host, peers), self._name):
            await self.machine.run(command)

    async def _rows(self) -> tuple[Row, ...]:
        rows: list[Row] = []
        for number, command in netstat.COMMANDS.items():
            rows += netstat.parse(await self.machine.run(command), number)
        return tuple(rows)

    async def _up(self, wanted: Tunnel) -> None:
        try:
            self._name = await tunnel.up(self.machine, self._wanted_name, wanted)
        except (CommandFailed, OSError):
            await self._drop()
            raise
        kept = msgspec.structs.replace(applied(self._asked, DropTunnel()), tunnel=wanted)
        await self._lay(kept)
        await self._wall.follow(self._name, tunnel.own(wanted))

    async def _put_peers(self, step: PutPeers) -> None:
        """Ways past the tunnel are there before a new endpoint is used; a mere switch waits for no process."""
        if self._name is None or self._asked.tunnel is None:
            return
        after = applied(self._asked, step)
        control = self._running(self._name)
        present = {one.public_key: one for one in (await self._dump(self._name)).peers}
        before = _ends(present.values())
        if not _ends(step.peers) <= before:
            await self._lay(after, [*present.values(), *step.peers])
        if step.peers or step.stale:
            await control.set(moves(step.peers, step.stale, present))
        left = (await self._dump(self._name)).peers
        if _ends(left) != before or not (step.peers or step.stale):
            await self._lay(after, left)

    async def _end(self) -> None:
        self._close()
        name, self._name = tunnel.found(self.machine, self._wanted_name) or self._name, None
        await tunnel.down(self.machine, self._wanted_name, name)

    async def _drop(self) -> None:
        await self._end()
        kept = applied(self._asked, DropTunnel())
        await self._lay(kept)
        await self._wall.follow(None, ())

    async def _dump(self, name: str) -> Dump:
        try:
            return await self._running(name).get()
        except (OSError, ValueError) as error:
            detail = f"no answer on its control socket: {type(error).__name__}"
            raise CommandFailed(Problem("command-failed", {"command": "wireguard-go", "detail": detail})) from error

    def _running(self, name: str) -> ControlSocket:
        if self._control is None:
            self._control = ControlSocket(tunnel.control_socket(self.machine, name))
        return self._control

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None

    def _active(self) -> frozenset[str]:
        """Devices that have a network."""
        return frozenset(
            link.name
            for link in self._sight.links.values()
            if link.runs and any(not ifconfig.is_link_local(address) for address in link.addresses)
        )

    async def _let_listen(self, *, there: bool) -> None:
        """The forwarder's address: the one thing that is there for as long as the helper, or nobody could listen."""
        loopback = self._sight.links.get("lo0")
        present = loopback is not None and any(one.partition("/")[0] == FORWARDER for one in loopback.addresses)
        if present != there:
            await self.machine.run(ifconfig.render_loopback(FORWARDER, there=there))

    async def _tried(self, work: Awaitable[T], failed: list[CommandFailed]) -> T | None:
        try:
            with _told():
                return await work
        except CommandFailed as error:
            failed.append(error)
            return None


def _ends(peers: Iterable[Peer]) -> frozenset[Endpoint]:
    return frozenset(one.endpoint for one in peers if one.endpoint is not None)


def _same_ways(present: Mapping[Prefix, Entry], wanted: Mapping[Prefix, Entry]) -> bool:
    """Whether all but the ways around the tunnel are as wanted, which count for the tunnel."""
    return {key: one for key, one in present.items() if one.way != "around"} == {
        key: one for key, one in wanted.items() if one.way != "around"
    }


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with a file or a socket becomes a problem of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CommandFailed(Problem("disk-full", {"path": str(error.filename or "/")})) from error
        where = error.filename or "the network"
        detail = error.strerror or type(error).__name__
        raise CommandFailed(Problem("command-failed", {"command": str(where), "detail": detail})) from error
