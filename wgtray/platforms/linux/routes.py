"""How do company packets find the tunnel on Linux, whatever else is in the routing tables?

Our routes live in a table of their own, consulted before ``main``, so that no LAN or DHCP route outbids them
(TunnelVision, CVE-2024-3661). WireGuard's own packets carry a mark that sends them past it. Everything of ours is
recognisable:

    mark      0x57475254  WireGuard's own UDP and what we ask past the tunnel ("WGRT")
    mark      0x57475250  our probes inside the tunnel ("WGRP"): no rule knows it, they are told apart by it
    mark      0x57475355  into the tunnel, whatever the destination ("WGSU"): port rules, set by ``firewall.py``
    priority  5200        packets marked as our own: table main
    priority  5205        packets marked for the tunnel: table 22088
    priority  5218        everything else: table 22090 first, then on
    priority  5220        everything else: table 22087, then on to main where it has no route
    table     22087       company networks into the tunnel (metric 50), holds below them (metric 9000); where everything
                          goes into the tunnel, LANs that do not (throw, metric 60)
    table     22088       everything into the tunnel (metric 50), a hold below it (metric 9000)
    table     22090       learned addresses, like company networks (``learned.py``)
    protocol  142         who put a route there; 143 in table 22090, whose ten thousand routes are listed apart
    altname   wgtray-link our interface, whatever its name is (``link.py``)
    nftables  wgtray      what may leave and arrive (``firewall.py``)

A socket that is bound to a device is sent out through it even where the routes say "unreachable": what must not leave
is closed by the firewall too. Programs with a rule have marks, priorities and a table of their own: ``appways.py``.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from typing import Literal, assert_never

import msgspec

from wgtray.core.fields import Prefix, family
from wgtray.core.host import Route
from wgtray.core.problems import Problem
from wgtray.platforms import uapi
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import listed, run
from wgtray.platforms.linux import ipv6

MARK = uapi.MARK
MARK_PROBE = 0x57475250
MARK_FORCED = 0x57475355
TABLE = 22087
TABLE_FORCED = 22088
TABLE_LEARNED = 22090
PROTOCOL = 142
PROTOCOL_LEARNED = 143
PRIORITY_OWN = 5200
PRIORITY_FORCED = 5205
PRIORITY_LEARNED = 5218
PRIORITY_COMPANY = 5220
METRIC_TUNNEL = 50
METRIC_LAN = 60
METRIC_HELD = 9000

FAMILIES = (4, 6)

UNKNOWN_OUTPUT = "its output is not what this version knows"

SHOW_LEARNED = f"route show table all proto {PROTOCOL_LEARNED}"
_SHOW_ROUTES = f"route show table all proto {PROTOCOL}"
"""Of all tables, because ip fails when asked for one that is still empty; the kernel filters by protocol."""

_SHOW_RULES = "rule show"

_EVERYTHING = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}
_BITS = {4: 32, 6: 128}


ASTRAY = {4: Route(Prefix("0.0.0.0/32"), "held"), 6: Route(Prefix("::/128"), "held")}
"""Stands in what is observed for all routes in our table that lead elsewhere than ours do: into another link, say.

Nobody wants it, so that every plan sees a difference, and ``put_routes`` removes what it stands for; it is never laid.
"""


_TO_NOWHERE: tuple[Literal["held", "lan"], ...] = ("held", "lan")
_TO: tuple[Literal["tunnel", "held", "lan"], ...] = ("tunnel", *_TO_NOWHERE)


class Into(msgspec.Struct, frozen=True):
    """Our interface. Where it has no IPv6, a hold with the metric of a route into it stands in that route's place."""

    name: str | None = None
    six: bool = True


class Entry(msgspec.Struct, frozen=True, order=True):
    """One route of a table of ours, as ip says it."""

    prefix: Prefix
    kind: str
    dev: str | None
    metric: int
    table: int = TABLE


class Listing(msgspec.Struct, frozen=True):
    """One family: our tables, our rules' priorities, learned routes and the interface's addresses as ip shows them.

    One process tells all of it, because starting it is what takes the time.
    """

    family: int
    entries: tuple[Entry, ...] = ()
    routes: frozenset[Route] = frozenset()
    forced: frozenset[Route] = frozenset()
    """Those of table 22088."""
    rules: frozenset[int] = frozenset()
    learned: str = ""
    addresses: str = ""

    @property
    def steered(self) -> bool:
        """Whether our tables come before all others."""
        return _rules().keys() <= self.rules


class _Said(msgspec.Struct):
    """One route in the JSON of ip, which leaves out what it was asked for; read by the thousand, so typed."""

    dst: str
    type: str = "unicast"
    dev: str | None = None
    metric: int = 0
    table: str = str(TABLE)
    protocol: str = str(PROTOCOL)


class _SaidRule(msgspec.Struct):
    """One rule in the JSON of ip; those of others may say anything."""

    priority: int | None = None
    table: str | None = None
    fwmark: str = "0"


_said = msgspec.json.Decoder(list[_Said])
_said_rules = msgspec.json.Decoder(list[_SaidRule])


def parse_entries(text: str, number: int) -> tuple[Entry, ...]:
    """What ``ip -4|-6 -json route show table all`` says is ours, without the routes of other programs.

    Raises ValueError on anything else.
    """
    tables = {str(table): table for table in (TABLE, TABLE_FORCED)}
    return tuple(
        Entry(
            prefix=_prefix(said.dst, number),
            kind=said.type,
            dev=said.dev if said.type == "unicast" else None,
            metric=said.metric,
            table=tables[said.table],
        )
        for said in listed(_said, text)
        if said.table in tables and said.protocol == str(PROTOCOL)
    )


def understood(entries: Iterable[Entry], into: Into, table: int = TABLE) -> frozenset[Route]:
    """What those of one table mean; all that lead elsewhere are one ``ASTRAY`` a family."""
    return frozenset(_meaning(entry, into) or ASTRAY[family(entry.prefix)] for entry in entries if entry.table == table)


def parse_rules(text: str) -> frozenset[int]:
    """Which of our priorities are in the output of ``ip -j rule``, saying what they should; raises ValueError."""
    found: set[int] = set()
    for said in listed(_said_rules, text):
        priority = said.priority
        if priority is not None and (priority, said.table, int(said.fwmark, 16)) in (
            (PRIORITY_OWN, "main", MARK),
            (PRIORITY_FORCED, str(TABLE_FORCED), MARK_FORCED),
            (PRIORITY_LEARNED, str(TABLE_LEARNED), 0),
            (PRIORITY_COMPANY, str(TABLE), 0),
        ):
            found.add(priority)
    return frozenset(found)


def render_routes(present: frozenset[Route], wanted: frozenset[Route], into: Into, table: int = TABLE) -> str:
    """The lines of an ``ip -batch`` that turn one set into the other: additions first."""
    unreal = frozenset(ASTRAY.values())
    lines = [f"route replace {_words(_entry(route, into, table))}" for route in sorted(wanted - present - unreal)]
    lines += [f"route del {_words(_entry(route, into, table))}" for route in sorted(present - wanted - unreal)]
    return "".join(f"{line}\n" for line in lines)


def render_astray(entries: Iterable[Entry], into: Into) -> str:
    """The lines of an ``ip -batch`` that remove what leads elsewhere."""
    return "".join(f"route del {_words(entry)}\n" for entry in entries if _meaning(entry, into) is None)


def render_rules(present: frozenset[int], wanted: bool) -> str:
    """The lines of an ``ip -batch`` for one family: our own packets' exception goes in first and out last."""
    rules = _rules()
    if wanted:
        lines = [f"rule add {rule}" for priority, rule in rules.items() if priority not in present]
    else:
        lines = [f"rule del {rule}" for priority, rule in reversed(rules.items()) if priority in present]
    return "".join(f"{line}\n" for line in lines)


def render_forced(present: frozenset[int], wanted: bool) -> str:
    """The line of an ``ip -batch`` that sends what is marked for the tunnel to its table, or does so no longer."""
    if wanted == (PRIORITY_FORCED in present):
        return ""
    return (
        f"rule {'add' if wanted else 'del'} priority {PRIORITY_FORCED} fwmark {MARK_FORCED:#x} lookup {TABLE_FORCED}\n"
    )


def _rules() -> dict[int, str]:
    return {
        PRIORITY_OWN: f"priority {PRIORITY_OWN} fwmark {MARK:#x} lookup main",
        PRIORITY_LEARNED: f"priority {PRIORITY_LEARNED} lookup {TABLE_LEARNED}",
        PRIORITY_COMPANY: f"priority {PRIORITY_COMPANY} lookup {TABLE}",
    }


async def show(interface: str | None) -> list[Listing]:
    """What the machine has of ours, both families at the same time; raises CommandFailed."""
    found = await asyncio.gather(*(_listing(family, interface) for family in FAMILIES), return_exceptions=True)
    for outcome in found:
        if isinstance(outcome, BaseException):
            raise outcome
    return [listing for listing in found if isinstance(listing, Listing)]


async def put_routes(wanted: frozenset[Route], interface: str | None) -> None:
    """Make our routes exactly ``wanted``, in one batch a family; raises CommandFailed, after every family was tried."""
    await every_family(lambda number: _put(number, wanted, interface, TABLE))


async def put_forced(wanted: frozenset[Route], interface: str | None) -> None:
    """Make the routes of table 22088 exactly ``wanted``, and let marked packets ask it while there are any.

    Raises CommandFailed, after every family was tried.
    """

    async def put(number: int) -> None:
        (text,) = await _answers(number, [_SHOW_RULES])
        rule = render_forced(parse_rules(text), bool(wanted))
        if wanted:
            await _put(number, wanted, interface, TABLE_FORCED)
            await _batch(number, rule)
        else:
            await _batch(number, rule)
            await _put(number, wanted, interface, TABLE_FORCED)

    await every_family(put)


async def put_steering(families: frozenset[int]) -> None:
    """Let our table come first in exactly these families; raises CommandFailed, after every family was tried."""

    async def put(number: int) -> None:
        (text,) = await _answers(number, [_SHOW_RULES])
        await _batch(number, render_rules(parse_rules(text), number in families))

    await every_family(put)


async def _put(number: int, wanted: frozenset[Route], interface: str | None, table: int) -> None:
    into = entrance(interface)
    present = understood(await _entries(number), into, table)
    mine = frozenset(route for route in wanted if family(route.prefix) == number)
    await _batch(number, render_routes(present, mine, into, table))
    if ASTRAY[number] in present:  # some of it has been replaced by now
        left = [entry for entry in await _entries(number) if entry.table == table]
        await _batch(number, render_astray(left, into), "-force")


async def every_family(put: Callable[[int], Awaitable[None]]) -> None:
    """Both at the same time: neither waits for one that does not work."""
    ended = await asyncio.gather(*(put(number) for number in _families()), return_exceptions=True)
    for outcome in ended:
        if outcome is not None:
            raise outcome


def _families() -> tuple[int, ...]:
    return FAMILIES if ipv6.in_kernel() else (4,)


def entrance(interface: str | None) -> Into:
    """Our interface as it is now."""
    return Into(interface, interface is None or ipv6.on_link(interface))


async def _listing(number: int, interface: str | None) -> Listing:
    if number not in _families():
        return Listing(number)
    of_ours = [f"address show dev {interface}"] if interface else []
    text, rules, learned, *rest = await _answers(number, [_SHOW_ROUTES, _SHOW_RULES, SHOW_LEARNED, *of_ours])
    entries, into = _parsed(text, number), entrance(interface)
    ours, forced = (understood(entries, into, table) for table in (TABLE, TABLE_FORCED))
    return Listing(number, entries, ours, forced, parse_rules(rules), learned, "".join(rest))


async def _entries(number: int) -> tuple[Entry, ...]:
    (text,) = await _answers(number, [_SHOW_ROUTES])
    return _parsed(text, number)


def _parsed(text: str, number: int) -> tuple[Entry, ...]:
    try:
        return parse_entries(text, number)
    except ValueError as error:
        detail = UNKNOWN_OUTPUT
        raise CommandFailed(Problem("command-failed", {"command": "ip -json route", "detail": detail})) from error


async def _batch(number: int, lines: str, *options: str) -> None:
    if lines:
        await run(["ip", f"-{number}", *options, "-batch", "-"], stdin=lines)


async def _answers(family: int, questions: list[str]) -> list[str]:
    text = await run(["ip", f"-{family}", "-json", "-batch", "-"], stdin="".join(f"{line}\n" for line in questions))
    found = text.splitlines()
    if len(found) != len(questions):
        raise CommandFailed(Problem("command-failed", {"command": "ip -json -batch", "detail": UNKNOWN_OUTPUT}))
    return found


def _prefix(dst: str, number: int) -> Prefix:
    """What ip calls a destination, as we do; it writes networks like Python, but for IPv4 inside of IPv6."""
    if dst == "default":
        return _EVERYTHING[number]
    if "." in dst and ":" in dst:
        return Prefix(str(ipaddress.ip_network(dst)))
    return Prefix(dst if "/" in dst else f"{dst}/{_BITS[number]}")


def _entry(route: Route, into: Into, table: int = TABLE) -> Entry:
    match route.to:
        case "held":
            return Entry(route.prefix, "unreachable", None, METRIC_HELD, table)
        case "lan":
            return Entry(route.prefix, "throw", None, METRIC_LAN, table)
        case "tunnel" if family(route.prefix) == 6 and not into.six:
            return Entry(route.prefix, "unreachable", None, METRIC_TUNNEL, table)
        case "tunnel":
            return Entry(route.prefix, "unicast", into.name, METRIC_TUNNEL, table)
        case _:
            assert_never(route.to)


def _meaning(entry: Entry, into: Into) -> Route | None:
    for to in _TO if into.name is not None else _TO_NOWHERE:
        route = Route(entry.prefix, to)
        if entry == _entry(route, into, entry.table):
            return None if route in ASTRAY.values() else route
    return None


def _words(entry: Entry) -> str:
    where = "" if entry.dev is None else f" dev {entry.dev}"
    kind = "" if entry.kind == "unicast" else f"{entry.kind} "
    return f"{kind}{entry.prefix}{where} table {entry.table} proto {PROTOCOL} metric {entry.metric}"
