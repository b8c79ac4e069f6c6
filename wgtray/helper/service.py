"""What does the service manager hand us, and what do we tell it? systemd's two protocols, each a few lines.

sd_listen_fds(3): it may have opened our socket for us. sd_notify(3): READY when the machine is for the first time as
the policy wants it, so that networks that are started after us meet it closed; WATCHDOG as long as the engine answers,
because a loop that merely turns helps nobody.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Awaitable, Callable

FIRST = 3
"""SD_LISTEN_FDS_START: the first descriptor handed over."""

PINGS = 3
"""In one watchdog interval; at least two are asked for (sd_watchdog_enabled(3))."""

_COMES_BACK = frozenset({"exit-code", "signal", "core-dump", "watchdog", "oom-kill"})
"""Results (systemd.exec(5), SERVICE_RESULT) after which ``Restart=on-failure`` starts the next helper at once."""


def handed_over() -> socket.socket | None:
    """The listening socket that the manager opened for us, or None; raises OSError when it is another kind of thing."""
    named = {name: os.environ.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")}
    if named["LISTEN_PID"] != str(os.getpid()):
        return None
    if named["LISTEN_FDS"] != "1":
        raise OSError(errno.EINVAL, "must be exactly one", "Sockets from the service manager")
    os.set_inheritable(FIRST, False)
    given = socket.socket(fileno=FIRST)
    try:
        listens = given.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        listens = 0
    if (given.family, given.type) != (socket.AF_UNIX, socket.SOCK_STREAM) or not listens:
        given.close()
        raise OSError(errno.EINVAL, "is no listening Unix stream", "The socket from the service manager")
    given.setblocking(False)
    return given


async def report(answer: Callable[[], Awaitable[object]]) -> None:
    """Tell the manager that we are ready once ``answer`` has returned, and then that we live as long as it does.

    It may wait as long as it likes: the manager's own patience is the timeout.
    """
    await answer()
    tell("READY=1")
    every_s = _ping_s()
    while every_s is not None:
        await asyncio.sleep(every_s)
        await answer()
        tell("WATCHDOG=1")


def tell(message: str) -> None:
    """Send one notification; without a manager, or one that does not listen, nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.setblocking(False)
        line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        line.send(message.encode())


def is_over() -> bool:
    """Whether no other helper follows: told by the manager to what it runs after the end, or nobody told us anything.

    One that ended in order has left the network as it should be, or to its successor, so that counts as followed.
    """
    result = os.environ.get("SERVICE_RESULT")
    return result is None or (result != "success" and result not in _COMES_BACK)


def _ping_s() -> float | None:
    """Between two signs of life; None where nobody waits for any."""
    meant = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    interval_us = os.environ.get("WATCHDOG_USEC", "")
    if not meant or not interval_us.isdigit() or not int(interval_us):
        return None
    return int(interval_us) / 1e6 / PINGS
