"""What should the tray show? A picture of the snapshot as plain values; ``tray`` and ``window`` only draw it.

Pure: the same snapshot gives the same picture, so "nothing changed" is one comparison. What a click asks for is part of
the picture, as a request of ``ipc.messages`` or ``QUIT``.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from wgtray import words
from wgtray.core.profile import AUTO
from wgtray.ipc.messages import AnyRequest, ChooseNode, Connect, Disconnect, NodeView, ProblemView, Snapshot

IconName = Literal[
    "off", "connecting", "connected-split", "connected-full", "degraded", "blocked", "paused", "no-helper"
]

Shown = Mapping[str, float]
"""Latency in ms that each node is shown with."""

STEADY_MS: Final = 2.0
STEADY_SHARE: Final = 0.05
"""A shown latency moves only when it changed by more than the larger of the two (UI.md)."""

BARS: Final = ((40.0, "▂▃▅▆"), (100.0, "▂▃▅"), (200.0, "▂▃"), (float("inf"), "▂"))
"""Up to so many ms -> signal bars, as telephones draw them: more is better."""

NOTES_LIMIT: Final = 4
"""Problems told at once; the rest is counted."""


class Quit(msgspec.Struct, frozen=True):
    """Leave the tray app; the connection stays as it is."""


QUIT: Final = Quit()
Wish = AnyRequest | Quit


class Lost(msgspec.Struct, frozen=True):
    """No helper can be asked, and why (a reason of ``words.helper_unreachable``)."""

    socket: str
    reason: str


class Line(msgspec.Struct, frozen=True, tag=True):
    """Something to read: the state, a detail of it, or a note (whole sentences, may be long)."""

    text: str
    kind: Literal["state", "detail", "note"]


class Separator(msgspec.Struct, frozen=True, tag=True):
    """A line between groups."""


class Action(msgspec.Struct, frozen=True, tag=True):
    """Something to click; without a wish it cannot be clicked, and ``why`` says why where that is not plain."""

    text: str
    wish: Wish | None
    why: str = ""


class Automatic(msgspec.Struct, frozen=True, tag=True):
    """The entry that leaves the choice of the node to wgtray."""

    text: str
    chosen: bool
    wish: Wish | None


class NodeRow(msgspec.Struct, frozen=True, tag=True):
    """One node: what it is called, how it does, whether traffic uses it now and whether the user pinned it."""

    name: str
    label: str
    location: str
    latency: str
    bars: str
    active: bool
    pinned: bool
    wish: Wish | None


class Nodes(msgspec.Struct, frozen=True, tag=True):
    """The submenu of all nodes; ``why`` says why none can be chosen."""

    text: str
    rows: tuple[Automatic | Separator | NodeRow, ...]
    why: str = ""


Entry = Line | Separator | Action | Nodes


class TrayView(msgspec.Struct, frozen=True):
    """The whole picture."""

    icon: IconName
    tooltip: str
    entries: tuple[Entry, ...]


def view(seen: Snapshot | Lost | None, shown: Shown, now: float, notice: str = "") -> TrayView:
    """The picture of what was seen last (None: nothing yet); ``notice`` tells why the last request was refused."""
    match seen:
        case None:
            return _without_helper(words.LOOKING_FOR_SERVICE)
        case Lost(socket, reason):
            then = words.what_then(words.helper_unreachable(socket, reason))
            return _without_helper(words.tooltip(None, reason), Separator(), Line(then, "note"))
        case snapshot:
            return _with_helper(_steadied(snapshot, shown), now, notice)


def can_pause(snapshot: Snapshot) -> bool:
    """Whether a pause can be asked for now: there is something to pause, and the company allows it."""
    return snapshot.wanted and snapshot.paused_until is None and "pause" in snapshot.user_may


def steady(shown: Shown, nodes: tuple[NodeView, ...]) -> dict[str, float]:
    """Fold new measurements into the shown ones: small changes leave a number alone; unmeasured nodes have none."""
    return {node.name: _steady(shown.get(node.name), node.rtt_ms) for node in nodes if node.rtt_ms is not None}


def _steady(before: float | None, rtt_ms: float) -> float:
    if before is None or abs(rtt_ms - before) > max(STEADY_MS, STEADY_SHARE * before):
        return rtt_ms
    return before


def _steadied(snapshot: Snapshot, shown: Shown) -> Snapshot:
    nodes = tuple(
        node if node.rtt_ms is None else msgspec.structs.replace(node, rtt_ms=shown.get(node.name, node.rtt_ms))
        for node in snapshot.nodes
    )
    return msgspec.structs.replace(snapshot, nodes=nodes)


def _without_helper(headline: str, *told: Entry) -> TrayView:
    return TrayView("no-helper", headline, (Line(headline, "state"), *told, Separator(), Action(words.QUIT, QUIT)))


def _with_helper(snapshot: Snapshot, now: float, notice: str) -> TrayView:
    entries: list[Entry] = [Line(words.state_line(snapshot), "state")]
    if detail := words.detail_line(snapshot, now):
        entries.append(Line(detail, "detail"))
    if snapshot.state == "connected" and words.degraded(snapshot):
        entries.append(Line(words.tooltip(snapshot), "detail"))
    notes = [*([notice] if notice else []), *_notes(snapshot)]
    if notes:
        entries += [Separator(), *(Line(note, "note") for note in notes)]
    entries += [Separator(), _switch(snapshot)]
    if snapshot.nodes:
        entries.append(_nodes(snapshot))
    entries += [Separator(), Action(words.QUIT, QUIT)]
    return TrayView(_icon(snapshot), words.tooltip(snapshot), tuple(entries))


def _icon(snapshot: Snapshot) -> IconName:
    match snapshot.state:
        case "connected" if _is_degraded(snapshot):
            return "degraded"
        case "connected":
            return "connected-full" if snapshot.mode == "full" else "connected-split"
        case "connecting":
            return "connecting"
        case "blocked":
            return "blocked"
        case _:
            return "paused" if snapshot.paused_until is not None else "off"


def _is_degraded(snapshot: Snapshot) -> bool:
    failing = any(problem.severity == "error" for problem in snapshot.problems)
    return failing or snapshot.protected is False or bool(words.degraded(snapshot))


def _switch(snapshot: Snapshot) -> Action:
    if snapshot.paused_until is not None:
        return Action(words.RESUME, Connect())  # not Resume: the service may need the key again
    if not snapshot.wanted:
        has_profile = snapshot.profile is not None
        return Action(words.CONNECT, Connect()) if has_profile else Action(words.CONNECT, None, words.PROFILE_FIRST)
    if "disconnect" in snapshot.user_may:
        return Action(words.DISCONNECT, Disconnect())
    return Action(words.DISCONNECT, None, words.locked(snapshot.profile))


def _nodes(snapshot: Snapshot) -> Nodes:
    free = "node" in snapshot.user_may
    automatic = Automatic(words.automatic(snapshot), snapshot.node_choice == AUTO, ChooseNode(None) if free else None)
    rows = tuple(_row(snapshot, node, free) for node in snapshot.nodes)
    return Nodes(words.NODE_MENU, (automatic, Separator(), *rows), "" if free else words.locked(snapshot.profile))


def _row(snapshot: Snapshot, node: NodeView, free: bool) -> NodeRow:
    return NodeRow(
        name=node.name,
        label=words.label(snapshot, node.name),
        location=node.location,
        latency=words.health(node),
        bars=_bars(node),
        active=node.active,
        pinned=snapshot.node_choice == node.name,
        wish=ChooseNode(node.name) if free else None,
    )


def _bars(node: NodeView) -> str:
    if node.rtt_ms is None or node.health == "down":
        return ""
    return next(bars for limit_ms, bars in BARS if node.rtt_ms <= limit_ms)


def _notes(snapshot: Snapshot) -> list[str]:
    """The problems in words, worst first: the first in full, of the others what happened; rows tell of single nodes."""
    order = {"error": 0, "warning": 1, "info": 2}
    rows_tell = {"node-down", "node-slow"}
    problems = sorted(
        (problem for problem in snapshot.problems if problem.code not in rows_tell),
        key=lambda problem: order.get(problem.severity, 1),
    )
    notes = [_told(snapshot, problem) for problem in problems]
    if snapshot.state == "connected" and snapshot.protected is False:
        notes.insert(0, words.PROTECTION_NOTE)
    told = [note if index == 0 else words.what(note) for index, note in enumerate(notes[:NOTES_LIMIT])]
    return [*told, *([words.more_problems(len(notes) - NOTES_LIMIT)] if len(notes) > NOTES_LIMIT else [])]


def _told(snapshot: Snapshot, problem: ProblemView) -> str:
    args = dict(problem.args)
    if isinstance(node := args.get("node"), str):
        args["node"] = words.label(snapshot, node)
    if snapshot.public_key is not None:
        args.setdefault("public_key", snapshot.public_key)
    return words.problem(problem.code, args)
