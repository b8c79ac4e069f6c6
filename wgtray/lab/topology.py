"""What must `ip`, `nft` and sysctl be told to build a lab?

    client ── lan0 ─┐                        ┌── eth0 ── fra ── c1 ──┐
                    ├── wan ══ relay1,2,3 ═══┼── eth0 ── ams ── c1 ──┼── corp0 in corp: 10.20.0.10, 10.30.0.10
    pub ──── eth0 ──┘                        └── eth0 ── sin ── c1 ──┘

The relay: in wan, what goes to a node and what comes from its cable is routed into the node's TUN device;
the relay process reads it there, waits, and writes it back into the same device, from where a rule for that
device leads on. So every packet, ICMP to the endpoint too, is delayed alike, and nobody's address changes.

The way back from the company: a node forwards client 1 through its device `c1`, which has the same MAC
address at every node. The company's bridge learns behind which port that address is from each packet,
before the packet is answered; so already the answer to the first packet through another node goes back
through that node. Nothing but clients' packets may ever come out of those devices: neighbours are fixed,
they have no IPv6 address of their own.
"""

from __future__ import annotations

from wgtray.lab.spec import COMPANY_HOST, COMPANY_NETWORKS, PUBLIC_HOST, ClientLayout, Layout, NodeLayout

CORP_MAC = "02:20:00:00:00:10"
_PUBLIC_GATEWAY = ("198.51.100.1", "2001:db8:7::1")
_NODE_GATEWAY = ("203.0.113.1", "fe80::1")
_NEVER = 100_000_000  # hundredths of a second until the bridge forgets where a quiet client was
_QUEUE = 10_000  # packets a TUN device holds while the relay is busy; the default of 500 is lost in a moment

# A packet to the company never gets a node's address: the answer must be able to come through another node.
NODE_FIREWALL = """\
table inet lab {
  chain forward { type filter hook forward priority 0; }
  chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade; }
}
"""


def company_firewall(*, reachable: bool) -> str:
    """For `nft -f -` in a node: the company is there, or gone without a word."""
    lines = ["flush chain inet lab forward"]
    if not reachable:
        lines += [f'add rule inet lab forward {side}name "c*" drop' for side in ("iif", "oif")]
    return "\n".join(lines) + "\n"


def namespaces(layout: Layout) -> str:
    """For `ip -batch -` on the machine itself."""
    return _text([f"netns add {name}" for name in layout.namespaces])


def cables(layout: Layout) -> str:
    """For `ip -batch -` on the machine itself, once the sysctls are set: veth pairs between namespaces."""
    ends = [(layout.pub, "eth0", layout.wan, "pub")]
    ends += [(client.netns, "lan0", layout.wan, client.uplink) for client in layout.clients]
    ends += [(node.netns, "eth0", layout.wan, node.uplink) for node in layout.nodes]
    lines = [f"link add {a} netns {left} type veth peer name {b} netns {right}" for left, a, right, b in ends]
    lines += [
        f"link add {_company(client)} address {client.mac} netns {node.netns} "
        f"type veth peer name {_port(node, client)} netns {layout.corp}"
        for node in layout.nodes
        for client in layout.clients
    ]
    return _text(lines)


def sysctls(layout: Layout) -> dict[str, list[tuple[str, str]]]:
    """Per namespace, in order: what is written below /proc/sys before any device exists."""
    quiet = [
        ("net/ipv6/conf/default/accept_dad", "0"),
        ("net/ipv6/conf/default/accept_ra", "0"),
        ("net/ipv4/conf/all/rp_filter", "0"),
        ("net/ipv4/conf/default/rp_filter", "0"),
        ("net/ipv4/ping_group_range", "0 2147483647"),
    ]
    # Off again for each device: it says no more than what is forwarded through it, no router's IPv6 groups.
    forwarding = [
        ("net/ipv4/ip_forward", "1"),
        ("net/ipv6/conf/all/forwarding", "1"),
        ("net/ipv6/conf/default/forwarding", "0"),
        ("net/ipv4/conf/all/send_redirects", "0"),
        ("net/ipv4/conf/default/send_redirects", "0"),
    ]
    routers = {layout.wan, *(node.netns for node in layout.nodes)}
    return {name: quiet + (forwarding if name in routers else []) for name in layout.namespaces}


def inside(layout: Layout) -> dict[str, str]:
    """Per namespace, for `ip -n NAMESPACE -batch -`: devices, addresses, routes and rules."""
    texts = {layout.wan: _wan(layout), layout.corp: _corp(layout), layout.pub: _pub()}
    texts.update({client.netns: _client(client) for client in layout.clients})
    texts.update({node.netns: _node(node, layout) for node in layout.nodes})
    return texts


def tunnel(node: NodeLayout, layout: Layout) -> str:
    """For `ip -n NODE -batch -`: the node's WireGuard interface, once there is one."""
    lines = [f"link set {node.interface} mtu 1420 up"]
    lines += [f"address replace {address} dev {node.interface}{_nodad(address)}" for address in node.probe]
    for client in layout.clients:
        lines += [f"route replace {address} dev {node.interface}" for address in client.tunnel]
    return _text(lines)


def _wan(layout: Layout) -> str:
    lines = ["link set lo up", "link set pub up", *_addresses("pub", _PUBLIC_GATEWAY, (24, 64))]
    for client in layout.clients:
        lines += [f"link set {client.uplink} up", *_addresses(client.uplink, client.gateway, (24, 64))]
    for node in layout.nodes:
        tun, uplink, to, back = node.tun, node.uplink, 100 + node.index, 200 + node.index
        lines += [
            f"tuntap add dev {tun} mode tun",
            f"link set {tun} txqueuelen {_QUEUE} addrgenmode none",
            f"link set {tun} up",
            f"link set {uplink} up",
            *_addresses(uplink, _NODE_GATEWAY, (32, 64)),
        ]
        for address in node.public:
            six = _six(address)
            lines += [
                f"{six}route add {address} dev {tun}",
                f"{six}route add {address} dev {uplink} table {to}",
                f"{six}rule add pref {to} iif {tun} to {address} lookup {to}",
                f"{six}route add default dev {tun} table {back}",
                f"{six}rule add pref {back} iif {uplink} lookup {back}",
            ]
    return _text(lines)


def _client(client: ClientLayout) -> str:
    return _text(["link set lo up", "link set lan0 up", *_addresses("lan0", client.lan, (24, 64)),
                  *_defaults("lan0", client.gateway)])  # fmt: skip


def _pub() -> str:
    return _text(["link set lo up", "link set eth0 up", *_addresses("eth0", PUBLIC_HOST, (24, 64)),
                  *_defaults("eth0", _PUBLIC_GATEWAY)])  # fmt: skip


def _node(node: NodeLayout, layout: Layout) -> str:
    lines = [
        "link set lo up",
        "link set eth0 up",
        *_addresses("eth0", node.public, (32, 128)),
        *_defaults("eth0", _NODE_GATEWAY),
    ]
    for client in layout.clients:
        device, table = _company(client), 300 + client.index
        lines += [f"link set {device} addrgenmode none", f"link set {device} up"]
        for host in COMPANY_HOST:
            lines.append(f"neigh replace {host} lladdr {CORP_MAC} dev {device} nud permanent")
        for network in COMPANY_NETWORKS:
            lines.append(f"{_six(network)}route add {network} dev {device} table {table}")
        for address in client.tunnel:
            lines.append(f"{_six(address)}rule add pref {table} from {address} lookup {table}")
    return _text(lines)


def _corp(layout: Layout) -> str:
    lines = [
        "link set lo up",
        f"link add corp0 address {CORP_MAC} type bridge ageing_time {_NEVER}",
        "link set corp0 up",
        "address add 10.20.0.10/16 dev corp0",
        "address add 10.30.0.10/16 dev corp0",
        "address add fd20::10/64 dev corp0 nodad",
    ]
    for client in layout.clients:
        for address in client.tunnel:
            lines += [
                f"{_six(address)}route add {address} dev corp0",
                f"neigh replace {address} lladdr {client.mac} dev corp0 nud permanent",
            ]
        for node in layout.nodes:
            port = _port(node, client)
            # No flooding: a client that was not heard yet is not everywhere.
            lines += [
                f"link set {port} master corp0 addrgenmode none",
                f"link set {port} type bridge_slave flood off",
                f"link set {port} up",
            ]
    return _text(lines)


def _company(client: ClientLayout) -> str:
    return f"c{client.index + 1}"


def _port(node: NodeLayout, client: ClientLayout) -> str:
    return f"n{node.index + 1}c{client.index + 1}"


def _addresses(device: str, addresses: tuple[str, str], lengths: tuple[int, int]) -> list[str]:
    return [
        f"address add {address}/{length} dev {device}{_nodad(address)}"
        for address, length in zip(addresses, lengths, strict=True)
    ]


def _defaults(device: str, gateways: tuple[str, ...]) -> list[str]:
    return [f"{_six(gateway)}route add default via {gateway} dev {device} onlink" for gateway in gateways]


def _six(address: str) -> str:
    """`ip` takes a rule for IPv4 unless told; `netns.ip` runs lines marked so as IPv6, last."""
    return "-6 " if ":" in address else ""


def _nodad(address: str) -> str:
    return " nodad" if ":" in address else ""


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
