"""Which operating system is this? The helper's one place that asks; everything else gets a ``Backend``."""

import sys
from pathlib import Path
from typing import Final, Literal

from wgtray.platforms.api import Backend

System = Literal["linux", "macos", "windows"]

_SYSTEMS: dict[str, System] = {"darwin": "macos", "win32": "windows"}

SYSTEM: Final[System] = _SYSTEMS.get(sys.platform, "linux")
"""The name under which this system's values are found; Unix systems without a column of their own use Linux's."""


def load(state_dir: Path, interface: str, resolv_conf: Path | None = None) -> Backend:
    """The backend of this machine, or one with that resolver file; raises NotImplementedError where there is none."""
    if sys.platform == "linux":
        from wgtray.platforms.linux.backend import LinuxBackend

        return LinuxBackend(state_dir, interface, resolv_conf)
    raise NotImplementedError(f"wgtray has no backend for {sys.platform} yet")
