"""The batches for ip, and what is recognised as ours in its answers."""

import pytest

from wgtray.core.fields import Prefix
from wgtray.core.host import Route
from wgtray.platforms.linux import routes

COMPANY, HELD = Route(Prefix("10.20.0.0/16"), "tunnel"), Route(Prefix("10.20.0.0/16"), "held")
SIX = Route(Prefix("fd20::/64"), "tunnel")


def test_additions_come_before_removals_in_one_batch() -> None:
    text = routes.render_routes(frozenset({COMPANY}), frozenset({HELD, SIX}), "wgtray0")
    assert text.splitlines() == [
        "route replace unreachable 10.20.0.0/16 table 22087 proto 142 metric 9000",
        "route replace fd20::/64 dev wgtray0 table 22087 proto 142 metric 50",
        "route del 10.20.0.0/16 dev wgtray0 table 22087 proto 142 metric 50",
    ]


def test_nothing_to_change_is_an_empty_batch() -> None:
    assert routes.render_routes(frozenset({COMPANY}), frozenset({COMPANY}), "wgtray0") == ""


def test_only_routes_with_our_protocol_and_our_interface_are_ours() -> None:
    text = """[
        {"dst":"10.20.0.0/16","dev":"wgtray0","protocol":"142","metric":50},
        {"type":"unreachable","dst":"10.20.0.0/16","protocol":"142","metric":9000},
        {"dst":"10.66.255.1","dev":"wgtray0","protocol":"142"},
        {"dst":"10.99.0.0/16","dev":"eth0","protocol":"142"},
        {"dst":"default","dev":"wgtray0","protocol":"static"}]"""
    other = (
        """[{"dst":"10.20.0.0/16","dev":"wgtray0","table":"main"},{"dst":"default","dev":"wgtray0","table":"22087"}]"""
    )
    assert routes.parse_routes(other, "wgtray0") == {Route(Prefix("0.0.0.0/0"), "tunnel")}
    inner = Route(Prefix("10.66.255.1/32"), "tunnel")
    assert routes.parse_routes(text, "wgtray0") == {COMPANY, HELD, inner}


@pytest.mark.parametrize(
    ("entry", "ours"),
    [
        ('{"priority":5200,"fwmark":"0x57475254","table":"main"}', {5200}),
        ('{"priority":5200,"fwmark":"0x1","table":"main"}', set()),
        ('{"priority":5200,"table":"main"}', set()),
        ('{"priority":5220,"table":"22087"}', {5220}),
        ('{"priority":5220,"fwmark":"0x57475254","table":"22087"}', set()),
        ('{"priority":5220,"table":"51820"}', set()),
        ('{"priority":0,"table":"local"}', set()),
    ],
)
def test_a_rule_is_ours_only_when_it_says_what_ours_says(entry: str, ours: set[int]) -> None:
    assert routes.parse_rules(f"[{entry}]") == ours


def test_wireguards_own_exception_goes_in_first_and_out_last() -> None:
    assert routes.render_rules(frozenset(), True).splitlines() == [
        "rule add priority 5200 fwmark 0x57475254 lookup main",
        "rule add priority 5220 lookup 22087",
    ]
    assert routes.render_rules(frozenset({5200, 5220}), False).splitlines() == [
        "rule del priority 5220 lookup 22087",
        "rule del priority 5200 fwmark 0x57475254 lookup main",
    ]


def test_a_missing_half_is_completed() -> None:
    assert routes.render_rules(frozenset({5220}), True) == "rule add priority 5200 fwmark 0x57475254 lookup main\n"
