"""What stays closed between a start of the computer and that of the helper?

The other filters end with a restart, and the helper is one of the last services to come. So what lockdown closes is
there a second time, in a sublayer of its own that is kept by Windows: everything, the company's networks, programs with
a rule. One filter of most weight lets all of it pass while the helper's own filters are there; it ends with them.

``AT_ONCE`` closes everything even before the filtering engine runs, which is a service like others: it is the same on
every computer, because Windows says of such filters neither that they are there nor what they are.

Stricter than what a running helper lays: no LAN, no captive portal. Addresses that names resolved to are missing; the
rules for names are kept by Windows too, and nobody answers until the helper does.
"""

from collections.abc import Iterable
from typing import Final

from wgtray.core.fields import Prefix
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import Route
from wgtray.platforms.windows.filters import (
    ACCEPT,
    CONNECT,
    FORWARD,
    LINK_RECEIVED,
    LINK_SENT,
    aims_of,
    any_of,
    link,
    made,
    shares,
)
from wgtray.platforms.windows.winapi import Condition, Filter, Lasting, Layer

_LAYERS: Final = (CONNECT, ACCEPT, FORWARD)


def render(firewall: Firewall | None, routes: Iterable[Route], programs: Iterable[Filter]) -> list[Filter]:
    """The filters of the sublayer ``boot``; ``programs`` are the blocks of programs with a rule."""
    if firewall is not None and not firewall.closes_learned:
        return []  # lockdown "off": nothing outlives the helper
    firewall = firewall or Firewall()
    held = frozenset(Aim(route.prefix) for route in routes if route.to == "held") | firewall.closed
    found = [_again(one) for one in programs if one.blocks]
    for number in (4, 6):
        for prefixes, rest in aims_of(held, number):
            found += [one for some in shares(prefixes) for one in _held(number, some, rest)]
    if firewall.everything:
        found += [*_everything("restart"), *AT_ONCE]
    elif held:
        found += _basis("restart")
    return [*found, *_passing()] if found else []


def _again(one: Filter) -> Filter:
    return made(one.name, "boot", one.layer, True, 11, one.conditions, lasting="restart")


def _held(number: int, prefixes: list[Prefix], rest: tuple[Condition, ...]) -> list[Filter]:
    out = (*any_of("remote", prefixes), *rest)
    return [
        made("held", "boot", CONNECT[number], True, 11, out, lasting="restart"),
        # For others no ports are told apart.
        made("held", "boot", FORWARD[number], True, 11, any_of("to", prefixes), lasting="restart"),
    ]


def _everything(lasting: Lasting) -> list[Filter]:
    blocks = [made("everything", "boot", layers[number], True, 0, (), lasting=lasting) for number, layers in _each()]
    return [*_basis(lasting), *blocks]


def _basis(lasting: Lasting) -> list[Filter]:
    """This computer's packets to itself, and what makes a link: the helper needs one when it comes."""
    found = []
    for number in (4, 6):
        for layers, types in ((CONNECT, LINK_SENT), (ACCEPT, LINK_RECEIVED)):
            ways = ((Condition("loopback", 1),), *link(number, types))
            found += [made("link", "boot", layers[number], False, 15, way, lasting=lasting) for way in ways]
    return found


def _passing() -> list[Filter]:
    return [made("the helper is there", "boot", layers[number], False, 16, ()) for number, layers in _each()]


def _each() -> list[tuple[int, dict[int, Layer]]]:
    return [(number, layers) for layers in _LAYERS for number in (4, 6)]


AT_ONCE: Final = tuple(_everything("boot"))
"""What there may be of effect before the filtering engine runs."""

SIGN: Final = frozenset(one.key for one in _everything("restart") if one.blocks)
"""Of the filters that are to be seen those without which there is nothing of ``AT_ONCE``."""
