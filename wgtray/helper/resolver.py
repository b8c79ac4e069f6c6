"""Which addresses do the nodes' names have? Asked again while one fails.

The system's resolver is asked, with all that it knows; or, where another resolver file is named, the servers in that.
"""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

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

    def __init__(self, post: Callable[[Resolved], None], resolv_conf: Path | None = None) -> None:
        self._post = post
        self._resolv_conf = resolv_conf
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
                answers = await asyncio.gather(*(self._resolved(endpoint) for endpoint in asked.values()))
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

    async def _resolved(self, endpoint: Endpoint) -> Endpoint | None:
        """The first address that a node can have; None when there is none at the moment."""
        host, port = fields.split_endpoint(endpoint)
        ask = _system_addresses(host) if self._resolv_conf is None else _addresses(host, self._resolv_conf)
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT_S):
                found = await ask
        except (OSError, TimeoutError):
            return None
        for address in found:
            try:
                return fields.endpoint(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
            except ValueError:
                continue  # a loopback or link-local answer is no place where a node can be
        return None


async def _system_addresses(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return [str(address[0]).partition("%")[0] for *_, address in found]


async def _addresses(host: str, resolv_conf: Path) -> list[str]:
    """IPv4 before IPv6; raises OSError when the file cannot be used."""
    import dns.asyncresolver  # 50 ms, and few helpers are told of another file
    import dns.exception

    found: list[str] = []
    try:
        resolver = dns.asyncresolver.Resolver(filename=str(resolv_conf))
        for kind in ("A", "AAAA"):
            answer = await resolver.resolve(host, kind, raise_on_no_answer=False, search=False)
            found += [record.to_text() for record in answer]
    except dns.exception.DNSException as error:
        if not found:
            raise OSError(f"no address in {resolv_conf}'s view: {type(error).__name__}") from error
    return found
