"""Which packets does a node let through? Its nftables rules, as text.

Nothing passes that is not written down. Who a packet is from is its inner address: WireGuard accepts an address from
nobody but the peer that owns it. Every packet of a user is judged, not only the first of a flow, so that a right taken
away ends running flows with the next packet. What users are answered follows from what they began.

``users_text`` is the same for every node, ``node_text`` the node's own part that includes it; together they are one
transaction. Marks of connections are bandwidth classes, counted from 1.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from wgtray.core import fields
from wgtray.core.fields import Prefix
from wgtray.fleet.model import Fleet, Node, Service, Site, User, ports
from wgtray.fleet.rights import Grant, Rights, combination, combinations

TABLE = "wgtray_fleet"
USERS_FILE = "users.nft"
_FAMILIES = ((4, "ip", "ipv4_addr", "icmp"), (6, "ip6", "ipv6_addr", "icmpv6"))
_NEVER_INTERNET = [
    # IANA's special-purpose registry; a cloud's metadata service is among them
    *map(Prefix, ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")),
    *map(Prefix, ("172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3")),
]
_COMMENT_LENGTH = 120
"""nft takes up to 127 bytes."""
_ICMPV6 = (
    "{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, nd-router-solicit, packet-too-big, "
    "destination-unreachable, time-exceeded, parameter-problem }"
)


def users_text(fleet: Fleet, users: Sequence[User]) -> str:
    """Services, rights and users: the same bytes on every node."""
    there = [user for user in users if not user.revoked]
    combined = combinations(fleet, there)
    services = {str(service.name): service for service in fleet.services}
    grants = sorted({grant for rights in combined for grant in rights.grants})
    lines = [f"table inet {TABLE} {{"]
    for grant in grants:
        lines += _chain(_service_chain(grant), _service_rules(services[grant.service], grant.class_number))
    for number, rights in enumerate(combined):
        lines += _chain(f"rights_{number}", _rights_rules(rights))
    index = {rights.groups: number for number, rights in enumerate(combined)}
    for user in there:
        lines += _chain(f"user_{user.name}", [f"jump rights_{index[combination(user)]}", _log_rule(fleet, user)])
    for family, _, kind, _ in _FAMILIES:
        pairs = [(_address(user, family), user) for user in there]
        known = [(address, user) for address, user in pairs if address]
        lines += _verdicts(f"users{family}", kind, ((address, f"user_{user.name}") for address, user in known))
        lines += [f"  set refused{family} {{ type {kind}; size 65536; flags dynamic; counter; }}"]
    return "\n".join([*lines, "}"]) + "\n"


def node_text(fleet: Fleet, node: Node) -> str:
    """The node's own rules; includes the users' file, which lies beside it."""
    site = fleet.site(node.site)
    chains = [
        *_chain("internet", _internet_rules(fleet, node)),
        "}",
        "",
        f'include "{USERS_FILE}"',
        "",
        f"table inet {TABLE} {{",
        *_chain("first", ["type filter hook prerouting priority raw; policy accept;", *_first_rules(fleet, node)]),
        *_chain("to_node", ["type filter hook input priority filter; policy drop;", *_input_rules(fleet, node, site)]),
        *_chain("forward", ["type filter hook forward priority filter; policy drop;", *_forward_rules(node)]),
        *_chain("from_users", _user_rules()),
        *_chain(
            "leaving", ["type filter hook postrouting priority mangle; policy accept;", *_class_rules(fleet, node)]
        ),
        *_chain(
            "source", ["type nat hook postrouting priority srcnat; policy accept;", *_nat_rules(fleet, node, site)]
        ),
    ]
    head = [
        f"# {node.name}: replaces the whole table in one transaction",
        f"table inet {TABLE}",
        f"delete table inet {TABLE}",
    ]
    return "\n".join([*head, "", f"table inet {TABLE} {{", *chains, "}"]) + "\n"


def _service_chain(grant: Grant) -> str:
    return f"service_{grant.service}_{grant.class_number}"


def _service_rules(service: Service, number: int) -> Iterator[str]:
    accept = f"ct mark set {number} counter accept"
    for family, ip, _, icmp in _FAMILIES:
        nets = _elements(net for net in service.addresses if fields.family(net) == family)
        if not nets:
            continue
        if service.everything:
            yield f"{ip} daddr {nets} {accept}"
        for protocol in ("tcp", "udp"):
            if listed := getattr(service, protocol):
                yield f"{ip} daddr {nets} {protocol} dport {_ports(listed)} {accept}"
        if service.ping:
            yield f"{ip} daddr {nets} {icmp} type echo-request {accept}"


def _rights_rules(rights: Rights) -> Iterator[str]:
    names = ", ".join(rights.groups)[:_COMMENT_LENGTH]
    yield f'meta l4proto {{ icmp, icmpv6 }} ct state related accept comment "{names}"'
    for grant in rights.grants:
        yield f"jump {_service_chain(grant)}"
    if rights.internet is not None:
        yield f"ct mark set {rights.internet} jump internet"


def _log_rule(fleet: Fleet, user: User) -> str:
    group = "" if fleet.access.log_group is None else f" group {fleet.access.log_group}"
    return f'limit rate 5/second burst 10 packets log prefix "wgtray denied {user.name} "{group}'


def _internet_rules(fleet: Fleet, node: Node) -> Iterator[str]:
    """What is on the internet; whoever may go there jumps here."""
    four, six = _company(fleet, 4), _company(fleet, 6)
    yield f'oifname "{node.uplink}" ip daddr != {_elements([*four, *_NEVER_INTERNET])} counter accept'
    outside = f" ip6 daddr != {_elements(six)}" if six else ""
    yield f'oifname "{node.uplink}" ip6 daddr 2000::/3{outside} counter accept'  # RFC 4291: what is routed globally


def _first_rules(fleet: Fleet, node: Node) -> Iterator[str]:
    for net in fleet.pool.networks:
        ip = "ip6" if fields.family(net) == 6 else "ip"
        yield f'iifname != {{ "lo", "{node.tunnel}" }} {ip} saddr {net} counter drop comment "from the tunnel only"'


def _input_rules(fleet: Fleet, node: Node, site: Site) -> Iterator[str]:
    yield 'iifname "lo" accept'
    yield "ct state established,related accept"
    for family, ip, _, _ in _FAMILIES:
        own = _elements(fields.host_prefix(each) for each in site.addresses if fields.family(each) == family)
        if own:
            yield f'iifname "{node.tunnel}" {ip} daddr != {own} counter drop'
    yield f"icmpv6 type {_ICMPV6} accept"
    yield "meta l4proto { icmp, icmpv6 } limit rate 20000/second burst 5000 packets accept"
    yield f'iifname != "{node.tunnel}" udp dport {site.port} accept'
    yield f'iifname "{node.uplink}" udp sport 547 udp dport 546 accept'
    yield from _admitted(fleet.access.ssh_from, 22, everybody=not fleet.access.ssh_from)
    yield from _admitted(fleet.access.metrics_from, 9100, everybody=False)
    for address in (address for router in fleet.routers for address in router.addresses):
        yield f"{'ip6' if fields.family(address) == 6 else 'ip'} saddr {address} tcp dport 179 accept"  # BGP
    partners = [address for other in fleet.served_by(site) if other != node for address in other.outside]
    if site.served_by == "pair":
        for address in partners:
            yield f"{'ip6' if fields.family(address) == 6 else 'ip'} saddr {address} meta l4proto 112 accept"  # VRRP
    yield "counter"


def _admitted(nets: Iterable[Prefix], port: int, *, everybody: bool) -> Iterator[str]:
    if everybody:
        yield f"tcp dport {port} accept"
    for family, ip, _, _ in _FAMILIES:
        if listed := _elements(net for net in nets if fields.family(net) == family):
            yield f"{ip} saddr {listed} tcp dport {port} accept"


def _forward_rules(node: Node) -> Iterator[str]:
    yield f'iifname "{node.tunnel}" goto from_users'
    yield f'oifname "{node.tunnel}" ct state established,related accept'
    yield "counter"


def _user_rules() -> Iterator[str]:
    """A user's own chain accepts, or logs under the user's name and comes back here to be counted."""
    for family, ip, _, _ in _FAMILIES:
        yield f"{ip} saddr vmap @users{family}"
    for family, ip, _, _ in _FAMILIES:
        yield f"update @refused{family} {{ {ip} saddr }}"
    yield "counter drop"


def _class_rules(fleet: Fleet, node: Node) -> Iterator[str]:
    """The kernel's priority says which HTB class a packet waits in; WireGuard's own packets were shaped before."""
    if not fleet.classes:
        return
    port = fleet.site(node.site).port
    yield f'oifname {{ "{node.uplink}", "{node.lan}" }} udp sport {port} meta priority set 1:2 accept'
    numbers = ", ".join(f"{number} : 1:{9 + number:x}" for number in range(1, len(fleet.classes) + 1))
    yield f"meta priority set ct mark map {{ {numbers} }}"


def _nat_rules(fleet: Fleet, node: Node, site: Site) -> Iterator[str]:
    """The internet sees the node; the company sees its users."""
    for family, ip, _, _ in _FAMILIES:
        pool = [net for net in fleet.pool.networks if fields.family(net) == family]
        if pool:
            company = _elements(_company(fleet, family))
            yield f'oifname "{node.uplink}" {ip} saddr {pool[0]} {ip} daddr != {company} masquerade'
    if site.served_by == "pair":  # a client that hears from the node's own address would follow it there
        address = fields.own_address(site.floating[0])
        if fields.family(address) == 4:
            out = f'oifname "{node.uplink}" udp sport {site.port} ip saddr != {address}'
            yield f"{out} snat ip to {address}:{site.port}"


def _company(fleet: Fleet, family: int) -> list[Prefix]:
    """Networks of the company and the users' own; none of them is the internet."""
    nets = [*(network.net for network in fleet.split.networks), *fleet.pool.networks]
    return [net for net in nets if fields.family(net) == family]


def _chain(name: str, rules: Iterable[str]) -> list[str]:
    return [f"  chain {name} {{", *(f"    {rule}" for rule in rules), "  }"]


def _verdicts(name: str, kind: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    entries = ",\n".join(f"    {address} : jump {chain}" for address, chain in pairs)
    elements = f"\n    elements = {{\n{entries}\n    }}" if entries else ""
    yield f"  map {name} {{\n    type {kind} : verdict{elements}\n  }}"


def _address(user: User, family: int) -> str | None:
    return next((each for each in user.addresses if fields.family(each) == family), None)


def _elements(nets: Iterable[Prefix]) -> str:
    """An anonymous set without overlaps; empty for none."""
    merged = ipaddress.collapse_addresses(ipaddress.ip_network(net) for net in nets)  # type: ignore[type-var]
    texts = [str(net.network_address) if net.num_addresses == 1 else str(net) for net in merged]
    return f"{{ {', '.join(texts)} }}" if texts else ""


def _ports(listed: Iterable[int | str]) -> str:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ports(entry) for entry in listed):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return "{ " + ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in merged) + " }"
