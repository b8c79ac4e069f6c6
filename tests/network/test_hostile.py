"""A network that wants our packets: it gives out addresses and routes as it likes, and asks its neighbours for ours.

Its server is a real one (dnsmasq), its victim a real client (udhcpc). T40 to T45 of the security checklist.
"""

import contextlib
import ipaddress
import json
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.conftest import Desk, until
from tests.network.outside import kept_defaults
from tests.network.shouter import overheard, settle
from tests.network.wire import Wire
from wgtray.ipc import messages
from wgtray.lab import Lab, netns

pytestmark = pytest.mark.network

COMPANY = ("10.20.0.10", "10.30.0.10")

LEASE = """#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip address add "$ip/$mask" dev "$interface"
set -- $staticroutes
[ $# -gt 0 ] || [ -z "$router" ] || ip route replace default via "$router" dev "$interface" onlink
while [ $# -gt 1 ]; do
    ip route replace "$1" via "$2" dev "$interface" onlink
    shift 2
done
"""
"""What a DHCP client does with its lease, option 121 before the default router (RFC 3442)."""


@contextlib.contextmanager
def dhcp(desk: Desk, lab: Lab, subnet: str, routes: list[str]) -> Iterator[None]:
    """The employee is in a network of that subnet, whose server announces these routes through itself."""
    for tool in ("dnsmasq", "udhcpc"):
        assert shutil.which(tool), f"install {tool}: .ci/install does"
    network = ipaddress.ip_network(subnet)
    gateway, length = str(network[1]), network.prefixlen
    uplink = lab.layout.clients[desk.number].uplink
    server = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--no-ping"]
    server += [f"--interface={uplink}", "--bind-interfaces", "--pid-file=", "--leasefile-ro", "--dhcp-authoritative"]
    server += [f"--dhcp-range={network[100]},{network[100]},{network.netmask},2m", f"--dhcp-option=3,{gateway}"]
    if routes:
        server += [f"--dhcp-option=121,{','.join(f'{route},{gateway}' for route in routes)}"]
    script = Path(lab.runtime_dir / "lease")
    script.write_text(LEASE)
    script.chmod(0o755)
    lab.wan.run(["ip", "address", "add", f"{gateway}/{length}", "dev", uplink])
    serving = lab.wan.popen(server, stderr=subprocess.DEVNULL)
    try:
        with kept_defaults(desk.place):
            desk.place.run(["ip", "route", "flush", "default"])
            ask = ["udhcpc", "-i", "lan0", "-s", str(script), "-q", "-n", "-f", "-t", "10", "-T", "1", "-O", "121"]
            desk.place.run(ask)
            yield
    finally:
        serving.terminate()
        serving.wait(10)
        lab.wan.run(["ip", "address", "delete", f"{gateway}/{length}", "dev", uplink])


def leads(desk: Desk, address: str) -> dict[str, str]:
    """Where the kernel sends a packet."""
    found: list[dict[str, str]] = json.loads(desk.place.run(["ip", "-json", "route", "get", address]).stdout)
    return found[0]


@contextlib.contextmanager
def lured(
    desk: Desk, lab: Lab, subnet: str, routes: list[str], targets: list[tuple[str, int]], **policy: object
) -> Iterator[Wire]:
    """Connected in such a network with that policy, over a capture that heard a program's every target before."""
    desk.imported(lab.profile_toml(sections={"policy": policy}))
    with dhcp(desk, lab, subnet, routes), overheard(desk.place, targets) as wire:
        desk.ask(messages.Connect())
        until(lambda: desk.snapshot().state == "connected" and desk.snapshot().protected)
        settle()
        wire.packets()
        yield wire
        assert desk.wgtray("disconnect").returncode == 0


@pytest.mark.threat("T40")
def test_routes_from_dhcp_take_no_company_packet(desk: Desk, lab: Lab) -> None:
    """T40, TunnelVision (CVE-2024-3661), in split mode: more specific than what the company says."""
    routes = ["0.0.0.0/0", "10.20.0.0/17", "10.20.0.10/32", "10.30.0.0/24", "10.66.255.0/24"]
    targets = [(host, 7) for host in COMPANY]
    with lured(desk, lab, "192.168.88.0/24", routes, targets, lockdown="apps") as wire:
        shown = desk.place.run(["ip", "route", "show", "table", "main"]).stdout
        assert "10.20.0.10 via 192.168.88.1" in shown, "the lure would not work"
        assert not wire.during(settle) & set(COMPANY)
        assert leads(desk, COMPANY[0])["dev"] == desk.snapshot().interface


@pytest.mark.parametrize("lockdown", ["off", "all"])
@pytest.mark.threat("T40")
def test_routes_from_dhcp_take_nothing_in_full_mode(desk: Desk, lab: Lab, lockdown: str) -> None:
    """T40 in full mode: the halves and quarters of everything, and one host."""
    public = lab.public_host[0]
    routes = ["0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/2", f"{public}/32"]
    nodes = {address for node in lab.layout.nodes for address in node.public}
    with lured(desk, lab, "192.168.88.0/24", routes, [], lockdown=lockdown, default_mode="full") as wire:
        assert f"{public} via 192.168.88.1" in desk.place.run(["ip", "route", "show", "table", "main"]).stdout

        def ask() -> None:
            for host in (public, *COMPANY):
                desk.place.run(["ping", "-c1", "-W1", host], check=False)

        assert wire.during(ask) <= nodes
        assert desk.wgtray("disconnect").returncode == 0
        assert {public, *COMPANY} <= wire.during(ask), "the capture would not see a leak"


@pytest.mark.parametrize("subnet", ["192.0.2.0/24", "10.20.0.0/24"], ids=["public", "company"])
@pytest.mark.threat("T41")
def test_a_lan_that_claims_other_peoples_addresses_gets_no_packet_for_them(desk: Desk, lab: Lab, subnet: str) -> None:
    """T41, TunnelCrack LocalNet (CVE-2023-36672)."""
    victim = str(ipaddress.ip_network(subnet)[10])
    nodes = {address for node in lab.layout.nodes for address in node.public}
    policy = {"lockdown": "all", "default_mode": "full"}
    with lured(desk, lab, subnet, [], [(str(ipaddress.ip_network(subnet)[1]), 7)], **policy) as wire:
        assert leads(desk, victim)["dev"] == desk.snapshot().interface
        assert wire.during(settle) <= nodes


def test_a_true_lan_stays_reachable_beside_everything_else(desk: Desk, lab: Lab) -> None:
    printer = ("192.168.88.1", 631)
    with lured(desk, lab, "192.168.88.0/24", [], [printer], lockdown="all", default_mode="full") as wire:
        assert printer[0] in wire.during(settle)


@pytest.mark.threat("T43")
def test_neighbours_are_not_told_our_tunnel_address(desk: Desk, lab: Lab) -> None:
    """T43: who has 10.66.0.10? Linux answers for every address that it has, on every link."""
    mine, at_home = lab.client.tunnel[0], lab.client.lan[0]
    desk.imported(lab.profile_toml())
    desk.connected()
    assert answers_arp(lab, desk, at_home), "the question would not be heard"
    assert not answers_arp(lab, desk, mine)
    assert desk.helper is not None
    desk.helper.send_signal(signal.SIGSTOP)  # or the table would be back at once
    desk.place.run(["nft", "delete", "table", "arp", "wgtray"])
    assert answers_arp(lab, desk, mine), "it would not be answered without us either"
    desk.helper.send_signal(signal.SIGCONT)
    until(lambda: "table arp wgtray" in desk.network())


def answers_arp(lab: Lab, desk: Desk, address: str) -> bool:
    """Whether the employee's machine says that it has this address."""
    device = lab.layout.clients[desk.number].uplink

    def ask() -> bool:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as sock:
            sock.bind((device, 0x0806))
            sock.settimeout(0.2)
            own = sock.getsockname()[4]
            sender = socket.inet_aton(lab.client.gateway[0])
            question = struct.pack(
                "!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, own, sender, b"\0" * 6, socket.inet_aton(address)
            )
            sock.send(b"\xff" * 6 + own + b"\x08\x06" + question)
            with contextlib.suppress(TimeoutError):
                while True:
                    said = sock.recv(100)
                    if said[20:22] == b"\0\x02" and said[28:32] == socket.inet_aton(address):
                        return True
            return False

    return netns.inside(lab.wan.netns, ask)


@pytest.mark.threat("T45")
def test_in_full_mode_no_name_is_asked_past_the_tunnel(desk: Desk, lab: Lab) -> None:
    """T45: port 53 of every name server that the network offers, over UDP and TCP."""
    resolver = "192.168.88.1"
    targets = [(resolver, 53), (lab.public_host[0], 53)]
    with lured(desk, lab, "192.168.88.0/24", [], targets, lockdown="apps", default_mode="full") as wire:
        assert not wire.during(settle) & {address for address, _ in targets}
        assert desk.wgtray("mode", "split").returncode == 0
        until(lambda: desk.snapshot().protected)
        settle()
        assert wire.during(settle) >= {address for address, _ in targets}, "in split mode they are as they were"
