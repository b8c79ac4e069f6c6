"""Does the keyring keep keys, and does a broken one say so without showing them?"""

import base64
from collections.abc import Callable

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.core
import pytest
from keyring.backend import KeyringBackend

from tests.unit.cli.conftest import KEY, PUBLIC, MemoryKeyring
from wgtray.core.secret import Secret
from wgtray.desktop import keys


class PlainFile(KeyringBackend):
    """As keyrings.alt's, which writes passwords to a file."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is not typed

    priority = 0.5

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("asked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("asked")

    def delete_password(self, service: str, username: str) -> None:
        raise AssertionError("asked")


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return backend


def test_a_key_comes_back_until_it_is_deleted(memory: MemoryKeyring) -> None:
    assert keys.usable()
    keys.save(PUBLIC, Secret(KEY))
    assert keys.load(PUBLIC) == Secret(KEY)
    keys.delete(PUBLIC)
    assert keys.load(PUBLIC) is None
    keys.delete(PUBLIC)
    assert memory.kept == {}


@pytest.mark.parametrize(
    "backend",
    [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, PlainFile],
    ids=["none", "null", "plain file"],
)
def test_what_keeps_no_secret_is_not_used(
    monkeypatch: pytest.MonkeyPatch, backend: Callable[[], KeyringBackend]
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend())
    assert not keys.usable()
    with pytest.raises(keys.KeyringTrouble, match="--keys helper"):
        keys.save(PUBLIC, Secret(KEY))


@pytest.mark.parametrize(("best", "usable"), [(MemoryKeyring(), True), (PlainFile(), False)])
def test_a_chain_is_as_good_as_its_first(monkeypatch: pytest.MonkeyPatch, best: KeyringBackend, usable: bool) -> None:
    monkeypatch.setattr(keyring.backends.chainer.ChainerBackend, "backends", [best, PlainFile()])
    chain: Callable[[], KeyringBackend] = keyring.backends.chainer.ChainerBackend
    monkeypatch.setattr(keyring.core, "_keyring_backend", chain())
    assert keys.usable() is usable


@pytest.mark.parametrize("do", [lambda: keys.save(PUBLIC, Secret(KEY)), lambda: keys.load(PUBLIC)])
def test_trouble_never_repeats_what_the_keyring_said(memory: MemoryKeyring, do: object) -> None:
    memory.broken = OSError(f"while writing {KEY}")
    with pytest.raises(keys.KeyringTrouble) as trouble:
        do()  # type: ignore[operator]  # one of the callables above
    assert KEY not in str(trouble.value)
    assert "OSError" in str(trouble.value)
    assert trouble.value.__cause__ is None


def test_a_configured_keyring_that_is_not_installed_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nowhere.Keyring")
    assert not keys.usable()
    with pytest.raises(keys.KeyringTrouble):
        keys.load(PUBLIC)


def test_an_entry_that_is_no_key_is_trouble(memory: MemoryKeyring) -> None:
    memory.kept["wgtray", PUBLIC] = "swordfish"
    with pytest.raises(keys.KeyringTrouble, match="import the profile again") as trouble:
        keys.load(PUBLIC)
    assert "swordfish" not in str(trouble.value)


def test_the_public_key_is_what_wg_pubkey_prints() -> None:
    assert keys.public_key(Secret(KEY)) == PUBLIC


def test_made_keys_are_clamped_and_differ() -> None:
    made = {keys.generate() for _ in range(20)}
    assert len(made) == 20
    for secret in made:
        raw = base64.b64decode(secret.reveal())
        assert raw[0] % 8 == 0
        assert 64 <= raw[31] < 128
