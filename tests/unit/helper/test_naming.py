"""What the forwarder goes by, and what is kept of what it learned."""

import asyncio
import socket

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core import names
from wgtray.core.desired import desired
from wgtray.core.events import Learned, NamesTroubled
from wgtray.core.fields import Address
from wgtray.core.host import NOTHING, HostState
from wgtray.core.machine import Off, State
from wgtray.core.names import Ask, Server
from wgtray.core.plan import PutLearned
from wgtray.core.problems import Problem
from wgtray.helper import naming
from wgtray.helper.naming import Naming
from wgtray.platforms.api import Way

ONE, OTHER = Address("198.51.100.7"), Address("198.51.100.8")
UNASKED = msgspec.structs.replace(desired(worlds.connected(worlds.NAMED)), dns=None)
"""A machine of which nobody expects that it answers for names."""


class Taken(FakeBackend):
    """Another program has our address."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        raise OSError(98, "Address already in use")


class Scene:
    def __init__(self) -> None:
        self.backend = Taken(UNASKED)
        self.posted: asyncio.Queue[NamesTroubled] = asyncio.Queue()
        self.naming = Naming(self.backend, self.posted.put_nowait)
        self.follow()

    def state(self, learned: set[Address] | None = None, trouble: Problem | None = None) -> State:
        state = worlds.connected(worlds.NAMED)
        facts = msgspec.structs.replace(state.facts, learned=frozenset(learned or ()), names_trouble=trouble)
        return msgspec.structs.replace(state, facts=facts)

    def follow(self, state: State | None = None, wanted: HostState = UNASKED) -> Problem | None:
        return self.naming.follow(state or self.state(), wanted, self.backend.host)

    def folded(self) -> Learned | None:
        """As the engine does before it looks at what is wanted."""
        self.backend.host, event = self.naming.folded(self.backend.host)
        return event


def test_the_kinds_of_names_follow_the_profile() -> None:
    scene = Scene()
    assert scene.naming.realm.kind(b"\x04bank\x07example\0") == "split"
    assert scene.naming.realm.verdict("split", Address("203.0.113.1")) == "refuse", "a node's endpoint"
    assert scene.naming.realm.verdict("split", Address("203.0.113.3")) == "refuse", "what a node's name resolved to"
    scene.follow(Off())
    assert scene.naming.realm.kind(b"\x04bank\x07example\0") == "other"


def test_an_address_that_cannot_be_taken_is_a_problem() -> None:
    scene = Scene()
    problem = scene.follow(wanted=desired(scene.state()))
    assert problem == Problem("names-port-taken", {"address": names.FORWARDER})
    assert scene.follow() is None


def test_an_address_is_in_the_machine_at_once_and_a_fact_with_the_next_turn() -> None:
    scene = Scene()
    assert asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60)) == (ONE,)
    assert scene.backend.host.learned == {ONE}
    assert scene.folded() == Learned(frozenset({ONE}))
    assert scene.folded() is None


def test_what_is_learned_already_costs_the_machine_nothing() -> None:
    scene = Scene()

    async def play() -> None:
        await scene.naming.learn("www.bank.example", [ONE], 60)
        await scene.naming.learn("www.bank.example", [ONE], 60)
        scene.folded()
        scene.follow(scene.state({ONE}))
        await scene.naming.learn("www.bank.example", [ONE, OTHER], 60)

    asyncio.run(play())
    assert scene.backend.done == ["learned +1 -0", "learned +1 -0"]


def test_what_somebody_took_out_of_the_machine_is_put_back_before_it_is_told() -> None:
    scene = Scene()
    scene.follow(scene.state({ONE}))
    asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60))
    assert scene.backend.host.learned == {ONE}


def test_what_the_machine_does_not_take_is_not_learned() -> None:
    scene = Scene()
    scene.backend.broken[PutLearned] = Problem("command-failed", {"command": "ip", "detail": "no"})
    assert asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60)) == ()
    assert scene.folded() is None
    assert scene.naming.latest(9) == []


def test_nothing_is_learned_for_a_machine_on_which_nothing_is_wanted() -> None:
    scene = Scene()
    scene.follow(Off(), wanted=NOTHING)
    assert asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60)) == ()
    assert scene.backend.done == []


def test_nothing_is_learned_while_a_plan_is_carried_out() -> None:
    scene = Scene()

    async def play() -> None:
        async with scene.naming.changing:
            learning = asyncio.ensure_future(scene.naming.learn("www.bank.example", [ONE], 60))
            await asyncio.sleep(0)
            assert scene.backend.host.learned == frozenset()
        assert await learning == (ONE,)

    asyncio.run(play())


def test_the_state_decides_what_stays_learned() -> None:
    scene = Scene()
    asyncio.run(scene.naming.learn("www.bank.example", [ONE], 60))
    scene.folded()
    scene.follow(scene.state({ONE, OTHER}))
    assert {(address, entry.name) for address, entry in scene.naming.latest(9)} == {
        (ONE, "www.bank.example"),
        (OTHER, ""),
    }
    scene.follow(scene.state())
    assert scene.naming.latest(9) == []


def test_expired_addresses_are_forgotten_unless_somebody_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.backend.used = frozenset({OTHER})
    monkeypatch.setattr(naming, "SWEEP_S", 0)
    monkeypatch.setattr("wgtray.core.learning.OUTLIVES_S", -1)

    async def play() -> None:
        await scene.naming.learn("www.bank.example", [ONE, OTHER], 0)
        assert scene.folded() == Learned(frozenset({ONE, OTHER}))
        running = asyncio.ensure_future(scene.naming.run())
        await scene.posted.get()
        running.cancel()

    asyncio.run(play())
    assert scene.folded() == Learned(lost=frozenset({ONE}))


def test_an_address_that_is_told_again_before_it_is_forgotten_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    monkeypatch.setattr(naming, "SWEEP_S", 0)
    scene.follow(scene.state({ONE}))
    monkeypatch.setattr("wgtray.core.learning.OUTLIVES_S", -1)

    async def play() -> None:
        await scene.naming.learn("www.bank.example", [ONE], 0)
        scene.folded()
        scene.follow(scene.state({ONE}))
        running = asyncio.ensure_future(scene.naming.run())
        await scene.posted.get()
        running.cancel()
        assert await scene.naming.learn("www.bank.example", [ONE], 60) == (ONE,)

    asyncio.run(play())
    assert scene.folded() is None


def test_trouble_is_tried_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    monkeypatch.setattr(naming, "SWEEP_S", 0)
    scene.follow(scene.state(trouble=Problem("names-port-taken", {"address": "127.22.8.7"})))

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
        scene.naming._forwarder.run = failing  # type: ignore[method-assign]  # replaced for this test
        running = asyncio.ensure_future(scene.naming.run())
        await third.wait()
        running.cancel()

    asyncio.run(play())
    assert "nobody thought of this" in caplog.text


def test_who_is_asked_is_read_when_it_is_needed() -> None:
    scene = Scene()
    assert scene.naming.whom_to_ask("other") is None
    scene.backend.servers = (Server(Address("192.168.77.1")),)
    assert scene.naming.whom_to_ask("other") == Ask(scene.backend.servers, inside=False)


def test_a_mode_in_which_nobody_may_be_asked_is_a_problem() -> None:
    scene = Scene()
    scene.backend.servers = (Server(Address("192.168.77.1")),)
    bare = msgspec.structs.replace(worlds.FULL, split=worlds.NAMED.split)
    scene.follow(worlds.connected(bare))
    assert scene.naming.obstacle() == Problem("names-nobody")
    scene.backend.servers = (Server(Address("9.9.9.9")),)
    assert scene.naming.obstacle() is None
    scene.follow()
    assert scene.naming.obstacle() is None
