"""How do company packets find the tunnel on Linux, whatever else is in the routing tables?

Our routes live in a table of their own, consulted before ``main``, so that no LAN or DHCP route outbids them
(TunnelVision, CVE-2024-3661). WireGuard's own packets carry a mark that sends them past it. Everything of ours is
recognisable:

    mark      0x57475254  WireGuard's own UDP and our probes of endpoints ("WGRT")
    mark      0x57475250  our probes inside the tunnel ("WGRP"): no rule knows it, they are told apart by it
    priority  5200        marked packets: table main
    priority  5220        everything else: table 22087, then on to main where it has no route
    table     22087       company networks into the tunnel (metric 50), holds below them (metric 9000)
    protocol  142         who put a route there

Room for later: mark 0x57475355 and table 22088 for sensitive apps (priority 5205), table 22089 for allowed LANs (5210).
"""

import asyncio
import ipaddress
import json

import msgspec

from wgtray.core.fields import Prefix
from wgtray.core.host import Route
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import run

MARK = 0x57475254
MARK_PROBE = 0x57475250
TABLE = 22087
PROTOCOL = 142
PRIORITY_OWN = 5200
PRIORITY_COMPANY = 5220
METRIC_TUNNEL = 50
METRIC_HELD = 9000

FAMILIES = (4, 6)

UNKNOWN_OUTPUT = "its output is not what this version knows"

_SHOW_ROUTES = f"route show table all proto {PROTOCOL}"
"""Of all tables, because ip fails when asked for one that is still empty; the kernel filters by protocol."""

_SHOW_RULES = "rule show"


class Listing(msgspec.Struct, frozen=True):
    """One family: our routes, our rules' priorities, and the interface's addresses as ip shows them.

    One process tells all three, because starting it is what takes the time.
    """

    family: int
    routes: frozenset[Route]
    rules: frozenset[int]
    addresses: str


def parse_routes(text: str, interface: str | None) -> frozenset[Route]:
    """Our routes in the output of ``ip -json route show table all``; those of other programs are left out."""
    found: set[Route] = set()
    for entry in json.loads(text or "[]"):
        if entry.get("table", str(TABLE)) != str(TABLE) or entry.get("protocol", str(PROTOCOL)) != str(PROTOCOL):
            continue  # ip leaves out what it was asked for
        prefix = Prefix(str(ipaddress.ip_network(_whole(entry["dst"]))))
        if entry.get("type") == "unreachable":
            found.add(Route(prefix, "held"))
        elif entry.get("dev") == interface:
            found.add(Route(prefix, "tunnel"))
    return frozenset(found)


def parse_rules(text: str) -> frozenset[int]:
    """Which of our priorities are in the output of ``ip -j rule``, saying what they should."""
    found: set[int] = set()
    for entry in json.loads(text or "[]"):
        priority, table = entry.get("priority"), entry.get("table")
        mark = int(entry.get("fwmark", "0"), 16)
        if (priority == PRIORITY_OWN and table == "main" and mark == MARK) or (
            priority == PRIORITY_COMPANY and table == str(TABLE) and not mark
        ):
            found.add(priority)
    return frozenset(found)


def render_routes(present: frozenset[Route], wanted: frozenset[Route], interface: str | None) -> str:
    """The lines of an ``ip -batch`` that turn one set into the other: additions first."""
    lines = [f"route replace {_route(route, interface)}" for route in sorted(wanted - present)]
    lines += [f"route del {_route(route, interface)}" for route in sorted(present - wanted)]
    return "".join(f"{line}\n" for line in lines)


def render_rules(present: frozenset[int], wanted: bool) -> str:
    """The lines of an ``ip -batch`` for one family: our own packets' exception goes in first and out last."""
    rules = {
        PRIORITY_OWN: f"priority {PRIORITY_OWN} fwmark {MARK:#x} lookup main",
        PRIORITY_COMPANY: f"priority {PRIORITY_COMPANY} lookup {TABLE}",
    }
    if wanted:
        lines = [f"rule add {rule}" for priority, rule in rules.items() if priority not in present]
    else:
        lines = [f"rule del {rule}" for priority, rule in reversed(rules.items()) if priority in present]
    return "".join(f"{line}\n" for line in lines)


async def show(interface: str | None) -> list[Listing]:
    """What the machine has of ours, both families at the same time; raises CommandFailed."""
    found = await asyncio.gather(*(_listing(family, interface) for family in FAMILIES), return_exceptions=True)
    for outcome in found:
        if isinstance(outcome, BaseException):
            raise outcome
    return [listing for listing in found if isinstance(listing, Listing)]


async def put_routes(wanted: frozenset[Route], interface: str | None) -> None:
    """Make our routes exactly ``wanted``, in one batch a family; raises CommandFailed."""
    for family in FAMILIES:
        (text,) = await _answers(family, [_SHOW_ROUTES])
        batch = render_routes(parse_routes(text, interface), _of(wanted, family), interface)
        if batch:
            await run(["ip", f"-{family}", "-batch", "-"], stdin=batch)


async def put_steering(families: frozenset[int]) -> None:
    """Let our table come first in exactly these families; raises CommandFailed."""
    for family in FAMILIES:
        (text,) = await _answers(family, [_SHOW_RULES])
        batch = render_rules(parse_rules(text), family in families)
        if batch:
            await run(["ip", f"-{family}", "-batch", "-"], stdin=batch)


async def _listing(family: int, interface: str | None) -> Listing:
    questions = [_SHOW_ROUTES, _SHOW_RULES, *([f"address show dev {interface}"] if interface else [])]
    found = await _answers(family, questions)
    return Listing(family, parse_routes(found[0], interface), parse_rules(found[1]), "".join(found[2:]))


async def _answers(family: int, questions: list[str]) -> list[str]:
    text = await run(["ip", f"-{family}", "-json", "-batch", "-"], stdin="".join(f"{line}\n" for line in questions))
    found = text.splitlines()
    if len(found) != len(questions):
        raise CommandFailed(Problem("command-failed", {"command": "ip -json -batch", "detail": UNKNOWN_OUTPUT}))
    return found


def _of(routes: frozenset[Route], family: int) -> frozenset[Route]:
    return frozenset(route for route in routes if (":" in route.prefix) == (family == 6))


def _route(route: Route, interface: str | None) -> str:
    where = f"table {TABLE} proto {PROTOCOL}"
    if route.to == "held":
        return f"unreachable {route.prefix} {where} metric {METRIC_HELD}"
    return f"{route.prefix} dev {interface} {where} metric {METRIC_TUNNEL}"


def _whole(dst: str) -> str:
    return {"default": "0.0.0.0/0"}.get(dst, dst)
