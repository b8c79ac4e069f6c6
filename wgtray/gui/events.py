"""What happened between two snapshots that a person wants to know? Pure: facts with arguments, words come later."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from wgtray import words
from wgtray.core.profile import AUTO
from wgtray.ipc.messages import ProblemView, Snapshot

Kind = Literal["connection", "node", "app", "problem", "setting"]

TOLD_OTHERWISE: Final = frozenset({"node-down", "node-slow", "no-profile", "resolving", "unsupported"})
"""Problems that are no event: nodes have events of their own, the others are conditions from the start."""


class Event(msgspec.Struct, frozen=True):
    """Something that happened; ``code`` is a key of ``words.events``."""

    at: float
    """Unix time in seconds."""
    kind: Kind
    code: str
    args: Mapping[str, str | float] = {}


def happened(before: Snapshot | None, after: Snapshot, now: float) -> tuple[Event, ...]:
    """What the later snapshot tells that the earlier one did not; nothing without an earlier one."""
    if before is None:
        return ()
    if before.profile != after.profile:
        return tuple(_profile(before, after, now))
    return (
        *_state(before, after, now),
        *_moved(before, after, now),
        *_protection(before, after, now),
        *_nodes(before, after, now),
        *_apps(before, after, now),
        *_settings(before, after, now),
        *_problems(before, after, now),
        *_updated(before, after, now),
    )


def _profile(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    if after.profile is not None:
        yield Event(now, "setting", "imported", {"company": after.profile})
    elif before.profile is not None:
        yield Event(now, "setting", "removed", {"company": before.profile})


def _updated(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    if before.serial is not None and after.serial is not None and after.serial > before.serial:
        yield Event(now, "setting", "updated", {"company": after.profile or ""})


def _state(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    if before.paused_until is None and after.paused_until is not None:
        yield Event(now, "connection", "paused", {"until": after.paused_until})
        return
    if before.state == after.state:
        return
    match after.state:
        case "connected" if before.state == "blocked":
            held_s = round(max(0.0, now - before.since))
            yield Event(now, "connection", "back", {"node": words.label(after, after.node), "held_s": held_s})
        case "connected":
            yield Event(now, "connection", "connected", {"node": words.label(after, after.node)})
        case "blocked":
            yield Event(now, "connection", "blocked", {"why": _gravest(after)})
        case "office":
            yield Event(now, "connection", "office")
        case "off" if after.paused_until is None:
            yield Event(now, "connection", "disconnected")


def _moved(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    switch = after.last_switch
    if switch is None or (before.last_switch is not None and before.last_switch.at >= switch.at):
        return
    args: dict[str, str | float] = {
        "from": words.label(after, switch.from_node),
        "to": words.label(after, switch.to_node),
        "reason": switch.reason,
    }
    if switch.detect_ms is not None:
        args["noticed_ms"] = round(switch.detect_ms + (switch.switch_ms or 0))
    yield Event(min(now, switch.at), "connection", "moved", args)


def _protection(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    if before.state != after.state or after.state != "connected":
        return
    if before.protected and after.protected is False:
        yield Event(now, "problem", "unprotected")
    elif before.protected is False and after.protected:
        yield Event(now, "problem", "protected")


def _nodes(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    known = {node.name: node.health for node in before.nodes}
    for node in after.nodes:
        was, args = known.get(node.name), {"node": words.label(after, node.name)}
        if was in ("up", "slow") and node.health == "down":
            yield Event(now, "node", "node-down", args)
        elif was == "down" and node.health in ("up", "slow"):
            yield Event(now, "node", "node-up", args)


def _apps(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    known = {app.name: app for app in before.apps}
    for app in after.apps:
        was = known.get(app.name)
        cut, was_cut = (each is not None and each.enforcement == "blocked" and each.running > 0 for each in (app, was))
        if cut and not was_cut:
            yield Event(now, "app", "app-cut", {"app": app.name})
        elif was_cut and not cut and app.running > 0:
            yield Event(now, "app", "app-back", {"app": app.name})


def _settings(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    if before.mode != after.mode:
        yield Event(now, "setting", f"mode-{after.mode}")
    if before.node_choice != after.node_choice:
        if after.node_choice == AUTO:
            yield Event(now, "setting", "automatic")
        else:
            yield Event(now, "setting", "pinned", {"node": words.label(after, after.node_choice)})


def _problems(before: Snapshot, after: Snapshot, now: float) -> Iterator[Event]:
    known = {(problem.code, *sorted(problem.args.items())) for problem in before.problems}
    blocked_now = after.state == "blocked" and before.state != "blocked"
    for problem in after.problems:
        new = (problem.code, *sorted(problem.args.items())) not in known
        told = problem.code in TOLD_OTHERWISE or (blocked_now and problem.code == _gravest(after))
        if new and not told:
            yield Event(now, "problem", "problem", {"code": problem.code, **_named(after, problem)})


def _named(snapshot: Snapshot, problem: ProblemView) -> dict[str, str | float]:
    args = dict(problem.args)
    if isinstance(node := args.get("node"), str):
        args["node"] = words.label(snapshot, node)
    return args


def _gravest(snapshot: Snapshot) -> str:
    order = {"error": 0, "warning": 1}
    return min(snapshot.problems, key=lambda each: order.get(each.severity, 2)).code if snapshot.problems else ""
