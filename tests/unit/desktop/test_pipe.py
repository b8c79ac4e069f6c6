"""Whose pipe is the helper's?"""

import pytest

from wgtray.desktop.pipe import ACCESS, is_trusted

ANNA, BEN = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002"


@pytest.mark.parametrize(("owner", "trusted"), [("S-1-5-18", True), ("S-1-5-32-544", True), (ANNA, True), (BEN, False)])
@pytest.mark.threat("T07")
def test_a_pipe_that_another_user_made_is_not_the_helpers(owner: str, trusted: bool) -> None:
    assert is_trusted(owner, ANNA) == trusted


def test_clients_ask_for_no_more_than_the_helper_gives() -> None:
    assert ACCESS == 0x12019B
