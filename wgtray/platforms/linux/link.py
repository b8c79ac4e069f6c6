"""Which link of this network namespace is ours, whatever it is called by now?

A link of ours carries a second name (``ip link property``, Linux 5.5), which stays when somebody renames it and goes
when it goes. Names are asked for by ioctl, which knows second names too; sysfs would show the namespace of whoever
mounted it.
"""

import logging
import socket

from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import run
from wgtray.platforms.linux import process
from wgtray.platforms.linux.files import stem

SECOND_NAME = "wgtray-link"
NAME_TRIES = 100

log = logging.getLogger("wgtray")


def marked() -> str | None:
    """The present name of the link that carries our second name."""
    try:
        return socket.if_indextoname(socket.if_nametoindex(SECOND_NAME))
    except OSError:
        return None


async def mark(name: str) -> None:
    """Give a link our second name; a kernel that cannot is no failure, the link is then known by its first."""
    try:
        await run(["ip", "link", "property", "add", "dev", name, "altname", SECOND_NAME])
    except CommandFailed as error:
        log.warning("%s would not be found again if it were renamed: %s", name, error)


async def delete(name: str) -> None:
    """Remove a link, and with it the routes into it; raises CommandFailed."""
    await run(["ip", "link", "delete", "dev", name])


def exists(name: str) -> bool:
    """Whether this network namespace has a link of that first name."""
    return any(link == name for _, link in socket.if_nameindex())


def free_name(wanted: str) -> str:
    """``wanted``, or the next ``wgtrayN`` that no link here and no userspace WireGuard anywhere uses."""
    links = {name for _, name in socket.if_nameindex()}
    names = [wanted, *(f"{stem(wanted)}{number}" for number in range(NAME_TRIES))]
    return next((name for name in names if name not in links and not process.answers(name)), wanted)
