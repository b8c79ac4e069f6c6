"""Is WireGuard's own package here, for a computer that has no WireGuard yet?

Our installer keeps the one that lies beside it (``keep``), since one package cannot install another; the first
connection installs it (``install``). It is run as the system, so it has to be signed by WireGuard's publisher, and is
looked at where only the system and administrators write: in the helper's own folder.
"""

import re
from collections.abc import Iterable
from pathlib import PureWindowsPath
from typing import Final

from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.windows.winapi import Windows

PUBLISHER: Final = "WireGuard LLC"

OPTIONS: Final = ("/qn", "/norestart", "DO_NOT_LAUNCH=1")
"""Silent, and without the window of WireGuard's own manager (docs/enterprise.md of wireguard-windows)."""

INSTALL_S: Final = 120.0
"""It takes seconds; a driver is among what it installs."""

_NAME: Final = re.compile(r"wireguard-amd64-(\d+(?:\.\d+)*)\.msi", re.IGNORECASE)
SYSTEM_ROOT: Final = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_DONE: Final = (1641, 3010)
"""winerror.h: ERROR_SUCCESS_REBOOT_INITIATED, ERROR_SUCCESS_REBOOT_REQUIRED."""
_BUSY: Final = 1618
"""winerror.h: ERROR_INSTALL_ALREADY_RUNNING, for example ours, which has just started the helper."""


def newest(names: Iterable[str]) -> str | None:
    """Of the files' names the one of WireGuard's latest package."""
    known = [(tuple(map(int, match[1].split("."))), name) for name in names if (match := _NAME.fullmatch(name))]
    return max(known)[1] if known else None


def keep(windows: Windows, beside: PureWindowsPath, folder: PureWindowsPath) -> str | None:
    """Take the package that lies beside that file into our folder; its name, None where there is none.

    Raises CommandFailed for one that is not WireGuard's, OSError.
    """
    name = newest(windows.listed(str(beside.parent)))
    if name is None:
        return None
    kept = str(folder / name)
    windows.copy(str(beside.parent / name), kept)
    try:
        _look_at(windows, kept)
    except CommandFailed:
        windows.remove(kept)
        raise
    return name


async def install(windows: Windows, folder: PureWindowsPath) -> None:
    """Install what was kept, if anything was; raises CommandFailed, OSError."""
    name = newest(windows.listed(str(folder)))
    root = (windows.read_key(SYSTEM_ROOT) or {}).get("SystemRoot")
    if name is None or not isinstance(root, str):
        return
    package = str(folder / name)
    _look_at(windows, package)
    try:
        await windows.run(rf"{root}\System32\msiexec.exe", ("/i", package, *OPTIONS), INSTALL_S)
    except CommandFailed as error:
        if error.status in _DONE:
            return
        if error.status is None:
            raise  # it did not start, or did not end
        busy = "another installation is under way"
        detail = busy if error.status == _BUSY else f"Windows Installer's error {error.status}"
        raise CommandFailed(Problem("command-failed", {"command": name, "detail": detail}), error.status) from error


def _look_at(windows: Windows, package: str) -> None:
    if windows.signer(package) != PUBLISHER:
        detail = f"it is not signed by {PUBLISHER}"
        raise CommandFailed(Problem("command-failed", {"command": PureWindowsPath(package).name, "detail": detail}))
