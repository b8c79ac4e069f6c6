"""Does the company behind the nodes answer, through which node is that asked, and how often?

``[failover] check`` names a host behind every node. It is asked through the node that carries it, and ``core/trial.py``
judges the answers. When that node is suspected the check, and no other traffic, is moved to a standby:
the host's prefix goes to the trial's ``via`` inside WireGuard (``core/desired.py``). One that fails is **cut off**.
"""

import ipaddress

from wgtray.core import fields
from wgtray.core.failover import MAIN, Active
from wgtray.core.fields import Address, Name
from wgtray.core.profile import CheckTarget, Profile, check_target
from wgtray.core.trial import Rules, Trial

MISSES = 2
"""In a row: one packet may be lost."""

HURRY_S = 1.0
"""From one question to the next while traffic flows, or while the last one was missed."""

RECHECK_FLOOR_S = 2.0
"""A cut-off node is asked at most this often, however short ``failback_after_s`` is."""

QUIET_PATIENCE_S = 60.0
"""Asking a node that is still cut off costs the check's host up to a second, so it waits this long for no traffic."""


def rules(profile: Profile) -> Rules:
    """A cut-off node is asked again as often as a healthy one might be gone back to."""
    return Rules(MISSES, max(profile.failover.failback_after_s, RECHECK_FLOOR_S), QUIET_PATIENCE_S)


def target(profile: Profile) -> CheckTarget | None:
    """What to ask; None without ``check``, and where it is no company host that this computer can ask for."""
    if profile.failover.check is None:
        return None
    found = check_target(profile.failover.check)
    own = {fields.family(address) for address in profile.interface.addresses}
    nodes = {node.probe for node in profile.nodes}
    return found if fields.family(found.address) in own and found.address not in nodes else None


def carrier(profile: Profile, active: Active, host: Address) -> Name | None:
    """The node that carries the check: that of the narrowest network around it which names nodes, else the main one."""
    around = [
        network
        for network in profile.split.networks
        if network.via and not network.ports and _within(host, network.net)
    ]
    narrowest = max(around, key=lambda network: int(network.net.rpartition("/")[2]), default=None)
    return active.get(MAIN if narrowest is None else narrowest.via)


def asked_through(profile: Profile, active: Active, checks: Trial) -> Name | None:
    """The node through which the check goes now; None when nothing is to be asked."""
    asked = target(profile)
    return None if asked is None else checks.via or carrier(profile, active, asked.address)


def pause_s(profile: Profile, checks: Trial, *, busy: bool) -> float:
    """Seconds from one question to the next."""
    missing = bool(checks.misses) and not checks.vain
    return HURRY_S if busy or missing or checks.via is not None else profile.failover.interval_s


def _within(host: Address, net: fields.Prefix) -> bool:
    network = ipaddress.ip_network(net)
    address = ipaddress.ip_address(host)
    return address.version == network.version and address in network
