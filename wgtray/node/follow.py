"""Who tells the company's routers where a client is? This loop: it hears clients and claims them for this node.

A claim is a host route in a table of its own; BIRD reads it there and announces it (``fleet/returning.py`` renders its
configuration). One turn takes in all that has come, so that a whole node's clients are claimed in one go.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable

import msgspec

from wgtray.core import following
from wgtray.core.fields import Address
from wgtray.core.following import OWN_TABLE, PROTOCOL, Client
from wgtray.node.ear import Ear
from wgtray.node.others import Claim, Missed, Others, present
from wgtray.platforms.linux.rtnetlink import BATCH, HostRoute, RouteSocket

log = logging.getLogger("wgtray-node")

SWEEP_S = 3600.0
"""Between two looks for clients that are to be forgotten."""


class Follower:
    """What this node knows and claims; ``put`` and ``delete`` change the routes."""

    def __init__(
        self,
        device: int,
        put: Callable[[list[HostRoute]], None],
        delete: Callable[[list[HostRoute]], None],
    ) -> None:
        self._device = device
        self._put = put
        self._delete = delete
        self.clients: dict[Address, Client] = {}

    def begin(self, found: list[Claim], now: float) -> None:
        """Go on from what is there; what an earlier run claimed stays claimed."""
        for claim in found:
            client = self.clients.get(claim.address, Client())
            if claim.table == OWN_TABLE:
                own = max(client.own or 0, claim.serial)
                client = msgspec.structs.replace(client, own=own, heard_at=now, claimed_at=now)
            else:
                client = msgspec.structs.replace(client, other=claim.serial)
            self.clients[claim.address] = client

    def turn(self, news: list[Claim], heard: list[Address], now: float) -> None:
        """First what others claim, then who was heard; raises OSError when a route cannot be laid."""
        for claim in news:
            self._learn(claim, now)
        put: list[HostRoute] = []
        delete: list[HostRoute] = []
        for address in dict.fromkeys(heard):
            before = self.clients.get(address, Client())
            after = following.heard(before, now)
            if after.own != before.own and after.own is not None:
                put.append(self._route(address, after.own))
                if before.own is not None:
                    delete.append(self._route(address, before.own))
            self.clients[address] = after
        # The old one first: BIRD takes the lower metric of two, and our old number is below another node's anyway.
        _in_batches(self._delete, delete)
        _in_batches(self._put, put)
        if put:
            log.info("claimed %s", ", ".join(f"{route.address} ({route.metric})" for route in put[:5]))

    def sweep(self, now: float) -> None:
        """Forget who has not been heard for long; raises OSError."""
        gone = {address: client for address, client in self.clients.items() if following.is_forgotten(client, now)}
        _in_batches(self._delete, [self._route(a, client.own) for a, client in gone.items() if client.own is not None])
        for address, client in gone.items():
            if client.other is None:
                del self.clients[address]
            else:
                self.clients[address] = Client(other=client.other)

    def _learn(self, claim: Claim, now: float) -> None:
        client = self.clients.get(claim.address, Client())
        if not claim.gone:
            self.clients[claim.address] = following.overruled(client, claim.serial, now)
        elif client.other == claim.serial:  # else it was replaced before it was taken away
            self.clients[claim.address] = following.released(client)

    def _route(self, address: Address, serial: int) -> HostRoute:
        return HostRoute(address, OWN_TABLE, PROTOCOL, serial, self._device)


async def follow(interface: str, stop: asyncio.Event) -> None:
    """Until ``stop``; raises OSError. Claims stay: whoever goes on sending through us has its way back meanwhile."""
    routes, loop, woken = RouteSocket(), asyncio.get_running_loop(), asyncio.Event()
    with contextlib.closing(Ear()) as ear, contextlib.closing(Others()) as others, contextlib.closing(routes):
        follower = Follower(socket.if_nametoindex(interface), routes.put, routes.delete)
        follower.begin(list(present()), time.monotonic())
        for each in (ear.socket, others.socket):
            loop.add_reader(each.fileno(), woken.set)
        ending = loop.create_task(stop.wait())
        ending.add_done_callback(lambda _: woken.set())
        swept_at = time.monotonic()
        try:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP_S):
                        await woken.wait()
                woken.clear()
                now = time.monotonic()
                try:
                    news = list(others.news())
                except Missed:
                    log.warning("missed news of other nodes; reading what there is")
                    news = _all_news(follower)
                follower.turn(news, list(ear.heard()), now)
                if now >= swept_at + SWEEP_S:
                    swept_at = now
                    follower.sweep(now)
        finally:
            ending.cancel()
            for each in (ear.socket, others.socket):
                loop.remove_reader(each.fileno())


def _all_news(follower: Follower) -> list[Claim]:
    there = [claim for claim in present() if claim.table != OWN_TABLE]
    named = {claim.address for claim in there}
    return [
        *there,
        *(
            Claim(address, client.other, following.OTHERS_TABLE, 0, gone=True)
            for address, client in follower.clients.items()
            if client.other is not None and address not in named
        ),
    ]


def _in_batches(change: Callable[[list[HostRoute]], None], routes: list[HostRoute]) -> None:
    for at in range(0, len(routes), BATCH):
        change(routes[at : at + BATCH])
