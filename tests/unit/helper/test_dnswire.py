"""DNS messages, with dnspython as the judge of what they say."""

import contextlib

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Address
from wgtray.helper import dnswire
from wgtray.helper.dnswire import Malformed, Question

labels = st.text("abcXYZ019-_", min_size=1, max_size=12)
domains = st.lists(labels, min_size=1, max_size=5).map(".".join)
kinds = st.sampled_from(["A", "AAAA", "HTTPS", "TXT", "MX"])
fours = st.ip_addresses(v=4).map(lambda address: Address(str(address)))


def query(name: str = "www.bank.example", kind: str = "A", **options: object) -> dns.message.QueryMessage:
    return dns.message.make_query(name, kind, **options)  # type: ignore[arg-type]


def question(name: str = "www.bank.example", kind: str = "A", **options: object) -> Question:
    return dnswire.parse_query(query(name, kind, **options).to_wire())


def answer(asked: dns.message.QueryMessage, *records: str, section: str = "answer") -> bytes:
    """A response with these records, each as ``NAME TTL TYPE DATA``."""
    made = dns.message.make_response(asked)
    for record in records:
        name, ttl, kind, data = record.split(None, 3)
        getattr(made, section).append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return made.to_wire()


@given(domains, kinds, st.booleans(), st.integers(512, 4096))
def test_a_question_is_read_as_dnspython_writes_it(name: str, kind: str, edns: bool, limit: int) -> None:
    asked = query(name, kind, use_edns=0 if edns else -1, payload=limit, want_dnssec=edns)
    found = dnswire.parse_query(asked.to_wire())
    assert found.id == asked.id
    assert found.name == asked.question[0].name.to_wire()
    assert (found.type, found.class_) == (asked.question[0].rdtype, asked.question[0].rdclass)
    assert (found.limit, found.dnssec) == ((limit, True) if edns else (None, False))


@given(st.lists(fours, max_size=20, unique=True), st.integers(0, 3000), st.booleans())
def test_dnspython_reads_the_answers_that_we_write(addresses: list[Address], ttl_s: int, edns: bool) -> None:
    asked = query(use_edns=0 if edns else -1)
    found = dnswire.parse_query(asked.to_wire())
    said = dns.message.from_wire(dnswire.render_answer(found, addresses, ttl_s))
    assert asked.is_response(said)
    assert (said.rcode(), said.edns) == (dns.rcode.NOERROR, 0 if edns else -1)
    assert sorted(str(record) for rrset in said.answer for record in rrset) == sorted(addresses)
    assert all(rrset.ttl == ttl_s for rrset in said.answer)
    back, least_s = dnswire.parse_addresses(said.to_wire(), found)
    assert sorted(back) == sorted(addresses)
    assert least_s == (ttl_s if addresses else 0)


def test_an_answer_too_long_for_a_datagram_sends_the_asker_to_tcp() -> None:
    found, many = question(), [Address(f"9.9.{at}.1") for at in range(60)]
    said = dns.message.from_wire(dnswire.render_answer(found, many, 60, dnswire.PLAIN_LIMIT))
    assert said.flags & dns.flags.TC
    assert not said.answer
    assert len(dns.message.from_wire(dnswire.render_answer(found, many, 60)).answer[0]) == 60


def test_all_of_a_chain_counts_for_its_time_and_only_its_addresses_are_taken() -> None:
    asked = query("a.bank.example")
    wire = answer(
        asked, "a.bank.example. 300 CNAME b.cdn.example.", "b.cdn.example. 7 CNAME c.cdn.example.",
        "c.cdn.example. 60 A 198.51.100.7",
    )  # fmt: skip
    found = dnswire.parse_query(asked.to_wire())
    assert dnswire.parse_addresses(wire, found) == ([Address("198.51.100.7")], 7)


def test_addresses_in_other_sections_are_nobodys() -> None:
    asked = query()
    for section in ("authority", "additional"):
        wire = answer(asked, "www.bank.example. 60 A 198.51.100.7", section=section)
        assert dnswire.parse_addresses(wire, dnswire.parse_query(asked.to_wire())) == ([], 0)


def test_an_answer_of_the_other_family_is_none() -> None:
    asked = query(kind="AAAA")
    wire = answer(asked, "www.bank.example. 60 A 198.51.100.7")
    assert dnswire.parse_addresses(wire, dnswire.parse_query(asked.to_wire()))[0] == []


def test_additional_addresses_are_left_out_and_the_rest_stays() -> None:
    asked = query("bank.example", "MX", use_edns=0)
    made = dns.message.make_response(asked)
    made.answer.append(dns.rrset.from_text("bank.example.", 60, "IN", "MX", "10 mail.bank.example."))
    made.additional.append(dns.rrset.from_text("mail.bank.example.", 60, "IN", "A", "198.51.100.7"))
    found = dnswire.parse_query(asked.to_wire())
    said = dns.message.from_wire(dnswire.without_additional(made.to_wire(), found))
    assert [str(rrset) for rrset in said.answer] == ["bank.example. 60 IN MX 10 mail.bank.example."]
    assert said.additional == []
    assert said.edns == 0


def test_an_address_that_answers_another_question_makes_the_answer_none() -> None:
    asked = query("bank.example", "TXT")
    wire = answer(asked, "bank.example. 60 A 198.51.100.7")
    with pytest.raises(Malformed):
        dnswire.without_additional(wire, dnswire.parse_query(asked.to_wire()))


@pytest.mark.parametrize("code", [dnswire.NOERROR, dnswire.NXDOMAIN, dnswire.SERVFAIL])
def test_a_reply_without_records_is_a_reply(code: int) -> None:
    asked = query(use_edns=0)
    said = dns.message.from_wire(dnswire.render_reply(dnswire.parse_query(asked.to_wire()), code))
    assert asked.is_response(said)
    assert said.rcode() == code


def test_only_the_answer_to_this_question_under_this_number_is_one() -> None:
    asked = query()
    found, wire = dnswire.parse_query(asked.to_wire()), answer(asked, "www.bank.example. 60 A 198.51.100.7")
    assert dnswire.is_answer(wire, asked.id, found)
    assert dnswire.is_answer(wire.replace(b"bank", b"BaNk", 1), asked.id, found)
    assert not dnswire.is_answer(wire, asked.id ^ 1, found)
    assert not dnswire.is_answer(asked.to_wire(), asked.id, found), "a question is no answer"
    assert not dnswire.is_answer(answer(query("www.evil.example")), asked.id, question("www.evil.example", "AAAA"))
    assert not dnswire.is_answer(wire.replace(b"bank", b"benk", 1), asked.id, found)
    assert not dnswire.is_answer(b"", asked.id, found)


def test_what_is_no_query_is_refused_as_the_protocol_says() -> None:
    wire = query().to_wire()
    cases = [
        (wire[:11], None),
        (answer(query()), None),
        (wire[:2] + b"\x28" + wire[3:], dnswire.NOTIMP),  # an update
        (wire[:4] + b"\0\2" + wire[6:], dnswire.FORMERR),
        (wire[:-1], dnswire.FORMERR),
    ]
    for data, code in cases:
        with pytest.raises(Malformed) as caught:
            dnswire.parse_query(data)
        assert caught.value.rcode == code


@given(st.binary(max_size=600))
def test_bytes_raise_malformed_and_nothing_else(data: bytes) -> None:
    for read in (
        dnswire.parse_query,
        dnswire.parse_records,
        lambda wire: dnswire.parse_addresses(wire, question()),
        lambda wire: dnswire.without_additional(wire, question("x", "TXT")),
        lambda wire: dnswire.is_answer(wire, 1, question()),
    ):
        with contextlib.suppress(Malformed):
            read(data)


@given(st.binary(min_size=12, max_size=40), st.integers(0, 15))
def test_a_complaint_answers_whatever_has_a_header(data: bytes, code: int) -> None:
    said = dnswire.render_complaint(data, code)
    assert said[:2] == data[:2]
    assert dnswire.rcode(said) == code
    assert said[2] & 0x80


@given(st.data())
def test_a_damaged_answer_raises_malformed_and_nothing_else(data: st.DataObject) -> None:
    asked = query("a.bank.example", use_edns=0)
    wire = bytearray(answer(asked, "a.bank.example. 300 CNAME b.cdn.example.", "b.cdn.example. 60 A 198.51.100.7"))
    for at in data.draw(st.lists(st.integers(0, len(wire) - 1), max_size=4)):
        wire[at] = data.draw(st.integers(0, 255))
    cut = bytes(wire[: data.draw(st.integers(0, len(wire)))])
    found = dnswire.parse_query(asked.to_wire())
    for read in (dnswire.parse_addresses, dnswire.without_additional):
        with contextlib.suppress(Malformed):
            read(cut, found)
