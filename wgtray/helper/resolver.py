"""Which addresses do the nodes' names have? Asked at once where one is needed, and again while one fails.

An administrator's ``/etc/hosts`` is believed first. Then the network's own name servers are asked, outside the tunnel
(``helper/lookup.py``); where none is known, the system's resolver. Search lists are not applied: a node's name is
whole.
"""

import asyncio
import socket
from collections.abc import Callable, Collection
from pathlib import Path

from wgtray.core import fields
from wgtray.core.events import Resolved
from wgtray.core.fields import Address, Endpoint, Name
from wgtray.core.profile import Profile
from wgtray.helper import lookup
from wgtray.helper.upstreams import HOSTS, hosts
from wgtray.platforms.api import Backend

LOOKUP_TIMEOUT_S = 5.0
"""resolv.conf(5): the default wait for one server."""

RETRY_S = 5.0
RETRY_LIMIT_S = 60.0
"""Waits while a name has no address or its node does not answer: the first, doubled up to the last."""

REFRESH_S = 300.0
"""The usual life of a record that is meant to move."""


class Resolver:
    """Resolves the host names among the endpoints of the profile last given to ``follow``."""

    def __init__(
        self,
        backend: Backend,
        post: Callable[[Resolved], None],
        hosts_file: Path = HOSTS,
    ) -> None:
        self._backend = backend
        self._post = post
        self._hosts_file = hosts_file
        self._profile: Profile | None = None
        self._names: dict[Name, Endpoint] = {}
        self._troubled: frozenset[Name] = frozenset()
        self._failures = 0
        self._woken = asyncio.Event()

    def follow(self, profile: Profile | None, silent: Collection[Name]) -> None:
        """Another profile, or the same; where nodes have just fallen ``silent``, names are asked again at once."""
        nodes = () if profile is None else profile.nodes
        names = {node.name: node.endpoint for node in nodes if not fields.is_literal(node.endpoint)}
        troubled = frozenset(names).intersection(silent)
        if profile is not self._profile or troubled - self._troubled:
            self.resolve_now()
        self._profile, self._names, self._troubled = profile, names, troubled

    def resolve_now(self) -> None:
        """The network changed: ask again without waiting."""
        self._failures = 0
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            wait_s: float | None = None
            if self._names:
                asked = dict(self._names)
                answers = await asyncio.gather(*(self._resolved(endpoint) for endpoint in asked.values()))
                found = {name: answer for name, answer in zip(asked, answers, strict=True) if answer}
                missing = frozenset(asked) - frozenset(found)
                if asked == self._names:
                    self._post(Resolved(found, missing))
                wait_s = self._pause_s(missing)
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _pause_s(self, missing: Collection[Name]) -> float:
        if not missing and not self._troubled:
            self._failures = 0
            return REFRESH_S
        self._failures += 1
        return min(RETRY_S * 2.0 ** (self._failures - 1), RETRY_LIMIT_S)

    async def _resolved(self, endpoint: Endpoint) -> tuple[Endpoint, ...]:
        """All addresses that a node can have; empty when there is none at the moment."""
        host, port = fields.split_endpoint(endpoint)
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT_S):
                found = await self._addresses(host)
        except (OSError, TimeoutError):
            return ()
        usable: list[Endpoint] = []
        for address in found:
            try:
                usable.append(fields.endpoint(f"[{address}]:{port}" if ":" in address else f"{address}:{port}"))
            except ValueError:
                continue  # a loopback or link-local answer is no place where a node can be
        return tuple(usable)

    async def _addresses(self, host: str) -> tuple[Address, ...]:
        written = hosts(self._hosts_file).get(host)
        if written:
            return written
        servers = [server.shown for server in self._backend.resolvers()]
        return await lookup.addresses(self._backend, servers, host) if servers else await _system_addresses(host)


async def _system_addresses(host: str) -> tuple[Address, ...]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return tuple(Address(str(address[0]).partition("%")[0]) for *_, address in found)
