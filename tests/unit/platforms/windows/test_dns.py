"""Rules for names: what is written is read back, where it is read by Windows, and never more than a rule may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.windows import FakeWindows
from wgtray.core.fields import Domain
from wgtray.core.host import Dns
from wgtray.platforms.windows import dns
from wgtray.platforms.windows.dns import DOMAINS_LIMIT, LOCAL, POLICY

CORP = Dns(frozenset({Domain("corp.example"), Domain("bank.example")}))
ALL = Dns(frozenset({Domain("corp.example")}), everything=True)

domains = st.frozensets(st.integers(0, 400).map(lambda number: Domain(f"d{number}.example")), min_size=1)


@given(domains, st.booleans())
@pytest.mark.threat("T15")
def test_what_is_put_is_read_back_in_rules_that_windows_takes(names: frozenset[Domain], everything: bool) -> None:
    windows, wanted = FakeWindows(), Dns(names, everything)
    dns.put(windows, wanted)
    assert dns.observe(windows) == wanted
    named = [values["Name"] for path, values in windows.registry.items() if path.startswith(LOCAL)]
    assert all(isinstance(names, tuple) and 0 < len(names) <= DOMAINS_LIMIT for names in named)
    assert dns.put(windows, None)
    assert dns.observe(windows) is None
    assert not dns.put(windows, None)


@pytest.mark.parametrize("wanted", [CORP, ALL])
def test_rules_go_where_a_group_policy_makes_windows_look_and_its_own_stay(wanted: Dns) -> None:
    windows = FakeWindows()
    dns.put(windows, wanted)
    windows.group_policy()
    assert dns.observe(windows) is None, "they are not read any more"
    dns.put(windows, wanted)
    assert dns.observe(windows) == wanted
    assert windows.subkeys(LOCAL) == []
    assert sorted(windows.subkeys(POLICY)) == ["theirs", "wgtray-000"]
    dns.put(windows, None)
    assert windows.subkeys(POLICY) == ["theirs"]


def test_a_rule_that_somebody_changed_is_none_of_ours_any_more() -> None:
    windows = FakeWindows()
    dns.put(windows, CORP)
    path = rf"{LOCAL}\wgtray-000"
    windows.registry[path] = {**windows.registry[path], "GenericDNSServers": "192.0.2.66"}
    assert dns.observe(windows) is None


def test_the_resolver_forgets_what_it_had_whenever_rules_change_and_not_otherwise() -> None:
    windows = FakeWindows()
    dns.put(windows, None)
    assert windows.done == []
    dns.put(windows, CORP)
    dns.put(windows, None)
    assert windows.done.count("names flushed") == 2
