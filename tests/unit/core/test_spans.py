"""Sets of networks."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Address
from wgtray.core.spans import Spans, spans

PREFIXES = ("10.0.0.0/8", "10.20.0.0/16", "192.168.7.0/24", "0.0.0.0/1", "203.0.113.5/32", "fd00::/8", "fd20::1/128")


@given(st.sets(st.sampled_from(PREFIXES)), st.ip_addresses() | st.sampled_from(["10.20.0.1", "fd20::1", "203.0.113.5"]))
def test_an_address_is_in_the_set_when_it_is_in_one_of_its_networks(prefixes: set[str], address: object) -> None:
    found = ipaddress.ip_address(str(address))
    networks = [ipaddress.ip_network(prefix) for prefix in prefixes]
    inside = any(found.version == network.version and found in network for network in networks)
    assert (Address(str(found)) in spans(*prefixes)) is inside


def test_the_first_and_the_last_address_of_a_network_are_in_it_and_their_neighbours_are_not() -> None:
    one = spans("10.20.0.0/16")
    assert Address("10.20.0.0") in one
    assert Address("10.20.255.255") in one
    assert Address("10.19.255.255") not in one
    assert Address("10.21.0.0") not in one


def test_the_empty_set_holds_nothing() -> None:
    assert Address("10.20.0.1") not in Spans()
    assert Address("::") not in spans()
