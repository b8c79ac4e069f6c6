"""What wgtray costs: the command line, connecting, switching, the helper at rest. Figures to read, no limits."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.bench.figures import interleaved, show, wall_ms
from tests.network.conftest import Desk, until
from tests.network.test_mode import change, crowd
from wgtray.ipc import messages
from wgtray.lab import Lab, NodeSpec

ROUNDS = 15
REST_S = 20.0


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    if os.geteuid() != 0:
        pytest.skip("the lab needs root for network namespaces")
    with Lab.up() as lab:
        made = Desk(lab)
        made.start()
        made.imported()
        made.connected()
        yield made
        made.end()


def test_the_command_line(desk: Desk) -> None:
    python = sys.executable
    figures = interleaved(
        ROUNDS,
        python=lambda: wall_ms([python, "-c", "pass"]),
        asyncio=lambda: wall_ms([python, "-c", "import asyncio"]),
        status=lambda: wall_ms([python, "-m", "wgtray", "--socket", desk.socket, "status"]),
    )
    show("command line, whole program", figures, "python")
    assert figures["status"] > figures["python"], "a program cannot be faster than the interpreter it runs in"


def test_connecting_and_switching(desk: Desk) -> None:
    def baseline() -> float:
        return wall_ms(["wg", "show", "interfaces"])

    def connect() -> float:
        desk.ask(messages.Disconnect())
        until(lambda: desk.snapshot().state == "off")
        began = time.perf_counter()
        desk.ask(messages.Connect())
        until(lambda: desk.snapshot().state == "connected")
        return (time.perf_counter() - began) * 1000

    def switch() -> float:
        target = "ams" if desk.snapshot().node == "fra" else "fra"
        desk.ask(messages.ChooseNode(target))
        until(lambda: desk.snapshot().node == target)
        moved = desk.snapshot().last_switch
        assert moved is not None
        assert moved.switch_ms is not None
        return moved.switch_ms

    figures = interleaved(5, wg=baseline, connect=connect, switch=switch)
    show("connect until connected, and the switch itself (wg: one run of `wg show interfaces`)", figures, "wg")


def test_changing_the_mode_with_two_thousand_networks(desk: Desk) -> None:
    networks = crowd(2000)
    lines = "".join(f"route replace {net} dev lo table 22999\n" for net in networks)

    def batch() -> float:
        """What ip alone takes for as many routes."""
        began = time.perf_counter()
        for family in ("-4", "-6"):
            mine = "".join(f"{line}\n" for line in lines.splitlines() if (":" in line) == (family == "-6"))
            desk.place.run(["ip", family, "-batch", "-"], input=mine)
        taken = (time.perf_counter() - began) * 1000
        for family in ("-4", "-6"):
            desk.place.run(["ip", family, "route", "flush", "table", "22999"])
        return taken

    desk.imported(desk.lab.profile_toml(networks=networks))
    desk.connected()
    figures = interleaved(
        ROUNDS,
        batch=batch,
        to_full=lambda: change(desk, "full") * 1000,
        to_split=lambda: change(desk, "split") * 1000,
    )
    show(
        "2,000 networks: from the request to the snapshot that shows it (batch: ip lays 2,000 routes)", figures, "batch"
    )
    desk.imported()
    desk.connected()


def test_the_helper_at_rest(desk: Desk) -> None:
    desk.ask(messages.ChooseNode(None))
    assert desk.helper is not None
    helper = psutil.Process(desk.helper.pid)
    with subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"], stdin=-1, stdout=-1) as plain:
        assert plain.stdout is not None
        plain.stdout.readline()
        python_mb = psutil.Process(plain.pid).memory_info().rss / 1e6
        plain.kill()
    show("memory", {"python": python_mb, "helper": helper.memory_info().rss / 1e6}, "python", "MB")
    rest(desk, "at rest")


def test_the_helper_at_rest_with_fifty_nodes() -> None:
    if os.geteuid() != 0:
        pytest.skip("the lab needs root for network namespaces")
    with Lab.up([NodeSpec(f"n{number:02}", delay_ms=20 + 3 * number) for number in range(50)]) as lab:
        crowd = Desk(lab)
        crowd.start()
        try:
            crowd.imported()
            crowd.connected()
            until(lambda: all(node.rtt_ms for node in crowd.snapshot().nodes))
            rest(crowd, "at rest with 50 nodes")
        finally:
            crowd.end()


def rest(desk: Desk, title: str) -> None:
    """Print what the helper costs while nobody does anything; nobody watches either."""
    assert desk.helper is not None
    helper = psutil.Process(desk.helper.pid)
    before, sent = sum(helper.cpu_times()[:4]), desk.snapshot().traffic.tx_bytes
    time.sleep(REST_S)
    busy, after = sum(helper.cpu_times()[:4]) - before, desk.snapshot().traffic.tx_bytes
    assert sent is not None
    assert after is not None
    assert after > sent, "a helper that does not probe costs nothing, and knows nothing"
    print(f"\n{title}: {busy / REST_S:.2%} of a processor, {(after - sent) / REST_S:.0f} B/s sent in the tunnel")
