"""Where does a company publish its profile, and what does the web server there answer?

Only ``https://``: the signature keeps the profile whole, TLS keeps strangers from seeing which company somebody is of
and from holding back an answer unnoticed. The answer is read strictly and only as far as it is needed (RFC 9112).
"""

import re

import msgspec

from wgtray.core import fields

PORT = 443
URL_LIMIT = 1000
HEAD_LIMIT = 16_384
"""Bytes of status line and header fields; web servers themselves take about half of that."""
REDIRECTS = 3
MOVED = frozenset({301, 302, 303, 307, 308})

_FORM = re.compile(r"https://(\[[0-9A-Fa-f:.]+\]|[^\s/:#?@\[\]]+)(?::([0-9]{1,5}))?(/[^\s#]*)?", re.ASCII)
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*")


class Place(msgspec.Struct, frozen=True):
    """A page on a web server."""

    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """The server, for people."""
        return self.host if self.port == PORT else f"{self.host}:{self.port}"


class Head(msgspec.Struct, frozen=True):
    """What stands before the content."""

    status: int
    location: str | None
    length: int | None
    chunked: bool


class BadAnswer(Exception):
    """What answers does not speak HTTP/1.1 as we need it; ``str()`` says in which way."""


def published(url: str) -> Place:
    """The place; raises ValueError with what to write instead."""
    found = _FORM.fullmatch(url) if len(url) <= URL_LIMIT and url.isascii() and url.isprintable() else None
    if found is None:
        raise ValueError(f"{fields.shown(url)} is no https address: write https://vpn.example.com/acme.toml")
    port = PORT if found[2] is None else int(found[2])
    host = fields.split_endpoint(fields.endpoint(f"{found[1]}:{port}"))[0]
    return Place(host, port, found[3] or "/")


def moved(place: Place, location: str) -> Place:
    """Where the server sends us; raises ValueError when that is not https."""
    if location.startswith("/") and not location.startswith("//"):
        host = f"[{place.host}]" if ":" in place.host else place.host
        location = f"https://{host}:{place.port}{location}"
    return published(location)


def request(place: Place) -> bytes:
    """The question; it says nothing about who asks."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    named = host if place.port == PORT else f"{host}:{place.port}"
    lines = (f"GET {place.path} HTTP/1.1", f"Host: {named}", "User-Agent: wgtray", "Accept-Encoding: identity")
    return "".join(f"{line}\r\n" for line in (*lines, "Connection: close", "")).encode()


def head(raw: bytes) -> Head:
    """Status line and fields, up to the empty line; raises BadAnswer."""
    first, *rest = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise BadAnswer("no HTTP")
    found: dict[str, str] = {}
    for line in rest:
        pair = _FIELD.fullmatch(line)
        if pair is None:
            raise BadAnswer("a header field that is none")
        found[pair[1].decode().lower()] = pair[2].decode("latin-1")
    length = found.get("content-length")
    if length is not None and not (length.isdecimal() and len(length) < 16):
        raise BadAnswer("a length that is no number")
    coding = found.get("transfer-encoding", "").lower()
    if coding not in ("", "identity", "chunked") or found.get("content-encoding", "identity").lower() != "identity":
        raise BadAnswer("a coding that was not asked for")
    return Head(int(status[1]), found.get("location"), None if length is None else int(length), coding == "chunked")


def chunk_size(line: bytes) -> int:
    """How many bytes follow, of a chunk's first line; 0 ends the content; raises BadAnswer."""
    digits = line.removesuffix(b"\r\n").partition(b";")[0].strip()
    if re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits) is None:
        raise BadAnswer("a chunk without its size")
    return int(digits, 16)
