"""What makes a signed profile good, and what does not."""

import os
import tempfile
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.worlds import PUBLIC, profile
from wgtray import words
from wgtray.core import signature
from wgtray.core.document import read, read_toml, render_toml
from wgtray.core.signature import Flaw, Signature, claimed, is_signed, signing_keys, verify
from wgtray.fleet.signing import DAY_S, KeyTrouble, Terms, load, make, public, sealed, unfit

NOW = 1_764_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TERMS = Terms(now=NOW, days=30)
TEXT = "# Acme's own remark\n" + render_toml(profile())
SIGNED = sealed(TEXT, KEY, TERMS)


def refused(text: str, code: str, *, keys: tuple[Ed25519PrivateKey, ...] = (KEY,), last: int | None = None) -> None:
    """With that code, whose sentence says everything there is to say."""
    found = verify(text, [public(key) for key in keys], last, NOW)
    assert isinstance(found, Flaw)
    assert found.code == code
    sentence = words.refusal(found.code, found.args)
    assert "…" not in sentence
    assert code not in sentence


def test_a_signed_profile_is_verified_and_still_read_by_everybody() -> None:
    found = verify(SIGNED, [public(KEY)], None, NOW)
    assert found == Signature(key=public(KEY), serial=NOW, issued=NOW, expires=NOW + 30 * DAY_S)
    assert read(SIGNED, "acme.toml") == read(TEXT, "acme.toml")
    assert "# Acme's own remark" in SIGNED


@pytest.mark.parametrize(
    "way",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
    ],
)
def test_line_ends_and_marks_that_programs_add_do_no_harm(way: object) -> None:
    assert isinstance(verify(way(SIGNED), [public(KEY)], NOW, NOW), Signature)  # type: ignore[operator]  # of the list above


@settings(deadline=None)  # the first example loads the library
@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(1, 255), st.booleans())
def test_any_other_change_of_one_byte_is_refused(at: int, flip: int, somebody_known: bool) -> None:
    raw = bytearray(SIGNED.encode())
    raw[at] ^= flip
    text = raw.decode("utf-8", "surrogateescape")
    if signature.canonical(text) != signature.canonical(SIGNED):
        assert isinstance(verify(text, [public(KEY)] if somebody_known else [], None, NOW), Flaw)


@settings(deadline=None)  # the first example loads the library
@given(st.integers(0, len(SIGNED) - 1), st.sampled_from(["", " ", "\n", "a", "#"]), st.booleans())
def test_so_is_one_letter_too_many_or_too_few(at: int, put: str, somebody_known: bool) -> None:
    text = SIGNED[:at] + put + SIGNED[at if put else at + 1 :]
    if signature.canonical(text) != signature.canonical(SIGNED):
        assert isinstance(verify(text, [public(KEY)] if somebody_known else [], None, NOW), Flaw)


@settings(deadline=None)  # the first example loads the library
@given(st.integers(len(signature.FIRST_LINE), len(SIGNED) - 2))
def test_a_file_that_was_cut_off_anywhere_is_known_as_such(at: int) -> None:
    refused(SIGNED[:at], "profile-truncated")
    refused(SIGNED[:at], "profile-truncated", keys=())


def test_what_was_changed_is_refused() -> None:
    refused(SIGNED.replace("10.20.0.0/16", "0.0.0.0/1"), "profile-tampered")
    refused(SIGNED.replace("\nschema", "\n[[app]]\nname='x'\n\nschema"), "profile-tampered")
    refused(SIGNED.replace(f"serial: {NOW}", f"serial: {NOW + 1}"), "profile-tampered")
    refused(SIGNED.removeprefix(signature.FIRST_LINE + "\n"), "profile-tampered")


def test_another_keys_signature_is_refused_and_its_fingerprint_named() -> None:
    refused(sealed(TEXT, OTHER, TERMS), "profile-foreign")
    found = verify(sealed(TEXT, OTHER, TERMS), [public(KEY)], None, NOW)
    assert isinstance(found, Flaw)
    assert found.args == {"fingerprint": signature.fingerprint(public(OTHER))}


def test_a_signature_cannot_be_taken_over_under_another_name() -> None:
    theirs = sealed(TEXT, OTHER, TERMS).replace(public(OTHER), public(KEY))
    refused(theirs, "profile-tampered")
    refused(theirs, "profile-tampered", keys=())


def test_times_and_serials_have_their_say() -> None:
    refused(sealed(TEXT, KEY, Terms(now=NOW - 31 * DAY_S, days=31)), "profile-expired")
    refused(sealed(TEXT, KEY, Terms(now=NOW + 2 * DAY_S)), "profile-early")
    refused(SIGNED, "profile-older", last=NOW + 1)
    for last in (None, NOW - 1, NOW):
        assert isinstance(verify(SIGNED, [public(KEY)], last, NOW), Signature)


def test_what_is_not_signed_is_called_so() -> None:
    refused(TEXT, "profile-unsigned")
    refused("", "profile-unsigned")
    assert not is_signed(TEXT)
    assert claimed(TEXT) is None


def test_the_first_key_is_taken_from_a_whole_text_only() -> None:
    assert isinstance(verify(SIGNED, (), None, NOW), Signature)
    refused(TEXT, "profile-unsigned", keys=())


def test_one_of_several_keys_is_enough_and_a_successor_can_be_named() -> None:
    text = sealed(TEXT, KEY, msgspec.structs.replace(TERMS, next_key=public(OTHER), meant_for=PUBLIC))
    found = verify(text, [public(OTHER), public(KEY)], None, NOW)
    assert isinstance(found, Signature)
    assert (found.next_key, found.meant_for) == (public(OTHER), PUBLIC)


def test_signing_again_replaces_the_signature_and_nothing_else() -> None:
    again = sealed(SIGNED, OTHER, TERMS)
    assert again.count(signature.BLOCK) == again.count(signature.FIRST_LINE) == 1
    assert signature.unsigned(again) == signature.unsigned(TEXT) == TEXT.rstrip("\n")
    assert sealed(sealed(TEXT, KEY, TERMS), KEY, TERMS) == SIGNED


def test_a_text_that_quotes_a_signature_is_signed_as_well() -> None:
    quoting = f"{TEXT}\n# like this:{signature.BLOCK}# key: {public(OTHER)}\n"
    assert isinstance(verify(sealed(quoting + "\n", KEY, TERMS), [public(KEY)], None, NOW), Signature)


@settings(deadline=None)  # the first example loads the library
@given(st.integers(0, 253_402_300_799))
def test_a_time_is_read_as_it_is_written(unix_s: int) -> None:
    assert signature._unix_s(signature.moment(unix_s)) == unix_s


@pytest.mark.parametrize(
    ("unix_s", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_764_000_000, "2025-11-24T16:00:00Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
    ],
)
def test_moments_are_those_of_the_calendar(unix_s: int, text: str) -> None:
    assert signature.moment(unix_s) == text


def test_keys_stand_one_a_line_with_names_and_comments() -> None:
    text = f"# Acme\r\n{public(KEY)} Acme 2025\r\n\r\n{public(OTHER)}  # from May\r\n{public(KEY)}\r\n"
    assert signing_keys(text) == (public(KEY), public(OTHER))
    with pytest.raises(ValueError, match="keygen"):
        signing_keys(f"{public(KEY)}\nnonsense\n")


def test_a_fingerprint_is_eight_groups_of_four() -> None:
    groups = signature.fingerprint(public(KEY)).split(" ")
    assert [len(group) for group in groups] == [4] * 8


def test_the_companys_key_is_made_once_and_for_its_owner_alone() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "company.key"
        made = make(path)
        assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
        assert public(load(path)) == made
        with pytest.raises(FileExistsError):
            make(path)
        if os.name != "nt":
            path.chmod(0o640)
            with pytest.raises(KeyTrouble, match="chmod"):
                load(path)
            path.chmod(0o600)
        path.write_bytes(b"-----BEGIN")
        with pytest.raises(KeyTrouble, match="keygen"):
            load(path)
        with pytest.raises(KeyTrouble, match="cannot be read"):
            load(Path(folder) / "absent")


def test_nothing_personal_is_signed_for_everybody() -> None:
    company, _ = read_toml(SIGNED.replace('addresses = ["10.66.0.10/32", "fd66::10/128"]', ""), "acme.toml")
    assert unfit(company, TERMS) is None
    assert "[interface]" in str(unfit(profile(), TERMS))
    assert unfit(profile(), msgspec.structs.replace(TERMS, meant_for=PUBLIC)) is None
