"""How is it known that this computer is in the office? A TLS server that exists only inside answers without the tunnel.

``[policy] office_probe`` names it with the hash of its public key: ``https://HOST[:PORT]#sha256/BASE64``. Whoever
cannot prove that key in a handshake is not the office, whatever the network calls itself; a certificate may be renewed
under the same key, and its names and dates do not count.
"""

import base64
import binascii
import hashlib
import re

import msgspec

from wgtray.core import fields

PORT = 443
_FORM = re.compile(r"https://(\[[0-9A-Fa-f:.]+\]|[^\s/:#\[\]]+)(?::([0-9]{1,5}))?#sha256/([A-Za-z0-9+/]{43}=)")
_EXAMPLE = "https://inside.corp.example#sha256/… (the base64 SHA-256 of the server's public key)"


class Probe(msgspec.Struct, frozen=True):
    """What is asked, and who may answer."""

    host: str
    port: int
    pin: str
    """Base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4)."""


def probe(text: str) -> Probe:
    """Raises ValueError with what to write instead."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{fields.shown(text)} is no office probe: write {_EXAMPLE}")
    port = PORT if found[2] is None else int(found[2])
    place = fields.endpoint(f"{found[1]}:{port}")
    try:
        base64.b64decode(found[3], validate=True)
    except binascii.Error:
        raise ValueError(f"the pin of {fields.shown(text)} is not base64: write {_EXAMPLE}") from None
    return Probe(fields.split_endpoint(place)[0], port, found[3])


def pin(public_key_info: bytes) -> str:
    """The pin of a public key, given as a DER SubjectPublicKeyInfo."""
    return base64.b64encode(hashlib.sha256(public_key_info).digest()).decode()
