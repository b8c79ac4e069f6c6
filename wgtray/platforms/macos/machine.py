"""By what does the backend reach the Mac it runs on?

A seam as narrow as the tools are: commands with their text, a directory for what must not outlive a restart of the
machine, and four things that no tool can do. The tests put a model with a state of its own in its place, which
checks every command line and answers in the tools' own formats.
"""

import contextlib
import os
import socket
import stat
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from wgtray.core.fields import Address
from wgtray.core.problems import Problem
from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed, Counters
from wgtray.platforms.macos import packets, watch

WIREGUARD = "/Library/PrivilegedHelperTools/org.wgtray.helper/wireguard-go"
"""Our own copy, root's alone: a package manager's lies where every administrator may replace it unasked."""

RUNTIME = Path("/var/run/wireguard")
"""Where wireguard-go listens, and wg-quick keeps the names of interfaces; emptied when the machine starts."""

TIMEOUT_S = 5.0
"""networksetup needs 0.1 s and more while services change; the others a few milliseconds."""


class Machine(Protocol):
    """One Mac."""

    runtime: Path

    async def run(self, argv: Sequence[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
        """The command's standard output; raises CommandFailed."""

    async def heard(self, argv: Sequence[str]) -> str:
        """What it says on both outputs; raises CommandFailed."""

    def counters(self, interface: str) -> Counters | None:
        """What the kernel counted on it; None without it."""

    async def outgoing(self, interface: str, own: Collection[Address], probes: Collection[Address]) -> None:
        """Return when a packet from ``own`` addresses leaves through it, those to ``probes`` aside; raises OSError."""

    def changes(self) -> AsyncIterator[None]:
        """Yields when links, addresses, routes or the resolver may have changed."""

    def remotes(self) -> frozenset[Address]:
        """The addresses to which programs have a connection open."""

    def index(self, interface: str) -> int:
        """The kernel's number of an interface; raises OSError."""


def make_runtime(machine: Machine) -> None:
    """Make its directory where it is missing; raises CommandFailed where others could put something there, OSError.

    Members of the group daemon may write to what is above it.
    """
    machine.runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = machine.runtime.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        problem = Problem("command-failed", {"command": str(machine.runtime), "detail": "others could change it"})
        raise CommandFailed(problem)


class ThisMac:
    """The real one."""

    runtime = RUNTIME

    async def run(self, argv: Sequence[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
        output, _ = await command.said(argv, stdin, TIMEOUT_S, environment)
        return output

    async def heard(self, argv: Sequence[str]) -> str:
        return "".join(await command.said(argv, timeout_s=TIMEOUT_S))

    def counters(self, interface: str) -> Counters | None:
        return packets.counters(interface)

    async def outgoing(self, interface: str, own: Collection[Address], probes: Collection[Address]) -> None:
        await packets.outgoing(interface, own, probes)

    def changes(self) -> AsyncIterator[None]:
        return watch.changes()

    def remotes(self) -> frozenset[Address]:
        import psutil

        found: set[Address] = set()
        with contextlib.suppress(psutil.Error):
            found.update(Address(one.raddr.ip) for one in psutil.net_connections("inet") if one.raddr)
        return frozenset(found)

    def index(self, interface: str) -> int:
        return socket.if_nametoindex(interface)
