"""Does the kernel's reverse path check let in what comes back by a way of ours?

With a strict check (RFC 3704) an answer is dropped when a packet to its sender would leave by another link. WireGuard's
own packets leave by their mark, and port rules' by theirs, so the check has to ask with the mark, and to be loose on
our own link. What we change of the machine's is written down, and put back when nothing of ours is left.
"""

import contextlib
from pathlib import Path

_SYSCTL = Path("/proc/sys/net/ipv4/conf")
_MARKS = _SYSCTL / "all" / "src_valid_mark"
_CHANGED = "src_valid_mark"
"""A file in the state directory: the machine had it off before us."""


def loosen(state_dir: Path, link: str) -> None:
    """Raises OSError."""
    (_SYSCTL / link / "rp_filter").write_text("2")
    if _MARKS.read_text().strip() != "1":
        (state_dir / _CHANGED).touch(mode=0o600)
        _MARKS.write_text("1")


def restore(state_dir: Path) -> None:
    """Raises OSError."""
    changed = state_dir / _CHANGED
    if changed.exists():
        with contextlib.suppress(FileNotFoundError):  # a kernel without it
            _MARKS.write_text("0")
        changed.unlink(missing_ok=True)
