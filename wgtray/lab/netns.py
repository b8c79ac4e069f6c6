"""How does one enter a network namespace, and run something there?

By nsenter, never by `ip netns exec`: that one mounts a new /sys over the old and so hides every cgroup.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from wgtray.lab.spec import LabError

NAMES = Path("/run/netns")
_PACKAGES = {  # program -> Debian package
    "ip": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "wg": "wireguard-tools",
    "wireguard-go": "wireguard-go",
}
_CLONE_NEWNET = 0x40000000
_TIMEOUT_S = 20.0
_T = TypeVar("_T")


def require() -> None:
    """Raise a LabError that says what this machine lacks for a lab."""
    if os.geteuid() != 0:
        raise LabError("A lab needs root, because it makes network namespaces: run this again with sudo.")
    missing = sorted({package for program, package in _PACKAGES.items() if shutil.which(program) is None})
    if missing:
        raise LabError(f"A lab needs programs that are missing here: apt install {' '.join(missing)}.")
    if not Path("/dev/net/tun").exists():
        raise LabError("A lab needs TUN devices, and /dev/net/tun is missing: run modprobe tun.")


def enter(name: str, command: Sequence[str]) -> list[str]:
    """The argument list that runs `command` in namespace `name`."""
    return ["nsenter", f"--net={NAMES / name}", "--", *command]


def run(command: Sequence[str], *, text: str = "", env: Mapping[str, str] | None = None) -> str:
    """Run one of the lab's own commands, feed it `text`, return what it printed; LabError if it fails."""
    try:
        done = subprocess.run(
            command, input=text, env=env, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"The lab could not run {command[0]}: {error}.") from error
    if done.returncode != 0:
        words = " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
        raise LabError(f"The lab's command {' '.join(command)} failed: {words}")
    return done.stdout


def ip(name: str | None, text: str) -> None:
    """Run a batch of `ip` commands in namespace `name` (None: here); lines marked `-6 ` go last, as IPv6."""
    place = ["-n", name] if name else []
    lines = text.splitlines()
    four = [line for line in lines if not line.startswith("-6 ")]
    six = [line.removeprefix("-6 ") for line in lines if line.startswith("-6 ")]
    if four:
        run(["ip", *place, "-batch", "-"], text="\n".join(four) + "\n")
    if six:
        run(["ip", "-6", *place, "-batch", "-"], text="\n".join(six) + "\n")


def write_sysctls(name: str, values: Iterable[tuple[str, str]]) -> None:
    """Write files below /proc/sys as namespace `name` sees them."""

    def write() -> None:
        for path, value in values:
            file = Path("/proc/sys", path)
            if file.exists():  # a kernel without IPv6 has none of its switches
                file.write_text(value)

    inside(name, write)


def inside(name: str, work: Callable[[], _T]) -> _T:
    """Run `work` in a thread of its own that has entered namespace `name`; the caller stays where it is."""

    def entered() -> _T:
        libc = ctypes.CDLL(None, use_errno=True)
        with (NAMES / name).open("rb") as file:
            if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(NAMES / name))
        return work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(entered).result()


def processes(names: Iterable[str]) -> list[int]:
    """The ids of all processes in these namespaces."""
    wanted = {key for name in names if (key := _key(NAMES / name)) is not None}
    wanted -= {_key(Path("/proc/1/ns/net")), _key(Path("/proc/self/ns/net")), None}  # never the machine's own
    if not wanted:
        return []
    pids = [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
    return [pid for pid in pids if _key(Path(f"/proc/{pid}/ns/net")) in wanted]


def _key(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
