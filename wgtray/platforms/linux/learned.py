"""How do learned addresses find the tunnel on Linux, and how is read back which of them do?

Each is two host routes in a table of their own (``routes.py``): one into the tunnel and an unreachable one below it,
which stays when the interface goes. They are laid while a program waits, so the kernel is told directly
(``rtnetlink.py``).
"""

import asyncio
import itertools
import socket
from collections.abc import Callable, Iterable, Iterator

import msgspec

from wgtray.core.fields import Address, family
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import listed, run
from wgtray.platforms.linux import ipv6
from wgtray.platforms.linux.routes import (
    METRIC_HELD,
    METRIC_TUNNEL,
    PROTOCOL_LEARNED,
    SHOW_LEARNED,
    TABLE_LEARNED,
    UNKNOWN_OUTPUT,
    Into,
    every_family,
)
from wgtray.platforms.linux.rtnetlink import BATCH, HostRoute, RouteSocket

ASTRAY = Address("0.0.0.0")  # noqa: S104 - no socket is bound to it
"""Stands in what is observed for all routes with our number that are not as they should be, as in ``routes.py``."""


class Row(msgspec.Struct):
    """One route as ip says it."""

    dst: str
    type: str = "unicast"
    dev: str | None = None
    metric: int = 0
    table: str = "main"
    gateway: str | None = None


_TABLE = str(TABLE_LEARNED)
_rows = msgspec.json.Decoder(list[Row])


class Listing(msgspec.Struct, frozen=True):
    """The addresses that are as they should be, and the routes that are not."""

    found: frozenset[Address] = frozenset()
    strays: tuple[Row, ...] = ()

    @property
    def shown(self) -> frozenset[Address]:
        """As a plan sees it."""
        return self.found | {ASTRAY} if self.strays else self.found


def parse(text: str, into: Into) -> Listing:
    """What ``ip -json route show table all proto 143`` says; raises CommandFailed."""
    try:
        rows = listed(_rows, text)
    except ValueError:
        raise CommandFailed(
            Problem("command-failed", {"command": "ip -json route", "detail": UNKNOWN_OUTPUT})
        ) from None
    held = {row.dst for row in rows if _is_hold(row)}
    found = held if into.name is None else held & {row.dst for row in rows if _is_into(row, into)}
    strays: tuple[Row, ...] = ()
    if len(rows) != len(found) * (1 if into.name is None else 2):
        strays = tuple(row for row in rows if row.dst not in found or not (_is_hold(row) or _is_into(row, into)))
    return Listing(frozenset(map(Address, found)), strays)


def render_removal(rows: Iterable[Row]) -> str:
    """The lines of an ``ip -batch`` that remove these routes."""
    lines = [
        f"route del {'' if row.type == 'unicast' else row.type + ' '}{row.dst}"
        f"{'' if row.dev is None or row.type != 'unicast' else ' dev ' + row.dev}"
        f" table {row.table} proto {PROTOCOL_LEARNED} metric {row.metric}\n"
        for row in rows
    ]
    return "".join(lines)


async def put(sock: RouteSocket, gained: Iterable[Address], into: Into) -> None:
    """Lay the routes of these addresses; holds alone while there is no interface. Raises OSError."""
    device = None if into.name is None else socket.if_nametoindex(into.name)
    routes = itertools.chain.from_iterable(_pair(address, into, device) for address in _existing(gained))
    await _batched(sock.put, routes)


async def remove(sock: RouteSocket, lost: Iterable[Address]) -> None:
    """Remove the routes of these addresses; raises OSError."""
    routes = (
        HostRoute(address, TABLE_LEARNED, PROTOCOL_LEARNED, metric)
        for address in _existing(lost)
        for metric in (METRIC_TUNNEL, METRIC_HELD)
    )
    await _batched(sock.delete, routes)


async def remove_strays(into: Into) -> None:
    """Remove what carries our number and is not as it should be; raises CommandFailed, both families tried."""

    async def removed(number: int) -> None:
        text = await run(["ip", f"-{number}", "-json", *SHOW_LEARNED.split()])
        lines = render_removal(parse(text, into).strays)
        if lines:
            await run(["ip", f"-{number}", "-force", "-batch", "-"], stdin=lines)

    await every_family(removed)


async def flush() -> None:
    """Remove everything that carries our number; raises CommandFailed, after both families were tried."""

    async def flushed(number: int) -> None:
        await run(["ip", f"-{number}", "route", "flush", "table", "all", "proto", str(PROTOCOL_LEARNED)])

    await every_family(flushed)


def _is_hold(row: Row) -> bool:
    return row.type == "unreachable" and row.metric == METRIC_HELD and _is_one_of_ours(row)


def _is_into(row: Row, into: Into) -> bool:
    if into.name is None or row.metric != METRIC_TUNNEL or not _is_one_of_ours(row):
        return False
    if ":" in row.dst and not into.six:
        return row.type == "unreachable"
    return row.type == "unicast" and row.dev == into.name and row.gateway is None


def _is_one_of_ours(row: Row) -> bool:
    return row.table == _TABLE and "/" not in row.dst


def _pair(address: Address, into: Into, device: int | None) -> Iterator[HostRoute]:
    yield HostRoute(address, TABLE_LEARNED, PROTOCOL_LEARNED, METRIC_HELD)
    if into.name is not None:
        carried = into.six or family(address) == 4
        yield HostRoute(address, TABLE_LEARNED, PROTOCOL_LEARNED, METRIC_TUNNEL, device if carried else None)


def _existing(addresses: Iterable[Address]) -> Iterator[Address]:
    """Without IPv6 in the kernel there is nothing to route, and nothing that could leave."""
    kernel = ipv6.in_kernel()
    return (address for address in addresses if kernel or family(address) == 4)


async def _batched(told: Callable[[Iterable[HostRoute]], None], routes: Iterator[HostRoute]) -> None:
    """Others get their turn between two batches; one address is done without any pause."""
    while batch := list(itertools.islice(routes, BATCH)):
        told(batch)
        if len(batch) == BATCH:
            await asyncio.sleep(0)
