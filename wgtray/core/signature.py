"""Who wrote this profile, and is it whole, in time and newer than the last one?

A signed profile is the same readable TOML with comments around it, so earlier readers, editors and ``profile check``
take it as it is, and nothing can be separated from it on its way as a second file would be:

    # wgtray signed profile 1          the first line, so that a file cut off anywhere is known as such
    schema = 1
    …
    # wgtray signature                 of every character above its last two lines
    # key: …                           Ed25519 (RFC 8032) public key, base64
    # serial: 1764000000               rises with every profile of the company
    # issued: 2025-11-24T16:00:00Z
    # expires: 2026-11-24T16:00:00Z
    # next: …                          optional: the key that the company goes over to
    # for: …                           optional: the WireGuard public key of the one computer it is meant for
    # signature: …                     two lines of 44 characters, below what mail programs wrap

What is signed is the text as ``plain_text`` reads it: UTF-8, line ends as LF, no byte order mark, no blank lines behind
the end. So git's autocrlf, mail and editors that add a last line end do no harm; any other change of one byte does.
"""

import base64
import binascii
import calendar
import re
from collections.abc import Collection
from typing import Final, NewType

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Key

SigningKey = NewType("SigningKey", str)  # an Ed25519 public key of a company, 32 bytes as canonical base64

FIRST_LINE: Final = "# wgtray signed profile 1"
BLOCK: Final = "\n# wgtray signature\n"
DOMAIN: Final = b"wgtray signed profile 1\x00"
"""What else the company's key may ever sign cannot be mistaken for a profile."""

EARLY_S: Final = 86_400.0
"""How far a clock may be behind the company's before an issue date is not believed."""

_FIELDS: Final = re.compile(
    r"# key: (?P<key>[A-Za-z0-9+/]{43}=)\n"
    r"# serial: (?P<serial>[0-9]{1,18})\n"
    r"# issued: (?P<issued>[0-9TZ:-]{20})\n"
    r"# expires: (?P<expires>[0-9TZ:-]{20})\n"
    r"(?:# next: (?P<next_key>[A-Za-z0-9+/]{43}=)\n)?"
    r"(?:# for: (?P<meant_for>[A-Za-z0-9+/]{43}=)\n)?"
)
_END: Final = re.compile(r"# signature: ([A-Za-z0-9+/]{44})\n# signature: ([A-Za-z0-9+/]{42}==)")
_TIME: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What the company says of a profile beside its text."""

    key: SigningKey
    serial: int
    issued: int
    """Unix time in seconds, as ``expires``."""
    expires: int
    next_key: SigningKey | None = None
    meant_for: Key | None = None


class Flaw(msgspec.Struct, frozen=True):
    """Why a text is not to be used: a code of ``words.requests.REFUSALS`` with its arguments."""

    code: str
    args: dict[str, str | float] = {}


def is_signed(text: str) -> bool:
    """Whether a text says that it is signed; it may be cut off or forged all the same."""
    plain = canonical(text)
    return plain.startswith(FIRST_LINE) or BLOCK in plain


def claimed(text: str) -> Signature | None:
    """What a text says of itself, believed by nobody; None when it says nothing whole."""
    parts = _parts(canonical(text))
    return None if parts is None else parts[1]


def verify(text: str, keys: Collection[SigningKey], last_serial: int | None, now: float) -> Signature | Flaw:
    """The signature, if one of ``keys`` made it, the text is whole and now is its time.

    Without any key the text's own is taken, which proves no more than that the text is whole. ``last_serial``: of the
    profile accepted last; the same one may come again. ``now``: Unix time in seconds.
    """
    if not is_signed(text):
        return Flaw("profile-unsigned")
    plain = canonical(text)
    parts = _parts(plain)
    if parts is None:
        return Flaw("profile-truncated")
    signed, signature, seal = parts
    if keys and signature.key not in keys:
        return Flaw("profile-foreign", {"fingerprint": fingerprint(signature.key)})
    if not plain.startswith(FIRST_LINE + "\n") or not _fits(signature.key, seal, signed):
        return Flaw("profile-tampered")
    if now >= signature.expires:
        return Flaw("profile-expired", {"when": day(signature.expires)})
    if now < signature.issued - EARLY_S:
        return Flaw("profile-early", {"when": day(signature.issued)})
    if last_serial is not None and signature.serial < last_serial:
        return Flaw("profile-older", {"serial": str(signature.serial), "last": str(last_serial)})
    return signature


def fingerprint(key: str) -> str:
    """The key as people compare it: 128 bits of its SHA-256 in groups of four."""
    import hashlib

    digits = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def signing_key(text: str) -> SigningKey:
    """The key as it is written in a file of the company; raises ValueError."""
    try:
        return SigningKey(fields.key(text))
    except ValueError:
        raise ValueError(f"{fields.shown(text)} is no signing key: write what `wgtray fleet keygen` printed") from None


def signing_keys(text: str) -> tuple[SigningKey, ...]:
    """The keys of a file: one a line, a name behind it, ``#`` before a comment; raises ValueError."""
    lines = (line.partition("#")[0].split() for line in text.removeprefix("\ufeff").splitlines())
    return tuple(dict.fromkeys(signing_key(line[0]) for line in lines if line))


def message(signed: str) -> bytes:
    """What the key signs: everything above the lines of the seal."""
    return DOMAIN + signed.encode()


def block(signature: Signature) -> str:
    """The lines that say it, from the marker to above the seal."""
    lines = [
        f"# key: {signature.key}",
        f"# serial: {signature.serial}",
        f"# issued: {moment(signature.issued)}",
        f"# expires: {moment(signature.expires)}",
    ]
    if signature.next_key is not None:
        lines.append(f"# next: {signature.next_key}")
    if signature.meant_for is not None:
        lines.append(f"# for: {signature.meant_for}")
    return BLOCK + "\n".join(lines) + "\n"


def unsigned(text: str) -> str:
    """The text without what signing added."""
    plain = canonical(text).removeprefix(FIRST_LINE + "\n")
    return plain.rpartition(BLOCK)[0].rstrip("\n") if BLOCK in plain else plain


def canonical(text: str) -> str:
    """The text as it is signed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")


def moment(unix_s: int) -> str:
    """A time as a signature writes it (RFC 3339, UTC)."""
    days, rest = divmod(unix_s, 86_400)
    year, month, of_month = _date(days)
    return f"{year:04}-{month:02}-{of_month:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def day(unix_s: int) -> str:
    """Its date alone."""
    return moment(unix_s)[:10]


def _parts(plain: str) -> tuple[str, Signature, bytes] | None:
    """(what is signed, what it says of itself, the 64 bytes that sign it)."""
    body, marker, tail = plain.rpartition(BLOCK)
    said = _FIELDS.match(tail)
    if not marker or said is None:
        return None
    end = _END.fullmatch(tail, said.end())
    if end is None:
        return None
    try:
        signature = Signature(
            key=signing_key(said["key"]),
            serial=int(said["serial"]),
            issued=_unix_s(said["issued"]),
            expires=_unix_s(said["expires"]),
            next_key=None if said["next_key"] is None else signing_key(said["next_key"]),
            meant_for=None if said["meant_for"] is None else fields.key(said["meant_for"]),
        )
        seal = base64.b64decode(end[1] + end[2], validate=True)
    except (ValueError, binascii.Error):
        return None
    if base64.b64encode(seal).decode() != end[1] + end[2] or block(signature) != marker + tail[: said.end()]:
        return None  # written in another way than it ever is: two texts must not say the same
    return body + marker + tail[: said.end()], signature, seal


def _fits(key: SigningKey, seal: bytes, signed: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(seal, message(signed))
    except (InvalidSignature, ValueError, UnicodeEncodeError):
        return False
    return True


def _unix_s(text: str) -> int:
    """Raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("no time")
    seconds = calendar.timegm(tuple(map(int, found.groups())))
    if moment(seconds) != text:
        raise ValueError("no such time")
    return seconds


def _date(days: int) -> tuple[int, int, int]:
    """Year, month and day, so many days after 1970-01-01; ``datetime`` is not for code without a clock."""
    year, month = 1970, 1
    while days >= (of_year := 365 + calendar.isleap(year)):
        days, year = days - of_year, year + 1
    while days >= (of_month := calendar.monthrange(year, month)[1]):
        days, month = days - of_month, month + 1
    return year, month, days + 1
