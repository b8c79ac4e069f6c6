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
    12                                                         what makes a link
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
from wgtray.core.firewall import Firewall
from wgtray.core.host import Route
from wgtray.core.passage import DNS, HTTP, HTTPS
from wgtray.platforms.windows.filters import (
    ACCEPT,
    CONNECT,
    FORWARD,
    ICMP,
    LINK_RECEIVED,
    LINK_SENT,
    TCP,
    UDP,
    addresses_in,
    aims_of,
    any_of,
    link,
    made,
    prefixes_in,
    shares,
)
from wgtray.platforms.windows.winapi import Condition, Filter, Sublayer

SYSTEM_ONLY: Final = "O:SYG:SYD:(A;;CC;;;SY)"
"""A filter's ``user`` fits whom this lets do FWP_ACTRL_MATCH_FILTER (fwptypes.h, 1)."""


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
        if mine := prefixes_in(number, closed):
            found += [one for prefix in mine for one in _way(prefix, number, blocks=True)]
            found += [one for prefix in prefixes_in(number, aside) for one in _way(prefix, number, blocks=False)]
    return found


LEARNED: Final = "learned "


def render_learned(address: Address) -> tuple[Filter, Filter]:
    """What a name resolved to goes through the tunnel or nowhere; the name of a filter says which address."""
    number, prefix = family(address), host_prefix(address)
    length = int(prefix.rpartition("/")[2])
    name = f"{LEARNED}{address}"
    return (
        made(name, "routes", CONNECT[number], True, 11, (Condition("remote", prefix),), length),
        made(name, "routes", FORWARD[number], True, 11, (Condition("to", prefix),), length),
    )


def render_basis(look: Look) -> list[Filter]:
    """What passes the sublayer ``routes`` whatever is held."""
    return [one for number in (4, 6) for one in _basis("routes", look, number)]


def passing_basis(sublayer: Sublayer, look: Look, number: int) -> Iterator[Filter]:
    """This computer's packets to itself, and what goes through the tunnel."""
    layer = CONNECT[number]
    yield made("to this computer", sublayer, layer, False, 15, (Condition("loopback", 1),))
    if look.luid is not None:
        yield made("through the tunnel", sublayer, layer, False, 14, (Condition("interface", look.luid),))


def _way(prefix: Prefix, number: int, *, blocks: bool) -> Iterator[Filter]:
    length = int(prefix.rpartition("/")[2])
    name = f"{'held' if blocks else 'past the tunnel'} {prefix}"
    yield made(name, "routes", CONNECT[number], blocks, 11, any_of("remote", (prefix,)), length)
    yield made(name, "routes", FORWARD[number], blocks, 11, any_of("to", (prefix,)), length)


def _basis(sublayer: Sublayer, look: Look, number: int) -> Iterator[Filter]:
    yield from passing_basis(sublayer, look, number)
    if look.luid is not None:
        out = (Condition("out-interface", look.luid),)
        yield made("passed on through the tunnel", sublayer, FORWARD[number], False, 14, out)
    for program in (look.ours.wireguard, look.ours.helper):
        if program is not None:
            yield made("ours", sublayer, CONNECT[number], False, 13, _by(program))
    for conditions in link(number, LINK_SENT):
        yield made("link", sublayer, CONNECT[number], False, 12, conditions)


def _sending(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    layer = CONNECT[number]
    yield from passing_basis("wall", look, number)
    for conditions in _our_ways(firewall, look.ours, number):
        yield made("ours", "wall", layer, False, 13, conditions)
    for prefixes, rest in aims_of(firewall.closed, number):
        for some in shares(prefixes):
            yield made("closed", "wall", layer, True, 11, (*any_of("remote", some), *rest))
    asks = (Condition("protocol", TCP), Condition("protocol", UDP), Condition("remote-port", DNS))
    if (firewall.names or firewall.everything) and not firewall.portal:
        yield made("names", "wall", layer, True, 10, asks)
    if own := addresses_in(number, firewall.own):
        yield made("our addresses elsewhere", "wall", layer, True, 9, any_of("local", map(host_prefix, own)))
    if not firewall.everything:
        return
    for conditions in link(number, LINK_SENT):
        yield made("link", "wall", layer, False, 8, conditions)
    if lan := prefixes_in(number, firewall.lan):
        yield made("lan", "wall", layer, False, 8, any_of("remote", lan))
    if firewall.portal:
        web = (Condition("protocol", TCP), Condition("remote-port", HTTP), Condition("remote-port", HTTPS))
        yield made("portal", "wall", layer, False, 7, asks)
        yield made("portal", "wall", layer, False, 7, web)
    yield made("everything", "wall", layer, True, 0, ())


def _our_ways(firewall: Firewall, ours: Ours, number: int) -> Iterator[tuple[Condition, ...]]:
    ends = sorted(_ends(firewall.endpoints, number))
    for host, port in ends if ours.wireguard is not None else ():
        where = (Condition("remote", host_prefix(host)), Condition("remote-port", port), Condition("protocol", UDP))
        yield (*_by(ours.wireguard or ""), *where)
    hosts = any_of("remote", sorted({host_prefix(host) for host, _ in ends}))
    helper = _by(ours.helper)
    if hosts:
        yield (*helper, *hosts, Condition("protocol", ICMP[number]))
        yield (*helper, *hosts, Condition("protocol", TCP), Condition("remote-port", HTTP))
    yield (*helper, Condition("protocol", TCP), Condition("protocol", UDP), Condition("remote-port", DNS))
    for prefixes, rest in aims_of(firewall.asked, number):
        yield (*helper, *any_of("remote", prefixes), *rest)


def _receiving(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    layer = ACCEPT[number]
    yield made("to this computer", "wall", layer, False, 15, (Condition("loopback", 1),))
    if look.luid is not None:
        out_of_it = Condition("interface", look.luid)
        if firewall.sources is None:
            yield made("out of the tunnel", "wall", layer, False, 14, (out_of_it,))
        else:
            if known := prefixes_in(number, firewall.sources):
                yield made("out of the tunnel", "wall", layer, False, 14, (out_of_it, *any_of("remote", known)))
            yield made("unasked", "wall", layer, True, 13, (out_of_it,))
    if own := addresses_in(number, firewall.own):
        yield made("our addresses elsewhere", "wall", layer, True, 12, any_of("local", map(host_prefix, own)))
    if not firewall.everything:
        return
    for host, port in sorted(_ends(firewall.endpoints, number)):
        where = (Condition("remote", host_prefix(host)), Condition("remote-port", port), Condition("protocol", UDP))
        yield made("nodes", "wall", layer, False, 8, where)
    for conditions in link(number, LINK_RECEIVED):
        yield made("link", "wall", layer, False, 8, conditions)
    if lan := prefixes_in(number, firewall.lan):
        yield made("lan", "wall", layer, False, 8, any_of("remote", lan))
    yield made("everything", "wall", layer, True, 0, ())


def _passing(firewall: Firewall, look: Look, number: int) -> Iterator[Filter]:
    """For other machines and containers; here no ports are told apart, so that what is closed in part is closed."""
    layer = FORWARD[number]
    if look.luid is not None:
        yield made("through the tunnel", "wall", layer, False, 14, (Condition("out-interface", look.luid),))
    for some in shares(prefixes_in(number, {aim.prefix for aim in firewall.closed})):
        yield made("closed", "wall", layer, True, 11, any_of("to", some))
    if firewall.everything:
        if lan := prefixes_in(number, firewall.lan):
            yield made("lan", "wall", layer, False, 8, any_of("to", lan))
            yield made("lan", "wall", layer, False, 8, any_of("from", lan))
        yield made("everything", "wall", layer, True, 0, ())


def _by(program: str) -> tuple[Condition, Condition]:
    return Condition("program", program), Condition("user", SYSTEM_ONLY)


def _ends(endpoints: Iterable[Endpoint], number: int) -> set[tuple[Address, int]]:
    ends = ((Address(host), port) for host, port in map(split_endpoint, endpoints))
    return {(host, port) for host, port in ends if family(host) == number}
