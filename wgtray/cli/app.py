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
    "nodes": Verb("wgtray.cli.status", "all nodes with their latency"),
    "apps": Verb("wgtray.cli.apps", "programs that only ever, or never, use the tunnel; add or remove one"),
    "run": Verb("wgtray.cli.launch", "start a program that speaks only through the tunnel"),
    "route": Verb("wgtray.cli.route", "which way a host or an address goes now, and by which rule"),
    "portal": Verb("wgtray.cli.portal", "let the login page of this network be opened, where policy closes it"),
    "profile": Verb("wgtray.cli.profile", "check, import, show or remove the company's profile"),
    "fleet": Verb("wgtray.cli.fleet", "the company side: nodes, rights and profiles from one file"),
