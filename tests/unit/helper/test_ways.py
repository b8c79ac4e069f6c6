"""What the helper answers to whoever asks for a way."""

import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.problems import WgtrayError
from wgtray.helper.ways import ways
from wgtray.ipc.messages import PortView, WhichWay

UP = worlds.connected(worlds.WITH_PORTS)


def test_every_address_is_answered_in_order() -> None:
    shown = ways(WhichWay(("198.51.100.7", "FD20:0::10")), UP, desired(UP)).ways
    assert [(one.address, one.way, one.rule) for one in shown] == [
        ("198.51.100.7", "direct", "none"),
        ("fd20::10", "direct", "none"),
    ]
    assert shown[0].ports == (PortView("198.51.100.7/32", "tcp", (443, 8443), "tunnel"),)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(WgtrayError, match="not-an-address"):
        ways(WhichWay(("10.20.0",)), UP, desired(UP))
