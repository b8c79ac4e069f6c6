"""At which of its addresses is a node asked? For an endpoint that is a name, which may have many of them.

Smart DNS, GeoDNS and round robin answer differently by place and hour, so an answer is a set of candidates:

* **Nothing is chosen yet**: every candidate is pinged from outside, and the nearest that answers is used, after
  ``SETTLE_S`` at the latest; where no ping comes back, the first that DNS named.
* **What works stays**: while the node answers through the tunnel no answer of DNS, true or forged, moves it, and an
  address that DNS names no more stays as long as it works.
* **What does not work is left** for the next: after ``TRY_S`` without an answer through the tunnel, or sooner where
  other addresses answer pings and this one does not. Those that answer pings come first. When all have had their turn
  it begins again, with twice the time each.

Addresses of a family in which this computer has no way out are passed over while there are others, and never count as
working.
"""

from collections.abc import Iterable, Mapping

import msgspec

from wgtray.core.fields import Endpoint
from wgtray.core.health import Health

MOST = 8
"""Addresses kept of one answer: more than any name of gateways has, few enough to ping and to let through."""

SETTLE_S = 0.3
"""How long others may prove nearer, as between nodes (``machine.SETTLE_S``)."""

TRY_S = 2.0
"""A handshake and a probe over the longest path on earth (0.4 s a round trip), twice."""

DOUBLINGS = 2
"""Then an address has 8 s: a lost first handshake, its retry after REKEY_TIMEOUT (5 s, whitepaper section 6.4), and its
answer."""

NEARER_MS = 8.0
NEARER_SHARE = 0.3
"""Without a tunnel another address is preferred from this difference on, as another node is (``core/failover.py``)."""


class Site(msgspec.Struct, frozen=True):
    """What is known of where one node is. Times are on the clock of ``now``."""

    named: tuple[Endpoint, ...] = ()
    """What its name had last; those that were there before keep their place."""
    used: Endpoint | None = None
    named_at: float = 0.0
    tried_since: float | None = None
    """Since when ``used`` has been asked through the tunnel in vain."""
    silent: frozenset[Endpoint] = frozenset()
    """Those that had their turn in this round."""
    rounds: int = 0
    look_at: float | None = None
    """When time alone changes something."""

    @property
    def candidates(self) -> tuple[Endpoint, ...]:
        """Every address at which the node may be, the one in use first."""
        first = () if self.used is None else (self.used,)
        return (*first, *(one for one in self.named if one != self.used))


class Scene(msgspec.Struct, frozen=True):
    """What the world looks like while a choice is made."""

    works: bool
    """The node answers through the tunnel."""
    trying: bool
    """There is a tunnel through which it is asked."""
    pings: Mapping[Endpoint, Health] = {}
    """How the addresses answer from outside."""
    families: frozenset[int] = frozenset()
    """In which this computer has a way out; empty: nobody knows."""

    def alive(self, one: Endpoint) -> bool:
        return self.pings.get(one, Health()).alive

    def possible(self, site: Site) -> tuple[Endpoint, ...]:
        """The candidates with a way there; all of them where there is a way to none."""
        there = tuple(one for one in site.candidates if self._has_way(one))
        return there or site.candidates

    def rtt_ms(self, one: Endpoint) -> float:
        rtt_ms = self.pings.get(one, Health()).rtt_ms
        return float("inf") if rtt_ms is None or not self.alive(one) else rtt_ms

    def best(self, candidates: Iterable[Endpoint]) -> Endpoint:
        """The nearest that answers, of those with a way there; the first of those that are alike."""
        return min(candidates, key=lambda one: (not self._has_way(one), not self.alive(one), self.rtt_ms(one)))

    def _has_way(self, one: Endpoint) -> bool:
        return not self.families or family_of(one) in self.families


def named(site: Site, answer: Iterable[Endpoint], now: float) -> Site:
    """``site`` after DNS named these addresses; an empty answer changes nothing."""
    fresh = tuple(dict.fromkeys(answer))
    if not fresh:
        return site
    kept = tuple(one for one in site.named if one in fresh)
    together = (*kept, *(one for one in fresh if one not in kept))[:MOST]
    if together == site.named:
        return site
    since = now if site.used is None and not site.named else site.named_at
    return msgspec.structs.replace(site, named=together, named_at=since)


def recalled(kept: Iterable[Endpoint], now: float) -> Site:
    """What an earlier run of the helper kept, the address that it used first."""
    addresses = tuple(dict.fromkeys(kept))[: MOST + 1]
    return Site(addresses, addresses[0] if addresses else None, now)


def elsewhere(site: Site, now: float) -> Site:
    """``site`` on another network: every address has a new chance."""
    tried_since = None if site.tried_since is None else now
    return msgspec.structs.replace(site, named_at=now, tried_since=tried_since, silent=frozenset(), rounds=0)


def followed(site: Site, scene: Scene, now: float) -> Site:
    """``site`` with the address that is to be used now."""
    if not site.candidates:
        return site
    if site.used is None:
        possible = scene.possible(site)
        measured = all(scene.rtt_ms(one) < float("inf") for one in possible)
        if len(possible) > 1 and not measured and now < site.named_at + SETTLE_S:
            return msgspec.structs.replace(site, look_at=site.named_at + SETTLE_S)
        return followed(msgspec.structs.replace(site, used=scene.best(site.named)), scene, now)
    if scene.works and site.used in scene.possible(site):
        return _rested(site, site.used)
    return _tried(site, site.used, scene, now) if scene.trying else _rested(site, _preferred(site, site.used, scene))


def family_of(endpoint: Endpoint) -> int:
    """4 or 6, of a literal endpoint."""
    return 6 if endpoint.startswith("[") else 4


def _preferred(site: Site, used: Endpoint, scene: Scene) -> Endpoint:
    """Without a tunnel: the nearest, but not another one for every difference."""
    best = scene.best(site.named or site.candidates)
    if used not in site.named or used not in scene.possible(site):
        return best
    if not scene.alive(used):
        return best if scene.alive(best) else used
    limit = min(scene.rtt_ms(used) - NEARER_MS, scene.rtt_ms(used) * (1 - NEARER_SHARE))
    return best if scene.rtt_ms(best) <= limit else used


def _tried(site: Site, used: Endpoint, scene: Scene, now: float) -> Site:
    """Through the tunnel, without an answer so far: the same address, or the next."""
    others = [one for one in scene.possible(site) if one != used]
    left = [one for one in others if one not in site.silent]
    since = now if site.tried_since is None else site.tried_since
    if not others:
        return msgspec.structs.replace(_rested(site, used), tried_since=since)
    impossible = used not in scene.possible(site)
    doubted = not site.rounds and now >= since + SETTLE_S  # in later rounds nobody is judged by pings any more
    passed_over = doubted and not scene.alive(used) and any(map(scene.alive, left))
    if now < since + _patience_s(site.rounds) and not impossible and not passed_over:
        return _asked(site, used, since, site.silent, site.rounds, now)
    if left:
        return _asked(site, scene.best(left), now, site.silent | {used}, site.rounds, now)
    return _asked(site, scene.best(others), now, frozenset({used}), site.rounds + 1, now)


def _asked(site: Site, used: Endpoint, since: float, silent: frozenset[Endpoint], rounds: int, now: float) -> Site:
    doubt_at, end_at = since + SETTLE_S, since + _patience_s(rounds)
    look_at = doubt_at if not rounds and now < doubt_at else end_at
    return Site(site.named, used, site.named_at, since, silent, rounds, look_at)


def _patience_s(rounds: int) -> float:
    return TRY_S * 2.0 ** min(rounds, DOUBLINGS)


def _rested(site: Site, used: Endpoint) -> Site:
    return Site(site.named, used, site.named_at)
