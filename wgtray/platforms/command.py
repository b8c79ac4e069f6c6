"""How is a program of the operating system run? Without a shell, by absolute path, with nothing of our environment."""

import asyncio
import contextlib
import ntpath
import os
import re
import signal
import stat
import subprocess
from asyncio.subprocess import PIPE, Process, SubprocessStreamProtocol
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed

PLACES = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""Where tools are looked for: only root can write there, whatever ``PATH`` says."""

ENVIRONMENT = {"PATH": ":".join(PLACES), "LC_ALL": "C"}

_WINDOWS_NEEDS = frozenset({"SYSTEMROOT", "WINDIR"})
"""Of the environment: without them Windows cannot load what every program needs."""

TIMEOUT_S = 10.0
"""More than any of our commands ever took (wg-quick up: 0.09 s), less than a user waits."""

END_S = 0.5
"""How long a killed command may take to end; one that the kernel does not let go of is left to it."""

DETAIL_LENGTH = 200
"""A tool says what it does first and why it gave up last."""

_NOISE = re.compile(r"\[#\]|[\u2500-\u257f]")  # what wg-quick runs, and wireguard-go's box of advice

PACKAGES: Mapping[str, str] = {
    "wg": "wireguard-tools",
    "wg-quick": "wireguard-tools",
    "wireguard-go": "wireguard-go",
    "ip": "iproute2",
    "nft": "nftables",
    "pkcheck": "polkitd",
    "resolvectl": "systemd-resolved",
    "resolvconf": "resolvconf",
}
"""The Debian package that brings each tool, for the sentence that names it; others come with the system, or with us."""


T = TypeVar("T")


def listed(decoder: msgspec.json.Decoder[T], text: str) -> T:
    """What a tool said in JSON, where silence is an empty list; raises ValueError."""
    try:
        return decoder.decode(text or "[]")
    except RecursionError:
        raise ValueError("nested too deeply") from None


def tool(name: str) -> str:
    """Absolute path of a tool, or of a program of our own that only root can change; raises CommandFailed."""
    if name.startswith("/"):
        if _is_roots_alone(name):
            return name
        raise CommandFailed(Problem("program-missing", {"tool": name}))
    for place in PLACES:
        path = f"{place}/{name}"
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    if name not in PACKAGES:
        raise CommandFailed(Problem("program-missing", {"tool": name}))
    raise CommandFailed(Problem("tool-missing", {"tool": name, "package": PACKAGES[name]}))


async def run(argv: Sequence[str], stdin: str = "", timeout_s: float = TIMEOUT_S) -> str:
    """Standard output of ``argv`` (its first word a tool's name); raises CommandFailed.

    Secrets go through ``stdin``, never through ``argv``; neither it nor standard output is ever part of an error.
    """
    return (await said(argv, stdin, timeout_s))[0]


async def said(
    argv: Sequence[str], stdin: str = "", timeout_s: float = TIMEOUT_S, environment: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """What ``run`` returns, and standard error; ``environment`` adds to what every command gets."""
    path = tool(argv[0])
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.subprocess_exec(
            lambda: SubprocessStreamProtocol(limit=1 << 16, loop=loop),
            path,
            *argv[1:],
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**ENVIRONMENT, **(environment or {})},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise CommandFailed(_failed(argv, error.strerror or str(error))) from error
    process = Process(transport, protocol, loop)
    ended = False
    try:
        async with asyncio.timeout(timeout_s):
            output, errors = await process.communicate(stdin.encode())
        ended = True
    except TimeoutError:
        raise CommandFailed(_failed(argv, f"no end within {timeout_s:g} s")) from None
    finally:
        if not ended:
            await _end(transport, process)
    if process.returncode != 0:
        raise CommandFailed(_reason(argv, errors.decode(errors="replace")), process.returncode)
    return output.decode(errors="replace"), errors.decode(errors="replace")


def _is_roots_alone(path: str) -> bool:
    """Whether it is a program that nobody but root can replace, nor any directory on the way to it."""
    try:
        found = os.stat(path)
        above = [os.stat(directory) for directory in _directories(path)]
    except OSError:
        return False
    safe = all(one.st_uid == 0 and not one.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for one in (found, *above))
    return safe and stat.S_ISREG(found.st_mode) and bool(found.st_mode & stat.S_IXUSR)


def _directories(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: length + 1]) or "/" for length in range(len(parts))]


async def run_at(program: str, arguments: Sequence[str], timeout_s: float = TIMEOUT_S) -> str:
    """Standard output of a program at that path; in a thread, for Windows' loop runs none. Raises CommandFailed."""
    argv = [program, *arguments]
    shown = [ntpath.basename(program), *arguments]

    def run_it() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: TID251 - this is the place
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            cwd=ntpath.dirname(program),
            env={name: value for name, value in os.environ.items() if name.upper() in _WINDOWS_NEEDS},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    try:
        done = await asyncio.to_thread(run_it)
    except subprocess.TimeoutExpired:
        raise CommandFailed(_failed(shown, f"no end within {timeout_s:g} s")) from None
    except OSError as error:
        raise CommandFailed(_failed(shown, error.strerror or str(error))) from error
    if done.returncode != 0:
        raise CommandFailed(_reason(shown, done.stderr.decode(errors="replace")), done.returncode)
    return done.stdout.decode(errors="replace")


async def _end(transport: asyncio.SubprocessTransport, process: Process) -> None:
    """Kill the command with everything it started that did not leave its group; whoever holds a pipe is not awaited."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    transport.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            await process.wait()


def _reason(argv: Sequence[str], errors: str) -> Problem:
    lines = [line.strip() for line in errors.splitlines() if line.strip() and not _NOISE.match(line.strip())]
    detail = "; ".join(lines) if lines else "no reason given"
    if "Operation not permitted" in errors or "Permission denied" in errors:
        return Problem("not-permitted", {"command": _shown(argv)})
    if "No space left on device" in errors:
        return Problem("disk-full", {"path": _shown(argv)})
    return _failed(argv, detail)


def _failed(argv: Sequence[str], detail: str) -> Problem:
    return Problem("command-failed", {"command": _shown(argv), "detail": detail[-DETAIL_LENGTH:]})


def _shown(argv: Sequence[str]) -> str:
    return " ".join(argv[:3])
