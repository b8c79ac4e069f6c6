"""What happens around a client of the lab: another cable, another address, an internet that drops things."""

import contextlib
from collections.abc import Iterator, Sequence

from wgtray.lab import Lab, Node, netns
from wgtray.lab.place import Place

SECOND_LAN = ("192.168.177.2", "2001:db8:177::2")
SECOND_GATEWAY = ("192.168.177.1", "2001:db8:177::1")
NEARER = "203.0.113.111"
"""A second address that a node can have, past the relay: next to no round-trip time."""

_GLOBAL = ("dev", "lan0", "scope", "global")


def ip(place: Place, *lines: str) -> None:
    """Run these lines of ``ip`` at one go; those of IPv6 are marked ``-6 ``."""
    netns.ip(place.netns, "".join(f"{line}\n" for line in lines))


@contextlib.contextmanager
def second_cable(lab: Lab, number: int = 0) -> Iterator[None]:
    """``lan1`` of a client leads to the internet too, with addresses but without a default route yet."""
    client, far = lab.clients[number], "alt0"
    netns.ip(None, f"link add lan1 netns {client.netns} type veth peer name {far} netns {lab.wan.netns}\n")
    try:
        for place, dev, (four, six) in ((lab.wan, far, SECOND_GATEWAY), (client, "lan1", SECOND_LAN)):
            ip(
                place,
                f"link set {dev} up",
                f"address add {four}/24 dev {dev}",
                f"address add {six}/64 dev {dev} nodad",
            )
        yield
    finally:
        ip(client, "link delete lan1")


@contextlib.contextmanager
def kept_defaults(place: Place) -> Iterator[None]:
    """The default routes and addresses of ``lan0`` are as before afterwards."""
    shown = {family: place.run(["ip", family, "-o", "address", "show", *_GLOBAL]).stdout for family in ("-4", "-6")}
    addresses = {family: [line.split()[3] for line in text.splitlines()] for family, text in shown.items()}
    routes = {family: place.run(["ip", family, "route", "show", "default"]).stdout for family in ("-4", "-6")}
    try:
        yield
    finally:
        place.run(["ip", "link", "set", "lan0", "up"])
        for family, defaults in routes.items():
            place.run(["ip", family, "route", "flush", "default"], check=False)
            place.run(["ip", family, "address", "flush", *_GLOBAL], check=False)
            nodad = " nodad" if family == "-6" else ""
            batch = "".join(f"address add {one} dev lan0{nodad}\n" for one in addresses[family])
            batch += "".join(f"route add {line}\n" for line in defaults.replace(" pref medium", "").splitlines())
            place.run(["ip", family, "-batch", "-"], input=batch)


@contextlib.contextmanager
def nearer_address(lab: Lab, node: Node) -> Iterator[str]:
    """The node has another address, nearer than its first."""
    ip(node, f"address add {NEARER}/32 dev eth0")
    ip(lab.wan, f"route add {NEARER} dev {node.at.uplink}", f"rule add pref 90 from {NEARER} lookup main")
    try:
        yield NEARER
    finally:
        ip(lab.wan, f"rule delete pref 90 from {NEARER} lookup main", f"route delete {NEARER}")
        ip(node, f"address delete {NEARER}/32 dev eth0")


@contextlib.contextmanager
def dropped(lab: Lab, matches: Sequence[str]) -> Iterator[None]:
    """The internet drops what matches, in nft's words, without saying so."""
    rules = "".join(f"add rule inet outside forward {match} drop\n" for match in matches)
    chain = "add chain inet outside forward { type filter hook forward priority 0; }\n"
    lab.wan.run(["nft", "-f", "-"], input=f"add table inet outside\n{chain}{rules}")
    try:
        yield
    finally:
        lab.wan.run(["nft", "delete", "table", "inet", "outside"])
