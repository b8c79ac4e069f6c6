"""Is it said of a rule what really becomes of its program?"""

import pytest

from wgtray.ipc.messages import AppView
from wgtray.words.apps import kept_shortly


@pytest.mark.parametrize(
    ("route", "enforcement", "reason", "said"),
    [
        ("tunnel", "routed", "", "only through the VPN"),
        ("direct", "routed", "", "never through the VPN"),
        ("tunnel", "full-tunnel", "", "only through the VPN"),
        ("tunnel", "blocked", "no-tunnel", "held back: no node answers"),
        ("tunnel", "blocked", "of a later version", "held back"),
        ("tunnel", "unavailable", "missing", "not found on this computer"),
        ("tunnel", "unavailable", "", "not enforced"),
    ],
)
def test_a_menu_says_what_becomes_of_a_program(route: str, enforcement: str, reason: str, said: str) -> None:
    assert kept_shortly(AppView("SAP GUI", "/opt/sap", route, "user", False, enforcement, 1, reason)) == said
