"""Which system's desktop is this? The one place on the user's side that looks (ARCHITECTURE, import rules)."""

import sys
from typing import Final

from wgtray.ipc.places import System

SYSTEM: Final[System] = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")  # type: ignore[assignment]
