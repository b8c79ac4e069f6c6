"""What does a rival's own WireGuard interface look like? All nodes are warm peers, one of them carries the company."""

from tests.bench.failover import uapi
from wgtray.lab import Lab, Node, netns
from wgtray.lab.spec import COMPANY_NETWORKS


class Interface:
    """The interface of one client; every design starts from the same warm one."""

    def __init__(self, lab: Lab, number: int) -> None:
        self.lab = lab
        self.number = number
        self.client = lab.clients[number]
        self.name = f"b{lab.id}-{number}"
        self.keys = {node.name: node.public_key for node in lab.nodes}

    def up(self) -> None:
        """Make it; the lab's end takes it down."""
        self.client.run(["wireguard-go", self.name])
        conf = self.lab.conf_text(self.number).splitlines()
        lines = [line for line in conf if not line.startswith("Address")]
        self.client.run(["wg", "setconf", self.name, "/dev/stdin"], input="\n".join(lines) + "\n")
        four, six = self.client.tunnel
        batch = [f"link set {self.name} mtu 1420 up", f"address add {four}/32 dev {self.name}"]
        batch.append(f"-6 address add {six}/128 dev {self.name} nodad")
        networks = (*COMPANY_NETWORKS, *(f"{node.probe[0]}/32" for node in self.lab.nodes))
        batch += [f"{'-6 ' if ':' in network else ''}route add {network} dev {self.name}" for network in networks]
        netns.ip(self.client.netns, "\n".join(batch) + "\n")

    def carrier(self) -> str:
        """The name of the node that has the company's networks now."""
        owners = dict(uapi.owners(self.name))
        key = owners.get(COMPANY_NETWORKS[0])
        return next((name for name, of in self.keys.items() if of == key), "")

    def carry(self, node: Node) -> None:
        """Give the company's networks to this node."""
        uapi.give(self.name, self.keys[node.name], COMPANY_NETWORKS)
