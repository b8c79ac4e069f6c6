"""Names are asked of several servers, quickly, outside the tunnel, and nothing but an answer to the question counts."""

import asyncio
import contextlib
import time

import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.zone import Records, SteeredBackend, Zone, serving
from wgtray.core.fields import Address
from wgtray.helper import lookup

HOST = "fra.example.com"
FOUR, SIX = Address("203.0.113.7"), Address("2001:db8::7")
BOTH: Records = {(HOST, "A"): [FOUR], (HOST, "AAAA"): [SIX]}


def found(monkeypatch: pytest.MonkeyPatch, *zones: Zone, backend: SteeredBackend | None = None) -> tuple[Address, ...]:
    """What a look-up finds when these are the machine's servers, 127.0.0.1 and up; at most 5 s."""

    async def play() -> tuple[Address, ...]:
        async with contextlib.AsyncExitStack() as stack, asyncio.timeout(5):
            port = 0
            servers = [f"127.0.0.{number}" for number in range(1, len(zones) + 1)]
            for server, zone in zip(servers, zones, strict=True):
                port = await stack.enter_async_context(serving(zone, server, port))
            monkeypatch.setattr(lookup, "PORT", port)
            return await lookup.addresses(backend or SteeredBackend(), servers, HOST)

    return asyncio.run(play())


def test_both_families_are_asked_past_the_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = SteeredBackend()
    assert found(monkeypatch, Zone(BOTH), backend=backend) == (FOUR, SIX)
    assert len(backend.steered) == 2
    assert {way for _, way in backend.steered} == {"direct"}


def test_aliases_are_followed_within_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    records: Records = {(HOST, "CNAME"): ["near.example.net."], ("near.example.net", "A"): [FOUR]}
    assert found(monkeypatch, Zone(records)) == (FOUR,)


def test_a_long_answer_comes_over_tcp_past_the_tunnel_too(monkeypatch: pytest.MonkeyPatch) -> None:
    zone, backend = Zone(BOTH, truncated=True), SteeredBackend()
    assert found(monkeypatch, zone, backend=backend) == (FOUR, SIX)
    assert zone.streams == 2
    assert {way for _, way in backend.steered} == {"direct"}


def test_a_lost_packet_is_made_good_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    assert found(monkeypatch, Zone(BOTH, silent=lambda number: number <= 2)) == (FOUR, SIX)
    assert time.monotonic() - began < lookup.STAGGER_S + 0.3


@pytest.mark.parametrize(
    "first",
    [
        Zone({}, silent=lambda number: True),
        Zone({}, rcode=dns.rcode.SERVFAIL),
        Zone({}, rcode=dns.rcode.REFUSED),
        Zone({}),
    ],
    ids=["silent", "failing", "refusing", "knows no such name"],
)
def test_the_next_server_is_asked_when_the_first_is_of_no_use(monkeypatch: pytest.MonkeyPatch, first: Zone) -> None:
    assert found(monkeypatch, first, Zone(BOTH)) == (FOUR, SIX)


def test_a_server_that_says_there_is_no_such_name_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = Zone({})
    assert found(monkeypatch, zone) == ()
    assert zone.datagrams == 2  # one a family


def test_what_somebody_guessed_does_not_end_the_wait_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, Zone(BOTH, forged=True)) == (FOUR, SIX)


def test_where_no_server_can_be_reached_nothing_is_found() -> None:
    class Refusing(SteeredBackend):
        def steer_socket(self, *_: object) -> None:
            raise OSError("no")

    assert asyncio.run(lookup.addresses(Refusing(), ["127.0.0.1"], HOST)) == ()


@given(st.binary(max_size=600), st.binary(max_size=12), st.integers(0, 80))
def test_no_answer_however_mangled_ends_the_helper(tail: bytes, noise: bytes, at: int) -> None:
    query = dns.message.make_query(HOST, "A", id=1)
    good = Zone(BOTH).answer(query).to_wire()
    for wire in (tail, good[:at] + noise + good[at + len(noise) :], good[:at], good + tail):
        answer = lookup._understood(wire, query)
        assert answer is None or answer.id == 1
