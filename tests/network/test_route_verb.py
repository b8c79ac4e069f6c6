"""What `wgtray route` says is what packets do: each answer is compared with a capture or with who was reached."""

import json
import sys

import pytest

from tests.network.conftest import Desk, until
from tests.network.wire import Wire
from wgtray.lab import Lab
from wgtray.lab.spec import WHOAMI_PORT

pytestmark = pytest.mark.network

ASK = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=1.5) as talk:
        print(talk.makefile().readline().strip())
except OSError:
    print("nobody")
"""


def said(desk: Desk, host: str) -> tuple[str, str, str | None]:
    shown = json.loads(desk.wgtray("route", "--json", host).stdout)
    return shown["way"], shown["rule"], shown["node"]


def taken(desk: Desk, lab: Lab, host: str) -> str:
    """Where packets to a host went: by whom it was asked, and what was heard on the cable."""
    with Wire(desk.place) as wire:
        argv = [sys.executable, "-c", ASK, host, str(WHOAMI_PORT)]
        asker = desk.place.run(argv).stdout.strip()
        in_the_clear = host in wire.destinations()
    if asker == "nobody" and not in_the_clear:
        return "held"
    return "direct" if in_the_clear else "tunnel"


def test_what_is_said_is_what_packets_do_in_every_mode_and_state(desk: Desk, lab: Lab) -> None:
    company, public = "10.20.0.10", lab.public_host[0]
    desk.imported(lab.profile_toml(sections={"policy": {"lockdown": "all"}}))
    assert said(desk, company) == ("direct", "off", None)
    assert taken(desk, lab, company) == "direct"
    desk.connected()
    node = desk.snapshot().node
    for host, expected in (
        (company, ("tunnel", "network", node)),
        (public, ("held", "lockdown", None)),
        (lab.client.gateway[0], ("direct", "lan", None)),
        (lab.layout.nodes[0].probe[0], ("tunnel", "node", lab.layout.nodes[0].name)),
    ):
        assert said(desk, host) == expected, host
    assert [taken(desk, lab, host) for host in (company, public)] == ["tunnel", "held"]
    assert desk.wgtray("mode", "full").returncode == 0
    until(lambda: desk.snapshot().protected)
    assert said(desk, public) == ("tunnel", "everything", node)
    assert taken(desk, lab, public) == "tunnel"
    assert desk.wgtray("route", company).stdout == (
        f"{company} goes through the tunnel ({node}): company network 10.20.0.0/16.\n"
    )


def test_a_port_rule_is_told_beside_the_rest(desk: Desk, lab: Lab) -> None:
    public = lab.public_host[0]
    rule = {"net": f"{public}/32", "proto": "tcp", "ports": [WHOAMI_PORT]}
    desk.imported(lab.profile_toml(networks=["10.20.0.0/16", rule]))
    desk.connected()
    assert desk.wgtray("route", public).stdout.splitlines() == [
        f"{public} goes directly, past the tunnel: no rule is about it.",
        f"  tcp {WHOAMI_PORT} goes through the tunnel: port rule of {public}/32.",
    ]
    assert taken(desk, lab, public) == "tunnel"
