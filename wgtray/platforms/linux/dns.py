"""How does a Linux machine come to ask our forwarder for names, and whom would it ask without us?

By whoever is in charge of the resolver file, in this order:

======================  ======================================================  =============================
in charge               how it is told                                          when we are gone
======================  ======================================================  =============================
systemd-resolved        settings of our link: the profile's domains, or all     gone with the link
                        names (``resolved.py``)
resolvconf, openresolv  a record of ours: all names (``resolvconf.py``)         taken out by the next helper
nobody, or a file       the file itself, kept in a journal: all names           given back by the next helper
that was named          (``resolv_conf.py``)
======================  ======================================================  =============================

Where all names come to us, our forwarder asks for those that are none of the profile's whom the machine would ask. It
is the only server listed: a second one would be asked for company names whenever ours is slow. So while a killed helper
is not back no name is resolved; its service manager starts it again within a second.

A network namespace has no resolver file of its own. A helper in one other than the machine's takes over only a file
that it was named (``--resolv-conf``), or that is mounted for it.
"""

import os
from pathlib import Path

from wgtray.core.host import Dns
from wgtray.core.names import Server
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import resolvconf, resolved
from wgtray.platforms.linux.resolv_conf import ResolverFile, parse_servers

DEFAULT = Path("/etc/resolv.conf")
UDP = Path("/proc/thread-self/net/udp")


class SystemResolver:
    """The resolver of this machine, or the one that reads the named file."""

    def __init__(self, state_dir: Path, named: Path | None) -> None:
        self._named = named is not None
        self._file = ResolverFile(named or DEFAULT, state_dir)

    async def observe(self, link: str | None, asked: Dns | None) -> Dns | None:
        """Which names are asked of us. Where more cannot be told than that all are, it counts as ``asked``."""
        if self._file.is_in_place() or (not self._named and self._told_resolvconf()):
            return asked or Dns(frozenset(), everything=True)
        if self._named or not self._resolved():
            return None
        if link is None:
            return asked  # nothing to tell it by; nothing is told either
        return resolved.laid_over(await resolved.observe(link), asked)

    async def put(self, link: str | None, dns: Dns | None) -> None:
        """Let exactly these names be asked of us; None: as it was without us. Raises CommandFailed, OSError."""
        if dns is None:
            await self.restore(link)
        elif self._named:
            self._file.put()
        elif self._resolved():
            if link is not None:
                await resolved.put(link, dns)
        elif _is_another_namespaces(self._file.path):
            detail = "it belongs to the whole computer, not to this network namespace: pass --resolv-conf"
            raise CommandFailed(Problem("command-failed", {"command": str(self._file.path), "detail": detail}))
        elif resolvconf.is_in_charge(self._text()) or resolvconf.is_told():
            await resolvconf.put(wanted=True)
        else:
            self._file.put()

    async def restore(self, link: str | None) -> bool:
        """Nothing of ours any more, by whichever way it came; whether there was something. Raises as ``put``."""
        restored = self._file.restore(alone=self._named or not _is_another_namespaces(self._file.path))
        if self._named:
            return restored
        if resolvconf.is_told():
            await resolvconf.put(wanted=False)
            restored = True
        if link is not None and self._resolved() and await resolved.observe(link) is not None:
            await resolved.put(link, None)
            restored = True
        return restored

    def former(self) -> tuple[Server, ...]:
        """Whom the machine asks without us, or would ask, at this moment."""
        if not self._named and self._resolved():
            return parse_servers(_read(Path(resolved.UPSTREAM)))
        if not self._named and resolvconf.is_told():
            return resolvconf.former()
        return self._file.former()

    def watched(self) -> tuple[Path, ...]:
        """The files by whose change somebody else may have become the one who is asked."""
        return self._file.watched()

    def _resolved(self) -> bool:
        servers = [server.address for server in parse_servers(self._text())]
        return resolved.is_in_charge([str(server) for server in servers], _read(UDP))

    def _told_resolvconf(self) -> bool:
        return resolvconf.is_told() and parse_servers(self._text()) == ()

    def _text(self) -> str:
        return _read(self._file.path)


def _is_another_namespaces(path: Path) -> bool:
    """Whether that file is read by the whole machine while this network namespace is a part of it."""
    try:
        alone = os.readlink("/proc/thread-self/ns/net") != os.readlink("/proc/1/ns/net")
        same_files = os.readlink("/proc/thread-self/ns/mnt") == os.readlink("/proc/1/ns/mnt")
    except OSError:
        return False  # no /proc of the whole machine: a container, whose files are its own
    return path == DEFAULT and alone and same_files


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
