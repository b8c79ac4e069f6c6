"""Does `wgtray portal` open the way and say where to?"""

import msgspec

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import ON, Scripted
from wgtray.ipc.messages import OpenPortal, ProblemView, Refused

SEEN = ProblemView("captive-portal", "warning", {"url": "http://portal.example/"}, "")


def test_it_is_opened_and_the_page_is_named(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, problems=(SEEN,), portal_minutes=5)
    result = run("portal")
    assert (result.code, result.err) == (0, "")
    assert result.out == "For 5 minutes web pages pass outside the tunnel. Log in at http://portal.example/\n"
    assert helper.of(OpenPortal) == [OpenPortal()]


def test_what_is_refused_is_a_sentence(run: Run, helper: Scripted) -> None:
    for refused, part in (
        (Refused("no-portal", {}, "failed"), "No login page"),
        (Refused("portal-open", {"url": "http://portal.example/"}, "failed"), "http://portal.example/"),
        (Refused("portal-closed", {"company": "Acme"}, "failed"), "Acme"),
    ):
        helper.replies[OpenPortal] = refused
        result = run("portal")
        assert result.code == 1
        result.says_one_sentence(part)
