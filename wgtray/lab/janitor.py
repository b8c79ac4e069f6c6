"""How does a lab disappear completely, also when its owner was killed?

Everything of a lab carries its id in its name or lives in a namespace that does: nothing needs to be
remembered. `python -m wgtray.lab.janitor ID PID START` waits, in a session of its own, until its stdin says
something or ends or the owner dies, even by SIGKILL, and then removes that lab. `sweep` is for the case
that it was killed, too.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wgtray.lab import netns
from wgtray.lab.record import Owner, records
from wgtray.lab.spec import RUN, WG_SOCKETS, LabError

_NAMESPACE = re.compile(r"wgt-([0-9a-f]{6})-[a-z0-9-]+")
_KILL_LIMIT_S = 5.0
_LATE_S = 0.3  # a command that the dead owner had started may be busy making things for so long


def remove(lab_id: str) -> None:
    """Remove whatever this lab has: processes, control sockets, namespaces, directory. Safe to repeat."""
    names = [name for name, owner in _namespaces() if owner == lab_id]
    sockets = _control_sockets(names)
    limit_s = time.monotonic() + _KILL_LIMIT_S
    while (pids := netns.processes(names)) and time.monotonic() < limit_s:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    for path in {*sockets, *WG_SOCKETS.glob(f"w{lab_id}-*.sock")}:
        path.unlink(missing_ok=True)
    for name in names:
        with suppress(LabError):  # another janitor was faster
            netns.run(["ip", "netns", "delete", name])
    shutil.rmtree(RUN / lab_id, ignore_errors=True)
    with suppress(OSError):  # others are in there
        RUN.rmdir()


def sweep() -> list[str]:
    """Remove every lab whose owner is gone and return their ids."""
    dead = {lab_id for _, lab_id in _namespaces() if not (RUN / lab_id).exists()}
    dead |= {record.lab_id for record in records() if record.owner is None or not record.owner.lives}
    for lab_id in dead:
        remove(lab_id)
    return sorted(dead)


def _namespaces() -> Iterator[tuple[str, str]]:
    with suppress(FileNotFoundError):
        for path in netns.NAMES.iterdir():
            if match := _NAMESPACE.fullmatch(path.name):
                yield path.name, match[1]


def _control_sockets(names: list[str]) -> set[Path]:
    """The WireGuard control sockets bound by anyone in these namespaces: a helper's in a client's, too."""
    found = set()
    for pid in netns.processes(names):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines():
                path = Path(line.split()[-1])
                if path.suffix == ".sock" and path.parent in (WG_SOCKETS, WG_SOCKETS.resolve()):
                    found.add(path)
    return found


def main() -> None:
    lab_id, owner = sys.argv[1], Owner(int(sys.argv[2]), int(sys.argv[3]))
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(ProcessLookupError):
        life = os.pidfd_open(owner.pid)
        if owner.lives:
            select.select([sys.stdin.fileno(), life], [], [])
    orderly = owner.lives
    remove(lab_id)
    if not orderly:
        time.sleep(_LATE_S)
        remove(lab_id)


if __name__ == "__main__":
    main()
