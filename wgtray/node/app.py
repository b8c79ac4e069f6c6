"""What can ``wgtray-node`` do, and how does it end?"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence

from wgtray import __version__
from wgtray.core import fields
from wgtray.core.fields import Prefix
from wgtray.node import ear
from wgtray.node.follow import follow
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import run

ENDINGS = (signal.SIGTERM, signal.SIGINT)


def main(argv: Sequence[str] | None = None) -> int:
    """``wgtray-node``: returns the exit code (0 done, 1 failed, 2 usage, 4 not root)."""
    options = _parser().parse_args(argv)
    if os.geteuid() != 0:
        return _complain("it reads packets and lays routes, and must be started by root: use sudo.", 4)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        asyncio.run(_follow(options.interface, options.pool, options.ignore))
    except CommandFailed as error:
        problem = error.problem
        return _complain(f"{problem.code}: {', '.join(map(str, problem.args.values()))}.", 1)
    except OSError as error:
        return _complain(f"the kernel refused ({error.strerror or error}): is {options.interface} there?", 1)
    return 0


async def _follow(interface: str, pools: Sequence[Prefix], ignored: Sequence[Prefix]) -> None:
    stop = asyncio.Event()
    for number in ENDINGS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(["nft", "-f", "-"], ear.rules(interface, pools, ignored))
    try:
        await follow(interface, stop)
    finally:
        await run(["nft", "-f", "-"], ear.without_rules())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wgtray-node", description="Runs on a WireGuard node of the company.")
    parser.add_argument("--version", action="version", version=f"wgtray-node {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser(
        "follow",
        help="claim the way back to every client whose traffic this node forwards, for BIRD to announce",
        description="Claim the way back to every client whose traffic this node forwards: a host route in table "
        "100, which BIRD announces. Needs no configuration file; runs until it is told to end.",
    )
    verb.add_argument("--interface", required=True, type=_interface, metavar="NAME", help="WireGuard's, as in wg0")
    verb.add_argument(
        "--pool", required=True, type=_prefix, action="append", metavar="NET", help="clients' addresses; several times"
    )
    verb.add_argument(
        "--ignore",
        type=_prefix,
        action="append",
        default=[],
        metavar="NET",
        help="what goes there says nothing: networks that profiles send through nodes of their own (via)",
    )
    return parser


def _prefix(text: str) -> Prefix:
    try:
        return fields.prefix(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _interface(text: str) -> str:
    valid = 0 < len(text) <= 15 and all(char.isascii() and (char.isalnum() or char in "_-.") for char in text)
    if not valid or text.startswith(("-", ".")):  # a program that is given it would take it for an option
        raise argparse.ArgumentTypeError(f"{text!r} is no interface name")
    return text


def _complain(sentence: str, code: int) -> int:
    print(f"wgtray-node: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
