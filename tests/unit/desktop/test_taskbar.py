"""What do the bars of other systems make of our icon?"""

import pytest

from wgtray.desktop import taskbar


def test_the_menu_bar_of_a_mac_inks_shapes_itself_unless_a_colour_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not taskbar.inks_itself("black")
    monkeypatch.setattr(taskbar, "SYSTEM", "macos")
    assert taskbar.surface("any") == "black"
    assert taskbar.inks_itself(taskbar.surface("any"))
    assert taskbar.surface("dark") == "dark"
    assert not taskbar.inks_itself("dark")
