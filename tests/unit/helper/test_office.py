"""Is the server of the office recognised by its key, and nobody else for it?"""

import asyncio
import contextlib
import datetime
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core import office
from wgtray.core.events import OfficeSeen, OfficeSought
from wgtray.core.fields import Endpoint
from wgtray.core.machine import State, step
from wgtray.core.office import Probe
from wgtray.core.profile import Policy
from wgtray.helper import office as module
from wgtray.helper.office import OfficeWatch
from wgtray.platforms.api import Way


class Steering(FakeBackend):
    """A network on this computer."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        assert way == "direct"


def identity(folder: Path, name: str) -> tuple[Path, str]:
    """A key with a certificate of its own in one file, and its pin."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    day = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return file, office.pin(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@contextlib.asynccontextmanager
async def serving(file: Path) -> AsyncIterator[int]:
    """The port of a TLS server with that identity."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def wanting(probe: str) -> State:
    """Connected, with that probe in the profile."""
    return worlds.situations(worlds.profile(policy=Policy(office_probe=probe)), "split")["Connected"]


async def heard(watch: OfficeWatch, state: State, queue: "asyncio.Queue[OfficeSeen | OfficeSought]") -> State:
    """The state after the next event."""
    after = step(state, await asyncio.wait_for(queue.get(), 5), 0.0)
    watch.follow(after)
    return after


def test_a_certificate_that_cannot_be_read_is_a_strangers_and_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, pin = identity(tmp_path, "inside")

    def unreadable(_: bytes) -> x509.Certificate:
        raise UnsupportedAlgorithm("a key of a kind that nobody knows")

    monkeypatch.setattr(x509, "load_der_x509_certificate", unreadable)

    async def scene() -> bool:
        async with serving(ours) as port:
            place = Endpoint(f"127.0.0.1:{port}")
            return await OfficeWatch(Steering(), print)._answers(Probe("127.0.0.1", port, pin), frozenset({place}))

    assert asyncio.run(scene()) is False


def test_whoever_proves_the_key_is_the_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, pin = identity(tmp_path, "inside")
    stranger, _ = identity(tmp_path, "stranger")
    monkeypatch.setattr(module, "FIRST_S", (0.0, 0.01, 0.01))
    for name in ("INSIDE_S", "OUTSIDE_S", "MISS_S"):
        monkeypatch.setattr(module, name, 0.01)

    async def scene() -> None:
        queue: asyncio.Queue[OfficeSeen | OfficeSought] = asyncio.Queue()
        watch = OfficeWatch(Steering(), queue.put_nowait)
        async with serving(stranger) as port:
            monkeypatch.setattr(office, "probe", lambda _: Probe("127.0.0.1", port, pin))
            state = wanting("of a loopback address")
            watch.follow(state)
            running = asyncio.create_task(watch.run())
            state = await heard(watch, state, queue)
            assert state.facts.office_places == {Endpoint(f"127.0.0.1:{port}")}
            await asyncio.sleep(0.1)
            assert queue.empty(), "a stranger's key is not the office's"
        async with serving(ours) as port:
            monkeypatch.setattr(office, "probe", lambda _: Probe("127.0.0.1", port, pin))
            watch.follow(state)
            while not state.facts.office:
                state = await heard(watch, state, queue)
        while state.facts.office:
            state = await heard(watch, state, queue)
        running.cancel()

    asyncio.run(scene())
