"""A node whose endpoint is a name with many addresses: one that works is found, kept, and left when it dies."""

import itertools
import json
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from tests.network import nameserver
from tests.network.conftest import Desk, until
from tests.network.nameserver import NameServer
from tests.network.outside import dropped, nearer_address
from tests.network.test_failover import STREAM
from wgtray.ipc import messages
from wgtray.lab import Lab

pytestmark = pytest.mark.network

COMPANY = "10.20.0.10"
DEAD = "203.0.113.99"
NOTICED_MS = 300


@pytest.fixture
def names(lab: Lab) -> Iterator[NameServer]:
    """The name server of the first client's LAN, on its router; every node has its own address there."""
    with nameserver.running(lab, lab.wan, lab.clients[0].gateway[0]) as server:
        server.says({host(node.name): list(node.public) for node in lab.nodes})
        yield server


@pytest.fixture
def named(bare: Desk, lab: Lab, names: NameServer) -> Iterator[Desk]:
    """The first client's machine with a helper that asks that server, and a profile with names."""
    bare.start("--resolv-conf", str(names.resolv_conf))
    bare.imported(with_names(lab))
    yield bare
    for node in lab.nodes:
        node.normal()


def host(node: str) -> str:
    return f"{node}.vpn.example"


def with_names(lab: Lab, text: str | None = None) -> str:
    text = lab.profile_toml() if text is None else text
    for node in lab.nodes:
        text = text.replace(f'"{node.endpoint}"', f'"{host(node.name)}:51820"')
    return text


def endpoint(desk: Desk, node: str) -> str:
    return next(one.endpoint for one in desk.snapshot().nodes if one.name == node)


def addresses(lab: Lab, **of: list[str]) -> dict[str, list[str]]:
    """Every node at its first address, but for those that are said otherwise."""
    return {host(node.name): of.get(node.name, [node.public[0]]) for node in lab.nodes}


def test_names_are_resolved_and_the_company_is_reached_at_once(named: Desk) -> None:
    began = time.monotonic()
    named.connected()
    print(f"connected by name after {(time.monotonic() - began) * 1000:.0f} ms")
    assert time.monotonic() - began < 2.5
    assert named.place.run(["ping", "-c1", "-W2", COMPANY], check=False).returncode == 0


def test_a_first_address_that_is_dead_costs_a_moment(named: Desk, lab: Lab, names: NameServer) -> None:
    names.says(addresses(lab, fra=[DEAD, "203.0.113.11"], ams=[DEAD], sin=[DEAD]))
    named.imported(with_names(lab))
    began = time.monotonic()
    named.connected()
    assert time.monotonic() - began < 2.5
    assert endpoint(named, "fra") == "203.0.113.11:51820"


def test_where_pings_are_dropped_addresses_are_tried_by_handshake(named: Desk, lab: Lab, names: NameServer) -> None:
    names.says(addresses(lab, fra=[DEAD, "203.0.113.11"], ams=[DEAD], sin=[DEAD]))
    with dropped(lab, ["ip protocol icmp"]):
        named.imported(with_names(lab))
        began = time.monotonic()
        named.connected()
        print(f"second address by handshake after {time.monotonic() - began:.1f} s")
        assert time.monotonic() - began < 6
        assert endpoint(named, "fra") == "203.0.113.11:51820"


def test_an_address_that_answers_pings_and_is_not_the_node_is_left(named: Desk, lab: Lab, names: NameServer) -> None:
    lab.node("ams").shape(delay_ms=5.0)
    names.says(addresses(lab, fra=["203.0.113.12", "203.0.113.11"], ams=[DEAD], sin=[DEAD]))
    named.imported(with_names(lab))
    until(lambda: endpoint(named, "fra") == "203.0.113.12:51820", 3)
    named.connected()
    assert endpoint(named, "fra") == "203.0.113.11:51820"


def test_the_nearest_of_several_addresses_is_used(named: Desk, lab: Lab, names: NameServer) -> None:
    with nearer_address(lab, lab.node("fra")) as near:
        names.says(addresses(lab, fra=["203.0.113.11", near, "2001:db8:113::11"]))
        named.imported(with_names(lab))
        until(lambda: endpoint(named, "fra") == f"{near}:51820")  # a tunnel stays where it was built
        named.connected()
        assert endpoint(named, "fra") == f"{near}:51820"
        until(lambda: (named.snapshot().nodes[0].rtt_ms or 99) < 15, 5)


@pytest.mark.slow
def test_another_answer_keeps_the_session_and_is_used_once_the_address_dies(
    named: Desk, lab: Lab, names: NameServer
) -> None:
    with nearer_address(lab, lab.node("fra")) as other:
        names.says(addresses(lab))
        named.imported(with_names(lab))
        named.connected()
        assert named.wgtray("node", "fra").returncode == 0
        until(lambda: named.snapshot().node == "fra")
        stream = named.place.popen([sys.executable, "-c", STREAM, "4"], stdout=-1)
        time.sleep(0.5)
        names.says(addresses(lab, fra=[DEAD, other]))  # forged or true: nothing that works is moved by it
        lab.node("ams").silent()  # a named node that falls silent has all names looked up
        until(lambda: sorted(kept(named, "fra")[1:]) == sorted([f"{DEAD}:51820", f"{other}:51820"]), 10)
        assert kept(named, "fra")[0] == "203.0.113.11:51820"
        output, _ = stream.communicate(timeout=10)
        assert max(gaps_ms(json.loads(output))) < NOTICED_MS
        assert endpoint(named, "fra") == "203.0.113.11:51820"
        assert named.snapshot().last_switch is None or named.snapshot().node == "fra"
        lab.node("sin").silent()
        with dropped(lab, ["ip daddr 203.0.113.11"]):
            until(lambda: endpoint(named, "fra") == f"{other}:51820", 12)
            until(lambda: named.snapshot().state == "connected", 5)
            assert named.place.run(["ping", "-c1", "-W2", COMPANY], check=False).returncode == 0


@pytest.mark.slow
def test_names_are_resolved_past_the_holds_of_a_network_that_has_the_name_server(
    named: Desk, lab: Lab, names: NameServer
) -> None:
    server = names.address
    around = [*lab_networks(), "192.168.77.0/24"]
    named.imported(with_names(lab, lab.profile_toml(networks=around)))
    assert named.place.run(["ping", "-c1", "-W1", server], check=False).returncode == 0
    named.connected()
    named.reboot()
    (named.state_dir / "endpoints.json").unlink()
    with dropped(lab, ["udp dport 51820"]):
        named.start("--resolv-conf", str(names.resolv_conf))
        until(lambda: named.snapshot().state in ("connecting", "blocked"))
        until(lambda: endpoint(named, "fra") == "203.0.113.11:51820", 5)
        assert named.place.run(["ping", "-c1", "-W1", server], check=False).returncode != 0
    until(lambda: named.snapshot().state == "connected", 15)


def test_a_restarted_helper_goes_on_with_the_address_that_worked(named: Desk, lab: Lab, names: NameServer) -> None:
    named.connected()
    until(lambda: (named.state_dir / "endpoints.json").exists())
    names.says({})
    named.stop(signal.SIGKILL)
    named.start("--resolv-conf", str(names.resolv_conf))
    until(lambda: named.snapshot().state == "connected")
    named.reboot()
    named.start("--resolv-conf", str(names.resolv_conf))
    until(lambda: named.snapshot().state == "connected")
    assert "name-unresolved" not in [
        problem.code for problem in named.snapshot().problems if problem.severity == "error"
    ]


def test_the_file_of_an_earlier_version_is_read(named: Desk, lab: Lab, names: NameServer) -> None:
    named.stop()
    names.says({})
    (named.state_dir / "endpoints.json").write_text(json.dumps({node.name: node.endpoint for node in lab.nodes}))
    named.start("--resolv-conf", str(names.resolv_conf))
    assert isinstance(named.ask(messages.Connect()), messages.Done)
    until(lambda: named.snapshot().state == "connected")


def lab_networks() -> list[str]:
    from wgtray.lab.spec import COMPANY_NETWORKS

    return list(COMPANY_NETWORKS)


def kept(desk: Desk, node: str) -> list[str]:
    found: dict[str, list[str]] = json.loads((desk.state_dir / "endpoints.json").read_text().splitlines()[0])
    return found.get(node, [])


def gaps_ms(answers: list[float]) -> list[float]:
    return [(after - before) * 1000 for before, after in itertools.pairwise(answers)]
