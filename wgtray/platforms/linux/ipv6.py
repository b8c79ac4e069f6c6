"""What of IPv6 does this machine lack, and what then counts as in place?

A kernel may have no IPv6 at all (``ipv6.disable=1``: every ``ip -6`` fails), or an interface none (the sysctl
``disable_ipv6``, an MTU below 1280: no address and no route into it). Both may change while we run, so both are asked
for at every observation.
"""

from pathlib import Path

import msgspec

from wgtray.core.fields import Interface, family
from wgtray.core.host import HostState

PROC_NET = Path("/proc/thread-self/net")
ADDRESSES = PROC_NET / "if_inet6"
SETTINGS = Path("/proc/sys/net/ipv6/conf")


def in_kernel() -> bool:
    """Whether the kernel has IPv6; True when it cannot be asked."""
    return ADDRESSES.exists() or not PROC_NET.exists()


def on_new_links() -> bool:
    """Whether an interface that is made now will have IPv6."""
    return on_link("default")


def on_link(name: str) -> bool:
    """Whether this interface has IPv6; False without the interface."""
    try:
        return (SETTINGS / name / "disable_ipv6").read_text().strip() == "0"
    except OSError:
        return False


def laid_over(
    found: HostState, asked: HostState, addresses: frozenset[Interface], kernel: bool, link: bool
) -> HostState:
    """What was found, with that of IPv6 which was asked for and cannot exist here shown as in place.

    Without IPv6 in the kernel no packet of that family can leave at all: its routes and steering of ``asked`` hold by
    themselves. Without IPv6 on the link only ``addresses`` of it are missing, from which nothing can be sent then;
    holds and steering are real, and each route into the tunnel has a hold in its place (``routes.Into``), because other
    interfaces may have IPv6.
    """
    tunnel, routes, steered, learned = found.tunnel, found.routes, found.steered, found.learned
    if tunnel is not None and not link:
        missing = frozenset(address for address in addresses if family(address) == 6)
        tunnel = msgspec.structs.replace(tunnel, addresses=tunnel.addresses | missing)
    if not kernel:
        routes |= {
            route
            for route in asked.routes
            if family(route.prefix) == 6 and (route.to != "tunnel" or tunnel is not None)
        }
        steered |= asked.steered & {6}
        learned |= {address for address in asked.learned if family(address) == 6}
    return msgspec.structs.replace(found, tunnel=tunnel, routes=routes, steered=steered, learned=learned)
