"""What did the company write about its own side?

``fleet.toml`` as values. Tables that a profile has too (``[dns]``, ``[split]``, ``[failover]``, ``[policy]``,
``[[app]]``) are written as there and go into every client's profile. Users are files of their own (``users/``), so that
commands never rewrite what people wrote and two branches that each add somebody merge without a conflict.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Name
from wgtray.core.profile import SCHEMA, AppRule, Complaint, Dns, Failover, Policy, Split, Update, Value
from wgtray.fleet.parts import (
    Access,
    Class,
    Group,
    Node,
    Pool,
    Router,
    Service,
    Site,
    User,
    Zone,
    device,
    label,
    ports,
)

__all__ = [
    "Access",
    "Class",
    "Fleet",
    "Group",
    "Node",
    "Pool",
    "Router",
    "Service",
    "Site",
    "User",
    "Zone",
    "device",
    "label",
    "ports",
]


class Fleet(Value, kw_only=True, frozen=True):
    """A whole ``fleet.toml``."""

    CANON: ClassVar = {"name": fields.name}
    schema: int
    name: Name
    pool: Pool
    access: Access = Access()
    zone: Zone = Zone()
    dns: Dns = Dns()
    split: Split = Split()
    failover: Failover = Failover()
    policy: Policy = Policy()
    update: Update = Update()
    sites: tuple[Site, ...] = msgspec.field(default=(), name="site")
    nodes: tuple[Node, ...] = msgspec.field(default=(), name="node")
    routers: tuple[Router, ...] = msgspec.field(default=(), name="router")
    services: tuple[Service, ...] = msgspec.field(default=(), name="service")
    groups: tuple[Group, ...] = msgspec.field(default=(), name="group")
    classes: tuple[Class, ...] = msgspec.field(default=(), name="class")
    apps: tuple[AppRule, ...] = msgspec.field(default=(), name="app")

    def complaints(self) -> Iterator[Complaint]:
        if self.schema != SCHEMA:
            yield "schema", f"{self.schema} is not known: write schema = {SCHEMA}, or update wgtray"
        yield from _twice("site", self.sites)
        yield from _twice("node", self.nodes)
        yield from _twice("router", self.routers)
        yield from _twice("service", self.services)
        yield from _twice("group", self.groups)
        yield from _twice("class", self.classes)
        yield from _twice("app", self.apps)
        yield from self._references()
        yield from self._sites()
        reserved = sum(each.reserved_percent for each in self.classes)
        if reserved > 100:
            yield (
                "class[0].reserved_percent",
                f"all classes together reserve {reserved:g} percent: at most 100 is there",
            )

    def site(self, name: str) -> Site:
        """The site of that name; there is one for every node's."""
        return next(site for site in self.sites if site.name == name)

    def served_by(self, site: Site) -> tuple[Node, ...]:
        """The site's nodes, in the order of the file."""
        return tuple(node for node in self.nodes if node.site == site.name)

    def _references(self) -> Iterator[Complaint]:
        sites, services = [site.name for site in self.sites], [service.name for service in self.services]
        classes = [each.name for each in self.classes]
        for index, node in enumerate(self.nodes):
            yield from _known(f"node[{index}].site", "site", node.site, sites)
        for index, router in enumerate(self.routers):
            for place, address in enumerate(router.addresses):
                for node in self.nodes:
                    if fields.family(address) not in map(fields.family, node.inside):
                        text = f"the node {node.name} has no inside address of its family: write one there"
                        yield f"router[{index}].addresses[{place}]", text
        for index, service in enumerate(self.services):
            yield from _known(f"service[{index}].class", "class", service.class_, classes)
        for index, group in enumerate(self.groups):
            yield from _known(f"group[{index}].class", "class", group.class_, classes)
            for place, name in enumerate(group.services):
                yield from _known(f"group[{index}].services[{place}]", "service", name, services)
        for index, network in enumerate(self.split.networks):
            for place, name in enumerate(network.via):
                yield from _known(f"split.networks[{index}].via[{place}]", "site", name, sites)

    def _sites(self) -> Iterator[Complaint]:
        pools = [ipaddress.ip_network(net) for net in self.pool.networks]
        first: dict[str, int] = {}
        for index, site in enumerate(self.sites):
            for place, address in enumerate(site.addresses):
                at = f"site[{index}].addresses[{place}]"
                if not any(ipaddress.ip_address(address) in pool for pool in pools):
                    yield at, f"{address} is outside [pool]: write one of {' or '.join(self.pool.networks)}"
                if first.setdefault(address, index) != index:
                    yield at, f"the same as of site[{first[address]}]: each site needs its own"
            if site.public_key and first.setdefault(site.public_key, index) != index:
                yield f"site[{index}].public_key", f"the same as of site[{first[site.public_key]}]: each needs its own"
            count = len(self.served_by(site))
            fits = {"single": count == 1, "pair": count == 2, "balanced": count >= 1}[site.served_by]
            wanted = {"single": "exactly one", "pair": "two", "balanced": "one or more"}[site.served_by]
            if not fits:
                text = f"{count} nodes serve it: write {wanted} [[node]] with site = {fields.shown(site.name)}"
                yield f"site[{index}]", text
            if site.served_by != "single":
                for number, node in enumerate(self.nodes):
                    if node.site == site.name and not node.outside:
                        yield f"node[{number}].outside", "missing: write its own address on the uplink"


_PLURAL = {"class": "classes"}


def _twice(
    table: str, entries: Sequence[Site | Node | Router | Service | Group | Class | AppRule]
) -> Iterator[Complaint]:
    first: dict[str, int] = {}
    for index, name in enumerate(entry.name for entry in entries):
        if first.setdefault(name, index) != index:
            yield f"{table}[{index}].name", f"the same as {table}[{first[name]}]: each {table} needs its own"


def _known(path: str, kind: str, name: str | None, known: list[Name]) -> Iterator[Complaint]:
    if name is not None and name not in known:
        there = f"{_PLURAL.get(kind, f'{kind}s')}: {', '.join(sorted(known)) or 'none'}"
        yield path, f"no {kind} is called {fields.shown(name)} ({there})"
