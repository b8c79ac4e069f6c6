"""How are the lab's own Python processes started?"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from wgtray.lab import netns
from wgtray.lab.spec import LabError

Process = subprocess.Popen[bytes]
_SOURCE = Path(__file__).resolve().parents[2]
_READY_TIMEOUT_S = 20.0


def start(module: str, *arguments: str, netns_name: str | None = None, log: Path | None = None) -> Process:
    """Start a module of this package in a session of its own: Ctrl-C is for the owner.

    -S, because it needs the standard library only and starts faster so.
    """
    command = [sys.executable, "-S", "-m", f"wgtray.lab.{module}", *arguments]
    with (log or Path(os.devnull)).open("wb") as errors:
        return subprocess.Popen(
            netns.enter(netns_name, command) if netns_name else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_SOURCE)},
            start_new_session=True,
            cwd="/",
        )


def tell(process: Process, text: str) -> None:
    """Give a process all it will ever read; one that is dead is not told."""
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(text.encode())


def wait_ready(process: Process, log: Path) -> None:
    """Return once the process has printed "ready"; LabError if it died instead."""
    if process.stdout is None or not select.select([process.stdout], [], [], _READY_TIMEOUT_S)[0]:
        raise LabError("A part of the lab did not start in time: try again when the machine is less busy.")
    if process.stdout.readline() != b"ready\n":
        words = log.read_text(errors="replace").splitlines() if log.exists() else []
        raise LabError(f"A part of the lab did not start: {words[-1] if words else 'it said nothing'}.")


def finish(process: Process, timeout_s: float) -> None:
    """Fetch the exit code of a process that ends by itself or was killed, and close its pipes."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
