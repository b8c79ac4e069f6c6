"""A program that wants out: it asks for all of these destinations, by every way that a program has, without a pause.

Past the routes too: a socket bound to the cable asks none, which any root program can do, and a browser's helper does.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from tests.network.wire import Wire
from wgtray.lab.place import Place

AFTER_S = 0.3
"""For what is still on its way when something has happened; the program shouts a hundred times in it."""

_SHOUT = """
import json, selectors, socket, sys, time
targets = json.loads(sys.argv[1])
turn = 0
datagrams = {}
def made(address, kind, bound):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    sock.setblocking(False)
    if bound:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lan0")
    return sock
print("shouting", flush=True)
while True:
    for address, port in targets:
        for bound in (False, True):
            try:
                key = (address, bound)
                if key not in datagrams:
                    datagrams[key] = made(address, socket.SOCK_DGRAM, bound)
                datagrams[key].sendto(b"x", (address, port))
            except OSError:
                pass
            if turn % 10 == 0:
                caller = made(address, socket.SOCK_STREAM, bound)
                caller.connect_ex((address, port))
                caller.close()
    turn += 1
    time.sleep(0.002)
"""


@contextlib.contextmanager
def shouting(place: Place, targets: Sequence[tuple[str, int]]) -> Iterator[None]:
    """It shouts meanwhile."""
    argv = [sys.executable, "-c", _SHOUT, json.dumps(targets)]
    program = place.popen(argv, stdout=subprocess.PIPE)
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == b"shouting\n"
        yield
    finally:
        program.kill()
        program.communicate()


@contextlib.contextmanager
def overheard(place: Place, targets: Sequence[tuple[str, int]]) -> Iterator[Wire]:
    """A capture that has heard every one of these, and goes on while the program goes on."""
    with Wire(place) as wire, shouting(place, targets):
        assert wire.during(settle) >= {address for address, _ in targets}, "the capture would not see a leak"
        yield wire


def settle() -> None:
    """A moment in which a leak would show."""
    time.sleep(AFTER_S)
