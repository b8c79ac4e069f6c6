"""What are filters of the Windows Filtering Platform put together from? Layers, conditions, weights."""

from collections.abc import Iterable, Iterator
from typing import Final

from wgtray.core.fields import Address, Prefix, family
from wgtray.core.firewall import Aim
from wgtray.platforms.windows.winapi import Condition, Field, Filter, Lasting, Layer, Sublayer

ICMP: Final = {4: 1, 6: 58}
TCP, UDP = 6, 17
NUMBERS: Final[dict[str, int]] = {"tcp": TCP, "udp": UDP, "icmp": 1}

CONDITIONS_LIMIT: Final = 200

CONNECT: Final[dict[int, Layer]] = {4: "connect4", 6: "connect6"}
ACCEPT: Final[dict[int, Layer]] = {4: "accept4", 6: "accept6"}
FORWARD: Final[dict[int, Layer]] = {4: "forward4", 6: "forward6"}

LINK_SENT: Final = (133, 135, 136, 131, 132, 143)
"""RFC 4890 section 4.4: what is sent so that there is a link: solicitations, advertisements, listener reports."""
LINK_RECEIVED: Final = (134, 135, 136, 130)

_ALL: Final = frozenset({"0.0.0.0/0", "::/0"})


def made(
    name: str,
    sublayer: Sublayer,
    layer: Layer,
    blocks: bool,
    rank: int,
    conditions: tuple[Condition, ...],
    length: int = 0,
    lasting: Lasting = "running",
) -> Filter:
    """A filter whose weight is its rank, and among equals the length of a prefix."""
    return Filter(name, sublayer, layer, blocks, rank << 8 | length, tuple(sorted(conditions, key=_order)), lasting)


def any_of(field: Field, values: Iterable[str | int]) -> tuple[Condition, ...]:
    """One of them; no condition at all where a network is all there is."""
    values = tuple(values)
    return () if set(values) & _ALL else tuple(Condition(field, value) for value in values)


def shares(prefixes: list[Prefix]) -> Iterator[list[Prefix]]:
    """As many as one filter takes easily: of a thousand networks each change would otherwise be one long message."""
    for start in range(0, len(prefixes), CONDITIONS_LIMIT):
        yield prefixes[start : start + CONDITIONS_LIMIT]


def link(number: int, types: Iterable[int]) -> Iterator[tuple[Condition, ...]]:
    """DHCP, and the messages of IPv6 without which a link is none."""
    mine, theirs = (68, 67) if number == 4 else (546, 547)
    ports = (Condition("protocol", UDP), Condition("local-port", mine), Condition("remote-port", theirs))
    yield ports if number == 4 else (*ports, Condition("local", "fe80::/10"))
    if number == 6:
        # Of ICMP the port fields are type and code (fwpmu.h: FWPM_CONDITION_ICMP_TYPE is IP_LOCAL_PORT).
        yield (Condition("protocol", ICMP[6]), *(Condition("local-port", kind) for kind in types))


def aims_of(aims: Iterable[Aim], number: int) -> Iterator[tuple[list[Prefix], tuple[Condition, ...]]]:
    """Those with the same ports together."""
    found: dict[tuple[str | None, tuple[int, ...]], set[Prefix]] = {}
    for aim in aims:
        if family(aim.prefix) == number:
            found.setdefault((aim.proto if aim.ports else None, aim.ports), set()).add(aim.prefix)
    for (proto, ports), prefixes in sorted(found.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        what = () if proto is None else (Condition("protocol", NUMBERS[proto]), *any_of("remote-port", ports))
        yield sorted(prefixes), what


def addresses_in(number: int, addresses: Iterable[Address]) -> list[Address]:
    """Those of that family (4 or 6)."""
    return sorted(address for address in addresses if family(address) == number)


def prefixes_in(number: int, prefixes: Iterable[Prefix]) -> list[Prefix]:
    """Those of that family (4 or 6)."""
    return sorted(prefix for prefix in prefixes if family(prefix) == number)


def _order(condition: Condition) -> tuple[str, str]:
    """Conditions of one field next to each other."""
    return condition.field, str(condition.value)
