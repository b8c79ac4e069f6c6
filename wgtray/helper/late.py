"""What is shown while a change takes long? How things are now, rather than how they were before it."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

LATE_S = 0.5
"""Longer than any change takes in which no tool hangs, so that what is over in a moment is shown once."""


@contextlib.contextmanager
def shown(show: Callable[[], None]) -> Iterator[None]:
    """``show`` is called once when what is done meanwhile is not done by then."""
    timer = asyncio.get_running_loop().call_later(LATE_S, show)
    try:
        yield
    finally:
        timer.cancel()
