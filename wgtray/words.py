"""What does wgtray say to people? Every sentence of the tray and of the command line, and nothing else.

Pure functions from codes and values to English; no Qt. A sentence about trouble has three parts: what happened, what
it means for you, what to do. Templates are found by code and filled by name: translations replace tables, not code.
"""

import time
from collections.abc import Mapping
from typing import Final

from wgtray.ipc.messages import NodeView, Snapshot

Args = Mapping[str, str | int | float]

NAME: Final = "wgtray"

PROBLEMS: Final[Mapping[str, str]] = {
    "no-profile": "There is no company profile on this computer yet, so there is nothing to connect to. "
    'Import the file from your administrator with "wgtray profile import FILE".',
    "no-key": "The private key of this profile is not on this computer, so you cannot connect. "
    "Import the profile again, or ask your administrator for a new one.",
    "resolving": "The nodes' addresses are being looked up; then connecting goes on. There is nothing to do.",
    "node-down": "{node} does not answer. While another node answers, nothing changes for you. "
    "There is nothing to do: {app} keeps trying.",
    "node-slow": "{node} is slow{latency}. While a faster node answers, your traffic goes there. "
    "There is nothing to do: {app} keeps measuring.",
    "node-cut-off": "{node} answers, but the company network behind it does not. "
    "While another node reaches it, your traffic goes there. There is nothing to do: {app} keeps trying {node}.",
    "node-narrow": "Large packets do not get through to {node}, small ones do. "
    "While another node carries both, your traffic goes there. There is nothing to do: {app} keeps trying {node}.",
    "mtu-too-large": "Packets of {mtu} bytes do not get through to any node, small ones do. "
    "Downloads and large pages may hang. Ask your administrator to write a smaller mtu in the profile, such as 1280.",
    "company-unreachable": "The nodes answer, but the company network behind them does not ({check}). "
    "Company systems may not work until it is back, over whichever node. Tell your administrator: {app} keeps trying.",
    "no-node-answers": "No node answers. Company systems cannot be reached until one does. "
    "Check this computer's internet connection: {app} reconnects by itself.",
    "offline": "This computer has no network. Company systems cannot be reached until it has one. "
    "Connect to a network; {app} then reconnects by itself.",
    "key-refused": "The nodes can be reached, but none accepts this computer's key. "
    "You cannot connect until your administrator adds it. Send them this computer's public key{key} and ask to add it.",
    "name-unresolved": "The name {name} has no address right now. A node whose name has none cannot be used. "
    "Check this computer's internet connection; if that works, tell your administrator.",
    "names-port-taken": "Another program uses port 53 of {address}. Company names may not be found. Stop that program.",
    "names-nobody": "No name server may be asked here, so names are not found. Ask your administrator to name one.",
    "unsupported": "This version of {app} does not carry out {feature} of your company's profile. "
    "Do not rely on it yet. Tell your administrator, or update {app} when a later version can.",
    "tool-missing": "The program {tool} is not installed. Without it {app} cannot connect. "
    "Install the package {package} and connect again.",
    "command-failed": "The system refused a step: {command} said {detail}. The connection is not as it should be. "
    "{app} tries again by itself; if this stays, send this sentence to your administrator.",
    "not-permitted": "{app}'s service was not allowed to run {command}. It cannot set up the connection. "
    'Start it as root, for example with "sudo systemctl restart wgtray-helper".',
    "disk-full": "There is no space left to write {path}. What you change now is forgotten at the next start. "
    "Free some space on that disk.",
    "state-unreadable": "The saved settings in {path} could not be read and were left alone. "
    "What is unknown is held back: {app} assumes that you want to be connected. "
    "Import your profile again, or restore that file and restart the service.",
}
"""Code of ``core.problems.SEVERITY`` -> sentence about a lasting condition."""

UNREACHABLE: Final[Mapping[str, str]] = {
    "absent": "{app}'s service is not running (nothing answers at {socket}). "
    "You cannot connect or see the nodes without it. "
    'Start it with "sudo systemctl start wgtray-helper" or "sudo wgtray-helper run".',
    "not-permitted": "You may not use {app}'s service at {socket}. You cannot connect or see the nodes. "
    'Ask your administrator to run "sudo usermod -aG wgtray USER" with your user name, then log out and in again.',
    "not-ours": "The socket {socket} belongs to another user, so it is not {app}'s service. "
    "Nothing was sent to it. Tell your administrator.",
    "busy": "{app}'s service has all the connections that it takes. "
    "You cannot connect or see the nodes until one ends. "
    "{app} tries again by itself; if this stays, look for a program that keeps asking the service.",
    "closed": "{app}'s service closed the connection. You cannot connect or see the nodes until it is back. "
    'If it stays away, start it with "sudo systemctl start wgtray-helper".',
    "not-understood": "What answers at {socket} does not speak this version's language. "
    "You cannot connect or see the nodes. Update {app} and its service to the same version and restart both.",
    "silent": "{app}'s service does not answer at {socket}. You cannot connect or see the nodes. "
    'Restart it with "sudo systemctl restart wgtray-helper".',
}
"""Reason -> sentence of a client that reaches no helper."""

UNREACHABLE_OTHERWISE: Final = (
    "{app}'s service cannot be reached at {socket} ({code}). You cannot connect or see the nodes without it. "
    'Start it with "sudo systemctl start wgtray-helper" or "sudo wgtray-helper run".'
)

REFUSALS: Final[Mapping[str, str]] = {
    "not-allowed": "You may not {action} on this computer. Nothing was changed. "
    "Your administrator decides this; ask there if you need it.",
    "no-profile": PROBLEMS["no-profile"],
    "unknown-node": "No node is called {node}. Nothing was changed. Choose one of: {known}.",
    "no-key": "The private key of this profile is neither in your keyring nor with {app}'s service, "
    "so you cannot connect. Import the profile again.",
    "host-unknown": "No address was found for {host}, so nothing can be said about its way. "
    "Check how it is written, or ask for an address.",
    "not-an-address": "{value} is no IP address. Nothing was changed. Write it like 10.20.0.10 or fd20::10.",
    "full-unavailable": "This version of {app} carries company traffic only. Nothing was changed. "
    'Stay with "wgtray mode split".',
    "not-connected": "You have not asked to be connected, so there is nothing to pause or to resume. "
    'Nothing was changed. Connect with "wgtray connect".',
    "pause-length": "A pause lasts 1 to {most} minutes, not {minutes}. Nothing was changed. Disconnect instead.",
    "bad-request": "{app}'s service did not understand the request. Nothing was changed. "
    "Its version probably differs from this program's: update both.",
    "busy": "{app}'s service is busy with other requests. Nothing was changed. Try again in a moment.",
    "disk-full": "There is no space left to write {path}. Nothing was changed. "
    "Free some space on that disk and try again.",
    "command-failed": "The system refused a step: {command} said {detail}. The request could not be carried out. "
    "Try again; if this stays, send this sentence to your administrator.",
    "tool-missing": "The program {tool} is not installed. Without it {app} cannot do this. "
    "Install the package {package} and try again.",
    "state-unreadable": "The saved settings in {path} could not be read. Nothing was changed. "
    "Restore that file, or move it away and import your profile again.",
    "no-nodes": "The profile names no node, so there is nothing to connect to. Nothing was changed. "
    "Ask your administrator for a complete profile.",
    "no-address": "The profile has no address for this computer. Nothing was changed. "
    'Import it with "wgtray profile import FILE --address ADDRESS", using the address from your administrator.',
    "wrong-key": "The private key that was handed over does not belong to this profile (public key {public_key}). "
    "Nothing was changed. Import the profile again.",
    "too-large": "This is more than one message between {app} and its service can hold. Nothing was changed. "
    "Use a profile with fewer nodes, networks or programs.",
}
"""Code of a ``Refused`` or a ``WgtrayError`` -> sentence about a request; other codes speak as their problem does."""

ACTIONS: Final[Mapping[str, str]] = {
    "connect": "connect",
    "disconnect": "disconnect",
    "node": "choose the node",
    "choose-node": "choose the node",
    "mode": "choose which traffic goes through the tunnel",
    "choose-mode": "choose which traffic goes through the tunnel",
    "apps": "change the rules for programs",
    "pause": "pause",
    "resume": "resume",
    "status": "see the state of the connection",
    "watch": "see the state of the connection",
    "set-profile": "import a profile",
    "remove-profile": "remove the profile",
    "show-profile": "see the profile",
    "which-way": "see which way packets go",
}

SHORT_PROBLEMS: Final[Mapping[str, str]] = {
    "no-node-answers": "no node answers",
    "offline": "this computer has no network",
    "key-refused": "the nodes do not know this computer's key",
    "no-key": "the private key is missing",
    "tool-missing": "a program is missing",
    "command-failed": "the system refused a step",
    "not-permitted": "the service lacks permission",
    "disk-full": "the disk is full",
    "name-unresolved": "no address was found for a node",
}
"""Why blocked, in the few words that fit a tooltip."""

SHORT_UNREACHABLE: Final[Mapping[str, str]] = {
    "absent": f"{NAME}'s service is not running",
    "not-permitted": f"You may not use {NAME}'s service",
    "not-ours": f"The socket of {NAME}'s service belongs to another user",
    "busy": f"{NAME}'s service is busy",
    "closed": f"{NAME}'s service went away",
    "not-understood": f"{NAME}'s service is of another version",
    "silent": f"{NAME}'s service does not answer",
}
"""Why no helper can be asked, in the few words that fit a tooltip."""

GENERIC_PROBLEM: Final = (
    "Something went wrong that this version has no words for ({code}{detail}). It may affect your connection. "
    "Update {app}; if this stays, send this sentence to your administrator."
)
GENERIC_REFUSAL: Final = (
    "The request could not be carried out ({code}{detail}). Nothing was changed. "
    "Try again; if this stays, send this sentence to your administrator."
)

CONNECT: Final = "Connect"
DISCONNECT: Final = "Disconnect"
RESUME: Final = "Resume"
NODE_MENU: Final = "Node"
QUIT: Final = f"Quit {NAME}"
AUTOMATIC: Final = "Automatic"
PROFILE_FIRST: Final = "import a profile first"
ACTIVE_MARK: Final = "✓"
PINNED: Final = "pinned"
PROTECTION_INCOMPLETE: Final = "Not everything that should be protected is protected right now"
PROTECTION_NOTE: Final = (
    f"{PROTECTION_INCOMPLETE}. Company traffic may go out directly. "
    f"{NAME} keeps trying; if this stays, tell your administrator."
)
HELD_BACK: Final = "Protected traffic is held back"
LOOKING_FOR_SERVICE: Final = f"Looking for {NAME}'s service…"
NO_DISPLAY: Final = (
    f"{NAME} needs a graphical session to show itself and found none. "
    'Start it from your desktop, or use the command line: "wgtray status".'
)
NO_QT: Final = (
    f"The graphical parts of {NAME} are not installed. "
    'Install them with "pip install wgtray[gui]", or use the command line: "wgtray status".'
)


def problem(code: str, args: Args) -> str:
    """What a lasting condition is, what it means for you and what to do."""
    return _fill(PROBLEMS.get(code, GENERIC_PROBLEM), code, args)


def refusal(code: str, args: Args) -> str:
    """Why a request was refused, and what to do."""
    return _fill(REFUSALS.get(code) or PROBLEMS.get(code) or GENERIC_REFUSAL, code, args)


def helper_unreachable(socket: str, reason: str) -> str:
    """Why no helper can be asked, and how to start it; ``reason`` is a key of ``UNREACHABLE`` or the system's words."""
    return _fill(UNREACHABLE.get(reason, UNREACHABLE_OTHERWISE), _shown(reason), {"socket": socket})


def state_line(snapshot: Snapshot) -> str:
    """The state in one line, without a full stop: ``Connected to Frankfurt · 23 ms``."""
    match snapshot.state:
        case "connected":
            node = _active(snapshot)
            parts = [f"Connected to {label(snapshot, node.name)}" if node else "Connected"]
            if node and node.rtt_ms is not None:
                parts.append(latency(node.rtt_ms))
            return " · ".join(parts)
        case "connecting":
            return f"Connecting to {label(snapshot, snapshot.node)}…" if snapshot.node else "Connecting…"
        case "blocked":
            return f"Not connected: {_why_blocked(snapshot)}"
        case "off":
            return _off_line(snapshot)
        case other:
            return f"State: {other}"


def detail_line(snapshot: Snapshot, now: float) -> str:
    """The second line under the state, or nothing: ``Company traffic only · since 09:12``."""
    match snapshot.state:
        case "connected":
            return f"{_capital(mode_words(snapshot.mode))} · {since(snapshot.since, now)}"
        case "blocked" if snapshot.protected:
            return f"{HELD_BACK} · {since(snapshot.since, now)}"
        case _:
            return snapshot.profile or ""


def tooltip(snapshot: Snapshot | None, reason: str = "absent") -> str:
    """One line for the mouse over the icon; None is a helper that cannot be reached, for this reason."""
    if snapshot is None:
        return SHORT_UNREACHABLE.get(reason, SHORT_UNREACHABLE["absent"])
    match snapshot.state:
        case "off":
            line = _off_line(snapshot)
            return f"{NAME}: {line[0].lower()}{line[1:]}"
        case "blocked":
            return f"{HELD_BACK if snapshot.protected else 'Not connected'}: {_why_blocked(snapshot)}"
        case "connected":
            node = _active(snapshot)
            where = label(snapshot, node.name) if node else "Connected"
            if degradation := degraded(snapshot):
                return f"{where} {degradation}"
            parts = [where, *([latency(node.rtt_ms)] if node and node.rtt_ms is not None else [])]
            return ", ".join([*parts, mode_words(snapshot.mode)])
        case _:
            return state_line(snapshot)


def degraded(snapshot: Snapshot) -> str:
    """What is worse than it should be while connected, to follow the node's name; empty when all is well."""
    node = _active(snapshot)
    answering = sum(each.health != "down" for each in snapshot.nodes)
    total = len(snapshot.nodes)
    told = []
    if node and node.health == "slow":
        told.append("is slow" if node.rtt_ms is None else f"is slow ({latency(node.rtt_ms)})")
    elif node and node.health == "down":
        told.append("does not answer")
    if total > 1 and answering <= 1:
        told.append(f"{answering} of {total} nodes {'answers' if answering == 1 else 'answer'}")
        if len(told) == 1:
            told.insert(0, "is the last one")
    return "; ".join(told)


def mode_words(mode: str) -> str:
    """Which traffic goes through the tunnel."""
    return {"split": "company traffic only", "full": "everything"}.get(mode, mode)


def latency(rtt_ms: float | None) -> str:
    """A round-trip time as people read it: whole milliseconds, from 10 s on whole seconds."""
    if rtt_ms is None:
        return "not measured yet"
    if rtt_ms < 0.5:
        return "under 1 ms"
    return f"{rtt_ms:.0f} ms" if rtt_ms < 9_999.5 else f"{rtt_ms / 1000:.0f} s"


def health(node: NodeView) -> str:
    """How a node does, in words: its latency when it answers, ``not answering``, ``not measured yet``."""
    match node.health:
        case "down":
            return "not answering"
        case "slow":
            return "slow" if node.rtt_ms is None else f"{latency(node.rtt_ms)}, slow"
        case "up":
            return "answering" if node.rtt_ms is None else latency(node.rtt_ms)
        case _:
            return latency(node.rtt_ms)


def label(snapshot: Snapshot, name: str | None) -> str:
    """What people call a node: its city, with the node's name where two nodes share the city or it has none."""
    cities = {node.name: node.location.partition(",")[0].strip() for node in snapshot.nodes}
    if name is None:
        return "no node"
    city = cities.get(name, "")
    if not city:
        return name
    return city if list(cities.values()).count(city) == 1 else f"{city} ({name})"


def automatic(snapshot: Snapshot) -> str:
    """The entry that leaves the choice to wgtray, with what it chose."""
    chosen = snapshot.node_choice == "auto" and snapshot.node
    return f"{AUTOMATIC} ({label(snapshot, snapshot.node)})" if chosen else AUTOMATIC


def locked(profile: str | None) -> str:
    """Why a control cannot be used although it is there."""
    return f"set by {profile or 'your company'}"


def what(text: str) -> str:
    """The first part of a sentence about trouble: what happened."""
    return text.partition(". ")[0].removesuffix(".") + "."


def what_then(text: str) -> str:
    """The other parts: what it means for you and what to do."""
    return text.partition(". ")[2]


def more_problems(count: int) -> str:
    """How many problems are not shown, and where to see them."""
    return f'{count} more: see them with "wgtray status".'


def clock(unix_s: float) -> str:
    """Local time of day."""
    return time.strftime("%H:%M", time.localtime(unix_s))


def since(unix_s: float, now: float) -> str:
    """``since 09:12`` today, with the date on other days."""
    then, today = time.localtime(unix_s), time.localtime(now)
    same_day = then[:3] == today[:3]
    return f"since {clock(unix_s)}" if same_day else f"since {time.strftime('%Y-%m-%d %H:%M', then)}"


def _off_line(snapshot: Snapshot) -> str:
    if snapshot.paused_until is not None:
        return f"Paused until {clock(snapshot.paused_until)}"
    return "Not connected" if snapshot.profile is not None else "No company profile yet"


def _why_blocked(snapshot: Snapshot) -> str:
    order = {"error": 0, "warning": 1}
    known = [each for each in snapshot.problems if each.code in SHORT_PROBLEMS]
    worst = min(known, key=lambda each: order.get(each.severity, 2), default=None)
    return SHORT_PROBLEMS[worst.code] if worst else "something is in the way"


def _active(snapshot: Snapshot) -> NodeView | None:
    return next((node for node in snapshot.nodes if node.name == snapshot.node), None)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Named(dict[str, str]):
    """A template's arguments; one that is missing reads as an ellipsis instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


def _fill(template: str, code: str, args: Args) -> str:
    named = _Named({key: _shown(value) for key, value in args.items()}, app=NAME, code=code)
    rtt_ms = args.get("rtt_ms")
    named["key"] = f" {named['public_key']}" if "public_key" in named else ""
    named["latency"] = f" ({latency(rtt_ms)})" if isinstance(rtt_ms, int | float) else ""
    if template in (GENERIC_PROBLEM, GENERIC_REFUSAL):
        named["detail"] = "".join(f", {key}: {_shown(value)}" for key, value in sorted(args.items()))
    elif "detail" in named:
        named["detail"] = f'"{named["detail"].rstrip(".")}"' if named["detail"] else "nothing"
    if "action" in named:
        named["action"] = ACTIONS.get(named["action"], "do this")
    return template.format_map(named)


def _shown(value: str | int | float) -> str:
    """One line of at most 200 printable characters, whatever a command or a file wrote."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
