"""Is a newer profile found, only over TLS, and is what comes of it said?"""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.unit.core import worlds
from wgtray.core.events import UpdateSeen
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.problems import Problem, WgtrayError
from wgtray.core.profile import Update
from wgtray.core.published import BadAnswer, Place
from wgtray.helper import updates
from wgtray.helper.updates import UpdateWatch, fetched
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

URL = "https://vpn.example.com/acme.toml"
HERE = "127.0.0.1"


def certificate(folder: Path, address: str = HERE) -> Path:
    """A key and a certificate of its own for that address, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab")])
    began = datetime.datetime.now(tz=datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{address}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


@contextlib.asynccontextmanager
async def serving(file: Path, answer: bytes) -> AsyncIterator[Place]:
    """A web server on this computer that says this and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = await asyncio.start_server(talk, HERE, 0, ssl=context)
    async with server:
        yield Place(HERE, server.sockets[0].getsockname()[1], "/acme.toml")


def asked(file: Path, answer: bytes) -> str | Place:
    async def play() -> str | Place:
        async with asyncio.timeout(10), serving(file, answer) as place:
            return await updates._asked(place)

    return asyncio.run(play())


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that the system's store knows."""
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nschema\nand more",
        b"HTTP/1.0 200 OK\r\n\r\nschema\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsch\r\n4;x=y\r\nema\n\r\n0\r\n\r\n",
    ],
)
def test_the_content_is_taken_in_every_form_that_servers_send(trusted: Path, answer: bytes) -> None:
    assert asked(trusted, answer) == "schema\n"


def test_a_redirect_leads_on(trusted: Path) -> None:
    assert asked(trusted, b"HTTP/1.1 302 Found\r\nLocation: https://cdn.example.net/x\r\n\r\n") == Place(
        "cdn.example.net", 443, "/x"
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://cdn.example.net/x\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nschema\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (SIZE_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (SIZE_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % (SIZE_LIMIT + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nschema\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"",
    ],
)
def test_nothing_else_is_taken(trusted: Path, answer: bytes) -> None:
    with pytest.raises((OSError, EOFError, BadAnswer, ValueError, asyncio.LimitOverrunError)):
        asked(trusted, answer)


def test_a_certificate_that_the_system_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(certificate(tmp_path), b"HTTP/1.1 200 OK\r\n\r\nschema\n")


def test_a_certificate_of_another_host_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path, "192.0.2.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(file, b"HTTP/1.1 200 OK\r\n\r\nschema\n")


def test_redirects_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def always(place: Place) -> Place:
        return place

    monkeypatch.setattr(updates, "_asked", always)
    with pytest.raises(BadAnswer, match="redirects"):
        asyncio.run(fetched(URL))


class Played:
    """A watch with a web server and a helper that a test makes up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[messages.Request] = []
        self.posted: list[UpdateSeen] = []
        self.found: str | Exception = "text"
        self.refusal: WgtrayError | None = None
        self.fetches = 0
        self.watch = UpdateWatch(self._ask, self.posted.append)
        monkeypatch.setattr(updates, "SETTLE_S", 0.0)
        monkeypatch.setattr(self.watch, "_wait_s", 0.0)
        monkeypatch.setattr(updates, "fetched", self._fetched)

    async def _fetched(self, url: str) -> str:
        assert url == URL
        self.fetches += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    async def _ask(self, request: messages.Request, caller: Caller) -> messages.Done:
        assert caller.uid == 0
        self.asked.append(request)
        if self.refusal is not None:
            raise self.refusal
        return messages.Done()

    def during(self, scene: Callable[[], Awaitable[None]]) -> None:
        async def play() -> None:
            async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
                running = tasks.create_task(self.watch.run())
                await scene()
                running.cancel()

        asyncio.run(play())

    async def until(self, fetches: int) -> None:
        for _ in range(1000):
            if self.fetches >= fetches:
                break
            await asyncio.sleep(0)
        assert self.fetches == fetches
        for _ in range(10):  # and what it does then
            await asyncio.sleep(0)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(monkeypatch)


CONNECTED = worlds.situations(worlds.profile(update=Update(url=URL)), "split")["Connected"]
OFF = worlds.situations(worlds.profile(update=Update(url=URL)), "split")["Off"]


def test_what_is_found_is_handed_over_once_a_connection(played: Played) -> None:
    async def scene() -> None:
        played.watch.follow(OFF)
        await asyncio.sleep(0)
        assert played.fetches == 0
        played.watch.follow(CONNECTED)
        await played.until(1)
        played.watch.follow(CONNECTED)
        await asyncio.sleep(0.01)
        assert played.fetches == 1
        played.watch.follow(OFF)
        await asyncio.sleep(0)
        played.watch.follow(CONNECTED)
        await played.until(2)

    played.during(scene)
    assert played.asked == [messages.UpdateProfile("text")] * 2
    assert played.posted == []


@pytest.mark.parametrize("trouble", [OSError(), EOFError(), BadAnswer("x"), ValueError("y"), TimeoutError()])
def test_nobody_there_is_no_reason_to_end(played: Played, trouble: Exception) -> None:
    played.found = trouble

    async def scene() -> None:
        played.watch.follow(CONNECTED)
        await played.until(1)

    played.during(scene)
    assert played.posted == [UpdateSeen(Problem("update-unreachable", {"host": "vpn.example.com"}))]


def test_a_refusal_is_told_with_its_reason(played: Played) -> None:
    played.refusal = WgtrayError("profile-older", serial="1", last="2")

    async def scene() -> None:
        played.watch.follow(CONNECTED)
        await played.until(1)

    played.during(scene)
    assert played.posted == [
        UpdateSeen(Problem("update-refused", {"host": "vpn.example.com", "reason": "profile-older"}))
    ]


def test_without_an_address_nothing_is_asked(played: Played) -> None:
    async def scene() -> None:
        played.watch.follow(msgspec.structs.replace(worlds.situations(worlds.profile(), "split")["Connected"]))
        await asyncio.sleep(0.01)

    played.during(scene)
    assert played.fetches == 0
