"""Which profile does this file, or standard input, hold?"""

import sys
import time
from typing import NamedTuple

import msgspec

from wgtray import words
from wgtray.core.document import read
from wgtray.core.findings import Finding, Unreadable
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.profile import Profile
from wgtray.core.signature import Flaw, is_signed, verify

STDIN = "-"


class Reading(NamedTuple):
    """The profile, or None when there are errors; and everything that was found."""

    profile: Profile | None
    findings: tuple[Finding, ...]
    signed: str | None = None
    """The text, where it says that a company signed it."""


def read_file(file: str) -> Reading:
    """Read and check it; a file that cannot be read is a finding like any other."""
    name = "<stdin>" if file == STDIN else file
    try:
        raw = _bytes(file)
    except OSError as error:
        return _refused(
            name, f"cannot be read ({error.strerror or type(error).__name__}): check the name and its rights"
        )
    except ValueError:  # a NUL in the name
        return _refused(name, "is no name that a file can have: check the name")
    if len(raw) > SIZE_LIMIT:
        return _refused(name, f"larger than the {SIZE_LIMIT} bytes that a profile has at most: is this the right file?")
    signed = _signed(raw)
    if signed is not None:
        flaw = verify(signed, (), None, time.time())
        if isinstance(flaw, Flaw):  # no service takes it, whoever signed it
            return _refused(name, words.refusal(flaw.code, flaw.args))
    try:
        return Reading(*read(raw, name), signed)
    except Unreadable as unreadable:
        return Reading(None, unreadable.findings)


def without_keys(profile: Profile) -> Profile:
    """The part that may be shown."""
    replace = msgspec.structs.replace
    return replace(
        profile,
        interface=replace(profile.interface, private_key=None),
        nodes=tuple(replace(node, preshared_key=None) for node in profile.nodes),
    )


def _bytes(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read(SIZE_LIMIT + 1)
    with open(file, "rb") as stream:
        return stream.read(SIZE_LIMIT + 1)


def _signed(raw: bytes) -> str | None:
    """The text, where it says that it is signed."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if is_signed(text) else None


def _refused(name: str, text: str) -> Reading:
    return Reading(None, (Finding("error", name, None, "", text),))
