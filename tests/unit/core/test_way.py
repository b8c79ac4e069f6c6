"""Which way a packet goes, and the rule that is named for it."""

import msgspec
import pytest

from tests.unit.core import worlds
from tests.unit.core.worlds import situations
from wgtray.core.desired import desired, with_learned
from wgtray.core.events import Target
from wgtray.core.fields import Address, Prefix
from wgtray.core.host import NOTHING, HostState
from wgtray.core.machine import Off, Office, State
from wgtray.core.passage import Packet, outcome
from wgtray.core.profile import Dns, Mode
from wgtray.core.way import PortWay, Rule, Way, way

LINKS = frozenset({Prefix("192.168.77.0/24")})
UP = worlds.connected(worlds.WITH_PORTS)
MODES: tuple[Mode, ...] = ("split", "full")


def asked(state: State, address: str, host: HostState | None = None, name: str | None = None) -> Way:
    return way(state, desired(state) if host is None else host, Address(address), name)


@pytest.mark.parametrize(
    ("address", "goes", "rule", "node"),
    [
        ("10.20.0.10", "tunnel", Rule("network", "10.20.0.0/16"), "fra"),
        ("10.66.255.2", "tunnel", Rule("node", "ams"), "ams"),
        ("198.51.100.200", "direct", Rule("none"), None),
        ("203.0.113.1", "direct", Rule("endpoint"), None),
        ("10.66.0.10", "direct", Rule("this-computer"), None),
        ("127.0.0.1", "direct", Rule("this-computer"), None),
    ],
)
def test_the_rule_of_the_profile_is_named(address: str, goes: str, rule: Rule, node: str | None) -> None:
    found = asked(UP, address)
    assert (found.goes, found.rule, found.node) == (goes, rule, node)


def test_a_network_with_nodes_of_its_own_is_carried_by_one_of_them() -> None:
    assert asked(worlds.connected(), "10.30.0.10").node == "sin"


def test_port_rules_are_named_beside_the_way_of_everything_else() -> None:
    found = asked(UP, "198.51.100.7")
    assert (found.goes, found.rule) == ("direct", Rule("none"))
    assert found.ports == (PortWay(Prefix("198.51.100.7/32"), "tcp", (443, 8443), "tunnel"),)


def test_what_a_name_led_to_is_told_by_its_name() -> None:
    host = with_learned(desired(UP), frozenset({Address("198.51.100.80")}))
    found = asked(UP, "198.51.100.80", host, "shop.bank.example")
    assert (found.goes, found.rule, found.node) == ("tunnel", Rule("learned", "shop.bank.example"), "fra")


def test_the_companys_own_servers_have_their_words() -> None:
    named = worlds.connected(worlds.profile(dns=Dns(servers=(Address("10.99.0.53"),))))
    assert asked(named, "10.99.0.53").rule == Rule("name-server")
    assert asked(worlds.connected(worlds.CHECKED_OUTSIDE), "10.99.0.1").rule == Rule("check")


def test_a_family_that_the_tunnel_has_not_is_said_so() -> None:
    found = asked(worlds.connected(worlds.V4_ONLY), "fd20::10")
    assert (found.goes, found.rule) == ("held", Rule("no-family", "fd20::/64"))


def test_in_full_mode_everything_but_the_lan_goes_in() -> None:
    state = situations(worlds.LOCKED, "full", LINKS)["Connected"]
    assert asked(state, "198.51.100.200").rule == Rule("everything")
    found = asked(state, "192.168.77.9")
    assert (found.goes, found.rule) == ("direct", Rule("lan"))


def test_lockdown_is_the_reason_where_no_rule_of_the_profile_is() -> None:
    made = situations(worlds.LOCKED, "split", LINKS)
    for kind in ("Connected", "Blocked, no tunnel"):
        found = asked(made[kind], "198.51.100.200")
        assert (found.goes, found.rule) == ("held", Rule("lockdown"))
        assert asked(made[kind], "192.168.77.9").rule == Rule("lan")
    found = asked(made["Blocked, no tunnel"], "10.20.0.10")
    assert (found.goes, found.rule) == ("held", Rule("network", "10.20.0.0/16"))


def test_without_a_tunnel_it_is_said_why() -> None:
    assert asked(Off(), "10.20.0.10").rule == Rule("none")
    off = situations(worlds.profile(), "split", LINKS)["Off"]
    unwanted = msgspec.structs.replace(off.facts, target=Target(connected=False))
    assert asked(Off(unwanted), "10.20.0.10").rule == Rule("off")
    paused = msgspec.structs.replace(off.facts, target=Target(connected=True), paused_until=99.0)
    assert asked(Off(paused), "10.20.0.10").rule == Rule("paused")
    inside = msgspec.structs.replace(UP.facts, office=True)
    assert asked(Office(inside, 0.0), "10.20.0.10") == Way(Address("10.20.0.10"), "direct", Rule("office"))


def test_what_is_really_there_is_told_and_not_what_should_be() -> None:
    assert asked(UP, "10.20.0.10", NOTHING).goes == "direct"
    assert asked(Off(), "10.20.0.10", desired(UP)) == Way(Address("10.20.0.10"), "tunnel", Rule("leftover"))


def test_the_way_is_the_one_that_routes_and_firewall_mean_everywhere() -> None:
    shown = {"tunnel": "tunnel", "clear": "direct", "held": "held"}
    for profile in worlds.PROFILES:
        for mode in MODES:
            for state in situations(profile, mode, LINKS).values():
                host = with_learned(desired(state), worlds.LEARNED)
                for address in worlds.DESTINATIONS:
                    found = way(state, host, address)
                    assert found.goes == shown[outcome(host, Packet(address, "tcp"))]
                    assert found.rule.kind != "leftover"
