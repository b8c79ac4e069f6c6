"""Which nftables rules carry out a ``Firewall`` on Linux?

One table of the family inet, loaded whole in one transaction; a second one of the family arp in the same keeps
neighbours from learning our addresses in the tunnel. Rules of other tables stay as they are: a packet has to pass all
of them. What a program sends through a packet socket (root only) is seen by no table.

    chain      asked of                      what it does
    arriving   every packet, first           drops what arrives elsewhere for our addresses in the tunnel; marks answers
                                             to us, so that the kernel's reverse path check finds the way they came
    marking    what is sent or passed on     marks port rules' packets; the mark finds their way (``routes.py``)
    ours       what carries our mark         lets WireGuard and the helper reach nodes and name servers
    closed     what leaves by other links    rejects what only the tunnel may carry, so that programs fail at once
    sending    what this computer sends      the kill switch
    passing    what is passed on for others  the same for containers and other machines
    unasked    what comes out of the tunnel  who may send us something that is no answer
    receiving  what is meant for us          the same, and who else may
    leaving    every packet, last            marked packets that found no way into the tunnel
    leaving_as the same                      gives those that did an address of ours in the tunnel

``sending``, ``passing`` and ``leaving`` are each asked twice, by a ``first`` and an ``again`` of theirs, because of the
moment in which one table takes the place of another (``_twice``); before
``closed`` is asked, the networks that it names have to be there already (``_SHOWN``).

In ``sending`` the interface is the one chosen before ``marking``; the new one is only seen in ``leaving``. Packets of
programs with a rule carry the marks of ``appways.py``: those for the tunnel may pass there, and are dropped in
``leaving`` where they found none; those past it are judged whatever interface was chosen first.
"""

import re
import socket
from collections.abc import Iterable, Iterator

from wgtray.core.fields import Address, Endpoint, Prefix, family, split_endpoint
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.passage import DNS, HTTP, HTTPS
from wgtray.platforms.linux.appways import MARK_DIRECT, MARK_TUNNEL
from wgtray.platforms.linux.routes import MARK, MARK_FORCED, MARK_PROBE

TABLE = "wgtray"
FAMILIES = ("inet", "arp")
LEARNED = {4: "learned4", 6: "learned6"}
"""The sets of learned addresses, by family; ``netfilter.py`` changes their elements."""

OURS, FORCED, PROBE = (f"{mark:#x}" for mark in (MARK, MARK_FORCED, MARK_PROBE))
APP, DIRECT = (f"{mark:#x}" for mark in (MARK_TUNNEL, MARK_DIRECT))
REJECT = "reject with icmpx admin-prohibited"
DNS_PORT = f"meta l4proto {{ tcp, udp }} th dport {DNS}"

LINK_SENT = (
    "udp sport 68 udp dport 67 accept",
    "ip6 saddr fe80::/10 udp sport 546 udp dport 547 accept",
    # RFC 4890 section 4.4: a link without these is none
    "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
    "icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } ip6 hoplimit 1 accept",
)
"""What gives this computer an address and neighbours; only root can send it."""

LINK_RECEIVED = (
    "udp sport 67 udp dport 68 accept",
    "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
    "icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
    "icmpv6 type mld-listener-query ip6 hoplimit 1 accept",
)

NO_LINK = "no/link"
"""What stands for a name that nft would not take literally: no link can be called so, and nothing passes."""

_SHOWN = "shown"
"""A set of ours that has every mark there is, once the networks of the sets that close can be found.

A kernel that searches networks in an array (seen: 6.18.44) shows the new rules of a transaction first, and then what
their sets of networks hold, in the order in which these were made: for a millisecond, or ten where there are thousands,
a rule that rejects the company's networks knows none. So nothing passes it before this set, made after them, is shown.
"""

_BITS = {4: 32, 6: 128}
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,15}")  # nft takes a * at the end for "any"


def render(firewall: Firewall, learned: Iterable[Address], interface: str) -> str:
    """The script for ``nft -f -`` that makes our table exactly this, whatever it was."""
    name = interface if _PLAIN.fullmatch(interface) else NO_LINK
    chains = [
        _chain("arriving", "filter hook prerouting priority raw", _arriving(firewall, name)),
        *_marking(firewall, name),
        *_twice("leaving", "postrouting", _leaving(firewall, name)),
        _chain("ours", None, _ours(firewall)),
        _chain("closed", None, _closed(firewall)),
        _chain("unasked", None, _unasked(firewall)),
        _chain("receiving", "filter hook input priority filter", _receiving(firewall, name), shut=firewall.everything),
    ]
    judging = [
        f"\tset {_SHOWN} {{\n\t\ttype mark; flags interval;\n\t\telements = {{ 0x0-0xffffffff }}\n\t}}",
        *_twice("sending", "output", _sending(firewall, name), shut=firewall.everything),
        *_twice("passing", "forward", _passing(firewall, name), shut=firewall.everything),
    ]
    sets = [_learned(number, name, learned) for number, name in LEARNED.items()]
    mine = [f'iifname != "{name}" arp daddr ip {_set(own)} drop'] if (own := _of(4, firewall.own)) else []
    answering = _chain("answering", "filter hook input priority filter", mine)
    return _table("inet", (*sets, *chains)) + _part("inet", judging) + _table("arp", (answering,))


def _table(kind: str, parts: Iterable[str]) -> str:
    return f"add table {kind} {TABLE}\ndelete table {kind} {TABLE}\n{_part(kind, parts)}"


def _part(kind: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return f"table {kind} {TABLE} {{\n{body}\n}}\n"


def count_rules(script: str) -> int:
    """How many rules a rendered script has."""
    return sum(
        line.startswith("\t\t") and not line.startswith(("\t\ttype ", "\t\telements ")) for line in script.splitlines()
    )


def _arriving(firewall: Firewall, name: str) -> Iterator[str]:
    yield f'iifname {{ "lo", "{name}" }} accept'
    yield from _hosts(firewall.own, "daddr", "drop")
    yield "fib daddr type != local accept"  # what is passed on is none of ours, whatever it says
    answer = f"meta mark set {OURS}"
    yield from _nodes(firewall.endpoints, "saddr", "sport", answer)
    yield from _asked_of_nodes(firewall.endpoints, "saddr", "sport", answer)
    yield f"meta l4proto {{ tcp, udp }} th sport {DNS} {answer}"
    yield from _aims(firewall.asked, "saddr", "sport", answer)


def _marking(firewall: Firewall, name: str) -> Iterator[str]:
    if not firewall.forced:
        return
    yield _chain("marking", None, _aims(firewall.forced, "daddr", "dport", f"meta mark set {FORCED}"))
    sent = [f"meta mark {{ {OURS}, {PROBE} }} accept", 'oifname "lo" accept', "jump marking"]
    yield _chain("marking_sent", "route hook output priority mangle", sent)
    passed_on = [f'iifname {{ "lo", "{name}" }} accept', "jump marking"]
    yield _chain("marking_passed_on", "filter hook prerouting priority mangle", passed_on)
    # A program chose its source address for the way that the packet would have taken without the mark.
    yield _chain(
        "leaving_as", "nat hook postrouting priority srcnat", [f'oifname "{name}" meta mark {FORCED} masquerade']
    )


def _leaving(firewall: Firewall, name: str) -> Iterator[str]:
    marks = [APP, *([FORCED] if firewall.forced and firewall.fails_closed else [])]
    yield f'meta mark {_set(marks)} oifname != {{ "lo", "{name}" }} drop'


def _ours(firewall: Firewall) -> Iterator[str]:
    """What WireGuard and the helper may send past the tunnel wherever it is closed."""
    yield from _nodes(firewall.endpoints, "daddr", "dport", "accept")
    yield from _asked_of_nodes(firewall.endpoints, "daddr", "dport", "accept")
    yield f"{DNS_PORT} accept"
    yield from _aims(firewall.asked, "daddr", "dport", "accept")


def _judged(firewall: Firewall) -> Iterator[str]:
    """Stops what only the tunnel may carry; goes on with the rest."""
    if firewall.closed or firewall.forced:
        yield f"meta mark != @{_SHOWN} drop"  # no word to the program, which would take it for an answer
    yield "jump closed"


def _closed(firewall: Firewall) -> Iterator[str]:
    yield from _aims(firewall.closed, "daddr", "dport", REJECT)
    if firewall.closes_learned:
        yield f"ip daddr @{LEARNED[4]} {REJECT}"
        yield f"ip6 daddr @{LEARNED[6]} {REJECT}"


def _sending(firewall: Firewall, name: str) -> Iterator[str]:
    yield 'oifname "lo" accept'
    yield f'oifname "{name}" meta mark != {DIRECT} accept'
    yield f"meta mark {APP} accept"
    yield f"meta mark {OURS} jump ours"
    if firewall.forced and firewall.fails_closed:
        yield f"meta mark {FORCED} accept"
    yield from _judged(firewall)
    if (firewall.names or firewall.everything) and not firewall.portal:
        yield f"{DNS_PORT} {REJECT}"
    # Where the tunnel was left with sockets open, so that they end at once and programs connect anew.
    yield from _hosts(firewall.own, "saddr", f"meta mark != {DIRECT} meta l4proto tcp reject with tcp reset")
    yield from _hosts(firewall.own, "saddr", f"meta mark != {DIRECT} {REJECT}")
    if firewall.everything:
        yield from LINK_SENT
        yield from _networks(firewall.lan, "daddr", "accept")
        if firewall.portal:
            yield f"{DNS_PORT} accept"
            yield f"tcp dport {{ {HTTP}, {HTTPS} }} accept"
        yield REJECT


def _passing(firewall: Firewall, name: str) -> Iterator[str]:
    yield f'iifname "{name}" jump unasked'
    yield f'oifname "{name}" accept'
    yield from _judged(firewall)
    if firewall.names or firewall.everything:
        yield f"{DNS_PORT} {REJECT}"
    if firewall.everything:
        yield f'iifname "{name}" ct state established,related accept'
        yield from _networks(firewall.lan, "daddr", "accept")
        yield from _networks(firewall.lan, "saddr", "ct state established,related accept")
        yield REJECT


def _unasked(firewall: Firewall) -> Iterator[str]:
    """Of what comes out of the tunnel; returns with what may."""
    if firewall.sources is not None:
        yield "ct state established,related return"
        yield from _networks(firewall.sources, "saddr", "return")
        yield "drop"


def _receiving(firewall: Firewall, name: str) -> Iterator[str]:
    yield f'iifname "{name}" jump unasked'
    if firewall.everything:
        yield f'iifname {{ "lo", "{name}" }} accept'
        yield "ct state established,related accept"
        yield from _nodes(firewall.endpoints, "saddr", "sport", "accept")
        yield from LINK_RECEIVED
        yield from _networks(firewall.lan, "saddr", "accept")
        yield "drop"


def _twice(name: str, hook: str, rules: Iterable[str], *, shut: bool = False) -> Iterator[str]:
    """The chain, and the two places from where the kernel asks it.

    A new table's chains stand in front of the old one's of the same priority, without a rule until the transaction is
    done; the old one's are without a rule from then on. A packet that is between the two in that instant meets neither,
    but then it meets the new one's at the next priority.
    """
    yield _chain(name, None, rules)
    for turn, priority in (("first", "filter"), ("again", "filter + 1")):
        yield _chain(f"{name}_{turn}", f"filter hook {hook} priority {priority}", [f"jump {name}"], shut=shut)


def _chain(name: str, hook: str | None, rules: Iterable[str], *, shut: bool = False) -> str:
    """``shut``: what passes all rules is dropped, so that a rule that is missing lets nothing out."""
    head = [] if hook is None else [f"\t\ttype {hook}; policy {'drop' if shut else 'accept'};"]
    return "\n".join([f"\tchain {name} {{", *head, *(f"\t\t{rule}" for rule in rules), "\t}"])


def _learned(number: int, name: str, learned: Iterable[Address]) -> str:
    mine = sorted(address for address in learned if family(address) == number)
    elements = [f"\t\telements = {{ {', '.join(mine)} }}"] if mine else []
    return "\n".join([f"\tset {name} {{", f"\t\ttype ipv{number}_addr", *elements, "\t}"])


def _nodes(endpoints: Iterable[Endpoint], host: str, port: str, verdict: str) -> Iterator[str]:
    """WireGuard's own packets."""
    ends = sorted(map(split_endpoint, endpoints))
    for word, mine in (
        ("ip", [end for end in ends if ":" not in end[0]]),
        ("ip6", [end for end in ends if ":" in end[0]]),
    ):
        if mine:
            yield f"{word} {host} . udp {port} {{ {', '.join(f'{one} . {number}' for one, number in mine)} }} {verdict}"


def _asked_of_nodes(endpoints: Iterable[Endpoint], host: str, port: str, verdict: str) -> Iterator[str]:
    """Our pings of nodes, and the question whether a portal answers in their place."""
    found = {Address(split_endpoint(endpoint)[0]) for endpoint in endpoints}
    kind = "request" if host == "daddr" else "reply"
    for word, icmp, mine in (("ip", "icmp", _of(4, found)), ("ip6", "icmpv6", _of(6, found))):
        if mine:
            yield f"{word} {host} {_set(mine)} {icmp} type echo-{kind} {verdict}"
            yield f"{word} {host} {_set(mine)} tcp {port} {HTTP} {verdict}"


def _hosts(addresses: Iterable[Address], field: str, verdict: str) -> Iterator[str]:
    found = set(addresses)
    for word, mine in (("ip", _of(4, found)), ("ip6", _of(6, found))):
        if mine:
            yield f"{word} {field} {_set(mine)} {verdict}"


def _networks(prefixes: Iterable[Prefix], field: str, verdict: str) -> Iterator[str]:
    found = set(prefixes)
    for word, number in (("ip", 4), ("ip6", 6)):
        if mine := _widest(number, found):
            yield f"{word} {field} {_set(mine)} {verdict}"


def _aims(aims: Iterable[Aim], host: str, port: str, verdict: str) -> Iterator[str]:
    """Those with the same ports in one rule."""
    found: dict[tuple[str | None, tuple[int, ...]], set[Prefix]] = {}
    for aim in sorted(aims, key=lambda aim: (aim.proto or "", aim.ports, aim.prefix)):
        found.setdefault((aim.proto, aim.ports), set()).add(aim.prefix)
    for (proto, ports), prefixes in found.items():
        yield from _networks(prefixes, host, f"{proto} {port} {_set(ports)} {verdict}" if ports else verdict)


def _of(number: int, addresses: Iterable[Address]) -> list[Address]:
    return sorted(address for address in addresses if family(address) == number)


def _widest(number: int, prefixes: Iterable[Prefix]) -> list[Prefix]:
    """Without those inside others, which nft takes for a contradiction; there may be thousands."""
    kind = socket.AF_INET if number == 4 else socket.AF_INET6
    found: list[Prefix] = []
    ends_at = -1
    for first, length, prefix in sorted(_placed(kind, one) for one in prefixes if family(one) == number):
        last = first | ((1 << _BITS[number] - length) - 1)
        if last > ends_at:
            found.append(prefix)
            ends_at = last
    return found


def _placed(kind: socket.AddressFamily, prefix: Prefix) -> tuple[int, int, Prefix]:
    address, _, length = prefix.partition("/")
    return int.from_bytes(socket.inet_pton(kind, address)), int(length), prefix


def _set(elements: Iterable[object]) -> str:
    return f"{{ {', '.join(map(str, elements))} }}"
