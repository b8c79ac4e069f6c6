"""Which socket does a program of this user talk to?"""

import os

from wgtray.desktop import SYSTEM
from wgtray.ipc.places import DEFAULT_SOCKET, SOCKET_VARIABLE


def socket_path(explicit: str | None) -> str:
    """What was asked for, else ``$WGTRAY_SOCKET``, else this system's default."""
    return explicit or os.environ.get(SOCKET_VARIABLE) or DEFAULT_SOCKET[SYSTEM]
