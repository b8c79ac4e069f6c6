"""What comes into the engine's queue besides events?"""

import asyncio

import msgspec

from wgtray.ipc import messages
from wgtray.platforms.api import Administrative, Caller

Granted = Administrative | None
"""What an administrator allowed for one request."""


class NetworkChanged(msgspec.Struct, frozen=True):
    """Something of the machine's network may be different."""


class Looked(msgspec.Struct, frozen=True):
    """Somebody wants to see the present, not the last turn; the future is set when it is shown."""

    shown: "asyncio.Future[None]"


class Asked(msgspec.Struct, frozen=True):
    """A request with the future that its caller waits on."""

    request: messages.Request
    caller: Caller
    answer: "asyncio.Future[messages.Done]"
    granted: Granted = None
