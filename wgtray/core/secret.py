"""How does a key travel through the program without ever being shown?

A ``Secret`` prints as ``Secret(…)``. Only the store, the wire and the WireGuard backend call ``reveal``; a snapshot
cannot carry one, because its encoder is given no hook for it (``ipc/codec.py``).
"""

import base64
from typing import Final

from wgtray.core import fields


class Secret:
    """A private or preshared key."""

    __slots__ = ("_key",)

    def __init__(self, text: str) -> None:
        """Raises ValueError when the text is not a WireGuard key; the message does not repeat it."""
        self._key: Final = fields.key(text)

    def reveal(self) -> fields.Key:
        """The key itself; do not log, store in a snapshot or put on a command line."""
        return self._key

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


def dec_hook(wanted: type, value: object) -> object:
    """msgspec hook: text to Secret."""
    if wanted is Secret:
        if not isinstance(value, str):
            raise ValueError("not text: write a key in quotes")  # msgspec makes a ValidationError of it
        return Secret(value)
    raise NotImplementedError(f"cannot read {wanted.__name__}")


def enc_hook(value: object) -> object:
    """msgspec hook: Secret to text; given only to encoders whose output stays root-only or on the local socket."""
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(f"cannot write {type(value).__name__}")


def clamped(random: bytes) -> Secret:
    """A new private key of 32 random bytes, as ``wg genkey`` makes one (RFC 7748, section 5)."""
    raw = bytearray(random)
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    return Secret(base64.b64encode(raw).decode())


def public_key(private_key: Secret) -> fields.Key:
    """The public half, as ``wg pubkey`` prints it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # 30 ms, and few processes need it

    raw = base64.b64decode(private_key.reveal())
    public = X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    return fields.Key(base64.b64encode(public).decode())
