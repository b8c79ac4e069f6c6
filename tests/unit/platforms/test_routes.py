"""The batches for ip, and what is recognised as ours in its answers."""

import asyncio
import ipaddress

import pytest

from wgtray.core.fields import Prefix
from wgtray.core.host import Route
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import routes

COMPANY, HELD = Route(Prefix("10.20.0.0/16"), "tunnel"), Route(Prefix("10.20.0.0/16"), "held")
SIX = Route(Prefix("fd20::/64"), "tunnel")
HELD_SIX = Route(Prefix("fd20::/64"), "held")
OURS = routes.Into("wgtray0")


def test_additions_come_before_removals_in_one_batch() -> None:
    text = routes.render_routes(frozenset({COMPANY}), frozenset({HELD, SIX}), OURS)
    assert text.splitlines() == [
        "route replace unreachable 10.20.0.0/16 table 22087 proto 142 metric 9000",
        "route replace fd20::/64 dev wgtray0 table 22087 proto 142 metric 50",
        "route del 10.20.0.0/16 dev wgtray0 table 22087 proto 142 metric 50",
    ]


def test_nothing_to_change_is_an_empty_batch() -> None:
    assert routes.render_routes(frozenset({COMPANY}), frozenset({COMPANY}), OURS) == ""


def test_only_routes_with_our_protocol_in_our_table_are_ours() -> None:
    text = """[
        {"dst":"10.20.0.0/16","dev":"wgtray0","table":"22087","metric":50},
        {"type":"unreachable","dst":"10.20.0.0/16","protocol":"142","metric":9000},
        {"dst":"10.66.255.1","dev":"wgtray0","protocol":"142","metric":50},
        {"dst":"10.20.0.0/16","dev":"wgtray0","table":"main"},
        {"dst":"default","dev":"wgtray0","protocol":"static"}]"""
    inner = Route(Prefix("10.66.255.1/32"), "tunnel")
    assert routes.understood(routes.parse_entries(text, 4), OURS) == {COMPANY, HELD, inner}


@pytest.mark.parametrize(
    ("number", "dst", "prefix"),
    [
        (4, "default", "0.0.0.0/0"),
        (6, "default", "::/0"),
        (4, "10.0.0.0/8", "10.0.0.0/8"),
        (4, "0.0.0.0/1", "0.0.0.0/1"),
        (4, "10.20.0.10", "10.20.0.10/32"),
        (6, "fd20::/64", "fd20::/64"),
        (6, "fd20::10", "fd20::10/128"),
        (6, "::ffff:10.20.0.0/112", "::ffff:a14:0/112"),
        (6, "::10.20.0.10", "::a14:a/128"),
    ],
)
def test_destinations_of_ip_are_written_as_ours(number: int, dst: str, prefix: str) -> None:
    (entry,) = routes.parse_entries(f'[{{"dst":"{dst}"}}]', number)
    assert entry.prefix == prefix == str(ipaddress.ip_network(prefix))


@pytest.mark.parametrize("text", ["[", "{}", '[{"metric":50}]', '[{"dst":5}]', "Error"])
def test_an_answer_of_another_kind_is_a_failed_command_not_an_empty_machine(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(argv: list[str], stdin: str = "") -> str:
        return f"{text}\n" * stdin.count("\n")

    monkeypatch.setattr(routes, "run", run)
    with pytest.raises(CommandFailed):
        asyncio.run(routes.show(None))
    with pytest.raises(CommandFailed):
        asyncio.run(routes.put_routes(frozenset(), None))


def test_the_default_route_is_that_of_its_family() -> None:
    text = '[{"dst":"default","dev":"wgtray0","metric":50}]'
    assert routes.understood(routes.parse_entries(text, 6), OURS) == {Route(Prefix("::/0"), "tunnel")}


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ('{"dst":"10.20.0.0/16","dev":"eth0","metric":50}', "10.20.0.0/16 dev eth0 table 22087 proto 142 metric 50"),
        ('{"dst":"10.20.0.0/16","dev":"wgtray0"}', "10.20.0.0/16 dev wgtray0 table 22087 proto 142 metric 0"),
        ('{"dst":"10.20.0.0/16","metric":50,"nexthops":[]}', "10.20.0.0/16 table 22087 proto 142 metric 50"),
        ('{"type":"blackhole","dst":"default","metric":9000}', "blackhole 0.0.0.0/0 table 22087 proto 142 metric 9000"),
        (
            '{"type":"unreachable","dst":"10.20.0.0/16","metric":50}',
            "unreachable 10.20.0.0/16 table 22087 proto 142 metric 50",
        ),
        (
            '{"type":"unreachable","dst":"0.0.0.0","metric":9000}',
            "unreachable 0.0.0.0/32 table 22087 proto 142 metric 9000",
        ),
    ],
)
def test_what_leads_elsewhere_is_a_difference_and_is_removed_as_it_is(entry: str, line: str) -> None:
    entries = routes.parse_entries(f"[{entry}]", 4)
    for into in (OURS, routes.Into(None)):
        assert routes.understood(entries, into) == {routes.ASTRAY[4]}
        assert routes.render_astray(entries, into) == f"route del {line}\n"


def test_what_stands_for_routes_that_lead_elsewhere_is_never_laid_nor_removed() -> None:
    odd = frozenset(routes.ASTRAY.values())
    assert routes.render_routes(odd, frozenset(), OURS) == routes.render_routes(frozenset(), odd, OURS) == ""


def test_where_our_interface_has_no_ipv6_a_hold_stands_in_the_place_of_a_route_into_it() -> None:
    without = routes.Into("wgtray0", six=False)
    text = '[{"type":"unreachable","dst":"fd20::/64","dev":"lo","metric":50}]'
    line = "unreachable fd20::/64 table 22087 proto 142 metric 50"
    assert routes.render_routes(frozenset(), frozenset({SIX}), without) == f"route replace {line}\n"
    assert routes.understood(routes.parse_entries(text, 6), without) == {SIX}
    for other in (OURS, routes.Into(None)):
        assert routes.understood(routes.parse_entries(text, 6), other) == {routes.ASTRAY[6]}


def test_one_family_that_fails_does_not_keep_the_other_from_being_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for broken, sound in (("-4", "-6"), ("-6", "-4")):
        done: list[str] = []

        async def run(argv: list[str], stdin: str = "") -> str:
            if argv[1] == broken:  # noqa: B023 - called within this turn
                raise CommandFailed(Problem("command-failed", {"command": argv[1], "detail": "no"}))
            if "-json" in argv:
                return "[]\n"
            done.append(argv[1] + " " + stdin.split()[0])  # noqa: B023
            return ""

        monkeypatch.setattr(routes, "run", run)
        for work in (routes.put_routes(frozenset({HELD, HELD_SIX}), None), routes.put_steering(frozenset({4, 6}))):
            with pytest.raises(CommandFailed) as caught:
                asyncio.run(work)
            assert caught.value.problem.args["command"] == broken
        assert done == [f"{sound} route", f"{sound} rule"]


@pytest.mark.parametrize(
    ("entry", "ours"),
    [
        ('{"priority":5200,"fwmark":"0x57475254","table":"main"}', {5200}),
        ('{"priority":5200,"fwmark":"0x1","table":"main"}', set()),
        ('{"priority":5200,"table":"main"}', set()),
        ('{"priority":5218,"table":"22090"}', {5218}),
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
        "rule add priority 5218 lookup 22090",
        "rule add priority 5220 lookup 22087",
    ]
    assert routes.render_rules(frozenset({5200, 5218, 5220}), False).splitlines() == [
        "rule del priority 5220 lookup 22087",
        "rule del priority 5218 lookup 22090",
        "rule del priority 5200 fwmark 0x57475254 lookup main",
    ]


def test_a_missing_half_is_completed() -> None:
    half = frozenset({5218, 5220})
    assert routes.render_rules(half, True) == "rule add priority 5200 fwmark 0x57475254 lookup main\n"
