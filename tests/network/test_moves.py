"""Another cable, no cable, and back: the tunnel stays the same one, and nothing of the company is heard outside."""

import subprocess
import sys
import time

import pytest

from tests.network.conftest import Desk, until
from tests.network.outside import SECOND_GATEWAY, ip, kept_defaults, second_cable
from tests.network.wire import Wire
from wgtray.lab import Lab
from wgtray.lab.spec import COMPANY_HOST, ECHO_PORT

pytestmark = pytest.mark.network

TALK = """
import socket, sys, time
talk = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=10)
for line in sys.stdin:
    began = time.monotonic()
    talk.sendall(line.encode())
    assert talk.recv(100) == line.encode()
    print(f"{time.monotonic() - began:.3f}", flush=True)
"""


class Talk:
    """One TCP connection to the company, held for the whole of a test."""

    def __init__(self, desk: Desk) -> None:
        argv = [sys.executable, "-c", TALK, COMPANY_HOST[0], str(ECHO_PORT)]
        self._program = desk.place.popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def said_s(self, word: str) -> float:
        """Say something; how long the echo took."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{word}\n".encode())
        self._program.stdin.flush()
        return float(self._program.stdout.readline())

    def end(self) -> None:
        self._program.communicate(timeout=5)


@pytest.mark.threat("T49")
def test_from_one_cable_to_another_the_tunnel_and_its_flows_stay(connected: Desk, lab: Lab) -> None:
    before, talk = connected.snapshot(), Talk(connected)
    talk.said_s("hello")
    with second_cable(lab), kept_defaults(connected.place), Wire(connected.place, "lan1") as wire:
        four, six = SECOND_GATEWAY
        ip(
            connected.place,
            f"route replace default via {four} dev lan1",
            f"-6 route replace default via {six} dev lan1",
        )
        ip(connected.place, "link set lan0 down")
        took_s = talk.said_s("from the other cable")
        print(f"another cable: {took_s:.2f} s until the first answer on the same connection")
        assert took_s < 3
        nodes = {address for node in lab.layout.nodes for address in node.public}
        assert wire.destinations() & nodes, "it would not go this way"
        for _ in range(5):
            talk.said_s("again")
        assert not wire.destinations() & set(COMPANY_HOST)
        after = connected.snapshot()
        assert (after.state, after.interface, after.since) == ("connected", before.interface, before.since)
        assert after.protected
    until(lambda: connected.snapshot().state == "connected")
    talk.said_s("and back")
    assert connected.snapshot().interface == before.interface
    talk.end()


def test_a_pulled_cable_is_said_at_once_and_moves_nobody(connected: Desk, lab: Lab) -> None:
    before, talk = connected.snapshot(), Talk(connected)
    talk.said_s("hello")
    with kept_defaults(connected.place):
        ip(connected.place, "link set lan0 down")
        began = time.monotonic()
        until(lambda: "offline" in {problem.code for problem in connected.snapshot().problems})
        assert time.monotonic() - began < 1
    began = time.monotonic()
    until(lambda: connected.snapshot().state == "connected")
    print(f"cable back: connected after {time.monotonic() - began:.2f} s")
    talk.said_s("still the same connection")
    after = connected.snapshot()
    assert (after.node, after.interface, after.last_switch) == (before.node, before.interface, before.last_switch)
    talk.end()
