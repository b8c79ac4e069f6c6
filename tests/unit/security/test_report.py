"""The table says what was counted, and no more."""

import json
from pathlib import Path

import pytest

from tests.security.report import ROWS, gathered, put, table


def test_what_several_runs_counted_is_added_up_and_what_did_not_run_says_so(tmp_path: Path) -> None:
    for number, counted in enumerate(({"faults/injected": 3, "faults/leaked": 0}, {"faults/injected": 4})):
        (tmp_path / f"{number}.json").write_text(json.dumps(counted))
    lines = table(gathered(tmp_path)).splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert lines[2].endswith("| 7 |")
    assert lines[4].endswith("| 0 |")
    assert lines[5].endswith("| not run |")


def test_the_table_of_a_paper_is_replaced_and_nothing_else_of_it() -> None:
    before, after = "# Ours\n\n| what | which |\n\n", "\nMore.\n\n| what | which |\n"
    fresh = table({name: 1 for _, name in ROWS})
    assert put(before + table({"faults/injected": 3}) + after, fresh) == before + fresh + after
    assert put(before + fresh, fresh) == before + fresh


def test_a_table_with_a_row_that_was_not_run_replaces_none() -> None:
    with pytest.raises(ValueError, match="not everything"):
        put(table({}), table({"faults/injected": 3}))
    with pytest.raises(ValueError, match="not in list"):
        put("no table", table({name: 1 for _, name in ROWS}))


def test_the_readme_has_one_such_table() -> None:
    readme = Path(__file__).parents[3] / "README.md"
    assert readme.read_text().count(table({}).splitlines()[0]) == 1


def test_entries_of_the_checklist_are_counted_once_however_many_tests_try_them(tmp_path: Path) -> None:
    for number, counted in enumerate(({"threat/T08": 40, "threat/T20": 1}, {"threat/T08": 2})):
        (tmp_path / f"{number}.json").write_text(json.dumps(counted))
    found = gathered(tmp_path)
    assert found["threats/tried"] == 2
    assert found["threats/here"] > 40
