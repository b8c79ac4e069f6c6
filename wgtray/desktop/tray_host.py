"""Does this session show tray icons? Asked without Qt, for the command line.

A host of StatusNotifierItem names itself on the session bus; one of the older kind owns a selection of the X screen.
"""

import ctypes
import ctypes.util
import os
from typing import Final

from wgtray.core.checkup import TrayHost

BUS_TIMEOUT_S: Final = 2.0


def found() -> TrayHost:
    """What this session has."""
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return "no-display"
    return "present" if _watcher_on_bus() or _selection_owned() else "none"


def _watcher_on_bus() -> bool:
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return False
    from jeepney import DBusErrorResponse, message_bus
    from jeepney.io.blocking import Proxy, open_dbus_connection

    try:
        with open_dbus_connection() as connection:
            bus = Proxy(message_bus, connection, timeout=BUS_TIMEOUT_S)
            return bool(bus.NameHasOwner("org.kde.StatusNotifierWatcher")[0])
    except (OSError, ValueError, KeyError, DBusErrorResponse):  # no bus there, or one that does not speak as it should
        return False


def _selection_owned() -> bool:
    """Freedesktop system tray protocol 0.3: whoever owns ``_NET_SYSTEM_TRAY_S0`` shows the icons of screen 0."""
    name = ctypes.util.find_library("X11") if os.environ.get("DISPLAY") else None
    if name is None:
        return False
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = x11.XGetSelectionOwner.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return False
    atom = x11.XInternAtom(display, b"_NET_SYSTEM_TRAY_S0", 0)
    owner = x11.XGetSelectionOwner(display, ctypes.c_ulong(atom))
    x11.XCloseDisplay(display)
    return bool(owner)
