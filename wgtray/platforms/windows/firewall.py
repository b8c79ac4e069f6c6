r"""Which filters of the Windows Filtering Platform carry out a ``Firewall``, and hold what has no route?

Windows has no route that leads nowhere, so that holds are filters too, and no rule that puts ours before those of other
links, so that what has a way into the tunnel is held elsewhere. They stand in a sublayer of their own: a packet
that does not go through the tunnel has to pass ``routes`` (no hold without a narrower way past the tunnel),
``programs`` (not of a program with a rule) and ``wall`` (what a ``Firewall`` means), and other vendors' sublayers as
well, since no permit of ours is a last word. Every block is one.

    rank  wall, connect                                        routes, connect
    15    loopback                                             loopback
    14    through the tunnel                                   through the tunnel
    13    WireGuard to nodes; the helper to nodes, names, ...  WireGuard and the helper
    11    block what is closed                                 the narrower of hold and way past the tunnel, by length
    10    block questions for names
     9    block our own addresses elsewhere
     8    what makes a link; the LAN
     7    the captive portal
     0    block everything

Who is WireGuard or the helper is told by program and account, LocalSystem: another program cannot use the way to a node
(Mullvad's audit MUL-02-002). Hyper-V and WSL2 have switches of their own, which these layers do not see.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from wgtray.core.fields import Address, Endpoint, Prefix, family, host_prefix, split_endpoint
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import Route
from wgtray.core.passage import DNS, HTTP, HTTPS
from wgtray.platforms.windows.winapi import Condition, Field, Filter, Layer, Sublayer

ICMP: Final = {4: 1, 6: 58}
TCP, UDP = 6, 17
NUMBERS: Final[dict[str, int]] = {"tcp": TCP, "udp": UDP, "icmp": 1}

CONDITIONS_LIMIT: Final = 200

_ALL: Final = frozenset({"0.0.0.0/0", "::/0"})

SYSTEM_ONLY: Final = "O:SYG:SYD:(A;;CC;;;SY)"
"""A filter's ``user`` fits whom this lets do FWP_ACTRL_MATCH_FILTER (fwptypes.h, 1)."""

CONNECT: Final[dict[int, Layer]] = {4: "connect4", 6: "connect6"}
ACCEPT: Final[dict[int, Layer]] = {4: "accept4", 6: "accept6"}
FORWARD: Final[dict[int, Layer]] = {4: "forward4", 6: "forward6"}

_LINK_SENT: Final = (133, 135, 136, 131, 132, 143)
"""RFC 4890 section 4.4: what is sent so that there is a link: solicitations, advertisements, listener reports."""
_LINK_RECEIVED: Final = (134, 135, 136, 130)


class Ours(msgspec.Struct, frozen=True):
    """The programs that may reach nodes past the tunnel."""

    wireguard: str | None
    helper: str


class Look(msgspec.Struct, frozen=True):
    """What the same firewall looks like on one machine at one moment."""

    luid: int | None
    ours: Ours


def render(firewall: Firewall, look: Look) -> list[Filter]:
    """The filters of the sublayer ``wall``."""
    found: list[Filter] = []
    for number in (4, 6):
        found += _sending(firewall, look, number)
        found += _receiving(firewall, look, number)
        found += _passing(firewall, look, number)
    return found


def render_holds(routes: Iterable[Route], steered: Iterable[int], look: Look) -> list[Filter]:
    """The filters of the sublayer ``routes``: what may not leave past the tunnel, and what narrower may.

    What has a way into a tunnel that is there is held elsewhere too: another link's narrower route draws it nowhere.
    """
    families = frozenset(steered)
    aside = {route.prefix for route in routes if route.to == "lan"}
    closing = ("held",) if look.luid is None else ("held", "tunnel")
    closed = {route.prefix for route in routes if route.to in closing} - aside
    found: list[Filter] = []
    for number in sorted(families):
        if mine := _in(number, closed):
            found += [one for prefix in mine for one in _way(prefix, number, blocks=True)]
            found += [one for prefix in _in(number, aside) for one in _way(prefix, number, blocks=False)]
    return found


LEARNED: Final = "learned "


def render_learned(address: Address) -> tuple[Filter, Filter]:
    """What a name resolved to goes through the tunnel or nowhere; the name of a filter says which address."""
    number, prefix = family(address), host_prefix(address)
    length = int(prefix.rpartition("/")[2])
    name = f"{LEARNED}{address}"
    return (
        _filter(name, "routes", CONNECT[number], True, 11, (Condition("remote", prefix),), length),
        _filter(name, "routes", FORWARD[number], True, 11, (Condition("to", prefix),), length),
    )


def render_basis(look: Look) -> list[Filter]:
    """What passes the sublayer ``routes`` whatever is held."""
    return [one for number in (4, 6) for one in _basis("routes", look, number)]


def passing_basis(sublayer: Sublayer, look: Look, number: int) -> Iterator[Filter]:
    """This computer's packets to itself, and what goes through the tunnel."""
    layer = CONNECT[number]
    yield _filter("to this computer", sublayer, layer, False, 15, (Condition("loopback", 1),))
    if look.luid is not None:
        yield _filter("through the tunnel", sublayer, layer, False, 14, (Condition("interface", look.luid),))


def _way(prefix: Prefix, number: int, *, blocks: bool) -> Iterator[Filter]:
    length = int(prefix.rpartition("/")[2])
    name = f"{'held' if blocks else 'past the tunnel'} {prefix}"
    yield _filter(name, "routes", CONNECT[number], blocks, 11, _any("remote", (prefix,)), length)
    yield _filter(name, "routes", FORWARD[number], blocks, 11, _any("to", (prefix,)), length)


def _basis(sublayer: Sublayer, look: Look, number: int) -> Iterator[Filter]:
    yield from passing_basis(sublayer, look, number)
    if look.luid is not None:
        out = (Condition("out-interface", look.luid),)
        yield _filter("passed on through the tunnel", sublayer, FORWARD[number], False, 14, out)
    for program in (look.ours.wireguard, look.ours.helper):
        if program is not None:
            yield _filter("ours", sublayer, CONNECT[number], False, 13, _by(program))


def _sending(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    layer = CONNECT[number]
    yield from passing_basis("wall", look, number)
    for conditions in _our_ways(firewall, look.ours, number):
        yield _filter("ours", "wall", layer, False, 13, conditions)
    for prefixes, rest in _aims(firewall.closed, number):
        for some in _some(prefixes):
            yield _filter("closed", "wall", layer, True, 11, (*_any("remote", some), *rest))
    asks = (Condition("protocol", TCP), Condition("protocol", UDP), Condition("remote-port", DNS))
    if (firewall.names or firewall.everything) and not firewall.portal:
        yield _filter("names", "wall", layer, True, 10, asks)
    if own := _of(number, firewall.own):
        yield _filter("our addresses elsewhere", "wall", layer, True, 9, _any("local", map(host_prefix, own)))
    if not firewall.everything:
        return
    for conditions in _link(number, _LINK_SENT):
        yield _filter("link", "wall", layer, False, 8, conditions)
    if lan := _in(number, firewall.lan):
        yield _filter("lan", "wall", layer, False, 8, _any("remote", lan))
    if firewall.portal:
        web = (Condition("protocol", TCP), Condition("remote-port", HTTP), Condition("remote-port", HTTPS))
        yield _filter("portal", "wall", layer, False, 7, asks)
        yield _filter("portal", "wall", layer, False, 7, web)
    yield _filter("everything", "wall", layer, True, 0, ())


def _our_ways(firewall: Firewall, ours: Ours, number: int) -> Iterator[tuple[Condition, ...]]:
    ends = sorted(_ends(firewall.endpoints, number))
    for host, port in ends if ours.wireguard is not None else ():
        where = (Condition("remote", host_prefix(host)), Condition("remote-port", port), Condition("protocol", UDP))
        yield (*_by(ours.wireguard or ""), *where)
    hosts = _any("remote", sorted({host_prefix(host) for host, _ in ends}))
    helper = _by(ours.helper)
    if hosts:
        yield (*helper, *hosts, Condition("protocol", ICMP[number]))
        yield (*helper, *hosts, Condition("protocol", TCP), Condition("remote-port", HTTP))
    yield (*helper, Condition("protocol", TCP), Condition("protocol", UDP), Condition("remote-port", DNS))
    for prefixes, rest in _aims(firewall.asked, number):
        yield (*helper, *_any("remote", prefixes), *rest)


def _receiving(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    layer = ACCEPT[number]
    yield _filter("to this computer", "wall", layer, False, 15, (Condition("loopback", 1),))
    if look.luid is not None:
        out_of_it = Condition("interface", look.luid)
        if firewall.sources is None:
            yield _filter("out of the tunnel", "wall", layer, False, 14, (out_of_it,))
        else:
            if known := _in(number, firewall.sources):
                yield _filter("out of the tunnel", "wall", layer, False, 14, (out_of_it, *_any("remote", known)))
            yield _filter("unasked", "wall", layer, True, 13, (out_of_it,))
    if own := _of(number, firewall.own):
        yield _filter("our addresses elsewhere", "wall", layer, True, 12, _any("local", map(host_prefix, own)))
    if not firewall.everything:
        return
    for host, port in sorted(_ends(firewall.endpoints, number)):
        where = (Condition("remote", host_prefix(host)), Condition("remote-port", port), Condition("protocol", UDP))
        yield _filter("nodes", "wall", layer, False, 8, where)
    for conditions in _link(number, _LINK_RECEIVED):
        yield _filter("link", "wall", layer, False, 8, conditions)
    if lan := _in(number, firewall.lan):
        yield _filter("lan", "wall", layer, False, 8, _any("remote", lan))
    yield _filter("everything", "wall", layer, True, 0, ())


def _passing(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    """For other machines and containers; here no ports are told apart, so that what is closed in part is closed."""
    layer = FORWARD[number]
    if look.luid is not None:
        yield _filter("through the tunnel", "wall", layer, False, 14, (Condition("out-interface", look.luid),))
    for some in _some(_in(number, {aim.prefix for aim in firewall.closed})):
        yield _filter("closed", "wall", layer, True, 11, _any("to", some))
    if firewall.everything:
        if lan := _in(number, firewall.lan):
            yield _filter("lan", "wall", layer, False, 8, _any("to", lan))
            yield _filter("lan", "wall", layer, False, 8, _any("from", lan))
        yield _filter("everything", "wall", layer, True, 0, ())


def _link(number: int, types: Iterable[int]) -> Iterator[tuple[Condition, ...]]:
    """DHCP, and the messages of IPv6 without which a link is none."""
    mine, theirs = (68, 67) if number == 4 else (546, 547)
    ports = (Condition("protocol", UDP), Condition("local-port", mine), Condition("remote-port", theirs))
    yield ports if number == 4 else (*ports, Condition("local", "fe80::/10"))
    if number == 6:
        # Of ICMP the port fields are type and code (fwpmu.h: FWPM_CONDITION_ICMP_TYPE is IP_LOCAL_PORT).
        yield (Condition("protocol", ICMP[6]), *(Condition("local-port", kind) for kind in types))


def _by(program: str) -> tuple[Condition, Condition]:
    return Condition("program", program), Condition("user", SYSTEM_ONLY)


def _aims(aims: Iterable[Aim], number: int) -> Iterator[tuple[list[Prefix], tuple[Condition, ...]]]:
    """Those with the same ports together."""
    found: dict[tuple[str | None, tuple[int, ...]], set[Prefix]] = {}
    for aim in aims:
        if family(aim.prefix) == number:
            found.setdefault((aim.proto if aim.ports else None, aim.ports), set()).add(aim.prefix)
    for (proto, ports), prefixes in sorted(found.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        what = () if proto is None else (Condition("protocol", NUMBERS[proto]), *_any("remote-port", ports))
        yield sorted(prefixes), what


def _any(field: Field, values: Iterable[str | int]) -> tuple[Condition, ...]:
    """One of them; no condition at all where a network is all there is."""
    values = tuple(values)
    return () if set(values) & _ALL else tuple(Condition(field, value) for value in values)


def _some(prefixes: list[Prefix]) -> Iterator[list[Prefix]]:
    """As many as one filter takes easily: of a thousand networks each change would otherwise be one long message."""
    for start in range(0, len(prefixes), CONDITIONS_LIMIT):
        yield prefixes[start : start + CONDITIONS_LIMIT]


def _ends(endpoints: Iterable[Endpoint], number: int) -> set[tuple[Address, int]]:
    ends = ((Address(host), port) for host, port in map(split_endpoint, endpoints))
    return {(host, port) for host, port in ends if family(host) == number}


def _of(number: int, addresses: Iterable[Address]) -> list[Address]:
    return sorted(address for address in addresses if family(address) == number)


def _in(number: int, prefixes: Iterable[Prefix]) -> list[Prefix]:
    return sorted(prefix for prefix in prefixes if family(prefix) == number)


def _filter(
    name: str,
    sublayer: Sublayer,
    layer: Layer,
    blocks: bool,
    rank: int,
    conditions: tuple[Condition, ...],
    length: int = 0,
) -> Filter:
    return Filter(name, sublayer, layer, blocks, rank << 8 | length, tuple(sorted(conditions, key=_order)))


def _order(condition: Condition) -> tuple[str, str]:
    """Conditions of one field next to each other."""
    return condition.field, str(condition.value)
