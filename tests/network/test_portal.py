"""A network that lets nothing through before a login: recognised, named, opened for a while, and closed again."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.network.conftest import Desk, until
from tests.network.shouter import overheard, settle
from wgtray.ipc import messages
from wgtray.lab import Lab
from wgtray.lab.spec import COMPANY_HOST

pytestmark = pytest.mark.network

PAGE = "http://portal.hotel.example/login"
SERVER = """
import socket, sys
listener = socket.create_server(("::", 8099), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    talk, _ = listener.accept()
    talk.recv(1000)
    talk.sendall(b"HTTP/1.1 302 Found\\r\\nLocation: " + sys.argv[1].encode() + b"\\r\\nContent-Length: 0\\r\\n\\r\\n")
    talk.close()
"""


@contextlib.contextmanager
def captive(lab: Lab) -> Iterator[None]:
    """The network drops everything but plain HTTP, which it answers itself, whoever is asked."""
    table = (
        "table inet captive {\n"
        " chain catch { type nat hook prerouting priority dstnat; tcp dport 80 redirect to :8099; }\n"
        " chain hold { type filter hook forward priority 0; drop; }\n}\n"
    )
    serving = lab.wan.popen([sys.executable, "-c", SERVER, PAGE], stdout=subprocess.PIPE)
    try:
        assert serving.stdout is not None
        assert serving.stdout.readline() == b"ready\n"
        lab.wan.run(["nft", "-f", "-"], input=table)
        yield
    finally:
        lab.wan.run(["nft", "delete", "table", "inet", "captive"], check=False)
        serving.kill()
        serving.communicate()


def codes(desk: Desk) -> set[str]:
    return {problem.code for problem in desk.snapshot().problems}


@pytest.mark.slow
def test_silent_nodes_alone_are_no_portal(desk: Desk, lab: Lab) -> None:
    desk.imported()
    for node in lab.nodes:
        node.silent()
    desk.ask(messages.Connect())
    until(lambda: "no-node-answers" in codes(desk))
    time.sleep(1)
    assert "captive-portal" not in codes(desk)
    assert desk.wgtray("portal").returncode == 1


@pytest.mark.slow
def test_a_portal_is_named_and_nobody_is_asked_but_the_nodes(desk: Desk, lab: Lab) -> None:
    desk.imported()
    nodes = {address for node in lab.layout.nodes for address in node.public}
    with overheard(desk.place, [(lab.public_host[0], 7)]) as wire, captive(lab):
        desk.ask(messages.Connect())
        until(lambda: "captive-portal" in codes(desk), 20)
        told = next(problem for problem in desk.snapshot().problems if problem.code == "captive-portal")
        assert told.args == {"url": PAGE}
        assert PAGE in told.text
        assert wire.destinations() <= {*nodes, lab.public_host[0]}
        refused = desk.wgtray("portal")
        assert (refused.returncode, refused.stderr.count(PAGE)) == (1, 1), "nothing is closed, so nothing is opened"
    until(lambda: desk.snapshot().state == "connected", 30)
    assert "captive-portal" not in codes(desk)


@pytest.mark.slow
def test_under_lockdown_its_page_may_be_opened_and_nothing_of_the_company(desk: Desk, lab: Lab) -> None:
    policy = {"lockdown": "all", "default_mode": "full", "portal_minutes": 1}
    desk.imported(lab.profile_toml(sections={"policy": policy}))
    nodes = {address for node in lab.layout.nodes for address in node.public}
    web, elsewhere = (lab.public_host[0], 80), ("198.51.100.1", 22)
    targets = [web, elsewhere, *((host, 80) for host in COMPANY_HOST)]
    with overheard(desk.place, targets) as wire, captive(lab):
        desk.ask(messages.Connect())
        until(lambda: "captive-portal" in codes(desk), 20)
        assert wire.during(settle) <= nodes
        opened = desk.wgtray("portal")
        assert (opened.returncode, opened.stdout.count(PAGE)) == (0, 1)
        assert desk.snapshot().portal_until is not None
        until(lambda: desk.snapshot().protected)
        wire.packets()
        heard = wire.during(settle)
        assert web[0] in heard, "it would not open"
        assert not heard & {elsewhere[0], *COMPANY_HOST}
        lab.wan.run(["nft", "flush", "table", "inet", "captive"])  # logged in
        until(lambda: desk.snapshot().state == "connected", 30)
        assert desk.snapshot().portal_until is None
        until(lambda: desk.snapshot().protected)
        settle()
        assert wire.during(settle) <= nodes
