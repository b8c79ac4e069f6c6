"""How are things now? ``wgtray status`` and ``wgtray nodes``."""

import time
from collections.abc import Callable, Iterable, Sequence

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE
from wgtray.core.profile import AUTO
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import NodeView, ProblemView, Snapshot

READER_CHECK_S = 1.0
"""How long ``status --watch | head`` may outlive ``head`` when nothing changes."""
_WORST_FIRST = {"error": 0, "warning": 1, "info": 2}


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Show the snapshot, or the nodes of it."""
    parser = _status_parser() if verb == "status" else _nodes_parser()
    args = parser.parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        if verb == "status" and args.watch:
            return _watch(connection)
        snapshot = connection.status()
    if args.json:
        out.document(snapshot if verb == "status" else snapshot.nodes)
    elif verb == "status":
        _show(snapshot)
    elif snapshot.nodes:
        _nodes(snapshot.nodes, endpoints=True)
    else:
        out.line("There are no nodes: no profile is imported yet, or it names none.")
    return DONE


def _watch(connection: Connection) -> int:
    """Until the service or the reader ends; raises BrokenPipeError soon after the reader has gone."""
    snapshot: Snapshot | None = connection.watch()
    while True:
        if snapshot is not None:
            out.document(snapshot, compact=True)
        snapshot = connection.newer(READER_CHECK_S)
        out.raise_if_unread()


def _show(snapshot: Snapshot) -> None:
    out.line(words.state_line(snapshot))
    if snapshot.profile is not None:
        out.line(_facts(snapshot))
    if snapshot.protected is False:
        out.line(f"{words.PROTECTION_INCOMPLETE}.")
    if snapshot.nodes:
        out.line()
        _nodes(snapshot.nodes)
    if snapshot.problems:
        out.line()
        for problem in sorted(snapshot.problems, key=lambda each: _WORST_FIRST.get(each.severity, 0)):
            out.line(f"{problem.severity}: {sentence(problem)}")


def sentence(problem: ProblemView) -> str:
    """A problem in words: ours, or those of a newer helper that knows more kinds of problems."""
    return words.problem(problem.code, problem.args) if problem.code in words.PROBLEMS else problem.text


def _facts(snapshot: Snapshot) -> str:
    """The second line: whose network, which traffic, which choice, since when."""
    pinned = snapshot.node_choice != AUTO
    facts = [
        snapshot.profile or "",
        words.mode_words(snapshot.mode),
        f"node {snapshot.node_choice} {words.PINNED}" if pinned else "node automatic",
        *([f"interface {snapshot.interface}"] if snapshot.interface else []),
        words.since(snapshot.since, time.time()),
    ]
    return " · ".join(facts)


def _nodes(nodes: Iterable[NodeView], *, endpoints: bool = False) -> None:
    """The table of nodes; ``*`` marks the active one, ``-`` what is not known."""
    head = ["", "NODE", "LOCATION", "LATENCY", "JITTER", "LOSS", "HEALTH", *(["ENDPOINT"] if endpoints else [])]
    rows = [
        [
            "*" if node.active else "",
            node.name,
            node.location,
            _or_dash(node.rtt_ms, words.latency),
            _or_dash(node.jitter_ms, lambda ms: f"{ms:.1f} ms"),
            _or_dash(node.loss, lambda share: f"{share * 100:.0f} %"),
            node.health,
            *([node.endpoint] if endpoints else []),
        ]
        for node in nodes
    ]
    out.table(head, rows, right=frozenset({3, 4, 5}))


def _or_dash(value: float | None, written: Callable[[float], str]) -> str:
    return "-" if value is None else written(value)


def _status_parser() -> Parser:
    parser = Parser(
        "status",
        "Show how things are now: connected or not, over which node, every node's latency and loss, and what is wrong.",
        "  wgtray status\n  wgtray status --json | jq .state\n  wgtray status --watch",
    )
    parser.add_argument("--json", action="store_true", help="print the whole snapshot as one JSON document")
    parser.add_argument("--watch", action="store_true", help="print a line of JSON now and whenever something changes")
    return parser


def _nodes_parser() -> Parser:
    parser = Parser(
        "nodes",
        "List all nodes of the company with their latency; known while off, too.",
        "  wgtray nodes\n  wgtray nodes --json",
    )
    parser.add_argument("--json", action="store_true", help="print the list as JSON, as in the snapshot")
    return parser
