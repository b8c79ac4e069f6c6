"""What does pf of a Mac do with its rules: load, list, and judge a packet? As far as our rules' words go.

The listing is what pfctl prints: a port with ``=``, a user with its number. ``passes`` follows pf.conf(5): the first
quick rule that fits decides, and nothing that fits means pass.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import msgspec

from tests.fakes.mac.grammar import Wrong

REMARKS = "No ALTQ support in kernel\nALTQ related functions disabled\n"
"""What pfctl says first on every Mac; apple.stackexchange.com/questions/221058, as are the main rules below."""

MAIN_RULES = ['scrub-anchor "com.apple/*" all fragment reassemble', 'anchor "com.apple/*" all']
MAIN_NAT = ['nat-anchor "com.apple/*" all', 'rdr-anchor "com.apple/*" all']

ICMP6 = {"echoreq": 128, "echorep": 129, "routersol": 133, "routeradv": 134, "neighbrsol": 135, "neighbradv": 136}


class Frame(msgspec.Struct, frozen=True):
    """A packet at one interface."""

    way: Literal["in", "out"]
    interface: str
    source: str
    target: str
    proto: str = "udp"
    sport: int = 0
    dport: int = 0
    uid: int = 501
    kind: str = ""
    """Of an ICMP message."""


class Anchor(msgspec.Struct):
    nat: list[str] = []
    rules: list[str] = []
    tables: dict[str, set[str]] = {}


class Pf:
    """Main rules, anchors, and who wants pf to be on."""

    def __init__(self) -> None:
        self.main = {"rules": list(MAIN_RULES), "nat": list(MAIN_NAT)}
        self.anchors: dict[str, Anchor] = {}
        self.tokens: set[str] = set()
        self.states = 0
        """How often states were ended."""
        self.remarks = ""
        """What the last call wrote to the other output."""
        self._given = 5_000_000_000

    def pfctl(self, words: list[str], stdin: str) -> str:
        """Standard output; the other is in ``remarks``. Raises Wrong where the real one fails."""
        self.remarks = REMARKS
        match words:
            case ["-s", ("rules" | "nat") as kind]:
                return _lines(self.main[kind])
            case ["-s", "info"]:
                status = "Enabled" if self.tokens else "Disabled"
                return f"Status: {status} for 0 days 00:10:01           Debug: Urgent\n"
            case ["-E"]:
                self._given += 7
                self.tokens.add(str(self._given))
                self.remarks += f"pf enabled\nToken : {self._given}\n"
                return ""
            case ["-X", token]:
                if token not in self.tokens:
                    raise Wrong("pfctl: pf not enabled")
                self.tokens.discard(token)
                self.remarks += f"disable request successful. {len(self.tokens)} more references remaining\n"
                return ""
            case [("-N" | "-R") as kind, "-f", "-"]:
                self.main["nat" if kind == "-N" else "rules"] = _main(kind, stdin.splitlines())
                return ""
            case ["-F", "states"] | ["-k", _, "-k", _]:
                self.states += 1
                self.remarks += "states cleared\n"
                return ""
            case ["-n", "-a", _, "-f", "-"]:
                _read(stdin)
                return ""
            case ["-a", name, *rest]:
                return self._anchored(name, rest, stdin)
        raise Wrong(f"the model's pf does not know {words}")

    def passes(self, frame: Frame, anchor: str) -> str:
        """``pass``, ``block``, or the interface to which the packet is sent instead."""
        found = self.anchors.get(anchor, Anchor())
        asked = self.tokens and any(line.startswith('anchor "com.apple/*"') for line in self.main["rules"])
        for rule in found.rules if asked else ():
            if fits(rule, frame, found.tables):
                sent = re.search(r"route-to \((\S+) ", rule)
                return sent[1] if sent is not None else rule.partition(" ")[0]
        return "pass"

    def _anchored(self, name: str, words: list[str], stdin: str) -> str:
        anchor = self.anchors.get(name, Anchor())
        if name not in self.anchors and words[0] == "-s":  # xnu, pf_ioctl.c: EINVAL; pfctl warns and goes on
            self.remarks += "pfctl: DIOCGETRULES: Invalid argument\n"
            return ""
        match words:
            case ["-s", "rules"]:
                return _lines(map(listed, anchor.rules))
            case ["-s", "nat"]:
                return _lines(map(listed, anchor.nat))
            case ["-f", "-"]:
                self.anchors[name] = _read(stdin)
                return ""
            case ["-F", "all"]:
                self.anchors.pop(name, None)
                self.remarks += "rules cleared\nnat cleared\n0 tables deleted.\n"
                return ""
            case ["-t", table, "-T", "show"]:
                if table not in anchor.tables:
                    raise Wrong("pfctl: Table does not exist.")
                return "".join(f"   {member}\n" for member in sorted(anchor.tables[table]))
            case ["-t", table, "-T", ("add" | "delete") as verb, "-f", "-"]:
                if table not in anchor.tables:
                    raise Wrong("pfctl: Table does not exist.")
                members = set(stdin.split())
                anchor.tables[table] = (
                    anchor.tables[table] | members if verb == "add" else anchor.tables[table] - members
                )
                self.remarks += f"{len(members)}/{len(members)} addresses {verb}ed.\n"
                return ""
        raise Wrong(f"the model's pf does not know {words}")


def listed(rule: str) -> str:
    """A rule as pfctl prints it."""
    return re.sub(r" port (\d+)", r" port = \1", rule).replace(" user root", " user = 0")


def fits(rule: str, frame: Frame, tables: dict[str, set[str]]) -> bool:
    """Whether a filter rule is about this packet."""
    found = _parsed(rule)
    six = ":" in frame.target
    if found["way"] not in (None, frame.way) or (found["af"] and (found["af"] == "inet6") != six):
        return False
    if found["on"] and (found["on"] == frame.interface) == bool(found["not"]):
        return False
    proto = ("ipv6-icmp" if six else "icmp") if frame.proto == "icmp" else frame.proto
    if found["proto"] not in (None, proto) or (" user root" in rule and frame.uid != 0):
        return False
    kind = re.search(r"icmp6?-type (\S+)", found["rest"])
    if kind is not None and kind[1] not in (frame.kind, str(ICMP6.get(frame.kind, ""))):
        return False
    ports = ((found["sport"], frame.sport), (found["dport"], frame.dport))
    if any(wanted is not None and int(wanted) != port for wanted, port in ports):
        return False
    ends = ((found["src"], frame.source), (found["dst"], frame.target))
    return all(wanted is None or _is_in(address, wanted, tables) for wanted, address in ends)


@lru_cache(4096)
def _parsed(rule: str) -> re.Match[str]:
    words = re.sub(r"route-to \([^)]*\) ", "", rule)
    found = re.fullmatch(
        r"(?:pass|block(?: drop| return)?)(?: (?P<way>in|out))? quick(?: on (?P<not>! )?(?P<on>\S+))?"
        r"(?: (?P<af>inet6?))?(?: proto (?P<proto>\S+))? "
        r"(?:all|from (?P<src>\S+)(?: port (?P<sport>\d+))? to (?P<dst>\S+)(?: port (?P<dport>\d+))?)(?P<rest>.*)",
        words,
    )
    if found is None:
        raise Wrong(f"not understood: {rule}")
    return found


_network = lru_cache(4096)(ipaddress.ip_network)
_ip = lru_cache(4096)(ipaddress.ip_address)


def _is_in(address: str, wanted: str, tables: dict[str, set[str]]) -> bool:
    if wanted == "any":
        return True
    networks = tables[wanted[1:-1]] if wanted.startswith("<") else {wanted}
    ip = _ip(address)
    return any(ip in network for network in map(_network, networks) if network.version == ip.version)


def _read(script: str) -> Anchor:
    anchor = Anchor(nat=[], rules=[], tables={})
    for line in script.splitlines():
        if table := re.fullmatch(r"table <(\w+)> persist(?: \{ (.*) \})?", line):
            anchor.tables[table[1]] = set(table[2].split(", ")) if table[2] else set()
        elif line.startswith("nat "):
            if anchor.rules:
                raise Wrong("Rules must be in order: options, normalization, queueing, translation, filtering")
            anchor.nat.append(line)
        else:
            anchor.rules.append(line)
    return anchor


def _main(kind: str, lines: list[str]) -> list[str]:
    """What the main rules are then: all of that kind, and nothing of the former ones.

    Filter rules are replaced together with scrub rules, translations together with redirections (FreeBSD, which has
    the same pf: sbin/pfctl/pfctl.c, pfctl_ruleset_trans); each has to come in its order (pf.conf(5)).
    """
    ranks = [0 if line.startswith("scrub") else 2 if kind == "-R" else 1 for line in lines]
    if ranks != sorted(ranks) or (kind == "-N" and 0 in ranks):
        raise Wrong("Rules must be in order: options, normalization, queueing, translation, filtering")
    return lines


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
