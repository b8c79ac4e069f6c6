"""How does the company put its name to a profile, and where does it keep the key for that?

The key is a PEM file of its own (PKCS #8, which ``openssl`` reads), 0600 and outside ``fleet.toml`` and of git; its
public half is one line for ``/etc/wgtray/company.pub``.
"""

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from wgtray.core import signature
from wgtray.core.fields import Key
from wgtray.core.profile import Profile
from wgtray.core.signature import Signature, SigningKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DAY_S: Final = 86_400
DAYS: Final = 365
"""A profile is good for a year unless somebody says otherwise: whoever holds back newer ones cannot do so for ever."""


class KeyTrouble(Exception):
    """The company's key cannot be used; ``str()`` says why and what to do."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a profile when it is signed."""

    now: int
    """Unix time in seconds; also the serial, which so rises without a register, unless ``serial`` says otherwise."""
    days: int = DAYS
    serial: int | None = None
    next_key: SigningKey | None = None
    meant_for: Key | None = None


def make(path: Path) -> SigningKey:
    """A new key in a new file that only its owner reads; raises FileExistsError, OSError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    return public(key)


def load(path: Path) -> "Ed25519PrivateKey":
    """The key of a file that nobody else can read; raises KeyTrouble."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as file:
            # Where files have no owner by number they have no such bits either; there the folder says who may read it.
            others = hasattr(os, "getuid") and os.fstat(file.fileno()).st_mode & 0o077
            pem = file.read(1 << 16)
    except OSError as error:
        raise KeyTrouble(f'{path} cannot be read ({error.strerror}): make a key with "wgtray fleet keygen".') from None
    if others:
        raise KeyTrouble(f"Others may read {path}: chmod it to 600, and think of who may have read it.")
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyTrouble(f'{path} holds no Ed25519 key that can be read: make one with "wgtray fleet keygen".')
    return key


def public(key: "Ed25519PrivateKey") -> SigningKey:
    """Its public half as signatures name it."""
    return SigningKey(base64.b64encode(key.public_key().public_bytes_raw()).decode())


def sealed(text: str, key: "Ed25519PrivateKey", terms: Terms) -> str:
    """The text with the company's name to it, in place of an earlier signature."""
    said = Signature(
        key=public(key),
        serial=terms.now if terms.serial is None else terms.serial,
        issued=terms.now,
        expires=terms.now + terms.days * DAY_S,
        next_key=terms.next_key,
        meant_for=terms.meant_for,
    )
    above = f"{signature.FIRST_LINE}\n{signature.unsigned(text)}\n{signature.block(said)}"
    seal = base64.b64encode(key.sign(signature.message(above))).decode()
    return f"{above}# signature: {seal[:44]}\n# signature: {seal[44:]}\n"


def unfit(profile: Profile, terms: Terms) -> str | None:
    """Why a profile is not to be signed so; None when it may be."""
    if profile.interface.private_key is not None:
        return "it holds a private key, which never leaves its computer: take private_key out"
    if terms.meant_for is None:
        if profile.interface.addresses:
            return "it holds somebody's addresses, and everybody would get them: take [interface] out"
        if any(node.preshared_key is not None for node in profile.nodes):
            return "it holds preshared keys, and everybody could read them: take preshared_key out"
    return None
