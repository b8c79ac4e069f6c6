"""A machine that lives in memory and writes down what is done to it."""

import asyncio
import socket
from collections.abc import AsyncIterator

from wgtray.core.apps import Computer, Programs
from wgtray.core.fields import Address, Prefix
from wgtray.core.host import NOTHING, HostState
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
    plan,
)
from wgtray.core.problems import Problem
from wgtray.platforms.api import Caller, Capabilities, CommandFailed, Counters, Measurement, Uplink, Way


class FakeBackend:
    """``host`` is the machine, ``done`` what was done to it; ``broken`` names the kinds of step that fail."""

    capabilities = Capabilities()
    computer = Computer("linux", routes_apps=True)

    def __init__(self, host: HostState = NOTHING, caller: Caller | None = None) -> None:
        self.host = host
        self.done: list[str] = []
        self.broken: dict[type[Step], Problem] = {}
        self.forgetful = False
        self._caller = caller
        self._changes: asyncio.Queue[None] = asyncio.Queue()
        self.seen: asyncio.Queue[Programs] = asyncio.Queue()
        self.joined: list[int] = []
        self._touched = asyncio.Event()
        self.count = Counters(0, 0, 0, 0)
        self._sent = asyncio.Event()
        self.way_out = Uplink(frozenset({4, 6}))
        self.subnets: frozenset[Prefix] = frozenset()
        self.servers: tuple[Server, ...] = ()
        self.used: frozenset[Address] = frozenset()

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
            if isinstance(step, DropTunnel):
                self.count = Counters(0, 0, 0, 0)
                self._sent.set()

    async def became(self, host: HostState) -> None:
        """Wait until the machine looks so."""
        while self.host != host:
            self._touched.clear()
            await self._touched.wait()

    async def measure(self) -> Measurement | None:
        return None if self.host.tunnel is None else Measurement(1, 2, {})

    def uplink(self) -> Uplink:
        return self.way_out

    def on_link(self) -> frozenset[Prefix]:
        return self.subnets

    async def refresh_sources(self) -> None:
        self.done.append("sources")

    def counters(self) -> Counters | None:
        return None if self.host.tunnel is None else self.count

    async def traffic(self) -> None:
        if self.host.tunnel is None:
            raise OSError("no interface")
        before = self.count.tx_packets
        while self.count.tx_packets == before:
            self._sent.clear()
            await self._sent.wait()
            if self.host.tunnel is None:
                raise OSError("the interface went away")

    def pass_packets(self, sent: int = 0, received: int = 0) -> None:
        """Applications send and receive this many packets of 100 bytes each."""
        now = self.count
        self.count = Counters(
            rx_packets=now.rx_packets + received,
            tx_packets=now.tx_packets + sent,
            rx_bytes=now.rx_bytes + 100 * received,
            tx_bytes=now.tx_bytes + 100 * sent,
        )
        if sent:
            self._sent.set()

    async def changes(self) -> AsyncIterator[None]:
        while True:
            await self._changes.get()
            yield

    def disturb(self, host: HostState) -> None:
        """A foreign tool changes the machine, and the watch notices."""
        self.host = host
        self._sent.set()
        self._changes.put_nowait(None)

    async def programs(self) -> AsyncIterator[Programs]:
        while True:
            yield await self.seen.get()

    def join(self, pid: int) -> None:
        self.joined.append(pid)

    def resolvers(self) -> tuple[Server, ...]:
        return self.servers

    def in_use(self) -> frozenset[Address]:
        return self.used

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
        case PutFirewall(firewall):
            return "firewall gone" if firewall is None else f"firewall {len(firewall.closed)}"
        case PutDns(dns):
            return "names as before" if dns is None else f"names {len(dns.domains)}"
        case PutApps(rules):
            return f"apps {len(rules)}"
        case PutLearned(gained, lost):
            return f"learned +{len(gained)} -{len(lost)}"
