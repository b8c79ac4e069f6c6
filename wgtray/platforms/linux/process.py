"""Is there a userspace WireGuard behind a name, is it of this network namespace, and does it end with its link?

All namespaces of a machine share one directory of control sockets, so that a name may be another namespace's. The
kernel lists a socket only in the namespace in which it was made. Whom the socket was made by (SO_PEERCRED) does not
help: that is the process that wireguard-go was before it went into the background.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from pathlib import Path

CONTROL_SOCKETS = Path("/var/run/wireguard")
"""Where userspace WireGuard listens: one directory for all network namespaces of the machine."""

SOCKETS_HERE = Path("/proc/thread-self/net/unix")
PROCESSES = Path("/proc")
PROGRAM = "wireguard-go"

GONE_TIMEOUT_S = 3.0
"""A process whose link is deleted ends in 0.02 s; one that is stopped or stuck never does."""

_LISTENS = 0x10000  # linux/net.h: __SO_ACCEPTCON

log = logging.getLogger("wgtray")


def control_socket(name: str) -> Path:
    """Where a userspace WireGuard of that name listens."""
    return CONTROL_SOCKETS / f"{name}.sock"


def parse_listening(text: str, path: Path) -> int | None:
    """The inode of the socket that listens on ``path``, in the words of /proc/net/unix; None without one."""
    rows = [line.split(None, 7) for line in text.splitlines()[1:]]
    return next((int(row[6]) for row in rows if row[7:] == [str(path)] and int(row[3], 16) & _LISTENS), None)


def answers(name: str) -> bool:
    """Whether a userspace WireGuard of that name runs anywhere on this machine."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as probe:
        try:
            probe.connect(str(control_socket(name)))
        except BlockingIOError:  # it listens, and does not come round to accepting
            return True
        except OSError:
            return False
    return True


def is_elsewhere(name: str) -> bool:
    """Whether one of that name runs, but in another network namespace."""
    return answers(name) and _listening_here(name) is None


async def gone(name: str) -> None:
    """Wait until the userspace WireGuard of a deleted link is gone too, and end it when it does not go by itself."""
    if await _gone_within(name, GONE_TIMEOUT_S):
        return
    if not _kill(name) or not await _gone_within(name, 1.0):
        log.error("%s: its WireGuard process does not end, and still holds the key", name)
        return
    log.warning("%s: its %s did not end within %g s of its link, and was killed", name, PROGRAM, GONE_TIMEOUT_S)
    if not answers(name):
        with contextlib.suppress(OSError):
            control_socket(name).unlink(missing_ok=True)


async def _gone_within(name: str, timeout_s: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while _listening_here(name) is not None:
        if loop.time() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


def _listening_here(name: str) -> int | None:
    try:
        return parse_listening(SOCKETS_HERE.read_text(errors="replace"), control_socket(name))
    except OSError:
        return None


def _kill(name: str) -> bool:
    inode = _listening_here(name)
    for entry in PROCESSES.iterdir() if inode is not None else ():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(int(entry.name))  # before the look, so that it is the same process after it
            try:
                if _holds(entry, f"socket:[{inode}]"):
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                    return True
            finally:
                os.close(descriptor)
    return False


def _holds(entry: Path, what: str) -> bool:
    """Whether this process is root's wireguard-go with that descriptor open; raises OSError when it is gone."""
    program = Path(os.readlink(entry / "exe").removesuffix(" (deleted)"))
    if program.name != PROGRAM or entry.stat().st_uid != 0:
        return False
    return any(os.readlink(link) == what for link in (entry / "fd").iterdir())
