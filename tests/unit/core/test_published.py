"""Where a profile may be published, and what a web server may answer."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.profile import Update
from wgtray.core.published import BadAnswer, Head, Place, chunk_size, head, moved, published, request


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://vpn.example.com/acme.toml", Place("vpn.example.com", 443, "/acme.toml")),
        ("https://VPN.example.com:8443", Place("vpn.example.com", 8443, "/")),
        ("https://203.0.113.9/a/b?c=d", Place("203.0.113.9", 443, "/a/b?c=d")),
        ("https://[2001:DB8::1]:444/x", Place("2001:db8::1", 444, "/x")),
    ],
)
def test_an_address_is_read(url: str, place: Place) -> None:
    assert published(url) == place
    assert Update(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://vpn.example.com/acme.toml",
        "ftp://vpn.example.com/acme.toml",
        "https://",
        "https:///acme.toml",
        "https://user:word@vpn.example.com/",
        "https://vpn.example.com/#part",
        "https://vpn.example.com/a b",
        "https://vpn.example.com/a\r\nHost: other",
        "https://vpn.example.com:99999/",
        "https://vpn.example.com?x",
        "https://vpn.example.com/" + "a" * 1000,
        "https://127.0.0.1/",
    ],
)
def test_everything_else_is_told_how_to_be_written(url: str) -> None:
    with pytest.raises(ValueError, match=r"write|outside|address"):
        published(url)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url": url}, Update)


def test_a_server_may_send_us_elsewhere_but_never_out_of_tls() -> None:
    here = Place("vpn.example.com", 8443, "/acme.toml")
    assert moved(here, "/new.toml") == Place("vpn.example.com", 8443, "/new.toml")
    assert moved(here, "https://cdn.example.net/x") == Place("cdn.example.net", 443, "/x")
    assert moved(Place("2001:db8::1", 443, "/"), "/y") == Place("2001:db8::1", 443, "/y")
    for location in ("http://vpn.example.com/acme.toml", "//cdn.example.net/x", "new.toml", "", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="https"):
            moved(here, location)


def test_the_question_tells_nothing_of_who_asks() -> None:
    assert request(Place("2001:db8::1", 444, "/acme.toml")) == (
        b"GET /acme.toml HTTP/1.1\r\nHost: [2001:db8::1]:444\r\nUser-Agent: wgtray\r\n"
        b"Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )


def test_the_head_of_an_answer_is_read() -> None:
    raw = b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 12\r\nX-Y: \r\n\r\n"
    assert head(raw) == Head(301, "/x", 12, False)
    assert head(b"HTTP/1.0 200\r\nTransfer-Encoding: chunked\r\n\r\n") == Head(200, None, None, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_called_so(raw: bytes) -> None:
    with pytest.raises(BadAnswer):
        head(raw)


@given(st.binary(max_size=80))
def test_nothing_that_comes_breaks_the_reader(raw: bytes) -> None:
    for reader in (head, chunk_size):
        try:
            reader(raw)
        except BadAnswer:
            continue


def test_chunks_say_how_long_they_are() -> None:
    assert [chunk_size(line) for line in (b"1f\r\n", b"0\r\n", b"A;name=x\r\n")] == [31, 0, 10]
    for line in (b"\r\n", b"-1\r\n", b"fffffffff\r\n", b"x\r\n"):
        with pytest.raises(BadAnswer):
            chunk_size(line)
