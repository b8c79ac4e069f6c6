"""What a firewall becomes in the words of Windows, beyond what packets show (``test_backend.py``)."""

import pytest

from tests.fakes.windows import ANNA, ETHERNET, FakeWindows
from wgtray.core.fields import Address, Endpoint, Prefix
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import Route
from wgtray.core.passage import Packet, enters
from wgtray.platforms.windows.filters import CONDITIONS_LIMIT
from wgtray.platforms.windows.firewall import Look, Ours, render, render_holds
from wgtray.platforms.windows.wall import Laid, decoded, encoded

LUID = 101
LOOK = Look(LUID, Ours(r"C:\WireGuard\wireguard.exe", r"C:\wgtray\wgtray-helper.exe"))
LOCKED = Firewall(
    closed=frozenset({Aim(Prefix("10.20.0.0/16"))}),
    everything=True,
    names=True,
    endpoints=frozenset({Endpoint("203.0.113.1:51820"), Endpoint("[2001:db8::1]:51820")}),
    lan=frozenset({Prefix("192.168.77.0/24")}),
    own=frozenset({Address("10.66.0.10"), Address("fd66::10")}),
    sources=frozenset({Prefix("10.20.0.0/16")}),
)
OPEN = Firewall(own=LOCKED.own, sources=None)


@pytest.mark.parametrize("firewall", [LOCKED, OPEN, Firewall(own=LOCKED.own, sources=LOCKED.sources)])
@pytest.mark.parametrize("source", ["10.20.0.10", "198.51.100.7", "192.168.77.9", "2001:db8::7"])
@pytest.mark.parametrize("through", ["tunnel", "link"])
def test_what_arrives_unasked_is_let_in_as_the_value_says(firewall: Firewall, source: str, through: str) -> None:
    machine = FakeWindows()
    machine.filters = {one.key: one for one in render(firewall, LOOK)}
    packet = Packet(Address(source), "tcp", 443)
    luid = LUID if through == "tunnel" else ETHERNET.luid
    wanted = enters(firewall, packet, "tunnel" if through == "tunnel" else "link")
    assert machine.passes(packet, luid, r"C:\any.exe", ANNA, "accept") == wanted


def test_no_condition_stands_for_a_network_that_is_everything() -> None:
    held = render_holds([Route(Prefix("0.0.0.0/0"), "held"), Route(Prefix("10.20.0.0/16"), "held")], {4}, LOOK)
    assert {one.conditions for one in held if one.name == "held 0.0.0.0/0"} == {()}
    assert {one.weight & 0xFF for one in held} == {0, 16}


def test_thousands_of_networks_are_several_filters() -> None:
    closed = frozenset(
        Aim(Prefix(f"10.{number // 256}.{number % 256}.0/24")) for number in range(2 * CONDITIONS_LIMIT + 1)
    )
    found = [one for one in render(Firewall(closed=closed), LOOK) if one.name == "closed" and one.layer == "connect4"]
    assert [len(one.conditions) for one in found] == [CONDITIONS_LIMIT, CONDITIONS_LIMIT, 1]


def test_without_a_tunnel_nothing_passes_as_going_through_it() -> None:
    fields = {condition.field for one in render(LOCKED, Look(None, LOOK.ours)) for condition in one.conditions}
    assert not fields & {"interface", "out-interface"}


def test_every_permit_of_ours_names_program_and_account() -> None:
    for one in render(LOCKED, LOOK):
        if one.name == "ours":
            assert {"program", "user"} <= {condition.field for condition in one.conditions}


def test_conditions_of_one_field_stand_together() -> None:
    for one in render(LOCKED, LOOK):
        names = [condition.field for condition in one.conditions]
        assert names == sorted(names)


def test_the_text_that_goes_with_the_filters_comes_back_and_junk_does_not() -> None:
    laid = Laid(LOCKED, frozenset({Route(Prefix("10.20.0.0/16"), "held")}), frozenset({4}), frozenset(), LUID)
    assert decoded(encoded(laid)) == laid
    assert encoded(laid) == encoded(Laid(**{name: getattr(laid, name) for name in laid.__struct_fields__}))
    assert decoded(b"") is decoded(b"junk") is decoded(encoded(laid)[:-4]) is None
