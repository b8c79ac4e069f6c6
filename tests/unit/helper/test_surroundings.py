"""Which clock tells that the computer slept?"""

import time
from types import SimpleNamespace

from wgtray.helper.surroundings import now, sleeping_clock


def test_each_system_has_its_own() -> None:
    assert sleeping_clock(SimpleNamespace(clock_gettime=None, CLOCK_BOOTTIME=7, CLOCK_MONOTONIC=1)) == 7  # Linux
    assert sleeping_clock(SimpleNamespace(clock_gettime=None, CLOCK_MONOTONIC=6)) == 6  # macOS
    assert sleeping_clock(SimpleNamespace()) is None  # Windows


def test_it_never_goes_back_and_is_never_behind_the_plain_one() -> None:
    first, plain = now(), time.monotonic()
    assert now() >= first >= plain - 1.0
