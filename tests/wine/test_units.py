"""Do the unit tests, and those that only Windows can run, pass under the genuine Windows Python?

Of tests/unit what does not stand on Unix sockets, users, netlink or the lab: ``UNITS``. The rest is either about Linux
or builds its scene from what Windows lacks (a Unix socket for the scripted helper, ``time.tzset``, POSIX file modes).
"""

import re
from pathlib import Path

import pytest

from installers.msi.wine import Wine
from tests.wine.conftest import run_python

pytestmark = pytest.mark.timeout(900)

UNITS = (
    "tests/unit/core",
    "tests/unit/ipc",
    "tests/unit/platforms/windows",
    *(
        f"tests/unit/helper/test_{name}.py"
        for name in ("appwish", "provision", "reconcile", "rights", "snapshot", "ways")
    ),
    *(f"tests/unit/desktop/test_{name}.py" for name in ("keys", "launch", "pipe")),
    *(f"tests/unit/gui/test_{name}.py" for name in ("events", "history", "notices")),
)
# pytest-qt and the cache directory stay out: neither is needed, and the second would be the checkout's.
OPTIONS = (
    *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "default", "--timeout=120"),
    *("-o", "addopts=--strict-markers --import-mode=importlib"),
)


def passed(wine: Wine, python: Path, *what: str) -> int:
    """How many tests passed; fails with the Windows Python's output where one did not."""
    said = run_python(wine, python, *OPTIONS, *what, timeout_s=800)
    found = re.search(r"(\d+) passed", said)
    assert found is not None, said
    return int(found[1])


def test_the_unit_tests_pass_on_windows(wine: Wine, python: Path) -> None:
    assert passed(wine, python, *UNITS) > 500


def test_the_pipe_the_keyring_the_registry_and_the_folder_work(wine: Wine, python: Path) -> None:
    assert passed(wine, python, "tests/wine/inside") >= 10
