"""Which way a host goes and why, for people; ``lines`` returns translated text."""

from collections.abc import Callable, Mapping
from typing import Final

from wgtray.ipc.messages import WayView
from wgtray.language import say

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
    "office": "you are in the office",
    "off": "you are not connected",
    "none": "no rule is about it",
    "leftover": "a rule that should not be there any more",
}


IT: Final = "it"
GOES: Final = "{address} goes {where}: {why}."
GOES_OVER: Final = "{address} goes {where} ({node}): {why}."
PORTS_GO: Final = "{proto} {ports} goes {where}: port rule of {network}."


def lines(way: WayView, called: Callable[[str], str] = str) -> list[str]:
    """One line for an address, and one for each port rule of it; nodes as they are ``called``."""
    where = say(WAYS.get(way.way, way.way))
    detail = called(way.detail) if way.detail and way.rule == "node" else way.detail
    why = say(RULES.get(way.rule, way.rule)).replace("{detail}", detail or say(IT))
    template = GOES_OVER if way.node else GOES
    node = called(way.node) if way.node else ""
    found = [say(template, address=way.address, where=where, node=node, why=why)]
    for rule in way.ports:
        ports, goes = ", ".join(map(str, rule.ports)), say(WAYS.get(rule.way, rule.way))
        found.append("  " + say(PORTS_GO, proto=rule.proto, ports=ports, where=goes, network=rule.network))
    return found
