"""Whose is a name, whom may it be asked of, and which of its addresses go into the tunnel?

=============  ==========================================  =========================================================
name           asked of                                    its addresses
=============  ==========================================  =========================================================
``company``    ``[dns] servers``, through the tunnel       learned; those on the way already and those that no packet
                                                           can be sent to are passed on as they are
``split``      the resolvers that the machine has          learned; what is no public address is refused: whoever
               without us, past the tunnel                 answers could otherwise lead our routes where he likes
``canary``     nobody: there is no such name               browsers then use the system's resolver, and so us
``other``      the resolvers that the machine has          passed on as they are
               without us, past the tunnel
=============  ==========================================  =========================================================

In full mode, and under lockdown "all", nothing is asked past the tunnel: split and other names go to the company's
servers through it, without such to those of the machine's that are public. Where that leaves nobody, or no node
answers, nobody is asked: such a name has no address for the moment. With lockdown "off" a server on the LAN is still
better than none.

Names are compared as they travel (RFC 1035 section 3.1: length, label, …, 0), in lower case; so a dot inside a label is
never taken for the end of one.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from wgtray.core import fields
from wgtray.core.facts import Facts
from wgtray.core.fields import Address, Domain
from wgtray.core.machine import Connected, State
from wgtray.core.profile import Profile
from wgtray.core.spans import Spans, spans

Kind = Literal["company", "split", "canary", "other"]
Verdict = Literal["learn", "pass", "refuse", "leave-out"]

FORWARDER = Address("127.22.8.7")
"""Where our forwarder listens (port 53): a loopback address that nobody else uses, so it needs no interface of its own.

The number is that of our tables. Linux answers on all of 127.0.0.0/8 without further setting.
"""

CANARY = Domain("use-application-dns.net")
"""Firefox asks for it before it uses a resolver of its own.

support.mozilla.org/kb/canary-domain-use-application-dnsnet
"""

NOT_PUBLIC = spans(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/3",  # with what stands for IPv4: mapped, and NAT64 (RFC 6052), which means something on its own network only
    "2002::/16",
    "4000::/2",
    "8000::/1",
)
"""No server on the internet has such an address (IANA's special-purpose registries; of IPv6 only 2000::/3 is given
out). Documentation ranges are left out: they harm nobody, and labs are built of them."""

NO_DESTINATION = spans("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/9", "ff00::/8")
"""What no route into a tunnel can lead to."""


class Server(msgspec.Struct, frozen=True):
    """A name server; ``zone`` is the interface of a link-local address."""

    address: Address
    zone: str = ""

    @property
    def shown(self) -> str:
        """As a resolver file writes it."""
        return f"{self.address}%{self.zone}" if self.zone else self.address


class Ask(msgspec.Struct, frozen=True):
    """Whom to ask, in this order, and by which way."""

    servers: tuple[Server, ...]
    inside: bool
    """Through the tunnel; otherwise past it."""


class Realm(msgspec.Struct, frozen=True):
    """What of a profile names are judged by, ready for quick use."""

    kinds: Mapping[bytes, Kind] = {}
    routed: Spans = Spans()
    ours: frozenset[Address] = frozenset()
    families: frozenset[int] = frozenset()
    """In which the tunnel can carry anything."""

    def kind(self, name: bytes) -> Kind:
        """Of the longest domain that a name as it travels is in."""
        at, name = 0, name.lower()  # lengths are below 64, so none of them is a letter
        while at < len(name) - 1:
            found = self.kinds.get(name[at:])
            if found is not None:
                return found if found != "canary" or at == 0 else "other"
            at += 1 + name[at]
        return "other"

    def verdict(self, kind: Kind, address: Address) -> Verdict:
        """What happens to an address in an answer for a name of that kind."""
        if kind == "split":
            if address in self.ours or address in NOT_PUBLIC:
                return "refuse"
        elif address in self.ours or address in NO_DESTINATION or address in self.routed:
            return "pass"
        return "learn" if fields.family(address) in self.families else "leave-out"


def realm(profile: Profile | None, endpoints: Iterable[Address] = ()) -> Realm:
    """Of this profile; ``endpoints`` are the addresses at which its nodes are, as far as known."""
    if profile is None:
        return Realm()
    kinds: dict[bytes, Kind] = {_wire(domain): "split" for domain in profile.public_domains}
    if profile.dns.servers:
        kinds |= {_wire(domain): "company" for domain in profile.dns.domains}
    if kinds:
        kinds[_wire(CANARY)] = "canary"
    own = {fields.address(str(ipaddress.ip_interface(text).ip)) for text in profile.interface.addresses}
    probes = {node.probe for node in profile.nodes if node.probe}
    return Realm(
        kinds=kinds,
        routed=spans(*(network.net for network in profile.split.networks if not network.ports)),
        ours=frozenset({*own, *probes, *endpoints}),
        families=frozenset(fields.family(text) for text in profile.interface.addresses),
    )


def redirected(profile: Profile) -> frozenset[Domain]:
    """The domains that the system's resolver has to ask us for whatever the mode; none where there is no rule."""
    company = profile.dns.domains if profile.dns.servers else ()
    found = frozenset({*company, *profile.public_domains})
    return found | {CANARY} if found else found


def nothing_past_the_tunnel(facts: Facts) -> bool:
    """Whether names are asked through the tunnel or not at all; not while a captive portal may be opened."""
    if facts.profile is None or facts.portal_until is not None:
        return False
    return facts.full or facts.profile.policy.lockdown == "all"


def whom_to_ask(kind: Kind, state: State, former: Sequence[Server]) -> Ask | None:
    """``former`` are the resolvers that the machine has without us; None: nobody may be asked now."""
    profile = state.facts.profile
    if profile is None:
        return None
    inside = kind == "company" or nothing_past_the_tunnel(state.facts)
    if not inside:
        return Ask(tuple(former), inside=False) if former else None
    own = {fields.family(text) for text in profile.interface.addresses}
    servers = [Server(address) for address in profile.dns.servers]
    if not servers and kind != "company":
        servers = [server for server in former if server.address not in NOT_PUBLIC]
    carried = tuple(server for server in servers if fields.family(server.address) in own)
    if not carried and former and kind != "company" and profile.policy.lockdown == "off":
        return Ask(tuple(former), inside=False)
    return Ask(carried, inside=True) if carried and isinstance(state, Connected) else None


def shown(name: bytes) -> str:
    """A name as it travels as people write it; what cannot be printed is escaped (RFC 4343 section 2.1)."""
    labels, at = [], 0
    while at < len(name) and name[at]:
        labels.append("".join(map(_shown, name[at + 1 : at + 1 + name[at]])))
        at += 1 + name[at]
    return ".".join(labels) or "."


def _shown(octet: int) -> str:
    char = chr(octet)
    return char if char.isascii() and (char.isalnum() or char in "-_") else f"\\{octet:03d}"


def _wire(domain: Domain) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in domain.split(".")) + b"\0"
