"""How is this computer's connection, for Prometheus? ``wgtray metrics FILE``, only while somebody runs it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.fleet_options import write
from wgtray.cli.options import Parser
from wgtray.cli.status import READER_CHECK_S
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import Snapshot, Switch

Moves = Mapping[tuple[str, str, str], int]
"""(from, to, reason) -> how often since the command was started."""

_KINDS = (
    ("wgtray_client_connected", "gauge", "1 while connected"),
    ("wgtray_client_protected", "gauge", "1 while everything promised was read back from the system, else 0"),
    ("wgtray_client_node_up", "gauge", "1 while the node answers"),
    ("wgtray_client_node_active", "gauge", "1 for the node in use"),
    ("wgtray_client_node_rtt_seconds", "gauge", "Round trip to the node"),
    ("wgtray_client_switches_total", "counter", "Moves to another node since the command was started"),
    ("wgtray_client_last_switch_seconds", "gauge", "How long the last move took to be decided and to be made"),
)


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Write the file at every change until the service or the user ends it."""
    parser = Parser(
        verb,
        "Write how this computer is connected to FILE, in the text format of Prometheus' node_exporter, at every\n"
        "change until it is stopped. Nothing is written unless you run this. It holds the names of your company's\n"
        "nodes, whether they answer and how fast, and moves between them; no address, no name of yours, no key, and\n"
        "nothing of what you do.",
        "  wgtray metrics /var/lib/prometheus/node-exporter/wgtray-client.prom",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; its name should end in .prom")
    args = parser.parse_args(argv)
    moves: Counter[tuple[str, str, str]] = Counter()
    with Connection(socket_path(args.socket or socket)) as connection:
        snapshot: Snapshot | None = connection.watch()
        last = snapshot.last_switch if snapshot is not None else None
        while True:
            if snapshot is not None:
                last = _counted(moves, last, snapshot.last_switch)
                write(args.file, text_of(snapshot, moves))
            snapshot = connection.newer(READER_CHECK_S)
            out.raise_if_unread()


def text_of(snapshot: Snapshot, moves: Moves) -> str:
    """The whole file."""
    lines = list(_samples(snapshot, moves))
    parts: list[str] = []
    for name, kind, words in _KINDS:
        own = [f"{name}{labels} {value:g}" for metric, labels, value in lines if metric == name]
        parts += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *own] if own else []
    return "\n".join(parts) + "\n"


def _samples(snapshot: Snapshot, moves: Moves) -> Iterator[tuple[str, str, float]]:
    yield "wgtray_client_connected", "", snapshot.state == "connected"
    if snapshot.protected is not None:
        yield "wgtray_client_protected", "", snapshot.protected
    for node in snapshot.nodes:
        labels = _labels(node=node.name)
        yield "wgtray_client_node_up", labels, node.health in ("up", "slow")
        yield "wgtray_client_node_active", labels, node.active
        if node.rtt_ms is not None:
            yield "wgtray_client_node_rtt_seconds", labels, node.rtt_ms / 1000
    for (left, entered, reason), count in sorted(moves.items()):
        yield "wgtray_client_switches_total", _labels(left=left, entered=entered, reason=reason), count
    if snapshot.last_switch is not None:
        for step, taken_ms in (("detect", snapshot.last_switch.detect_ms), ("switch", snapshot.last_switch.switch_ms)):
            if taken_ms is not None:
                yield "wgtray_client_last_switch_seconds", _labels(step=step), taken_ms / 1000


def _counted(moves: Counter[tuple[str, str, str]], before: Switch | None, now: Switch | None) -> Switch | None:
    if now is not None and now != before:
        moves[now.from_node or "", now.to_node, now.reason] += 1
    return now


def _labels(**pairs: str) -> str:
    """As the format wants them: backslash, quote and line break escaped."""
    escaped = {
        key: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for key, value in pairs.items()
    }
    return "{" + ",".join(f'{key}="{value}"' for key, value in escaped.items()) + "}"
