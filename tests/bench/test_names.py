"""What a name costs: an answer through the forwarder beside the same answer from the server, with 10,000 learned."""

import asyncio
import os
import socket
import statistics
import time
from collections.abc import Iterator, Sequence

import dns.message
import pytest

from tests.bench.figures import WIDE, show, wall_ms
from tests.network import nameservers
from tests.network.conftest import Desk
from tests.network.nameservers import PUBLIC
from wgtray.core.names import FORWARDER
from wgtray.lab import Lab, netns

LEARNED = 10_000
FRESH = 400
LISTED = ["ip", "-4", "-json", "route", "show", "table", "22090"]
LIMIT_MS = 1.0
"""What an answer may cost more than the server's own."""


def name(number: int) -> str:
    return f"n{number}.bank.example"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    if os.geteuid() != 0:
        pytest.skip("the lab needs root for network namespaces")
    with Lab.up() as lab:
        hosts = lab.runtime_dir / "names"
        hosts.write_text("".join(f"9.1.{at >> 8}.{at & 255} {name(at)}\n" for at in range(LEARNED + 2 * FRESH)))
        made = Desk(lab)
        made.start()
        with nameservers.both(lab, [], [f"--addn-hosts={hosts}"]):
            made.imported(lab.profile_toml(sections={"split": {"domains": ["bank.example"]}}))
            made.connected()
            yield made
        made.end()


def answers_ms(desk: Desk, server: str, numbers: Sequence[int]) -> list[float]:
    """How long each answer takes, one question after the other."""
    queries = [dns.message.make_query(name(number), "A").to_wire() for number in numbers]

    def asked() -> list[float]:
        taken = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.connect((server, 53))
            sock.settimeout(5)
            for query in queries:
                began = time.perf_counter()
                sock.send(query)
                answer = sock.recv(4096)
                taken.append((time.perf_counter() - began) * 1000)
                assert answer[:2] == query[:2]
                assert answer[7] == 1, "one address each"
        return taken

    return netns.inside(desk.place.netns, asked)


def test_an_answer_with_ten_thousand_addresses_learned(desk: Desk) -> None:
    fresh = range(LEARNED, LEARNED + FRESH)
    direct = statistics.median(answers_ms(desk, PUBLIC, range(FRESH)))
    first = statistics.median(answers_ms(desk, FORWARDER, range(FRESH)))
    answers_ms(desk, FORWARDER, range(FRESH, LEARNED))
    assert desk.snapshot().learned_total == LEARNED
    known, new, again = [], [], []
    for number in fresh:  # in turns, so that a busy moment hits all alike
        again += answers_ms(desk, PUBLIC, [number - LEARNED])
        known += answers_ms(desk, FORWARDER, [number - LEARNED])
        new += answers_ms(desk, FORWARDER, [number])
    direct = statistics.median(again)
    figures = {
        "server": direct,
        "forwarder, nothing learned": first,
        "forwarder, known": statistics.median(known),
        "forwarder, new": statistics.median(new),
    }
    show(f"an answer, {LEARNED} addresses learned (median)", figures, "server")
    show("the slowest of a hundred", {key: _late(taken) for key, taken in (("server", again), ("new", new))}, "server")
    assert figures["forwarder, known"] - direct < WIDE * LIMIT_MS
    assert figures["forwarder, new"] - direct < WIDE * LIMIT_MS


def test_reading_a_machine_with_ten_thousand_addresses(desk: Desk) -> None:
    from wgtray.platforms.linux.backend import LinuxBackend

    def read_ms() -> float:
        backend = LinuxBackend(desk.state_dir, "wgtray0", desk.resolv_conf)
        began = time.perf_counter()
        observed = asyncio.run(backend.observe())
        assert len(observed.learned) >= LEARNED
        return (time.perf_counter() - began) * 1000

    full = statistics.median(netns.inside(desk.place.netns, read_ms) for _ in range(5))
    rows = statistics.median(wall_ms([*netns.enter(desk.place.netns, LISTED)]) for _ in range(5))
    show(
        f"reading the machine, {LEARNED} addresses learned (ip: their list alone)", {"ip": rows, "observe": full}, "ip"
    )


def _late(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]
