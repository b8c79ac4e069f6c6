"""What has to be read of a DNS message, and what is written of one? (RFC 1035 section 4, RFC 6891.)

Most messages are passed on as they came: of those only the question is read. Answers with addresses that are learned
are made anew from these addresses, each directly under the name that was asked for: an alias in between, kept in some
cache for longer than its addresses, would later be asked for by itself, past us. Of other answers about such names only
the additional records are left out, because they hold addresses that nobody asked for.

Reading raises ``Malformed`` and nothing else, whatever the bytes. A whole library of DNS (dnspython) would take longer
to read one message than all the rest here takes together, so the tests have it as their judge.
"""

import ipaddress
import struct
from collections.abc import Iterable, Iterator

import msgspec

from wgtray.core.fields import Address

A, AAAA, SVCB, HTTPS, ANY, OPT = 1, 28, 64, 65, 255, 41
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP = 0, 1, 2, 3, 4
IN = 1

PLAIN_LIMIT = 512
"""Bytes over UDP to whom did not say that more may come."""

OWN_LIMIT = 1232
"""What we say we take over UDP, which no path splits (dnsflagday.net/2020)."""

HEADER = struct.Struct(">HHHHHH")  # id, flags, counts of questions, answers, authority and additional records
_RECORD = struct.Struct(">HHIH")  # type, class, TTL, length of the data
_RESPONSE, _AUTHENTIC, _TRUNCATED, _AVAILABLE = 0x8000, 0x0020, 0x0200, 0x0080
_OPCODE, _DESIRED, _CHECKING_OFF, _RCODE = 0x7800, 0x0100, 0x0010, 0x000F
_DNSSEC_OK = 0x8000
_NAME_LIMIT, _LABEL_LIMIT = 255, 63
_THE_NAME_ASKED = b"\xc0\x0c"  # a pointer to where the question begins


class Malformed(Exception):
    """No DNS message that can be dealt with; ``rcode`` None where nothing should be answered."""

    def __init__(self, rcode: int | None = None) -> None:
        super().__init__(rcode)
        self.rcode = rcode


class Question(msgspec.Struct, frozen=True):
    """The one question of a query."""

    id: int
    flags: int
    name: bytes
    """As it travels, in the case it was written in."""
    type: int
    class_: int
    raw: bytes
    """All of the question's section."""
    limit: int | None = None
    """Bytes that the asker takes over UDP; None without EDNS."""
    dnssec: bool = False

    @property
    def about_addresses(self) -> bool:
        return self.class_ == IN and self.type in (A, AAAA)


class Record(msgspec.Struct, frozen=True):
    """One resource record: where it begins, and what it holds."""

    section: int
    """0 answer, 1 authority, 2 additional."""
    start: int
    type: int
    class_: int
    ttl_s: int
    data: bytes


def parse_query(wire: bytes) -> Question:
    """The question of a query; raises Malformed."""
    ident, flags, *counts = _header(wire)
    if flags & _RESPONSE:
        raise Malformed
    if flags & _OPCODE:
        raise Malformed(NOTIMP)
    if counts[:3] != [1, 0, 0]:
        raise Malformed(FORMERR)
    name, at = _question_name(wire)
    type_, class_ = _pair(wire, at)
    question = Question(ident, flags, name, type_, class_, wire[HEADER.size : at + 4])
    try:
        options = [record for record in _records(wire, at + 4, counts[1:]) if record.type == OPT]
    except Malformed:
        raise Malformed(FORMERR) from None
    if not options:
        return question
    dnssec = bool(options[0].ttl_s & _DNSSEC_OK)
    return msgspec.structs.replace(question, limit=max(options[0].class_, PLAIN_LIMIT), dnssec=dnssec)


def is_answer(wire: bytes, ident: int, question: Question) -> bool:
    """Whether these bytes answer that question under that number, in whatever case its name comes back."""
    end = HEADER.size + len(question.raw)
    if len(wire) < end or not wire[2] & _RESPONSE >> 8:
        return False
    if (wire[:2], wire[4:6]) != (ident.to_bytes(2, "big"), b"\0\1"):
        return False
    return wire[HEADER.size : end].lower() == question.raw.lower()


def rcode(wire: bytes) -> int:
    """The result of a response."""
    return int(wire[3]) & _RCODE


def is_truncated(wire: bytes) -> bool:
    """Whether there is more over TCP."""
    return bool(wire[2] & _TRUNCATED >> 8)


def with_id(wire: bytes, ident: int) -> bytes:
    """The same message under another number."""
    return ident.to_bytes(2, "big") + wire[2:]


def parse_addresses(wire: bytes, question: Question) -> tuple[list[Address], int]:
    """The addresses that answer the question, and for how many seconds all of the answer holds; raises Malformed."""
    answers = [record for record in parse_records(wire) if record.section == 0]
    wanted = (question.type, IN, 4 if question.type == A else 16)
    found = [record.data for record in answers if (record.type, record.class_, len(record.data)) == wanted]
    ttl_s = min((record.ttl_s for record in answers), default=0)
    return [Address(str(ipaddress.ip_address(data))) for data in found], ttl_s


def parse_records(wire: bytes) -> list[Record]:
    """All records of a response with one question; raises Malformed."""
    _, _, questions, *counts = _header(wire)
    if questions != 1:
        raise Malformed
    _, at = _question_name(wire)
    _pair(wire, at)
    return list(_records(wire, at + 4, counts))


def render_answer(question: Question, addresses: Iterable[Address], ttl_s: int, limit: int | None = None) -> bytes:
    """The answer that these are the addresses; truncated where it is longer than ``limit``."""
    records = []
    for address in addresses:
        packed = ipaddress.ip_address(address).packed
        records.append(_THE_NAME_ASKED + _RECORD.pack(question.type, IN, ttl_s, len(packed)) + packed)
    answer = _rendered(question, NOERROR, records)
    return answer if limit is None or len(answer) <= limit else render_truncated(question)


def render_reply(question: Question, code: int = NOERROR) -> bytes:
    """A reply without a record."""
    return _rendered(question, code, [])


def render_truncated(question: Question) -> bytes:
    """The reply that there is more over TCP."""
    return _rendered(question, _TRUNCATED, [])


def render_complaint(wire: bytes, code: int) -> bytes:
    """The reply to something of which no more than the header can be read."""
    ident, flags, *_ = HEADER.unpack_from(wire)
    return HEADER.pack(ident, _RESPONSE | flags & (_OPCODE | _DESIRED) | code, 0, 0, 0, 0)


def without_additional(wire: bytes, question: Question) -> bytes:
    """A response without its additional records; raises Malformed. Names point backwards only, so the rest stays whole.

    Addresses anywhere else answer no question of this kind, and a response with such is none.
    """
    records, end = parse_records(wire), len(wire)
    for record in records:
        if record.section == 2:
            end = min(end, record.start)
        elif record.type in (A, AAAA, SVCB, HTTPS):
            raise Malformed
    ident, flags, questions, answers, authority, _ = HEADER.unpack_from(wire)
    option = _option(question)
    head = HEADER.pack(ident, flags, questions, answers, authority, 1 if option else 0)
    return head + wire[HEADER.size : end] + option


def _header(wire: bytes) -> tuple[int, ...]:
    if len(wire) < HEADER.size:
        raise Malformed
    return HEADER.unpack_from(wire)


def _question_name(wire: bytes) -> tuple[bytes, int]:
    """The name asked for and where it ends; nothing stands before it that it could point to."""
    at = HEADER.size
    while at < len(wire) and 0 < wire[at] <= _LABEL_LIMIT:
        at += 1 + wire[at]
    if at >= len(wire) or wire[at] or at + 1 - HEADER.size > _NAME_LIMIT:
        raise Malformed(FORMERR)
    return wire[HEADER.size : at + 1], at + 1


def _pair(wire: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(wire):
        raise Malformed(FORMERR)
    type_, class_ = struct.unpack_from(">HH", wire, at)
    return type_, class_


def _records(wire: bytes, at: int, counts: Iterable[int]) -> Iterator[Record]:
    for section, count in enumerate(counts):
        for _ in range(count):
            start, at = at, _after_name(wire, at)
            if at + _RECORD.size > len(wire):
                raise Malformed
            type_, class_, ttl_s, length = _RECORD.unpack_from(wire, at)
            at += _RECORD.size
            if at + length > len(wire):
                raise Malformed
            # RFC 2181 section 8: the highest bit of a TTL means zero; of OPT the field is something else
            ttl_s = 0 if ttl_s >> 31 and type_ != OPT else ttl_s
            yield Record(section, start, type_, class_, ttl_s, wire[at : at + length])
            at += length


def _after_name(wire: bytes, at: int) -> int:
    while at < len(wire):
        length = wire[at]
        if length == 0:
            return at + 1
        if length >= 0xC0:
            return at + 2
        if length > _LABEL_LIMIT:
            break
        at += 1 + length
    raise Malformed


def _rendered(question: Question, bits: int, records: list[bytes]) -> bytes:
    flags = _RESPONSE | _AVAILABLE | question.flags & (_DESIRED | _CHECKING_OFF) | bits
    option = _option(question)
    head = HEADER.pack(question.id, flags, 1, len(records), 0, 1 if option else 0)
    return b"".join([head, question.raw, *records, option])


def _option(question: Question) -> bytes:
    if question.limit is None:
        return b""
    return b"\0" + _RECORD.pack(OPT, OWN_LIMIT, _DNSSEC_OK if question.dnssec else 0, 0)
