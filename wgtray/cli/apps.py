"""Which programs only ever, or never, use the tunnel? ``wgtray apps``, and its ``add`` and ``remove``."""

import os
from collections.abc import Sequence

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, Failed
from wgtray.core import apps
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import AddApp, AppView, RemoveApp
from wgtray.words import apps as words_apps

LOCKED = "locked"


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """List the rules, make one or remove one."""
    what = next((word for word in argv if not word.startswith("-")), "")
    if what in ("add", "remove"):
        rest = list(argv)
        rest.remove(what)
        return (_add if what == "add" else _remove)(rest, socket)
    args = _list_parser().parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        found = connection.status().apps
    if args.json:
        out.document(found)
    elif found:
        _show(found)
    else:
        out.line("There are no rules for programs. Make one with: wgtray apps add PATH")
    return DONE


def _add(argv: Sequence[str], socket: str | None) -> int:
    args = _add_parser().parse_args(argv)
    path = os.path.normpath(os.path.join(os.getcwd(), os.path.expanduser(args.path)))
    real = os.path.realpath(apps.alias(path))
    if not os.path.exists(real):
        raise Failed(f"There is no program at {path}. Nothing was changed. Check the name.")
    is_directory = os.path.isdir(real)
    if not is_directory and not os.access(real, os.X_OK):
        raise Failed(f"{path} cannot be executed, so it is no program. Nothing was changed. Check the name.")
    reason = apps.hindrance(real, is_directory=is_directory)
    if reason is not None:
        raise Failed(words.refusal(reason, {"path": path}))
    name = args.name or os.path.basename(path)
    with Connection(socket_path(args.socket or socket)) as connection:
        connection.do(AddApp(path, name, args.route))
    out.line(f"{name}: {words_apps.APP_ROUTES[args.route]}. Restart it if it is running.")
    return DONE


def _remove(argv: Sequence[str], socket: str | None) -> int:
    args = _remove_parser().parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        connection.do(RemoveApp(args.name))
    out.line(f"{args.name}: no rule any more.")
    return DONE


def _show(found: Sequence[AppView]) -> None:
    rows = [
        [
            LOCKED if app.locked else "",
            app.name,
            words_apps.APP_ROUTES.get(app.route, app.route),
            words_apps.APP_REASONS.get(app.reason) or words_apps.ENFORCEMENTS.get(app.enforcement, app.enforcement),
            str(app.running),
            app.source,
            app.path,
        ]
        for app in found
    ]
    out.table(["", "PROGRAM", "GOES", "NOW", "RUNNING", "SET BY", "PATH"], rows, right=frozenset({4}))


def _list_parser() -> Parser:
    parser = Parser(
        "apps",
        "List the programs that have a rule, and how strongly each is enforced right now.\n"
        "wgtray apps add PATH makes a rule for your own processes, wgtray apps remove NAME removes it.",
        "  wgtray apps\n  wgtray apps --json\n  wgtray apps add /usr/bin/sapgui\n  wgtray apps remove sapgui",
    )
    parser.add_argument("--json", action="store_true", help="print the list as JSON, as in the snapshot")
    return parser


def _add_parser() -> Parser:
    parser = Parser(
        "apps add",
        "Let a program, and what it starts, speak only through the tunnel, or never through it.\n"
        "PATH is a program, its start script, or the directory in which it is installed.",
        "  wgtray apps add /usr/bin/sapgui --name 'SAP GUI'\n  wgtray apps add /opt/zoom --route direct",
    )
    parser.add_argument("path", metavar="PATH", help="the program")
    parser.add_argument("--name", metavar="N", help="what the rule is called (default: the last part of PATH)")
    parser.add_argument("--route", choices=("tunnel", "direct"), default="tunnel", help="default: %(default)s")
    return parser


def _remove_parser() -> Parser:
    parser = Parser(
        "apps remove",
        "Remove a rule of yours, or take a rule of your company off your processes where it is not locked.",
        "  wgtray apps remove 'SAP GUI'",
    )
    parser.add_argument("name", metavar="NAME", help="the rule, as wgtray apps shows it")
    return parser
