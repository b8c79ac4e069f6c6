"""Where does the user's private key rest, and what is its public half?

In the keyring of the operating system, under the service ``wgtray`` with the public key as the user name, so that
several profiles do not collide. ``keyring`` and ``cryptography`` are imported only when a key is really handled.
"""

import base64
import contextlib
import os
from typing import TYPE_CHECKING

from wgtray.core.checkup import Keyring
from wgtray.core.fields import Key
from wgtray.core.secret import Secret, clamped

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "wgtray"
RECOMMENDED_PRIORITY = 1
"""keyring's own mark (``keyring.core.recommended``): desktop keyrings are above, plain files and "none" below."""

_DESKTOP_BUS = "keyring.backends.SecretService"


class KeyringTrouble(Exception):
    """The keyring cannot do it; ``str()`` is a sentence that says what to do and never holds a key."""


def usable() -> bool:
    """Whether a keyring of the desktop is there; opens none and asks the user nothing."""
    try:
        return _backend() is not None
    except KeyringTrouble:
        return False


def state() -> Keyring:
    """Whether the keyring could be asked now; opens none and asks the user nothing."""
    try:
        backend = _backend()
    except KeyringTrouble:
        return "none"
    if backend is None:
        return "none"
    return "locked" if type(backend).__module__ == _DESKTOP_BUS and _is_locked() else "usable"


def save(public_key: str, secret: Secret) -> None:
    """Keep the private key, replacing an earlier one of the same name; raises KeyringTrouble."""
    backend = _required()
    try:
        backend.set_password(SERVICE, public_key, secret.reveal())
    except Exception as error:  # noqa: BLE001 (backends are plug-ins: D-Bus, Win32 and C errors come through)
        raise _trouble("take the private key", error) from None


def load(public_key: str) -> Secret | None:
    """The private key, or None when the keyring has none under that name; raises KeyringTrouble."""
    backend = _required()
    try:
        text = backend.get_password(SERVICE, public_key)
    except Exception as error:  # noqa: BLE001 (as in save)
        raise _trouble("give out the private key", error) from None
    if text is None:
        return None
    try:
        return Secret(text)
    except ValueError:
        raise KeyringTrouble(
            f'The keyring\'s entry "{SERVICE}" for {public_key} is not a key: delete it and import the profile again.'
        ) from None


def delete(public_key: str) -> None:
    """Forget the private key; nothing to forget is fine; raises KeyringTrouble."""
    backend = _required()
    try:
        if backend.get_password(SERVICE, public_key) is not None:
            backend.delete_password(SERVICE, public_key)
    except Exception as error:  # noqa: BLE001 (as in save)
        raise _trouble("delete the private key", error) from None


def generate() -> Secret:
    """A new private key."""
    return clamped(os.urandom(32))


def public_key(secret: Secret) -> Key:
    """The public half, as ``wg pubkey`` prints it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.from_private_bytes(base64.b64decode(secret.reveal()))
    return Key(base64.b64encode(private.public_key().public_bytes_raw()).decode())


def _required() -> "KeyringBackend":
    backend = _backend()
    if backend is None:
        raise KeyringTrouble(
            "This session has no keyring that keeps secrets (GNOME Keyring, KWallet or the like): "
            "start one, or import the profile with --keys helper."
        )
    return backend


def _backend() -> "KeyringBackend | None":
    """The backend that would really be used, if it is one to trust with a key."""
    try:
        import keyring

        backend = keyring.get_keyring()
        chained = getattr(backend, "backends", None)  # the chainer asks its best first and claims a priority of its own
        chosen = chained[0] if chained else backend
        return backend if chosen.priority >= RECOMMENDED_PRIORITY else None
    except Exception as error:  # noqa: BLE001 (a configured backend that is not installed raises whatever it likes)
        raise _trouble("be opened", error) from None


def _is_locked() -> bool:
    """Whether the desktop's default collection waits for its password (Secret Service API)."""
    try:
        import secretstorage

        with contextlib.closing(secretstorage.dbus_init()) as connection:
            return bool(secretstorage.get_default_collection(connection).is_locked())
    except Exception:  # noqa: BLE001 (as in save; an own collection is made only when a key is kept)
        return False


def _trouble(what: str, error: Exception) -> KeyringTrouble:
    """Only the kind of the error is repeated: its text is a plug-in's and might hold anything."""
    if type(error).__name__ in ("KeyringLocked", "InitError", "LockedException"):
        return KeyringTrouble("The keyring is locked: unlock it (log in to the desktop) and try again.")
    return KeyringTrouble(
        f"The keyring cannot {what} ({type(error).__name__}): unlock or repair it, "
        "or import the profile with --keys helper."
    )
