"""What must not leave never leaves: not before the tunnel, not in a switch, not after a death, not past the routes.

Every capture has first heard the same program without wgtray.
"""

import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.network.conftest import Desk, until
from tests.network.shouter import overheard, settle
from tests.network.wire import Wire
from wgtray.ipc import messages
from wgtray.lab import Lab, netns
from wgtray.lab.spec import COMPANY_HOST, WG_PORT

pytestmark = pytest.mark.network

COMPANY = [(host, 7) for host in COMPANY_HOST]
NEVER = set(COMPANY_HOST)


def locked(lab: Lab, lockdown: str = "all", **policy: object) -> str:
    return lab.profile_toml(sections={"policy": {"lockdown": lockdown, **policy}})


def active(desk: Desk) -> str:
    node = desk.snapshot().node
    assert node is not None
    return node


@pytest.mark.parametrize(("lockdown", "mode"), [("apps", "split"), pytest.param("all", "full", marks=pytest.mark.slow)])
@pytest.mark.threat("T46")
def test_company_networks_never_leave_in_the_clear_while_connection_is_wanted(
    desk: Desk, lab: Lab, lockdown: str, mode: str
) -> None:
    desk.imported(locked(lab, lockdown, default_mode=mode))
    with overheard(desk.place, COMPANY) as wire:
        for node in lab.nodes:
            node.silent()
        desk.ask(messages.Connect())
        until(lambda: desk.snapshot().protected)
        wire.packets()  # until then nobody had promised anything

        def quiet(what: str) -> None:
            settle()
            assert not wire.destinations() & NEVER, what

        quiet("before the first handshake")
        until(lambda: desk.snapshot().state == "blocked")
        quiet("while no node answers")
        for node in lab.nodes:
            node.normal()
        until(lambda: desk.snapshot().state == "connected", 30)
        quiet("connected")
        before = active(desk)
        lab.node(before).silent()
        until(lambda: active(desk) != before)
        quiet("switched")
        lab.node(before).normal()
        assert desk.wgtray("node", active(desk)).returncode == 0
        quiet("pinned")
        for other in ("full", "split", mode):
            desk.ask(messages.ChooseMode(other))  # type: ignore[arg-type]  # one of the two, as parametrized
            until(lambda: desk.snapshot().protected)
        quiet("modes changed")
        desk.stop(signal.SIGKILL)
        quiet("the helper killed")
        link = next(
            name for _, name in netns.inside(desk.place.netns, socket.if_nameindex) if name not in ("lo", "lan0")
        )
        desk.place.run(["ip", "link", "delete", link])
        quiet("the interface gone too")
        desk.start()
        until(lambda: desk.snapshot().state == "connected", 30)
        quiet("the helper back")
        desk.stop(signal.SIGTERM)
        quiet("the helper stopped by its service manager")
        desk.start()
        until(lambda: desk.snapshot().state == "connected", 30)
        quiet("back again")


def test_with_everything_locked_only_wireguard_and_the_lan_see_the_cable(desk: Desk, lab: Lab) -> None:
    nodes = {address for node in lab.layout.nodes for address in node.public}
    public, neighbour = list(lab.public_host), lab.client.gateway[0]
    targets = [*COMPANY, *((host, 80) for host in public), *((host, 53) for host in public)]
    targets += [(lab.layout.nodes[0].public[0], 9), (neighbour, 631)]
    desk.imported(locked(lab))
    with overheard(desk.place, targets) as wire:
        desk.ask(messages.Connect())
        until(lambda: desk.snapshot().state == "connected")
        assert wire.during(settle) <= nodes | {neighbour}
        desk.ask(messages.ChooseMode("full"))
        until(lambda: desk.snapshot().protected)
        assert wire.during(settle) <= nodes | {neighbour}
        for node in lab.nodes:
            node.silent()
        until(lambda: desk.snapshot().state == "blocked")
        assert wire.during(settle) <= nodes | {neighbour}
        desk.imported(locked(lab, allow_lan=False))
        until(lambda: desk.snapshot().protected)
        settle()
        assert wire.during(settle) <= nodes
        desk.stop(signal.SIGKILL)
        assert wire.during(settle) <= nodes
        desk.start()


@pytest.mark.threat("T42")
def test_nobody_but_us_reaches_a_node_past_the_tunnel(desk: Desk, lab: Lab) -> None:
    node = lab.layout.nodes[0].public[0]
    desk.imported(locked(lab))
    with overheard(desk.place, [(node, WG_PORT), (node, 443)]) as wire:
        desk.ask(messages.Connect())
        until(lambda: desk.snapshot().state == "connected")
        wire.packets()
        spoken: list[bytes] = []

        def hears() -> bool:
            spoken.extend(wire.to(node))
            return bool(spoken)

        until(hears)
        assert {packet[9] for packet in spoken} <= {1, 17}, "UDP and pings of ours alone"
        assert all(len(packet) > 29 for packet in spoken if packet[9] == 17), "one byte is what the program sends"
        assert desk.wgtray("disconnect").returncode == 0
        settle()
        assert wire.during(settle) == {node}


def test_a_flushed_firewall_is_back_before_anybody_notices(desk: Desk, lab: Lab) -> None:
    desk.imported(locked(lab))
    desk.connected()
    until(lambda: "table inet wgtray" in desk.network())
    for ruin in ("flush ruleset", "delete table inet wgtray", "flush chain inet wgtray sending"):
        before = rules(desk)
        desk.place.run(["nft", *ruin.split()])
        began = time.monotonic()
        until(lambda before=before: rules(desk) == before)  # type: ignore[misc]  # bound in this turn of the loop
        print(f"{ruin}: {(time.monotonic() - began) * 1000:.0f} ms")
        assert time.monotonic() - began < 2.5


def rules(desk: Desk) -> str:
    """Our table without its handles."""
    return desk.place.run(["nft", "list", "table", "inet", "wgtray"], check=False).stdout


TALK = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 4242))
sock.settimeout(float(sys.argv[2]))
print("listening", flush=True)
try:
    print(sock.recvfrom(100)[1][0], flush=True)
except TimeoutError:
    print("nothing", flush=True)
"""

SEND = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 0))
for _ in range(5):
    sock.sendto(b"hello", (sys.argv[2], 4242))
"""


def heard_at(desk: Desk, address: str, send: list[list[str]], place: object) -> str:
    """Who a program of the employee's that listens at ``address`` hears, while these commands run elsewhere."""
    listener = desk.place.popen([sys.executable, "-c", TALK, address, "1"], stdout=subprocess.PIPE)
    assert listener.stdout is not None
    assert listener.stdout.readline() == b"listening\n"
    for argv in send:
        place.run(argv, check=False)  # type: ignore[attr-defined]  # a Place
    return listener.communicate(timeout=5)[0].decode().strip()


@pytest.mark.threat("T43")
def test_what_arrives_at_our_tunnel_address_past_the_tunnel_is_dropped(desk: Desk, lab: Lab) -> None:
    """CVE-2019-14899: a neighbour finds out which address we have there, and sends into our connections."""
    desk.imported(lab.profile_toml())
    desk.connected()
    for mine, attacker in zip(lab.client.tunnel, lab.client.gateway, strict=True):
        six = ["-6"] if ":" in mine else []
        lan = lab.client.lan[1 if six else 0]
        lab.wan.run(["ip", *six, "route", "add", mine, "via", lan])
        try:
            send = [[sys.executable, "-c", SEND, attacker, mine]]
            assert heard_at(desk, mine, send, lab.wan) == "nothing"
            assert desk.helper is not None
            desk.helper.send_signal(signal.SIGSTOP)  # or the table would be back at once
            desk.place.run(["nft", "delete", "table", "inet", "wgtray"])
            assert heard_at(desk, mine, send, lab.wan) == attacker, "the neighbour would not be heard"
            desk.helper.send_signal(signal.SIGCONT)
            until(lambda: "table inet wgtray" in desk.network())
        finally:
            lab.wan.run(["ip", *six, "route", "delete", mine])


def test_in_split_mode_a_node_sends_us_company_sources_alone(desk: Desk, lab: Lab) -> None:
    desk.imported(lab.profile_toml())
    desk.connected()
    node, mine = lab.node(active(desk)), lab.client.tunnel[0]
    device = next(layout.interface for layout in lab.layout.nodes if layout.name == node.name)
    stranger, colleague = "192.0.2.66", "10.20.0.66"
    for address in (stranger, colleague):
        node.run(["ip", "address", "add", f"{address}/32", "dev", device])
        node.run(["ip", "rule", "add", "pref", "90", "from", address, "to", mine, "lookup", "main"])
    try:

        def heard(source: str) -> str:
            return heard_at(desk, mine, [[sys.executable, "-c", SEND, source, mine]], node)

        assert heard(colleague) == colleague
        assert heard(stranger) == "nothing"
        desk.ask(messages.ChooseMode("full"))
        until(lambda: desk.snapshot().mode == "full" and desk.snapshot().protected)
        assert heard(stranger) == stranger, "in full mode everything comes this way"
    finally:
        for address in (stranger, colleague):
            node.run(["ip", "rule", "delete", "pref", "90", "from", address, "to", mine, "lookup", "main"])
            node.run(["ip", "address", "delete", f"{address}/32", "dev", device])


PORT_CALL = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3) as talk:
    print(talk.makefile().readline().strip())
"""


@pytest.mark.slow
def test_a_port_rule_takes_its_port_into_the_tunnel_and_no_other(desk: Desk, lab: Lab) -> None:
    nodes = {address for node in lab.layout.nodes for address in node.public}
    networks = ["10.20.0.0/16", *({"net": host, "proto": "tcp", "ports": [8080]} for host in ruled(lab))]
    desk.imported(lab.profile_toml(networks=networks))

    def asked(host: str, port: int) -> str:
        return desk.place.run([sys.executable, "-c", PORT_CALL, host, str(port)], check=False).stdout.strip()

    def touched(host: str) -> int:
        return desk.place.run(["ping", "-c1", "-W2", host], check=False).returncode

    with Wire(desk.place) as wire:
        for host, at_home in zip(lab.public_host, lab.client.lan, strict=True):
            assert asked(host, 8080) == at_home
            assert host in wire.destinations(), "the capture would not see a leak"
        desk.connected()
        for host in lab.public_host:
            assert host not in wire.during(lambda host=host: asked(host, 8080))  # type: ignore[misc]  # bound in this turn
            assert asked(host, 8080) in nodes
            assert host in wire.during(lambda host=host: touched(host)), "pings are no matter of the rule"  # type: ignore[misc]  # bound in this turn
        for node in lab.nodes:
            node.silent()
        until(lambda: desk.snapshot().state == "blocked")
        for host in lab.public_host:
            assert host not in wire.during(lambda host=host: asked(host, 8080))  # type: ignore[misc]  # bound in this turn


def ruled(lab: Lab) -> list[str]:
    return [f"{host}/{128 if ':' in host else 32}" for host in lab.public_host]
