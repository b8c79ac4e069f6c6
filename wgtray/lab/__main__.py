"""How does one hold or change a lab from a terminal? `python -m wgtray.lab up|list|make|sweep`."""

from __future__ import annotations

import argparse
import signal
import sys

from wgtray.lab import janitor, netns
from wgtray.lab.record import running
from wgtray.lab.running import Lab
from wgtray.lab.situations import WORDS, make
from wgtray.lab.spec import DEFAULT_NODES, LabError, Layout


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 done, 1 failed with one sentence on stderr, 2 usage."""
    options = _parser().parse_args(arguments)
    try:
        match options.verb:
            case "up":
                _up(options.clients)
            case "list":
                for lab_id, layout in running().items():
                    print(_line(lab_id, layout))
            case "make":
                print(make(options.node, options.word, options.lab))
            case "sweep":
                netns.require()
                print("\n".join(janitor.sweep()) or "Nothing was left.")
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _up(clients: int) -> None:
    """Hold a lab until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Lab.up(DEFAULT_NODES, clients) as lab:
            print(_line(lab.id, lab.layout))
            print(f"Up in {lab.up_s:.2f} s. Ctrl-C takes it down.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("Down.")


def _line(lab_id: str, layout: Layout) -> str:
    nodes = " ".join(f"{node.name}={node.public[0]}" for node in layout.nodes)
    return f"{lab_id} {nodes} clients={' '.join(client.netns for client in layout.clients)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wgtray.lab", description="Real WireGuard in network namespaces.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    up = verbs.add_parser("up", help="hold a lab until Ctrl-C")
    up.add_argument("--clients", type=int, default=1, metavar="N", help="employees' machines (default 1)")
    verbs.add_parser("list", help="the running labs")
    change = verbs.add_parser("make", help="break or repair a node of a running lab")
    change.add_argument("node", metavar="NODE")
    change.add_argument("word", metavar="WORD", help=", ".join(WORDS))
    change.add_argument("--lab", metavar="ID", help="which lab, if there are several")
    verbs.add_parser("sweep", help="remove the labs whose owner is gone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
