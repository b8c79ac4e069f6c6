"""How is a Linux machine, or one network namespace of it, brought to a ``HostState``?

``tunnel.py`` and ``control.py`` know WireGuard, ``routes.py`` routes and rules; here they are one ``Backend``.
``dns.py``, ``firewall.py`` and ``apps.py`` join with their own parts of the state.
"""

import errno
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import assert_never

from wgtray.core.host import NOTHING, HostState, Peer, Route, Tunnel
from wgtray.core.plan import DropTunnel, PutPeers, PutRoutes, PutSteering, PutTunnel, Step, plan
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Way
from wgtray.platforms.linux import packets, peer, routes, tunnel, uplink, watch
from wgtray.platforms.linux.control import Control


class LinuxBackend:
    """One network namespace; ``state_dir`` holds the conf whose file name is the name of our interface."""

    capabilities = Capabilities()

    def __init__(self, state_dir: Path, interface: str) -> None:
        self._state_dir = state_dir
        self._wanted_name = interface
        self._control: Control | None = None
        self._name = self._found()

    @property
    def interface(self) -> str | None:
        return self._name

    async def observe(self) -> HostState:
        self._name = self._found()
        shown = None if self._name is None else await self._dump(self._name)
        listings = await routes.show(self._name)
        found: frozenset[Route] = frozenset().union(*(listing.routes for listing in listings))
        steered = frozenset(listing.family for listing in listings if len(listing.rules) == 2)
        if shown is None:
            return HostState(None, found, steered)
        addresses, mtu = tunnel.parse_addresses(*(listing.addresses for listing in listings))
        return HostState(Tunnel(addresses, mtu, shown.private_key, shown.peers, shown.marked), found, steered)

    async def apply(self, step: Step) -> None:
        match step:
            case PutTunnel(wanted):
                await self._up(wanted)
            case PutPeers():
                if self._name is not None:
                    await self._running(self._name).put(step)
            case DropTunnel():
                await self._drop()
            case PutRoutes(wanted_routes):
                await routes.put_routes(wanted_routes, self._name)
            case PutSteering(families):
                await routes.put_steering(families)
            case _:
                assert_never(step)

    async def measure(self) -> Measurement | None:
        if self._name is None or not tunnel.has_link(self._name):
            return None
        return tunnel.measurement(await self._dump(self._name))

    def online(self) -> bool:
        return uplink.has_default_route()

    def counters(self) -> Counters | None:
        return None if self._name is None else packets.counters(self._name)

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
        removed: list[str] = []
        observed = await self.observe()
        removed += [f"interface {self._name}"] if self._name is not None else []
        removed += [f"{len(observed.routes)} routes in table {routes.TABLE}"] if observed.routes else []
        for listing in await routes.show(self._name):
            removed += [f"{len(listing.rules)} IPv{listing.family} rules"] if listing.rules else []
        for step in plan(observed, NOTHING):
            await self.apply(step)
        await routes.put_steering(frozenset())
        await self._drop()
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
        if self._control is None or self._control.name != name:
            self._control = Control(name, peers)
        return self._control

    async def _up(self, wanted: Tunnel) -> None:
        await self._drop()
        self._name = tunnel.free_name(self._wanted_name)
        conf = self._state_dir / f"{self._name}.conf"
        try:
            await tunnel.up(conf, wanted)
            self._running(self._name, wanted.peers)
        except CommandFailed:
            await self._drop()
            raise
        except OSError as error:
            await self._drop()
            raise CommandFailed(_file_problem(error, conf)) from error

    async def _drop(self) -> None:
        for conf in self._confs():
            await tunnel.down(conf)
        self._name = None
        self._control = None

    def _found(self) -> str | None:
        return next((conf.stem for conf in self._confs() if tunnel.has_link(conf.stem)), None)

    def _confs(self) -> list[Path]:
        return sorted(self._state_dir.glob("*.conf"))


def _file_problem(error: OSError, path: Path) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("disk-full", {"path": str(path)})
    return Problem("command-failed", {"command": f"writing {path}", "detail": error.strerror or str(error)})
