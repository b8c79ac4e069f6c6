"""Does `wgtray route` ask for all addresses of a host, and say their ways in words and as JSON?"""

import json
import socket
from typing import get_args

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import Scripted
from wgtray.core.way import Goes, Kind
from wgtray.ipc.messages import PortView, Refused, WaysNow, WayView, WhichWay
from wgtray.words import route as words_route

TUNNEL = WayView("10.20.0.10", "tunnel", "network", "10.20.0.0/16", "fra", ())
PORTS = WayView(
    "198.51.100.7", "direct", "none", "", None, (PortView("198.51.100.7/32", "tcp", (443, 8443), "tunnel"),)
)


def test_an_address_is_asked_for_as_it_stands(run: Run, helper: Scripted) -> None:
    helper.replies[WhichWay] = WaysNow((TUNNEL,))
    result = run("route", "10.20.0.10")
    assert (result.code, result.err) == (0, "")
    assert result.out == "10.20.0.10 goes through the tunnel (fra): company network 10.20.0.0/16.\n"
    assert helper.of(WhichWay) == [WhichWay(("10.20.0.10",))]


def test_a_bracketed_address_is_one(run: Run, helper: Scripted) -> None:
    helper.replies[WhichWay] = WaysNow((TUNNEL,))
    run("route", "[fd20::10]")
    assert helper.of(WhichWay) == [WhichWay(("fd20::10",))]


def test_a_name_is_asked_for_with_all_its_addresses(
    run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [(0, 0, 0, "", (address, 0)) for address in ("10.20.0.10", "198.51.100.7", "10.20.0.10")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    helper.replies[WhichWay] = WaysNow((TUNNEL, PORTS))
    assert run("route", "intranet.corp.example").out.splitlines() == [
        "10.20.0.10 goes through the tunnel (fra): company network 10.20.0.0/16.",
        "198.51.100.7 goes directly, past the tunnel: no rule is about it.",
        "  tcp 443, 8443 goes through the tunnel: port rule of 198.51.100.7/32.",
    ]
    assert helper.of(WhichWay) == [WhichWay(("10.20.0.10", "198.51.100.7"), "intranet.corp.example")]
    shown = json.loads(run("route", "--json", "intranet.corp.example").out)
    assert {key: shown[key] for key in ("host", "way", "rule", "node")} == {
        "host": "intranet.corp.example",
        "way": "tunnel",
        "rule": "network",
        "node": "fra",
    }
    assert [one["address"] for one in shown["addresses"]] == ["10.20.0.10", "198.51.100.7"]
    assert shown["addresses"][1]["ports"][0]["ports"] == [443, 8443]


def test_a_name_without_an_address_is_a_sentence(run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    result = run("route", "nowhere.example")
    assert result.code == 1
    result.says_one_sentence("nowhere.example", "No address")


def test_what_the_helper_refuses_is_a_sentence(run: Run, helper: Scripted) -> None:
    helper.replies[WhichWay] = Refused("not-an-address", {"value": "10.20.0"}, "failed")
    result = run("route", "10.20.0.1")
    assert result.code == 1
    result.says_one_sentence("10.20.0 is no IP address")


def test_every_kind_of_rule_and_way_has_words() -> None:
    assert set(words_route.RULES) == set(get_args(Kind))
    assert set(words_route.WAYS) == set(get_args(Goes))


def test_a_newer_helpers_kinds_are_shown_as_they_are() -> None:
    (line,) = words_route.lines(WayView("10.20.0.10", "somehow", "a-new-kind", "", None, ()))
    assert line == "10.20.0.10 goes somehow: a-new-kind."
