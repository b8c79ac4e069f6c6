"""Is this computer in the office? A TLS handshake with the server of ``office_probe``, past the tunnel.

Its name is asked of the network's own servers, and what they say is believed only as far as the handshake proves it.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable

from wgtray.core import fields, office
from wgtray.core.events import OfficeSeen, OfficeSought
from wgtray.core.fields import Address, Endpoint
from wgtray.core.machine import State
from wgtray.core.office import Probe
from wgtray.helper import lookup
from wgtray.platforms.api import Backend

log = logging.getLogger("wgtray")

TIMEOUT_S = 3.0
"""The server is on the same site."""

FIRST_S = (0.0, 0.5, 2.0, 5.0)
"""After a change of network, and when connection is first wanted: addresses and names come later than a link."""

OUTSIDE_S = 60.0
INSIDE_S = 10.0
"""Between two questions, outside and inside. A change of network asks at once anyway."""

MISSES = 2
"""In a row, ``MISS_S`` apart, and the office is left."""
MISS_S = 2.0

PLACES = 4
"""Addresses of the server that are tried."""


class OfficeWatch:
    """Asks while the state that was last followed wants a connection and its profile names a server."""

    def __init__(self, backend: Backend, post: Callable[[OfficeSeen | OfficeSought], None]) -> None:
        self._backend = backend
        self._post = post
        self._probe: Probe | None = None
        self._places: frozenset[Endpoint] = frozenset()
        self._inside = False
        self._asked = 0
        self._misses = 0
        self._woken = asyncio.Event()

    def follow(self, state: State) -> None:
        """Whom to ask, if anybody; what the state knows counts, for a change of network makes it forget."""
        facts = state.facts
        wanted = facts.profile is not None and facts.connection_wanted and facts.online
        text = facts.profile.policy.office_probe if wanted and facts.profile is not None else ""
        probe = office.probe(text) if text else None
        self._inside, self._places = facts.office, facts.office_places
        if probe != self._probe:
            self._probe = probe
            self.ask_now()

    def ask_now(self) -> None:
        """The network is another one."""
        self._asked = self._misses = 0
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            probe, wait_s = self._probe, None
            if probe is not None:
                wait_s = await self._round(probe)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    async def _round(self, probe: Probe) -> float:
        """Ask once; seconds until the next time."""
        places = await self._sought(probe)
        if places != self._places:
            self._post(OfficeSought(places))
        found = await self._answers(probe, places)
        if probe != self._probe:
            return 0.0
        self._misses = 0 if found else self._misses + 1
        if found != self._inside and (found or self._misses >= MISSES):
            log.info("office: %s", "inside" if found else "left")
            self._post(OfficeSeen(found))
        self._asked += 1
        if self._inside and not found and self._misses < MISSES:
            return MISS_S
        if found:
            return INSIDE_S
        return FIRST_S[self._asked] if self._asked < len(FIRST_S) else OUTSIDE_S

    async def _sought(self, probe: Probe) -> frozenset[Endpoint]:
        """Where the server may be."""
        with contextlib.suppress(ValueError):
            return frozenset({_place(fields.address(probe.host), probe.port)})
        servers = [server.shown for server in self._backend.resolvers()]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                found = await lookup.addresses(self._backend, servers, probe.host) if servers else ()
        except (OSError, TimeoutError):
            return frozenset()
        return frozenset(_place(address, probe.port) for address in found[:PLACES])

    async def _answers(self, probe: Probe, places: frozenset[Endpoint]) -> bool:
        pins = await asyncio.gather(*(self._proven(*fields.split_endpoint(place), probe.host) for place in places))
        return probe.pin in pins

    async def _proven(self, address: str, port: int, host: str) -> str | None:
        """The pin of the key that whoever is there proves to have; None when nobody does."""
        try:
            return await self._pin(address, port, host)
        except OSError:  # a TimeoutError is one
            return None
        except Exception as error:  # noqa: BLE001 - whatever a stranger's certificate breaks, it is not the office's
            log.warning("office: what %s answers cannot be read: %s", address, type(error).__name__)
            return None

    async def _pin(self, address: str, port: int, host: str) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from cryptography.x509 import load_der_x509_certificate

        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            self._backend.steer_socket(sock, "direct")
            async with asyncio.timeout(TIMEOUT_S):
                await asyncio.get_running_loop().sock_connect(sock, (address, port))
                _, writer = await asyncio.open_connection(sock=sock, ssl=_context(), server_hostname=host)
            try:
                certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            finally:
                writer.transport.abort()
            key = load_der_x509_certificate(certificate).public_key()
            return office.pin(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _context() -> ssl.SSLContext:
    """The pin takes the place of authorities and names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the handshake proves the key, and the key is compared
    return context


def _place(address: Address, port: int) -> Endpoint:
    return Endpoint(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
