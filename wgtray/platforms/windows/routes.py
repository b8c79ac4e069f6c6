"""Which routes lead into the tunnel on Windows?

Rows of the active store on our interface; Windows forgets them with it and at a restart. All go as two halves, because
of two routes for one prefix the metrics would decide. WireGuard for Windows looks for the way to a node among the other
interfaces only, so that no node needs an exception.

A route of another link that is narrower than ours wins; what it would draw out of the tunnel is held by the filters of
``firewall.py``.
"""

from collections.abc import Iterable
from typing import Final

from wgtray.core.fields import Address, Prefix, family, host_prefix
from wgtray.core.host import Route
from wgtray.platforms.windows.winapi import RouteRow

HALVES: Final = {
    Prefix("0.0.0.0/0"): (Prefix("0.0.0.0/1"), Prefix("128.0.0.0/1")),
    Prefix("::/0"): (Prefix("::/1"), Prefix("8000::/1")),
}


def rows(luid: int, routes: Iterable[Route], steered: Iterable[int], learned: Iterable[Address]) -> set[RouteRow]:
    """What there has to be on our interface."""
    families = frozenset(steered)
    wanted = {route.prefix for route in routes if route.to == "tunnel"} | {host_prefix(one) for one in learned}
    mine = (prefix for prefix in wanted if family(prefix) in families)
    return {RouteRow(luid, half) for prefix in mine for half in HALVES.get(prefix, (prefix,))}


def shown(
    found: Iterable[RouteRow], luid: int | None, asked: Iterable[Route], steered: Iterable[int]
) -> tuple[frozenset[Route], frozenset[Address]]:
    """The routes into the tunnel, and apart from them the addresses, that rows on our interface stand for.

    What was asked for in a family that is not steered is not laid, and counts as there.
    """
    families = frozenset(steered)
    there = {row.prefix for row in found if row.luid == luid and row.ours}
    wide = {prefix for prefix, halves in HALVES.items() if there.issuperset(halves)}
    there = {prefix for prefix in there if not any(prefix in HALVES[one] for one in wide)} | wide
    named = {route.prefix for route in asked if route.to == "tunnel"}
    waiting = {prefix for prefix in named if family(prefix) not in families and luid is not None}
    hosts = {prefix for prefix in there - named if prefix.endswith("/32" if family(prefix) == 4 else "/128")}
    routes = frozenset(Route(prefix, "tunnel") for prefix in (there - hosts) | waiting)
    return routes, frozenset(Address(prefix.rpartition("/")[0]) for prefix in hosts)
