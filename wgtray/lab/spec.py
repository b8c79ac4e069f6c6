"""What does a lab consist of, and which part has which name and address?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

RUN = Path("/run/wgtray-lab")  # one directory a lab
WG_SOCKETS = Path("/var/run/wireguard")  # wireguard-go's, shared by all namespaces
WG_PORT = 51820
ECHO_PORT = 7
WHOAMI_PORT = 8080

COMPANY_NETWORKS = ("10.20.0.0/16", "10.30.0.0/16", "fd20::/64")
COMPANY_HOST = ("10.20.0.10", "10.30.0.10", "fd20::10")
PUBLIC_HOST = ("198.51.100.7", "2001:db8:7::7")

MOST_NODES = 50  # tables 100 to 149 and 200 to 249; 253 and above are the kernel's
MOST_CLIENTS = 5
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
_RESERVED = re.compile(r"auto|wan|corp|pub|client\d*")
_LAB_ID = re.compile(r"[0-9a-f]{6}")


class LabError(Exception):
    """Something the user of a lab can act on: one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class NodeSpec:
    """A node as the user orders it; the numbers mean what they mean in `schedule.Shape`."""

    name: str
    location: str = ""
    delay_ms: float = 20.0
    jitter_ms: float = 0.0
    loss: float = 0.0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or _RESERVED.fullmatch(self.name):
            raise LabError(
                f"{self.name!r} cannot be a node's name: use up to 20 small letters, digits and dashes, "
                "but not auto, wan, corp, pub or client."
            )
        if self.delay_ms < 0 or self.jitter_ms < 0 or not 0 <= self.loss <= 1:
            raise LabError(f"Node {self.name}: delay and jitter must not be negative, loss goes from 0 to 1.")


DEFAULT_NODES = (
    NodeSpec("fra", "Frankfurt, DE", 20),
    NodeSpec("ams", "Amsterdam, NL", 30),
    NodeSpec("sin", "Singapore, SG", 180),
)


@dataclass(frozen=True)
class NodeLayout:
    """Where a node is: `index` counts from 0."""

    lab_id: str
    index: int
    spec: NodeSpec

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def netns(self) -> str:
        return f"wgt-{self.lab_id}-{self.name}"

    @property
    def interface(self) -> str:
        """The WireGuard interface: unique on the machine, because its control socket is."""
        return f"w{self.lab_id}-{self.index + 1}"

    @property
    def tun(self) -> str:
        """The relay's device in the wan namespace."""
        return f"relay{self.index + 1}"

    @property
    def uplink(self) -> str:
        """The wan end of the node's cable."""
        return f"node{self.index + 1}"

    @property
    def public(self) -> tuple[str, str]:
        return f"203.0.113.{11 + self.index}", f"2001:db8:113::{11 + self.index}"

    @property
    def endpoint(self) -> str:
        return f"{self.public[0]}:{WG_PORT}"

    @property
    def probe(self) -> tuple[str, str]:
        """The node's own addresses inside the tunnel."""
        return f"10.66.255.{1 + self.index}", f"fd66::ff{1 + self.index:02x}"


@dataclass(frozen=True)
class ClientLayout:
    """Where a client is: `index` counts from 0, its LAN and its place in the company follow from it."""

    lab_id: str
    index: int

    @property
    def name(self) -> str:
        return "client" if self.index == 0 else f"client{self.index + 1}"

    @property
    def netns(self) -> str:
        return f"wgt-{self.lab_id}-{self.name}"

    @property
    def uplink(self) -> str:
        """The wan end of the client's cable; the client's end is `lan0`."""
        return f"lan{self.index + 1}"

    @property
    def lan(self) -> tuple[str, str]:
        return f"192.168.{77 + self.index}.2", f"2001:db8:{77 + self.index}::2"

    @property
    def gateway(self) -> tuple[str, str]:
        return f"192.168.{77 + self.index}.1", f"2001:db8:{77 + self.index}::1"

    @property
    def tunnel(self) -> tuple[str, str]:
        return f"10.66.0.{10 + self.index}", f"fd66::{10 + self.index}"

    @property
    def mac(self) -> str:
        """The address the company's bridge knows this client by, whichever node forwards for it."""
        return f"02:66:00:00:00:{10 + self.index:02x}"


@dataclass(frozen=True)
class Layout:
    """A whole lab, as plain values; everything else about it can be computed from this."""

    lab_id: str
    specs: tuple[NodeSpec, ...] = DEFAULT_NODES
    client_count: int = 1
    nodes: tuple[NodeLayout, ...] = field(init=False, repr=False)
    clients: tuple[ClientLayout, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [spec.name for spec in self.specs]
        if not 1 <= len(names) <= MOST_NODES or len(set(names)) != len(names):
            raise LabError(f"A lab has 1 to {MOST_NODES} nodes with different names.")
        if not 1 <= self.client_count <= MOST_CLIENTS:
            raise LabError(f"A lab has 1 to {MOST_CLIENTS} clients.")
        nodes = tuple(NodeLayout(self.lab_id, index, spec) for index, spec in enumerate(self.specs))
        clients = tuple(ClientLayout(self.lab_id, index) for index in range(self.client_count))
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "clients", clients)

    @property
    def wan(self) -> str:
        return f"wgt-{self.lab_id}-wan"

    @property
    def corp(self) -> str:
        return f"wgt-{self.lab_id}-corp"

    @property
    def pub(self) -> str:
        return f"wgt-{self.lab_id}-pub"

    @property
    def namespaces(self) -> tuple[str, ...]:
        clients = [client.netns for client in self.clients]
        return (self.wan, self.corp, self.pub, *clients, *(node.netns for node in self.nodes))

    @property
    def runtime_dir(self) -> Path:
        return RUN / self.lab_id

    @property
    def relay_socket(self) -> Path:
        return self.runtime_dir / "relay.sock"

    def node(self, name: str) -> NodeLayout:
        for node in self.nodes:
            if node.name == name:
                return node
        known = ", ".join(node.name for node in self.nodes)
        raise LabError(f"There is no node {name!r} in this lab; it has {known}.")


def is_lab_id(text: str) -> bool:
    return _LAB_ID.fullmatch(text) is not None
