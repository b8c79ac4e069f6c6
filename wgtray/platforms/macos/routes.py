"""Which entries of a Mac's one routing table carry out our routes, and which of its entries are ours?

There are no rules and no tables of one's own: the longest prefix decides, and an interface takes its routes along when
it goes. So a hold lies on the prefix itself, and the way into the tunnel on its two halves above it: when the tunnel
disappears the hold is what is left. Everything is ``0/1`` and ``128/1`` (its quarters above a hold), so that the
machine's default route stays what it is. Where a prefix is one address there is no half: the tunnel's route takes the
hold's place, and the firewall alone closes until the hold is back.

Every entry carries a flag that route(8) calls ``-proto1`` (learned addresses: ``-proto2``; a tunnel in a hold's place:
both), which netstat shows and which routing daemons on BSD systems tell their own routes by. The kernel's clones
inherit it, but not ``-static``. WireGuard's own packets carry no mark on a Mac, so each endpoint has an entry of its
own past the tunnel, which follows the default route; without one it leads nowhere rather than into the tunnel.
A network on the link (``lan``) needs none: it is narrower than a half of everything.

Whoever runs the network can announce a route as narrow as one of ours (DHCP option 121), and two cannot be. Then ours
is left out and theirs leads elsewhere, where the firewall closes: nothing arrives, but nothing leaks either.
"""

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from wgtray.core.fields import Address, Endpoint, Prefix, family, host_prefix, split_endpoint
from wgtray.core.host import Route
from wgtray.platforms.macos.netstat import Row

Way = Literal["tunnel", "held", "around"]

EVERYTHING = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}
FAMILIES = (4, 6)

Marks = Literal["1", "2", "12"]

_MARKS: Mapping[str, Marks] = {"1": "1", "2": "2", "12": "12"}
_NOWHERE = {4: "127.0.0.1", 6: "::1"}
_ORDER: Mapping[Way, int] = {"around": 0, "held": 1, "tunnel": 2}


class Entry(msgspec.Struct, frozen=True):
    """One of ours; ``gateway`` of those around the tunnel: an address, ``-interface NAME``, or empty for nowhere."""

    prefix: Prefix
    way: Way
    marks: Marks = "1"
    gateway: str = ""


class Seen(msgspec.Struct, frozen=True):
    """What our entries mean."""

    routes: frozenset[Route]
    learned: frozenset[Address]


def entries(
    routes: Iterable[Route],
    learned: Iterable[Address],
    endpoints: Iterable[Endpoint],
    *,
    carried: bool,
    defaults: Mapping[int, str],
    taken: Collection[Prefix] = (),
) -> dict[Prefix, Entry]:
    """All that shall be there; ``carried``: there is a tunnel, ``defaults``: the machine's own next hop by family.

    ``taken`` are the machine's own entries: a table has one for a prefix.
    """
    held = {route.prefix for route in routes if route.to == "held"}
    found = {part: Entry(part, "held") for prefix in held for part in _whole(prefix)}
    for prefix in sorted(route.prefix for route in routes if route.to == "tunnel" and carried):
        for part in _above(prefix) if prefix in held else _whole(prefix):
            if held.intersection(_narrower(part, prefix)):
                continue  # a hold of its own
            found[part] = Entry(part, "tunnel", "12" if part in held else "1")
    for address in learned:
        prefix = host_prefix(address)
        found.setdefault(prefix, Entry(prefix, "tunnel" if carried else "held", "2"))
    for endpoint in endpoints if carried else ():
        prefix = host_prefix(Address(split_endpoint(endpoint)[0]))
        found[prefix] = Entry(prefix, "around", gateway=defaults.get(family(prefix), ""))
    left_out = set(taken) | {prefix for prefix in found if _is_of_links(prefix)}
    return {prefix: entry for prefix, entry in found.items() if prefix not in left_out}


def others(rows: Iterable[Row], interface: str | None) -> frozenset[Prefix]:
    """Prefixes for which the machine has an entry that ours would meet: not of one link only, and no clone."""
    mine = ours(rows, interface)
    return frozenset(row.prefix for row in rows if row.prefix not in mine and not {"I", "W"} & set(row.flags))


def ours(rows: Iterable[Row], interface: str | None) -> dict[Prefix, Entry]:
    """Those entries of the table that carry our flag."""
    found: dict[Prefix, Entry] = {}
    for row in rows:
        marks = _MARKS.get("".join(mark for mark in "12" if mark in row.flags))
        if marks is not None and "S" in row.flags and "W" not in row.flags:
            found[row.prefix] = Entry(row.prefix, _way(row, interface), marks, _gateway(row, interface))
    return found


def meaning(present: Mapping[Prefix, Entry]) -> Seen:
    """The routes that these entries carry out, for a helper that was not there when they were laid."""
    laid = {prefix: entry for prefix, entry in present.items() if entry.marks != "2"}
    holding = {prefix for prefix, entry in laid.items() if entry.way == "held" or entry.marks == "12"}
    leading = {prefix for prefix, entry in laid.items() if entry.way == "tunnel"}
    held, tunnel, explained = set(holding), set[Prefix](), set[Prefix]()
    for everything in EVERYTHING.values():
        if holding.issuperset(_whole(everything)):
            held = held.difference(_whole(everything)) | {everything}
    for prefix in held:
        above = set(_above(prefix))
        if above <= leading | holding and above & leading:
            tunnel.add(prefix)
            explained |= above
    for everything in EVERYTHING.values():
        if leading.issuperset(_whole(everything)) and not explained.intersection(_whole(everything)):
            tunnel.add(everything)
            explained |= set(_whole(everything))
    tunnel |= leading - explained
    routes = {Route(prefix, "held") for prefix in held} | {Route(prefix, "tunnel") for prefix in tunnel}
    learned = {Address(prefix.partition("/")[0]) for prefix, entry in present.items() if entry.marks == "2"}
    return Seen(frozenset(routes), frozenset(learned))


def commands(present: Mapping[Prefix, Entry], wanted: Mapping[Prefix, Entry], interface: str | None) -> list[list[str]]:
    """What makes the one the other: past the tunnel first, then what is held, then the tunnel, then what goes."""
    made: list[list[str]] = []
    for entry in sorted(wanted.values(), key=lambda entry: (_ORDER[entry.way], entry.prefix)):
        before = present.get(entry.prefix)
        if before != entry:
            made += [] if before is None else [render_delete(entry.prefix)]
            made.append(render_add(entry, interface))
    return made + [render_delete(prefix) for prefix in sorted(present.keys() - wanted.keys())]


def render_add(entry: Entry, interface: str | None) -> list[str]:
    number = family(entry.prefix)
    words = ["route", "-q", "-n", "add", _kind(number), entry.prefix]
    match entry.way:
        case "tunnel":
            words += ["-interface", interface or "lo0"]
        case "held":
            words += [_NOWHERE[number], "-reject"]
        case "around" if not entry.gateway:
            words += [_NOWHERE[number], "-blackhole"]
        case "around":
            words += entry.gateway.split() if entry.gateway.startswith("-") else ["-gateway", entry.gateway]
    return words + [f"-proto{mark}" for mark in entry.marks]


def render_delete(prefix: Prefix) -> list[str]:
    return ["route", "-q", "-n", "delete", _kind(family(prefix)), prefix]


def _kind(number: int) -> str:
    return "-inet" if number == 4 else "-inet6"


def _way(row: Row, interface: str | None) -> Way:
    if row.netif == interface:
        return "tunnel"
    return "held" if "R" in row.flags else "around"


def _gateway(row: Row, interface: str | None) -> str:
    if _way(row, interface) != "around" or "B" in row.flags:
        return ""
    return row.gateway if "G" in row.flags else f"-interface {row.netif}"


@lru_cache(4096)
def _is_of_links(prefix: Prefix) -> bool:
    """Whether it never leaves a link anyway: neighbours are found by such addresses."""
    network = ipaddress.ip_network(prefix)
    return network.is_link_local or network.is_multicast or prefix == "255.255.255.255/32"


def _whole(prefix: Prefix) -> tuple[Prefix, ...]:
    """As what a prefix is laid: itself, or the halves of everything."""
    return _halves(prefix) if prefix.endswith("/0") else (prefix,)


@lru_cache(4096)
def _above(prefix: Prefix) -> tuple[Prefix, ...]:
    """What lies over a hold of that prefix: its halves, of everything the quarters, of one address itself."""
    return tuple(half for part in _whole(prefix) for half in _halves(part))


def _narrower(part: Prefix, whole: Prefix) -> list[Prefix]:
    """The prefixes from ``part`` up to, and without, ``whole``."""
    network, end = ipaddress.ip_network(part), ipaddress.ip_network(whole).prefixlen
    lengths = range(network.prefixlen, end, -1)
    return [Prefix(str(network.supernet(new_prefix=length))) for length in lengths]


def _halves(prefix: Prefix) -> tuple[Prefix, ...]:
    network = ipaddress.ip_network(prefix)
    if network.prefixlen == network.max_prefixlen:
        return (prefix,)
    return tuple(Prefix(str(half)) for half in network.subnets())


def families(present: Iterable[Entry]) -> frozenset[int]:
    """In which something of the profile is laid."""
    return frozenset(family(entry.prefix) for entry in present if entry.way != "around")
