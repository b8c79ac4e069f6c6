"""Where does the helper listen when nobody says otherwise? (CONTRACT section 4)

Values only: which of them is ours is known to ``wgtray.desktop.places.socket_path`` on the user's side and to
``wgtray.platforms`` on the helper's.
"""

from collections.abc import Mapping
from typing import Literal

System = Literal["linux", "macos", "windows"]

DEFAULT_SOCKET: Mapping[System, str] = {
    "linux": "/run/wgtray/helper.sock",
    "macos": "/var/run/wgtray/helper.sock",
    "windows": r"\\.\pipe\ProtectedPrefix\Administrators\wgtray",
}

SOCKET_VARIABLE = "WGTRAY_SOCKET"
"""The environment variable that clients obey when no ``--socket`` is given."""
