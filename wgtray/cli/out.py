"""How does a verb speak? Text and JSON to standard output, one-sentence errors to standard error."""

import select
import sys
from collections.abc import Sequence
from typing import Any

import msgspec


def line(text: str = "") -> None:
    """One line of text for a person."""
    print(text)


def document(value: Any, *, compact: bool = False) -> None:  # noqa: ANN401 (whatever msgspec can encode)
    """One JSON document, always UTF-8; holds no keys because the encoder has no way to write one."""
    raw = msgspec.json.encode(value)
    raw = raw if compact else msgspec.json.format(raw, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """One line to standard error; what a file or a server put into it cannot break the line or steer the terminal."""
    one_line = " ".join(text.split())
    print("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in one_line), file=sys.stderr, flush=True)


def raise_if_unread() -> None:
    """Raises BrokenPipeError when standard output is a pipe that nobody reads any more, where the system can tell."""
    if not hasattr(select, "poll"):
        return
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):  # no real file behind it
        return
    if any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0)):
        raise BrokenPipeError


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Aligned columns, two spaces apart; the columns in ``right`` are flush right."""
    widths = [max(width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        cells = [
            " " * (widths[i] - width(cell)) + cell if i in right else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(row)
        ]
        line("  ".join(cells).rstrip())


def width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
