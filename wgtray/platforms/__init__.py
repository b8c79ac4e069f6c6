"""Which operating system is this? The helper's one place that asks; everything else gets a ``Backend``."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Final, Literal

from wgtray.platforms.api import Authority, Backend, Ground

System = Literal["linux", "macos", "windows"]

_SYSTEMS: dict[str, System] = {"darwin": "macos", "win32": "windows"}

SYSTEM: Final[System] = _SYSTEMS.get(sys.platform, "linux")
"""The name under which this system's values are found; Unix systems without a column of their own use Linux's."""

_GROUPS: dict[System, str] = {"linux": "wgtray", "macos": "admin", "windows": "interactive"}

GROUP: Final = _GROUPS[SYSTEM]
"""Whose members may use the helper (CONTRACT section 4)."""


def load(state_dir: Path, interface: str, resolv_conf: Path | None = None) -> Backend:
    """The backend of this machine, or one with that resolver file; raises NotImplementedError where there is none."""
    if sys.platform == "linux":
        from wgtray.platforms.linux.backend import LinuxBackend

        return LinuxBackend(state_dir, interface, resolv_conf)
    if SYSTEM == "windows":
        from wgtray.platforms.windows.backend import WindowsBackend
        from wgtray.platforms.windows.ground import probe
        from wgtray.platforms.windows.native import NativeWindows

        return WindowsBackend(NativeWindows(), state_dir, interface, probe=probe())
    if SYSTEM == "macos":
        from wgtray.platforms.macos.backend import MacBackend

        return MacBackend(state_dir, interface)
    raise NotImplementedError(f"wgtray has no backend for {sys.platform} yet")


def authority() -> Authority | None:
    """Who can be asked to allow what policy refuses; None where the system has nobody to ask."""
    if sys.platform == "linux":
        from wgtray.platforms.linux.polkit import Polkit

        return Polkit()
    return None


def ground() -> Ground:
    """On what a helper of this system stands."""
    if SYSTEM == "windows":
        from wgtray.platforms.windows import ground as on_windows

        return on_windows
    from wgtray.platforms import unix

    return unix


def state_dir() -> Path:
    """Where a helper's state rests when nobody says otherwise (CONTRACT section 4)."""
    match SYSTEM:
        case "linux":
            return Path("/var/lib/wgtray")
        case "macos":
            return Path("/Library/Application Support/wgtray")
        case "windows":
            from wgtray.platforms.windows import ground as on_windows

            return on_windows.program_files() / "wgtray" / "data"


def carry(package: Path, state_dir: Path) -> str | None:
    """Keep what our installer may bring along for another one, from beside that package; its name, None for nothing.

    Raises CommandFailed, OSError.
    """
    if SYSTEM == "windows":
        from wgtray.platforms.windows import carried
        from wgtray.platforms.windows.native import NativeWindows

        return carried.keep(NativeWindows(), PureWindowsPath(package), PureWindowsPath(state_dir))
    return None


def log_handler() -> logging.Handler:
    """Where the helper logs: standard error, which service managers keep; launchd does not."""
    if SYSTEM == "macos" and not sys.stderr.isatty():
        from wgtray.platforms.macos.log import SystemLog

        return SystemLog()
    return logging.StreamHandler(sys.stderr)


def company_keys() -> Path:
    """Where whoever administers this machine installs whose profiles it takes."""
    if SYSTEM == "windows":
        from wgtray.platforms.windows import ground as on_windows

        return on_windows.program_files() / "wgtray" / "company.pub"
    return Path("/etc/wgtray/company.pub")


def as_service(run: Callable[[], int]) -> int:
    """Run the helper as the system's service manager wants it; only Windows has a protocol of its own for that."""
    if SYSTEM == "windows":
        from wgtray.platforms.windows import service

        return service.run(run)
    return run()
