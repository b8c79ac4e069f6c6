"""What is said of programs with a rule? Tables of ``words.py``."""

from collections.abc import Mapping
from typing import Final

from wgtray.ipc.messages import AppView
from wgtray.language import say

PROBLEMS: Final[Mapping[str, str]] = {
    "apps-blocked": "Held back while you are not connected, because only the tunnel is allowed: {apps}. "
    "Everything else works. Connect to use what is held back.",
    "apps-late": "This system does not say that a program starts before it runs. "
    "The first packets of a protected program may go out before it is in the tunnel. "
    'Start it with "wgtray run -- PROGRAM", or ask your administrator for a system that can.',
    "app-restart": "{program} was already running when its rule came into force. "
    "Its connections from before may still go past the tunnel; new ones do not. Quit {program} and start it again.",
    "app-is-shared": "{program} ({path}) is a shell, an interpreter or a launcher that many programs share. "
    "The rule is not carried out, because it would catch them all. "
    'Name the program itself or its start script, or use "wgtray run -- PROGRAM".',
    "app-is-tool": "{program} ({path}) is a tool that {app} itself needs. The rule is not carried out. "
    "Name another program.",
    "app-shared-directory": "{program} ({path}) is a directory of many programs. "
    "The rule is not carried out, because it would catch them all. Name the directory of one application.",
    "app-directory-large": "{program} ({path}) holds more files than one application has. "
    "The rule is not carried out. Name a smaller directory, or the program itself.",
}

REFUSALS: Final[Mapping[str, str]] = {
    "app-path": "{path} is no absolute path of a program. Nothing was changed. Write it whole, from / on.",
    "app-name": "{program} is no name for a rule. Nothing was changed. Use up to 64 printable characters.",
    "app-name-taken": "There is a rule called {program} already. Nothing was changed. "
    'Choose another with "--name", or remove that one first.',
    "app-too-many": "You have {most} rules for programs, which is as many as {app} keeps. Nothing was changed. "
    "Remove one first, or name a directory that holds several programs.",
    "unknown-app": 'You have no rule called {program}. Nothing was changed. See them with "wgtray apps".',
    "app-locked": "The rule for {program} is locked by {company}. Nothing was changed. "
    "Your administrator decides this; ask there if it is in the way.",
    "app-is-shared": "{path} is a shell, an interpreter or a launcher that many programs share. Nothing was changed, "
    "because the rule would catch them all. Name the program itself or its start script, "
    'or use "wgtray run -- PROGRAM".',
    "app-is-tool": "{path} is a tool that {app} itself needs. Nothing was changed. Name another program.",
    "app-shared-directory": "{path} is a directory of many programs. Nothing was changed, "
    "because the rule would catch them all. Name the directory of one application.",
    "app-not-ready": "The way for protected programs is not ready yet. The program was not started. "
    "Try again in a moment.",
    "run-unprotected": "You are not connected, and your company's profile holds nothing back then. "
    'The program was not started, because it would go out in the clear. Use "wgtray connect" first.',
    "run-unavailable": "This system cannot send a single program into the tunnel. The program was not started. "
    'Use "wgtray mode full", which sends everything there.',
}

APP_REASONS: Final[Mapping[str, str]] = {
    "not-connected": "held back: you are not connected",
    "no-tunnel": "held back: no node answers",
    "lockdown": "held back: nothing may go past the tunnel",
    "missing": "not found on this computer",
    "refused": "this program cannot have a rule",
    "no-routing": "this system cannot route single programs",
    "office": "not needed in the office",
    "off": "not enforced while you are not connected",
    "restart": "restart it: it was running before",
    "late": "its first packets may go past the tunnel",
}
"""Why a rule for a program is enforced as it is, in the few words that fit a list."""

UNEXPLAINED: Final = "This computer cannot carry out the rule. Tell your administrator."
KEPT: Final[Mapping[tuple[str, str], str]] = {
    ("tunnel", "routed"): "Always through the VPN on this computer.",
    ("tunnel", "full-tunnel"): "Blocked outside the VPN; everything goes through it while it runs.",
    ("tunnel", "blocked"): "Blocked right now: the VPN is not there to carry it.",
    ("direct", "routed"): "Never through the VPN.",
    ("direct", "blocked"): "Blocked right now: nothing may go past the VPN.",
}
"""Way and enforcement of a rule -> what this computer does about it."""

ENFORCEMENTS: Final[Mapping[str, str]] = {
    "routed": "enforced",
    "full-tunnel": "everything goes through the tunnel",
    "blocked": "held back",
    "unavailable": "not enforced",
}

SHORT_ROUTES: Final[Mapping[str, str]] = {"tunnel": "only through the VPN", "direct": "never through the VPN"}
APP_ROUTES: Final[Mapping[str, str]] = {"tunnel": "only through the tunnel", "direct": "never through the tunnel"}


def kept(app: AppView) -> str:
    """What this computer does about a rule, in a sentence, and why where it is not what the rule says."""
    why = APP_REASONS.get(app.reason)
    reason = "" if why is None else say("{sentence}.", sentence=_capital(say(why)))
    if reason and app.enforcement in ("blocked", "unavailable"):
        return reason
    doing = say(KEPT.get((app.route, app.enforcement), UNEXPLAINED))
    return f"{doing}\n{reason}" if reason else doing


def kept_shortly(app: AppView) -> str:
    """The same in the few words that fit a menu."""
    if app.enforcement in ("blocked", "unavailable"):
        return say(APP_REASONS.get(app.reason) or ENFORCEMENTS[app.enforcement])
    return say(SHORT_ROUTES.get(app.route, app.route))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
