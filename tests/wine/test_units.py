"""Do the unit tests, and those that only Windows can run, pass under the genuine Windows Python?

Of tests/unit what does not stand on Linux: ``GROUPS``, one process each, so that one that hangs says its name. The rest
is about Linux or macOS, or builds its scene from what Windows lacks: users and groups, links, file modes, signals.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from installers.msi.wine import Wine
from tests.wine.conftest import run_python

GROUP_S: Final = 600.0
"""The longest takes three quarters of a minute on a machine that does nothing else."""

pytestmark = pytest.mark.timeout(GROUP_S + 60)


ON_UNIX: Final = "tests/unit/gui/test_view.py::test_each_state_gives_its_whole_picture[no helper]"
"""Says how a service is started there."""


def _files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/unit/{folder}/test_{name}.py" for name in names)


GROUPS: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "decisions": (("tests/unit/core", "tests/unit/ipc"), 700),
    "words": (("tests/unit/words", "tests/unit/test_words.py"), 100),
    "the command line, with a helper by script over a pipe": (
        _files("cli", "choice", "doctor", "fleet", "metrics", "portal", "profile", "route", "status", "wish"),
        120,
    ),
    "the backend over a machine in memory": (("tests/unit/platforms/windows",), 120),
    "helper": (_files("helper", "appwish", "provision", "reconcile", "rights", "snapshot", "ways"), 50),
    "desktop": (_files("desktop", "keys", "launch", "pipe", "places", "programs_windows", "taskbar"), 20),
    "tray": (("tests/unit/gui", f"--deselect={ON_UNIX}"), 100),
}
"""Each with the tests, and how many pass at least: a group that collects nothing must not count."""

# pytest-qt and the cache directory stay out: neither is needed, and the second would be the checkout's.
OPTIONS: Final = (
    *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.wine.fewer", "-W", "default", "--timeout=120"),
    *("-o", "addopts=--strict-markers --import-mode=importlib", "-m", "not slow"),
)


def passed(wine: Wine, python: Path, *what: str) -> int:
    """How many tests passed; fails with the Windows Python's output where one did not."""
    said = run_python(wine, python, *OPTIONS, *what, timeout_s=GROUP_S)
    found = re.search(r"(\d+) passed", said)
    assert found is not None, said
    return int(found[1])


@pytest.mark.parametrize("group", GROUPS)
def test_the_unit_tests_pass_on_windows(wine: Wine, python: Path, group: str) -> None:
    tests, at_least = GROUPS[group]
    assert passed(wine, python, *tests) >= at_least


def test_the_pipe_the_keyring_the_registry_and_the_folder_work(wine: Wine, python: Path) -> None:
    assert passed(wine, python, "tests/wine/inside") >= 10
