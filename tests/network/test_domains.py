"""Names of domain rules lead into the tunnel from the first packet on, and nobody who answers for them is believed."""

import contextlib
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping

import dns.rcode
import pytest

from tests.network import nameservers
from tests.network.conftest import Desk, until
from tests.network.nameservers import COMPANY, NameServer, addresses, ask, resolved
from tests.network.wire import Wire
from wgtray.lab import Lab, netns
from wgtray.lab.spec import ECHO_PORT, WHOAMI_PORT

pytestmark = pytest.mark.network

BANK, BANK_SIX = "198.51.100.7", "2001:db8:7::7"
BRANCH = "198.51.100.107"
TRAP = "192.168.77.1"

PUBLIC_RECORDS = [
    f"--host-record=www.bank.example,{BANK},{BANK_SIX}",
    f"--host-record=branch.bank.example,{BRANCH}",
    "--cname=alias.bank.example,edge.cdn.example",
    f"--host-record=edge.cdn.example,{BANK}",
    f"--host-record=router.bank.example,{TRAP}",
    "--host-record=loop.bank.example,127.0.0.1",
    "--host-record=node.bank.example,203.0.113.11",
    f"--host-record=mixed.bank.example,{TRAP}",
    f"--host-record=mixed.bank.example,{BRANCH}",
    f"--host-record=notbank.example,{BANK}",
    "--host-record=brief.bank.example,198.51.100.108,1",
]
COMPANY_RECORDS = [
    "--host-record=partner.corp.example,198.51.100.109",
    "--host-record=lan.corp.example,10.99.0.1",
]
SECTIONS = {"dns": {"servers": [COMPANY], "domains": ["corp.example"]}, "split": {"domains": ["bank.example"]}}

HURRIED = """
import sys
from wgtray.core import learning
learning.OUTLIVES_S = 1.0
from wgtray.helper import app, naming
naming.SWEEP_S = 0.3
sys.exit(app.main())
"""
"""The helper with less patience: addresses are forgotten a second after their TTL."""

WHO_AM_I = """
import socket, sys
try:
    print(socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).recv(100).decode().strip())
except OSError as error:
    print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def servers(lab: Lab) -> Iterator[Mapping[str, NameServer]]:
    for address in (BRANCH, "198.51.100.108", "198.51.100.109"):
        lab.wan.run(["ip", "route", "replace", address, "via", lab.public_host[0]])
        lab.pub.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"])
    with nameservers.both(lab, COMPANY_RECORDS, PUBLIC_RECORDS) as running:
        yield running
    for address in (BRANCH, "198.51.100.108", "198.51.100.109"):
        lab.pub.run(["ip", "address", "delete", f"{address}/32", "dev", "lo"])


@pytest.fixture
def ruled(desk: Desk, lab: Lab, servers: Mapping[str, NameServer]) -> Desk:
    """A machine with a domain rule, not connected."""
    desk.imported(lab.profile_toml(sections=SECTIONS))
    return desk


@pytest.fixture
def hurried(bare: Desk, lab: Lab, servers: Mapping[str, NameServer]) -> Iterator[Desk]:
    """The same with a helper that forgets within seconds, connected."""
    bare.start(program=("-c", HURRIED))
    bare.imported(lab.profile_toml(sections=SECTIONS))
    bare.connected()
    yield bare
    for node in lab.nodes:
        node.normal()


def learned(desk: Desk) -> set[str]:
    """The addresses that the kernel sends into the tunnel by name."""
    words = ["route", "show", "table", "22090", "dev", str(desk.snapshot().interface)]
    found = [desk.place.run(["ip", family, *words], check=False).stdout for family in ("-4", "-6")]
    return {line.split()[0] for text in found for line in text.splitlines()}


def who(desk: Desk, address: str) -> str:
    """As whom a program arrives there, or why it does not."""
    return desk.place.run([sys.executable, "-c", WHO_AM_I, address, str(WHOAMI_PORT)]).stdout.strip()


def test_the_first_packet_to_an_address_of_a_rule_takes_the_tunnel(ruled: Desk, lab: Lab) -> None:
    with Wire(ruled.place) as ear:
        assert addresses(ask(ruled, "www.bank.example")) == [BANK]
        assert who(ruled, BANK) == lab.client.lan[0]
        assert ear.to(BANK), "the capture has to see what goes out in the clear"
        ruled.connected()
        assert who(ruled, BANK) == lab.client.lan[0], "before its name was asked for, the address is anybody's"
        ear.packets()
        assert resolved(ruled, "www.bank.example") == [BANK]
        assert BANK in learned(ruled)
        assert who(ruled, BANK) in {node.at.public[0] for node in lab.nodes}
        assert not ear.to(BANK)
        assert resolved(ruled, "www.bank.example", "AAAA") == [BANK_SIX]
        assert who(ruled, BANK_SIX) in {node.at.public[1] for node in lab.nodes}
        assert not ear.to(BANK_SIX)
    shown = ruled.snapshot()
    assert {(one.name, one.address) for one in shown.learned} == {
        ("www.bank.example", BANK),
        ("www.bank.example", BANK_SIX),
    }
    assert shown.protected is True


def test_a_chain_of_aliases_is_answered_with_its_addresses_alone(ruled: Desk) -> None:
    ruled.connected()
    answer = ask(ruled, "alias.bank.example")
    assert addresses(answer) == [BANK]
    assert [str(rrset.name) for rrset in answer.answer] == ["alias.bank.example."]
    assert BANK in learned(ruled)


def test_nobody_who_answers_leads_the_routes_to_a_lan_a_loopback_or_a_node(ruled: Desk) -> None:
    assert addresses(ask(ruled, "router.bank.example")) == [TRAP], "the server has to try"
    ruled.connected()
    for name in ("router", "loop", "node"):
        answer = ask(ruled, f"{name}.bank.example")
        assert (answer.rcode(), addresses(answer)) == (dns.rcode.SERVFAIL, []), name
    assert resolved(ruled, "mixed.bank.example") == [BRANCH]
    assert learned(ruled) == {BRANCH}
    assert "refused" in ruled.log.read_text()


def test_a_domain_ends_at_a_dot(ruled: Desk) -> None:
    ruled.connected()
    assert resolved(ruled, "notbank.example") == [BANK]
    assert learned(ruled) == set()


def test_addresses_of_company_names_outside_its_networks_take_the_tunnel_too(ruled: Desk, lab: Lab) -> None:
    ruled.connected()
    assert resolved(ruled, "partner.corp.example") == ["198.51.100.109"]
    assert resolved(ruled, "lan.corp.example") == ["10.99.0.1"]
    assert learned(ruled) == {"198.51.100.109", "10.99.0.1"}


def test_learned_addresses_stay_closed_without_a_tunnel(ruled: Desk) -> None:
    ruled.connected()
    resolved(ruled, "www.bank.example")
    link = str(ruled.snapshot().interface)
    ruled.stop(signal.SIGKILL)
    ruled.place.run(["ip", "link", "delete", link])
    with Wire(ruled.place) as ear:
        assert "198.51" not in who(ruled, BANK)
        assert not ear.to(BANK)
        who(ruled, BRANCH)
        assert ear.to(BRANCH), "the capture has to see what goes out in the clear"


def test_a_killed_helpers_addresses_are_taken_over_and_a_reachable_bank_stays_so(ruled: Desk) -> None:
    ruled.connected()
    resolved(ruled, "www.bank.example")
    ruled.stop(signal.SIGKILL)
    assert BANK in ruled.place.run(["ip", "route", "show", "table", "22090"]).stdout
    ruled.start()
    until(lambda: ruled.snapshot().state == "connected")
    assert learned(ruled) == {BANK}
    assert [one.address for one in ruled.snapshot().learned] == [BANK]


def test_disconnecting_forgets_every_address(ruled: Desk) -> None:
    ruled.connected()
    resolved(ruled, "www.bank.example")
    assert ruled.wgtray("disconnect").returncode == 0
    assert ruled.network() == ruled.clean
    assert ruled.snapshot().learned == ()


def test_an_address_is_forgotten_after_its_time_but_not_under_a_connection(hurried: Desk) -> None:
    assert resolved(hurried, "brief.bank.example") == ["198.51.100.108"]
    assert learned(hurried) == {"198.51.100.108"}
    until(lambda: learned(hurried) == set(), timeout_s=8)
    resolved(hurried, "brief.bank.example")
    hurried.lab.pub.run(["ip", "address", "replace", "198.51.100.108/32", "dev", "lo"])
    listener = netns.inside(
        hurried.lab.pub.netns, lambda: socket.create_server(("198.51.100.108", ECHO_PORT), backlog=1)
    )
    with contextlib.closing(listener):
        flow = netns.inside(
            hurried.place.netns, lambda: socket.create_connection(("198.51.100.108", ECHO_PORT), timeout=3)
        )
        with contextlib.closing(flow):
            time.sleep(4)
            assert learned(hurried) == {"198.51.100.108"}
    until(lambda: learned(hurried) == set(), timeout_s=15)


def test_learned_routes_that_somebody_removes_are_laid_again(ruled: Desk) -> None:
    ruled.connected()
    resolved(ruled, "www.bank.example")
    ruled.place.run(["ip", "route", "flush", "table", "22090"])
    until(lambda: learned(ruled) == {BANK})
