"""What does wgtray say about trouble? Codes with arguments become sentences.

A sentence about trouble has three parts: what happened, what it means for you, what to do. Templates are looked up by
code and filled by name.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from wgtray.ipc.places import System
from wgtray.language import count, say
from wgtray.words import apps as words_apps
from wgtray.words import signing
from wgtray.words.requests import ACTIONS as ACTIONS
from wgtray.words.requests import REFUSALS as REFUSALS
from wgtray.words.systems import COMMANDS
from wgtray.words.units import latency

Args = Mapping[str, str | int | float]

NAME: Final = "wgtray"

FULL_STOP: Final = re.compile(r"\.(?= )|。")

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
    "captive-portal": "This network lets nothing through before you have logged in at {url}. "
    "You cannot reach your company until then. Open that page in your browser; {app} connects by itself afterwards.",
    "key-refused": "The nodes can be reached, but none accepts this computer's key. "
    "You cannot connect until your administrator adds it. Send them this computer's public key{key} and ask to add it.",
    "name-unresolved": "The name {name} has no address right now. A node whose name has none cannot be used. "
    "Check this computer's internet connection; if that works, tell your administrator.",
    "names-port-taken": "Another program uses port 53 of {address}. Company names may not be found. Stop that program.",
    "names-nobody": "No name server may be asked here, so names are not found. Ask your administrator to name one.",
    "unsupported": "This version of {app} does not carry out {feature} of your company's profile. "
    "Do not rely on it yet. Tell your administrator, or update {app} when a later version can.",
    **words_apps.PROBLEMS,
    **signing.PROBLEMS,
    "tool-missing": "The program {tool} is not installed. Without it {app} cannot connect. "
    "Install the package {package} and connect again.",
    "program-missing": "The program {tool} is missing, or others than administrators could change it. "
    "Without it {app} cannot connect. Install {app} again; if this stays, send this sentence to your administrator.",
    "command-failed": "The system refused a step: {command} said {detail}. The connection is not as it should be. "
    "{app} tries again by itself; if this stays, send this sentence to your administrator.",
    "not-permitted": "{app}'s service was not allowed to run {command}. It cannot set up the connection. "
    "Install {app} again, so that it runs as root; if this stays, send this sentence to your administrator.",
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
    'Start it with "{start}" or "{by_hand}".',
    "not-permitted": "You may not use {app}'s service at {socket}. You cannot connect or see the nodes. "
    'Ask your administrator to run "{admit}" with your user name, then log out and in again.',
    "not-ours": "The socket {socket} belongs to another user, so it is not {app}'s service. "
    "Nothing was sent to it. Tell your administrator.",
    "busy": "{app}'s service has all the connections that it takes. "
    "You cannot connect or see the nodes until one ends. "
    "{app} tries again by itself; if this stays, look for a program that keeps asking the service.",
    "closed": "{app}'s service closed the connection. You cannot connect or see the nodes until it is back. "
    'If it stays away, start it with "{start}".',
    "not-understood": "What answers at {socket} does not speak this version's language. "
    "You cannot connect or see the nodes. Update {app} and its service to the same version and restart both.",
    "silent": "{app}'s service does not answer at {socket}. You cannot connect or see the nodes. "
    'Restart it with "{restart}".',
}
"""Reason -> sentence of a client that reaches no helper."""

UNREACHABLE_OTHERWISE: Final = (
    "{app}'s service cannot be reached at {socket} ({code}). You cannot connect or see the nodes without it. "
    'Start it with "{start}" or "{by_hand}".'
)

NOT_PERMITTED_ON_WINDOWS: Final = (
    "You may not use {app}'s service at {socket}. You cannot connect or see the nodes. "
    "Only who has logged in at this computer may: do so, and try again."
)

SHORT_PROBLEMS: Final[Mapping[str, str]] = {
    "no-node-answers": "no node answers",
    "offline": "this computer has no network",
    "captive-portal": "this network asks you to log in",
    "key-refused": "the nodes do not know this computer's key",
    "no-key": "the private key is missing",
    "tool-missing": "a program is missing",
    "program-missing": "a program is missing",
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

PROTECTION_INCOMPLETE: Final = "Not everything that should be protected is protected right now"
PROTECTION_NOTE: Final = (
    f"{PROTECTION_INCOMPLETE}. Company traffic may go out directly. "
    f"{NAME} keeps trying; if this stays, tell your administrator."
)
NO_DISPLAY: Final = (
    f"{NAME} needs a graphical session to show itself and found none. "
    'Start it from your desktop, or use the command line: "wgtray status".'
)
NO_QT: Final = (
    f"The graphical parts of {NAME} are not installed. "
    'Install them with "pip install wgtray[gui]", or use the command line: "wgtray status".'
)
RUNS_ALREADY: Final = f"{NAME} is running already; its window is open now."


def problem(code: str, args: Args) -> str:
    """What a lasting condition is, what it means for you and what to do."""
    return _fill(PROBLEMS.get(code, GENERIC_PROBLEM), code, args)


def refusal(code: str, args: Args) -> str:
    """Why a request was refused, and what to do."""
    return _fill(REFUSALS.get(code) or PROBLEMS.get(code) or GENERIC_REFUSAL, code, args)


def helper_unreachable(socket: str, reason: str, system: System = "linux") -> str:
    """Why no helper can be asked, and how to start it; ``reason`` is a key of ``UNREACHABLE`` or the system's words."""
    template = UNREACHABLE.get(reason, UNREACHABLE_OTHERWISE)
    if (system, reason) == ("windows", "not-permitted"):
        template = NOT_PERMITTED_ON_WINDOWS
    return _fill(template, _shown(reason), {"socket": socket, **msgspec.structs.asdict(COMMANDS[system])})


def what(text: str) -> str:
    """The first part of a sentence about trouble: what happened."""
    return text[: _first_stop(text)]


def what_then(text: str) -> str:
    """The other parts: what it means for you and what to do."""
    return text[_first_stop(text) :].lstrip()


def more_problems(number: int) -> str:
    """How many problems are not shown, and where to see them."""
    return count(number, '{count} more: see it with "wgtray status".', '{count} more: see them with "wgtray status".')


def _first_stop(text: str) -> int:
    """Where the first part ends: after a full stop before a space, or a Chinese one."""
    found = FULL_STOP.search(text)
    return found.end() if found else len(text)


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
        named["detail"] = f'"{named["detail"].rstrip(".")}"' if named["detail"] else say("nothing")
    if "action" in named:
        named["action"] = say(ACTIONS.get(named["action"], "do this"))
    if "reason" in named:
        named["reason"] = say(signing.WHY.get(named["reason"], signing.WHY_OTHERWISE))
    return say(template).format_map(named)


def _shown(value: str | int | float) -> str:
    """One line of at most 200 printable characters, whatever a command or a file wrote."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
