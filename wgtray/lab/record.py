"""Which labs are on this machine, and who owns them? A directory each below /run/wgtray-lab says so."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from wgtray.lab.spec import RUN, LabError, Layout, NodeSpec, is_lab_id

_FILE = "lab.json"


@dataclass(frozen=True)
class Owner:
    """A process, told from a later one with the same id by when it started (in clock ticks since boot)."""

    pid: int
    started: int | None

    @classmethod
    def me(cls) -> Owner:
        return cls(os.getpid(), _start_time(os.getpid()))

    @property
    def lives(self) -> bool:
        return self.started is not None and _start_time(self.pid) == self.started


@dataclass(frozen=True)
class Record:
    """What a lab's directory says; None where it cannot be read."""

    lab_id: str
    owner: Owner | None
    layout: Layout | None


def claim(layout: Layout) -> None:
    """Make the lab's directory, complete from the first moment on: it is this process's lab."""
    fresh = RUN / f".{layout.lab_id}"
    while not fresh.exists():
        RUN.mkdir(mode=0o755, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # the last lab's janitor removed the directory above just now
            fresh.mkdir(mode=0o755)
    for path in (RUN, fresh):
        path.chmod(0o755)  # whatever the umask: a desktop user's tray reaches the helper's socket in there
    (fresh / "nodes").mkdir(mode=0o700)
    owner = Owner.me()
    (fresh / _FILE).write_text(
        json.dumps(
            {
                "owner": owner.pid,
                "owner_started": owner.started,
                "began": time.time(),
                "nodes": [asdict(spec) for spec in layout.specs],
                "clients": layout.client_count,
            }
        )
    )
    (fresh / _FILE).chmod(0o644)
    fresh.rename(layout.runtime_dir)


def records() -> Iterator[Record]:
    """The labs on this machine, also those whose owner is gone."""
    with suppress(FileNotFoundError):
        for path in sorted(RUN.iterdir()):
            if is_lab_id(path.name):
                yield _read(path)


def running() -> dict[str, Layout]:
    """The labs whose owner lives, by id."""
    return {
        record.lab_id: record.layout
        for record in records()
        if record.layout is not None and record.owner is not None and record.owner.lives
    }


def find(lab_id: str | None = None) -> Layout:
    """The layout of the running lab with this id, or of the only one."""
    labs = running()
    if not labs:
        raise LabError("No lab is running: start one with `sudo wgtray demo`, then try again beside it.")
    known = ", ".join(labs)
    if lab_id is None:
        if len(labs) > 1:
            raise LabError(f"{len(labs)} labs are running ({known}): say which one with --lab ID.")
        lab_id = next(iter(labs))
    if lab_id not in labs:
        raise LabError(f"There is no lab {lab_id!r}: running is {known}.")
    return labs[lab_id]


def _read(path: Path) -> Record:
    try:
        data = json.loads((path / _FILE).read_text())
        owner = Owner(int(data["owner"]), int(data["owner_started"]))
        layout = Layout(path.name, tuple(NodeSpec(**spec) for spec in data["nodes"]), int(data["clients"]))
    except (OSError, ValueError, KeyError, TypeError, LabError):
        return Record(path.name, None, None)
    return Record(path.name, owner, layout)


def _start_time(pid: int) -> int | None:
    """From proc_pid_stat(5); None for a process that has ended, also for a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])
