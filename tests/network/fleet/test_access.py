"""Does a rendered node let through what the fleet file says, and nothing else? With nft and WireGuard as they are."""

import ipaddress
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.network.conftest import until
from tests.network.fleet.asking import Flow, answered, until_answered
from tests.network.fleet.nflog import Log
from tests.network.fleet.stage import PUBLIC, Stage
from wgtray.fleet.parts import ports
from wgtray.fleet.users import revoked_text

TEXT = (Path(__file__).parent / "fleet.toml").read_text()
USERS = {
    "alice": ["staff"],
    "bob.b-2": ["finance"],
    "carol": ["staff", "finance"],
    "dave": ["operations"],
    "erin": ["load"],
}

INTRANET: set[Flow] = {("tcp", host, port) for host in ("10.20.0.10", "fd20::10") for port in (443, 8000, 8010, 8080)}
NAMES: set[Flow] = {("udp", host, 53) for host in ("10.20.0.53", "fd20::53")}
ERP: set[Flow] = {("tcp", host, 3200) for host in ("10.30.0.10", "fd20::77")}
LOAD: set[Flow] = {("tcp", "10.20.0.10", port) for port in (5201, 5202)}
NOBODYS: set[Flow] = {
    ("tcp", "10.20.0.10", 22), ("tcp", "fd20::10", 22), ("tcp", "10.20.0.10", 7999), ("tcp", "10.20.0.10", 8011),
    ("udp", "10.20.0.10", 443), ("udp", "fd20::10", 443), ("tcp", "10.20.0.53", 53), ("tcp", "fd20::53", 53),
    ("tcp", "10.20.7.7", 443), ("tcp", "10.30.0.10", 443), ("udp", "10.30.0.10", 3200), ("tcp", "fd20::10", 5201),
}  # fmt: skip
INTERNET: set[Flow] = {(proto, host, 7) for proto in ("tcp", "udp") for host in PUBLIC}
ALL = INTRANET | NAMES | ERP | LOAD | NOBODYS | INTERNET
MAY = {
    "alice": INTRANET | NAMES | INTERNET,
    "bob.b-2": ERP,
    "carol": INTRANET | NAMES | ERP | INTERNET,
    "dave": INTRANET | NAMES | ERP | LOAD | NOBODYS,
    "erin": LOAD,
}
ECHO = """
import socketserver, sys, threading
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(64))
class Server(socketserver.ThreadingTCPServer):
    address_family, daemon_threads = 10, True
for port in (5201, 5202):
    threading.Thread(target=Server(("::", port), Echo).serve_forever).start()
"""
"""Ports that the stage leaves to iperf3; both families on one socket."""
NODE = "fra-a"

pytestmark = [pytest.mark.network, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    if os.geteuid() != 0:
        pytest.skip("needs root for network namespaces")
    with Stage.up(TEXT, USERS) as made:
        made.render()
        made.apply(NODE)
        echo = made.corp.popen([sys.executable, "-c", ECHO])
        for name in USERS:
            made.connect(name, NODE)
        for name in USERS:
            until_answered(made.users[name].netns, MAY[name])
        yield made
        echo.kill()
        echo.wait()


@pytest.fixture(scope="module")
def seen(stage: Stage) -> dict[str, set[Flow]]:
    """What each user is answered, of everything; all ask at once."""
    with ThreadPoolExecutor(len(USERS)) as pool:
        found = pool.map(lambda name: answered(stage.users[name].netns, ALL, 1.0), USERS)
        return dict(zip(USERS, found, strict=True))


def test_every_pair_of_group_and_service_is_among_them(stage: Stage) -> None:
    fleet = stage.fleet
    assert {group.name for group in fleet.groups} == {group for groups in USERS.values() for group in groups}
    for service in fleet.services:
        nets = [ipaddress.ip_network(net) for net in service.addresses]
        asked = [flow for flow in ALL if any(ipaddress.ip_address(flow[1]) in net for net in nets)]
        assert {4, 6} & {net.version for net in nets} == {ipaddress.ip_address(flow[1]).version for flow in asked}
        for proto in ("tcp", "udp"):
            for first, last in map(ports, getattr(service, proto)):
                assert any(flow[0] == proto and first <= flow[2] <= last for flow in asked), service.name


@pytest.mark.parametrize("name", USERS)
def test_every_flow_is_allowed_or_refused_as_written(seen: dict[str, set[Flow]], name: str) -> None:
    assert seen[name] == MAY[name]


@pytest.mark.parametrize(("name", "answers"), [("alice", True), ("bob.b-2", False)])
@pytest.mark.parametrize("host", ["10.20.0.10", "fd20::10"])
def test_pings_are_allowed_or_refused_as_written(stage: Stage, name: str, host: str, answers: bool) -> None:
    done = stage.users[name].run(["ping", "-c", "1", "-W", "1", host], check=False)
    assert (done.returncode == 0) == answers


def test_the_company_sees_the_user_and_the_internet_sees_the_node(stage: Stage) -> None:
    asked = "import socket,sys; print(socket.create_connection((sys.argv[1], 8080), 3).makefile().read())"
    seen = [
        stage.users[name].run(["python3", "-c", asked, host]).stdout.strip()
        for name, host in (("dave", "10.20.7.7"), ("alice", PUBLIC[0]), ("alice", PUBLIC[1]))
    ]
    assert seen == [stage.user("dave").addresses[0], *stage.outside(NODE)]


def test_users_do_not_reach_each_other_and_the_company_does_not_reach_them_unasked(stage: Stage) -> None:
    alice = stage.user("alice")
    echo = "import socket; s = socket.create_server(('0.0.0.0', 7)); c, _ = s.accept(); c.sendall(c.recv(9)); c.recv(9)"
    server = stage.users["alice"].popen(["python3", "-c", echo])
    try:
        to_alice: set[Flow] = {("tcp", alice.addresses[0], 7)}
        assert answered(stage.users["dave"].netns, to_alice, 0.7) == set()
        assert answered(stage.corp.netns, to_alice, 0.7) == set()
        until_answered(stage.users["alice"].netns, to_alice)  # it was there all the time
    finally:
        server.kill()
        server.wait()


def test_a_node_itself_answers_pings_and_nothing_else_of_users(stage: Stage) -> None:
    hosts = ("10.66.255.1", "fd66::ff01", "10.20.255.11")
    own: set[Flow] = {(proto, host, port) for proto in ("tcp", "udp") for host in hosts for port in (22, 9100)}
    ping = stage.users["dave"].run(["ping", "-c", "1", "-W", "1", "10.66.255.1"], check=False)
    assert ping.returncode == 0
    rules = stage.nodes[NODE].run(["nft", "list", "chain", "inet", "wgtray_fleet", "to_node"]).stdout
    dropped = re.findall(r'iifname "f\w+" ip6? daddr != \S+ counter packets (\d+)', rules)
    assert answered(stage.users["dave"].netns, own, 0.5) == set()
    after = stage.nodes[NODE].run(["nft", "list", "chain", "inet", "wgtray_fleet", "to_node"]).stdout
    assert re.findall(r'iifname "f\w+" ip6? daddr != \S+ counter packets (\d+)', after) != dropped


def test_another_users_address_is_refused(stage: Stage) -> None:
    """Bob's right is Bob's address; Alice, with it on her interface, gets nothing by it."""
    bob = stage.user("bob.b-2").addresses[0]
    link = f"f{stage.id}u0"
    stage.users["alice"].run(["ip", "address", "add", bob, "dev", link])
    try:
        wanted: set[Flow] = {("tcp", "10.30.0.10", 3200)}
        own: set[Flow] = {("tcp", "10.20.0.10", 443)}
        assert answered(stage.users["alice"].netns, own, source=stage.user("alice").addresses[0]) == own
        before = _seen(stage)
        assert answered(stage.users["alice"].netns, wanted, 0.7, source=bob) == set()
        assert _seen(stage) == before, "the node has seen a packet under a false name"
        assert answered(stage.users["bob.b-2"].netns, wanted) == wanted
    finally:
        stage.users["alice"].run(["ip", "address", "delete", f"{bob}/32", "dev", link])


def _seen(stage: Stage) -> int:
    """How many packets the node let through to the ERP."""
    listed = stage.nodes[NODE].run(["nft", "list", "chain", "inet", "wgtray_fleet", "service_erp_1"]).stdout
    return sum(int(count) for count in re.findall(r"packets (\d+)", listed))


def test_inner_addresses_from_elsewhere_than_the_tunnel_are_dropped(stage: Stage) -> None:
    spoofed, target = stage.user("dave").addresses[0], stage.outside(NODE)[0]
    net = stage.net
    net.run(["ip", "address", "add", f"{spoofed}/32", "dev", "lo"])
    try:
        before = _counter(stage, "first")
        net.run(["ping", "-c", "2", "-i", "0.2", "-W", "1", "-I", spoofed, target], check=False)
        assert _counter(stage, "first") == before + 2
    finally:
        net.run(["ip", "address", "delete", f"{spoofed}/32", "dev", "lo"])


def _counter(stage: Stage, chain: str) -> int:
    listed = stage.nodes[NODE].run(["nft", "list", "chain", "inet", "wgtray_fleet", chain]).stdout
    return sum(int(count) for count in re.findall(r"packets (\d+)", listed))


def test_a_refusal_is_logged_and_counted_with_the_users_name(stage: Stage) -> None:
    with Log(stage.nodes[NODE].netns, 66) as log:
        answered(stage.users["bob.b-2"].netns, [("tcp", "10.20.0.10", 443), ("tcp", "fd20::10", 443)], 0.5)
        logged = log.prefixes()
        assert answered(stage.users["bob.b-2"].netns, ERP) == ERP
        assert log.prefixes(0.2) == []
    assert set(logged) == {"wgtray denied bob.b-2 "}
    file = stage.place / "wgtray.prom"
    stage.nodes[NODE].run(["python3", str(stage.homes[NODE] / "metrics.py"), str(file)])
    text = file.read_text()
    refused = re.search(r'wgtray_refused_packets_total{user="bob.b-2"} (\d+)', text)
    assert refused
    assert int(refused[1]) >= 2
    assert "wgtray_peers 5\nwgtray_peers_active" not in text  # each metric has its own heading
    assert re.search(r"^wgtray_peers_active 5$", text, re.MULTILINE)
    assert re.search(r'^wgtray_class_bytes_total{device="eth1",class="1"} [1-9]', text, re.MULTILINE)
    assert re.search(r'^wgtray_bytes_total{user="alice",direction="received"} [1-9]', text, re.MULTILINE)
    assert stage.keys["fra"].private not in text


def test_a_revoked_user_is_cut_within_a_second_of_applying_also_in_the_middle_of_a_flow(stage: Stage) -> None:
    place = stage.users["carol"].netns
    talk = (
        "import socket,time,sys\n"
        "s = socket.create_connection(('10.30.0.10', 3200), 3); s.settimeout(0.2)\n"
        "while True:\n"
        "    s.send(b'x')\n"
        "    try: s.recv(9); print(time.monotonic(), flush=True)\n"
        "    except TimeoutError: pass\n"
        "    time.sleep(0.02)\n"
    )
    with (stage.place / "talk").open("wb") as out:
        running = stage.users["carol"].popen(["python3", "-c", talk], stdout=out)
    file = stage.place / "users" / "carol.toml"
    kept = file.read_text()
    try:
        until(lambda: (stage.place / "talk").read_text().count("\n") > 5)
        file.write_text(revoked_text(kept, "2026-01-02"))
        stage.render()
        assert answered(place, MAY["carol"]) == MAY["carol"]
        stage.apply(NODE)
        applied = time.monotonic()
        time.sleep(1.5)
        last = float((stage.place / "talk").read_text().splitlines()[-1])
        assert last - applied < 1.0
        assert answered(place, MAY["carol"], 0.7) == set()
        others = {name: answered(stage.users[name].netns, MAY[name]) for name in ("alice", "dave")}
        assert others == {name: MAY[name] for name in others}
    finally:
        running.kill()
        running.wait()
        file.write_text(kept)
        stage.render()
        stage.apply(NODE)


def test_what_is_not_written_is_default_deny_also_for_a_peer_without_rights(stage: Stage) -> None:
    """A user whose groups lost every service still has a tunnel, and reaches nothing through it."""
    text = (stage.place / "fleet.toml").read_text()
    try:
        (stage.place / "fleet.toml").write_text(text.replace('services = ["erp"]', "services = []"))
        stage.render()
        stage.apply(NODE)
        assert answered(stage.users["bob.b-2"].netns, ALL, 0.7) == set()
    finally:
        (stage.place / "fleet.toml").write_text(text)
        stage.render()
        stage.apply(NODE)
    until_answered(stage.users["bob.b-2"].netns, ERP)


def test_applying_again_leaves_sessions_and_queues_as_they_are(stage: Stage) -> None:
    """Adding somebody must not be felt by the others."""
    place = stage.nodes[NODE]
    tunnel = next(node.tunnel for node in stage.fleet.nodes if node.name == NODE)

    def state() -> tuple[set[str], bool]:
        """Sessions, and whether the queues have counted anything since they were made."""
        sent = re.findall(r"Sent (\d+) bytes", place.run(["tc", "-s", "class", "show", "dev", "eth1"]).stdout)
        return set(place.run(["wg", "show", tunnel, "latest-handshakes"]).stdout.splitlines()), any(map(int, sent))

    answered(stage.users["alice"].netns, INTRANET)
    before = state()
    assert before[1]
    stage.apply(NODE)
    assert state() == before
    assert answered(stage.users["alice"].netns, INTRANET, 0.5) == INTRANET
