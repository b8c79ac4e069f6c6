"""What do the taskbar of Windows and the menu bar of a Mac want to know of us, and what are they like?"""

import contextlib
import ctypes
from typing import Any, Final

from wgtray.desktop import SYSTEM
from wgtray.desktop.preferences import Surface

APP_ID: Final = "wgtray"
"""AppUserModelID: under it windows are grouped, and notifications are said to come from us."""

_PERSONALIZE: Final = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


def announce() -> None:
    """Say who we are, before there is a window."""
    if SYSTEM == "windows":
        library: Any = ctypes
        with contextlib.suppress(OSError, AttributeError):  # an older shell: it goes by the path
            library.WinDLL("shell32").SetCurrentProcessExplicitAppUserModelID(ctypes.c_wchar_p(APP_ID))


def surface(chosen: Surface) -> Surface:
    """What an icon stands on: what the user chose, else as the taskbar is now."""
    if chosen != "any" or SYSTEM == "linux":
        return chosen
    if SYSTEM == "macos":
        return "black"
    from wgtray.desktop import run_key

    return told(run_key.read(_PERSONALIZE, "SystemUsesLightTheme"))


def inks_itself(panel: Surface) -> bool:
    """Whether the bar draws an icon in its own ink, so that only its shape counts (a template image of a Mac)."""
    return SYSTEM == "macos" and panel == "black"


def told(light: str | None) -> Surface:
    """By the value that says whether the taskbar is light; it is dark where there is none (Windows 10 before 1903)."""
    return "light" if light == "1" else "dark"
