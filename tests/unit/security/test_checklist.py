"""Every entry of the checklist has its test, and every test that names one names one that there is."""

import re
from pathlib import Path

import pytest

from tests.security.checklist import CHECKLIST, table

TESTS = Path(__file__).parents[2]
HELP = TESTS.parent / "resources" / "help" / "security.md"

_MARK = re.compile(r"^\s*@?pytest\.mark\.threat\(([^)]*)\)|pytestmark = pytest\.mark\.threat\(([^)]*)\)", re.MULTILINE)


def named() -> set[str]:
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for mark in _MARK.finditer(path.read_text(encoding="utf-8")):
            found |= set(re.findall(r'"(T\d\d)"', mark[1] or mark[2]))
    return found


def test_what_no_one_tries_by_hand_is_tried_by_a_test_and_the_other_way_round() -> None:
    assert named() == {number for number, entry in CHECKLIST.items() if not entry.by_hand}


def test_the_help_page_shows_the_list() -> None:
    assert table() in HELP.read_text(encoding="utf-8"), "python -m tests.security.checklist prints it"


@pytest.mark.parametrize("number", CHECKLIST)
def test_entries_are_numbered_and_say_what_is_tried(number: str) -> None:
    assert re.fullmatch(r"T\d\d", number)
    assert CHECKLIST[number].tried
