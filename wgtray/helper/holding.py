"""How does one process hold an open file against every other, until it ends?"""

from typing import Any


def hold(descriptor: int) -> bool:
    """Whether it is ours now; False when another process holds it."""
    try:
        import fcntl
    except ImportError:
        return _hold_on_windows(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _hold_on_windows(descriptor: int) -> bool:
    import msvcrt

    runtime: Any = msvcrt
    try:
        runtime.locking(descriptor, runtime.LK_NBLCK, 1)
    except OSError:
        return False
    return True
