"""Is a captive portal in the way? Asked of the nodes' own addresses while none of them answers, past the tunnel."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from wgtray.core import fields, portal
from wgtray.core.events import PortalSeen
from wgtray.core.facts import endpoint_of
from wgtray.core.fields import Address, Endpoint
from wgtray.core.machine import Blocked, State
from wgtray.platforms.api import Backend

TIMEOUT_S = 3.0
"""A portal is on the local network; its answer takes milliseconds."""

PAUSE_S = 5.0
"""Between two questions while nobody answers; a login takes people longer."""

NODES_ASKED = 3
"""Of the first nodes: a portal answers for every address."""

Target = tuple[Address, frozenset[str]]
"""An address, and the names that are its own."""


class PortalWatch:
    """Asks while the state that was last followed is blocked by silence."""

    def __init__(self, backend: Backend, post: Callable[[PortalSeen], None]) -> None:
        self._backend = backend
        self._post = post
        self._targets: tuple[Target, ...] = ()
        self._woken = asyncio.Event()

    def follow(self, state: State) -> None:
        """Whom to ask now, if anybody."""
        targets = targets_of(state)
        if targets != self._targets:
            self._targets = targets
            self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            if self._targets:
                await self._ask(self._targets)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_S if self._targets else None):
                    await self._woken.wait()

    async def _ask(self, targets: tuple[Target, ...]) -> None:
        pages = await asyncio.gather(*(self._page(*target) for target in targets))
        found = next((page for page in pages if page is not None), None)
        if found is not None and targets == self._targets:
            self._post(PortalSeen(found))

    async def _page(self, address: Address, names: frozenset[str]) -> str | None:
        with contextlib.suppress(OSError):  # a TimeoutError is one
            async with asyncio.timeout(TIMEOUT_S):
                return portal.page(await self._answer(address), names)
        return None

    async def _answer(self, address: Address) -> bytes:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if fields.family(address) == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            self._backend.steer_socket(sock, "direct")
            await loop.sock_connect(sock, (address, portal.PORT))
            await loop.sock_sendall(sock, portal.question(address))
            answer = b""
            while len(answer) < portal.ANSWER_LIMIT and b"\r\n\r\n" not in answer:
                data = await loop.sock_recv(sock, portal.ANSWER_LIMIT)
                if not data:
                    break
                answer += data
            return answer


def targets_of(state: State) -> tuple[Target, ...]:
    """The nodes to ask: the first ones while all are silent and this computer has a network."""
    facts = state.facts
    if facts.profile is None or not facts.online or not isinstance(state, Blocked):
        return ()
    if state.problem.code not in ("no-node-answers", "captive-portal"):
        return ()
    places = [(node.endpoint, endpoint_of(facts, node)) for node in facts.profile.nodes]
    known = [(_host(written), _host(place)) for written, place in places if place is not None]
    return tuple((Address(host), frozenset({host, written})) for written, host in known[:NODES_ASKED])


def _host(endpoint: Endpoint) -> str:
    return fields.split_endpoint(endpoint)[0]
