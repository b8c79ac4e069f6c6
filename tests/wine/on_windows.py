"""Which of the unit tests make sense on Windows? A pytest plugin for the Windows Python: all but what is named here."""

from pathlib import Path
from typing import Final

LINUX: Final = {
    "tests/unit/lab": "the lab is made of network namespaces",
    "tests/unit/bench": "measures the lab",
    "tests/unit/fleet": "the company's side runs on its servers",
    "tests/unit/test_linux_service.py": "systemd",
    "tests/unit/test_everywhere.py": "asks on Linux what Windows would lack",
    "tests/unit/test_imports.py": "reads the source, which is the same",
    "tests/unit/words/test_translations.py": "reads the source, which is the same",
}
"""Files and folders that are not collected, each with the reason."""
UNIX_TESTS: Final = ("platforms/", "cli/", "helper/")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Whether it stays out; None leaves that to others."""
    name = collection_path.as_posix().partition("/tests/")[2]
    return True if f"tests/{name}" in LINUX else None
