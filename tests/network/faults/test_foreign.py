"""What others put into a machine's tables stays, whatever the helper does and however it ends."""

import signal
from collections.abc import Iterator

import pytest

from tests.network.conftest import Desk, until
from wgtray.ipc import messages
from wgtray.lab import Lab

pytestmark = [pytest.mark.network, pytest.mark.slow]

THEIRS = """
rule add pref 5199 lookup main suppress_prefixlength 0
rule add pref 5205 from 192.0.2.0/24 lookup 52
rule add pref 5220 fwmark 0xca6c lookup 52
rule add pref 5221 to 192.0.2.0/24 lookup main
route add 192.0.2.0/24 dev lan0 table 52 proto static
route add 192.0.2.0/24 dev lan0 table 22087 proto static
route add unreachable 192.0.2.128/25 table 22088 proto static metric 9000
route add 192.0.2.0/24 dev lan0 proto 186
"""

FIREWALL = """
table inet theirs {
  set learned4 { type ipv4_addr; elements = { 192.0.2.1 }; }
  chain sending { type filter hook output priority 0; policy accept; ip daddr 192.0.2.9 drop; }
}
table ip wgtray { }
"""


@pytest.fixture
def shared(lab: Lab) -> Iterator[Desk]:
    """A machine with much of somebody else's on it; that all of it is still there is checked at the end."""
    place = lab.clients[0]
    place.run(["ip", "-batch", "-"], input=THEIRS)
    place.run(["nft", "-f", "-"], input=FIREWALL)
    desk = Desk(lab)
    try:
        desk.start()
        yield desk
        desk.end()
    finally:
        place.run(["nft", "delete", "table", "inet", "theirs"])
        place.run(["nft", "delete", "table", "ip", "wgtray"])
        for line in reversed(THEIRS.strip().splitlines()):
            place.run(["ip", *line.replace(" add ", " del ").split()])


@pytest.mark.threat("T62")
def test_rules_routes_and_tables_of_others_are_never_touched(shared: Desk, lab: Lab) -> None:
    shared.imported(lab.profile_toml(sections={"policy": {"lockdown": "all"}}))
    theirs = set(shared.clean.splitlines())
    for deed in (
        messages.Connect(),
        messages.ChooseMode("full"),
        messages.ChooseNode("ams"),
        messages.ChooseMode("split"),
    ):
        shared.ask(deed)
        until(lambda: shared.snapshot().state == "connected" and shared.snapshot().protected)
        assert theirs - set(shared.network().splitlines()) <= {line for line in theirs if "nameserver" in line}
    shared.stop(signal.SIGKILL)
    shared.start()
    until(lambda: shared.snapshot().state == "connected" and shared.snapshot().protected)
    shared.ask(messages.Disconnect())
    until(lambda: shared.network() == shared.clean)
    shared.ask(messages.Connect())
    until(lambda: shared.snapshot().state == "connected")
    shared.stop(signal.SIGTERM)
    shared.start()
    shared.stop(signal.SIGKILL)
