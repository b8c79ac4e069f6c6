"""The forwarder of names beside the engine: when it listens, and what is learned of it."""

import contextlib
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from tests.unit.core.worlds import PRIVATE
from tests.unit.helper.engines import MEMBER, MINE, ROOT, played, until, with_key
from wgtray.core.desired import desired
from wgtray.core.events import Target
from wgtray.core.host import NOTHING, fate
from wgtray.core.plan import PutDns, Step
from wgtray.core.problems import Problem
from wgtray.helper.dnsproxy import Forwarder
from wgtray.helper.engine import Engine
from wgtray.helper.store import Import, Store
from wgtray.ipc import messages

NAMED = msgspec.structs.replace(worlds.NAMED, nodes=worlds.NAMED.nodes[:2])
BANK = worlds.DESTINATIONS[3]


@pytest.fixture
def listens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the forwarder did, instead of opening sockets."""
    done: list[str] = []
    monkeypatch.setattr(Forwarder, "open", lambda self: done.append("open"))
    monkeypatch.setattr(Forwarder, "close", lambda self: done.append("close"))
    return done


async def connect_named(engine: Engine) -> None:
    await engine.ask(messages.SetProfile(with_key(NAMED), keep_key=True), ROOT)
    await engine.ask(messages.Connect(), MEMBER)
    await until(engine, "connecting")


def test_the_forwarder_listens_before_the_resolver_is_told_and_until_it_is_told_otherwise(
    tmp_path: Path, listens: list[str]
) -> None:
    class Told(FakeBackend):
        async def apply(self, step: Step) -> None:
            await super().apply(step)
            if isinstance(step, PutDns):
                listens.append("told" if step.dns else "told otherwise")

    async def scene(engine: Engine) -> None:
        await connect_named(engine)
        await engine.ask(messages.Disconnect(), MEMBER)
        await until(engine, "off")

    played(tmp_path, Told(), scene)
    first = listens.index("open")
    assert [word for word in listens if word.startswith("told")] == ["told", "told otherwise"]
    assert first < listens.index("told")
    assert "close" not in listens[first : listens.index("told otherwise")]
    assert listens[-1] == "close"


@pytest.mark.usefixtures("listens")
def test_a_learned_address_becomes_a_fact_and_goes_with_the_wish(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        await connect_named(engine)
        assert await engine._naming.learn("www.bank.example", [BANK], 60) == (BANK,)
        assert fate(backend.host, BANK) == "tunnel"
        shown = await engine.look()
        assert [(one.name, one.address) for one in shown.learned] == [("www.bank.example", BANK)]
        assert (shown.learned_total, shown.protected) == (1, True)
        assert "learned +0 -1" not in backend.done
        await engine.ask(messages.Disconnect(), MEMBER)
        await until(engine, "off")
        assert backend.host == NOTHING
        assert (await engine.look()).learned == ()

    played(tmp_path, backend, scene)


@pytest.mark.usefixtures("listens")
def test_a_restarted_helper_keeps_what_a_killed_one_learned(tmp_path: Path) -> None:
    with contextlib.closing(Store(tmp_path)) as store:
        store.save_import(Import(NAMED, MINE, PRIVATE))
        store.save_target(Target(connected=True))
    backend = FakeBackend(msgspec.structs.replace(desired(worlds.connected(NAMED)), learned=frozenset({BANK})))

    async def scene(engine: Engine) -> None:
        await until(engine, "connecting")
        assert fate(backend.host, BANK) == "tunnel"
        assert [(one.name, one.address) for one in (await engine.look()).learned] == [(None, BANK)]

    played(tmp_path, backend, scene)


@pytest.mark.usefixtures("listens")
def test_a_resolver_that_takes_no_part_costs_names_and_nothing_else(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.broken[PutDns] = Problem("not-permitted", {"command": "resolvectl"})

    async def scene(engine: Engine) -> None:
        await connect_named(engine)
        shown = await engine.look()
        assert backend.host.tunnel is not None
        assert (shown.state, shown.protected) == ("connecting", False)
        assert "not-permitted" in [problem.code for problem in shown.problems]
        assert backend.done.count("names 3") == 1, "not tried again at every turn"

    played(tmp_path, backend, scene)


def test_a_taken_address_costs_names_and_nothing_else(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        await connect_named(engine)
        shown = await engine.look()
        assert backend.host.tunnel is not None
        assert backend.host.dns is None
        assert (shown.state, shown.protected) == ("connecting", False)
        assert "names-port-taken" in [problem.code for problem in shown.problems]

    played(tmp_path, backend, scene)
