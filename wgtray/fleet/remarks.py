"""What can be built as a fleet and is still not what its author meant?"""

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from wgtray.core import fields
from wgtray.core.fields import Prefix
from wgtray.core.findings import Severity
from wgtray.core.remarks import Remark
from wgtray.fleet.model import Fleet, User

UserRemark = tuple[Severity, str, str, str]
"""(severity, file, field, sentence)"""


def remarks(fleet: Fleet) -> Iterator[Remark]:
    """Everything suspicious in the fleet file; paths as there."""
    if not fleet.sites:
        yield "warning", "site", "no [[site]]: write one for every place that clients connect to"
    if not fleet.access.ssh_from:
        text = "everybody may try to log in to the nodes: write the networks of your administrators"
        yield "warning", "access.ssh_from", text
    used = {name for group in fleet.groups for name in group.services}
    for index, site in enumerate(fleet.sites):
        if site.public_key is None:
            text = f"no public key yet: {fields.shown(site.name)} is in no profile (the playbook makes and prints it)"
            yield "warning", f"site[{index}].public_key", text
    for index, service in enumerate(fleet.services):
        if service.name not in used:
            yield "warning", f"service[{index}]", f"no group may reach {fields.shown(service.name)}: add it to one"
        for place, net in enumerate(service.addresses):
            if not _within(net, [network.net for network in fleet.split.networks]):
                text = f"{net} is in no company network, so clients send it past the tunnel: add it to [split] networks"
                yield "warning", f"service[{index}].addresses[{place}]", text
    for index, network in enumerate(fleet.split.networks):
        if any(_overlap(network.net, pool) for pool in fleet.pool.networks):
            yield "warning", f"split.networks[{index}]", f"{network.net} overlaps [pool], whose addresses are users'"


def user_remarks(fleet: Fleet, users: Mapping[str, User]) -> Iterator[UserRemark]:
    """What is wrong with users taken together; ``users`` by the name of their file."""
    groups = {group.name for group in fleet.groups}
    pools = {fields.family(net): ipaddress.ip_network(net) for net in fleet.pool.networks}
    first: dict[str, str] = {each: f"the site {site.name}" for site in fleet.sites for each in site.addresses}
    first |= {site.public_key: f"the site {site.name}" for site in fleet.sites if site.public_key}
    for file, user in users.items():
        if PurePath(file).stem != user.name:
            yield "error", file, "name", f"{fields.shown(user.name)} in a file of another name: write {user.name}.toml"
        for place, group in enumerate(user.groups):
            if group not in groups and not user.revoked:
                known = ", ".join(sorted(groups)) or "none"
                text = f"no group is called {fields.shown(group)} (groups: {known})"
                yield "error", file, f"groups[{place}]", text
        if user.public_key in first:
            yield "error", file, "public_key", f"the same as of {first[user.public_key]}: each needs its own"
        first.setdefault(user.public_key, user.name)
        for place, address in enumerate(user.addresses):
            at = f"addresses[{place}]"
            pool = pools.get(fields.family(address))
            if pool is None or ipaddress.ip_address(address) not in pool:
                yield "error", file, at, f"{address} is outside [pool]: write one of it that is free"
            if address in first:
                yield "error", file, at, f"the same as of {first[address]}: each needs its own"
            first.setdefault(address, user.name)


def _within(net: Prefix, networks: list[Prefix]) -> bool:
    inner = ipaddress.ip_network(net)
    outer = [ipaddress.ip_network(each) for each in networks]
    return any(inner.version == each.version and inner.subnet_of(each) for each in outer)  # type: ignore[arg-type]


def _overlap(one: Prefix, other: Prefix) -> bool:
    return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))
