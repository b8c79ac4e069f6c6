"""Do packets of full size get through to the node, as small ones do? Where they do not, that is an MTU black hole.

Large transfers then hang while everything else works. The active node is sent an echo as large as the interface allows;
``core/trial.py`` judges the answers. Standbys are asked at their own inner addresses, so nothing has to be moved.
"""

from collections.abc import Mapping

from wgtray.core import fields
from wgtray.core.failover import MAIN, Active
from wgtray.core.fields import Address, Name
from wgtray.core.health import Health
from wgtray.core.profile import Node, Profile
from wgtray.core.trial import Rules, Trial

RULES = Rules(misses=3, recheck_s=30.0)

INTERVAL_S = 30.0
"""From one large packet to the next: 100 bytes a second at most."""

HURRY_S = 1.0
"""The same once one was missed."""

SETTLE_S = 2.0
"""After a node became active, so that the switch itself is over."""

HEADERS = {4: 28, 6: 48}
"""Bytes of an echo that are not payload (RFC 791, RFC 8200, RFC 792)."""


def asked(profile: Profile, active: Active, sizes: Trial) -> tuple[Name, Address] | None:
    """Whom to ask at which address; None where the node has none inside the tunnel."""
    name = carrier(profile, active)
    node = None if name is None else profile.node(sizes.via or name)
    address = None if node is None else _address(profile, node)
    return None if node is None or address is None else (node.name, address)


def carrier(profile: Profile, active: Active) -> Name | None:
    """The main group's node, where it can be asked at all."""
    node = profile.node(active[MAIN]) if MAIN in active else None
    return None if node is None or _address(profile, node) is None else node.name


def payload_bytes(address: Address, mtu: int) -> int:
    """What fills a packet to that node up to the interface's MTU."""
    return mtu - HEADERS[fields.family(address)]


def pause_s(sizes: Trial) -> float:
    """Seconds from one question to the next."""
    return HURRY_S if sizes.via is not None or (sizes.misses and not sizes.vain) else INTERVAL_S


def askable(profile: Profile, health: Mapping[Name, Health]) -> dict[Name, Health]:
    """The nodes that can be asked."""
    return {node.name: health[node.name] for node in profile.nodes if node.name in health and _address(profile, node)}


def _address(profile: Profile, node: Node) -> Address | None:
    own = {fields.family(address) for address in profile.interface.addresses}
    return node.probe if node.probe is not None and fields.family(node.probe) in own else None
