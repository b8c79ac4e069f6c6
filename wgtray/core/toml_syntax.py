"""Is this text TOML, and if not, what does the parser's complaint mean to a person?"""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from wgtray.core import toml_lines
from wgtray.core.findings import Notebook, Unreadable

T = TypeVar("T")

_SYNTAX: tuple[tuple[str, str], ...] = (
    # what tomllib's message begins with; what it means to a person
    ("Expected '=' after", 'no "=" after the name: write KEY = VALUE, and # before a comment'),
    ("Invalid value", 'not a value: put text in "quotes"'),
    ("Cannot overwrite", "written a second time: keep one of them"),
    ("Duplicate inline table key", "written a second time: keep one of them"),
    ("Cannot declare ('node',", "a second [node]: write [[node]] in double brackets for every node"),
    ("Cannot declare ('app',", "a second [app]: write [[app]] in double brackets for every app"),
    ("Cannot declare ('site',", "a second [site]: write [[site]] in double brackets for every site"),
    ("Cannot declare ('router',", "a second [router]: write [[router]] in double brackets for every router"),
    ("Cannot declare ('service',", "a second [service]: write [[service]] in double brackets for every service"),
    ("Cannot declare ('group',", "a second [group]: write [[group]] in double brackets for every group"),
    ("Cannot declare ('class',", "a second [class]: write [[class]] in double brackets for every class"),
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


def read(text: str, notebook: Notebook, build: Callable[[dict[str, Any], Mapping[str, int]], T]) -> T:
    """What ``build`` makes of the tables and of the lines of their paths; raises Unreadable."""
    try:
        return build(tomllib.loads(text), toml_lines.lines(text))
    except tomllib.TOMLDecodeError as error:
        notebook.error(_syntax_line(str(error), text), "", _syntax(str(error)))
    except RecursionError:
        notebook.error(None, "", "nested too deeply: is this the right file?")
    except ValueError:  # Python reads no whole number of more than 4300 digits
        notebook.error(None, "", "holds a number that is too long: is this the right file?")
    raise Unreadable(notebook.findings())


def _syntax(reason: str) -> str:
    for beginning, sentence in _SYNTAX:
        if reason.startswith(beginning):
            return sentence
    return "not TOML: write [table] headers and KEY = VALUE lines"


def _syntax_line(reason: str, text: str) -> int:
    if found := re.search(r"\(at line (\d+), column \d+\)$", reason):
        return int(found[1])
    return text.rstrip("\n").count("\n") + 1
