"""Does somebody else answer in a node's place? A captive portal redirects every plain HTTP request to its own page.

Nobody's address is asked but the nodes' own. What is said is believed for one thing only: to name the page to a person.
"""

import re
from urllib.parse import urlsplit

PORT = 80
URL_LIMIT = 300
ANSWER_LIMIT = 8192
"""Bytes of an answer; the head of one takes a few hundred."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})\b")
_LOCATION = re.compile(rb"^location:[ \t]*([!-~]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_AUTHENTICATION_REQUIRED = 511
"""RFC 6585 section 6: what a network that wants a login should say."""


def question(host: str) -> bytes:
    """What a node's address is asked."""
    name = f"[{host}]" if ":" in host else host
    return f"GET / HTTP/1.1\r\nHost: {name}\r\nUser-Agent: wgtray\r\nConnection: close\r\n\r\n".encode()


def page(answer: bytes, names: frozenset[str]) -> str | None:
    """The portal's page, when this answer is one of a portal; ``names`` are the node's own, where no portal is."""
    status = _STATUS.match(answer)
    if status is None:
        return None
    code, sent = int(status[1]), _LOCATION.search(answer.partition(b"\r\n\r\n")[0])
    if sent is not None and 300 <= code < 400:
        return _elsewhere(sent[1].decode("ascii"), names)
    if code == _AUTHENTICATION_REQUIRED:
        return f"http://{sorted(names)[0]}/"
    return None


def _elsewhere(url: str, names: frozenset[str]) -> str | None:
    """The address of a web page that is not the node's own, short enough to be shown."""
    try:
        parts = urlsplit(url)
        strange = parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None
    except ValueError:
        return None
    return None if strange or len(url) > URL_LIMIT or parts.hostname in names else url
