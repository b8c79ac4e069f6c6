"""Which programs run now? Asked of the system now and then, where it does not report it by itself.

Only the numbers of the processes are read each time; whose program one is only when it is new.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import psutil

from wgtray.core import apps
from wgtray.core.apps import Programs, Rule
from wgtray.core.facts import Facts
from wgtray.core.running import Process, Sightings, looked
from wgtray.helper.surroundings import now

LOOK_S = 1.0
"""How late a program's start may be noticed; until then its packets are held where the system can do that."""

AFRESH_S = 30.0
"""A number may be another process's by now: all are looked at anew this often."""

Look = Callable[[], list[Process]]


async def programs(facts: Callable[[], Facts], look: Look | None = None) -> AsyncIterator[Programs]:
    """Yields how programs under a rule are whenever that is new; nothing where the backend reports it."""
    look = look or Processes().look
    sightings, told = Sightings(), Programs()
    while not facts().computer.routes_apps:
        rules = facts().rules
        if rules or told.running:
            processes = await asyncio.to_thread(look) if rules else []
            computer = facts().computer
            sightings = looked(sightings, rules, processes, computer.system, now())
            seen = Programs(
                capture="first" if computer.blocks_apps else "none",
                running=sightings.running,
                missing=tuple(path for path in _paths(rules) if not os.path.exists(path)),
                refused={path: code for path in _paths(rules) if (code := _hindrance(path)) is not None},
            )
            if seen != told:
                told = seen
                yield told
        await asyncio.sleep(LOOK_S)


class Processes:
    """The processes of this computer; remembers those that it has seen."""

    def __init__(self) -> None:
        self._known: dict[int, Process | None] = {}
        self._afresh_at = 0.0

    def look(self) -> list[Process]:
        """All whose program the system tells."""
        if now() >= self._afresh_at:
            self._known, self._afresh_at = {}, now() + AFRESH_S
        known = self._known
        self._known = {pid: known[pid] if pid in known else _process(pid) for pid in psutil.pids()}
        return [process for process in self._known.values() if process is not None]


def _process(pid: int) -> Process | None:
    try:
        process = psutil.Process(pid)
        path = process.exe()
        uid = process.uids().real if hasattr(process, "uids") else None
    except (psutil.Error, OSError):
        return None
    return Process(path, uid) if path else None


def _paths(rules: list[Rule]) -> list[str]:
    return sorted({path for rule in rules for path in rule.paths})


def _hindrance(path: str) -> str | None:
    return apps.hindrance(path, is_directory=os.path.isdir(path))
