"""Is somebody shown whose word a file is before it is imported?"""

import time

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.core.worlds import PUBLIC, profile
from wgtray.core.document import render_toml
from wgtray.core.signature import fingerprint
from wgtray.fleet.signing import Terms, public, sealed
from wgtray.gui.offer import Offer, Refusal, lines, offered
from wgtray.words import first

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TERMS = Terms(now=int(time.time()))
TEXT = render_toml(profile())
SIGNED = sealed(TEXT, KEY, TERMS)


def shown(text: str) -> dict[str, str]:
    found = offered(text.encode(), "acme.toml")
    assert isinstance(found, Offer)
    return dict(lines(found))


def test_the_fingerprint_of_the_signer_stands_first() -> None:
    rows = shown(SIGNED)
    assert next(iter(rows)) == first.ROW_SIGNED
    assert fingerprint(public(KEY)) in rows[first.ROW_SIGNED]
    assert first.ROW_SIGNED not in shown(TEXT)


def test_the_service_gets_the_text_as_it_was_signed() -> None:
    found = offered(SIGNED.encode(), "acme.toml")
    assert isinstance(found, Offer)
    assert (found.signed, found.profile) == (SIGNED, profile())


def test_an_answer_says_that_its_key_is_here_already() -> None:
    answer = sealed(TEXT, KEY, msgspec.structs.replace(TERMS, meant_for=PUBLIC))
    assert shown(answer)[first.ROW_KEY] == first.KEY_WAITS
    assert shown(SIGNED)[first.ROW_KEY] == first.KEY_MADE


def test_a_file_that_was_changed_on_its_way_is_not_offered() -> None:
    for text in (SIGNED.replace("10.20.", "10.21."), SIGNED[:-30]):
        found = offered(text.encode(), "acme.toml")
        assert isinstance(found, Refusal)
        assert len(found.reasons) == 1
