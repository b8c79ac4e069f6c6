"""How is a program started under a rule from its first instruction? ``wgtray run -- CMD`` becomes that program."""

import os
import time
from collections.abc import Sequence
from typing import NoReturn

from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import Failed, Usage
from wgtray.core.problems import WgtrayError
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import JoinTunnel

READY_S = 5.0
"""To make groups and rules takes a tenth of a second where nobody had a rule before."""
AGAIN_S = 0.05


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Have this process put into the tunnel, then execute the command in its place; returns only by raising."""
    words = list(argv)
    at = words.index("--") if "--" in words else len(words)
    args, command = _parser().parse_args(words[:at]), words[at + 1 :]
    if not command:
        raise Usage("wgtray run: the command is missing: write it behind --. See wgtray run --help.")
    with Connection(socket_path(args.socket or socket)) as connection:
        _join(connection)
    _become(command)


def _join(connection: Connection) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            connection.do(JoinTunnel())
        except WgtrayError as refused:
            if refused.code != "app-not-ready" or time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_S)
        else:
            return


def _become(command: list[str]) -> NoReturn:
    try:
        os.execvp(command[0], command)  # noqa: S606 (no shell is the point)
    except OSError as error:
        raise Failed(f"{command[0]} could not be started: {error.strerror}. Check the name.") from None


def _parser() -> Parser:
    parser = Parser(
        "run",
        "Start a program that, with everything it starts, speaks only through the tunnel, from its first packet on.\n"
        "Where there is no tunnel it is cut off.",
        "  wgtray run -- firefox --no-remote\n  wgtray run -- sh -c 'curl https://inside.corp.example'",
    )
    parser.add_argument("--route", choices=("tunnel",), default="tunnel", help="default, and the only one")
    return parser
