"""Who puts a program under its rule before its first instruction? This process, and it does nothing else.

``python -m wgtray.platforms.linux.gate`` with a socket to the helper as its standard input. It is a process of its own
because whoever executes a marked file waits for it:

* It answers from what it has in memory and in /proc. It asks nobody, the helper least of all, and executes nothing.
* It lets the helper and all that the helper started through without a look at the rules.
* An answer that takes longer than ``ANSWER_S`` ends the process (a timer of the kernel sees to that), and the kernel
  then lets everybody pass; the helper starts another one, which finds what came through meanwhile.
* When the helper ends, it stays with the rules it has, so that a program started while there is no helper is cut off
  like one that ran before. The next helper's gate takes over, and then ends it.

Two threads: the responder, and the one (``marks.py``) that keeps marks and rules current and may wait for a disk.
"""

import contextlib
import heapq
import os
import select
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from wgtray.core import apps
from wgtray.core.apps import Capture, Index, Rule
from wgtray.platforms.linux import cgroups, connector, fanotify, programs
from wgtray.platforms.linux.cgroups import Tree

ANSWER_S = 2.0
"""An answer takes 0.1 ms; after this long something is broken that waiting does not mend."""

LOOKS_S = (0.002,) * 20 + (0.01,) * 16 + (0.05,) * 16
"""After a start, when it is looked whether the process is still where it was put: a desktop that gives every program a
group of its own (systemd's user scopes) does so some milliseconds after the start."""

LATE_S = 0.25
"""Where no event tells of starts, all processes are looked at this often."""


class Gate:
    """The responder; ``index`` and ``helper`` are replaced by the other thread, and each is read once an answer."""

    def __init__(self, tree: Tree, helper: int) -> None:
        self.tree = tree
        self.helper = helper
        self.index = Index()
        self.origins: dict[int, Path] = {}
        self.group: int | None = None
        self.listener: socket.socket | None = None
        self.caught = 0
        self.failed = 0
        self.returned = 0
        self._looks: list[tuple[float, int, int, Rule]] = []
        try:
            self.group = fanotify.opened()
        except OSError:
            with contextlib.suppress(OSError):
                self.listener = connector.opened()

    @property
    def capture(self) -> Capture:
        """When programs come under their rule."""
        return "late" if self.group is None else "first"

    def run(self) -> None:
        """For ever."""
        poll = select.poll()
        descriptor = self.group if self.group is not None else self.listener.fileno() if self.listener else None
        if descriptor is not None:
            poll.register(descriptor, select.POLLIN)
        while True:
            if poll.poll(self._wait_ms()):
                self._serve()
            self._look()

    def place(self, pid: int, found: programs.Program) -> Rule | None:
        """Put a process under the rule for what it executes; the rule, or None. Raises OSError."""
        rule = self.rule(pid, found)
        if rule is not None:
            self.move(pid, rule)
        return rule

    def move(self, pid: int, rule: Rule) -> None:
        """Put a process under a rule; raises OSError."""
        if cgroups.rule_of(self.tree, pid) is None:
            self.origins[pid] = cgroups.origin(self.tree, pid)
        cgroups.move(pid, self.tree.group(rule.route, rule.id))

    def _serve(self) -> None:
        if self.group is None:
            self._serve_late()
            return
        for start in fanotify.read(self.group):
            signal.setitimer(signal.ITIMER_REAL, ANSWER_S)
            allow = True
            try:
                allow = self._admit(start)
            finally:
                fanotify.answer(self.group, start, allow=allow)
                signal.setitimer(signal.ITIMER_REAL, 0)

    def _admit(self, start: fanotify.Start) -> bool:
        """Whether it may go on: not where it belongs under a ``tunnel`` rule and could not be put there."""
        if start.pid <= 0:
            return True  # of another namespace of processes: a container, which has its own network too
        rule: Rule | None = None
        try:
            rule = self.rule(start.pid, programs.opened(start.fd))
            if rule is not None:
                self.move(start.pid, rule)
                self._look_later(start.pid, rule)
        except (ProcessLookupError, FileNotFoundError) as error:
            gone = isinstance(error, ProcessLookupError) or not os.path.exists(f"/proc/{start.pid}")
            return gone or rule is None or rule.route == "direct"
        except OSError:
            self.failed += 1
            return rule is None or rule.route == "direct"
        self.caught += rule is not None
        return True

    def _serve_late(self) -> None:
        if self.listener is None:
            return
        try:
            started = connector.read(self.listener)
        except OSError:  # more than its buffer holds: the next look at everybody finds them
            return
        for pid in started:
            with contextlib.suppress(OSError):
                rule = self.place(pid, programs.program(pid))
                if rule is not None:
                    self.caught += 1
                    self._look_later(pid, rule)

    def rule(self, pid: int, found: programs.Program) -> Rule | None:
        """The rule for what a process executes, or is about to; raises OSError."""
        index = self.index
        if found.file not in index.files and not any(found.path.startswith(f"{d}/") for d, _ in index.directories):
            return None
        if programs.netns(pid) != self.tree.netns or programs.descends(pid, self.helper):
            return None
        return apps.chosen(index, found.file, found.path, programs.uid(pid), cgroups.rule_of(self.tree, pid))

    def _wait_ms(self) -> float | None:
        if self._looks:
            return max(0.0, self._looks[0][0] - time.monotonic()) * 1000
        return LATE_S * 1000 if self.group is None else None

    def _look_later(self, pid: int, rule: Rule) -> None:
        heapq.heappush(self._looks, (time.monotonic() + LOOKS_S[0], pid, 0, rule))

    def _look(self) -> None:
        """Take back who was moved elsewhere since."""
        now = time.monotonic()
        while self._looks and self._looks[0][0] <= now:
            _, pid, count, rule = heapq.heappop(self._looks)
            try:
                if cgroups.rule_of(self.tree, pid) is None:
                    cgroups.move(pid, self.tree.group(rule.route, rule.id))
                    self.returned += 1
            except OSError:
                continue  # it has ended
            if count + 1 < len(LOOKS_S):
                heapq.heappush(self._looks, (now + LOOKS_S[count + 1], pid, count + 1, rule))


def main() -> int:
    """Until it is killed, or told to end by the helper."""
    from wgtray.platforms.linux.marks import Keeper

    line = socket.socket(fileno=os.dup(0))
    tree = cgroups.find()
    if tree is None:
        return 1
    cgroups.ensure(tree)
    cgroups.move(os.getpid(), tree.gate)  # out of the group of the service, whose end would be ours
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("-1000")
    gate = Gate(tree, os.getppid())
    threading.Thread(target=Keeper(gate, line).run, daemon=True).start()
    gate.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
