"""Who counts as whom, by the token alone."""

import pytest

from wgtray.helper.rights import Admission
from wgtray.platforms.windows.peer import ADMINISTRATORS, INTERACTIVE, SYSTEM, Token, caller_of, number
from wgtray.platforms.windows.pipe import sddl

ANNA = "S-1-5-21-1004336348-1177238915-682003330-1001"
ON = 0x7  # mandatory, enabled by default, enabled
DENY = 0x10
DESK = (INTERACTIVE, ON)
ADMISSION = Admission(frozenset(), frozenset({"interactive"}))


@pytest.mark.parametrize(
    ("token", "uid", "admitted"),
    [
        (Token(SYSTEM), 0, True),
        (Token(ANNA, (DESK,)), number(ANNA), True),
        (Token(ANNA, (DESK, (ADMINISTRATORS, ON))), 0, True),
        (Token(ANNA, (DESK, (ADMINISTRATORS, DENY))), number(ANNA), True),
        (Token(ANNA, (DESK, (ADMINISTRATORS, ON | DENY))), number(ANNA), True),
        (Token(ANNA, (DESK, (ADMINISTRATORS, 0))), number(ANNA), True),
        (Token(ANNA, ()), number(ANNA), False),
        (Token(ANNA, ((INTERACTIVE, DENY),)), number(ANNA), False),
        (Token("S-1-5-19", ()), number("S-1-5-19"), False),
    ],
)
@pytest.mark.threat("T06")
def test_only_the_system_and_elevated_administrators_are_root_and_only_desktops_are_admitted(
    token: Token, uid: int, admitted: bool
) -> None:
    caller = caller_of(token, 7)
    assert (caller.uid, caller.pid) == (uid, 7)
    assert ADMISSION.admits(caller) == admitted


def test_the_number_of_a_user_is_stable_never_roots_and_exact_in_json() -> None:
    assert number(ANNA) == number(ANNA) != number(ANNA[:-1] + "2")
    assert 0 < number(ANNA) < 2**53


@pytest.mark.threat("T06")
def test_the_pipe_lets_nobody_else_make_an_instance_of_it() -> None:
    text = sddl("SY", {"interactive", "S-1-5-21-1-2-3-1200"})
    assert text == (
        "O:SYG:SYD:P(A;;GA;;;SY)(A;;0x12019b;;;BA)(A;;0x12019b;;;IU)(A;;0x12019b;;;S-1-5-21-1-2-3-1200)S:(ML;;NWNR;;;ME)"
    )
    assert not 0x12019B & 0x4, "FILE_CREATE_PIPE_INSTANCE"
