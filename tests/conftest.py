"""Which entries of the security checklist does a run try? Counted for `make security-report`."""

import pytest

from tests.security.tally import count


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when == "call" and call.excinfo is None:
        for mark in item.iter_markers("threat"):
            for number in mark.args:
                count(f"threat/{number}")
