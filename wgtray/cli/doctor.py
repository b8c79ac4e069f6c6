"""Is this machine ready, and what has to be mended? ``wgtray doctor``."""

from collections.abc import Sequence

import msgspec

import wgtray
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, FAILED
from wgtray.core.checkup import findings
from wgtray.core.problems import HelperUnreachable, NotAllowed
from wgtray.desktop import SYSTEM, machine
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import Snapshot
from wgtray.words import checkup
from wgtray.words.checkup import Found


class Document(msgspec.Struct, frozen=True):
    """What ``--json`` prints; ``ok`` says that nothing has to be mended."""

    version: str
    ok: bool
    findings: tuple[Found, ...]


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Look over the machine and say what was found."""
    args = _parser().parse_args(argv)
    path = socket_path(args.socket or socket)
    found = examined(path, *asked(path))
    ok = all(each.severity != "error" for each in found)
    if args.json:
        out.document(Document(wgtray.__version__, ok, found))
    else:
        out.line(checkup.text(found).rstrip("\n"))
    return DONE if ok else FAILED


def asked(path: str) -> tuple[Snapshot | None, str]:
    """What the helper behind ``path`` says, else why it says nothing."""
    try:
        with Connection(path) as connection:
            return connection.status(), ""
    except (HelperUnreachable, NotAllowed) as error:
        return None, error.code


def examined(path: str, snapshot: Snapshot | None, unreachable: str) -> tuple[Found, ...]:
    """All findings about this machine, in words."""
    seen = findings(machine.machine(), machine.service(snapshot, unreachable), wgtray.__version__)
    return checkup.found(seen, snapshot.problems if snapshot is not None else (), path, SYSTEM)


def _parser() -> Parser:
    parser = Parser(
        "doctor",
        "Look over this machine: service, WireGuard, firewall, names, other VPNs, keyring, tray. Nothing is changed. "
        "Ends with 1 where something has to be mended before you can connect.",
        "  wgtray doctor\n  wgtray doctor --json | jq '.findings[] | select(.fix != \"\")'",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON document")
    return parser
