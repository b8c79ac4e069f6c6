"""What can ``wgtray VERB`` do, and with which exit code does it end?

The table is all that a verb costs; its own module is imported when it runs, because ``wgtray status`` must not wait
for what only ``wgtray profile`` needs.
"""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence

from wgtray.cli import out
from wgtray.cli.trouble import DONE, INTERRUPTED, READER_GONE, explained
from wgtray.cli.verbs import Verb, carried_out

VERBS: Mapping[str, Verb] = {
    "status": Verb("wgtray.cli.status", "how things are now: connection, nodes, problems"),
    "connect": Verb("wgtray.cli.wish", "connect, and wait until it is so"),
    "disconnect": Verb("wgtray.cli.wish", "disconnect, and wait until it is so"),
    "pause": Verb("wgtray.cli.wish", "leave the tunnel for so many minutes, where policy allows"),
    "resume": Verb("wgtray.cli.wish", "end a pause, and wait until connected"),
    "mode": Verb("wgtray.cli.choice", "print or choose what goes through the tunnel: split or full"),
    "node": Verb("wgtray.cli.choice", "print or choose the node: a name, or auto"),
    "metrics": Verb("wgtray.cli.metrics", "write latencies and moves to a file for Prometheus, while it runs"),
    "nodes": Verb("wgtray.cli.status", "all nodes with their latency"),
    "apps": Verb("wgtray.cli.apps", "programs that only ever, or never, use the tunnel; add or remove one"),
    "run": Verb("wgtray.cli.launch", "start a program that speaks only through the tunnel"),
    "route": Verb("wgtray.cli.route", "which way a host or an address goes now, and by which rule"),
    "portal": Verb("wgtray.cli.portal", "let the login page of this network be opened, where policy closes it"),
    "profile": Verb("wgtray.cli.profile", "check, import, show or remove the company's profile"),
    "fleet": Verb("wgtray.cli.fleet", "the company side: nodes, rights and profiles from one file"),
    "autostart": Verb("wgtray.cli.login", "print or choose whether the tray starts when you log in"),
    "doctor": Verb("wgtray.cli.doctor", "look over this machine and say what to mend"),
    "report": Verb("wgtray.cli.report", "save what an administrator needs to see, without anything personal"),
    "enroll": Verb("wgtray.cli.enroll", "make a key and a request for your administrator; accept the answer"),
    "demo": Verb("wgtray.cli.demo", "real WireGuard nodes on this machine to play with (Linux, root)"),
}

HELP = """\
usage: wgtray                          open the tray
       wgtray [--socket PATH] VERB …   do one thing and end

verbs ("wgtray VERB --help" says more):
{verbs}

options:
  --socket PATH  the service's socket (else $WGTRAY_SOCKET, else the system's own); also after the verb
  --version      print the version and end
  -h, --help     print this and end

exit codes: 0 done, 1 the request failed, 2 the command line is wrong, 3 the service cannot be reached,
4 not allowed for this user. Errors are one sentence on standard error.

examples:
  wgtray connect                    connect to the nearest node
  wgtray status --watch             a line of JSON whenever something changes
  wgtray profile import acme.toml   use your company's profile"""


def main(argv: Sequence[str]) -> int:
    """Carry out one command line; never raises, never shows a traceback."""
    # A terminal that cannot show a letter gets a mark instead of an error; JSON is written as bytes and stays whole.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = _run(list(argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _leave_stdout()
        return READER_GONE
    except Exception as error:  # noqa: BLE001 (the outermost loop of the program: a person gets a sentence)
        sentence, code = explained(error)
        with contextlib.suppress(OSError):  # nobody reads standard error
            out.complain(sentence)
        if isinstance(error, OSError):
            _leave_stdout()
    return code


def _run(argv: list[str]) -> int:
    try:
        return carried_out("wgtray", argv, None, VERBS, HELP)
    except SystemExit as asked:  # argparse ends so after --help
        return asked.code if isinstance(asked.code, int) else DONE


def _leave_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush cannot fail again."""
    with contextlib.suppress(OSError, ValueError):  # no real file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
