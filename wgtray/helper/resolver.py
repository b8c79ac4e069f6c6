"""Which addresses do the nodes' names have? Asked of the system's resolver, again while one fails."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable

from wgtray.core import fields
from wgtray.core.events import Resolved
from wgtray.core.fields import Endpoint, Name
from wgtray.core.profile import Profile

LOOKUP_TIMEOUT_S = 5.0
"""resolv.conf(5): the default wait for one server."""

RETRY_S = 5.0
REFRESH_S = 300.0
"""The usual life of a record that is meant to move."""


class Resolver:
    """Resolves the host names among the endpoints of the profile last given to ``follow``."""

    def __init__(self, post: Callable[[Resolved], None]) -> None:
        self._post = post
        self._names: dict[Name, Endpoint] = {}
        self._woken = asyncio.Event()

    def follow(self, profile: Profile | None) -> None:
        """Another profile, or the same: only changed names are asked at once."""
        nodes = () if profile is None else profile.nodes
        names = {node.name: node.endpoint for node in nodes if not fields.is_literal(node.endpoint)}
        if names != self._names:
            self._names = names
            self._woken.set()

    def resolve_now(self) -> None:
        """The network changed: ask again without waiting."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            wait_s: float | None = None
            if self._names:
                asked = dict(self._names)
                answers = await asyncio.gather(*(_resolved(endpoint) for endpoint in asked.values()))
                found = {name: answer for name, answer in zip(asked, answers, strict=True) if answer is not None}
                missing = frozenset(asked) - frozenset(found)
                if asked == self._names:
                    self._post(Resolved(found, missing))
                wait_s = RETRY_S if missing else REFRESH_S
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                continue


async def _resolved(endpoint: Endpoint) -> Endpoint | None:
    host, port = fields.split_endpoint(endpoint)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOKUP_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError):
        return None
    for _, _, _, _, address in found:
        ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        try:
            return fields.endpoint(f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}")
        except ValueError:
            continue  # a loopback or link-local answer is no place where a node can be
    return None
