"""Which parts make the root process, and how does it start and stop?"""

import argparse
import asyncio
import contextlib
import logging
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

from wgtray import __version__, words
from wgtray.core.fields import Interface, interface
from wgtray.core.problems import WgtrayError
from wgtray.helper import own_files, service
from wgtray.helper.engine import Engine
from wgtray.helper.leaving import leave_for
from wgtray.helper.lines import OneLine
from wgtray.helper.provision import NotUsable, provision
from wgtray.helper.rights import Admission
from wgtray.helper.server import Server
from wgtray.helper.store import InUse, Store
from wgtray.ipc import messages
from wgtray.ipc.places import DEFAULT_SOCKET
from wgtray.platforms import (
    GROUP,
    SYSTEM,
    as_service,
    authority,
    carry,
    company_keys,
    ground,
    load,
    log_handler,
    state_dir,
)
from wgtray.platforms.api import Caller, CommandFailed, SocketTaken, Unfinished, Unsafe

log = logging.getLogger("wgtray")

INTERFACE = "wgtray0"

PROVISIONED = "provision.txt"
"""In the state directory: what came of the last ``provision``."""

CARRIED = "wireguard.txt"
"""In the state directory: what came of the last ``carry``."""

SERVICE = "--service"
"""The only argument of a helper that a service manager with a protocol of its own starts (Windows)."""

SIGN_OF_LIFE = (messages.Status(), Caller(0, frozenset()))
"""Goes through the engine's queue like any request, and changes nothing."""

NOT_PRIVILEGED = {
    "windows": "wgtray-helper controls the network: start it from a command prompt that was opened as administrator.",
    "linux": "wgtray-helper controls the network and must be started by root: use sudo.",
    "macos": "wgtray-helper controls the network and must be started by root: use sudo.",
}
_ROOTS = (
    "{state_dir} must be a directory that belongs to root and that nobody else may write to: "
    "chown and chmod it, or pass another --state-dir."
)
UNSAFE = {
    "windows": "{state_dir} must be a folder of the system or of the administrators, and no link: "
    "remove it, so that the helper makes it anew, or pass another --state-dir.",
    "linux": _ROOTS,
    "macos": _ROOTS,
}


def main(argv: Sequence[str] | None = None) -> int:
    """``wgtray-helper``: returns the exit code (CONTRACT section 1)."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == [SERVICE]:
        options = _parser().parse_args(["run", *given[1:]])
        return as_service(lambda: _outcome(options))
    options = _parser().parse_args(given)
    if not ground().is_privileged():
        return _complain(NOT_PRIVILEGED[SYSTEM], 4)
    os.umask(0o077)
    handler = log_handler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    threads = threading.active_count()
    code = _outcome(options)
    if threading.active_count() > threads:
        _end_now(code)
    return code


def _outcome(options: argparse.Namespace) -> int:
    place = own_files.exposed()
    if place is not None and not own_files.is_source_tree():
        return _complain(
            f"{place} can be changed by others, and what it holds is run as root: make it root's alone with chown and "
            "chmod, or install wgtray again.",
            1,
        )
    try:
        ground().make_private(options.state_dir)
        # The selectors: sockets are waited for with ``add_reader`` everywhere, which Windows' own loop cannot do.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return int(runner.run(options.run(options)))
    except Unsafe:
        return _complain(UNSAFE[SYSTEM].format(state_dir=options.state_dir), 1)
    except InUse:
        return _complain(options.in_use.format(state_dir=options.state_dir), 1)
    except SocketTaken as error:
        return _complain(f"Another wgtray-helper already listens on {error}: stop it, or pass --socket.", 1)
    except CommandFailed as error:
        return _complain(words.problem(error.problem.code, error.problem.args), 1)
    except NotImplementedError as error:
        return _complain(f"{error}.", 1)
    except OSError as error:
        return _complain(f"{error.filename or 'The state directory'}: {error.strerror}.", 1)
    except Exception:  # the journal is told everything, and `main` ends without hanging threads all the same
        log.exception("wgtray-helper failed")
        return 1


def _end_now(code: int) -> NoReturn:
    """End without our threads: the interpreter would wait for one that hangs in a name lookup."""
    logging.shutdown()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(code)


async def _run(options: argparse.Namespace) -> int:
    with contextlib.closing(Store(options.state_dir, options.company_keys)) as store:
        return await _serve(options, store)


async def _serve(options: argparse.Namespace, store: Store) -> int:
    ending: asyncio.Queue[bool] = asyncio.Queue()
    ground().on_end(ending.put_nowait)
    backend = load(options.state_dir, options.interface, options.resolv_conf)
    admission = Admission(frozenset(options.allow_uid), frozenset({GROUP, *options.allow_group}))
    given = service.handed_over()
    listener = ground().listen(options.socket, admission.uids, admission.groups, backend.caller, given)
    engine = Engine(backend, store)
    server = Server(engine, admission, authority())
    log.info("wgtray-helper %s listens on %s", __version__, options.socket if given is None else given.getsockname())
    succeeded = False
    try:
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.TaskGroup() as tasks:
                parts = (engine.run(), server.run(listener), service.report(lambda: engine.ask(*SIGN_OF_LIFE)))
                work = [tasks.create_task(part) for part in parts]
                succeeded = await ending.get()
                for task in work:
                    task.cancel()
    finally:
        service.tell("STOPPING=1")
        listener.close()
        # asyncio.run waits for the threads of the default executor, and lookups may hang there: it gets an empty one.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        if not succeeded:
            await engine.leave()
    log.info("stopped" if not succeeded else "stopped; the network stays as it is for the next helper")
    return 0


async def _cleanup(options: argparse.Namespace) -> int:
    with contextlib.closing(Store(options.state_dir)) as store:
        backend = load(options.state_dir, options.interface, options.resolv_conf)
        if options.by_policy:
            if service.is_over():
                await leave_for(backend, store.load())
            return 0
        try:
            removed: Sequence[str] = await backend.cleanup()
        except Unfinished as error:
            _tell_removed(error.removed)
            for problem in error.problems:
                _complain(words.refusal(problem.code, problem.args), 1)
            return 1
    _tell_removed(removed)
    if not removed:
        print("nothing of wgtray is on this machine's network")
    return 0


def _tell_removed(removed: Sequence[str]) -> None:
    for line in removed:
        print(f"removed {line}")


async def _provision(options: argparse.Namespace) -> int:
    """What happened is kept in a file too: nobody sees the output of an installer's action."""
    with contextlib.closing(Store(options.state_dir, options.company_keys)) as store:
        try:
            imported = provision(options.file, options.address, store, time.time())
        except WgtrayError as error:
            code, said = 1, words.refusal(error.code, error.args_by_name)
        except (NotUsable, OSError) as error:
            code, said = 1, str(error)
        else:
            code, said = 0, f"{imported.profile.name}: {len(imported.profile.nodes)} nodes, key {imported.public_key}"
        (options.state_dir / PROVISIONED).write_text(f"{said}\n", encoding="utf-8")
    print(said, file=sys.stderr if code else sys.stdout)
    return code


async def _carry(options: argparse.Namespace) -> int:
    """As ``_provision``: what came of it is in a file too."""
    try:
        name = carry(options.package, options.state_dir)
    except CommandFailed as error:
        code, said = 1, words.refusal(error.problem.code, error.problem.args)
    else:
        code, said = 0, "nothing to carry along" if name is None else f"{name} is kept for the first connection"
    (options.state_dir / CARRIED).write_text(f"{said}\n", encoding="utf-8")
    print(said, file=sys.stderr if code else sys.stdout)
    return code


async def _purge(options: argparse.Namespace) -> int:
    try:
        return await _cleanup(options)
    finally:  # whoever removes the program has no other use for what it kept
        shutil.rmtree(options.state_dir)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wgtray-helper", description="The privileged service of wgtray.")
    parser.add_argument("--version", action="version", version=f"wgtray-helper {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    run = verbs.add_parser("run", help="serve in the foreground, log to standard error")
    run.add_argument("--socket", type=_address, default=DEFAULT_SOCKET[SYSTEM], metavar="PATH")
    run.add_argument("--allow-uid", type=_uid, action="append", default=[], metavar="UID", help="a user who may use it")
    run.add_argument("--allow-group", action="append", default=[], metavar="NAME", help=f"a group besides {GROUP}")
    run.set_defaults(run=_run, in_use="Another wgtray-helper already uses {state_dir}: stop it, or pass --state-dir.")
    cleanup = verbs.add_parser("cleanup", help="remove everything of wgtray from the network; needs no running helper")
    cleanup.set_defaults(
        run=_cleanup,
        in_use="Stop the helper first: one is running on {state_dir}, and would put everything back.",
    )
    cleanup.add_argument(
        "--by-policy",
        action="store_true",
        help="for the service manager: only where no helper follows, and but for what the company's lockdown holds",
    )
    give = verbs.add_parser("provision", help="keep a company's profile for this computer; needs no running helper")
    give.add_argument("file", type=Path, metavar="FILE", help="a .toml profile or a wg-quick .conf")
    give.add_argument(
        "--address", type=_addresses, default=[], metavar="A,…", help="this computer's in the tunnel, not the file's"
    )
    give.set_defaults(run=_provision, in_use="Stop the helper first: one is running on {state_dir}.")
    take = verbs.add_parser("carry", help="for our installer: keep WireGuard's, which lies beside it")
    take.add_argument("package", type=_absolute, metavar="PACKAGE", help="our own")
    take.set_defaults(run=_carry, in_use="")
    purge = verbs.add_parser("purge", help="cleanup, and the profile, its keys and everything else kept go too")
    purge.set_defaults(run=_purge, by_policy=False, in_use="Stop the helper first: one is running on {state_dir}.")
    for verb in (run, give):
        verb.add_argument(
            "--company-keys",
            type=_absolute,
            default=company_keys(),
            metavar="PATH",
            help="a file with the keys of the company whose profiles alone are taken (default: %(default)s)",
        )
    for verb in (run, cleanup, give, take, purge):
        verb.add_argument("--state-dir", type=Path, default=state_dir(), metavar="DIR")
        verb.add_argument("--interface", type=_interface, default=INTERFACE, metavar="NAME")
        verb.add_argument(
            "--resolv-conf", type=_absolute, metavar="PATH", help="the resolver file, instead of the system's resolver"
        )
    return parser


def _addresses(text: str) -> list[Interface]:
    try:
        return [interface(part) for part in text.replace(",", " ").split()]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _absolute(text: str) -> Path:
    return Path(text).absolute()


def _address(text: str) -> str:
    return text if text.startswith("\\\\.\\pipe\\") else str(Path(text).absolute())


def _uid(text: str) -> int:
    try:
        return ground().user(text)
    except KeyError:
        raise argparse.ArgumentTypeError(f"no user {text!r} on this machine") from None


def _interface(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,14}", text) is None:  # what begins with - would be an option of ip
        raise argparse.ArgumentTypeError(f"{text!r} is no interface name: up to 15 letters, digits, - and _")
    return text


def _complain(sentence: str, code: int) -> int:
    print(f"wgtray-helper: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
