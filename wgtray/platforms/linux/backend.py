"""How is a Linux machine, or one network namespace of it, brought to a ``HostState``?

``tunnel.py`` knows WireGuard, ``routes.py`` routes and rules; here they are one ``Backend``. ``dns.py``,
``firewall.py`` and ``apps.py`` join with their own parts of the state.
"""

import errno
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import assert_never

from wgtray.core.fields import Key
from wgtray.core.host import NOTHING, HostState, Tunnel
from wgtray.core.plan import DropTunnel, PutPeers, PutRoutes, PutSteering, PutTunnel, Step, plan
from wgtray.core.problems import Problem
from wgtray.core.secret import Secret
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Measurement, Way
from wgtray.platforms.linux import peer, routes, tunnel, watch


class LinuxBackend:
    """One network namespace; ``state_dir`` holds the conf whose file name is the name of our interface."""

    capabilities = Capabilities()

    def __init__(self, state_dir: Path, interface: str) -> None:
        self._state_dir = state_dir
        self._wanted_name = interface
        self._preshared: dict[Key, Secret | None] = {}
        self._name = self._found()

    @property
    def interface(self) -> str | None:
        return self._name

    async def observe(self) -> HostState:
        self._name = self._found()
        shown = None
        if self._name is not None:
            shown = await self._read(self._name)
        found = await routes.read_routes(self._name)
        steered: set[int] = set()
        for family in routes.FAMILIES:
            if len(await routes.read_rules(family)) == 2:
                steered.add(family)
        return HostState(tunnel=shown, routes=found, steered=frozenset(steered))

    async def apply(self, step: Step) -> None:
        match step:
            case PutTunnel(wanted):
                await self._up(wanted)
            case PutPeers(peers, stale):
                if self._name is not None:
                    await tunnel.put_peers(self._name, peers, stale, self._preshared)
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
        dump, _ = await self._shown(self._name)
        return tunnel.measurement(dump)

    def changes(self) -> AsyncIterator[None]:
        return watch.changes()

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        if way == "direct":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, routes.MARK)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, (self._name or "").encode())

    async def cleanup(self) -> list[str]:
        removed: list[str] = []
        observed = await self.observe()
        removed += [f"interface {self._name}"] if self._name is not None else []
        removed += [f"{len(observed.routes)} routes in table {routes.TABLE}"] if observed.routes else []
        for family in routes.FAMILIES:
            present = await routes.read_rules(family)
            removed += [f"{len(present)} IPv{family} rules"] if present else []
        for step in plan(observed, NOTHING):
            await self.apply(step)
        await routes.put_steering(frozenset())
        await self._drop()
        return removed

    def caller(self, sock: socket.socket) -> Caller | None:
        return peer.caller(sock)

    async def _read(self, name: str) -> Tunnel:
        dump, shown = await self._shown(name)
        self._preshared = {one.public_key: one.preshared_key for one in dump.peers}
        return shown

    async def _shown(self, name: str) -> tuple[tunnel.Dump, Tunnel]:
        try:
            return await tunnel.read(name)
        except ValueError as error:
            detail = "its output is not what this version knows"
            raise CommandFailed(Problem("command-failed", {"command": "wg show", "detail": detail})) from error

    async def _up(self, wanted: Tunnel) -> None:
        await self._drop()
        self._name = tunnel.free_name(self._wanted_name)
        conf = self._state_dir / f"{self._name}.conf"
        try:
            await tunnel.up(conf, wanted)
            self._preshared = {one.public_key: one.preshared_key for one in wanted.peers}
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

    def _found(self) -> str | None:
        return next((conf.stem for conf in self._confs() if tunnel.has_link(conf.stem)), None)

    def _confs(self) -> list[Path]:
        return sorted(self._state_dir.glob("*.conf"))


def _file_problem(error: OSError, path: Path) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("disk-full", {"path": str(path)})
    return Problem("command-failed", {"command": f"writing {path}", "detail": error.strerror or str(error)})
