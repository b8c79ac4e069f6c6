"""How is a node's bandwidth divided? Its tc commands, as text.

Shaped is what is sent: into the tunnel towards clients (before encryption, where users and services are visible), and
on towards the company and the internet. Every class keeps its reserved share under load and may borrow up to its
ceiling. Which class a packet is in, nftables has said in the packet's priority. WireGuard's own packets have been
shaped before they were encrypted and get a class of their own, 1:2, beside the others.
"""

from collections.abc import Iterator

from wgtray.fleet.model import Fleet, Node

_LINE_MBIT = 400_000
"""More than any line: no limit for what was shaped already."""
_QUANTUM_BYTES = 15_140
"""Ten full packets: how much one class sends before it is another's turn."""
_QUEUE_PACKETS = 200
"""Of a class; at 100 Mbit/s and full packets 24 ms."""


def tc_text(fleet: Fleet, node: Node) -> str:
    """For ``tc -batch -force``: first line per device removes what was there. Empty: bandwidth is not divided."""
    return "".join(f"{line}\n" for line in _lines(fleet, node)) if fleet.classes else ""


def _lines(fleet: Fleet, node: Node) -> Iterator[str]:
    last = len(fleet.classes)
    for device in dict.fromkeys((node.tunnel, node.lan, node.uplink)):
        yield f"qdisc replace dev {device} root handle 1: htb default {9 + last:x}"
        yield f"class replace dev {device} parent 1: classid 1:1 htb {_rates(node.bandwidth_mbit, node.bandwidth_mbit)}"
        if device != node.tunnel:
            yield f"class replace dev {device} parent 1: classid 1:2 htb {_rates(_LINE_MBIT, _LINE_MBIT)}"
        for number, each in enumerate(fleet.classes, 1):
            minor = f"{9 + number:x}"
            reserved, ceiling = (
                node.bandwidth_mbit * percent / 100 for percent in (each.reserved_percent, each.ceiling_percent)
            )
            yield f"class replace dev {device} parent 1:1 classid 1:{minor} htb {_rates(reserved, ceiling)}"
            yield f"qdisc replace dev {device} parent 1:{minor} handle {minor}: pfifo limit {_QUEUE_PACKETS}"


def _rates(rate_mbit: float, ceiling_mbit: float) -> str:
    burst = min(max(16, round(ceiling_mbit * 1e6 / 8 / 250 / 1024)), 4096)  # KiB in 4 ms, the tick of a slow timer
    rate, ceiling = (f"{round(mbit * 1000)}kbit" for mbit in (rate_mbit, ceiling_mbit))
    return f"rate {rate} ceil {ceiling} burst {burst}k cburst {burst}k quantum {_QUANTUM_BYTES}"
