"""What can a Mac do about single programs? Without a system extension: nothing before their first packet.

pf knows users and not programs, and to tag connections after they are seen comes too late for the first one. What is
left is everything through the tunnel while such a program runs; that is decided where the mode is, not here.
"""

import asyncio
from collections.abc import AsyncIterator, Set

from wgtray.core.apps import Programs, Rule
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed


async def changes() -> AsyncIterator[Programs]:
    """Never yields: nothing is caught."""
    await asyncio.Event().wait()
    yield Programs()


def put(rules: Set[Rule]) -> None:
    """Raises CommandFailed for any rule."""
    if rules:
        detail = "macOS cannot route one program alone"
        raise CommandFailed(Problem("command-failed", {"command": "app rules", "detail": detail}))
