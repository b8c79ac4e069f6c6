"""Out of the tunnel for a while: what ends a pause, and what survives it."""

import contextlib
import time
from pathlib import Path

import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core.worlds import PRIVATE, profile
from tests.unit.helper.engines import MEMBER, MINE, ROOT, connect, played, until, with_key
from wgtray.core.events import Target
from wgtray.core.host import NOTHING
from wgtray.core.problems import WgtrayError
from wgtray.helper.engine import Engine
from wgtray.helper.store import Import, Pause, Store
from wgtray.ipc import messages


def test_a_pause_takes_the_tunnel_down_and_leaves_the_wish(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        with pytest.raises(WgtrayError, match="no-profile"):
            await engine.ask(messages.Resume(), MEMBER)
        await connect(engine)
        began = time.time()
        await engine.ask(messages.Pause(15), MEMBER)
        shown = await until(engine, "off")
        assert shown.wanted
        assert shown.paused_until == pytest.approx(began + 900, abs=5)
        assert (shown.protected, backend.host) == (None, NOTHING)
        await engine.leave()
        assert backend.host == NOTHING  # a stopped helper holds nothing back that the user has just let out
        await engine.ask(messages.Resume(), MEMBER)
        shown = await until(engine, "connecting")
        assert shown.paused_until is None
        await engine.ask(messages.Resume(), MEMBER)

    played(tmp_path, backend, scene)


@pytest.mark.parametrize("request_", [messages.Connect(), messages.Disconnect()])
def test_connecting_and_disconnecting_end_a_pause(tmp_path: Path, request_: messages.Request) -> None:
    async def scene(engine: Engine) -> None:
        await connect(engine)
        await engine.ask(messages.Pause(15), MEMBER)
        await engine.ask(request_, MEMBER)
        shown = await until(engine, "connecting" if isinstance(request_, messages.Connect) else "off")
        assert shown.paused_until is None
        assert shown.wanted == isinstance(request_, messages.Connect)

    played(tmp_path, FakeBackend(), scene)
    with contextlib.closing(Store(tmp_path)) as store:
        assert store.load().pause is None


def test_who_has_not_asked_to_be_connected_has_nothing_to_pause(tmp_path: Path) -> None:
    async def scene(engine: Engine) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), keep_key=True), ROOT)
        for request_ in (messages.Pause(15), messages.Resume()):
            with pytest.raises(WgtrayError, match="not-connected"):
                await engine.ask(request_, MEMBER)

    played(tmp_path, FakeBackend(), scene)


@pytest.mark.parametrize(("left_s", "state"), [(60.0, "off"), (0.0, "connecting")])
def test_a_pause_survives_a_restart_and_its_end_comes_meanwhile(tmp_path: Path, left_s: float, state: str) -> None:
    with contextlib.closing(Store(tmp_path)) as store:
        store.save_import(Import(profile(), MINE, PRIVATE))
        store.save_target(Target(connected=True))
        store.save_pause(Pause(time.time() - 60, time.time() + left_s))

    async def scene(engine: Engine) -> None:
        shown = await engine.look() if state == "off" else await until(engine, state)
        assert (shown.state, shown.wanted) == (state, True)
        assert shown.paused_until == (pytest.approx(time.time() + left_s, abs=5) if left_s else None)

    played(tmp_path, FakeBackend(), scene)


def test_the_end_of_a_pause_wakes_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.helper.requests.MINUTE_S", 0.02)

    async def scene(engine: Engine) -> None:
        await connect(engine)
        await engine.ask(messages.Pause(15), MEMBER)
        await until(engine, "off")
        await until(engine, "connecting")

    played(tmp_path, FakeBackend(), scene)
