"""Does every state of a machine get the finding that helps its user?"""

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.apps import System
from wgtray.core.checkup import Finding, Machine, Service, findings
from wgtray.words.checkup import CHECKS, FOUND, found

GOOD = Machine(
    wireguard="kernel",
    firewall="nftables",
    resolver="file",
    servers=("192.0.2.1",),
    tray_host="present",
    keyring="usable",
    at_login=True,
    service_installed=True,
    membership="member",
)
SERVED = Service(version="1", profile="Acme", nodes=("up", "up"), wanted=True, protected=True, per_app_routing=True)


def of(check: str, machine: Machine = GOOD, service: Service = SERVED) -> Finding | None:
    return next((each for each in findings(machine, service, "1") if each.check == check), None)


def test_a_good_machine_has_nothing_to_mend() -> None:
    assert {each.rank for each in findings(GOOD, SERVED, "1")} == {"ok"}
    assert {each.check for each in findings(GOOD, SERVED, "1")} == set(CHECKS) - {"connection"}


@pytest.mark.parametrize(
    ("machine", "code", "rank"),
    [
        ({"missing": ("wg", "nft")}, "tools-missing", "error"),
        ({"wireguard": None}, "wireguard-none", "error"),
        ({"wireguard": "wireguard-go", "tun": False}, "wireguard-no-tun", "error"),
        ({"firewall": None}, "firewall-none", "error"),
        ({"servers": ()}, "names-none", "warning"),
        ({"vpns": ("Tailscale",)}, "vpns-other", "warning"),
        ({"keyring": "locked"}, "keyring-locked", "warning"),
        ({"keyring": "none"}, "keyring-none", "info"),
        ({"tray_host": "none"}, "tray-none", "warning"),
        ({"tray_host": "none", "desktop": "ubuntu:GNOME"}, "tray-none-gnome", "warning"),
        ({"tray_host": "no-display"}, "tray-no-display", "info"),
        ({"at_login": False}, "login-off", "info"),
    ],
)
def test_what_is_wrong_with_the_machine_is_found(machine: dict[str, object], code: str, rank: str) -> None:
    assert code not in {each.code for each in findings(GOOD, SERVED, "1")}
    seen = {each.code: each.rank for each in findings(msgspec.structs.replace(GOOD, **machine), SERVED, "1")}
    assert seen.get(code) == rank


@pytest.mark.parametrize(
    ("service", "code", "rank"),
    [
        ({"version": "2"}, "service-version", "warning"),
        ({"profile": None, "nodes": ()}, "profile-none", "warning"),
        ({"protected": False}, "firewall-incomplete", "error"),
        ({"nodes": ("down", "unknown")}, "nodes-silent", "error"),
        ({"nodes": ("slow", "down")}, "nodes-ok", "info"),
        ({"per_app_routing": False}, "apps-unavailable", "info"),
        ({"per_app_routing": False, "rules": 1}, "apps-unavailable", "warning"),
    ],
)
def test_what_the_service_says_is_found(service: dict[str, object], code: str, rank: str) -> None:
    seen = {each.code: each.rank for each in findings(GOOD, msgspec.structs.replace(SERVED, **service), "1")}
    assert seen.get(code) == rank


@pytest.mark.parametrize(
    ("reason", "machine", "code"),
    [
        ("absent", {"service_installed": False}, "service-not-installed"),
        ("absent", {}, "service-unreachable"),
        ("not-permitted", {"membership": "next-login"}, "service-next-login"),
        ("not-permitted", {"membership": "no-member"}, "service-unreachable"),
    ],
)
def test_why_the_service_says_nothing_is_found(reason: str, machine: dict[str, object], code: str) -> None:
    seen = of("service", msgspec.structs.replace(GOOD, **machine), Service(unreachable=reason))
    assert seen is not None
    assert (seen.code, seen.rank) == (code, "error")


def test_a_silent_service_is_not_blamed_for_what_it_could_not_say() -> None:
    seen = findings(GOOD, Service(unreachable="absent"), "1")
    assert {"profile", "nodes", "apps"}.isdisjoint(each.check for each in seen)


def test_a_missing_keyring_matters_where_the_key_must_come_from_it() -> None:
    seen = of("keyring", msgspec.structs.replace(GOOD, keyring="none"), msgspec.structs.replace(SERVED, needs_key=True))
    assert seen is not None
    assert seen.rank == "error"


def test_nodes_are_not_judged_while_nobody_wants_them() -> None:
    assert of("nodes", service=msgspec.structs.replace(SERVED, wanted=False, nodes=("unknown",))) is None


@given(
    st.builds(Machine, wireguard=st.sampled_from([None, "kernel", "wireguard-go"]), tun=st.booleans()),
    st.sampled_from([SERVED, Service(unreachable="absent"), Service(unreachable="silent"), Service(version="0")]),
)
def test_every_finding_has_words_and_whatever_is_wrong_a_way_out(machine: Machine, service: Service) -> None:
    for each in found(findings(machine, service, "1"), (), "/run/s"):
        assert each.text
        assert "{" not in each.text + each.fix
        assert each.fix or each.severity in ("ok", "info"), each


def test_no_words_are_left_over() -> None:
    hosts, rings, members = ("present", "none", "no-display"), ("usable", "locked", "none"), ("next-login", "member")
    seen = set()
    systems: tuple[System, ...] = ("linux", "macos")
    for host, ring, member, desktop, good, system in product(
        hosts, rings, members, ("", "GNOME"), (True, False), systems
    ):
        machine = Machine(
            system=system,
            missing=() if good else ("wg",),
            wireguard="wireguard-go" if good or host == "none" else None,
            tun=good,
            firewall="nftables" if good else None,
            vpns=() if good else ("x",),
            resolver="file",
            servers=("192.0.2.1",) if good else (),
            tray_host=host,  # type: ignore[arg-type]  # a literal, read from a tuple
            desktop=desktop,
            keyring=ring,  # type: ignore[arg-type]  # as above
            at_login=good,
            service_installed=good,
            membership=member,  # type: ignore[arg-type]  # as above
        )
        for service in (
            SERVED,
            Service(version="2", per_app_routing=False),
            msgspec.structs.replace(SERVED, nodes=("down",), protected=False),
            Service(unreachable="absent"),
            Service(unreachable="not-permitted"),
        ):
            seen |= {each.code for each in findings(machine, service, "1")}
    assert seen == set(FOUND)
