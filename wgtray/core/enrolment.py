"""What does a laptop ask of its company? A public key with a user's name to it, as a small readable text.

There is no secret in it and nothing that is believed: the administrator compares the fingerprint with its owner, by
telephone say, before approving it.
"""

import tomllib
from typing import Final

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Key, Name
from wgtray.core.signature import fingerprint

SCHEMA: Final = 1
SIZE_LIMIT: Final = 4096


class Request(msgspec.Struct, frozen=True):
    """Who wants in, with which key."""

    user: Name
    public_key: Key


def render(request: Request) -> str:
    """The text; ``parse`` gives the same request again."""
    return (
        "# wgtray enrolment request: send this to your administrator. There is no secret in it.\n"
        f"# To compare by telephone: {fingerprint(request.public_key)}\n"
        f"{brief(request)}"
    )


def brief(request: Request) -> str:
    """The same without a word to its reader, for a code that a camera reads."""
    user = msgspec.json.encode(request.user).decode().replace("\x7f", "\\u007f")
    return f'request = {SCHEMA}\nuser = {user}\npublic_key = "{request.public_key}"\n'


def parse(text: str) -> Request:
    """Raises ValueError with a sentence."""
    try:
        table = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n")) if len(text) <= SIZE_LIMIT else {}
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        table = {}
    schema, user, public_key = table.get("request"), table.get("user"), table.get("public_key")
    if type(schema) is not int or not isinstance(user, str) or not isinstance(public_key, str):
        raise ValueError('not an enrolment request: have one made with "wgtray enroll request FILE"')
    if schema != SCHEMA:
        raise ValueError(f"a request of kind {schema}, which this version does not know: update wgtray")
    return Request(fields.name(user), fields.key(public_key))
