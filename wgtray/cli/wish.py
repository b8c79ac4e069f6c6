"""In the tunnel or not? ``wgtray connect|disconnect|pause|resume``: asked for, then waited for."""

import argparse
import time
from collections.abc import Sequence
from typing import NamedTuple

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser, seconds
from wgtray.cli.status import sentence
from wgtray.cli.trouble import DONE, Failed
from wgtray.core import fields
from wgtray.core.secret import Secret
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import PAUSE_LIMIT_MINUTES, Connect, Disconnect, Pause, ProblemView, Resume, Snapshot

DEFAULT_WAIT_S = 15.0
INCURABLE = frozenset({"tool-missing", "program-missing", "not-permitted", "disk-full", "no-profile", "no-key"})
"""Problems that stay until a person does something, so that waiting for them is a waste of time."""
STALE_S = 1.0
"""For this long a problem that was there before the request may be a leftover that the new attempt is about to cure."""


class Goal(NamedTuple):
    """What is waited for: a state of the snapshot, and what the user then wants; ``so`` says it in words."""

    state: str
    so: str
    wanted: bool
    paused: bool = False

    def reached(self, snapshot: Snapshot) -> bool:
        """Whether it is so; who is in the office is where connecting leads."""
        there = snapshot.state == self.state or (self.state, snapshot.state) == ("connected", "office")
        return there and (not self.paused or snapshot.paused_until is not None)

    def opposed(self, snapshot: Snapshot) -> bool:
        """Whether somebody asked for something else meanwhile."""
        return (snapshot.wanted, snapshot.paused_until is not None) != (self.wanted, self.paused)


GOALS = {
    "connect": Goal("connected", "connected", wanted=True),
    "resume": Goal("connected", "connected", wanted=True),
    "disconnect": Goal("off", "disconnected", wanted=False),
    "pause": Goal("off", "out of the tunnel", wanted=True, paused=True),
}


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Ask for it, then wait."""
    args = _parser(verb).parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        before = connection.status()
        connection.do(_request(verb, args, before))
        reached = _wait(connection, GOALS[verb], args.wait, before)
    out.line(f"{words.state_line(reached)}." if reached else "Accepted; not waiting for it.")
    return DONE


def _request(verb: str, args: argparse.Namespace, before: Snapshot) -> Connect | Disconnect | Pause | Resume:
    match verb:
        case "disconnect":
            return Disconnect()
        case "pause":
            return Pause(args.minutes)
        case "resume" if not (before.wanted and before.needs_key):
            return Resume()
        case _:  # a service that has forgotten the key takes it with the wish to connect alone
            return Connect(_key(before) if before.needs_key else None)


def _key(snapshot: Snapshot) -> Secret | None:
    """The private key from this user's keyring; without one the helper says what is wrong."""
    if snapshot.public_key is None:
        return None
    from wgtray.desktop import keys

    try:
        return keys.load(snapshot.public_key)
    except keys.KeyringTrouble as trouble:
        raise Failed(str(trouble)) from None


def _wait(connection: Connection, goal: Goal, wait_s: float, before: Snapshot) -> Snapshot | None:
    """The first snapshot in which it is so, or None when nothing was to be waited for; raises Failed."""
    if wait_s == 0:
        return None
    now = time.monotonic()
    end, fresh = now + wait_s, now + min(wait_s, STALE_S)
    known = {problem.code for problem in before.problems}
    snapshot = connection.watch()
    while not goal.reached(snapshot):
        now = time.monotonic()
        for problem in snapshot.problems:
            hopeless = problem.code in INCURABLE and (problem.code not in known or now >= fresh)
            if goal.state == "connected" and hopeless:
                raise Failed(sentence(problem))
        if now >= end:
            raise Failed(_not_yet(snapshot, goal, wait_s))
        snapshot = connection.newer((fresh if now < fresh else end) - now) or snapshot
    return snapshot


def _not_yet(snapshot: Snapshot, goal: Goal, wait_s: float) -> str:
    """Why it is not so after all that time."""
    if goal.opposed(snapshot):
        return f"Somebody else asked for the opposite within these {wait_s:g} s, so you are not {goal.so}. Try again."
    worst = max(snapshot.problems, key=_weight, default=None)
    why = f" {sentence(worst)}" if worst and goal.state == "connected" else ""
    return f"Not {goal.so} after {wait_s:g} s, but the service of {words.NAME} keeps trying.{why}"


def _weight(problem: ProblemView) -> int:
    return {"info": 0, "warning": 1}.get(problem.severity, 2)


EXPLAINED = {
    "connect": (
        "Connect to the company over the chosen or the best node, and wait until traffic flows.\n"
        "A private key that rests in your keyring is handed to the service for as long as it runs.",
        "  wgtray connect\n  wgtray connect --wait 0     only ask for it",
    ),
    "disconnect": (
        "Leave the tunnel, and wait until nothing of it is left on this computer.",
        "  wgtray disconnect\n  wgtray disconnect --wait 60",
    ),
    "pause": (
        "Leave the tunnel for a while, where your company allows it; wgtray then connects again by itself.\n"
        "Until then everything goes the direct way. A pause outlives a restart of this computer, never its own end.",
        "  wgtray pause 15\n  wgtray resume     sooner than that",
    ),
    "resume": (
        "End a pause, and wait until traffic flows through the tunnel again.",
        "  wgtray resume",
    ),
}
"""Verb -> (what --help says, examples)."""


def _parser(verb: str) -> Parser:
    parser = Parser(verb, *EXPLAINED[verb])
    if verb == "pause":
        parser.add_argument("minutes", metavar="MINUTES", type=_minutes, help=f"1 to {PAUSE_LIMIT_MINUTES}")
    parser.add_argument(
        "--wait",
        metavar="S",
        type=seconds,
        default=DEFAULT_WAIT_S,
        help="seconds to wait until it is so (default: %(default)g; 0: return once it is accepted); "
        "when they are over the exit code is 1 and the service keeps trying",
    )
    return parser


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= PAUSE_LIMIT_MINUTES):
        raise argparse.ArgumentTypeError(
            f"{fields.shown(text)} is no whole number of minutes from 1 to {PAUSE_LIMIT_MINUTES}"
        )
    return int(text)
