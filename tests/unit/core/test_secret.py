"""Does a key stay out of sight?"""

import msgspec
import pytest

from wgtray.core import secret
from wgtray.core.secret import Secret

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


@pytest.mark.threat("T18")
def test_a_secret_shows_itself_only_when_it_is_revealed() -> None:
    one = Secret(f" {KEY} ")
    assert KEY not in f"{one} {one!r} {[one]}"
    assert one.reveal() == KEY
    assert one == Secret(KEY)
    assert len({one, Secret(KEY)}) == 1
    assert one != KEY


def test_a_malformed_secret_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="not a WireGuard key") as caught:
        Secret("hunter2")
    assert "hunter2" not in str(caught.value)


def test_only_an_encoder_with_the_hook_writes_a_secret() -> None:
    assert msgspec.json.encode(Secret(KEY), enc_hook=secret.enc_hook) == f'"{KEY}"'.encode()
    with pytest.raises(TypeError):
        msgspec.json.encode(Secret(KEY))


@pytest.mark.parametrize("text", [b"5", b'"hunter2"', b"null"])
def test_what_is_no_secret_is_a_validation_error_of_the_decoder(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=Secret, dec_hook=secret.dec_hook)
    assert "hunter2" not in str(caught.value)
