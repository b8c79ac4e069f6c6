"""Which traffic, over which node? ``wgtray mode`` and ``wgtray node``; what they print can be given back to them."""

from collections.abc import Sequence

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE
from wgtray.core.profile import AUTO
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import ChooseMode, ChooseNode


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Print the choice, or make it."""
    args = _parser(verb).parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        if args.choice is None:
            snapshot = connection.status()
            out.line(snapshot.mode if verb == "mode" else snapshot.node_choice)
        elif verb == "mode":
            connection.do(ChooseMode(args.choice))
        else:
            connection.do(ChooseNode(None if args.choice == AUTO else args.choice))
    return DONE


def _parser(verb: str) -> Parser:
    if verb == "mode":
        parser = Parser(
            verb,
            "Print or choose what goes through the tunnel.\n"
            "split: only what belongs to the company. full: everything. It is remembered.",
            "  wgtray mode\n  wgtray mode full",
        )
        parser.add_argument("choice", nargs="?", choices=("split", "full"), help="the new mode; without it: print it")
    else:
        parser = Parser(
            verb,
            "Print or choose the node that carries your traffic.\n"
            "auto: the best one at any time. A name (see wgtray nodes): always that one. It is remembered.",
            "  wgtray node\n  wgtray node fra\n  wgtray node auto",
        )
        parser.add_argument("choice", nargs="?", metavar="auto|NAME", help="the new choice; without it: print it")
    return parser
