"""Which socket does a program of this user talk to, and where do its settings and its memory rest?"""

import os
from pathlib import Path

from wgtray.desktop import SYSTEM
from wgtray.ipc.places import DEFAULT_SOCKET, SOCKET_VARIABLE

NAME = "wgtray"


def socket_path(explicit: str | None) -> str:
    """What was asked for, else ``$WGTRAY_SOCKET``, else this system's default."""
    return explicit or os.environ.get(SOCKET_VARIABLE) or DEFAULT_SOCKET[SYSTEM]


def settings_folder() -> Path:
    """This user's folder for what they chose."""
    return _folder("XDG_CONFIG_HOME", ".config", "APPDATA")


def state_folder() -> Path:
    """This user's folder for what the program remembers."""
    return _folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")


def _folder(xdg: str, otherwise: str, windows: str) -> Path:
    match SYSTEM:
        case "windows":
            return Path(os.environ.get(windows) or Path.home() / "AppData") / NAME
        case "macos":
            return Path.home() / "Library" / "Application Support" / NAME
        case "linux":
            named = os.environ.get(xdg, "")
            # XDG Base Directory Specification: a relative path is to be ignored
            return (Path(named) if os.path.isabs(named) else Path.home() / otherwise) / NAME
