"""Has the company published a newer profile? Asked at ``[update] url`` soon after connecting, and daily.

The way there is any program's: the system's names and routes, through the tunnel where the address lies behind it.
Certificates are checked against the system's store. Whatever comes is only text until ``helper/importing.py`` has
found it signed and newer; nothing that is sent says who asks.
"""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from wgtray.core import published
from wgtray.core.events import UpdateSeen
from wgtray.core.machine import Connected, State
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.problems import Problem, WgtrayError
from wgtray.core.published import BadAnswer, Place
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

log = logging.getLogger("wgtray")

SETTLE_S: Final = 1.0
"""After connecting, so that what the user waits for comes first."""

EVERY_S: Final = 86_400.0
SPREAD: Final = 0.1
"""Of that time, so that a thousand laptops that came in at nine do not ask at the same second tomorrow."""

AGAIN_S: Final = 3600.0
"""After nobody answered."""

TIMEOUT_S: Final = 30.0
"""For names, handshake, redirects and content together."""

OK: Final = 200

BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/cert.pem",  # macOS
)

ROOT: Final = Caller(0, frozenset())


class UpdateWatch:
    """Looks while the state that was last followed is connected by a profile that names an address."""

    def __init__(
        self,
        ask: Callable[[messages.Request, Caller], Awaitable[messages.Done]],
        post: Callable[[UpdateSeen], None],
    ) -> None:
        self._ask = ask
        self._post = post
        self._url = ""
        self._wait_s = SETTLE_S
        self._woken = asyncio.Event()

    def follow(self, state: State) -> None:
        """Where to look, if anywhere."""
        profile = state.facts.profile
        url = profile.update.url if profile is not None and isinstance(state, Connected) else ""
        if url != self._url:
            self._url = url
            self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            url = self._url
            if await self._woken_within(self._wait_s if url else None):
                self._wait_s = SETTLE_S
            else:
                self._wait_s = await self._looked(url)

    async def _woken_within(self, wait_s: float | None) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
                return True
        return False

    async def _looked(self, url: str) -> float:
        """Look once; seconds until the next time."""
        host = published.published(url).shown
        try:
            async with asyncio.timeout(TIMEOUT_S):
                text = await fetched(url)
                await self._ask(messages.UpdateProfile(text), ROOT)
        except WgtrayError as error:
            log.warning("update: what %s has was refused: %s %s", host, error.code, error.args_by_name)
            self._post(UpdateSeen(Problem("update-refused", {"host": host, "reason": error.code})))
        except (OSError, EOFError, BadAnswer, ValueError, asyncio.LimitOverrunError) as error:
            log.warning("update: %s gives no profile: %s", host, error or type(error).__name__)
            self._post(UpdateSeen(Problem("update-unreachable", {"host": host})))
            return AGAIN_S
        return EVERY_S * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - spreads load, keeps no secret


async def fetched(url: str) -> str:
    """The text there; raises OSError, EOFError, BadAnswer, ValueError (a redirect to what is not https, no UTF-8)."""
    place = published.published(url)
    for _ in range(published.REDIRECTS + 1):
        found = await _asked(place)
        if isinstance(found, str):
            return found
        place = found
    raise BadAnswer("redirects without end")


async def _asked(place: Place) -> str | Place:
    """The content, or where else to look."""
    context = _context()
    reader, writer = await asyncio.open_connection(
        place.host, place.port, ssl=context, limit=published.HEAD_LIMIT, server_hostname=place.host
    )
    try:
        writer.write(published.request(place))
        await writer.drain()
        head = published.head(await reader.readuntil(b"\r\n\r\n"))
        if head.status in published.MOVED and head.location is not None:
            return published.moved(place, head.location)
        if head.status != OK:
            raise BadAnswer(f"status {head.status}")
        content = await (_chunks(reader) if head.chunked else _content(reader, head.length))
        return content.decode()
    finally:
        writer.transport.abort()


def _context() -> ssl.SSLContext:
    """With the system's authorities, also where the build's own idea of their place is another system's."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    places = ssl.get_default_verify_paths()
    if places.cafile is None and places.capath is None:
        for bundle in BUNDLES:
            with contextlib.suppress(OSError):
                context.load_verify_locations(bundle)
    return context


async def _content(reader: asyncio.StreamReader, length: int | None) -> bytes:
    if length is not None:
        if length > SIZE_LIMIT:
            raise BadAnswer("too large for a profile")
        return await reader.readexactly(length)
    content = b""
    while part := await reader.read(SIZE_LIMIT + 1 - len(content)):
        content += part
        if len(content) > SIZE_LIMIT:
            raise BadAnswer("too large for a profile")
    return content


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    content = b""
    while size := published.chunk_size(await reader.readuntil(b"\r\n")):
        if len(content) + size > SIZE_LIMIT:
            raise BadAnswer("too large for a profile")
        content += await reader.readexactly(size)
        if await reader.readexactly(2) != b"\r\n":
            raise BadAnswer("a chunk without its end")
    return content
