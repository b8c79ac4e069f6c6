"""For how long does an address that was learned from a name go into the tunnel, and how many may there be?

An answer is valid for its TTL, but programs keep addresses for longer, and a flow outlives both. So an address stays
for ``OUTLIVES_S`` after the last answer with it ran out, and then until nobody has a socket to it any more.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Set

import msgspec

from wgtray.core.fields import Address

OUTLIVES_S = 600.0
"""How long programs may use an address after its TTL: browsers do for a minute, connection pools for a few."""

TTL_CEILING_S = 3000
"""What programs are told at most, so that nothing stays for more than an hour that nobody asks for."""

SWEEP_S = 30.0
"""Between two looks at what has expired. Without learned addresses nobody looks."""

ANSWER_LIMIT = 64
"""Addresses of one answer; the largest that resolvers are known to give have a few dozen."""

NAME_LIMIT = 1024
"""Addresses of one name at a time: pools of large providers hand out different ones with every answer."""

TOTAL_LIMIT = 16_384
"""Of all names: two routes and a few hundred bytes each, and no profile that anybody wrote comes near it."""


class Entry(msgspec.Struct, frozen=True):
    """Whose an address is, and until when it is ours."""

    name: str
    expires_at: float


class Ledger:
    """What is learned, by address. Times are seconds of a monotonic clock that the caller passes in."""

    def __init__(self) -> None:
        self.entries: dict[Address, Entry] = {}
        self._count: Counter[str] = Counter()

    def accept(self, name: str, addresses: Iterable[Address], ttl_s: float, now: float) -> tuple[Address, ...]:
        """Note these of one answer, as far as there is room; what is accepted is learned until its time is over."""
        expires_at = now + min(ttl_s, TTL_CEILING_S) + OUTLIVES_S
        accepted = []
        for address in list(dict.fromkeys(addresses))[:ANSWER_LIMIT]:
            known = self.entries.get(address)
            if known is None and (self._count[name] >= NAME_LIMIT or len(self.entries) >= TOTAL_LIMIT):
                continue
            if known is None or not known.name:
                self._put(address, Entry(name, expires_at))
            elif known.expires_at < expires_at:
                self.entries[address] = Entry(known.name, expires_at)
            accepted.append(address)
        return tuple(accepted)

    def adopt(self, addresses: Iterable[Address], now: float) -> None:
        """Addresses that an earlier helper learned, of names that are not known any more."""
        for address in addresses:
            if address not in self.entries:
                self._put(address, Entry("", now + OUTLIVES_S))

    def sweep(self, in_use: Set[Address], now: float) -> frozenset[Address]:
        """Forget what has expired and nobody uses; returns it."""
        expired = frozenset(
            address for address, entry in self.entries.items() if entry.expires_at <= now and address not in in_use
        )
        self.forget(expired)
        return expired

    def forget(self, addresses: Iterable[Address]) -> None:
        """These are not learned any more."""
        for address in addresses:
            self._take(address)

    def clear(self) -> None:
        """Nothing is learned any more."""
        self.entries.clear()
        self._count.clear()

    def latest(self, count: int) -> list[tuple[Address, Entry]]:
        """Those that were learned last, latest first."""
        return list(itertools.islice(reversed(self.entries.items()), count))

    def _put(self, address: Address, entry: Entry) -> None:
        self._take(address)
        self.entries[address] = entry
        self._count[entry.name] += 1

    def _take(self, address: Address) -> None:
        entry = self.entries.pop(address, None)
        if entry is not None:
            self._count[entry.name] -= 1
            if not self._count[entry.name]:
                del self._count[entry.name]
