"""By which ways do packets leave this Mac past us, and what lies on its links? From netstat and ifconfig."""

from collections.abc import Iterable, Mapping

from wgtray.core import fields
from wgtray.core.fields import Prefix
from wgtray.platforms.api import Uplink
from wgtray.platforms.macos import ifconfig
from wgtray.platforms.macos.ifconfig import Link
from wgtray.platforms.macos.netstat import Row


def defaults(rows: Iterable[Row], links: Mapping[str, Link], own: str | None) -> dict[int, Row]:
    """The default route of each family that is not ours, over a link that runs. Those of one link only (I) are spares,
    and Apple's own tunnels have such.
    """
    found: dict[int, Row] = {}
    for row in rows:
        link = links.get(row.netif)
        usable = row.prefix.endswith("/0") and not set("IRB") & set(row.flags) and row.netif != own
        if usable and link is not None and link.runs:
            found.setdefault(row.family, row)
    return found


def next_hop(row: Row) -> str:
    """As ``routes.Entry`` names it."""
    return f"-interface {row.netif}" if row.gateway.startswith("link#") or "G" not in row.flags else row.gateway


def uplink(rows: Iterable[Row], links: Mapping[str, Link], own: str | None) -> Uplink:
    """The ways out at this moment, with the addresses that packets leave with."""
    ways = defaults(rows, links, own)
    shown = [
        f"{row.netif} {row.gateway} {_addresses(links[row.netif], number)}" for number, row in sorted(ways.items())
    ]
    return Uplink(frozenset(ways), ", ".join(shown))


def on_link(rows: Iterable[Row], links: Mapping[str, Link], own: str | None) -> frozenset[Prefix]:
    """The subnets in which this Mac has an address, and that it reaches without a gateway."""
    direct = {(row.netif, row.prefix) for row in rows if row.gateway.startswith("link#")}
    found: set[Prefix] = set()
    for link in links.values():
        if link.name != own and "LOOPBACK" not in link.flags and link.runs:
            subnets = ifconfig.subnets([link])
            found |= {subnet for subnet in subnets if (link.name, subnet) in direct or subnet == "fe80::/64"}
    return frozenset(found)


def _addresses(link: Link, number: int) -> str:
    return " ".join(address for address in link.addresses if fields.family(address) == number)
