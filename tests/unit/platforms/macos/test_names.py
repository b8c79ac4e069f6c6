"""scutil and networksetup: what they are told stays within their limits, and what they say is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.mac import grammar
from tests.fakes.mac.store import Services, Store
from tests.unit.core.strategies import domains
from wgtray.core.fields import Domain
from wgtray.core.names import FORWARDER
from wgtray.platforms.macos import scutil, services
from wgtray.platforms.macos.services import Service

# The lines of a `show` as configd prints them; netbird and tailscale quote such in their tests
SHOWN = """<dictionary> {
  ConfirmedServiceID : 5D6F8A52
  Nested : <dictionary> {
    Inner : <array> {
      0 : no
    }
  }
  ServerAddresses : <array> {
    0 : 192.168.77.1
    1 : fe80::1%en0
  }
}
  No such key
<dictionary> {
  SupplementalMatchDomains : <array> {
    0 :
    1 : corp.example
  }
}
"""


@given(names=st.frozensets(domains, max_size=200), everything=st.booleans())
@pytest.mark.threat("T15")
def test_any_number_of_domains_is_told_within_the_limits_and_read_back(
    names: frozenset[Domain], everything: bool
) -> None:
    script = scutil.render_set(FORWARDER, scutil.batches(names), everything=everything, present=())
    grammar.check(["scutil"], script)
    store = Store()
    store.scutil(script)
    keys = scutil.parse_list(store.scutil(scutil.render_list()))
    shown = scutil.parse_shows(store.scutil(scutil.render_show(keys)))
    found = {domain for key in shown for domain in key["SupplementalMatchDomains"]}
    assert found - {""} == names
    assert ("" in found) is everything
    again = scutil.render_set(FORWARDER, [], everything=False, present=keys)
    grammar.check(["scutil"], again)
    store.scutil(again)
    assert scutil.parse_list(store.scutil(scutil.render_list())) == []


def test_what_show_says_is_read_without_inner_dictionaries() -> None:
    first, second, third = scutil.parse_shows(SHOWN)
    assert first["ServerAddresses"] == ["192.168.77.1", "fe80::1%en0"]
    assert "Inner" not in first
    assert second == {}
    assert third["SupplementalMatchDomains"] == ["", "corp.example"]
    assert scutil.parse_list("  no keys.\n") == []


def test_services_are_read_in_order_and_switched_off_ones_left_out() -> None:
    found = services.parse_order(Services().networksetup(["-listnetworkserviceorder"]))
    assert found == [Service("Wi-Fi", "en0"), Service("USB 10/100/1000 LAN", "en5")]
    every = services.parse_order(Services().networksetup(["-listnetworkserviceorder"]), every=True)
    assert every == [*found, Service("Old VPN", "en9")]


def test_a_sentence_means_that_nothing_is_set() -> None:
    assert services.parse_values("There aren't any DNS Servers set on Wi-Fi.\n") == ()
    assert services.parse_values("9.9.9.9\n2620:fe::fe\n") == ("9.9.9.9", "2620:fe::fe")
    assert services.render_servers("Wi-Fi", ()) == ["networksetup", "-setdnsservers", "Wi-Fi", "empty"]


@pytest.mark.parametrize(
    "argv",
    [
        ["route", "add", "10.0.0.0/8", "-interface", "utun4"],
        ["route", "-q", "-n", "add", "-inet", "10.0.0.0/8", "-proto3", "127.0.0.1"],
        ["route", "-q", "-n", "add", "-inet", "10.0.0.1/8", "127.0.0.1", "-reject"],
        ["route", "-n", "flush"],
        ["ifconfig", "en0"],
        ["ifconfig", "utun4", "inet", "fd00::1", "alias"],
        ["pfctl", "-d"],
        ["pfctl", "-F", "all"],
        ["pfctl", "-a", "com.apple/a b", "-s", "rules"],
        ["networksetup", "-setdnsservers", "Wi-Fi", "not-an-address"],
        ["killall", "Finder"],
        ["rm", "-rf", "/"],
    ],
)
def test_a_command_that_no_manual_page_allows_is_noticed(argv: list[str]) -> None:
    with pytest.raises(grammar.Wrong):
        grammar.check(argv, "")


def test_every_tool_has_the_page_that_its_grammar_was_taken_from() -> None:
    assert set(grammar._TOOLS) <= set(grammar.SOURCES)
