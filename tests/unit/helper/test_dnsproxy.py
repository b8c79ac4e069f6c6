"""Answers of the forwarder, with scripted servers and a scripted tunnel."""

import asyncio
import socket
from collections.abc import Iterable

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from tests.unit.core import worlds
from wgtray.core import names
from wgtray.core.fields import Address
from wgtray.core.names import Ask, Kind, Server
from wgtray.helper import dnsask
from wgtray.helper.dnsask import Steer
from wgtray.helper.dnsproxy import Forwarder
from wgtray.helper.dnswire import Question
from wgtray.platforms.api import Way

BANK = "198.51.100.7"
OUTSIDE = Ask((Server(Address("9.9.9.9")),), inside=False)


class Guided:
    """What was learned stands in ``learned``; ``takes`` says whether the tunnel does."""

    def __init__(self) -> None:
        self.realm = names.realm(worlds.NAMED)
        self.whom: Ask | None = OUTSIDE
        self.takes = True
        self.learned: list[tuple[str, tuple[Address, ...], int]] = []

    def whom_to_ask(self, kind: Kind) -> Ask | None:
        return self.whom

    async def learn(self, name: str, addresses: Iterable[Address], ttl_s: int) -> tuple[Address, ...]:
        self.learned.append((name, tuple(addresses), ttl_s))
        return tuple(addresses) if self.takes else ()

    def steer(self, sock: socket.socket, way: Way) -> None:
        raise OSError("a unit test has no network")


@pytest.fixture
def guide() -> Guided:
    return Guided()


class Internet:
    """Name servers that say ``records`` (``NAME TTL TYPE DATA``) to everybody; ``asked`` is what they were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.records: list[str] = []
        self.asked: list[tuple[str, bool]] = []
        self.silent = False
        self.truncates = False
        monkeypatch.setattr(dnsask, "ask", self.ask)

    async def ask(
        self, query: bytes, question: Question, whom: Ask, steer: Steer, *, tcp: bool = False
    ) -> bytes | None:
        self.asked.append((names.shown(question.name), tcp))
        if self.silent:
            return None
        made = dns.message.make_response(dns.message.from_wire(query))
        if self.truncates and not tcp:
            made.flags |= dns.flags.TC
            return made.to_wire()
        for record in self.records:
            name, ttl, kind, data = record.split(None, 3)
            made.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
        return made.to_wire()


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet(monkeypatch)


def asked(guide: Guided, name: str, kind: str = "A", *, tcp: bool = False) -> dns.message.Message:
    wire = asyncio.run(Forwarder(guide).answer(dns.message.make_query(name, kind).to_wire(), tcp=tcp))
    assert wire is not None
    return dns.message.from_wire(wire)


def addresses(answer: dns.message.Message) -> list[str]:
    return [str(record) for rrset in answer.answer for record in rrset]


def test_an_address_is_learned_before_it_is_told(guide: Guided, internet: Internet) -> None:
    internet.records = [f"www.bank.example. 60 A {BANK}"]
    assert addresses(asked(guide, "www.bank.example")) == [BANK]
    assert guide.learned == [("www.bank.example", (Address(BANK),), 60)]


def test_an_address_that_does_not_get_into_the_tunnel_is_not_told(guide: Guided, internet: Internet) -> None:
    internet.records = [f"www.bank.example. 60 A {BANK}"]
    guide.takes = False
    answer = asked(guide, "www.bank.example")
    assert (answer.rcode(), addresses(answer)) == (dns.rcode.SERVFAIL, [])


def test_other_names_are_passed_on_as_they_are(guide: Guided, internet: Internet) -> None:
    internet.records = ["www.else.example. 60 CNAME b.else.example.", "b.else.example. 60 A 10.0.0.1"]
    assert len(asked(guide, "www.else.example").answer) == 2
    assert guide.learned == []


def test_an_alias_is_answered_with_its_addresses_under_the_name_that_was_asked_for(
    guide: Guided, internet: Internet
) -> None:
    internet.records = ["www.bank.example. 60 CNAME edge.cdn.example.", f"edge.cdn.example. 9 A {BANK}"]
    answer = asked(guide, "WWW.bank.example")
    assert [str(rrset.name) for rrset in answer.answer] == ["WWW.bank.example."]
    assert answer.answer[0].ttl == 9
    assert guide.learned[0][0] == "www.bank.example"


@pytest.mark.threat("T16")
def test_private_addresses_of_public_names_are_refused_and_the_good_ones_among_them_kept(
    guide: Guided, internet: Internet
) -> None:
    internet.records = ["www.bank.example. 60 A 192.168.1.1"]
    assert asked(guide, "www.bank.example").rcode() == dns.rcode.SERVFAIL
    internet.records.append(f"www.bank.example. 60 A {BANK}")
    assert addresses(asked(guide, "www.bank.example")) == [BANK]
    assert [learned for _, learned, _ in guide.learned] == [(BANK,)]


def test_an_answer_without_addresses_keeps_its_result(guide: Guided, internet: Internet) -> None:
    answer = asked(guide, "www.bank.example", "AAAA")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_a_truncated_answer_is_asked_for_again_over_tcp(guide: Guided, internet: Internet) -> None:
    internet.records, internet.truncates = [f"www.bank.example. 60 A {BANK}"], True
    assert addresses(asked(guide, "www.bank.example")) == [BANK]
    assert internet.asked == [("www.bank.example", False), ("www.bank.example", True)]


@pytest.mark.parametrize("name", ["www.bank.example", "corp.example", "www.else.example"])
def test_silence_and_nobody_to_ask_are_a_failure_at_once(guide: Guided, internet: Internet, name: str) -> None:
    internet.silent = True
    assert asked(guide, name).rcode() == dns.rcode.SERVFAIL
    guide.whom = None
    internet.asked.clear()
    assert asked(guide, name).rcode() == dns.rcode.SERVFAIL
    assert internet.asked == []


def test_nobody_is_asked_for_hints_everything_and_the_canary(guide: Guided, internet: Internet) -> None:
    for kind in ("HTTPS", "SVCB"):
        answer = asked(guide, "www.bank.example", kind)
        assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])
    assert asked(guide, "corp.example", "ANY").rcode() == dns.rcode.NOTIMP
    assert asked(guide, "use-application-dns.net").rcode() == dns.rcode.NXDOMAIN
    assert internet.asked == []


def test_hints_of_other_names_are_nobodys_business(guide: Guided, internet: Internet) -> None:
    internet.records = ["www.else.example. 60 HTTPS 1 ."]
    assert addresses(asked(guide, "www.else.example", "HTTPS")) == ["1 ."]


def test_nonsense_is_complained_about_or_ignored() -> None:
    forwarder = Forwarder(Guided())
    assert asyncio.run(forwarder.answer(b"x", tcp=False)) is None
    wire = dns.message.make_query("bank.example", "A").to_wire()
    said = asyncio.run(forwarder.answer(wire[:-1], tcp=False))
    assert said is not None
    assert said[3] & 0xF == dns.rcode.FORMERR


def test_an_address_that_cannot_be_taken_is_told_and_leaves_nothing_open(guide: Guided) -> None:
    async def scene() -> None:
        forwarder = Forwarder(guide)
        with pytest.raises(OSError, match="no network"):
            forwarder.open()
        forwarder.close()

    asyncio.run(scene())
