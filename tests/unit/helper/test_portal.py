"""Who is asked whether a portal is in the way, and when?"""

import asyncio
import socket

import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core import portal
from wgtray.core.events import PortalSeen
from wgtray.core.fields import Address
from wgtray.helper.portal import PortalWatch, targets_of
from wgtray.platforms.api import Way

SILENT = worlds.situations(worlds.profile(), "split")["Blocked, tunnel up"]
PAGE = "http://portal.example/"


class Steering(FakeBackend):
    """A network on this computer."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        assert way == "direct"


def test_nodes_are_asked_by_their_own_addresses_and_only_while_they_are_silent() -> None:
    assert targets_of(SILENT)[0] == ("203.0.113.1", frozenset({"203.0.113.1"}))
    for kind, state in worlds.situations(worlds.profile(), "split").items():
        assert bool(targets_of(state)) == kind.startswith("Blocked"), kind


def test_what_a_portal_says_is_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.helper.portal.targets_of", lambda _: ((Address("127.0.0.1"), frozenset({"x"})),))

    async def scene() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            assert (await reader.readline()) == b"GET / HTTP/1.1\r\n"
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: " + PAGE.encode() + b"\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        monkeypatch.setattr(portal, "PORT", server.sockets[0].getsockname()[1])
        heard: asyncio.Queue[PortalSeen] = asyncio.Queue()
        watch = PortalWatch(Steering(), heard.put_nowait)
        watch.follow(SILENT)
        running = asyncio.create_task(watch.run())
        assert await asyncio.wait_for(heard.get(), 5) == PortalSeen(PAGE)
        running.cancel()
        server.close()
        await server.wait_closed()

    asyncio.run(scene())


def test_a_closed_port_is_no_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            monkeypatch.setattr(portal, "PORT", taken.getsockname()[1])
            watch = PortalWatch(Steering(), lambda _: pytest.fail("nobody answered"))
            await watch._ask(((Address("127.0.0.1"), frozenset({"x"})),))

    asyncio.run(scene())
