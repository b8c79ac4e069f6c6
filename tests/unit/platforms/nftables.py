"""What does the kernel do with a packet under these nftables rules? As far as our renderer's words go, and no further.

A word that is not known here is an error, so that a new rule has to be understood before it is believed.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

Verdict = Literal["accept", "drop"]

_WORD = re.compile(r'\{[^}]*\}|"[^"]*"|\S+')


class Frame(msgspec.Struct):
    """A packet at one hook; ``mark`` changes on its way."""

    source: str
    destination: str
    proto: str
    sport: int = 0
    dport: int = 0
    kind: str = ""
    """Of an ICMP message."""
    hops: int = 64
    mark: int = 0
    iif: str = ""
    oif: str = ""
    known: bool = False
    """To connection tracking: an answer, or part of an established flow."""
    local: bool = True
    """Whether its destination is an address of this computer."""


class Chain(msgspec.Struct):
    """Rules in order, and where the kernel asks them; none for one that others jump to."""

    hook: str = ""
    priority: str = ""
    policy: str = "accept"
    rules: list[str] = []


class Ruleset:
    """Our table of IP packets, read from the script that loads it; ``arp`` are the rules of that about ARP.

    Not ``is_shown`` is the moment in which its rules are in force and no set of intervals holds anything.
    """

    def __init__(self, script: str, *, is_shown: bool = True) -> None:
        self.is_shown = is_shown
        self.chains: dict[str, Chain] = {}
        self.sets: dict[str, set[str]] = {}
        self.arp: list[str] = []
        here: Chain | None = None
        for line in map(str.strip, script.partition("add table arp")[0].splitlines()):
            if found := re.fullmatch(r"chain (\w+) \{", line):
                here = self.chains.setdefault(found[1], Chain())
            elif found := re.fullmatch(r"set (\w+) \{", line):
                here, elements, has_intervals = None, self.sets.setdefault(found[1], set()), False
            elif found := re.fullmatch(r"type (\w+) hook (\w+) priority (\w+(?: \+ 1)?); policy (\w+);", line):
                assert here is not None
                here.hook, here.priority, here.policy = f"{found[1]} {found[2]}", found[3], found[4]
            elif line.endswith("flags interval;"):
                has_intervals = True
            elif found := re.fullmatch(r"elements = \{ (.*) \}", line):
                elements.update(found[1].split(", ") if is_shown or not has_intervals else ())
            elif line not in ("}", "") and not line.startswith(("add ", "delete ", "table ", "type ")):
                assert here is not None, line
                here.rules.append(line)
        self.arp = re.findall(r"^\t\t(iifname .*)$", script.partition("add table arp")[2], re.MULTILINE)

    def passes(self, frame: Frame, *hooks: str) -> bool:
        """Whether the chains of these hooks, like ``filter output filter``, let it through in this order."""
        return all(self._verdict(chain, frame) == "accept" for chain in self._at(hooks))

    def passes_replaced(self, frame: Frame, *hooks: str) -> Iterator[bool]:
        """The same where this table takes the place of an equal one, at every instant of the packet's way.

        Chains of one priority are asked in the order of the newer first; those of the table that is not in force have
        no rules.
        """
        places = [(chain, is_new) for chain in self._at(hooks) for is_new in (True, False)]
        for instant in range(len(places) + 1):
            packet = msgspec.structs.replace(frame)
            yield all(
                (self._verdict(chain, packet) if is_new == (number >= instant) else chain.policy) == "accept"
                for number, (chain, is_new) in enumerate(places)
            )

    def _at(self, hooks: tuple[str, ...]) -> Iterator[Chain]:
        """In the order of the kernel."""
        for hook in hooks:
            for priority in (hook, f"{hook} + 1"):
                yield from (chain for chain in self.chains.values() if f"{chain.hook} {chain.priority}" == priority)

    def _verdict(self, chain: Chain, frame: Frame) -> str:
        return self._walked(chain, frame) or chain.policy

    def _walked(self, chain: Chain, frame: Frame) -> Verdict | None:
        for rule in chain.rules:
            words = _WORD.findall(rule)
            verdict = self._applied(words, frame)
            if verdict == "return":
                return None
            if verdict == "accept" or verdict == "drop":
                return verdict
        return None

    def _applied(self, words: list[str], frame: Frame) -> Verdict | Literal["return"] | None:
        while words:
            match words:
                case ["accept" | "drop" | "return" as verdict]:
                    return verdict
                case ["reject", "with", *_]:
                    return "drop"
                case ["masquerade"]:
                    return "accept"
                case ["jump", name]:
                    return self._walked(self.chains[name], frame)
                case ["meta", "mark", "set", mark]:
                    frame.mark = int(mark, 16)
                    return None
                case _:
                    true, words = self._matched(words, frame)
                    if not true:
                        return None
        raise AssertionError("a rule without an end")

    def _matched(self, words: list[str], frame: Frame) -> tuple[bool, list[str]]:
        match words:
            case ["iifname" | "oifname" as side, "!=", names, *rest]:
                return self._link(side, frame) not in _elements(names), rest
            case ["iifname" | "oifname" as side, names, *rest]:
                return self._link(side, frame) in _elements(names), rest
            case ["meta", "mark", "!=", wanted, *rest] if wanted.startswith("@"):
                return not _between(frame.mark, self.sets[wanted[1:]]), rest
            case ["meta", "mark", "!=", mark, *rest]:
                return frame.mark != int(mark, 16), rest
            case ["meta", "mark", marks, *rest]:
                return frame.mark in {int(mark, 16) for mark in _elements(marks)}, rest
            case ["meta", "l4proto", protos, *rest]:
                return frame.proto in _elements(protos), rest
            case ["th", "sport" | "dport" as port, ports, *rest]:
                return str(getattr(frame, port)) in _elements(ports), rest
            case ["ip" | "ip6" as word, "saddr" | "daddr" as end, ".", "udp", "sport" | "dport" as port, ends, *rest]:
                address = frame.source if end == "saddr" else frame.destination
                pair = f"{address} . {getattr(frame, port)}"
                return _is_of(word, address) and frame.proto == "udp" and pair in _elements(ends), rest
            case ["ip" | "ip6" as word, "saddr" | "daddr" as end, wanted, *rest]:
                address = frame.source if end == "saddr" else frame.destination
                found = self.sets[wanted[1:]] if wanted.startswith("@") else _elements(wanted)
                if "/" in wanted and not self.is_shown:
                    found = set()
                return _is_of(word, address) and _within(address, found), rest
            case ["ip6", "hoplimit", hops, *rest]:
                return frame.hops == int(hops), rest
            case ["icmp" | "icmpv6" as word, "type", kinds, *rest]:
                is_it = frame.proto == "icmp" and _is_of("ip" if word == "icmp" else "ip6", frame.source)
                return is_it and frame.kind in _elements(kinds), rest
            case ["tcp" | "udp" as proto, "sport" | "dport" as port, ports, *rest]:
                return frame.proto == proto and str(getattr(frame, port)) in _elements(ports), rest
            case ["fib", "daddr", "type", "!=", "local", *rest]:
                return not frame.local, rest
            case ["ct", "state", "established,related", *rest]:
                return frame.known, rest
        raise AssertionError(f"what does {' '.join(words)} mean?")

    def _link(self, side: str, frame: Frame) -> str:
        return frame.iif if side == "iifname" else frame.oif


def _elements(words: str) -> set[str]:
    return {one.strip().strip('"') for one in words.strip("{}").split(",")}


def _between(mark: int, ranges: set[str]) -> bool:
    return any(int(first, 16) <= mark <= int(last, 16) for first, _, last in (one.partition("-") for one in ranges))


def _is_of(word: str, address: str) -> bool:
    return (":" in address) == (word == "ip6")


def _within(address: str, networks: set[str]) -> bool:
    return any(
        (":" in network) == (":" in address) and ipaddress.ip_address(address) in ipaddress.ip_network(network)
        for network in networks
    )
