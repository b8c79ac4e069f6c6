"""Is the lab what it says: real WireGuard, the ordered internet, and nothing left behind?"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wgtray.lab import Client, Lab, LabError, Node, NodeSpec, make, netns
from wgtray.lab.spec import COMPANY_NETWORKS, PUBLIC_HOST, WG_SOCKETS

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("wireguard-go"), reason="needs root and wireguard-go"),
]

ROOT = Path(__file__).parents[2]
HAND = "byhand"  # the client's WireGuard in these tests; unique on the machine with the lab's id behind it

# Sends a line every 10 ms on one TCP connection and says at the end what came of it.
TCP_ECHO = """
import json, socket, sys, time
s = socket.create_connection((sys.argv[1], 7), 5)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.settimeout(10)
end, last, gap, count = time.monotonic() + float(sys.argv[2]), time.monotonic(), 0.0, 0
print("connected", flush=True)
while time.monotonic() < end:
    s.sendall(b"%07d\\n" % count)
    assert s.recv(8, socket.MSG_WAITALL) == b"%07d\\n" % count
    now = time.monotonic()
    gap, last, count = max(gap, now - last), now, count + 1
    time.sleep(0.01)
print(json.dumps({"count": count, "gap_ms": gap * 1000}))
"""

ASK_WHO = """
import socket, sys
s = socket.create_connection((sys.argv[1], 8080), 5)
print(s.recv(100).decode().strip())
"""

OWNER = """
import json, os, signal, subprocess, sys
from wgtray.lab import Lab
lab = Lab.up()
helper = f"wgtray{lab.id}"
lab.client.run(["wireguard-go", helper])
lab.client.popen(["sleep", "1000"])
print(json.dumps({"id": lab.id, "helper": helper, "netns": lab.layout.namespaces}), flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.up() as lab:
        connect(lab, lab.client)
        yield lab


@pytest.fixture(autouse=True)
def _repaired(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "lab" in request.fixturenames:
        built: Lab = request.getfixturevalue("lab")
        for node in built.nodes:
            node.normal()
        carry(built, "fra")


def hand(lab: Lab) -> str:
    return f"{HAND}{lab.id}"


def connect(lab: Lab, client: Client) -> None:
    """A plain WireGuard client, as someone would set it up by hand."""
    interface = hand(lab)
    conf = "".join(line for line in lab.conf_text().splitlines(keepends=True) if not line.startswith("Address"))
    client.run(["wireguard-go", interface])
    client.run(["wg", "setconf", interface, "/dev/stdin"], input=conf)
    for address in client.tunnel:
        client.run(["ip", "address", "add", address, "dev", interface])
    client.run(["ip", "link", "set", interface, "mtu", "1420", "up"])
    for network in (*COMPANY_NETWORKS, "10.66.255.0/24", "fd66::ff00/120"):
        client.run(["ip", "route", "add", network, "dev", interface])
    for node in lab.nodes:
        assert answers(client, node.probe[0])


def carry(lab: Lab, name: str, *more: str) -> None:
    """Let this node carry the company's networks, and nobody else."""
    command = ["wg", "set", hand(lab)]
    for node in lab.nodes:
        allowed = [
            *node.probe,
            *(COMPANY_NETWORKS if node.name == name else ()),
            *(more if node.name == name else ()),
        ]
        command += ["peer", node.public_key, "allowed-ips", ",".join(allowed)]
    lab.client.run(command)


def ping_ms(client: Client, address: str, count: int = 10) -> float | None:
    """The median round trip, None if nothing came back."""
    done = client.run(["ping", "-n", "-c", str(count), "-i", "0.05", "-W", "1", address], check=False)
    times = sorted(float(found) for found in re.findall(r"time=([\d.]+) ms", done.stdout))
    return times[len(times) // 2] if times else None


def answers(client: Client, address: str) -> bool:
    return ping_ms(client, address, 2) is not None


def close_to(measured: float | None, ordered: float) -> bool:
    return measured is not None and ordered - 0.5 <= measured <= ordered * 1.25 + 3


def who(client: Client, address: str) -> str:
    return client.run([sys.executable, "-c", ASK_WHO, address]).stdout.strip()


def eventually(true: Callable[[], bool], limit_s: float = 10.0) -> bool:
    limit = time.monotonic() + limit_s
    while time.monotonic() < limit:
        if true():
            return True
        time.sleep(0.02)
    return true()


def test_a_lab_is_up_in_less_than_ten_seconds(lab: Lab) -> None:
    print(f"\nLab.up() took {lab.up_s:.2f} s")
    assert lab.up_s < 10


@pytest.mark.parametrize("address", ["10.20.0.10", "10.30.0.10", "fd20::10"])
def test_the_company_answers_through_every_node(lab: Lab, address: str) -> None:
    for node in lab.nodes:
        carry(lab, node.name)
        assert close_to(ping_ms(lab.client, address), node.at.spec.delay_ms), node.name


def test_the_company_sees_the_clients_tunnel_address(lab: Lab) -> None:
    assert who(lab.client, "10.30.0.10") == "10.66.0.10"
    assert who(lab.client, "fd20::10") == "fd66::10"


def test_the_company_is_not_reached_outside_the_tunnel(lab: Lab) -> None:
    done = lab.client.run(["ping", "-c1", "-W1", "-I", "lan0", "10.20.0.10"], check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("family", [0, 1])
def test_round_trips_are_as_ordered_outside_and_inside(lab: Lab, family: int) -> None:
    for node in lab.nodes:
        outside, inside = ping_ms(lab.client, node.public[family]), ping_ms(lab.client, node.probe[family])
        print(f"\n{node.name}: ordered {node.at.spec.delay_ms} ms, outside {outside} ms, inside {inside} ms")
        assert close_to(outside, node.at.spec.delay_ms)
        assert close_to(inside, node.at.spec.delay_ms)


def test_a_new_shape_holds_at_once(lab: Lab) -> None:
    fra = lab.node("fra")
    fra.shape(delay_ms=80)
    assert close_to(ping_ms(lab.client, fra.public[0]), 80)
    fra.slow()
    assert close_to(ping_ms(lab.client, fra.probe[0]), 300)
    fra.normal()
    assert close_to(ping_ms(lab.client, fra.probe[0]), 20)


def test_large_packets_vanish_in_an_mtu_black_hole(lab: Lab) -> None:
    lab.node("fra").shape(mtu=1300)
    big = ["ping", "-n", "-c2", "-i", "0.1", "-W", "1", "-M", "do", "-s", "1300", "10.66.255.1"]
    assert lab.client.run(big, check=False).returncode != 0
    assert answers(lab.client, "10.66.255.1")
    lab.node("fra").shape(mtu=None)
    assert lab.client.run(big, check=False).returncode == 0


def test_loss_loses_about_what_was_ordered(lab: Lab) -> None:
    fra = lab.node("fra")
    before = counters(fra)
    fra.lossy(0.3)
    lab.client.run(["ping", "-n", "-q", "-c", "200", "-i", "0.005", "-W", "1", fra.public[0]], check=False)
    after = counters(fra)
    lost = after[1] - before[1]
    assert 0.15 < lost / (lost + after[0] - before[0]) < 0.45


def counters(node: Node) -> tuple[int, int]:
    shape = node.shape()
    carried, dropped = shape["carried"], shape["dropped"]
    assert isinstance(carried, int)
    assert isinstance(dropped, int)
    return carried, dropped


def test_a_silent_node_answers_nothing_and_the_others_do(lab: Lab) -> None:
    fra = lab.node("fra")
    fra.silent()
    for address in (*fra.public, *fra.probe):
        assert not answers(lab.client, address)
    assert answers(lab.client, lab.node("ams").probe[0])
    fra.normal()
    for address in (*fra.public, *fra.probe):
        assert answers(lab.client, address)


@pytest.mark.parametrize(("word", "arrives"), [("deaf", False), ("mute", True)])
def test_deaf_and_mute_are_the_two_directions(lab: Lab, word: str, arrives: bool) -> None:
    fra = lab.node("fra")
    make("fra", word, lab.id)

    def heard() -> int:
        lines = fra.run(["cat", "/proc/net/dev"]).stdout.splitlines()
        return next(int(line.split()[2]) for line in lines if line.strip().startswith("eth0:"))

    before = heard()
    assert not answers(lab.client, fra.public[0])
    assert (heard() - before >= 2) is arrives


@pytest.mark.slow
def test_dead_wireguard_leaves_a_node_that_answers_outside_only(lab: Lab) -> None:
    ams = lab.node("ams")
    make("ams", "wg-dead", lab.id)
    assert answers(lab.client, ams.public[0])
    assert not answers(lab.client, ams.probe[0])
    assert not (WG_SOCKETS / f"{ams.interface}.sock").exists()
    make("ams", "normal", lab.id)
    # A client's WireGuard asks for a new session after 15 s without an answer.
    assert eventually(lambda: answers(lab.client, ams.probe[0]), 25)


def test_a_node_that_is_cut_off_lives_without_the_company(lab: Lab) -> None:
    make("fra", "cut-off", lab.id)
    assert answers(lab.client, "10.66.255.1")
    assert not answers(lab.client, "10.20.0.10")
    carry(lab, "ams")
    assert answers(lab.client, "10.20.0.10")
    carry(lab, "fra")
    make("fra", "normal", lab.id)
    assert answers(lab.client, "10.20.0.10")


def test_a_tcp_connection_survives_the_move_to_another_node(lab: Lab) -> None:
    talk = lab.client.popen([sys.executable, "-c", TCP_ECHO, "10.20.0.10", "3"], stdout=subprocess.PIPE)
    assert talk.stdout is not None
    assert talk.stdout.readline() == b"connected\n"
    for name in ("ams", "fra", "ams"):
        time.sleep(0.5)
        carry(lab, name)
    time.sleep(0.5)
    lab.node("fra").silent()  # nobody needs it any more
    report = json.loads(talk.communicate(timeout=20)[0])
    print(f"\n{report}")
    assert report["count"] > 30
    assert report["gap_ms"] < 1000


def test_the_very_first_packet_through_another_node_is_answered_through_it(lab: Lab) -> None:
    assert answers(lab.client, "10.20.0.10")
    for name in ("ams", "sin", "fra") * 3:
        carry(lab, name)
        once = lab.client.run(["ping", "-n", "-c1", "-W1", "10.20.0.10"], check=False)
        assert once.returncode == 0, name


def test_the_public_host_sees_who_asks(lab: Lab) -> None:
    four, six = PUBLIC_HOST
    assert who(lab.client, four) == lab.client.lan[0]
    assert who(lab.client, six) == lab.client.lan[1]
    carry(lab, "ams", four, six)
    for address in PUBLIC_HOST:
        lab.client.run(["ip", "route", "add", address, "dev", hand(lab)])
    try:
        assert who(lab.client, four) == lab.node("ams").public[0]
        assert who(lab.client, six) == lab.node("ams").public[1]
    finally:
        for address in PUBLIC_HOST:
            lab.client.run(["ip", "route", "del", address, "dev", hand(lab)])


def test_udp_is_echoed_from_the_address_that_was_asked(lab: Lab) -> None:
    code = (
        "import socket, sys\n"
        "for a in sys.argv[1:]:\n"
        "    f = socket.AF_INET6 if ':' in a else socket.AF_INET\n"
        "    s = socket.socket(f, socket.SOCK_DGRAM); s.settimeout(2); s.connect((a, 7)); s.send(b'x')\n"
        "    assert s.recv(9) == b'x', a\n"
    )
    lab.client.run([sys.executable, "-c", code, "10.20.0.10", "10.30.0.10", "fd20::10", *PUBLIC_HOST])


def test_a_node_outside_the_lab_is_refused_with_the_names_there_are(lab: Lab) -> None:
    with pytest.raises(LabError, match="fra, ams, sin"):
        make("par", "silent", lab.id)


def test_the_command_line_breaks_and_repairs_a_node(lab: Lab) -> None:
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "wgtray.lab", *words]
        return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    assert lab.id in command("list").stdout
    assert command("make", "fra", "silent", "--lab", lab.id).returncode == 0
    assert not answers(lab.client, "203.0.113.11")
    assert command("make", "fra", "normal", "--lab", lab.id).returncode == 0
    assert answers(lab.client, "203.0.113.11")
    refused = command("make", "par", "silent", "--lab", lab.id)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr


def test_two_labs_do_not_disturb_each_other(lab: Lab) -> None:
    with ThreadPoolExecutor(2) as pool:
        second, third = pool.map(lambda clients: Lab.up(clients=clients), (1, 2))
    with second, third:
        connect(second, second.client)
        second.node("fra").silent()
        assert not answers(second.client, "10.66.255.1")
        assert answers(lab.client, "10.66.255.1")
        assert answers(third.clients[1], "203.0.113.11")
        with pytest.raises(LabError, match="say which one"):
            make("fra", "normal")
        assert third.clients[0].netns != third.clients[1].netns
        assert who(third.clients[1], PUBLIC_HOST[0]) == "192.168.78.2"
    assert not remains(second)
    assert not remains(third)
    assert answers(lab.client, "10.66.255.1")


def remains(gone: Lab) -> list[str]:
    return what_remains(gone.id, list(gone.layout.namespaces))


def what_remains(lab_id: str, names: list[str]) -> list[str]:
    left = [name for name in names if (netns.NAMES / name).exists()]
    left += [path.name for path in WG_SOCKETS.glob(f"*{lab_id}*")]
    left += [str(path) for path in (Path("/run/wgtray-lab") / lab_id,) if path.exists()]
    left += [repr(words) for _, words in commands() if lab_id.encode() in words]
    return left


def test_ten_nodes_are_no_problem() -> None:
    nodes = [NodeSpec(f"n{number}", delay_ms=5 * number) for number in range(10)]
    with Lab.up(nodes) as lab:
        print(f"\nten nodes: Lab.up() took {lab.up_s:.2f} s")
        assert lab.up_s < 10
        for node in lab.nodes:
            assert close_to(ping_ms(lab.client, node.public[0], 3), node.at.spec.delay_ms)
    assert not remains(lab)


def test_down_can_be_called_twice_and_leaves_nothing() -> None:
    lab = Lab.up()
    sleeper = lab.client.popen(["sleep", "1000"])
    lab.down()
    lab.down()
    assert sleeper.wait(5) == -signal.SIGKILL
    assert not remains(lab)


def test_down_works_without_the_janitor() -> None:
    lab = Lab.up()
    for pid in janitors(lab.id):
        os.kill(pid, signal.SIGKILL)
    lab.down()
    assert not remains(lab)


@pytest.mark.parametrize("janitor_too", [False, True], ids=["owner", "owner and janitor"])
def test_nothing_is_left_of_a_killed_owner(janitor_too: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE) as owner:
        try:
            assert owner.stdout is not None
            report = json.loads(owner.stdout.readline())
            assert eventually(lambda: len(netns.processes(report["netns"])) >= 8)
            inside = netns.processes(report["netns"])
            assert (WG_SOCKETS / f"{report['helper']}.sock").exists()
            if janitor_too:
                for pid in janitors(report["id"]):
                    os.kill(pid, signal.SIGKILL)
        finally:
            owner.kill()
    began = time.monotonic()
    if janitor_too:
        Lab.sweep()
    assert eventually(lambda: not what_remains(report["id"], report["netns"]))
    print(f"\ngone {time.monotonic() - began:.2f} s after the kill")
    assert eventually(lambda: all(ended(pid) for pid in inside))


def janitors(lab_id: str) -> list[int]:
    return [pid for pid, words in commands() if b"wgtray.lab.janitor\0" + lab_id.encode() in words]


def commands() -> Iterator[tuple[int, bytes]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield int(path.parent.name), path.read_bytes()
        except OSError:  # ended just now
            continue


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
