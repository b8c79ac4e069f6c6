"""On which line of a TOML text does a value stand?

``tomllib`` gives no lines, so this walks the same grammar once more and remembers where each key and each entry of a
list begins. It may only be asked about text that ``tomllib`` has accepted, and therefore checks nothing.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?s:\\.|[^\\])*?"""(?:""?)?'  # up to two quotes of the text may stand right before the closing ones
    r"|'''(?s:.)*?'''(?:''?)?"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)
_SEGMENT = re.compile(r'\[\d+\]|\.?(?:"(?:\\.|[^"\\])*"|[A-Za-z0-9_-]+)')
_SCALAR = re.compile(r"[^,\]}#\n]+")


def lines(text: str) -> dict[str, int]:
    """Path (``node[1].endpoint``) to line, counted from 1, of every table, key and list entry."""
    return _Walk(text).found


def line_of(found: Mapping[str, int], path: str) -> int | None:
    """The line of the path, else of the closest thing around it, else None."""
    segments = _SEGMENT.findall(path)
    for length in range(len(segments), 0, -1):
        if line := found.get("".join(segments[:length])):
            return line
    return None


def below(path: str, key: str) -> str:
    """The path of a key in the table at ``path``; quoted where TOML would quote it."""
    if not _BARE.fullmatch(key):
        plain = key if key.isprintable() else key.encode("unicode_escape").decode()
        key = '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{key}" if path else key


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._at = 0
        self._entries: dict[str, int] = {}  # path of an array of tables -> its length so far
        self.found: dict[str, int] = {}
        self._document()

    def _document(self) -> None:
        table = ""
        while self._peek():
            line = self._line()
            if self._text.startswith("[[", self._at):
                self._at += 2
                path = self._resolved(self._key(), line)
                self._at += 2
                index = self._entries.get(path, 0)
                self._entries[path] = index + 1
                self.found.setdefault(path, line)
                table = f"{path}[{index}]"
                self.found[table] = line
            elif self._text[self._at] == "[":
                self._at += 1
                table = self._resolved(self._key(), line)
                self._at += 1
                self.found[table] = line
            else:
                self._pair(table)

    def _pair(self, table: str) -> None:
        line = self._line()
        path = table
        for part in self._key():
            path = below(path, part)
            self.found.setdefault(path, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: str) -> None:
        char = self._peek()
        if char in "\"'":
            self._at = self._end(_STRING)
        elif char == "[":
            self._at += 1
            index = 0
            while self._peek() != "]":
                entry = f"{path}[{index}]"
                self.found[entry] = self._line()
                self._value(entry)
                index += 1
                if self._peek() == ",":
                    self._at += 1
            self._at += 1
        elif char == "{":
            self._at += 1
            while self._peek() != "}":
                self._pair(path)
                if self._peek() == ",":
                    self._at += 1
            self._at += 1
        else:
            self._at = self._end(_SCALAR)

    def _key(self) -> list[str]:
        """The parts of a dotted key; ends on what follows it."""
        parts: list[str] = []
        while True:
            if self._peek() in "\"'":
                end = self._end(_STRING)
                raw = self._text[self._at : end]
                parts.append(next(iter(tomllib.loads(f"{raw} = 0"))) if "\\" in raw else raw[1:-1])
            else:
                end = self._end(_BARE)
                parts.append(self._text[self._at : end])
            self._at = end
            if self._peek() != ".":
                return parts
            self._at += 1

    def _resolved(self, parts: list[str], line: int) -> str:
        """The path of a header: below an array of tables it means the last entry so far."""
        path = ""
        for index, part in enumerate(parts):
            path = below(path, part)
            if index < len(parts) - 1:
                self.found.setdefault(path, line)
                if path in self._entries:
                    path = f"{path}[{self._entries[path] - 1}]"
        return path

    def _peek(self) -> str:
        """The next character that is neither blank nor in a comment; empty at the end."""
        self._at = self._end(_BLANK)
        return self._text[self._at : self._at + 1]

    def _end(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError("not TOML")  # never on what tomllib accepted
        return match.end()

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1
