"""Is our anchor in pf, asked of every packet, and what we loaded? Loads it, and notices when somebody else touched it.

pf counts who wants it enabled: each gets a token, and it goes off when the last is given back. Nobody but the owner of
a token can so switch it off by accident, and we never do for others.

The main rules of every Mac lead to all anchors below com.apple. Where another tool has loaded main rules of its own
that do not, or that let something pass for good before they do, that one line goes to the front of them. pfctl can
only load all of them anew, filter rules with normalization (``-R``) and translations of every kind (``-N``), and so is
given back what it lists.
"""

import contextlib
import hashlib
import logging
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from wgtray.core.fields import Address, family
from wgtray.core.firewall import ALTERED, Firewall
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.macos import firewall as rules
from wgtray.platforms.macos.firewall import ANCHOR, TABLES
from wgtray.platforms.macos.machine import Machine, make_runtime

log = logging.getLogger("wgtray")

_TOKEN = re.compile(r"Token : (\d+)")
_REFERENCE = re.compile(r'(nat-)?anchor "com\.apple/\*"')
_MAIN: Final = (("nat", 'nat-anchor "com.apple/*" all', "-N"), ("rules", 'anchor "com.apple/*" all', "-R"))
_ANY = {4: "0.0.0.0/0", 6: "::/0"}


class Loaded(msgspec.Struct, frozen=True):
    """What we put into the kernel, and how pf lists it."""

    firewall: Firewall
    interface: str | None
    own: frozenset[Address]
    print: str


class Wall:
    """Our anchor. An earlier helper's is ``ALTERED``, and so made again."""

    def __init__(self, machine: Machine, name: str) -> None:
        self._machine = machine
        self._token: Path = machine.runtime / f"{name}.pf"
        self._loaded: Loaded | None = None
        self._learned: set[Address] = set()

    async def is_there(self) -> bool:
        """Whether pf has rules of ours, whoever loaded them; raises CommandFailed."""
        return bool((await self._pf("-a", ANCHOR, "-s", "rules")).strip())

    async def observe(self, interface: str | None) -> Firewall | None:
        """What our anchor does where our interface is that; raises CommandFailed."""
        if not await self.is_there():
            self._loaded = None
            return None
        loaded = self._loaded
        if loaded is None or not await self._is_asked() or await self._print() != loaded.print:
            if loaded is not None:
                log.warning("somebody changed our firewall rules")
            self._loaded = None
            return ALTERED
        return loaded.firewall if loaded.interface == interface else ALTERED

    async def put(
        self, firewall: Firewall | None, learned: Iterable[Address], interface: str | None, own: Collection[Address]
    ) -> None:
        """Make our anchor exactly this; raises CommandFailed, OSError."""
        self._loaded = None
        if firewall is None:
            await self._remove()
            return
        held = set(learned)
        await self._pf("-a", ANCHOR, "-f", "-", stdin=rules.render(firewall, held, interface, own))
        await self._be_asked()
        for end in rules.ends(firewall):
            await self._pf(*(("-F", "states") if end is None else ("-k", _ANY[family(end)], "-k", end)))
        self._learned = held
        self._loaded = Loaded(firewall, interface, frozenset(own), await self._print())

    async def follow(self, interface: str | None, own: Collection[Address]) -> None:
        """Our interface is this one now; raises CommandFailed, OSError."""
        loaded = self._loaded
        if loaded is not None and (loaded.interface, loaded.own) != (interface, frozenset(own)):
            await self.put(loaded.firewall, self._learned, interface, own)

    async def learn(self, gained: Iterable[Address], lost: Iterable[Address]) -> None:
        """Change the table of learned addresses; raises CommandFailed."""
        loaded = self._loaded
        if loaded is None:
            return
        for word, addresses in (("add", set(gained) - self._learned), ("delete", set(lost) & self._learned)):
            if addresses:
                text = "\n".join(sorted(addresses)) + "\n"
                await self._pf("-a", ANCHOR, "-t", "learned", "-T", word, "-f", "-", stdin=text)
        self._learned = (self._learned | set(gained)) - set(lost)
        self._loaded = msgspec.structs.replace(loaded, print=await self._print())

    async def _remove(self) -> None:
        await self._pf("-a", ANCHOR, "-F", "all")
        try:
            token = self._token.read_text().strip()
        except OSError:
            return
        if token.isdigit():
            with contextlib.suppress(CommandFailed):  # pf was switched off for all, and the token with it
                await self._pf("-X", token)
        self._token.unlink(missing_ok=True)

    async def _is_asked(self) -> bool:
        """Whether pf is on and its main rules lead to our anchor."""
        if not (await self._pf("-s", "info")).startswith("Status: Enabled"):
            return False
        return all([leads_to_us(await self._pf("-s", kind)) for kind, _, _ in _MAIN])

    async def _be_asked(self) -> None:
        for kind, reference, option in _MAIN:
            main = await self._pf("-s", kind)
            if not leads_to_us(main):
                log.warning("the firewall's main rules do not lead to ours any more: put back before theirs")
                await self._pf(option, "-f", "-", stdin=leading_to_us(main, reference))
        info = await self._pf("-s", "info")
        if not self._token.exists() or not info.startswith("Status: Enabled"):
            make_runtime(self._machine)
            token = _TOKEN.search(await self._machine.heard(["pfctl", "-E"]))
            self._token.write_text(token[1] if token is not None else "")

    async def _print(self) -> str:
        """Equal for equal rules and tables."""
        texts = [await self._pf("-a", ANCHOR, "-s", kind) for kind in ("nat", "rules")]
        shown = [await self._members(table) for table in TABLES]
        texts += [" ".join(sorted(text.split())) for text in shown]
        return hashlib.sha256("\0".join(texts).encode()).hexdigest()

    async def _members(self, table: str) -> str:
        """Empty also where somebody took the table away: then it is not as it was."""
        try:
            return await self._pf("-a", ANCHOR, "-t", table, "-T", "show")
        except CommandFailed:
            return ""

    async def _pf(self, *words: str, stdin: str = "") -> str:
        """What pfctl lists. Its remarks, and that there is no anchor of that name, go to the other output."""
        return await self._machine.run(["pfctl", *words], stdin)


def leads_to_us(listed: str) -> bool:
    """Whether these main rules ask our anchor before one of them decides for good."""
    for line in listed.splitlines():
        if _REFERENCE.match(line):
            return True
        if " quick " in f"{line} ":
            return False
    return False


def leading_to_us(listed: str, reference: str) -> str:
    """The main rules as listed, to be loaded again, with ``reference`` before all but what has to stand first."""
    theirs = [line for line in listed.splitlines() if not _REFERENCE.match(line)]
    first = [line for line in theirs if line.startswith("scrub")]  # pf.conf(5): normalization, then filtering
    return "".join(f"{line}\n" for line in (*first, reference, *(line for line in theirs if line not in first)))
