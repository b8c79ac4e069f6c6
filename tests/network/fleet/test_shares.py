"""Does every bandwidth class keep what is reserved for it while others want everything? With tc and iperf3."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.conftest import until
from tests.network.fleet.asking import Flow, until_answered
from tests.network.fleet.stage import Stage, node_of
from wgtray.lab import netns

TEXT = (Path(__file__).parent / "fleet.toml").read_text()
NODE = "fra-a"
SECONDS = 6
CLASSES = {"business": (5201, 1), "bulk": (5202, 8)}
"""Port, and how many streams it competes with: the one with the larger share has the fewer."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("iperf3") is None, reason="needs Debian's iperf3")]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    if os.geteuid() != 0:
        pytest.skip("needs root for network namespaces")
    with Stage.up(TEXT, {"erin": ["load", "staff"]}) as made:
        made.render()
        made.apply(NODE)
        made.connect("erin", NODE)
        ready: set[Flow] = {("tcp", "10.20.0.10", 443)}
        until_answered(made.users["erin"].netns, ready)
        servers = [
            made.corp.popen(["iperf3", "-s", "-p", str(port)], stdout=subprocess.DEVNULL)
            for port, _ in CLASSES.values()
        ]
        until(lambda: all(f":{port} " in made.corp.run(["ss", "-Hltn"]).stdout for port, _ in CLASSES.values()))
        yield made
        for server in servers:
            server.kill()
            server.wait()


def goodput_mbit(stage: Stage, names: list[str], *options: str) -> dict[str, float]:
    """What each class gets, all at the same time."""
    running = {}
    for name in names:
        port, streams = CLASSES[name]
        argv = [
            "iperf3",
            "-J",
            "-c",
            "10.20.0.10",
            "-p",
            str(port),
            "-P",
            str(streams),
            "-t",
            str(SECONDS),
            "-O",
            "1",
            *options,
        ]
        running[name] = stage.users["erin"].popen(argv, stdout=subprocess.PIPE)
    found = {}
    for name, process in running.items():
        said = json.loads(process.communicate(timeout=60)[0])
        assert "error" not in said, said["error"]
        found[name] = said["end"]["sum_received"]["bits_per_second"] / 1e6
    return found


@pytest.mark.network
@pytest.mark.parametrize("options", [(), ("-R",)], ids=["towards-the-company", "towards-the-user"])
def test_a_class_keeps_its_reservation_within_ten_percent(stage: Stage, options: tuple[str, ...]) -> None:
    bandwidth = node_of(stage.fleet, NODE).bandwidth_mbit
    reserved: dict[str, float] = {each.name: bandwidth * each.reserved_percent / 100 for each in stage.fleet.classes}
    alone = goodput_mbit(stage, ["bulk"], *options)["bulk"]
    together = goodput_mbit(stage, ["business", "bulk"], *options)
    print(f"\n{options or 'up'}: reserved {reserved}, alone {alone:.1f}, together {together} Mbit/s")
    assert alone > 1.5 * reserved["bulk"], "it borrows what is idle, so below it has to give something up"
    for name, got in together.items():
        assert got >= 0.9 * reserved[name]
    assert sum(together.values()) <= 1.05 * bandwidth


def test_the_lab_is_faster_than_what_is_divided(stage: Stage) -> None:
    """Else the shares would say nothing about tc."""
    netns.run(netns.enter(stage.nodes[NODE].netns, ["tc", "qdisc", "delete", "dev", "eth1", "root"]))
    try:
        assert goodput_mbit(stage, ["bulk"])["bulk"] > 1.3 * node_of(stage.fleet, NODE).bandwidth_mbit
    finally:
        stage.run_apply(NODE)
