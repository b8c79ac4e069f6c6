"""A node dies under traffic: applications hardly notice, and nobody is moved for what is not the node's fault.

Limits here are what a user would notice, far above what `make bench-failover` measures.
"""

import itertools
import json
import math
import sys
import time
from typing import Literal

import pytest

from tests.network.conftest import Desk, until
from wgtray.ipc import messages
from wgtray.lab import Lab

pytestmark = pytest.mark.network

COMPANY = "10.20.0.10"
NOTICED_MS = 500

STREAM = """
import json, select, socket, sys, time
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setblocking(False)
end, due, answers = time.time() + float(sys.argv[1]), time.time(), []
while time.time() < end:
    if time.time() >= due:
        sock.sendto(b"x", ("10.20.0.10", 7))
        due += 0.01
    select.select([sock], [], [], max(0.0, min(due - time.time(), 0.005)))
    try:
        while sock.recv(10):
            answers.append(time.time())
    except OSError:
        pass
print(json.dumps(answers))
"""
"""100 packets a second; prints when answers came."""

TCP = """
import json, socket, sys, time
sock = socket.create_connection(("10.20.0.10", 7), 5)
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
sock.settimeout(10)
print("connected", flush=True)
end, last, gap = time.monotonic() + float(sys.argv[1]), time.monotonic(), 0.0
while time.monotonic() < end:
    sock.sendall(b"12345678")
    assert sock.recv(8, socket.MSG_WAITALL) == b"12345678"
    gap, last = max(gap, time.monotonic() - last), time.monotonic()
    time.sleep(0.01)
print(json.dumps(gap * 1000))
"""
"""One TCP connection, echoed a hundred times a second; prints its longest gap in milliseconds."""


@pytest.fixture
def flowing(connected: Desk) -> Desk:
    until(lambda: all(node.health == "up" for node in connected.snapshot().nodes))
    return connected


def outage_ms(desk: Desk, lab: Lab, fault: Literal["both", "in", "out"]) -> float:
    stream = desk.place.popen([sys.executable, "-c", STREAM, "3"], stdout=-1)
    time.sleep(1.2)
    broken = time.time()
    lab.node("fra").shape(blackhole=fault)
    output, _ = stream.communicate(timeout=10)
    answers = json.loads(output)
    gaps = [(after - before) * 1000 for before, after in itertools.pairwise(answers) if after > broken]
    return max(gaps, default=math.inf)


@pytest.mark.parametrize("fault", ["both", "in", "out"])
def test_a_node_that_dies_under_traffic_is_left_before_a_person_notices(
    flowing: Desk, lab: Lab, fault: Literal["both", "in", "out"]
) -> None:
    outage = outage_ms(flowing, lab, fault)
    switch = flowing.snapshot().last_switch
    assert switch is not None
    print(f"{fault}: {outage:.0f} ms without an answer, detected in {switch.detect_ms} ms, {switch.reason}")
    assert (switch.from_node, switch.to_node) == ("fra", "ams")
    assert switch.reason in ("no-reply", "one-way")
    assert switch.detect_ms is not None
    assert outage < NOTICED_MS


def test_a_tcp_connection_goes_on_over_the_other_node(flowing: Desk, lab: Lab) -> None:
    talk = flowing.place.popen([sys.executable, "-c", TCP, "3"], stdout=-1)
    assert talk.stdout is not None
    talk.stdout.readline()
    time.sleep(1.0)
    lab.node("fra").silent()
    output, _ = talk.communicate(timeout=15)
    gap_ms = json.loads(output)
    print(f"longest gap in one TCP connection: {gap_ms:.0f} ms")
    assert flowing.snapshot().node == "ams"
    assert gap_ms < 2 * NOTICED_MS


def test_when_all_nodes_are_silent_together_nobody_is_moved(flowing: Desk, lab: Lab) -> None:
    stream = flowing.place.popen([sys.executable, "-c", STREAM, "3"], stdout=-1)
    time.sleep(1.0)
    for node in lab.nodes:
        node.shape(blackhole="both")
    stream.communicate(timeout=10)
    until(lambda: flowing.snapshot().state == "blocked", 20)
    assert flowing.snapshot().last_switch is None
    for node in lab.nodes:
        node.shape(blackhole="")
    until(lambda: flowing.snapshot().state == "connected", 10)
    assert flowing.snapshot().node == "fra"


def test_a_computer_without_a_network_says_so_and_is_back_at_once(flowing: Desk) -> None:
    routes = {family: flowing.place.run(["ip", family, "route", "show", "default"]).stdout for family in ("-4", "-6")}
    for family in routes:
        flowing.place.run(["ip", family, "route", "flush", "default"])
    try:
        until(lambda: "offline" in [problem.code for problem in flowing.snapshot().problems], 5)
        assert flowing.snapshot().last_switch is None
    finally:
        for family, shown in routes.items():
            batch = "".join(f"route add {line}\n" for line in shown.replace(" pref medium", "").splitlines())
            flowing.place.run(["ip", family, "-batch", "-"], input=batch)
    until(lambda: flowing.snapshot().state == "connected", 3)
    assert flowing.snapshot().node == "fra"


def test_the_steady_detection_of_a_profile_leaves_the_fast_one_off(desk: Desk, lab: Lab) -> None:
    desk.imported(lab.profile_toml(sections={"failover": {"detection": "steady", "interval_s": 1.0}}))
    desk.connected()
    outage_ms(desk, lab, "both")
    until(lambda: desk.snapshot().node == "ams", 10)
    switch = desk.snapshot().last_switch
    assert switch is not None
    assert switch.detect_ms is None


def test_at_rest_the_tunnel_carries_a_few_probes_and_nothing_else(flowing: Desk) -> None:
    time.sleep(3.0)  # what connecting started has calmed down
    before = flowing.snapshot().traffic
    time.sleep(5.5)
    after = flowing.snapshot().traffic
    assert before.tx_bytes is not None
    assert after.tx_bytes is not None
    print(f"{(after.tx_bytes - before.tx_bytes) / 5.5:.0f} B/s of probes at rest")
    assert (after.tx_bytes - before.tx_bytes) / 5.5 < 1000


def test_a_killed_interface_comes_back_and_its_nodes_stay_up(flowing: Desk) -> None:
    flowing.place.run(["ip", "link", "delete", str(flowing.snapshot().interface)])
    until(lambda: flowing.place.run(["ping", "-c1", "-W1", COMPANY], check=False).returncode == 0)
    time.sleep(4.0)  # long enough for probes into a dead socket to be missed three times
    shown = flowing.snapshot()
    assert shown.state == "connected"
    assert [node.health for node in shown.nodes] == ["up", "up", "up"]
    assert isinstance(flowing.ask(messages.Status()), messages.SnapshotNow)
