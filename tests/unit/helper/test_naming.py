"""What the forwarder goes by, and what is kept of what it learned."""

import asyncio
import socket

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core import names
from wgtray.core.events import NamesTroubled
from wgtray.core.fields import Address
from wgtray.core.machine import Off, State
from wgtray.core.names import Ask, Server
from wgtray.core.problems import Problem
from wgtray.helper import naming
from wgtray.helper.naming import Naming, adoptable
from wgtray.platforms.api import Way

ONE, OTHER = Address("198.51.100.7"), Address("198.51.100.8")


class Open(FakeBackend):
    """Sockets may be opened, but lead to addresses that any test may bind to."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        raise OSError(98, "Address already in use")


class Machine:
    """Takes what is learned, and says what was forgotten."""

    def __init__(self) -> None:
        self.learned: set[Address] = set()
        self.takes = True
        self.forgot = asyncio.Event()

    async def learn(self, gained: frozenset[Address]) -> bool:
        self.learned |= gained if self.takes else set()
        return self.takes

    def forget(self, lost: frozenset[Address]) -> None:
        self.learned -= lost
        self.forgot.set()


class Scene:
    def __init__(self) -> None:
        self.backend, self.machine = Open(), Machine()
        self.posted: asyncio.Queue[NamesTroubled] = asyncio.Queue()
        self.naming = Naming(self.backend, self.machine, self.posted.put_nowait)

    def state(self, learned: set[Address] | None = None, trouble: Problem | None = None) -> State:
        state = worlds.connected(worlds.NAMED)
        facts = msgspec.structs.replace(state.facts, learned=frozenset(learned or ()), names_trouble=trouble)
        return msgspec.structs.replace(state, facts=facts)


def test_the_kinds_of_names_follow_the_profile() -> None:
    scene = Scene()
    scene.naming.follow(scene.state(), asked=False)
    assert scene.naming.realm.kind(b"\x04bank\x07example\0") == "split"
    assert scene.naming.realm.verdict("split", Address("203.0.113.1")) == "refuse", "a node's endpoint"
    assert scene.naming.realm.verdict("split", Address("203.0.113.3")) == "refuse", "what a node's name resolved to"
    scene.naming.follow(Off(), asked=False)
    assert scene.naming.realm.kind(b"\x04bank\x07example\0") == "other"


def test_an_address_that_cannot_be_taken_is_a_problem() -> None:
    scene = Scene()
    problem = scene.naming.follow(scene.state(), asked=True)
    assert problem == Problem("names-port-taken", {"address": names.FORWARDER})
    assert scene.naming.follow(scene.state(), asked=False) is None


def test_what_the_machine_takes_is_learned_and_what_it_does_not_is_not() -> None:
    scene = Scene()

    async def play() -> None:
        assert await scene.naming.learn("www.bank.example", [ONE], 60) == (ONE,)
        scene.machine.takes = False
        assert await scene.naming.learn("www.bank.example", [OTHER], 60) == ()

    asyncio.run(play())
    assert scene.machine.learned == {ONE}


def test_the_state_decides_what_stays_learned() -> None:
    scene = Scene()
    asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60))
    scene.naming.follow(scene.state({ONE, OTHER}), asked=False)
    assert {(address, entry.name) for address, entry in scene.naming.latest(9)} == {
        (ONE, "www.bank.example"),
        (OTHER, ""),
    }
    scene.naming.follow(scene.state(), asked=False)
    assert scene.naming.latest(9) == []


def test_what_stands_for_strange_routes_is_no_address_that_was_learned() -> None:
    assert adoptable([ONE, Address("0.0.0.0")]) == {ONE}


def test_expired_addresses_are_forgotten_unless_somebody_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.backend.used = frozenset({OTHER})
    monkeypatch.setattr(naming, "SWEEP_S", 0)
    monkeypatch.setattr("wgtray.core.learning.OUTLIVES_S", -1)

    async def play() -> None:
        await scene.naming.learn("www.bank.example", [ONE, OTHER], 0)
        running = asyncio.ensure_future(scene.naming.run())
        await scene.machine.forgot.wait()
        running.cancel()

    asyncio.run(play())
    assert scene.machine.learned == {OTHER}


def test_trouble_is_tried_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    monkeypatch.setattr(naming, "SWEEP_S", 0)
    scene.naming.follow(scene.state(trouble=Problem("names-port-taken", {"address": "127.22.8.7"})), asked=False)

    async def play() -> None:
        running = asyncio.ensure_future(scene.naming.run())
        assert await scene.posted.get() == NamesTroubled(None)
        running.cancel()

    asyncio.run(play())


def test_a_forwarder_that_fails_goes_on_at_once(caplog: pytest.LogCaptureFixture) -> None:
    scene, third = Scene(), asyncio.Event()
    runs = iter(range(3))

    async def failing() -> None:
        if next(runs) < 2:
            raise ExceptionGroup("questions", [ValueError("nobody thought of this")])
        third.set()
        await asyncio.get_running_loop().create_future()

    async def play() -> None:
        scene.naming._forwarder.run = failing  # type: ignore[method-assign]
        running = asyncio.ensure_future(scene.naming.run())
        await third.wait()
        running.cancel()

    asyncio.run(play())
    assert "nobody thought of this" in caplog.text


def test_who_is_asked_is_read_when_it_is_needed() -> None:
    scene = Scene()
    scene.naming.follow(scene.state(), asked=False)
    assert scene.naming.whom_to_ask("other") is None
    scene.backend.servers = (Server(Address("192.168.77.1")),)
    assert scene.naming.whom_to_ask("other") == Ask(scene.backend.servers, inside=False)


def test_a_mode_in_which_nobody_may_be_asked_is_a_problem() -> None:
    scene = Scene()
    scene.backend.servers = (Server(Address("192.168.77.1")),)
    bare = msgspec.structs.replace(worlds.FULL, split=worlds.NAMED.split)
    scene.naming.follow(worlds.connected(bare), asked=False)
    assert scene.naming.obstacle() == Problem("names-nobody")
    scene.backend.servers = (Server(Address("9.9.9.9")),)
    assert scene.naming.obstacle() is None
    scene.naming.follow(scene.state(), asked=False)
    assert scene.naming.obstacle() is None
