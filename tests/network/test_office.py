"""In the office nothing goes through the tunnel; nobody else can pretend to be the office."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.conftest import Desk, until
from tests.network.outside import dropped, kept_defaults
from tests.network.wire import Wire
from tests.unit.helper.test_office import identity
from wgtray.lab import Lab
from wgtray.lab.place import Place

pytestmark = pytest.mark.network

COMPANY = "10.20.0.10"
SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2])
listener = socket.create_server((sys.argv[1], 443))
print("ready", flush=True)
while True:
    talk, _ = listener.accept()
    try:
        with context.wrap_socket(talk, server_side=True) as inside:
            inside.recv(10)
    except OSError:
        pass
"""


@contextlib.contextmanager
def serving(place: Place, address: str, file: Path) -> Iterator[None]:
    """A TLS server with that identity."""
    program = place.popen([sys.executable, "-c", SERVER, address, str(file)], stdout=subprocess.PIPE)
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        yield
    finally:
        program.kill()
        program.communicate()


def site(lab: Lab) -> Place:
    """Where the office's server is: reached without the tunnel."""
    return Place(lab.layout.pub)


def profile(lab: Lab, pin: str, lockdown: str = "all") -> str:
    policy = {"lockdown": lockdown, "office_probe": f"https://{lab.public_host[0]}#sha256/{pin}"}
    return lab.profile_toml(sections={"policy": policy})


def touch(desk: Desk) -> None:
    desk.place.run(["ping", "-c1", "-W1", COMPANY], check=False)


@pytest.mark.slow
def test_inside_company_networks_go_direct_and_outside_the_tunnel_is_back(desk: Desk, lab: Lab, tmp_path: Path) -> None:
    file, pin = identity(tmp_path, "inside")
    desk.imported(profile(lab, pin))
    with Wire(desk.place) as wire, serving(site(lab), lab.public_host[0], file):
        connected = desk.wgtray("connect")
        assert connected.returncode == 0, connected.stderr
        until(lambda: desk.snapshot().state == "office")
        until(lambda: desk.network() == desk.clean)
        assert COMPANY in wire.during(lambda: touch(desk))
        assert desk.wgtray("status").stdout.startswith("In the office, direct")
        with dropped(lab, [f"ip daddr {lab.public_host[0]} tcp dport 443"]):
            until(lambda: desk.snapshot().state == "connected", 40)
            assert COMPANY not in wire.during(lambda: touch(desk)), "left the office: through the tunnel or not at all"
        with kept_defaults(desk.place):
            desk.place.run(["ip", "link", "set", "lan0", "down"])  # and back: another network, as far as we know
            until(lambda: desk.snapshot().state == "blocked")
        until(lambda: desk.snapshot().state == "office", 40)
    assert desk.wgtray("disconnect").returncode == 0


def test_a_stranger_with_another_key_is_not_the_office(desk: Desk, lab: Lab, tmp_path: Path) -> None:
    _, pin = identity(tmp_path, "inside")
    stranger, _ = identity(tmp_path, "stranger")
    desk.imported(profile(lab, pin, "apps"))
    with Wire(desk.place) as wire, serving(site(lab), lab.public_host[0], stranger):
        desk.connected()
        until(lambda: lab.public_host[0] in wire.destinations())
        wire.packets()
        touch(desk)
        assert COMPANY not in wire.destinations()
        assert desk.snapshot().state == "connected"
