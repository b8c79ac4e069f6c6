"""What systemd-resolved is told, and what it says."""

import asyncio

import pytest

from wgtray.core.fields import Domain
from wgtray.core.host import Dns
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import resolved

SOME = Dns(frozenset({Domain("corp.example"), Domain("bank.example")}))
ALL = Dns(SOME.domains, everything=True)
MANY = Dns(frozenset(Domain(f"d{at}.example") for at in range(resolved.DOMAINS_LIMIT + 1)))

LISTENING = (
    "  sl  local_address rem_address   st\n"
    " 1: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 101 0 1 2 0 0\n"
)


def lines(dns: Dns) -> list[str]:
    return [" ".join(argv) for argv in resolved.render("wgtray0", dns)]


def test_only_the_profiles_domains_are_sent_to_us_in_split_mode() -> None:
    assert lines(SOME)[:3] == [
        "resolvectl dns wgtray0 127.22.8.7",
        "resolvectl domain wgtray0 ~bank.example ~corp.example",
        "resolvectl default-route wgtray0 no",
    ]


def test_all_names_are_sent_to_us_in_full_mode() -> None:
    assert "resolvectl domain wgtray0 ~. ~bank.example ~corp.example" in lines(ALL)
    assert "resolvectl default-route wgtray0 yes" in lines(ALL)


@pytest.mark.threat("T15")
def test_more_domains_than_it_takes_mean_all_names() -> None:
    assert "resolvectl domain wgtray0 ~." in lines(MANY)
    found = resolved.parse("Link 5 (wgtray0): 127.22.8.7\n", "Link 5 (wgtray0): ~.\n")
    assert resolved.laid_over(found, MANY) == MANY
    assert resolved.laid_over(found, SOME) != SOME


def test_old_answers_are_dropped_last() -> None:
    assert lines(SOME)[-1] == "resolvectl flush-caches"


@pytest.mark.parametrize("dns", [SOME, ALL])
def test_what_was_told_is_read_back(dns: Dns) -> None:
    told = next(line for line in lines(dns) if " domain " in line).split(None, 3)[3]
    assert resolved.parse("Link 5 (wgtray0): 127.22.8.7\n", f"Link 5 (wgtray0): {told}\n") == dns


@pytest.mark.parametrize("servers", ["Link 5 (wgtray0):\n", "Link 5 (wgtray0): 9.9.9.9\n", "", "127.22.8.7\n"])
def test_a_link_that_asks_somebody_else_does_not_ask_us(servers: str) -> None:
    assert resolved.parse(servers, "Link 5 (wgtray0): ~corp.example\n") is None


def test_it_is_in_charge_when_programs_ask_its_stub_and_it_listens_here() -> None:
    assert resolved.is_in_charge(["127.0.0.53"], LISTENING)
    assert not resolved.is_in_charge(["127.0.0.53"], ""), "it lives in another network namespace"
    assert not resolved.is_in_charge(["127.0.0.53", "9.9.9.9"], LISTENING)
    assert not resolved.is_in_charge([], LISTENING)


def test_an_old_resolvectl_may_lack_settings_but_not_servers_and_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def old(argv: list[str], stdin: str = "") -> str:
        done.append(argv[1])
        if argv[1] in missing:
            raise CommandFailed(Problem("command-failed", {"command": "resolvectl", "detail": "Unknown command verb"}))
        return ""

    monkeypatch.setattr(resolved, "run", old)
    missing = {"default-route", "dnsovertls", "flush-caches"}
    asyncio.run(resolved.put("wgtray0", SOME))
    assert done[:2] == ["dns", "domain"]
    missing = {"domain"}
    with pytest.raises(CommandFailed):
        asyncio.run(resolved.put("wgtray0", SOME))


def test_giving_back_reverts_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[list[str]] = []

    async def run(argv: list[str], stdin: str = "") -> str:
        done.append(argv)
        return ""

    monkeypatch.setattr(resolved, "run", run)
    asyncio.run(resolved.put("wgtray0", None))
    assert done == [["resolvectl", "revert", "wgtray0"], ["resolvectl", "flush-caches"]]
