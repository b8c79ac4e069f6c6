"""Is what we laid in the Windows Filtering Platform there, and how does it become something else?

All filters change in one transaction. With them goes a text that says what they carry out; what is there is told by
their keys, which are made of what a filter says (``winapi.Filter.key``). So nothing is remembered that the system does
not hold: a helper that starts anew reads the text, renders it, and compares.
"""

import zlib
from collections.abc import Callable, Iterable

import msgspec

from wgtray.core.apps import Rule
from wgtray.core.fields import Address
from wgtray.core.firewall import Firewall
from wgtray.core.host import Route
from wgtray.platforms.windows import apps, boot, firewall
from wgtray.platforms.windows.firewall import Look, Ours
from wgtray.platforms.windows.winapi import Filter, SeenWall, Windows


class Laid(msgspec.Struct, frozen=True):
    """What our filters carry out. Routes into the tunnel are here to be told from the addresses of names."""

    firewall: Firewall | None = None
    routes: frozenset[Route] = frozenset()
    steered: frozenset[int] = frozenset()
    apps: frozenset[Rule] = frozenset()
    luid: int | None = None


class Seen(msgspec.Struct, frozen=True):
    """What was read back; ``intact`` False: it is not what the text says, or not for the present interface."""

    laid: Laid
    learned: frozenset[Address]
    intact: bool


NONE = Seen(Laid(), frozenset(), True)


class Wall:
    """Our filters on one computer."""

    def __init__(
        self, windows: Windows, ours: Callable[[], Ours], below: Callable[[str], Iterable[str]] = apps.executables
    ) -> None:
        self._windows = windows
        self._ours = ours
        self._below = below

    def read(self, luid: int | None) -> Seen:
        """What is there; raises OSError."""
        found = self._windows.wall()
        if found is None:
            return NONE
        laid, learned = decoded(found.text), learned_of(found)
        if laid is None:
            return Seen(Laid(), learned, intact=False)
        expected = {one.key for one in self._rendered(laid, learned) if one.lasting != "boot"}
        return Seen(laid, learned, expected == set(found.filters) and laid.luid == luid)

    def put(self, laid: Laid, learned: frozenset[Address]) -> None:
        """Make it exactly this in one transaction; raises OSError."""
        found = self._windows.wall()
        wanted = {one.key: one for one in self._rendered(laid, learned)}
        if not wanted and laid == Laid(luid=laid.luid):
            if found is not None:
                self._windows.drop_wall()
            return
        there = set() if found is None else set(found.filters)
        text = encoded(laid)
        early = {one.key for one in boot.AT_ONCE}
        # Whether those of a start are there is not to be seen: with each change they are put anew or taken away.
        gained = [one for key, one in wanted.items() if key not in there - early]
        lost = there - set(wanted)
        if found is None or lost or found.text != text or any(one.key not in early for one in gained):
            self._windows.put_wall(text, gained, lost | (early - set(wanted) if there & boot.SIGN else set()))

    def learn(self, laid: Laid, before: frozenset[Address], after: frozenset[Address]) -> None:
        """The addresses of names have become these, and nothing else; reads nothing back, for there may be thousands.

        Raises OSError.
        """
        if not before or not after:
            self.put(laid, after)
            return
        gained = [one for address in sorted(after - before) for one in firewall.render_learned(address)]
        lost = [one.key for address in before - after for one in firewall.render_learned(address)]
        if gained or lost:
            self._windows.put_wall(None, gained, lost)

    def drop(self) -> bool:
        """Everything away; whether there was something. Raises OSError."""
        if self._windows.wall() is None:
            return False
        self._windows.drop_wall()
        return True

    def _rendered(self, laid: Laid, learned: frozenset[Address]) -> list[Filter]:
        look = Look(laid.luid, self._ours())
        found = firewall.render_holds(laid.routes, laid.steered, look)
        found += [one for address in sorted(learned) for one in firewall.render_learned(address)]
        if found:
            found += firewall.render_basis(look)
        if laid.firewall is not None:
            found += firewall.render(laid.firewall, look)
        programs = apps.render(laid.apps, look, self._windows.users() if laid.apps else (), self._below)
        return found + programs + boot.render(laid.firewall, laid.routes, programs)


def encoded(laid: Laid) -> bytes:
    """The text that goes with the filters; the same for the same value."""
    return zlib.compress(msgspec.json.encode(laid, order="deterministic"))


def decoded(text: bytes) -> Laid | None:
    """None for what is not such a text."""
    try:
        return msgspec.json.decode(zlib.decompress(text), type=Laid)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def learned_of(found: SeenWall) -> frozenset[Address]:
    """The addresses that the filters close, by their names."""
    names = (name for name in found.filters.values() if name.startswith(firewall.LEARNED))
    return frozenset(Address(name.removeprefix(firewall.LEARNED)) for name in names)
