"""What do the tests of the engine share? One on a fake machine, for the length of a scene."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from tests.fakes.backend import FakeBackend
from tests.unit.core.worlds import PRIVATE, profile
from wgtray.core import secret
from wgtray.core.events import Target
from wgtray.core.profile import Profile
from wgtray.helper.engine import Engine
from wgtray.helper.store import Import, Store
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

ROOT, MEMBER = Caller(0, frozenset()), Caller(1000, frozenset({"wgtray"}))
MINE = secret.public_key(PRIVATE)


def with_key(wanted: Profile) -> Profile:
    return msgspec.structs.replace(wanted, interface=msgspec.structs.replace(wanted.interface, private_key=PRIVATE))


def played(state_dir: Path, backend: FakeBackend, scene: Callable[[Engine], Awaitable[None]]) -> None:
    """Run the engine for the length of a scene."""

    async def play() -> None:
        with contextlib.closing(Store(state_dir)) as store:
            engine = Engine(backend, store)
            async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
                running = tasks.create_task(engine.run())
                await scene(engine)
                running.cancel()

    asyncio.run(play())


def keep(state_dir: Path, target: Target) -> None:
    """What an earlier helper saved, the key resting in a keyring."""
    with contextlib.closing(Store(state_dir)) as store:
        store.save_import(Import(profile(), MINE, None))
        store.save_target(target)


async def until(engine: Engine, state: str) -> messages.Snapshot:
    while engine.latest.state != state:
        await engine.changed.wait()
    return engine.latest


async def connect(engine: Engine) -> None:
    await engine.ask(messages.SetProfile(with_key(profile()), keep_key=True), ROOT)
    await engine.ask(messages.Connect(), MEMBER)
    await until(engine, "connecting")
