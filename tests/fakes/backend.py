"""A machine that lives in memory and writes down what is done to it."""

import asyncio
import socket
from collections.abc import AsyncIterator

from wgtray.core.host import NOTHING, HostState
from wgtray.core.plan import DropTunnel, PutPeers, PutRoutes, PutSteering, PutTunnel, Step, applied, plan
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Measurement, Way


class FakeBackend:
    """``host`` is the machine, ``done`` what was done to it; ``broken`` names the kinds of step that fail."""

    capabilities = Capabilities()

    def __init__(self, host: HostState = NOTHING, caller: Caller | None = None) -> None:
        self.host = host
        self.done: list[str] = []
        self.broken: dict[type[Step], Problem] = {}
        self.forgetful = False
        self._caller = caller
        self._changes: asyncio.Queue[None] = asyncio.Queue()
        self._touched = asyncio.Event()

    @property
    def interface(self) -> str | None:
        return None if self.host.tunnel is None else "wgtray0"

    async def observe(self) -> HostState:
        return self.host

    async def apply(self, step: Step) -> None:
        self.done.append(shown(step))
        if type(step) in self.broken:
            raise CommandFailed(self.broken[type(step)])
        if not self.forgetful:
            self.host = applied(self.host, step)
            self._touched.set()

    async def became(self, host: HostState) -> None:
        """Wait until the machine looks so."""
        while self.host != host:
            self._touched.clear()
            await self._touched.wait()

    async def measure(self) -> Measurement | None:
        return None if self.host.tunnel is None else Measurement(1, 2, {})

    async def changes(self) -> AsyncIterator[None]:
        while True:
            await self._changes.get()
            yield

    def disturb(self, host: HostState) -> None:
        """A foreign tool changes the machine, and the watch notices."""
        self.host = host
        self._changes.put_nowait(None)

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        raise OSError("a fake has no network")

    async def cleanup(self) -> list[str]:
        removed = [shown(step) for step in plan(self.host, NOTHING)]
        self.host = NOTHING
        return removed

    def caller(self, sock: socket.socket) -> Caller | None:
        return self._caller


def shown(step: Step) -> str:
    """One line a step."""
    match step:
        case PutRoutes(routes):
            return f"routes {len(routes)}"
        case PutSteering(families):
            return f"steer {sorted(families)}"
        case PutTunnel():
            return "tunnel up"
        case PutPeers(peers):
            return f"peers {len(peers)}"
        case DropTunnel():
            return "tunnel down"
