"""What does wgtray say about the connection and its nodes? A snapshot in one line, or in the words of a tooltip."""

from wgtray.ipc.messages import NodeView, Snapshot
from wgtray.language import count, say
from wgtray.words.trouble import NAME, SHORT_PROBLEMS, SHORT_UNREACHABLE
from wgtray.words.units import clock, latency, since


def state_line(snapshot: Snapshot) -> str:
    """The state in one line, without a full stop: ``Connected to Frankfurt · 23 ms``."""
    match snapshot.state:
        case "connected":
            node = active(snapshot)
            to = say("Connected to {node}", node=label(snapshot, node.name)) if node else say("Connected")
            return to if node is None or node.rtt_ms is None else f"{to} · {latency(node.rtt_ms)}"
        case "connecting" if snapshot.node:
            return say("Connecting to {node}…", node=label(snapshot, snapshot.node))
        case "connecting":
            return say("Connecting…")
        case "blocked":
            return say("Not connected: {why}", why=_why_blocked(snapshot))
        case "off":
            return _off_line(snapshot)
        case "office":
            return say("In the office, direct")
        case other:
            return say("State: {state}", state=other)


def detail_line(snapshot: Snapshot, now: float) -> str:
    """The second line under the state, or nothing: ``Company traffic only · since 09:12``."""
    match snapshot.state:
        case "connected":
            return f"{_capital(mode_words(snapshot.mode))} · {since(snapshot.since, now)}"
        case "blocked" if snapshot.protected:
            return f"{say('Protected traffic is held back')} · {since(snapshot.since, now)}"
        case _:
            return snapshot.profile or ""


def tooltip(snapshot: Snapshot | None, reason: str = "absent") -> str:
    """One line for the mouse over the icon; None is a helper that cannot be reached, for this reason."""
    if snapshot is None:
        return say(SHORT_UNREACHABLE.get(reason, SHORT_UNREACHABLE["absent"]))
    match snapshot.state:
        case "off":
            line = _off_line(snapshot)
            return f"{NAME}: {line[0].lower()}{line[1:]}"
        case "blocked" if snapshot.protected:
            return say("Protected traffic is held back: {why}", why=_why_blocked(snapshot))
        case "connected":
            node = active(snapshot)
            where = label(snapshot, node.name) if node else say("Connected")
            if told := degraded(snapshot):
                return told
            parts = [where, *([latency(node.rtt_ms)] if node and node.rtt_ms is not None else [])]
            return say(", ").join([*parts, mode_words(snapshot.mode)])
        case _:
            return state_line(snapshot)


def degraded(snapshot: Snapshot) -> str:
    """What is worse than it should be while connected; empty when all is well."""
    node = active(snapshot)
    where = label(snapshot, node.name) if node else say("Connected")
    answering, total = sum(each.health != "down" for each in snapshot.nodes), len(snapshot.nodes)
    told = []
    if node and node.health == "slow" and node.rtt_ms is None:
        told.append(say("{node} is slow", node=where))
    elif node and node.health == "slow":
        told.append(say("{node} is slow ({latency})", node=where, latency=latency(node.rtt_ms)))
    elif node and node.health == "down":
        told.append(say("{node} does not answer", node=where))
    if total > 1 and answering <= 1:
        if not told:
            told.append(say("{node} is the last one", node=where))
        told.append(
            count(answering, "{count} of {total} nodes answers", "{count} of {total} nodes answer", total=total)
        )
    return say("; ").join(told)


def mode_words(mode: str) -> str:
    """Which traffic goes through the tunnel."""
    match mode:
        case "split":
            return say("company traffic only")
        case "full":
            return say("everything")
        case _:
            return mode


def health(node: NodeView) -> str:
    """How a node does, in words: its latency when it answers, ``not answering``, ``not measured yet``."""
    match node.health:
        case "down":
            return say("not answering")
        case "slow":
            return say("slow") if node.rtt_ms is None else say("{latency}, slow", latency=latency(node.rtt_ms))
        case "up":
            return say("answering") if node.rtt_ms is None else latency(node.rtt_ms)
        case _:
            return latency(node.rtt_ms)


def label(snapshot: Snapshot, name: str | None) -> str:
    """What people call a node: its city, with the node's name where two nodes share the city or it has none."""
    cities = {node.name: node.location.partition(",")[0].strip() for node in snapshot.nodes}
    if name is None:
        return say("no node")
    city = cities.get(name, "")
    if not city:
        return name
    return city if list(cities.values()).count(city) == 1 else f"{city} ({name})"


def automatic(snapshot: Snapshot) -> str:
    """The entry that leaves the choice to wgtray, with what it chose."""
    if snapshot.node_choice == "auto" and snapshot.node:
        return say("Automatic ({node})", node=label(snapshot, snapshot.node))
    return say("Automatic")


def locked(profile: str | None) -> str:
    """Why a control cannot be used although it is there."""
    return say("set by {company}", company=profile) if profile else say("set by your company")


def active(snapshot: Snapshot) -> NodeView | None:
    """The node that carries the traffic."""
    return next((node for node in snapshot.nodes if node.name == snapshot.node), None)


def _off_line(snapshot: Snapshot) -> str:
    if snapshot.paused_until is not None:
        return say("Paused until {when}", when=clock(snapshot.paused_until))
    return say("Not connected") if snapshot.profile is not None else say("No company profile yet")


def _why_blocked(snapshot: Snapshot) -> str:
    order = {"error": 0, "warning": 1}
    known = [each for each in snapshot.problems if each.code in SHORT_PROBLEMS]
    worst = min(known, key=lambda each: order.get(each.severity, 2), default=None)
    return say(SHORT_PROBLEMS[worst.code]) if worst else say("something is in the way")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
