"""Which way a host goes and why, for people."""

from collections.abc import Mapping
from typing import Final

from wgtray.ipc.messages import WayView

WAYS: Final[Mapping[str, str]] = {
    "tunnel": "through the tunnel",
    "direct": "directly, past the tunnel",
    "held": "nowhere: it is held back",
}

RULES: Final[Mapping[str, str]] = {
    "network": "company network {detail}",
    "learned": "{detail} is a name of the company",
    "name-server": "it is a name server of the company",
    "check": "it is asked whether the company answers",
    "node": "it is the address of node {detail} inside the tunnel",
    "everything": "everything goes through the tunnel",
    "no-family": "{detail}: your addresses in the tunnel are of the other IP version",
    "lockdown": "your company lets nothing past the tunnel",
    "lan": "it is in your local network",
    "endpoint": "it is a node itself",
    "this-computer": "it is this computer",
    "paused": "the connection is paused",
    "off": "you are not connected",
    "none": "no rule is about it",
    "leftover": "a rule that should not be there any more",
}


def lines(way: WayView) -> list[str]:
    """One line for an address, and one for each port rule of it."""
    where = WAYS.get(way.way, way.way)
    carrier = f" ({way.node})" if way.node else ""
    why = RULES.get(way.rule, way.rule).format(detail=way.detail or "it")
    found = [f"{way.address} goes {where}{carrier}: {why}."]
    for rule in way.ports:
        ports = ", ".join(map(str, rule.ports))
        found.append(f"  {rule.proto} {ports} goes {WAYS.get(rule.way, rule.way)}: port rule of {rule.network}.")
    return found
