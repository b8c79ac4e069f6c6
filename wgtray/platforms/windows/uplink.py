"""Which ways out of a Windows computer are not ours, and which subnets are on its links?"""

import ipaddress
from collections.abc import Iterable, Sequence

from wgtray.core.fields import Prefix, family
from wgtray.platforms.api import Uplink
from wgtray.platforms.windows.winapi import Link, OnLink, RouteRow

EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))


def uplink(
    routes: Iterable[RouteRow], links: Iterable[Link], addresses: Sequence[OnLink], ours: int | None, resumes: int
) -> Uplink:
    """The default routes over interfaces that are up, as one value to compare."""
    up = {link.luid: link for link in links if link.up and link.luid != ours}
    found = sorted(
        (family(row.prefix), up[row.luid].alias, row.gateway or "", row.luid)
        for row in routes
        if row.prefix in EVERYTHING and row.luid in up
    )
    words = []
    for number, alias, gateway, luid in found:
        mine = sorted(one.address for one in addresses if one.luid == luid and family(one.address) == number)
        words.append(f"{alias} {gateway} {' '.join(mine)}".strip())
    return Uplink(frozenset(number for number, *_ in found), "; ".join(words), resumes)


def best(routes: Iterable[RouteRow], links: Iterable[Link], number: int, ours: int | None) -> Link | None:
    """The interface by which packets of that family leave without us."""
    up = {link.luid: link for link in links if link.up and link.luid != ours}
    ways = [row for row in routes if row.prefix in EVERYTHING and row.luid in up and family(row.prefix) == number]
    return up[min(ways, key=lambda row: row.metric).luid] if ways else None


def subnets(addresses: Iterable[OnLink], links: Iterable[Link], ours: int | None) -> frozenset[Prefix]:
    """What is on the links without a gateway, ours, loopback and hosts aside."""
    up = {link.luid for link in links if link.up and link.luid != ours}
    found = (ipaddress.ip_interface(one.address).network for one in addresses if one.luid in up)
    return frozenset(
        Prefix(str(network))
        for network in found
        if network.prefixlen < network.max_prefixlen and not network.is_loopback and not network.is_link_local
    )
