"""What a Mac loads and runs must not need what only Linux has: names of Python that it has alone are taken away."""

import subprocess
import sys

from tests.unit.test_imports import MODULES, within

LINUX = {"wgtray.platforms.linux", "wgtray.platforms.windows", "wgtray.lab", "wgtray.cli.demo"}
LINUX |= {f"wgtray.desktop.{name}" for name in ("run_key", "programs_windows", "pipe")}

SCRIPT = """
import asyncio, asyncio.unix_events, importlib, os, signal, socket, sys, time, psutil, pytest
for module, names in {
    os: ("pidfd_open", "O_PATH", "memfd_create", "setns", "sched_setaffinity", "eventfd", "inotify"),
    socket: ("SOCK_NONBLOCK", "SOCK_CLOEXEC", "SO_PEERCRED", "SO_MARK", "SO_BINDTODEVICE", "AF_NETLINK", "AF_PACKET"),
    signal: ("pidfd_send_signal",),
    time: ("CLOCK_BOOTTIME",),
}.items():
    for name in names:
        vars(module).pop(name, None)
"""


def ran(rest: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", SCRIPT + rest], capture_output=True, text=True, check=False)


def test_everything_of_a_mac_is_imported() -> None:
    names = [name for name in MODULES if not within(name, LINUX | {"wgtray.gui"})]
    done = ran("".join(f"importlib.import_module({name!r})\n" for name in names))
    assert done.stderr == ""


def test_the_backend_of_a_mac_runs() -> None:
    words = ["-q", "-p", "no:cacheprovider", "tests/contract/test_macos.py", "-k", "killed_helper or given_back"]
    done = ran(f"sys.exit(pytest.main({words!r}))\n")
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout, "nothing was chosen"
