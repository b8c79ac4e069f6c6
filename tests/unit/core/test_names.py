"""Whose a name is, whom it is asked of, and which addresses are believed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core import worlds
from wgtray.core import events, names
from wgtray.core.fields import Address
from wgtray.core.machine import Connected, Off, State
from wgtray.core.names import Ask, Kind, Server, Verdict
from wgtray.core.profile import AppRule, Dns, Policy, Profile, Split

FORMER = (Server(Address("192.168.77.1")), Server(Address("9.9.9.9")))
COMPANYS = Server(Address("10.20.0.53"))


def wire(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def named(**changes: object) -> Profile:
    split = msgspec.convert(
        {"domains": ["bank.example", "shop.corp.example"], "networks": [{"net": "10.20.0.0/16"}]}, Split
    )
    return worlds.profile(**{"dns": worlds.NAMED.dns, "split": split, **changes})


def in_mode(mode: str, wanted: Profile) -> Connected:
    state = worlds.connected(wanted)
    target = events.Target(connected=True, chosen_mode=mode)  # type: ignore[arg-type]  # a mode, as parametrized
    return msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, target=target))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("corp.example", "company"),
        ("a.b.corp.example", "company"),
        ("A.CORP.EXAMPLE", "company"),
        ("bank.example", "split"),
        ("www.bank.example", "split"),
        ("shop.corp.example", "split"),
        ("x.shop.corp.example", "split"),
        ("notbank.example", "other"),
        ("notcorp.example", "other"),
        ("bank.example.evil.example", "other"),
        ("example", "other"),
        ("", "other"),
        ("use-application-dns.net", "canary"),
        ("x.use-application-dns.net", "other"),
    ],
)
def test_a_name_is_of_the_longest_domain_that_it_is_in(name: str, kind: Kind) -> None:
    assert names.realm(named()).kind(wire(name)) == kind


def test_the_names_of_a_rule_for_a_program_count_like_those_of_split() -> None:
    app = msgspec.convert({"name": "Bank", "domains": ["login.bank-id.example", "bank.example"]}, AppRule)
    wanted = named(apps=(app,))
    assert wanted.public_domains == ("bank.example", "shop.corp.example", "login.bank-id.example")
    assert names.realm(wanted).kind(wire("x.login.bank-id.example")) == "split"
    assert "login.bank-id.example" in names.redirected(wanted)


def test_a_dot_inside_a_label_ends_no_label() -> None:
    assert names.realm(named()).kind(b"\x0dx.bank.examplexx\0") == "other"
    assert names.realm(named()).kind(b"\x08www.bank\x07example\0") == "other"


def test_without_a_name_in_the_profile_nobody_is_redirected() -> None:
    assert names.redirected(worlds.profile()) == frozenset()
    assert names.realm(worlds.profile()).kind(wire("use-application-dns.net")) == "other"
    assert names.realm(None).kind(wire("corp.example")) == "other"


def test_company_domains_without_a_server_of_the_companys_are_no_rule() -> None:
    bare = named(dns=msgspec.convert({"domains": ["corp.example"]}, Dns), split=Split())
    assert names.realm(bare).kind(wire("corp.example")) == "other"
    assert names.redirected(bare) == frozenset()


@pytest.mark.parametrize(
    ("kind", "address", "verdict"),
    [
        ("split", "8.8.8.8", "learn"),
        ("split", "2600::1", "learn"),
        ("split", "10.20.0.10", "refuse"),
        ("split", "192.168.1.1", "refuse"),
        ("split", "127.0.0.1", "refuse"),
        ("split", "0.0.0.0", "refuse"),
        ("split", "169.254.169.254", "refuse"),
        ("split", "100.64.0.1", "refuse"),
        ("split", "224.0.0.1", "refuse"),
        ("split", "255.255.255.255", "refuse"),
        ("split", "::1", "refuse"),
        ("split", "::ffff:8.8.8.8", "refuse"),
        ("split", "64:ff9b::808:808", "refuse"),
        ("split", "2002:808:808::1", "refuse"),
        ("split", "fe80::1", "refuse"),
        ("split", "fd66::10", "refuse"),
        ("split", "ff02::1", "refuse"),
        ("split", "203.0.113.1", "refuse"),
        ("split", "10.66.255.1", "refuse"),
        ("company", "10.20.0.10", "pass"),
        ("company", "10.99.0.1", "learn"),
        ("company", "8.8.8.8", "learn"),
        ("company", "203.0.113.1", "pass"),
        ("company", "127.0.0.1", "pass"),
        ("company", "fe80::1", "pass"),
    ],
)
@pytest.mark.threat("T16")
def test_only_public_addresses_of_public_names_are_believed(kind: Kind, address: str, verdict: Verdict) -> None:
    realm = names.realm(named(), [Address("203.0.113.1")])
    assert realm.verdict(kind, Address(address)) == verdict


def test_addresses_that_the_tunnel_cannot_carry_are_left_out() -> None:
    realm = names.realm(named(interface=worlds.V4_ONLY.interface))
    assert realm.verdict("split", Address("2600::1")) == "leave-out"
    assert realm.verdict("company", Address("2600::1")) == "leave-out"


@given(st.ip_addresses())
@pytest.mark.threat("T16")
def test_nothing_private_is_ever_learned_from_a_public_name(address: object) -> None:
    import ipaddress

    found = ipaddress.ip_address(str(address))
    verdict = names.realm(named()).verdict("split", Address(str(found)))
    if (found.is_private and not _is_documentation(found)) or found.is_multicast or found.is_loopback:
        assert verdict == "refuse"


def _is_documentation(found: object) -> bool:
    import ipaddress

    ranges = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "2001::/23", "3fff::/20")
    networks = [ipaddress.ip_network(text) for text in ranges]
    return any(net.version == found.version and found in net for net in networks)  # type: ignore[attr-defined]  # networks of the standard library


@pytest.mark.parametrize(
    ("kind", "mode", "lockdown", "asked"),
    [
        ("company", "split", "apps", Ask((COMPANYS,), inside=True)),
        ("company", "full", "all", Ask((COMPANYS,), inside=True)),
        ("split", "split", "apps", Ask(FORMER, inside=False)),
        ("other", "split", "off", Ask(FORMER, inside=False)),
        ("split", "full", "apps", Ask((COMPANYS,), inside=True)),
        ("other", "full", "off", Ask((COMPANYS,), inside=True)),
        ("other", "split", "all", Ask((COMPANYS,), inside=True)),
    ],
)
def test_who_is_asked_follows_from_kind_mode_and_lockdown(kind: Kind, mode: str, lockdown: str, asked: Ask) -> None:
    wanted = named(policy=msgspec.convert({"lockdown": lockdown}, Policy))
    assert names.whom_to_ask(kind, in_mode(mode, wanted), FORMER) == asked


def test_a_company_without_servers_sends_names_of_full_mode_to_public_ones_through_the_tunnel() -> None:
    bare = named(dns=Dns())
    assert names.whom_to_ask("other", in_mode("full", bare), FORMER) == Ask(FORMER[1:], inside=True)
    assert names.whom_to_ask("other", in_mode("full", bare), FORMER[:1]) is None
    assert names.whom_to_ask("company", in_mode("full", bare), FORMER) is None


def test_without_lockdown_a_server_on_the_lan_is_better_than_none() -> None:
    bare = named(dns=Dns(), policy=Policy(lockdown="off"))
    assert names.whom_to_ask("other", in_mode("full", bare), FORMER[:1]) == Ask(FORMER[:1], inside=False)
    assert names.whom_to_ask("other", in_mode("full", bare), FORMER) == Ask(FORMER[1:], inside=True)
    off = in_mode("full", bare)
    assert names.whom_to_ask("company", off, FORMER[:1]) is None


@pytest.mark.parametrize("kind", ["company", "other"])
def test_nobody_is_asked_past_a_tunnel_that_is_not_there(kind: Kind) -> None:
    connected = in_mode("full", named())
    for state in (Off(connected.facts), worlds.states([])[0]):
        assert names.whom_to_ask(kind, state, FORMER) is None


def test_servers_of_a_family_that_the_tunnel_does_not_carry_are_not_asked() -> None:
    six = named(dns=msgspec.convert({"servers": ["fd20::53"], "domains": ["corp.example"]}, Dns))
    four_only = msgspec.structs.replace(six, interface=worlds.V4_ONLY.interface)
    assert names.whom_to_ask("company", in_mode("split", four_only), FORMER) is None


@given(worlds.timed_events, st.sampled_from(["company", "split", "other"]))
def test_company_names_and_closed_modes_never_ask_outside(
    history: list[tuple[events.Event, float]], kind: Kind
) -> None:
    state: State
    for state in worlds.states(history):
        ask = names.whom_to_ask(kind, state, FORMER)
        profile = state.facts.profile
        if ask is None or profile is None:
            continue
        closed = state.facts.mode == "full" or profile.policy.lockdown == "all"
        if kind != "company" and profile.policy.lockdown == "off" and not profile.dns.servers:
            continue
        assert ask.inside is (kind == "company" or closed)
        assert ask.servers
        assert not ask.inside or isinstance(state, Connected)


def test_a_name_is_shown_as_people_write_it() -> None:
    assert names.shown(wire("www.bank.example")) == "www.bank.example"
    assert names.shown(b"\x04a.\nb\0") == "a\\046\\010b"
    assert names.shown(b"\0") == "."
