"""Asking on the loopback: what counts as an answer, and that our own packets are counted as such."""

import asyncio
import socket

from tests.fakes.backend import FakeBackend
from wgtray.core.fields import Address
from wgtray.helper.checker import connects
from wgtray.helper.probes import Prober
from wgtray.platforms.api import Way

HERE = Address("127.0.0.1")


class Loopback(FakeBackend):
    """Lets sockets go where they go."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        return


def asked(backend: FakeBackend, port: int) -> tuple[bool, int, int]:
    """Whether it was answered, and the packets counted as ours: sent, received."""

    async def ask() -> tuple[bool, int, int]:
        prober = Prober(backend, print)
        answered = await connects(backend, prober, HERE, port)
        return answered, prober.sent_inside, prober.received_inside

    return asyncio.run(ask())


def test_an_accepted_connection_is_an_answer() -> None:
    with socket.create_server((HERE, 0)) as listener:
        assert asked(Loopback(), listener.getsockname()[1]) == (True, 3, 1)


def test_a_refused_connection_is_an_answer() -> None:
    with socket.create_server((HERE, 0)) as listener:
        port = listener.getsockname()[1]
    answered, _, _ = asked(Loopback(), port)
    assert answered


def test_a_socket_that_cannot_be_sent_into_the_tunnel_asks_nobody() -> None:
    with socket.create_server((HERE, 0)) as listener:
        assert asked(FakeBackend(), listener.getsockname()[1]) == (False, 0, 0)
