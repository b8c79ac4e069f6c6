"""The company behind a node is gone, or large packets are: the node itself answers, and is left all the same."""

import sys
import time

import pytest

from tests.network.conftest import Desk, until
from tests.network.test_failover import COMPANY, STREAM
from wgtray.lab import Lab

pytestmark = pytest.mark.network

TCP_CHECK = f"tcp://{COMPANY}:7"


def connect(desk: Desk, lab: Lab, check: str = TCP_CHECK) -> None:
    failover = {"check": check, "failback_after_s": 3.0, "interval_s": 1.0}
    desk.imported(lab.profile_toml(sections={"failover": failover}))
    desk.connected()
    until(lambda: all(node.health == "up" for node in desk.snapshot().nodes))


def codes(desk: Desk) -> set[str]:
    return {problem.code for problem in desk.snapshot().problems}


def answers(desk: Desk, address: str) -> bool:
    return desk.place.run(["ping", "-c1", "-W1", address], check=False).returncode == 0


@pytest.mark.parametrize("check", [TCP_CHECK, f"icmp://{COMPANY}", f"tcp://{COMPANY}:9"])
def test_a_node_without_the_company_behind_it_is_left_although_it_answers(desk: Desk, lab: Lab, check: str) -> None:
    connect(desk, lab, check)
    stream = desk.place.popen([sys.executable, "-c", STREAM, "8"], stdout=-1)
    time.sleep(1.5)
    cut_at = time.time()
    lab.node("fra").cut_off()
    until(lambda: desk.snapshot().last_switch is not None, 6)
    shown = desk.snapshot()
    assert shown.last_switch is not None
    print(f"left {shown.last_switch.at - cut_at:.2f} s after the cut, detect_ms {shown.last_switch.detect_ms}")
    assert (shown.last_switch.from_node, shown.last_switch.to_node) == ("fra", "ams")
    assert shown.last_switch.reason == "company-side"
    assert "node-cut-off" in codes(desk)
    assert next(node.health for node in shown.nodes if node.name == "fra") == "down"
    assert answers(desk, lab.node("fra").probe[0])
    assert answers(desk, COMPANY)
    stream.kill()
    stream.communicate()


@pytest.mark.slow
def test_a_cut_off_node_is_taken_back_once_the_company_answers_through_it(desk: Desk, lab: Lab) -> None:
    connect(desk, lab)
    lab.node("fra").cut_off()
    until(lambda: desk.snapshot().node == "ams", 10)
    time.sleep(5.0)
    assert "node-cut-off" in codes(desk)
    assert desk.snapshot().node == "ams"
    assert answers(desk, COMPANY)
    lab.node("fra").normal()
    until(lambda: "node-cut-off" not in codes(desk), 20)
    until(lambda: desk.snapshot().node == "fra", 25)
    assert answers(desk, COMPANY)


def test_when_no_node_reaches_the_company_nobody_moves_and_it_is_said(desk: Desk, lab: Lab) -> None:
    connect(desk, lab)
    for node in lab.nodes:
        node.cut_off()
    until(lambda: "company-unreachable" in codes(desk), 15)
    assert desk.snapshot().last_switch is None
    assert desk.snapshot().state == "connected"
    for node in lab.nodes:
        node.normal()
    until(lambda: "company-unreachable" not in codes(desk), 20)
    assert desk.snapshot().last_switch is None
    assert answers(desk, COMPANY)


@pytest.mark.slow
def test_at_rest_the_check_is_no_traffic_and_costs_little(desk: Desk, lab: Lab) -> None:
    desk.imported(lab.profile_toml(sections={"failover": {"check": TCP_CHECK}}))
    desk.connected()
    time.sleep(4.0)
    before = desk.snapshot().traffic
    time.sleep(10.5)
    after = desk.snapshot().traffic
    assert before.tx_bytes is not None
    assert after.tx_bytes is not None
    print(f"{(after.tx_bytes - before.tx_bytes) / 10.5:.0f} B/s at rest")
    assert (after.tx_bytes - before.tx_bytes) / 10.5 < 1000


def test_a_node_that_large_packets_do_not_reach_is_left_for_one_that_they_do(desk: Desk, lab: Lab) -> None:
    connect(desk, lab)
    lab.node("fra").shape(mtu=1300)
    began = time.time()
    until(lambda: desk.snapshot().last_switch is not None, 40)
    shown = desk.snapshot()
    assert shown.last_switch is not None
    print(f"left {shown.last_switch.at - began:.2f} s later, detect_ms {shown.last_switch.detect_ms}")
    assert (shown.last_switch.to_node, shown.last_switch.reason) == ("ams", "mtu")
    assert "node-narrow" in codes(desk)


@pytest.mark.slow
def test_packets_too_large_for_every_node_move_nobody_and_are_told(desk: Desk, lab: Lab) -> None:
    for node in lab.nodes:
        node.shape(mtu=1300)
    connect(desk, lab)
    until(lambda: "mtu-too-large" in codes(desk), 12)
    problem = next(problem for problem in desk.snapshot().problems if problem.code == "mtu-too-large")
    assert problem.args == {"mtu": 1420}
    assert desk.snapshot().last_switch is None
