"""Which pf rules carry out a ``Firewall`` on a Mac?

An anchor of ours, loaded whole; rules of others stay. Every rule is ``quick``, so the first that fits decides, and
what fits none is left to the rules behind us. pf sees no marks and no programs, but it knows whose a socket is: what
WireGuard and the helper may send past the tunnel is what root sends. Two things follow that Linux does not have: any
program of root may reach the nodes' port, and anybody's ping reaches the nodes.

Blocks carry no state and passes that need answers keep one bound to its interface: a floating state would let a
connection out of the tunnel go on over a cable. States outlive the rules that made them; ``wall.py`` ends them.

A port rule's packets are sent into the tunnel here (``route-to``), with an address of ours there (``nat``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from wgtray.core.fields import Address, Prefix, family, split_endpoint
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.passage import DNS, HTTP, HTTPS

ANCHOR = "com.apple/000.wgtray"
"""The rules that every Mac starts with refer to all anchors below com.apple, in the order of their names."""

TABLES = ("closed", "learned", "own", "lan", "sources")

_STATE = "keep state (if-bound)"
_NEW = f"flags S/SA {_STATE}"

_KIND = {4: "inet", 6: "inet6"}
_ICMP = {4: ("icmp", "icmp-type"), 6: ("ipv6-icmp", "icmp6-type")}

# RFC 4890 section 4.4: a link without these is none
_NEIGHBOURS_OUT = ("routersol", "neighbrsol", "neighbradv", "131", "132", "143")
_NEIGHBOURS_IN = ("routeradv", "neighbrsol", "neighbradv", "130")


def render(firewall: Firewall, learned: Iterable[Address], interface: str | None, own: Collection[Address] = ()) -> str:
    """What pfctl reads for our anchor; ``own``: our addresses on ``interface``, which is there."""
    away = "" if interface is None else f" on ! {interface}"
    rules = [
        "pass quick on lo0 all no state",
        *_strays(firewall, away),
        *_ours(firewall, away),
        *_forced(firewall, away, interface, own),
        *_closed(firewall, away),
        *_names(firewall, away),
        *(_everything(firewall, away) if firewall.everything else ()),
        *(_inside(firewall, interface) if interface is not None else ()),
    ]
    tables: dict[str, list[str]] = {
        "closed": sorted(str(aim.prefix) for aim in firewall.closed if not aim.ports),
        "learned": sorted(map(str, learned)),
        "own": sorted(map(str, firewall.own)),
        "lan": sorted(map(str, firewall.lan)),
        "sources": sorted(map(str, firewall.sources or ())),
    }
    lines = [f"table <{name}> persist{_elements(tables[name])}" for name in TABLES]
    return "\n".join([*lines, *_translations(firewall, interface, own), *rules, ""])


def _elements(members: Sequence[str]) -> str:
    return f" {{ {', '.join(members)} }}" if members else ""


def _strays(firewall: Firewall, away: str) -> Iterator[str]:
    """What comes for our addresses in the tunnel, or leaves with them, elsewhere."""
    if firewall.own:
        yield f"block drop in quick{away} from any to <own>"
        yield f"block return out quick{away} from <own> to any"


def _ours(firewall: Firewall, away: str) -> Iterator[str]:
    ends = sorted(map(split_endpoint, firewall.endpoints))
    for host, port in ends:
        yield f"pass out quick{away} {_KIND[family(host)]} proto udp from any to {host} port {port} user root {_STATE}"
    for host in dict.fromkeys(host for host, _ in ends):
        number = family(host)
        proto, kind = _ICMP[number]
        yield f"pass out quick{away} {_KIND[number]} proto {proto} from any to {host} {kind} echoreq {_STATE}"
        yield f"pass out quick{away} {_KIND[number]} proto tcp from any to {host} port {HTTP} user root {_NEW}"
    yield f"pass out quick{away} proto udp from any to any port {DNS} user root {_STATE}"
    yield f"pass out quick{away} proto tcp from any to any port {DNS} user root {_NEW}"
    for aim in sorted(firewall.asked):
        for proto, port in _ports(aim):
            head = f"pass out quick{away} {_KIND[family(aim.prefix)]} proto {proto} from any to {aim.prefix}"
            yield f"{head} port {port} user root {_NEW if proto == 'tcp' else _STATE}"


def _translations(firewall: Firewall, interface: str | None, own: Iterable[Address]) -> Iterator[str]:
    for aim, address in _carried(firewall, interface, own):
        for proto, port in _ports(aim):
            target = f"from any to {aim.prefix} port {port}"
            yield f"nat on {interface} {_KIND[family(address)]} proto {proto} {target} -> {address}"


def _forced(firewall: Firewall, away: str, interface: str | None, own: Iterable[Address]) -> Iterator[str]:
    for aim, address in _carried(firewall, interface, own):
        for proto, port in _ports(aim):
            head = f"pass out quick{away} route-to ({interface} {address}) {_KIND[family(address)]} proto {proto}"
            yield f"{head} from any to {aim.prefix} port {port} no state"


def _carried(firewall: Firewall, interface: str | None, own: Iterable[Address]) -> Iterator[tuple[Aim, Address]]:
    """Port rules with the address of ours that their packets get in the tunnel."""
    by_family = {family(address): address for address in sorted(own, reverse=True)}
    for aim in sorted(firewall.forced) if interface is not None else ():
        if family(aim.prefix) in by_family:
            yield aim, by_family[family(aim.prefix)]


def _closed(firewall: Firewall, away: str) -> Iterator[str]:
    if any(not aim.ports for aim in firewall.closed):
        yield f"block return out quick{away} from any to <closed>"
    for aim in sorted(firewall.closed, key=lambda aim: (aim.prefix, aim.proto or "", aim.ports)):
        for proto, port in _ports(aim):
            kind = _KIND[family(aim.prefix)]
            yield f"block return out quick{away} {kind} proto {proto} from any to {aim.prefix} port {port}"
    if firewall.closes_learned:
        yield f"block return out quick{away} from any to <learned>"
    if firewall.names or firewall.everything:
        for host in sorted({split_endpoint(endpoint)[0] for endpoint in firewall.endpoints}):
            yield f"block return out quick{away} {_KIND[family(host)]} from any to {host}"


def _names(firewall: Firewall, away: str) -> Iterator[str]:
    if (firewall.names or firewall.everything) and not firewall.portal:
        for proto in ("udp", "tcp"):
            yield f"block return out quick{away} proto {proto} from any to any port {DNS}"


def _everything(firewall: Firewall, away: str) -> Iterator[str]:
    """Nothing more but what a link needs, the LAN and a portal; and nothing unasked from elsewhere."""
    yield f"pass out quick{away} inet proto udp from any port 68 to any port 67 no state"
    yield f"pass in quick{away} inet proto udp from any port 67 to any port 68 no state"
    yield f"pass out quick{away} inet6 proto udp from fe80::/10 port 546 to any port 547 no state"
    yield f"pass in quick{away} inet6 proto udp from fe80::/10 port 547 to any port 546 no state"
    for way, kinds in (("out", _NEIGHBOURS_OUT), ("in", _NEIGHBOURS_IN)):
        for kind in kinds:
            yield f"pass {way} quick{away} inet6 proto ipv6-icmp all icmp6-type {kind} no state"
    if firewall.lan:
        yield f"pass out quick{away} from any to <lan> no state"
        yield f"pass in quick{away} from <lan> to any no state"
    if firewall.portal:
        yield f"pass out quick{away} proto udp from any to any port {DNS} {_STATE}"
        for port in (DNS, HTTP, HTTPS):
            yield f"pass out quick{away} proto tcp from any to any port {port} {_NEW}"
    yield f"block return out quick{away} all"
    yield f"block drop in quick{away} all"


def _inside(firewall: Firewall, interface: str) -> Iterator[str]:
    """What comes out of the tunnel: answers, and who may send something unasked."""
    yield f"pass out quick on {interface} all flags any {_STATE}"
    if firewall.sources is not None:
        if firewall.sources:
            yield f"pass in quick on {interface} from <sources> to any no state"
        yield f"block drop in quick on {interface} all"


def _ports(aim: Aim) -> Iterator[tuple[str, int]]:
    for port in aim.ports:
        yield aim.proto or "tcp", port


def ends(firewall: Firewall) -> tuple[Prefix | None, ...]:
    """The destinations whose states end with a change; one of None: all states there are."""
    narrow = {aim.prefix for aim in firewall.closed}
    if firewall.everything or firewall.names or firewall.closes_learned or len(narrow) > FEW:
        return (None,)
    return tuple(sorted(narrow))


FEW = 16
"""Beyond so many destinations one command that ends all states costs less than one for each."""
