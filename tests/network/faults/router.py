"""What did the router in front of a machine see of what must not leave it? The kernel counts, so nothing is missed."""

import contextlib
import json
from collections.abc import Iterable, Iterator

from wgtray.lab import Lab

_TABLE = """
table inet overheard {{
  set never4 {{ type ipv4_addr; flags interval; {never4} }}
  set never6 {{ type ipv6_addr; flags interval; {never6} }}
  set seen4 {{ type ipv4_addr; flags dynamic; size 65535; }}
  set seen6 {{ type ipv6_addr; flags dynamic; size 65535; }}
  chain arriving {{
    type filter hook prerouting priority raw; policy accept;
    iifname != "{uplink}" accept
    ip daddr @never4 add @seen4 {{ ip daddr }}
    ip6 daddr @never6 add @seen6 {{ ip6 daddr }}
  }}
}}
"""


class Router:
    """Remembers which of the forbidden addresses packets of a client went to in the clear."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def seen(self) -> set[str]:
        """Which since the last call."""
        found: set[str] = set()
        for kind in ("seen4", "seen6"):
            listed = json.loads(self._lab.wan.run(["nft", "-j", "list", "set", "inet", "overheard", kind]).stdout)
            for item in listed["nftables"]:
                found.update(_bare(element) for element in item.get("set", {}).get("elem", ()))
            self._lab.wan.run(["nft", "flush", "set", "inet", "overheard", kind])
        return found


@contextlib.contextmanager
def watching(lab: Lab, never: Iterable[str], client: int = 0) -> Iterator[Router]:
    """A router that knows what must not come from this client."""
    listed = {
        f"never{family}": "elements = {" + ", ".join(one for one in never if (":" in one) == (family == 6)) + "}"
        for family in (4, 6)
    }
    text = _TABLE.format(uplink=lab.layout.clients[client].uplink, **listed)
    lab.wan.run(["nft", "-f", "-"], input=text)
    try:
        yield Router(lab)
    finally:
        lab.wan.run(["nft", "delete", "table", "inet", "overheard"])


def _bare(element: object) -> str:
    """nft writes an element alone, or with what it counts of it."""
    return str(element["elem"]["val"] if isinstance(element, dict) else element)
