"""How do routers learn which node a client uses? BIRD 2 on nodes and routers, iBGP with routers as route reflectors.

``wgtray-node follow`` claims a client with a number (``core/following.py``); the number is the route's metric in the
node's kernel, its local preference in BGP and BIRD's preference on every node, so that the highest wins everywhere. A
claim that is overruled is withdrawn by BIRD itself and comes back when the higher one goes. ``others`` tells the node
what is above its own. OSPF would take seconds where this takes milliseconds; a dead node's session is given up after
three seconds, but nobody waits for that.
"""

import hashlib
import ipaddress
from collections.abc import Iterator, Sequence

import msgspec

from wgtray.core.fields import Address, family
from wgtray.core.following import OTHERS_TABLE, OWN_TABLE, PROTOCOL
from wgtray.fleet.model import Fleet, Node, Router

PRIVATE_AS = 65_000
"""RFC 6996: numbers for oneself."""

_TIMERS = "hold time 3; keepalive time 1; connect delay time 1; connect retry time 1; error wait time 1, 2;"
_LENGTH = {4: 32, 6: 128}


class Session(msgspec.Struct, frozen=True):
    """One BGP session: two addresses of one family on a network that both are on."""

    local: Address
    neighbor: Address


def node_conf(router_id: Address, sessions: Sequence[Session], *, autonomous_system: int = PRIVATE_AS) -> str:
    """``bird.conf`` of a node, with a session for each router and family."""
    parts = _head(router_id)
    for number in _families(sessions):
        parts += _tables(number)
    for index, session in enumerate(sessions, 1):
        number = family(session.local)
        parts.append(
            f"protocol bgp router{index} {{\n"
            f"  local {session.local} as {autonomous_system};\n"
            f"  neighbor {session.neighbor} as {autonomous_system};\n"
            f"  direct; {_TIMERS}\n"
            f"  ipv{number} {{\n"
            "    next hop self;\n"
            f"    import filter {{ if net.len != {_LENGTH[number]} then reject;"
            " preference = 2 * bgp_local_pref + 1; accept; };\n"
            "    export filter { if source = RTS_INHERIT then { bgp_local_pref = krt_metric; accept; } reject; };\n"
            "  };\n"
            "}\n"
        )
    return "\n".join(parts)


def router_conf(
    router_id: Address,
    sessions: Sequence[Session],
    pools: Sequence[str],
    *,
    autonomous_system: int = PRIVATE_AS,
) -> str:
    """``bird.conf`` of a router, with a session for each node and family; takes host routes of the pools only."""
    parts = _head(router_id)
    for number in _families(sessions):
        parts.append(
            f"protocol kernel main{number} {{\n  kernel table 254; scan time 60;\n"
            f"  ipv{number} {{ import none; export where source = RTS_BGP; }};\n}}\n"
        )
    for index, session in enumerate(sessions, 1):
        number = family(session.local)
        own = ", ".join(f"{net}{{{_LENGTH[number]},{_LENGTH[number]}}}" for net in pools if family(net) == number)
        parts.append(
            f"protocol bgp node{index} {{\n"
            f"  local {session.local} as {autonomous_system};\n"
            f"  neighbor {session.neighbor} as {autonomous_system};\n"
            f"  direct; rr client; {_TIMERS}\n"
            f"  ipv{number} {{\n"
            "    next hop self;\n"
            f"    import where net ~ [ {own} ];\n"
            "    export where source = RTS_BGP;\n"
            "  };\n"
            "}\n"
        )
    return "\n".join(parts)


def node_text(fleet: Fleet, node: Node) -> str:
    """``bird.conf`` of a node of the fleet; empty without routers."""
    pairs = [(own, far) for router in fleet.routers for far in router.addresses for own in node.inside]
    sessions = [Session(own, far) for own, far in pairs if family(own) == family(far)]
    return node_conf(_identity(node.inside), sessions) if sessions else ""


def router_text(fleet: Fleet, router: Router) -> str:
    """``bird.conf`` of one of its routers."""
    pairs = [(own, far) for node in fleet.nodes for far in node.inside for own in router.addresses]
    sessions = [Session(own, far) for own, far in pairs if family(own) == family(far)]
    return router_conf(_identity(router.addresses), sessions, fleet.pool.networks)


def follow_unit_text(fleet: Fleet, node: Node) -> str:
    """systemd's unit that tells BIRD which clients use the node."""
    words = ["/usr/bin/wgtray-node", "follow", "--interface", node.tunnel]
    words += [word for net in fleet.pool.networks for word in ("--pool", net)]
    words += [word for network in fleet.split.networks if network.via for word in ("--ignore", network.net)]
    return f"""\
[Unit]
Description=Tells the company's routers which clients use this WireGuard node
After=wgtray-fleet.service bird.service
StartLimitIntervalSec=0
[Service]
ExecStart={" ".join(words)}
Restart=always
RestartSec=1
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_NETLINK AF_UNIX
[Install]
WantedBy=multi-user.target
"""


def _identity(addresses: Sequence[Address]) -> Address:
    """BIRD's router id has the form of an IPv4 address; where there is none, one is made of the other."""
    four = next((address for address in addresses if family(address) == 4), None)
    if four is not None:
        return four
    digest = hashlib.sha256(addresses[0].encode()).digest()
    return Address(str(ipaddress.IPv4Address(digest[:4])))


def _head(router_id: Address) -> list[str]:
    return [f"log syslog all;\nrouter id {router_id};\n", "protocol device { scan time 10; }\n"]


def _families(sessions: Sequence[Session]) -> Iterator[int]:
    yield from sorted({family(session.local) for session in sessions})


def _tables(number: int) -> list[str]:
    return [
        f"protocol kernel own{number} {{\n  learn on; kernel table {OWN_TABLE}; scan time 60;\n"
        f"  ipv{number} {{\n"
        f"    import filter {{ if krt_source != {PROTOCOL} then reject; preference = 2 * krt_metric; accept; }};\n"
        "    export none;\n  };\n}\n",
        f"ipv{number} table others{number};\n",
        f"protocol pipe tell{number} {{ table master{number}; peer table others{number}; import none;"
        " export where source = RTS_BGP; }\n",
        f"protocol kernel told{number} {{\n  kernel table {OTHERS_TABLE}; scan time 60; metric 0;\n"
        f"  ipv{number} {{\n    table others{number};\n    import none;\n"
        "    export filter { krt_metric = bgp_local_pref; accept; };\n  };\n}\n",
    ]
