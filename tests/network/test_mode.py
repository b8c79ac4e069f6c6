"""Company traffic only, or everything: switched while packets flow, on real WireGuard."""

import json
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.network.conftest import Desk, until
from tests.network.shouter import overheard
from tests.network.wire import Wire
from wgtray.core.profile import Mode
from wgtray.ipc import codec, messages
from wgtray.lab import Lab
from wgtray.lab.spec import COMPANY_HOST

pytestmark = pytest.mark.network

BOTH: tuple[Mode, Mode] = ("full", "split")
TOGGLES = 20
RATE = 1000
THOUSAND = 1000

STREAM = """
import select, socket, sys, time
rate = int(sys.argv[1])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
sock.connect(("10.20.0.10", 7))
sock.setblocking(False)
sent, answered, ends_at = 0, set(), None
began = time.monotonic()
print("flowing", flush=True)
while ends_at is None or time.monotonic() < ends_at and len(answered) < sent:
    readable, _, _ = select.select([sock, sys.stdin], [], [], 0.001)
    if sys.stdin in readable and ends_at is None:
        ends_at = time.monotonic() + 2
    while ends_at is None and sent < (time.monotonic() - began) * rate:
        sent += 1
        try:
            sock.send((sent - 1).to_bytes(8, "big"))
        except OSError:  # refused at once: lost too
            pass
    try:
        while True:
            answered.add(int.from_bytes(sock.recv(8), "big"))
    except OSError:
        pass
print(sent, sent - len(answered))
"""
"""So many packets a second to the company until standard input ends; then how many were sent and how many lost."""

WHO_AM_I = """
import socket, sys
with socket.create_connection((sys.argv[1], 8080), timeout=3) as talk:
    print(talk.makefile().readline().strip())
"""


def change(desk: Desk, mode: Mode) -> float:
    """Change the mode and wait until the snapshot shows it as in place; returns how long that took."""
    began = time.monotonic()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(desk.socket)
        frames = connection.makefile("rb")
        connection.sendall(codec.encode_call(messages.Call(1, messages.ChooseMode(mode))))
        connection.sendall(codec.encode_call(messages.Call(2, messages.Watch())))
        while True:
            answer = codec.decode_answer(frames.readline()).answer
            assert not isinstance(answer, messages.Refused)
            if isinstance(answer, messages.SnapshotNow) and answer.snapshot.mode == mode and answer.snapshot.protected:
                return time.monotonic() - began


def lost(desk: Desk, meanwhile: Callable[[], None]) -> tuple[int, int]:
    """(packets sent, packets without an answer) while something happens."""
    argv = [sys.executable, "-c", STREAM, str(RATE)]
    stream = desk.place.popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert stream.stdout is not None
    assert stream.stdout.readline() == b"flowing\n"
    time.sleep(0.2)
    meanwhile()
    output, _ = stream.communicate(timeout=10)
    sent, unanswered = output.split()
    return int(sent), int(unanswered)


def test_a_flow_in_the_tunnel_loses_no_packet_in_twenty_changes_of_mode(connected: Desk, lab: Lab) -> None:
    interface = connected.snapshot().interface

    def toggle() -> None:
        for _ in range(TOGGLES // 2):
            for mode in BOTH:
                change(connected, mode)
                time.sleep(0.05)

    def interrupt() -> None:
        connected.place.run(["ip", "route", "flush", "table", "22087"])
        time.sleep(0.1)

    _, unanswered = lost(connected, interrupt)
    assert unanswered > 0, "the count would not see a gap"
    until(lambda: connected.place.run(["ping", "-c1", "-W1", "10.20.0.10"], check=False).returncode == 0)
    sent, unanswered = lost(connected, toggle)
    print(f"{sent} packets at {RATE}/s during {TOGGLES} changes of mode: {unanswered} lost")
    assert sent > TOGGLES * 50
    assert unanswered == 0
    assert connected.snapshot().interface == interface


@pytest.mark.slow
@pytest.mark.threat("T47")
def test_a_thousand_changes_of_mode_leave_no_rule_more_and_let_nothing_out(desk: Desk, lab: Lab) -> None:
    """T47."""
    desk.imported()
    with overheard(desk.place, [(host, 7) for host in COMPANY_HOST]) as wire:
        desk.connected()
        for mode in BOTH:
            change(desk, mode)
        before = desk.network()
        wire.packets()
        began, leaked = time.monotonic(), set[str]()
        for _ in range(THOUSAND // len(BOTH)):
            for mode in BOTH:
                change(desk, mode)
            leaked |= wire.destinations() & set(COMPANY_HOST)
        print(f"{THOUSAND} changes of mode: {time.monotonic() - began:.0f} s")
        assert not leaked
        assert desk.network() == before


def test_everything_is_everything_and_nothing_else_leaves_the_machine(connected: Desk, lab: Lab) -> None:
    nodes = {address for node in lab.layout.nodes for address in node.public}
    public, public_six = lab.public_host

    def seen(host: str) -> str:
        return connected.place.run([sys.executable, "-c", WHO_AM_I, host]).stdout.strip()

    with Wire(connected.place) as wire:
        in_the_clear = wire.during(lambda: [seen(public), seen(public_six)])
        assert {public, public_six} <= in_the_clear, "the capture would not see a leak"
        asker = seen(public)
        assert connected.wgtray("mode", "full").returncode == 0
        until(lambda: connected.snapshot().protected)
        assert wire.during(lambda: [seen(public), seen(public_six)]) <= nodes
        assert asker not in nodes
        assert {seen(public), seen(public_six)} <= nodes
        assert connected.wgtray("mode").stdout == "full\n"
        assert connected.wgtray("status").stdout.splitlines()[1].startswith("Acme · everything · ")
        assert connected.wgtray("mode", "split").returncode == 0
        until(lambda: connected.snapshot().protected)
        assert seen(public) == asker


@pytest.mark.threat("T44")
def test_a_company_without_ipv6_lets_none_out_in_full_mode_also_with_lockdown_off(desk: Desk, lab: Lab) -> None:
    written = lab.profile_toml(networks=["10.20.0.0/16"], sections={"policy": {"lockdown": "off"}})
    desk.imported(written.replace(f', "{lab.client.tunnel[1]}/128"', ""))
    desk.connected()
    _, six = lab.public_host

    def ask() -> int:
        return desk.place.run([sys.executable, "-c", WHO_AM_I, six], check=False).returncode

    with Wire(desk.place) as wire:
        assert six in wire.during(ask), "the capture would not see a leak"
        assert desk.wgtray("mode", "full").returncode == 0
        until(lambda: desk.snapshot().protected)
        refused: list[int] = []
        assert six not in wire.during(lambda: refused.append(ask()))
        assert refused == [1]
        assert desk.place.run(["ping", "-c1", "-W2", lab.public_host[0]], check=False).returncode == 0


def test_the_companys_mode_counts_until_the_user_chooses_and_the_choice_survives(desk: Desk, lab: Lab) -> None:
    full = lab.profile_toml(sections={"policy": {"default_mode": "full"}})
    desk.imported(full)
    desk.connected()
    assert desk.snapshot().mode == "full"
    assert "unsupported" not in [problem.code for problem in desk.snapshot().problems]
    assert desk.wgtray("mode", "split").returncode == 0
    desk.stop(signal.SIGKILL)
    desk.start()
    until(lambda: desk.snapshot().state == "connected")
    assert desk.snapshot().mode == "split"
    desk.imported(full)
    assert desk.snapshot().mode == "split"
    desk.imported(lab.profile_toml(sections={"policy": {"default_mode": "full", "user_may": ["disconnect"]}}))
    assert desk.snapshot().mode == "full"


def test_two_thousand_networks_change_their_mode_within_300_ms(desk: Desk, lab: Lab) -> None:
    desk.imported(lab.profile_toml(networks=["10.20.0.0/16", *crowd(1999)]))
    began = time.monotonic()
    desk.connected()
    print(f"connecting with 2,000 networks: {time.monotonic() - began:.2f} s")
    assert len(desk.snapshot().networks) == 2000
    took_ms = [change(desk, mode) * 1000 for mode in BOTH * 5]
    print(
        f"changing the mode with 2,000 networks: median {statistics.median(took_ms):.0f} ms, {max(took_ms):.0f} at most"
    )
    assert min(took_ms) < 300  # what others do on the machine can only make it longer; `make bench` has the median
    shown = json.loads(desk.wgtray("status", "--json").stdout)
    assert (len(shown["networks"]), shown["protected"]) == (2000, True)


def crowd(number: int) -> list[str]:
    """So many networks, of both families in turns."""
    return [f"10.{40 + i // 500}.{i // 2 % 250}.0/24" if i % 2 else f"fd40:0:0:{i:x}::/64" for i in range(number)]
