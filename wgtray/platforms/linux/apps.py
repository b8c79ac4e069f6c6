"""How are programs put under their rules, and kept there? By a gate, by marks and routes, and by a last word.

``put`` makes all of it exactly so and ``read`` says whether it still is: the groups (``cgroups.py``), what their
packets may do (``bpf.py``), where they go (``appways.py``), and who puts programs into them (``gate.py``).

The gate (``gate.py``) outlives the helper on purpose. What it knows of an earlier helper's rules is not asked for: a
new helper starts its own gate, and then ends the earlier one, so that there is no moment without.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import msgspec

from wgtray.core.apps import ASTRAY, Programs, Rule
from wgtray.core.fields import Interface
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import ENVIRONMENT
from wgtray.platforms.linux import appways, cgroups
from wgtray.platforms.linux.appways import Ways
from wgtray.platforms.linux.orders import Lines, Orders, Report, encoded

ANSWER_S = 8.0
"""To start an interpreter and look up hundreds of paths takes a second on a slow disk."""
END_S = 2.0
GATE = "the gate of programs"

_FROZEN = bool(getattr(sys, "frozen", False))
_GATE = ("gate",) if _FROZEN else ("-I", "-m", "wgtray.platforms.linux.gate")
"""What makes a new process of this program the gate; the frozen one knows a word for it (``installers/freeze``)."""


class Apps:
    """The programs of one network namespace."""

    def __init__(self, resolv_conf: Path = Path("/etc/resolv.conf")) -> None:
        self.tree = cgroups.find()
        self._resolv_conf = resolv_conf
        self._ways = Ways()
        self._ear: socket.socket | None = None
        self._left_as: tuple[str, ...] = ()
        self._line: socket.socket | None = None
        self._lines = Lines()
        self._pid: int | None = None
        self._number = 0
        self._acknowledged = 0
        self._asked = self._rules = frozenset[Rule]()
        self._programs = Programs()
        self._news, self._answered = asyncio.Event(), asyncio.Event()

    async def read(self, interface: str | None, addresses: frozenset[Interface]) -> frozenset[Rule]:
        """The rules that are carried out and aimed at this interface, or ``ASTRAY``; raises CommandFailed."""
        if self.tree is None or not self.tree.top.exists():
            return frozenset()
        if self._line is None or not self._rules or self._ways != self._now(interface, addresses):
            return ASTRAY
        return self._rules if await appways.fingerprint() == self._left_as else ASTRAY

    async def put(self, rules: frozenset[Rule], interface: str | None, addresses: frozenset[Interface]) -> None:
        """Have exactly these carried out, by this interface or by none; raises CommandFailed, OSError.

        What closes comes first, who brings programs under it last; away it goes the other way round.
        """
        if self.tree is None:
            raise CommandFailed(_failed("this system has no control groups that can be written"))
        if not rules:
            await appways.remove()
            await self._end(self.tree)
            return
        cgroups.ensure(self.tree)
        self._ways = self._now(interface, addresses)
        await appways.put(self.tree, self._ways)
        self._left_as = await appways.fingerprint()
        earlier = [] if self._line is not None else cgroups.members(self.tree.gate)
        if self._line is None:
            self._start()
        self._listen()
        await self._order(Orders(self._number + 1, tuple(sorted(rules, key=lambda rule: (rule.source, rule.id)))))
        self._rules = rules
        await _killed(pid for pid in earlier if pid != self._pid)

    async def changes(self) -> AsyncIterator[Programs]:
        """Yields what the gate says whenever that is new."""
        while True:
            await self._news.wait()
            self._news.clear()
            yield self._programs

    def join(self, pid: int) -> None:
        """Put a process under the rule of ``wgtray run``; raises OSError."""
        if self.tree is None:
            raise FileNotFoundError(2, "no control groups")
        cgroups.move(pid, self.tree.group("tunnel", cgroups.RUN))

    async def cleanup(self) -> list[str]:
        """Everything away, whoever made it; says what was. Raises OSError, CommandFailed."""
        if self.tree is None or not self.tree.top.exists():
            return []
        removed = await appways.remove()
        await self._end(self.tree)
        return [*removed, "the groups of programs with a rule"]

    def _now(self, interface: str | None, addresses: frozenset[Interface]) -> Ways:
        return Ways(interface, addresses, appways.resolvers(self._resolv_conf))

    async def _end(self, tree: cgroups.Tree) -> None:
        if self._line is not None:
            with contextlib.suppress(CommandFailed):  # it is killed below
                await self._order(Orders(self._number + 1, end=True))
            self._lost()
        if self._ear is not None:
            asyncio.get_running_loop().remove_reader(self._ear)
            self._ear.close()
            self._ear = None
        await _killed(cgroups.members(tree.gate))
        self._reap()
        cgroups.remove(tree)

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            # It has to outlive us, which asyncio's processes do not; to spawn one blocks for a millisecond.
            argv = [sys.executable, *_GATE]
            actions = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)]
            self._pid = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=actions, setsid=True)
        ours.setblocking(False)
        self._line, self._lines = ours, Lines()
        asyncio.get_running_loop().add_reader(ours, self._heard)

    def _listen(self) -> None:
        """Hear from now on of changes that others make to the firewall; those before were ours."""
        if self._ear is None:
            with contextlib.suppress(OSError):
                self._ear = appways.ear()
                asyncio.get_running_loop().add_reader(self._ear, self._disturbed)
        if self._ear is not None:
            appways.drained(self._ear)

    def _disturbed(self) -> None:
        if self._ear is not None and appways.drained(self._ear):
            self._programs = msgspec.structs.replace(self._programs, disturbed=self._programs.disturbed + 1)
            self._news.set()

    async def _order(self, orders: Orders) -> None:
        """Return when it is carried out; raises CommandFailed."""
        self._number = orders.number
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(ANSWER_S):
                if self._line is not None:
                    await loop.sock_sendall(self._line, encoded(orders))
                while self._acknowledged < orders.number and self._line is not None:
                    self._answered.clear()
                    await self._answered.wait()
        except (OSError, TimeoutError) as error:
            self._lost()
            raise CommandFailed(_failed(str(error) or "no answer in time")) from error
        if self._acknowledged < orders.number:
            raise CommandFailed(_failed("it ended"))

    def _heard(self) -> None:
        data = b""
        with contextlib.suppress(OSError):
            data = self._line.recv(1 << 16) if self._line is not None else b""
        if not data:
            self._lost()
            return
        for line in self._lines.feed(data):
            report = msgspec.json.decode(line, type=Report)
            self._acknowledged = report.number
            self._programs = msgspec.structs.replace(report.programs, disturbed=self._programs.disturbed)
            self._news.set()
            self._answered.set()

    def _lost(self) -> None:
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line)
            self._line.close()
        self._line, self._rules, self._programs = None, frozenset(), Programs()
        self._reap()
        self._news.set()
        self._answered.set()

    def _reap(self) -> None:
        if self._pid is not None:
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                    return
            self._pid = None


async def _killed(pids: Iterable[int]) -> None:
    """Wait until these have ended."""
    waiting = [pid for pid in pids if _kill(pid)]
    deadline = asyncio.get_running_loop().time() + END_S
    while waiting and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.005)
        waiting = [pid for pid in waiting if _runs(pid)]


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _runs(pid: int) -> bool:
    """Whether it is more than a process that nobody has collected yet."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _failed(detail: str) -> Problem:
    return Problem("command-failed", {"command": GATE, "detail": detail})
