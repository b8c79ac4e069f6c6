"""The table says what was counted, and no more."""

import json
from pathlib import Path

from tests.security.report import ROWS, gathered, table


def test_what_several_runs_counted_is_added_up_and_what_did_not_run_says_so(tmp_path: Path) -> None:
    for number, counted in enumerate(({"faults/injected": 3, "faults/leaked": 0}, {"faults/injected": 4})):
        (tmp_path / f"{number}.json").write_text(json.dumps(counted))
    lines = table(gathered(tmp_path)).splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert lines[2].endswith("| 7 |")
    assert lines[4].endswith("| 0 |")
    assert lines[5].endswith("| not run |")


def test_entries_of_the_checklist_are_counted_once_however_many_tests_try_them(tmp_path: Path) -> None:
    for number, counted in enumerate(({"threat/T08": 40, "threat/T20": 1}, {"threat/T08": 2})):
        (tmp_path / f"{number}.json").write_text(json.dumps(counted))
    found = gathered(tmp_path)
    assert found["threats/tried"] == 2
    assert found["threats/here"] > 40
