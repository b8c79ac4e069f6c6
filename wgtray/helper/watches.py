"""What does the operating system report by itself? Each report becomes an item of the engine's queue."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from wgtray.core.events import ProgramsSeen
from wgtray.core.facts import Facts
from wgtray.helper import running
from wgtray.platforms.api import Backend

T = TypeVar("T")


async def watch(
    backend: Backend, post: Callable[[T | ProgramsSeen], None], changed: T, facts: Callable[[], Facts]
) -> None:
    """Post all of it, for ever."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_watch_running(post, facts))
        tasks.create_task(_watch_network(backend, post, changed))
        tasks.create_task(_watch_programs(backend, post, changed))


async def _watch_network(backend: Backend, post: Callable[[T | ProgramsSeen], None], changed: T) -> None:
    """Post ``changed`` whenever the network may be different."""
    async for _ in backend.changes():
        post(changed)


async def _watch_programs(backend: Backend, post: Callable[[T | ProgramsSeen], None], changed: T) -> None:
    """Post how programs under a rule are, and ``changed`` where what carries or catches them may be gone."""
    disturbed = 0
    async for programs in backend.programs():
        if programs.capture == "none" or programs.disturbed != disturbed:
            post(changed)
        disturbed = programs.disturbed
        post(ProgramsSeen(programs))


async def _watch_running(post: Callable[[T | ProgramsSeen], None], facts: Callable[[], Facts]) -> None:
    """Post which programs run, where the backend cannot say it."""
    async for programs in running.programs(facts):
        post(ProgramsSeen(programs))
