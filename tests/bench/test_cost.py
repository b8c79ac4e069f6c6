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
from wgtray.ipc import messages
from wgtray.lab import Lab

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


def test_the_helper_at_rest(desk: Desk) -> None:
    desk.ask(messages.ChooseNode(None))
    assert desk.helper is not None
    helper = psutil.Process(desk.helper.pid)
    with subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"], stdin=-1, stdout=-1) as plain:
        assert plain.stdout is not None
        plain.stdout.readline()
        python_mb = psutil.Process(plain.pid).memory_info().rss / 1e6
        plain.kill()
    before, sent = sum(helper.cpu_times()[:2]), desk.snapshot().traffic
    time.sleep(REST_S)
    busy = sum(helper.cpu_times()[:2]) - before
    after = desk.snapshot().traffic
    show("memory", {"python": python_mb, "helper": helper.memory_info().rss / 1e6}, "python", "MB")
    assert sent.tx_bytes is not None
    assert after.tx_bytes is not None
    probes = (after.tx_bytes - sent.tx_bytes) / REST_S
    print(
        f"\nat rest, connected, {REST_S:.0f} s: {busy / REST_S:.2%} of a processor, {probes:.0f} B/s sent in the tunnel"
    )
    assert busy >= 0
