"""The rendered playbook on a bare Debian 12 with its own systemd: what it installs runs, and runs again after a reboot.

The machine stands in the company of tests/network/fleet: once as a balancer and name server, once as the first node of
a pair. Ansible runs on it, as it does from elsewhere over SSH. What the daemons then do is tested there.
"""

import contextlib
import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import msgspec
import pytest

import wgtray
from tests.network.fleet.asking import Flow, until_answered
from tests.network.fleet.stage import CORP, GATEWAY, Stage
from tests.packages.machine import Machine, until
from wgtray.lab import netns
from wgtray.lab.place import Place

FLOAT = "203.0.113.100"
READY: set[Flow] = {("tcp", "10.20.0.10", 443)}
TEXT = f"""\
schema = 1
name = "Acme"

[pool]
ipv4 = "10.66.0.0/16"
ipv6 = "fd66::/64"

[split]
networks = ["10.20.0.0/16", "fd20::/64"]

[zone]
name = "vpn.example"
nameservers = ["ns1.vpn.example"]

[[site]]
name = "fra"
served_by = "pair"
endpoint = "fra.vpn.example:51820"
public = ["{FLOAT}"]
floating = ["{FLOAT}/24", "10.20.255.100/24"]
addresses = ["10.66.255.1", "fd66::ff01"]

[[site]]
name = "sin"
served_by = "balanced"
balancer = "lb"
endpoint = "sin.vpn.example:51820"
public = ["{GATEWAY[0]}"]
addresses = ["10.66.255.2", "fd66::ff02"]

[[node]]
name = "fra-a"
site = "fra"
outside = ["203.0.113.11"]
inside = ["10.20.255.11", "fd20:0:0:255::11"]

[[node]]
name = "fra-b"
site = "fra"
outside = ["203.0.113.12"]
inside = ["10.20.255.12", "fd20:0:0:255::12"]

[[node]]
name = "sin-a"
site = "sin"
outside = ["203.0.113.13"]
inside = ["10.20.255.13", "fd20:0:0:255::13"]

[[node]]
name = "sin-b"
site = "sin"
outside = ["203.0.113.14"]
inside = ["10.20.255.14", "fd20:0:0:255::14"]

[[router]]
name = "core"
addresses = ["{CORP[0]}", "{CORP[1]}"]

[[class]]
name = "rest"
reserved_percent = 100

[[service]]
name = "intranet"
addresses = ["10.20.0.10"]
tcp = [443]

[[group]]
name = "staff"
services = ["intranet"]
"""
PACKAGES = [
    "systemd",
    "dbus",
    "ansible-core",
    "python3-apt",
    "wireguard-tools",
    "wireguard-go",
    "nftables",
    "iproute2",
    "procps",
]
PACKAGES += ["prometheus-node-exporter", "keepalived", "bird2", "nginx-light", "libnginx-mod-stream"]
PACKAGES += ["pdns-server", "pdns-backend-geoip"]
"""What the playbook asks for, as no mirror is reached from there; and Ansible, and a WireGuard for any kernel."""

OF_A_NODE = (
    "wgtray-fleet",
    "wgtray-fleet-metrics.timer",
    "keepalived",
    "bird",
    "wgtray-node",
    "prometheus-node-exporter",
)
FIGURES = "/var/lib/prometheus/node-exporter/wgtray.prom"

pytestmark = pytest.mark.skipif(
    shutil.which("bird") is None, reason="the company's router needs BIRD 2 (Debian: bird2)"
)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage.up(TEXT, {"alice": ["staff"]}) as made:
        made.render()
        yield made


@pytest.fixture(scope="module")
def bare_machine(machine: Machine, stage: Stage) -> Machine:
    """Debian's packages as they come, nothing of a node configured; the rendered files, and a key in a vault."""
    machine.start_nothing()
    machine.download(*PACKAGES)
    machine.run("systemctl", "disable", "nginx", "pdns", "bird", "keepalived")
    shutil.copytree(stage.place / "rendered", machine.path("/root/rendered"))
    secret = machine.path("/root/password")
    secret.touch(mode=0o600)
    secret.write_text("correct horse")
    keys = machine.path("/root/keys.yml")
    keys.touch(mode=0o600)
    keys.write_text(json.dumps({"vault_keys": {name: stage.keys[name].private for name in ("fra", "sin")}}))
    machine.run("ansible-vault", "encrypt", "--vault-password-file", "/root/password", "/root/keys.yml")
    assert stage.keys["fra"].private not in keys.read_text()
    _program(machine)
    return machine


def _program(machine: Machine) -> None:
    """`wgtray-node`, from these sources."""
    place = machine.path("/opt/wgtray-node")
    for file in (wgtray.__file__, msgspec.__file__):
        assert file is not None
        source = Path(file).parent
        shutil.copytree(source, place / source.name, ignore=shutil.ignore_patterns("gui", "__pycache__"))
    program = machine.path("/usr/bin/wgtray-node")
    program.write_text('#!/bin/sh\nPYTHONPATH=/opt/wgtray-node exec /usr/bin/python3 -m wgtray.node.app "$@"\n')
    program.chmod(0o755)


def played(machine: Machine, *hosts: str) -> dict[str, int]:
    """Apply the playbook to the machine under each of these names; what changed, by name."""
    words = ["ansible-playbook", "-i", "inventory.json", "-c", "local", "-l", ",".join(hosts)]
    words += ["-e", "@/root/keys.yml", "--vault-password-file", "/root/password", "playbook.yml"]
    done = machine.run("sh", "-c", 'cd /root/rendered && exec "$@"', "sh", *words, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {host: int(count) for host, count in re.findall(r"^(\S+) +: ok=.*changed=(\d+)", done.stdout, re.MULTILINE)}


def state(machine: Machine, unit: str) -> tuple[str, str]:
    return (
        machine.run("systemctl", "is-active", unit, check=False).stdout.strip(),
        machine.run("systemctl", "is-enabled", unit, check=False).stdout.strip(),
    )


def runs(machine: Machine, *units: str) -> None:
    for unit in units:
        log = machine.run("journalctl", "--no-pager", "--lines=30", "--unit", unit).stdout
        assert state(machine, unit) == ("active", "enabled"), f"{unit}: {log}"


def asked(stage: Stage, name: str) -> str:
    """What the name server says, asked by a user."""
    query = dns.message.make_query(name, "A")
    place = stage.users["alice"].netns
    reply = netns.inside(place, lambda: dns.query.udp(query, GATEWAY[0], timeout=3))
    return " ".join(str(data) for rrset in reply.answer for data in rrset)


def forgotten(place: Place) -> None:
    """A network namespace outlives the machine in it; what a reboot forgets is taken away by hand."""
    place.run(["nft", "flush", "ruleset"])
    for link in ("eth0", "eth1"):
        place.run(["tc", "qdisc", "delete", "dev", link, "root"], check=False)
    for words in (f"address delete {FLOAT}/24 dev eth0", "address delete 10.20.255.100/24 dev eth1"):
        place.run(["ip", *words.split()], check=False)
    for family in ("-4", "-6"):
        for table in ("100", "101"):
            place.run(["ip", family, "route", "flush", "table", table], check=False)


@contextlib.contextmanager
def router(stage: Stage) -> Iterator[None]:
    """BIRD on the company's router, as rendered."""
    control = stage.place / "router.ctl"
    argv = ["bird", "-f", "-c", str(stage.place / "rendered" / "routers" / "core" / "bird.conf"), "-s", str(control)]
    process = stage.corp.popen(argv, stderr=subprocess.DEVNULL)
    try:
        until(control.exists)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def test_a_balancer_and_a_name_server(bare_machine: Machine, stage: Stage) -> None:
    stage.apply("sin-a", "sin-b")
    with bare_machine.booted(stage.net) as machine:
        first = played(machine, "lb", "ns1.vpn.example")
        assert all(first[name] for name in ("lb", "ns1.vpn.example"))
        runs(machine, "nginx", "pdns")
        stage.connect("alice", "sin-a", endpoint=f"{GATEWAY[0]}:51820")
        until_answered(stage.users["alice"].netns, READY)
        assert asked(stage, "fra.vpn.example") == FLOAT
        assert asked(stage, "gw.vpn.example") in (FLOAT, GATEWAY[0])
        assert set(played(machine, "lb", "ns1.vpn.example").values()) == {0}
        machine.run("systemctl", "disable", "--now", "nginx", "pdns")


def test_a_node_of_a_pair(bare_machine: Machine, stage: Stage) -> None:
    address = stage.user("alice").addresses[0]

    def works(machine: Machine) -> None:
        runs(machine, *OF_A_NODE)
        until(lambda: f" {FLOAT}/" in machine.run("ip", "-4", "address", "show", "dev", "eth0").stdout)
        until(lambda: machine.run("birdc", "show", "protocols").stdout.count("Established") == 2)
        stage.connect("alice", "fra-a", endpoint=f"{FLOAT}:51820")
        until_answered(stage.users["alice"].netns, READY)
        until(lambda: "proto bird" in stage.corp.run(["ip", "route", "show", f"{address}/32"]).stdout)
        assert f"{address} via 10.20.255.11" in stage.corp.run(["ip", "route", "show", f"{address}/32"]).stdout
        until(lambda: machine.path(FIGURES).exists())
        assert "wgtray_peers 1\n" in machine.path(FIGURES).read_text()

    with router(stage):
        with bare_machine.booted(stage.nodes["fra-a"]) as machine:
            assert played(machine, "fra-a")["fra-a"] > 0
            works(machine)
            assert played(machine, "fra-a") == {"fra-a": 0}
        forgotten(stage.nodes["fra-a"])
        until(lambda: "proto bird" not in stage.corp.run(["ip", "route", "show", f"{address}/32"]).stdout)
        machine.path(FIGURES).unlink()
        with bare_machine.booted(stage.nodes["fra-a"]) as machine:  # the power was away
            works(machine)
