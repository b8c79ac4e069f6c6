"""What does an administrator need to see of this computer? ``wgtray report FILE.zip``."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.doctor import asked, examined
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, FAILED, Failed, Usage
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.desktop import report
from wgtray.desktop.places import socket_path
from wgtray.words import checkup

YES = frozenset({"y", "yes"})


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Gather, show what is in it, and save it."""
    args = _parser().parse_args(argv)
    if args.file is None and not args.show:
        raise Usage("wgtray report: the file is missing: write wgtray report FILE.zip. See wgtray report --help.")
    path = socket_path(args.socket or socket)
    snapshot, unreachable = asked(path)
    found = examined(path, snapshot, unreachable)
    profile = None if snapshot is None else _profile(path)
    texts = report.files(snapshot, profile, checkup.text(found))
    if args.show or _by_hand(args.yes):
        _show(texts)
    if args.show:
        return DONE
    if _by_hand(args.yes) and not _agreed(args.file):
        out.complain("Nothing was saved.")
        return FAILED
    _save(args.file, texts)
    out.line(f"{args.file} is saved: {', '.join(texts)}.")
    return DONE


def _profile(path: str) -> Profile | None:
    try:
        with Connection(path) as connection:
            return connection.profile()
    except WgtrayError:  # not for this user, or the helper went away: the rest still helps
        return None


def _by_hand(yes: bool) -> bool:
    """Whether somebody sits there who should see it first."""
    return not yes and sys.stdin.isatty() and sys.stdout.isatty()


def _show(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        out.line(f"── {name} ──")
        out.line(text.rstrip("\n"))
        out.line()


def _agreed(file: str) -> bool:
    sys.stdout.write(f"Save this as {file}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in YES


def _save(file: str, texts: Mapping[str, str]) -> None:
    try:
        report.write(Path(file), texts)
    except OSError as error:
        raise Failed(
            f"{file} cannot be written ({error.strerror or type(error).__name__}): name a file in a folder of yours."
        ) from None


def _parser() -> Parser:
    parser = Parser(
        "report",
        "Save what an administrator needs to find the cause of trouble: versions, findings, profile, events. "
        "Keys, addresses, names of hosts and people are replaced. On a terminal it is shown before it is saved.",
        "  wgtray report --show\n  wgtray report trouble.zip",
    )
    parser.add_argument("file", nargs="?", metavar="FILE.zip", help="where to save it; an existing file is replaced")
    parser.add_argument("--show", action="store_true", help="print what would be saved, and save nothing")
    parser.add_argument("--yes", action="store_true", help="save without asking")
    return parser
