"""Which parts make the root process, and how does it start and stop?"""

import argparse
import asyncio
import contextlib
import logging
import os
import pwd
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from wgtray import __version__, words
from wgtray.helper.engine import Engine
from wgtray.helper.rights import GROUP, Admission
from wgtray.helper.server import Server, SocketTaken, listen
from wgtray.helper.store import InUse, Store
from wgtray.ipc.places import DEFAULT_SOCKET
from wgtray.platforms import SYSTEM, load
from wgtray.platforms.api import CommandFailed

log = logging.getLogger("wgtray")

STATE_DIR = "/var/lib/wgtray"
INTERFACE = "wgtray0"


def main(argv: Sequence[str] | None = None) -> int:
    """``wgtray-helper``: returns the exit code (CONTRACT section 1)."""
    options = _parser().parse_args(argv)
    if os.geteuid() != 0:
        return _complain("wgtray-helper controls the network and must be started by root: use sudo.", 4)
    os.umask(0o077)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        return int(asyncio.run(options.run(options)))
    except InUse:
        return _complain(f"Another wgtray-helper already uses {options.state_dir}: stop it, or pass --state-dir.", 1)
    except SocketTaken as error:
        return _complain(f"Another wgtray-helper already listens on {error}: stop it, or pass --socket.", 1)
    except CommandFailed as error:
        return _complain(words.problem(error.problem.code, error.problem.args), 1)
    except NotImplementedError as error:
        return _complain(f"{error}.", 1)
    except OSError as error:
        return _complain(f"{error.filename or 'The state directory'}: {error.strerror}.", 1)


async def _run(options: argparse.Namespace) -> int:
    with contextlib.closing(Store(options.state_dir)) as store:
        return await _serve(options, store)


async def _serve(options: argparse.Namespace, store: Store) -> int:
    backend = load(options.state_dir, options.interface)
    admission = Admission(frozenset(options.allow_uid), frozenset({GROUP, *options.allow_group}))
    listening = listen(options.socket, admission)
    engine = Engine(backend, store)
    server = Server(engine, backend, admission)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log.info("wgtray-helper %s listens on %s", __version__, options.socket)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(engine.run()), tasks.create_task(server.run(listening))]
                await stop.wait()
                for task in work:
                    task.cancel()
    finally:
        options.socket.unlink(missing_ok=True)
        await engine.leave()
    log.info("stopped")
    return 0


async def _cleanup(options: argparse.Namespace) -> int:
    with contextlib.closing(Store(options.state_dir)):
        removed = await load(options.state_dir, options.interface).cleanup()
    for line in removed:
        print(f"removed {line}")
    if not removed:
        print("nothing of wgtray is on this machine's network")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wgtray-helper", description="The privileged service of wgtray.")
    parser.add_argument("--version", action="version", version=f"wgtray-helper {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    run = verbs.add_parser("run", help="serve in the foreground, log to standard error")
    run.add_argument("--socket", type=Path, default=Path(DEFAULT_SOCKET[SYSTEM]), metavar="PATH")
    run.add_argument("--allow-uid", type=_uid, action="append", default=[], metavar="UID", help="a user who may use it")
    run.add_argument("--allow-group", action="append", default=[], metavar="NAME", help="a group besides wgtray")
    run.set_defaults(run=_run)
    cleanup = verbs.add_parser("cleanup", help="remove everything of wgtray from the network; needs no running helper")
    cleanup.set_defaults(run=_cleanup)
    for verb in (run, cleanup):
        verb.add_argument("--state-dir", type=Path, default=Path(STATE_DIR), metavar="DIR")
        verb.add_argument("--interface", type=_interface, default=INTERFACE, metavar="NAME")
    return parser


def _uid(text: str) -> int:
    try:
        return int(text) if text.isdigit() else pwd.getpwnam(text).pw_uid
    except KeyError:
        raise argparse.ArgumentTypeError(f"no user {text!r} on this machine") from None


def _interface(text: str) -> str:
    valid = 0 < len(text) <= 15 and all(char.isascii() and (char.isalnum() or char in "_-") for char in text)
    if not valid:
        raise argparse.ArgumentTypeError(f"{text!r} is no interface name: up to 15 letters, digits, - and _")
    return text


def _complain(sentence: str, code: int) -> int:
    print(f"wgtray-helper: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
