"""What stands in the tables of the window? Texts and sort keys, from the snapshot and the profile; no Qt."""

from collections.abc import Iterator
from typing import NamedTuple

from wgtray import words
from wgtray.core.profile import Network, Profile
from wgtray.gui.view import alphabetical
from wgtray.ipc.messages import NodeView, Snapshot
from wgtray.language import count, say
from wgtray.words import labels, pages
from wgtray.words.units import ago, latency, share

Cell = tuple[str, float | str]
"""What is shown, and what it is sorted by."""
LAST = float("inf")


class NodeCells(NamedTuple):
    """One row of the page Nodes, column by column."""

    name: str
    node: Cell
    where: Cell
    latency: Cell
    loss: Cell
    contact: Cell
    state: Cell

    def cells(self) -> tuple[Cell, ...]:
        return self[1:]


class Way(NamedTuple):
    """Something that goes through the tunnel, and by what rule."""

    what: str
    how: str


def node_cells(snapshot: Snapshot, node: NodeView, now: float) -> NodeCells:
    """A node as a row."""
    label = words.label(snapshot, node.name)
    marked = f"{label} {labels.ACTIVE_MARK}" if node.active else label
    contact = _last_contact(node, now)
    return NodeCells(
        node.name,
        (marked, alphabetical(label)),
        (node.location or "–", alphabetical(node.location)),
        ("–" if node.rtt_ms is None else latency(node.rtt_ms), LAST if node.rtt_ms is None else node.rtt_ms),
        (share(node.loss), LAST if node.loss is None else node.loss),
        (ago(contact), LAST if contact is None else contact),
        _state(snapshot, node),
    )


def details(snapshot: Snapshot, node: NodeView, now: float) -> str:
    """A node's row as text to paste into a message."""
    heads = [say(head) for head in pages.NODE_COLUMNS]
    cells = node_cells(snapshot, node, now).cells()
    lines = [f"{head}: {cell[0]}" for head, cell in zip(heads, cells, strict=True)]
    return "\n".join([*lines, f"{say(pages.ENDPOINT)}: {node.endpoint}"])


def ready(snapshot: Snapshot) -> str:
    """Which other nodes would take over: ``Amsterdam and Singapore ready``."""
    names = [words.label(snapshot, node.name) for node in snapshot.nodes if not node.active and node.health == "up"]
    match names:
        case []:
            return say(pages.NONE_READY) if len(snapshot.nodes) > 1 else ""
        case [name]:
            return say(pages.ONE_READY, node=name)
        case [*others, last]:
            return say(pages.SOME_READY, nodes=say(", ").join(others), last=last)
        case _:
            return ""


def networks(snapshot: Snapshot, profile: Profile | None) -> Iterator[Way]:
    """Company networks, each with the node that carries it now."""
    rules = {} if profile is None else {str(network.net): network for network in profile.split.networks}
    for network in snapshot.networks:
        over = say(pages.OVER, node=words.label(snapshot, network.node)) if network.node else say(pages.NO_NODE_NOW)
        rule = rules.get(network.net)
        ports = _ports(rule) if rule else ""
        yield Way(f"{network.net} {ports}".strip(), over)


def learned(snapshot: Snapshot) -> Iterator[Way]:
    """Addresses that names led to, and those beyond the ones that are shown, in a number."""
    for one in snapshot.learned:
        yield Way(one.address, say(pages.LEARNED_FOR, name=one.name) if one.name else say(pages.LEARNED_EARLIER))
    more = snapshot.learned_total - len(snapshot.learned)
    if more > 0:
        yield Way(count(more, pages.MORE_ONE, pages.MORE), "")


def names(profile: Profile | None) -> Iterator[Way]:
    """Names whose addresses go through the tunnel."""
    if profile is not None:
        for domain in profile.dns.domains:
            yield Way(domain, say(pages.COMPANY_NAME))
        for domain in profile.public_domains:
            yield Way(domain, say(pages.PUBLIC_NAME))


def _ports(network: Network) -> str:
    return f"{network.proto} {'+'.join(map(str, network.ports))}" if network.ports else ""


def _last_contact(node: NodeView, now: float) -> float | None:
    """Seconds since the node was last known to answer."""
    if node.health in ("up", "slow") and node.probed_at is not None:
        return max(0.0, now - node.probed_at)
    return None if node.handshake_age_s is None else float(node.handshake_age_s)


def _state(snapshot: Snapshot, node: NodeView) -> Cell:
    if node.active:
        return say(pages.IN_USE), 0
    match node.health:
        case "up":
            return say(pages.READY), 1
        case "slow":
            return say("slow"), 2
        case "down":
            return say("not answering"), 3
        case _:
            return say("not measured yet"), 4
