"""What did the company write? The profile as values that cannot be built wrong.

Structs follow CONTRACT section 3 name by name. Building one canonicalises its fields (``core/fields.py``) and checks
them against each other; every complaint of a struct is collected into one ``Invalid``, so that an admin sees all
mistakes at once. ``core/document.py`` reads and writes the TOML, ``core/conf.py`` the wg-quick form.
"""

import ipaddress
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import msgspec

from wgtray.core import fields, office
from wgtray.core.fields import Address, Domain, Endpoint, Interface, Key, Name, Prefix
from wgtray.core.published import published
from wgtray.core.secret import Secret

SCHEMA = 1
FEATURES: frozenset[str] = frozenset()
"""Names that ``requires`` may list: features beyond schema 1 that this version knows."""

AUTO = "auto"
"""The node choice that leaves it to wgtray; no node may be called so (CONTRACT section 1)."""

Mode = Literal["split", "full"]
Lockdown = Literal["off", "apps", "all"]
AppRoute = Literal["tunnel", "direct"]
Permission = Literal["mode", "node", "apps", "disconnect", "pause"]
Complaint = tuple[str, str]
"""(path of the field below the struct, sentence that says what to write instead); the path may be empty."""


class Invalid(ValueError):
    """A value that cannot be built; ``complaints`` holds every reason."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("; ".join(f"{path}: {text}" if path else text for path, text in complaints))
        self.complaints = tuple(complaints)


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the profile: canonical once built."""

    CANON: ClassVar[dict[str, Callable[[str], str]]] = {}

    def __post_init__(self) -> None:
        """Canonicalise, then check; raises Invalid with every complaint."""
        complaints: list[Complaint] = []
        for field, canonical in self.CANON.items():
            value = getattr(self, field)
            many = isinstance(value, tuple)
            canon: list[str] = []
            for index, item in enumerate(value if many else () if value is None else (value,)):
                try:
                    canon.append(canonical(item))
                except ValueError as error:
                    complaints.append((f"{field}[{index}]" if many else field, str(error)))
            if canon:
                msgspec.structs.force_setattr(self, field, tuple(canon) if many else canon[0])
        if not complaints:
            complaints.extend(self.complaints())
        if complaints:
            raise Invalid(complaints)

    def complaints(self) -> Iterator[Complaint]:
        """What is wrong with the canonical fields, taken together."""
        yield from ()


class Personal(Value, kw_only=True, frozen=True):
    """``[interface]``: the part that belongs to one person; empty in a company-wide file."""

    CANON: ClassVar = {"addresses": fields.interface}
    addresses: tuple[Interface, ...] = ()
    private_key: Secret | None = None
    mtu: int | None = None

    def complaints(self) -> Iterator[Complaint]:
        seen: set[str] = set()
        for index, address in enumerate(self.addresses):
            if address in seen:
                yield f"addresses[{index}]", f"{address} twice: write it once"
            seen.add(address)
        if self.mtu is not None and not 576 <= self.mtu <= 65535:  # RFC 791: every host takes 576; IP's length field
            yield "mtu", f"{self.mtu} is outside 576 to 65535: leave it out and wgtray finds the right one"


class Dns(Value, kw_only=True, frozen=True):
    """``[dns]``: the company's name servers and the names to ask of them."""

    CANON: ClassVar = {"servers": fields.address, "domains": fields.domain}
    servers: tuple[Address, ...] = ()
    domains: tuple[Domain, ...] = ()


class Network(Value, kw_only=True, frozen=True):
    """One entry of ``[split] networks``: where it goes through the tunnel, and what is special about it."""

    CANON: ClassVar = {"net": fields.prefix, "via": fields.name}
    net: Prefix
    via: tuple[Name, ...] = ()
    proto: Literal["tcp", "udp"] | None = None
    ports: tuple[int, ...] = ()

    def complaints(self) -> Iterator[Complaint]:
        if self.ports and self.proto is None:
            yield "proto", 'missing: write proto = "tcp" or "udp" beside ports'
        if self.proto is not None and not self.ports:
            yield "ports", "missing: write ports = [443] beside proto"
        for index, port in enumerate(self.ports):
            if not 1 <= port <= 65535:
                yield f"ports[{index}]", f"{port} is outside 1 to 65535"
        if ipaddress.ip_network(self.net).prefixlen == 0:
            yield "net", 'the whole internet is not a company network: write [policy] default_mode = "full" instead'


class Split(Value, kw_only=True, frozen=True):
    """``[split]``: what goes through the tunnel when not everything does."""

    CANON: ClassVar = {"domains": fields.domain}
    networks: tuple[Network, ...] = ()
    domains: tuple[Domain, ...] = ()

    def complaints(self) -> Iterator[Complaint]:
        seen: set[tuple[object, ...]] = set()
        for index, network in enumerate(self.networks):
            identity = (network.net, network.proto, network.ports)
            if identity in seen:
                yield f"networks[{index}]", f"{network.net} twice: write it once"
            seen.add(identity)


class Failover(Value, kw_only=True, frozen=True):
    """``[failover]``: when another node takes over. Defaults are CONTRACT section 3's."""

    interval_s: float = 5.0
    latency_limit_ms: float = 200.0
    detection: Literal["fast", "steady"] = "fast"
    failback_after_s: float = 60.0
    prefer: Literal["latency", "order"] = "latency"
    check: str | None = None

    def complaints(self) -> Iterator[Complaint]:
        if not 1 <= self.interval_s <= 3600:
            yield "interval_s", f"{self.interval_s:g} is outside 1 to 3600 seconds"
        if not 1 <= self.latency_limit_ms <= 10_000:
            yield "latency_limit_ms", f"{self.latency_limit_ms:g} is outside 1 to 10000 milliseconds"
        if not 0 <= self.failback_after_s <= 86_400:
            yield "failback_after_s", f"{self.failback_after_s:g} is outside 0 to 86400 seconds"
        if self.check is not None:
            try:
                check_target(self.check)
            except ValueError as error:
                yield "check", str(error)


class Policy(Value, kw_only=True, frozen=True):
    """``[policy]``: what the company fixes. Defaults are CONTRACT section 3's."""

    default_mode: Mode = "split"
    connect: Literal["user", "login"] = "user"
    lockdown: Lockdown = "apps"
    allow_lan: bool = True
    user_may: tuple[Permission, ...] = ("mode", "node", "apps", "disconnect", "pause")
    portal_minutes: int = 0
    office_probe: str = ""

    def complaints(self) -> Iterator[Complaint]:
        if not 0 <= self.portal_minutes <= 60:
            yield "portal_minutes", f"{self.portal_minutes} is outside 0 to 60 minutes"
        if self.office_probe:
            try:
                office.probe(self.office_probe)
            except ValueError as error:
                yield "office_probe", str(error)


class Update(Value, kw_only=True, frozen=True):
    """``[update]``: where newer profiles of the company are published, signed."""

    url: str = ""

    def complaints(self) -> Iterator[Complaint]:
        if self.url:
            try:
                published(self.url)
            except ValueError as error:
                yield "url", str(error)


class Node(Value, kw_only=True, frozen=True):
    """One ``[[node]]``: a WireGuard gateway of the company."""

    CANON: ClassVar = {
        "name": fields.name,
        "location": lambda text: text and fields.name(text),
        "public_key": fields.key,
        "endpoint": fields.endpoint,
        "probe": fields.address,
    }
    name: Name
    location: str = ""
    public_key: Key
    preshared_key: Secret | None = None
    endpoint: Endpoint
    probe: Address | None = None
    weight: float = 1
    keepalive_s: int = 25

    def complaints(self) -> Iterator[Complaint]:
        if self.name == AUTO:
            yield "name", '"auto" means automatic choice: write another name'
        if not 0 < self.weight <= 1000:
            yield "weight", f"{self.weight:g} is outside 0 to 1000 (0 itself excluded)"
        if not 0 <= self.keepalive_s <= 65535:
            yield "keepalive_s", f"{self.keepalive_s} is outside 0 to 65535 seconds"


class AppRule(Value, kw_only=True, frozen=True):
    """One ``[[app]]``: a program that only ever, or never, uses the VPN."""

    CANON: ClassVar = {"name": fields.name, "domains": fields.domain}
    name: Name
    route: AppRoute = "tunnel"
    locked: bool = False
    domains: tuple[Domain, ...] = ()
    """Public names whose addresses go through the tunnel for every program, as if they stood in ``[split]``."""
    linux: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()

    def complaints(self) -> Iterator[Complaint]:
        if self.domains and self.route == "direct":
            yield "domains", 'the names of a "direct" program cannot be forced into the tunnel: leave them out'
        for system in ("linux", "macos"):
            for index, path in enumerate(getattr(self, system)):
                if not path.startswith("/") or not path.isprintable():
                    yield f"{system}[{index}]", f"{fields.shown(path)} is not an absolute path: write it from / on"
        for index, path in enumerate(self.windows):
            if not (path[1:3] == ":\\" and path[0].isalpha() and path.isprintable()):
                yield (
                    f"windows[{index}]",
                    f"{fields.shown(path)} is not an absolute path: write it with its drive letter",
                )


class Profile(Value, kw_only=True, frozen=True):
    """A whole profile. ``nodes`` and ``apps`` are the tables ``[[node]]`` and ``[[app]]``."""

    CANON: ClassVar = {"name": fields.name}
    schema: int
    name: Name
    requires: tuple[str, ...] = ()
    interface: Personal = Personal()
    dns: Dns = Dns()
    split: Split = Split()
    failover: Failover = Failover()
    policy: Policy = Policy()
    update: Update = Update()
    nodes: tuple[Node, ...] = msgspec.field(default=(), name="node")
    apps: tuple[AppRule, ...] = msgspec.field(default=(), name="app")

    def complaints(self) -> Iterator[Complaint]:
        if self.schema != SCHEMA:
            yield "schema", f"{self.schema} is not known: write schema = {SCHEMA}, or update wgtray"
        for index, feature in enumerate(self.requires):
            if feature not in FEATURES:
                yield f"requires[{index}]", f"this version of wgtray has no {fields.shown(feature)}: update wgtray"
        for field in ("name", "public_key", "probe"):
            yield from self._twice("node", field, self.nodes)
        yield from self._twice("app", "name", self.apps)
        known = {node.name for node in self.nodes}
        for index, network in enumerate(self.split.networks):
            for place, name in enumerate(network.via):
                if name not in known:
                    known_text = ", ".join(sorted(known)) or "none"
                    text = f"no node is called {fields.shown(name)} (nodes: {known_text})"
                    yield f"split.networks[{index}].via[{place}]", text
                elif name in network.via[:place]:
                    yield f"split.networks[{index}].via[{place}]", f"{fields.shown(name)} twice: write it once"

    @property
    def public_domains(self) -> tuple[Domain, ...]:
        """Public names whose addresses go through the tunnel: those of ``[split]``, and of rules for programs."""
        return tuple(dict.fromkeys((*self.split.domains, *(domain for app in self.apps for domain in app.domains))))

    def node(self, name: str) -> Node | None:
        """The node of that name."""
        return next((node for node in self.nodes if node.name == name), None)

    @staticmethod
    def _twice(table: str, field: str, entries: tuple[Node, ...] | tuple[AppRule, ...]) -> Iterator[Complaint]:
        first: dict[str, int] = {}
        for index, entry in enumerate(entries):
            value = getattr(entry, field)
            if value is not None and first.setdefault(value, index) != index:
                other = first[value]
                same = f"the same as {table}[{other}] ({fields.shown(entries[other].name)})"
                yield f"{table}[{index}].{field}", f"{same}: each {table} needs its own"


class CheckTarget(msgspec.Struct, frozen=True):
    """Something behind every node: ``tcp`` with a port, or ``icmp`` with port None."""

    proto: Literal["tcp", "icmp"]
    address: Address
    port: int | None


def check_target(text: str) -> CheckTarget:
    """``tcp://10.20.0.10:443`` or ``icmp://10.20.0.1`` (IPv6 in brackets); raises ValueError."""
    scheme, _, rest = text.partition("://")
    try:
        if scheme == "tcp":
            host, port = fields.split_endpoint(rest)
            if 1 <= port <= 65535:
                return CheckTarget("tcp", fields.address(host), port)
        elif scheme == "icmp":
            return CheckTarget("icmp", fields.address(rest.removeprefix("[").removesuffix("]")), None)
    except ValueError:
        pass
    raise ValueError(f"{fields.shown(text)} is not a check: write tcp://ADDRESS:PORT or icmp://ADDRESS")
