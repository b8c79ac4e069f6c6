"""How does the tray start a program so that it only ever speaks through the tunnel?"""

import sys


def protected(socket: str, path: str) -> tuple[str, ...]:
    """The command line that does it: our own ``wgtray run``, however this program was installed."""
    own = (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "wgtray")
    return (*own, "--socket", socket, "run", "--", path)
