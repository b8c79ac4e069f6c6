"""How is a sentence broken into lines where nothing breaks it by itself? Also in scripts without spaces."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

QUOTED: Final = r'"[^"]{1,48}"\S?|„[^“]{1,48}“\S?|“[^”]{1,48}”\S?'
PIECE: Final = re.compile(QUOTED + r'|[⺀-鿿＀-￯](?:[、。，；：！？）」』”…]*)|[^\s⺀-鿿＀-￯"]+|"|\s+')
"""What stays on one line: a quoted command, a Chinese character with what closes it, a word; or the space between."""


def lines(text: str, columns: int) -> Iterator[str]:
    """Lines of at most so many columns where a break is possible; wide characters take two."""
    line = ""
    for piece in PIECE.findall(text):
        if line and not piece.isspace() and width(line) + width(piece) > columns:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def width(text: str) -> int:
    """Columns of a text."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
