"""What does the taskbar of Windows want to know of us, and what is it like? Nothing on other systems."""

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
    if SYSTEM != "windows" or chosen != "any":
        return chosen
    from wgtray.desktop import run_key

    return told(run_key.read(_PERSONALIZE, "SystemUsesLightTheme"))


def told(light: str | None) -> Surface:
    """By the value that says whether the taskbar is light; it is dark where there is none (Windows 10 before 1903)."""
    return "light" if light == "1" else "dark"
