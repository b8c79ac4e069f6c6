"""Connected or not? ``wgtray connect`` and ``wgtray disconnect``, until it is so or the time is over."""

import time
from collections.abc import Sequence

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser, seconds
from wgtray.cli.status import sentence
from wgtray.cli.trouble import DONE, Failed
from wgtray.core.secret import Secret
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import Connect, Disconnect, ProblemView, Snapshot

DEFAULT_WAIT_S = 15.0
INCURABLE = frozenset({"tool-missing", "not-permitted", "disk-full", "no-profile", "no-key"})
"""Problems that stay until a person does something, so that waiting for them is a waste of time."""
WISH = {"connected": "connected", "off": "disconnected"}
STALE_S = 1.0
"""For this long a problem that was there before the request may be a leftover that the new attempt is about to cure."""


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Ask for it, then wait."""
    args = _parser(verb).parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        before = connection.status()
        if verb == "connect":
            connection.do(Connect(_key(before) if before.needs_key else None))
            reached = _wait(connection, "connected", args.wait, before)
        else:
            connection.do(Disconnect())
            reached = _wait(connection, "off", args.wait, before)
    out.line(f"{words.state_line(reached)}." if reached else "Accepted; not waiting for it.")
    return DONE


def _key(snapshot: Snapshot) -> Secret | None:
    """The private key from this user's keyring; without one the helper says what is wrong."""
    if snapshot.public_key is None:
        return None
    from wgtray.desktop import keys

    try:
        return keys.load(snapshot.public_key)
    except keys.KeyringTrouble as trouble:
        raise Failed(str(trouble)) from None


def _wait(connection: Connection, goal: str, wait_s: float, before: Snapshot) -> Snapshot | None:
    """The first snapshot in that state, or None when nothing was to be waited for; raises Failed."""
    if wait_s == 0:
        return None
    now = time.monotonic()
    end, fresh = now + wait_s, now + min(wait_s, STALE_S)
    known = {problem.code for problem in before.problems}
    snapshot = connection.watch()
    while snapshot.state != goal:
        now = time.monotonic()
        for problem in snapshot.problems:
            hopeless = problem.code in INCURABLE and (problem.code not in known or now >= fresh)
            if goal == "connected" and hopeless:
                raise Failed(sentence(problem))
        if now >= end:
            raise Failed(_not_yet(snapshot, goal, wait_s))
        snapshot = connection.newer((fresh if now < fresh else end) - now) or snapshot
    return snapshot


def _not_yet(snapshot: Snapshot, goal: str, wait_s: float) -> str:
    """Why it is not so after all that time."""
    if snapshot.wanted != (goal == "connected"):
        return (
            f"Somebody else asked for the opposite within these {wait_s:g} s, so you are not {WISH[goal]}. Try again."
        )
    worst = max(snapshot.problems, key=_weight, default=None)
    why = f" {sentence(worst)}" if worst and goal == "connected" else ""
    return f"Not {WISH[goal]} after {wait_s:g} s, but the service of {words.NAME} keeps trying.{why}"


def _weight(problem: ProblemView) -> int:
    return {"info": 0, "warning": 1}.get(problem.severity, 2)


def _parser(verb: str) -> Parser:
    if verb == "connect":
        parser = Parser(
            verb,
            "Connect to the company over the chosen or the best node, and wait until traffic flows.\n"
            "A private key that rests in your keyring is handed to the service for as long as it runs.",
            "  wgtray connect\n  wgtray connect --wait 0     only ask for it",
        )
    else:
        parser = Parser(
            verb,
            "Leave the tunnel, and wait until nothing of it is left on this computer.",
            "  wgtray disconnect\n  wgtray disconnect --wait 60",
        )
    parser.add_argument(
        "--wait",
        metavar="S",
        type=seconds,
        default=DEFAULT_WAIT_S,
        help="seconds to wait until it is so (default: %(default)g; 0: return once it is accepted); "
        "when they are over the exit code is 1 and the service keeps trying",
    )
    return parser
