"""What rules for programs cost: a start, a stream, and many of both at rest."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.bench.figures import WIDE, interleaved, show
from tests.network.conftest import Desk, until
from tests.network.programs import PUBLIC, Sender
from tests.network.test_apps import gates
from wgtray.lab import DEFAULT_NODES, Lab

PAIRS = 9
STARTS = 200
STREAM_BYTES = 24 << 20
RULES, PROCESSES, REST_S = 200, 500, 20.0
PERCENT_OF_A_CORE = 1.0

_ECHO = "exec 3<>/dev/tcp/{host}/7; head -c {size} /dev/zero >&3 & head -c {size} <&3 >/dev/null"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Desk, Path]]:
    if os.geteuid() != 0:
        pytest.skip("the lab needs root for network namespaces")
    with Lab.up(
        DEFAULT_NODES[:1]
    ) as lab:  # a move to another node would end a stream to the internet: not measured here
        made = Desk(lab)
        made.start()
        yield made, tmp_path
        made.end()


def test_a_start_and_a_stream(place: tuple[Desk, Path]) -> None:
    desk, directory = place
    ruled, free = Sender(directory / "ruled"), Sender(directory / "free")
    desk.imported(desk.lab.profile_toml(extra=ruled.toml(), sections={"policy": {"default_mode": "full"}}))
    desk.connected()
    until(lambda: desk.snapshot().apps[0].enforcement == "routed")

    def start_ms(sender: Sender) -> float:
        loop = ["/bin/bash", "-c", f"for i in {{1..{STARTS}}}; do {sender.path} -c :; done"]
        began = time.perf_counter()
        desk.place.run(loop)
        return (time.perf_counter() - began) * 1000 / STARTS

    def stream_ms(sender: Sender) -> float:
        began = time.perf_counter()
        done = desk.place.run([str(sender.path), "-c", _ECHO.format(host=PUBLIC, size=STREAM_BYTES)], check=False)
        assert done.returncode == 0, done.stderr
        return (time.perf_counter() - began) * 1000

    starts = interleaved(PAIRS, free=lambda: start_ms(free), caught=lambda: start_ms(ruled))
    show("one start of a program, caught before its first instruction or not", starts, "free")
    print(f"  starts per second: {1000 / starts['free']:.0f} free, {1000 / starts['caught']:.0f} caught")
    streams = interleaved(PAIRS, free=lambda: stream_ms(free), ruled=lambda: stream_ms(ruled))
    show(f"full mode, {STREAM_BYTES >> 20} MiB to the public host and back over TCP", streams, "free")
    print(f"  throughput of the program with a rule: {streams['free'] / streams['ruled']:.3f} of the other's")


def test_many_rules_and_processes_at_rest(place: tuple[Desk, Path]) -> None:
    desk, directory = place
    extra = []
    for number in range(RULES):
        path = directory / f"p{number}"
        shutil.copy("/bin/sleep", path)
        extra.append(f'[[app]]\nname = "p{number}"\nlinux = ["{path}"]\n')
    desk.imported(desk.lab.profile_toml(extra="\n".join(extra)))
    desk.connected()
    sleepers = [
        desk.place.popen([str(directory / f"p{number % RULES}"), "600"], stdout=subprocess.DEVNULL)
        for number in range(PROCESSES)
    ]
    try:
        until(lambda: sum(app.running for app in desk.snapshot().apps) == PROCESSES)
        time.sleep(8)  # every start is looked after for a second
        assert desk.helper is not None
        watched = [psutil.Process(desk.helper.pid), *(psutil.Process(pid) for pid in gates(desk))]
        before = [sum(process.cpu_times()[:2]) for process in watched]
        time.sleep(REST_S)
        used = [sum(process.cpu_times()[:2]) - start for process, start in zip(watched, before, strict=True)]
    finally:
        for sleeper in sleepers:
            sleeper.send_signal(signal.SIGKILL)
            sleeper.wait()
    helper, gate = (100 * each / REST_S for each in used)
    print(f"\n{RULES} rules, {PROCESSES} processes at rest: gate {gate:.2f} % of a core, whole helper {helper:.2f} %")
    assert gate < WIDE * PERCENT_OF_A_CORE
