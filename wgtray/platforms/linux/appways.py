"""Which rules and routes carry programs under a rule on Linux, and how is it known that they still stand?

The group of a socket (``cgroups.py``) decides its packets' mark, the mark their way:

    mark      0x57474154  of a ``tunnel`` program ("WGAT")
    mark      0x57474144  of a ``direct`` program ("WGAD")
    mark      0x5747414e  a ``tunnel`` program asks the system's own name server ("WGAN"): goes like anybody's question
    priority  5206        packets of ``tunnel`` programs: table 22091
    priority  5207        packets of ``direct`` programs: table main
    priority  5208        whatever has one of our addresses in the tunnel as its source: table 22091
    priority  5209        those of 5206 and 5208 where that table has no route: unreachable
    table     22091       everything into the tunnel
    protocol  144         who put a route there
    nftables  inet wgtray_apps

A program chose its source address before its packets got their mark, so they get another one as they leave. What the
kernel says in a program's name has no socket (a reset, "port unreachable" with what it answers in it): it takes the
mark of its connection, and the way of its source address. Where there is no tunnel a rule says "unreachable", and the
program's call fails at once. A ``tunnel`` packet that found another way all the same is dropped twice: by a last chain
here, and by ``bpf.py``, which needs none of this.
"""

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Address, Interface
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import run
from wgtray.platforms.linux import bpf, ipv6
from wgtray.platforms.linux.cgroups import Tree
from wgtray.platforms.linux.routes import MARK, MARK_PROBE

MARK_TUNNEL, MARK_DIRECT, MARK_NAMES = 0x57474154, 0x57474144, 0x5747414E
PRIORITIES = PRIORITY_TUNNEL, PRIORITY_DIRECT, PRIORITY_OWN, PRIORITY_NOWHERE = 5206, 5207, 5208, 5209
TABLE = 22091
PROTOCOL = 144
NFT_TABLE = "wgtray_apps"

_FAMILIES = (4, 6)
_NETLINK_NETFILTER, _GROUP_NFTABLES = 12, 7  # linux/netlink.h, linux/netfilter/nfnetlink.h
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,15}")  # nft takes a * at the end for "any"
_DNS = "meta l4proto { tcp, udp } th dport 53"


class Ways(msgspec.Struct, frozen=True):
    """Where programs under a rule go now."""

    interface: str | None = None
    """Ours; None: no tunnel, and ``tunnel`` programs go nowhere."""
    addresses: frozenset[Interface] = frozenset()
    """Its own."""
    resolvers: frozenset[Address] = frozenset()
    """The system's name servers that are not on this computer."""


def parse_resolvers(text: str) -> frozenset[Address]:
    """The name servers in the words of resolv.conf(5) that a question leaves this computer for."""
    found: set[Address] = set()
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            with contextlib.suppress(ValueError):
                address = ipaddress.ip_address(words[1].partition("%")[0])
                if not address.is_loopback:
                    found.add(Address(str(address)))
    return frozenset(found)


def render_table(tree: Tree, ways: Ways) -> str:
    """The script for ``nft -f -`` that makes our table exactly this; the groups have to exist."""
    name = ways.interface if ways.interface and _PLAIN.fullmatch(ways.interface) else None
    links = '{ "lo" }' if name is None else f'{{ "lo", "{name}" }}'
    ours, tunnel, direct, names = (f"{mark:#x}" for mark in (MARK, MARK_TUNNEL, MARK_DIRECT, MARK_NAMES))
    asked = [
        f"{_word(address)} daddr {address} {_DNS} meta mark set {names} accept" for address in sorted(ways.resolvers)
    ]
    sent = [
        f"meta mark {{ {ours}, {MARK_PROBE:#x} }} accept",
        'oifname "lo" accept',
        f"{tree.match('tunnel')} goto tunnel",
        f"{tree.match('direct')} goto direct",
        f"ct mark {tunnel} meta mark set {tunnel}",
        f"ct mark {direct} meta mark set {direct}",
    ]
    own = sorted(address.partition("/")[0] for address in ways.addresses)
    leaving_as = [] if name is None else [f'oifname "{name}" meta mark {tunnel} masquerade']
    leaving_as += [f"oifname != {links} meta mark {direct} {_word(each)} saddr {each} masquerade" for each in own]
    # A strict reverse path check asks by which way an answer to this packet would leave: by that of its program.
    arriving = [f"iifname != {links} ct mark {direct} meta mark set {direct}"]
    chains = [
        _chain("tunnel", None, [*asked, f"ct mark set {tunnel} meta mark set {tunnel}"]),
        _chain("direct", None, [f"ct mark set {direct} meta mark set {direct}"]),
        _chain("sent", "route hook output priority mangle - 1", sent),
        _chain("arriving", "filter hook prerouting priority mangle - 1", arriving),
        _chain("leaving_as", "nat hook postrouting priority srcnat - 1", leaving_as),
        _chain("leaving", "filter hook postrouting priority filter", [f"meta mark {tunnel} oifname != {links} drop"]),
    ]
    body = "\n".join(chains)
    return f"add table inet {NFT_TABLE}\ndelete table inet {NFT_TABLE}\ntable inet {NFT_TABLE} {{\n{body}\n}}\n"


def render_rules(ways: Ways, number: int, present: Iterable[str]) -> str:
    """The lines of an ``ip -batch`` for one family that turn these rules, in the words of ``ip rule``, into ours."""
    own = sorted(address.partition("/")[0] for address in ways.addresses if fields.family(address) == number)
    wanted = [
        f"{PRIORITY_NOWHERE}:\tfrom all fwmark {MARK_TUNNEL:#x} unreachable",
        *(f"{PRIORITY_NOWHERE}:\tfrom {address} unreachable" for address in own),
        f"{PRIORITY_TUNNEL}:\tfrom all fwmark {MARK_TUNNEL:#x} lookup {TABLE}",
        f"{PRIORITY_DIRECT}:\tfrom all fwmark {MARK_DIRECT:#x} lookup main",
        *(f"{PRIORITY_OWN}:\tfrom {address} lookup {TABLE}" for address in own),
    ]
    known = [line.strip() for line in present]
    lines = [_rule("add", line) for line in wanted if line not in known]
    return "".join([*lines, *(_rule("del", line) for line in known if line not in wanted)])


def parse_rules(text: str) -> list[str]:
    """Those of ours in the words of ``ip rule``."""
    return [line.strip() for line in text.splitlines() if line.partition(":")[0] in map(str, PRIORITIES)]


async def put(tree: Tree, ways: Ways) -> None:
    """Make everything as ``ways`` says, what closes first; raises CommandFailed, OSError."""
    links = [bpf.LOOPBACK, *([socket.if_nametoindex(ways.interface)] if ways.interface else [])]
    with contextlib.suppress(OSError):  # a kernel without it: the last chain is what closes then
        bpf.attach(str(tree.route("tunnel")), bpf.render(links, MARK_NAMES))
    for number in _numbers():
        has_way = ways.interface is not None and any(fields.family(own) == number for own in ways.addresses)
        wanted = f"default dev {ways.interface} table {TABLE}" if has_way else None
        present = list(_routes(await _all_routes(number)))
        lines = [f"route del {words}" for words in present if wanted is None or not words.startswith(wanted)]
        if wanted is not None and not any(words.startswith(wanted) for words in present):
            lines.append(f"route add {wanted} proto {PROTOCOL}")
        rules = render_rules(ways, number, parse_rules(await _all_rules(number)))
        await _batch(number, rules + "".join(f"{line}\n" for line in lines))
    await run(["nft", "-f", "-"], stdin=render_table(tree, ways))


async def remove() -> list[str]:
    """Take all of it away, whoever made it, and say what there was; raises CommandFailed."""
    removed: list[str] = []
    if await _table() is not None:
        await run(["nft", "delete", "table", "inet", NFT_TABLE])
        removed.append(f"table inet {NFT_TABLE}")
    for number in _numbers():
        rules, routes = parse_rules(await _all_rules(number)), list(_routes(await _all_routes(number)))
        lines = [*(_rule("del", line) for line in rules), *(f"route del {words}\n" for words in routes)]
        await _batch(number, "".join(lines))
        removed += [f"{len(rules)} IPv{number} rules for programs"] if rules else []
        removed += [f"{len(routes)} routes in table {TABLE}"] if routes else []
    return removed


async def fingerprint() -> tuple[str, ...]:
    """Everything of ours in the system's words, to be compared with what it was once put; raises CommandFailed."""
    said = [await _table() or ""]
    for number in _numbers():
        said += [*parse_rules(await _all_rules(number)), *_routes(await _all_routes(number))]
    return tuple(said)


def ear() -> socket.socket:
    """A socket that hears of every change to nftables of this namespace; raises OSError."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, _NETLINK_NETFILTER)
    try:
        sock.bind((0, 1 << _GROUP_NFTABLES - 1))
    except OSError:
        sock.close()
        raise
    return sock


def drained(sock: socket.socket) -> bool:
    """Whether there was anything to hear."""
    heard = False
    while True:
        try:
            sock.recv(1 << 16)
        except BlockingIOError:
            return heard
        except OSError:  # more than its buffer holds
            pass
        heard = True


def resolvers(path: Path) -> frozenset[Address]:
    """The name servers of that file; none where it cannot be read."""
    try:
        return parse_resolvers(path.read_text(errors="replace"))
    except OSError:
        return frozenset()


async def _table() -> str | None:
    try:
        return await run(["nft", "list", "table", "inet", NFT_TABLE])
    except CommandFailed as error:
        if "No such file or directory" in str(error.problem.args.get("detail", "")):
            return None
        raise


async def _batch(number: int, lines: str) -> None:
    if lines:
        await run(["ip", f"-{number}", "-force", "-batch", "-"], stdin=lines)


async def _all_rules(number: int) -> str:
    return await run(["ip", f"-{number}", "rule", "show"])


async def _all_routes(number: int) -> str:
    return await run(["ip", f"-{number}", "route", "show", "table", "all", "proto", str(PROTOCOL)])


def _routes(text: str) -> Iterator[str]:
    """Our routes, each in words that ``ip route del`` takes; ip leaves out the protocol that it was asked for."""
    for line in text.splitlines():
        words = line.split()
        if f"table {TABLE}" in line:
            yield " ".join(word for word in words if word not in ("linkdown", "onlink", "dead"))


def _word(address: str) -> str:
    return "ip6" if fields.family(address) == 6 else "ip"


def _rule(what: str, said: str) -> str:
    priority, _, rule = said.partition(":")
    return f"rule {what} priority {priority} {rule.strip()}\n"


def _numbers() -> tuple[int, ...]:
    return _FAMILIES if ipv6.in_kernel() else (4,)


def _chain(name: str, kind: str | None, rules: Iterable[str]) -> str:
    head = [] if kind is None else [f"\t\ttype {kind}; policy accept;"]
    return "\n".join((f"\tchain {name} {{", *head, *(f"\t\t{rule}" for rule in rules), "\t}"))
