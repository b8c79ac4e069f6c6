"""Which profile does this file hold, or what is wrong with it?

``read`` takes both forms: the TOML of CONTRACT section 3 and wg-quick's ``.conf`` (``core/conf.py``). What both share:
one pass, every finding at once, each with its line and what to write instead.
"""

import re
import tomllib
from pathlib import PurePath

from wgtray.core import toml_lines
from wgtray.core.conf import read_conf, render_conf
from wgtray.core.findings import Finding, Notebook, Unreadable
from wgtray.core.plaintext import plain_text
from wgtray.core.profile import Profile
from wgtray.core.remarks import remarks
from wgtray.core.toml_tables import profile_of
from wgtray.core.toml_text import render_toml

__all__ = ["Finding", "Unreadable", "read", "read_conf", "read_toml", "render_conf", "render_toml"]

_CONF_HEADER = re.compile(r"(?:\s|#[^\n]*)*\[\s*(?:interface|peer)\s*\]", re.IGNORECASE)
_PAIR = re.compile(r"^[ \t]*[A-Za-z_]+[ \t]*=[ \t]*([^\n]*)", re.MULTILINE)
_IN_BOTH = re.compile(r"(?:[0-9]+|true|false)?\s*(?:#.*)?")  # values that look the same in TOML and wg-quick
_IN_TOML = re.compile(r"[\"'{]|\[\s*(?:[\"'\[{\]#]|$)")

_SYNTAX: tuple[tuple[str, str], ...] = (
    # what tomllib's message begins with; what it means to a person
    ("Expected '=' after", 'no "=" after the name: write KEY = VALUE, and # before a comment'),
    ("Invalid value", 'not a value: put text in "quotes"'),
    ("Cannot overwrite", "written a second time: keep one of them"),
    ("Duplicate inline table key", "written a second time: keep one of them"),
    ("Cannot declare ('node',", "a second [node]: write [[node]] in double brackets for every node"),
    ("Cannot declare ('app',", "a second [app]: write [[app]] in double brackets for every app"),
    ("Cannot declare", "this table stands here a second time: write everything below the first"),
    ("Cannot mutate", "this table is complete above: write the key there"),
    ("Cannot redefine", "this table is complete above: write the key there"),
    ("Expected newline", "something follows the value: put the whole text in quotes, or start a new line"),
    ("Illegal character '\\n'", "the text does not end on its line: close its quotes"),
    ("Expected \"'''\"", "the text does not end: close its quotes"),
    ("Unterminated string", "the text does not end: close its quotes"),
    ("Unescaped '\\'", "a backslash in double quotes: write the text in 'single quotes'"),
    ("Invalid hex", "a backslash in double quotes: write the text in 'single quotes'"),
    ("Escaped character", "a backslash in double quotes: write the text in 'single quotes'"),
    ("Unclosed array", "the list does not end: write commas between its entries and ] behind the last"),
    ("Unclosed inline", "the table in braces does not end: write commas between its entries and } behind the last"),
    ("Expected ']", "the table's header does not end: write [name] or [[name]]"),
    ("Invalid date", "not a date: put text in quotes"),
)


def read(text: str | bytes, file: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The profile and the warnings and notes about it; ``file`` is their name for it; raises Unreadable."""
    suffix = PurePath(file).suffix.lower()
    plain = plain_text(text, file)
    conf = suffix == ".conf" or (suffix != ".toml" and _looks_like_conf(plain))
    return read_conf(plain, file) if conf else read_toml(plain, file)


def read_toml(text: str | bytes, file: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The same, of TOML only."""
    plain = plain_text(text, file)
    notebook = Notebook(file)
    try:
        table = tomllib.loads(plain)
        where = toml_lines.lines(plain)
        profile = profile_of(table, where, notebook)
    except tomllib.TOMLDecodeError as error:
        notebook.error(_syntax_line(str(error), plain), "", _syntax(str(error)))
    except RecursionError:
        notebook.error(None, "", "nested too deeply: is this the right file?")
    except ValueError:  # Python reads no whole number of more than 4300 digits
        notebook.error(None, "", "holds a number that is too long: is this the right file?")
    notebook.raise_if_refused()
    for severity, path, sentence in remarks(profile):
        notebook.add(severity, toml_lines.line_of(where, path), path, sentence)
    notebook.raise_if_refused()
    return profile, notebook.findings()


def _looks_like_conf(text: str) -> bool:
    """Whether text of unknown origin is meant for wg-quick: its sections, and values that TOML would have in quotes."""
    if _CONF_HEADER.match(text) is None:
        return False
    values = (match[1] for match in _PAIR.finditer(text))
    telling = next((value for value in values if not _IN_BOTH.fullmatch(value)), None)
    return telling is None or _IN_TOML.match(telling) is None


def _syntax(reason: str) -> str:
    for beginning, sentence in _SYNTAX:
        if reason.startswith(beginning):
            return sentence
    return "not TOML: write [table] headers and KEY = VALUE lines"


def _syntax_line(reason: str, text: str) -> int:
    if found := re.search(r"\(at line (\d+), column \d+\)$", reason):
        return int(found[1])
    return text.rstrip("\n").count("\n") + 1
