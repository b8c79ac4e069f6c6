"""Is our firewall in the kernel, and is it what we loaded? Loads it, and notices when somebody else touched it.

The kernel numbers the generations of its rules. While the number is the one after our own load nothing has changed and
no program is asked; after a change by anybody our table is listed and compared with how it was listed first.
"""

import hashlib
import itertools
import logging
from collections.abc import Iterable
from typing import Any

import msgspec

from wgtray.core.fields import Address, Prefix, family
from wgtray.core.firewall import ALTERED, Firewall
from wgtray.core.host import Route, Tunnel
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import listed, run
from wgtray.platforms.linux import firewall as rules
from wgtray.platforms.linux import netfilter, routes
from wgtray.platforms.linux.firewall import FAMILIES, LEARNED, TABLE

_EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))
_PASSING = frozenset({"handle", "metainfo"})
"""Of a listing: what is another with every load of the same rules."""

log = logging.getLogger("wgtray")


class Loaded(msgspec.Struct, frozen=True):
    """What we put into the kernel."""

    firewall: Firewall
    interface: str
    rules: int
    generation: int
    """Of the kernel's rules when they were last seen to be ours."""
    print: str | None = None
    """Of our table as it was first listed; that the number is ours says enough of the moment after the load."""
    is_new: bool = True


class _Listing(msgspec.Struct):
    nftables: list[dict[str, dict[str, Any]]]


_listing = msgspec.json.Decoder(_Listing)


class Wall:
    """Our table of one network namespace. An earlier helper's is ``ALTERED``, and so made again."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._learned: set[Address] = set()  # what the sets hold, apart: there are many, and they change all the time

    def is_as_seen(self) -> bool:
        """Whether nobody changed any rule since we last looked: then a report of the kernel is about our own change.

        So is one while we load; what happens to the table in that moment shows when it is read back.
        """
        return self._loaded is None or netfilter.generation() == self._loaded.generation

    async def is_there(self) -> bool:
        """Whether the kernel has a table of ours, whoever loaded it."""
        return any(map(_is_there, FAMILIES))

    async def observe(self, interface: str) -> Firewall | None:
        """What our table does where our link is called ``interface``; raises CommandFailed, OSError."""
        loaded = self._loaded
        if loaded is None:
            return ALTERED if await self.is_there() else None
        generation = netfilter.generation()
        if loaded.is_new and generation == loaded.generation:
            self._loaded = msgspec.structs.replace(loaded, is_new=False)
        elif generation != loaded.generation or loaded.print is None:
            listed = await _listed()
            if listed is None:
                self._loaded = None
                return None
            if generation == loaded.generation and _count(listed) == loaded.rules:
                loaded = msgspec.structs.replace(loaded, print=_print(listed))
            if _print(listed) != loaded.print or _elements(listed) != self._learned:
                if loaded.print is not None:
                    log.warning("somebody changed our firewall table")
                self._loaded = None
                return ALTERED
            loaded = self._loaded = msgspec.structs.replace(loaded, generation=generation, is_new=False)
        return loaded.firewall if loaded.interface == interface else ALTERED

    async def put(self, firewall: Firewall | None, learned: Iterable[Address], interface: str) -> None:
        """Make our table exactly this in one transaction; raises CommandFailed, OSError."""
        self._loaded = None
        if firewall is None:
            for kind in FAMILIES:
                if _is_there(kind):
                    netfilter.delete_table(kind, TABLE)
            return
        before, held = netfilter.generation(), set(learned)
        script = rules.render(firewall, held, interface)
        await run(["nft", "-f", "-"], stdin=script)
        self._loaded = Loaded(firewall, interface, rules.count_rules(script), before + 1)
        self._learned = held

    async def rename(self, interface: str) -> None:
        """Our link is called ``interface`` now; raises CommandFailed, OSError."""
        loaded = self._loaded
        if loaded is not None and loaded.interface != interface:
            await self.put(loaded.firewall, self._learned, interface)

    def learn(self, gained: Iterable[Address], lost: Iterable[Address]) -> None:
        """Change the sets of learned addresses; raises OSError."""
        loaded = self._loaded
        if loaded is None:
            return
        gained = [address for address in gained if address not in self._learned]
        lost = [address for address in lost if address in self._learned]
        if not gained and not lost:
            return
        before = netfilter.generation()
        netfilter.commit(netfilter.render_elements(TABLE, gained, lost, LEARNED))
        self._learned.update(gained)
        self._learned.difference_update(lost)
        if before == loaded.generation:
            self._loaded = msgspec.structs.replace(loaded, generation=before + 1)


def forced_routes(firewall: Firewall | None, tunnel: Tunnel | None) -> frozenset[Route]:
    """What the table of marked packets holds: into the tunnel, and what they meet where it is not."""
    if firewall is None or not firewall.forced:
        return frozenset()
    into = set() if tunnel is None else set(map(family, tunnel.addresses))
    found = {Route(prefix, "tunnel") for prefix in _EVERYTHING if family(prefix) in into}
    return frozenset(found | ({Route(prefix, "held") for prefix in _EVERYTHING} if firewall.fails_closed else set()))


def _is_there(kind: str) -> bool:
    try:
        return netfilter.has_table(kind, TABLE)
    except OSError:  # a kernel without nftables has no table
        return False


async def _listed() -> list[dict[str, Any]] | None:
    """Our table of each family as nft lists it; None when there is none."""
    there = [kind for kind in FAMILIES if _is_there(kind)]
    if not there:
        return None
    return understood([await run(["nft", "-j", "list", "table", kind, TABLE]) for kind in there])


def understood(texts: Iterable[str]) -> list[dict[str, Any]]:
    """What ``nft -j`` listed, an object an item; raises CommandFailed."""
    try:
        return list(itertools.chain.from_iterable(listed(_listing, text).nftables for text in texts))
    except ValueError as error:
        problem = Problem("command-failed", {"command": "nft -j list table", "detail": routes.UNKNOWN_OUTPUT})
        raise CommandFailed(problem) from error


def _count(listed: Iterable[dict[str, Any]]) -> int:
    return sum("rule" in item for item in listed)


def _print(listed: Iterable[dict[str, Any]]) -> str:
    """Equal for equal rules: without what counts or names this load, and without the learned addresses."""
    kept = []
    for item in listed:
        for kind, content in item.items():
            if kind in _PASSING:
                continue
            aside = {"handle", "elem"} if kind == "set" and content.get("name") in LEARNED.values() else {"handle"}
            kept.append((kind, {key: value for key, value in content.items() if key not in aside}))
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()


def _elements(listed: Iterable[dict[str, Any]]) -> frozenset[Address]:
    found: set[Address] = set()
    for item in listed:
        content = item.get("set")
        if content is not None and content.get("name") in LEARNED.values():
            found.update(map(Address, content.get("elem", ())))
    return frozenset(found)
