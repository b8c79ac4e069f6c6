"""What Windows loads must not need what only Unix has, and what Unix loads not what only Windows has."""

import subprocess
import sys

from tests.unit.test_imports import MODULES, within

UNIX = {"wgtray.platforms.linux", "wgtray.platforms.macos", "wgtray.platforms.unix", "wgtray.platforms.unix_socket"}
UNIX |= {"wgtray.lab", "wgtray.cli.demo"}
WINDOWS = {"wgtray.desktop.run_key"}

BLOCKED = ("fcntl", "grp", "pwd", "resource", "syslog", "termios", "posix_spawn")
LACKING = {
    "os": ("geteuid", "getuid", "O_NOFOLLOW", "O_CLOEXEC", "O_DIRECTORY", "posix_spawn", "killpg", "fork"),
    "socket": ("AF_UNIX", "SOCK_NONBLOCK", "SO_PEERCRED", "SO_MARK", "SO_BINDTODEVICE", "AF_NETLINK"),
    "signal": ("SIGHUP", "SIGKILL"),
    "time": ("CLOCK_BOOTTIME", "clock_gettime"),
    "errno": ("EDQUOT",),
}

SCRIPT = """
import asyncio, errno, importlib, os, signal, socket, subprocess, sys, time, psutil
for name in {blocked!r}:
    sys.modules[name] = None
for module, names in {lacking!r}.items():
    for name in names:
        vars(sys.modules[module]).pop(name, None)
for name in {modules!r}:
    importlib.import_module(name)
"""


def imported(modules: list[str], blocked: tuple[str, ...], lacking: dict[str, tuple[str, ...]]) -> str:
    """What Python says when it imports them all without those modules and names."""
    script = SCRIPT.format(blocked=blocked, lacking=lacking, modules=modules)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False).stderr


def test_windows_loads_nothing_that_only_unix_has() -> None:
    assert imported([name for name in MODULES if not within(name, UNIX | WINDOWS)], BLOCKED, LACKING) == ""


def test_a_module_that_only_unix_has_would_be_noticed() -> None:
    assert "pwd" in imported(["wgtray.platforms.unix"], BLOCKED, LACKING)


def test_everything_that_windows_has_is_importable_here() -> None:
    here = [name for name in MODULES if within(name, {"wgtray.platforms.windows", "wgtray.desktop"} - WINDOWS)]
    here = [name for name in here if name not in WINDOWS]
    assert imported(here, ("pywintypes", "win32api", "win32file", "winreg"), {}) == ""
