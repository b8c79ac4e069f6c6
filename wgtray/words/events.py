"""What does wgtray say of what happened? An event in one sentence, for the activity page and for notifications."""

from collections.abc import Mapping
from typing import Final

from wgtray.language import say
from wgtray.words.trouble import SHORT_PROBLEMS, problem, what
from wgtray.words.units import clock, duration

Args = Mapping[str, str | int | float]

KINDS: Final[Mapping[str, str]] = {
    "connection": "Connection",
    "node": "Nodes",
    "app": "Apps",
    "problem": "Problems",
    "setting": "Settings",
}

SENTENCES: Final[Mapping[str, str]] = {
    "connected": "Connected to {node}.",
    "disconnected": "Disconnected.",
    "paused": "Paused until {until}.",
    "office": "In the office: company systems are reached directly.",
    "blocked": "Protected traffic is held back: {why}.",
    "back": "Back on {node}. Protected traffic was held back for {held}.",
    "unprotected": "Not everything that should be protected was protected.",
    "protected": "Everything that should be protected is protected again.",
    "node-down": "{node} stopped answering.",
    "node-up": "{node} answers again.",
    "app-cut": "{app} was cut off: it may only use the VPN.",
    "app-back": "{app} can use the network again.",
    "mode-split": "Only company traffic goes through the VPN now.",
    "mode-full": "Everything goes through the VPN now.",
    "automatic": "The node is chosen automatically now.",
    "pinned": "You chose {node} for good.",
    "imported": "The profile of {company} was imported.",
    "updated": "The profile of {company} was updated.",
    "removed": "The profile of {company} was removed.",
    "service-lost": "The background service went away.",
    "service-back": "The background service is back.",
}
"""Code of an event -> its sentence; ``moved`` and ``problem`` are put together below."""

REASONS: Final[Mapping[str, str]] = {
    "no-reply": "{from} stopped answering",
    "one-way": "nothing came back from {from}",
    "company-side": "the company network behind {from} did not answer",
    "mtu": "large packets did not get through {from}",
    "slow": "{from} was slow",
    "user": "you chose it",
    "failback": "it is the better node and has been well for a while",
    "endpoint": "the address of {from} changed",
    "balance": "it spreads users over the nodes",
}
"""Reason of a switch (CONTRACT section 2) -> why."""

NOTICES: Final[Mapping[str, str]] = {
    "moved": "When another node takes over",
    "blocked": "When protected traffic is held back",
    "back": "When it flows again",
    "app": "When a sensitive app is cut off",
    "portal": "When a Wi-Fi asks you to log in",
}
"""Kind of a notification -> its switch in the settings."""

TITLES: Final[Mapping[str, str]] = {
    "blocked": "Protected traffic is held back",
    "back": "Connected again",
    "app": "An app was cut off",
    "portal": "This network asks you to log in",
}
"""Kind of a notification -> its head."""

AGAIN_AND_AGAIN: Final = "This happens again and again: further ones are on the page Activity."


def sentence(code: str, args: Args) -> str:
    """What happened, in one sentence; of a later version's event at least its code."""
    match code:
        case "moved":
            return _moved(args)
        case "problem":
            return what(problem(str(args.get("code", "")), args))
        case "blocked":
            why = SHORT_PROBLEMS.get(str(args.get("why")), "something is in the way")
            return say(SENTENCES["blocked"], why=say(why))
        case _ if code in SENTENCES:
            return say(SENTENCES[code]).format_map(_Shown(args))
        case _:
            return f"{code}."


def moved_title(args: Args) -> str:
    """The head of a notification."""
    return say("You are now on {node}", node=str(args.get("to", "…")))


def why_moved(args: Args) -> str:
    """Its text: why, and that nothing was lost."""
    reason = say(REASONS.get(str(args.get("reason")), "{from} is not the best node now")).format_map(_Shown(args))
    return say("{reason}. There is nothing to do.", reason=reason[:1].upper() + reason[1:])


def _moved(args: Args) -> str:
    shown = _Shown(args)
    reason = REASONS.get(str(args.get("reason")))
    told = say("Moved from {from} to {to}").format_map(shown)
    if reason is not None:
        told = say("{moved}: {reason}", moved=told, reason=say(reason).format_map(shown))
    if args.get("reason") != "user" and isinstance(noticed_ms := args.get("noticed_ms"), int | float):
        told = say("{moved}; apps noticed {ms} ms", moved=told, ms=f"{noticed_ms:.0f}")
    return say("{sentence}.", sentence=told)


class _Shown(dict[str, str]):
    """Arguments as people read them; one that is missing reads as an ellipsis."""

    def __init__(self, args: Args) -> None:
        super().__init__({key: str(value) for key, value in args.items()})
        if isinstance(until := args.get("until"), int | float):
            self["until"] = clock(until)
        if isinstance(held_s := args.get("held_s"), int | float):
            self["held"] = duration(held_s)

    def __missing__(self, key: str) -> str:
        return "…"
