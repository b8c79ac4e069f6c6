"""What should the tray show? A picture of the snapshot as plain values; ``tray`` and ``window`` only draw it.

Pure: the same snapshot gives the same picture, so "nothing changed" is one comparison. What a click asks for is part of
the picture, as a request of ``ipc.messages`` or ``QUIT``.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from wgtray import words
from wgtray.core.profile import AUTO, Mode
from wgtray.desktop import SYSTEM
from wgtray.desktop.preferences import Order
from wgtray.ipc.messages import (
    AnyRequest,
    ChooseMode,
    ChooseNode,
    Connect,
    Disconnect,
    NodeView,
    Pause,
    ProblemView,
    Snapshot,
)
from wgtray.language import say
from wgtray.words import labels
from wgtray.words.apps import kept_shortly

IconName = Literal[
    "off", "connecting", "connected-split", "connected-full", "degraded", "blocked", "paused", "office", "no-helper"
]
Page = Literal["overview", "nodes", "split", "apps", "activity", "settings", "checkup", "about", "help", "welcome"]

Shown = Mapping[str, float]
"""Latency in ms that each node is shown with."""

STEADY_MS: Final = 2.0
STEADY_SHARE: Final = 0.05
"""A shown latency moves only when it changed by more than the larger of the two (UI.md)."""

BARS: Final = ((40.0, "▂▃▅▆"), (100.0, "▂▃▅"), (200.0, "▂▃"), (float("inf"), "▂"))
"""Up to so many ms -> signal bars, as telephones draw them: more is better."""

MODES: Final[tuple[tuple[Mode, str], ...]] = (("split", labels.COMPANY_ONLY), ("full", labels.EVERYTHING))

TOLD_ELSEWHERE: Final = frozenset({"node-down", "node-slow", "no-profile"})
"""Problems that a row of the nodes tells, or the state with the entry that ends it."""

NOTES_LIMIT: Final = 4
"""Problems told at once; the rest is counted."""


class Quit(msgspec.Struct, frozen=True):
    """Leave the tray app; the connection stays as it is."""


QUIT: Final = Quit()


class Open(msgspec.Struct, frozen=True):
    """Open the window at this page."""

    page: Page = "overview"
    at: str = ""
    """Which part of it."""


class AskForProgram(msgspec.Struct, frozen=True):
    """Ask, in the window, for a program to be started so that it only ever speaks through the tunnel."""


class Start(msgspec.Struct, frozen=True):
    """Start this program so that it only ever speaks through the tunnel."""

    path: str


class Browse(msgspec.Struct, frozen=True):
    """Show this page in the user's browser, after the way to it was opened where it is closed."""

    url: str
    closed: bool = False


Wish = AnyRequest | Quit | Open | AskForProgram | Start | Browse


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
    locked: bool = False
    """Whether the company fixed it."""
    detail: str = ""
    """Stands in a column of its own."""


class Choice(msgspec.Struct, frozen=True, tag=True):
    """One of several, of which one is chosen."""

    text: str
    chosen: bool
    wish: Wish | None
    why: str = ""
    locked: bool = False


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


class Submenu(msgspec.Struct, frozen=True, tag=True):
    """Entries behind an entry; ``why`` says why none of them can be chosen."""

    text: str
    rows: tuple[Choice | Separator | NodeRow | Action, ...]
    why: str = ""
    locked: bool = False


Entry = Line | Separator | Action | Submenu


class TrayView(msgspec.Struct, frozen=True):
    """The whole picture."""

    icon: IconName
    tooltip: str
    entries: tuple[Entry, ...]


def view(
    seen: Snapshot | Lost | None, shown: Shown, now: float, notice: str = "", order: Order = "profile"
) -> TrayView:
    """The picture of what was seen last (None: nothing yet); ``notice`` tells why the last request was refused."""
    match seen:
        case None:
            return _without_helper(say(labels.LOOKING_FOR_SERVICE))
        case Lost(socket, reason):
            then = words.what_then(words.helper_unreachable(socket, reason, SYSTEM))
            check = Action(say(labels.CHECK_COMPUTER), Open("checkup"))
            return _without_helper(words.tooltip(None, reason), Separator(), Line(then, "note"), Separator(), check)
        case snapshot:
            return _with_helper(steadied(snapshot, shown), now, notice, order)


def can_pause(snapshot: Snapshot) -> bool:
    """Whether a pause can be asked for now: there is something to pause, and the company allows it."""
    return snapshot.wanted and snapshot.paused_until is None and "pause" in snapshot.user_may


def steady(shown: Shown, nodes: tuple[NodeView, ...]) -> dict[str, float]:
    """Fold new measurements into the shown ones: small changes leave a number alone; unmeasured nodes have none."""
    return {node.name: _steady(shown.get(node.name), node.rtt_ms) for node in nodes if node.rtt_ms is not None}


def steadied(snapshot: Snapshot, shown: Shown) -> Snapshot:
    """The snapshot with the latencies that are to be shown."""
    nodes = tuple(
        node if node.rtt_ms is None else msgspec.structs.replace(node, rtt_ms=shown.get(node.name, node.rtt_ms))
        for node in snapshot.nodes
    )
    return msgspec.structs.replace(snapshot, nodes=nodes)


def ordered(snapshot: Snapshot, order: Order) -> tuple[NodeView, ...]:
    """The nodes as the user wants them sorted; those without a latency come last."""
    match order:
        case "latency":
            unknown = float("inf")
            return tuple(sorted(snapshot.nodes, key=lambda node: unknown if node.rtt_ms is None else node.rtt_ms))
        case "name":
            return tuple(sorted(snapshot.nodes, key=lambda node: alphabetical(words.label(snapshot, node.name))))
        case _:
            return snapshot.nodes


def alphabetical(text: str) -> str:
    """What to sort a name by: accents and case make no difference."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _steady(before: float | None, rtt_ms: float) -> float:
    if before is None or abs(rtt_ms - before) > max(STEADY_MS, STEADY_SHARE * before):
        return rtt_ms
    return before


def _without_helper(headline: str, *told: Entry) -> TrayView:
    return TrayView("no-helper", headline, (Line(headline, "state"), *told, *_last_entries()))


def _with_helper(snapshot: Snapshot, now: float, notice: str, order: Order) -> TrayView:
    entries: list[Entry] = [Line(words.state_line(snapshot), "state")]
    if detail := words.detail_line(snapshot, now):
        entries.append(Line(detail, "detail"))
    if snapshot.state == "connected" and (worse := words.degraded(snapshot)):
        entries.append(Line(worse, "detail"))
    notes = [*([notice] if notice else []), *_notes(snapshot)]
    if notes:
        entries += [Separator(), *(Line(note, "note") for note in notes)]
    entries += [Separator(), *_portal(snapshot), _switch(snapshot)]
    if snapshot.nodes:
        entries.append(_nodes(snapshot, order))
    if snapshot.profile is not None:
        entries.append(_traffic(snapshot))
    if snapshot.apps or snapshot.capabilities.per_app_routing:
        entries.append(_apps(snapshot))
    if can_pause(snapshot):
        rows = tuple(Action(say(text), Pause(minutes)) for minutes, text in labels.PAUSES)
        entries.append(Submenu(say(labels.PAUSE), rows))
    return TrayView(_icon(snapshot), words.tooltip(snapshot), (*entries, *_last_entries()))


def _last_entries() -> tuple[Entry, ...]:
    return (
        Separator(),
        Action(say(labels.OPEN), Open()),
        Action(say(labels.HELP), Open("help")),
        Action(say(labels.QUIT), QUIT),
    )


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
        case "office":
            return "office"
        case _:
            return "paused" if snapshot.paused_until is not None else "off"


def _is_degraded(snapshot: Snapshot) -> bool:
    failing = any(problem.severity == "error" for problem in snapshot.problems)
    return failing or snapshot.protected is False or bool(words.degraded(snapshot))


def _switch(snapshot: Snapshot) -> Action:
    if snapshot.profile is None:
        return Action(say(labels.IMPORT), Open("welcome"))
    if snapshot.paused_until is not None:
        return Action(say(labels.RESUME), Connect())  # not Resume: the service may need the key again
    if not snapshot.wanted:
        return Action(say(labels.CONNECT), Connect())
    if "disconnect" in snapshot.user_may:
        return Action(say(labels.DISCONNECT), Disconnect())
    return Action(say(labels.DISCONNECT), None, words.locked(snapshot.profile), locked=True)


def _portal(snapshot: Snapshot) -> list[Entry]:
    """The way to the page of a captive portal; its address is a stranger's word, so it is a web page or nothing."""
    urls = [str(problem.args.get("url")) for problem in snapshot.problems if problem.code == "captive-portal"]
    closed = snapshot.portal_minutes > 0 and snapshot.portal_until is None
    return [Action(say(labels.LOG_IN), Browse(url, closed)) for url in urls if url.startswith(("http://", "https://"))]


def _nodes(snapshot: Snapshot, order: Order) -> Submenu:
    free = "node" in snapshot.user_may
    automatic = Choice(words.automatic(snapshot), snapshot.node_choice == AUTO, ChooseNode(None) if free else None)
    rows = tuple(_row(snapshot, node, free) for node in ordered(snapshot, order))
    why = "" if free else words.locked(snapshot.profile)
    return Submenu(say(labels.NODE), (automatic, Separator(), *rows), why, locked=not free)


def _traffic(snapshot: Snapshot) -> Submenu:
    free = "mode" in snapshot.user_may
    why = "" if free else words.locked(snapshot.profile)
    rows = tuple(_mode(snapshot, mode, text, free) for mode, text in MODES)
    return Submenu(say(labels.TRAFFIC), rows, why, locked=not free)


def _mode(snapshot: Snapshot, mode: Mode, text: str, free: bool) -> Choice:
    chosen = snapshot.mode == mode
    possible = chosen or mode == "split" or snapshot.capabilities.full_tunnel
    wish = ChooseMode(mode) if free and possible else None
    return Choice(say(text), chosen, wish, "" if possible else say(labels.NOT_HERE))


def _apps(snapshot: Snapshot) -> Submenu:
    rows = tuple(Action(app.name, Open("apps"), locked=app.locked, detail=kept_shortly(app)) for app in snapshot.apps)
    more = [Action(say(labels.CHOOSE_APPS), Open("apps"))]
    if snapshot.capabilities.per_app_routing:
        now = snapshot.wanted
        why = "" if now else say(labels.CONNECT_FIRST)
        more.append(Action(say(labels.OPEN_PROTECTED), AskForProgram() if now else None, why))
    return Submenu(say(labels.SENSITIVE_APPS), (*rows, *([Separator()] if rows else []), *more))


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
    """The problems in words, worst first: the first in full, of the others what happened; some are told elsewhere."""
    order = {"error": 0, "warning": 1, "info": 2}
    problems = sorted(
        (problem for problem in snapshot.problems if problem.code not in TOLD_ELSEWHERE),
        key=lambda problem: order.get(problem.severity, 1),
    )
    notes = [_told(snapshot, problem) for problem in problems]
    if snapshot.state == "connected" and snapshot.protected is False:
        notes.insert(0, say(words.PROTECTION_NOTE))
    told = [note if index == 0 else words.what(note) for index, note in enumerate(notes[:NOTES_LIMIT])]
    return [*told, *([words.more_problems(len(notes) - NOTES_LIMIT)] if len(notes) > NOTES_LIMIT else [])]


def _told(snapshot: Snapshot, problem: ProblemView) -> str:
    args = dict(problem.args)
    if isinstance(node := args.get("node"), str):
        args["node"] = words.label(snapshot, node)
    if snapshot.public_key is not None:
        args.setdefault("public_key", snapshot.public_key)
    return words.problem(problem.code, args)
