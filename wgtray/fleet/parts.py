"""What is one part of a fleet when it is well formed: a site, a node, a service, a group, a user …?

A *site* is what a client sees as one node: one endpoint, one key; the *nodes* of a site are the machines that serve it.
``fleet/model.py`` says how the parts belong together.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Address, Domain, Endpoint, Interface, Key, Name, Prefix
from wgtray.core.profile import AUTO, Complaint, Value

Served = Literal["single", "pair", "balanced"]
"""By one node; by two that share a floating address (keepalived); by several behind a balancer (nginx)."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
_DEVICE = re.compile(
    r"[A-Za-z0-9_.-]{1,15}"
)  # IFNAMSIZ without its end; nothing that nft or a path could read otherwise
_HOST = re.compile(r"[A-Za-z0-9_.:-]{0,253}")
_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")


def label(text: str) -> Name:
    """A name that is safe in file names, rules and logs; raises ValueError."""
    if not _LABEL.fullmatch(text):
        raise ValueError(
            f"{fields.shown(text)}: write up to 32 small letters, digits, dots, dashes and underscores, "
            "with a letter or digit at both ends"
        )
    return Name(text)


def device(text: str) -> str:
    """A network interface of a node; raises ValueError."""
    if not _DEVICE.fullmatch(text) or text in (".", ".."):
        raise ValueError(f"{fields.shown(text)} is no interface: write its name, as in eth0")
    return text


class Pool(Value, kw_only=True, frozen=True):
    """``[pool]``: inner addresses of users and sites."""

    CANON: ClassVar = {"ipv4": fields.prefix, "ipv6": fields.prefix}
    ipv4: Prefix
    ipv6: Prefix | None = None

    def complaints(self) -> Iterator[Complaint]:
        if fields.family(self.ipv4) != 4:
            yield "ipv4", f"{self.ipv4} is no IPv4 network: write one like 10.66.0.0/16"
        elif not 8 <= ipaddress.ip_network(self.ipv4).prefixlen <= 28:
            yield "ipv4", f"{self.ipv4} must be a /8 to /28"
        if self.ipv6 is None:
            return
        if fields.family(self.ipv6) != 6:
            yield "ipv6", f"{self.ipv6} is no IPv6 network: write one like fd66::/64"
        elif not 48 <= ipaddress.ip_network(self.ipv6).prefixlen <= 96:
            yield "ipv6", f"{self.ipv6} must be a /48 to /96"

    @property
    def networks(self) -> tuple[Prefix, ...]:
        """IPv4 first."""
        return (self.ipv4,) if self.ipv6 is None else (self.ipv4, self.ipv6)


class Site(Value, kw_only=True, frozen=True):
    """One ``[[site]]``: what a client sees as one node."""

    CANON: ClassVar = {
        "name": label,
        "location": lambda text: text and fields.name(text),
        "endpoint": fields.endpoint,
        "public_key": fields.key,
        "addresses": fields.address,
        "public": fields.address,
        "floating": fields.interface,
        "nearest_to": fields.prefix,
    }
    name: Name
    location: str = ""
    served_by: Served = "single"
    endpoint: Endpoint
    public_key: Key | None = None
    """Made on a node, so unknown at first; a pair and a balanced site share one."""
    addresses: tuple[Address, ...]
    """Its own inside the tunnel, which clients probe."""
    public: tuple[Address, ...] = ()
    """What the endpoint's name resolves to, for the DNS zone."""
    floating: tuple[Interface, ...] = ()
    """Of a pair: what moves with it; the first is the endpoint's, the others lie towards the company."""
    balancer: str = ""
    """Of a balanced site: the host that nginx runs on, where the endpoint leads."""
    nearest_to: tuple[Prefix, ...] = ()
    """Clients of these networks are sent here by the DNS zone."""
    weight: float = 1
    out_of_service: bool = False
    """Named by no DNS answer and in no new profile; its nodes are still rendered."""

    def complaints(self) -> Iterator[Complaint]:
        if self.name == AUTO:
            yield "name", '"auto" means automatic choice: write another name'
        if not 0 < self.weight <= 1000:
            yield "weight", f"{self.weight:g} is outside 0 to 1000 (0 itself excluded)"
        if not self.addresses:
            yield "addresses", 'empty: write its own address inside the tunnel, as in ["10.66.255.1"]'
        elif len({fields.family(each) for each in self.addresses}) < len(self.addresses):
            yield "addresses", "more than one of a family: write one IPv4 and one IPv6 address"
        if self.floating and self.served_by != "pair":
            yield "floating", 'only a pair has floating addresses: write served_by = "pair", or leave it out'
        if (self.served_by == "balanced") != bool(self.balancer):
            yield "balancer", 'belongs to served_by = "balanced": write both, or neither'
        if not _HOST.fullmatch(self.balancer):
            yield "balancer", f"{fields.shown(self.balancer)} is no host: write a name or an address"
        if self.served_by == "pair" and not self.floating:
            yield "floating", 'missing: write the addresses that move with the pair, as in ["203.0.113.100/24"]'

    @property
    def port(self) -> int:
        """Where its nodes listen."""
        return fields.split_endpoint(self.endpoint)[1]


class Node(Value, kw_only=True, frozen=True):
    """One ``[[node]]``: a machine that serves a site."""

    CANON: ClassVar = {
        "name": label,
        "site": label,
        "outside": fields.address,
        "inside": fields.address,
        "uplink": device,
        "lan": device,
        "tunnel": device,
    }
    name: Name
    site: Name
    host: str = ""
    """Where Ansible finds it; empty: under its name."""
    outside: tuple[Address, ...] = ()
    """Its own on the uplink: VRRP partners and the balancer speak to it there."""
    inside: tuple[Address, ...] = ()
    """Its own on the company's side: routers send users' answers there."""
    uplink: str = "eth0"
    lan: str = "eth1"
    tunnel: str = "wg0"
    bandwidth_mbit: float = 1000
    """What its line carries in one direction; classes are shares of it."""

    def complaints(self) -> Iterator[Complaint]:
        if not _HOST.fullmatch(self.host):
            yield "host", f"{fields.shown(self.host)} is no host: write a name or an address"
        if not 1 <= self.bandwidth_mbit <= 400_000:
            yield "bandwidth_mbit", f"{self.bandwidth_mbit:g} is outside 1 to 400000 Mbit/s"


class Router(Value, kw_only=True, frozen=True):
    """One ``[[router]]``: where the company's answers are sent to nodes; it learns by BGP which node a client uses."""

    CANON: ClassVar = {"name": label, "addresses": fields.address}
    name: Name
    addresses: tuple[Address, ...]
    """On the networks that it shares with the nodes' ``inside``."""
    host: str = ""

    def complaints(self) -> Iterator[Complaint]:
        if not _HOST.fullmatch(self.host):
            yield "host", f"{fields.shown(self.host)} is no host: write a name or an address"


class Service(Value, kw_only=True, frozen=True):
    """One ``[[service]]``: something of the company that groups may reach."""

    CANON: ClassVar = {"name": label, "addresses": fields.prefix}
    name: Name
    addresses: tuple[Prefix, ...]
    tcp: tuple[int | str, ...] = ()
    udp: tuple[int | str, ...] = ()
    ping: bool = False
    everything: bool = False
    """Every protocol and port of these addresses."""
    class_: Name | None = msgspec.field(default=None, name="class")
    """Its bandwidth class, before that of a group."""

    def complaints(self) -> Iterator[Complaint]:
        if not self.addresses:
            yield "addresses", 'empty: write where it is, as in ["10.20.0.10", "fd20::10"]'
        for protocol in ("tcp", "udp"):
            for index, entry in enumerate(getattr(self, protocol)):
                try:
                    ports(entry)
                except ValueError as error:
                    yield f"{protocol}[{index}]", str(error)
        if self.everything and (self.tcp or self.udp or self.ping):
            yield "everything", "includes all ports: leave out tcp, udp and ping beside it"
        if not (self.everything or self.tcp or self.udp or self.ping):
            yield "tcp", "no port: write tcp = [443], udp, ping = true, or everything = true"


class Group(Value, kw_only=True, frozen=True):
    """One ``[[group]]``: who may reach what."""

    CANON: ClassVar = {"name": label, "services": label}
    name: Name
    services: tuple[Name, ...] = ()
    internet: bool = False
    """Whether a full tunnel of theirs leads on to the internet, with the node's address."""
    class_: Name | None = msgspec.field(default=None, name="class")


class Class(Value, kw_only=True, frozen=True):
    """One ``[[class]]``: a share of every node's bandwidth; the last one takes what names none."""

    CANON: ClassVar = {"name": label}
    name: Name
    reserved_percent: float
    ceiling_percent: float = 100

    def complaints(self) -> Iterator[Complaint]:
        if not 1 <= self.reserved_percent <= 100:
            yield "reserved_percent", f"{self.reserved_percent:g} is outside 1 to 100"
        if not self.reserved_percent <= self.ceiling_percent <= 100:
            yield "ceiling_percent", f"{self.ceiling_percent:g} is outside reserved_percent to 100"


class Zone(Value, kw_only=True, frozen=True):
    """``[zone]``: the DNS zone of the endpoints' names; empty: none is rendered."""

    CANON: ClassVar = {
        "name": lambda text: text and fields.domain(text),
        "nameservers": fields.domain,
        "hostmaster": lambda text: text and fields.domain(text),
        "nearest": lambda text: text and label(text),
    }
    name: Domain | Literal[""] = ""
    nameservers: tuple[Domain, ...] = ()
    hostmaster: str = ""
    nearest: str = "gw"
    """The name below the zone that answers with the site nearest to the asker."""
    ttl_s: int = 30

    def complaints(self) -> Iterator[Complaint]:
        if not 1 <= self.ttl_s <= 86_400:
            yield "ttl_s", f"{self.ttl_s} is outside 1 to 86400 seconds"
        if self.name and not self.nameservers:
            yield "nameservers", f'missing: write who answers for the zone, as in ["ns1.{self.name}"]'


class Access(Value, kw_only=True, frozen=True):
    """``[access]``: who may reach the nodes themselves."""

    CANON: ClassVar = {"ssh_from": fields.prefix, "metrics_from": fields.prefix}
    ssh_from: tuple[Prefix, ...] = ()
    """Empty: everybody, so that nobody locks himself out."""
    metrics_from: tuple[Prefix, ...] = ()
    """Who may fetch from node_exporter (TCP port 9100); empty: nobody."""
    log_group: int | None = None
    """Denials go to this NFLOG group (ulogd); left out: to the kernel's log."""

    def complaints(self) -> Iterator[Complaint]:
        if self.log_group is not None and not 0 <= self.log_group <= 65535:
            yield "log_group", f"{self.log_group} is outside 0 to 65535"


class User(Value, kw_only=True, frozen=True):
    """``users/NAME.toml``: somebody's device; a second device of theirs is a user of its own."""

    CANON: ClassVar = {"name": label, "groups": label, "public_key": fields.key, "addresses": fields.address}
    name: Name
    groups: tuple[Name, ...]
    public_key: Key
    addresses: tuple[Address, ...]
    """Inside the tunnel: the identity that every rule judges by. IPv4 first."""
    revoked: str = ""
    """The day it was revoked; key and address stay taken, so that old logs and old keys mean nobody else."""

    def complaints(self) -> Iterator[Complaint]:
        if [fields.family(each) for each in self.addresses] not in ([4], [4, 6]):
            yield "addresses", "not one IPv4 address and at most one IPv6 address behind it"
        if self.revoked and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.revoked):
            yield "revoked", f'{fields.shown(self.revoked)} is no day: write it like "2026-11-24"'


def ports(entry: int | str) -> tuple[int, int]:
    """First and last port of ``443`` or ``"8000-8100"``; raises ValueError."""
    if isinstance(entry, int):
        first = last = entry
    elif match := _RANGE.fullmatch(entry):
        first, last = int(match[1]), int(match[2])
    else:
        raise ValueError(f'{fields.shown(entry)} is no port: write 443 or "8000-8100"')
    if not 1 <= first <= last <= 65535:
        raise ValueError(f"{entry} is outside 1 to 65535, or ends before it begins")
    return first, last
