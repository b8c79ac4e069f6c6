"""Name servers that answer, do not, lie, and say that they do not know."""

import asyncio
import contextlib
import socket

import dns.message
import dns.rcode
import pytest

from tests.fakes.zone import Records, Zone, serving
from wgtray.core.fields import Address
from wgtray.core.names import Ask, Server
from wgtray.helper import dnsask, dnswire
from wgtray.platforms.api import Way

HOST, BANK = "www.bank.example", Address("198.51.100.7")
RECORDS: Records = {(HOST, "A"): [BANK]}


def never(number: int) -> bool:
    return True


class Asked:
    """What was asked, of whom it was heard, and by which way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.ways: set[Way] = set()

    def steer(self, sock: socket.socket, way: Way) -> None:
        self.ways.add(way)

    def answer(
        self, *zones: Zone, tcp: bool = False, inside: bool = False, absent: int = 0
    ) -> dns.message.Message | None:
        """When these are the servers, 127.0.0.1 and up, and before them ``absent`` addresses where nobody listens."""
        wire = dns.message.make_query(HOST, "A").to_wire()

        async def play() -> bytes | None:
            async with contextlib.AsyncExitStack() as stack, asyncio.timeout(5):
                port = 0
                servers = [Server(Address(f"127.0.1.{number}")) for number in range(1, absent + 1)]
                for number, zone in enumerate(zones, start=1):
                    servers.append(Server(Address(f"127.0.0.{number}")))
                    port = await stack.enter_async_context(serving(zone, servers[-1].address, port))
                self.monkeypatch.setattr(dnsask, "PORT", port)
                whom = Ask(tuple(servers), inside=inside)
                return await dnsask.ask(wire, dnswire.parse_query(wire), whom, self.steer, tcp=tcp)

        found = asyncio.run(play())
        if found is None:
            return None
        said = dns.message.from_wire(found)
        assert dns.message.from_wire(wire).is_response(said), "the number is the asker's, whatever went out"
        return said


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setattr(dnsask, "PATIENCE_S", (0.05, 0.1, 0.2))
    return Asked(monkeypatch)


def addresses(answer: dns.message.Message | None) -> list[str]:
    assert answer is not None
    return [str(record) for rrset in answer.answer for record in rrset]


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(("inside", "way"), [(True, "carried"), (False, "direct")])
def test_a_question_goes_by_the_way_that_it_should(asked: Asked, tcp: bool, inside: bool, way: Way) -> None:
    assert addresses(asked.answer(Zone(RECORDS), tcp=tcp, inside=inside)) == [BANK]
    assert asked.ways == {way}


@pytest.mark.parametrize("tcp", [False, True])
def test_the_next_server_is_asked_when_one_is_silent_absent_or_does_not_know(asked: Asked, tcp: bool) -> None:
    assert addresses(asked.answer(Zone(RECORDS), tcp=tcp, absent=1)) == [BANK]
    for rcode in (dns.rcode.SERVFAIL, dns.rcode.REFUSED):
        assert addresses(asked.answer(Zone({}, rcode=rcode), Zone(RECORDS), tcp=tcp)) == [BANK]
    if not tcp:
        assert addresses(asked.answer(Zone(RECORDS, silent=never), Zone(RECORDS))) == [BANK]


def test_a_lost_question_is_asked_again(asked: Asked) -> None:
    zone = Zone(RECORDS, silent=lambda number: number == 1)
    assert addresses(asked.answer(zone)) == [BANK]
    assert zone.datagrams == 2


def test_what_does_not_exist_is_an_answer_and_nobody_else_is_asked(asked: Asked) -> None:
    other = Zone(RECORDS)
    said = asked.answer(Zone({}), other)
    assert said is not None
    assert said.rcode() == dns.rcode.NXDOMAIN
    assert other.datagrams == 0


def test_when_nobody_knows_the_answer_says_so(asked: Asked) -> None:
    said = asked.answer(*[Zone({}, rcode=dns.rcode.REFUSED)] * 2)
    assert said is not None
    assert said.rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize("tcp", [False, True])
def test_when_nobody_answers_there_is_none(asked: Asked, tcp: bool) -> None:
    if tcp:
        assert asked.answer(absent=2, tcp=True) is None
    else:
        assert asked.answer(Zone(RECORDS, silent=never)) is None


def test_a_guess_is_passed_over_and_the_wait_goes_on(asked: Asked) -> None:
    assert addresses(asked.answer(Zone(RECORDS, forged=True))) == [BANK]


def test_a_truncated_answer_is_handed_on_for_the_asker_to_decide(asked: Asked) -> None:
    said = asked.answer(Zone(RECORDS, truncated=True))
    assert said is not None
    assert dnswire.is_truncated(said.to_wire())


def test_a_zone_that_is_no_interface_is_no_server(asked: Asked) -> None:
    wire = dns.message.make_query(HOST, "A").to_wire()
    whom = Ask((Server(Address("fe80::1"), "nowhere0"),), inside=False)
    assert asyncio.run(dnsask.ask(wire, dnswire.parse_query(wire), whom, asked.steer)) is None
