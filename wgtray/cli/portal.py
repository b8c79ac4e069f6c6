"""A network asks for a login while everything is closed: ``wgtray portal`` opens the way to its page for a while."""

from collections.abc import Sequence

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import OpenPortal

PROBLEM = "captive-portal"


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Open it, and say where to go."""
    args = _parser(verb).parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        before = connection.status()
        connection.do(OpenPortal())
    url = next((str(problem.args.get("url")) for problem in before.problems if problem.code == PROBLEM), "")
    out.line(f"For {before.portal_minutes} minutes web pages pass outside the tunnel. Log in at {url}")
    return DONE


def _parser(verb: str) -> Parser:
    return Parser(
        verb,
        "Some networks let nothing through before you have logged in on a page of theirs. Where your company keeps\n"
        "everything in the tunnel, this opens the way to web pages for as long as it allows. Company systems stay\n"
        "closed meanwhile.",
        "  wgtray portal",
    )
