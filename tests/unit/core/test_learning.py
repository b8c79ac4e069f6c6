"""How long learned addresses stay, and how many there may be."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core import learning
from wgtray.core.fields import Address
from wgtray.core.learning import OUTLIVES_S, TTL_CEILING_S, Ledger

ONE, OTHER = Address("198.51.100.7"), Address("2001:db8::7")
NOBODY: frozenset[Address] = frozenset()


def many(count: int, first: str = "9.0.0.0") -> list[Address]:
    return [Address(str(ipaddress.ip_address(first) + at)) for at in range(count)]


def test_an_address_outlives_its_ttl_for_as_long_as_programs_keep_it() -> None:
    ledger = Ledger()
    assert ledger.accept("bank.example", [ONE], 60, now=100) == (ONE,)
    assert ledger.sweep(NOBODY, now=160 + OUTLIVES_S - 0.1) == frozenset()
    assert ledger.sweep(NOBODY, now=160 + OUTLIVES_S) == {ONE}
    assert ledger.entries == {}


@pytest.mark.threat("T16")
def test_nobody_says_that_an_address_stays_for_a_week() -> None:
    ledger = Ledger()
    ledger.accept("bank.example", [ONE], 604_800, now=0)
    assert ledger.sweep(NOBODY, now=TTL_CEILING_S + OUTLIVES_S) == {ONE}


def test_a_newer_answer_prolongs_and_never_shortens() -> None:
    ledger = Ledger()
    ledger.accept("bank.example", [ONE], 300, now=0)
    ledger.accept("bank.example", [ONE], 1, now=10)
    assert ledger.sweep(NOBODY, now=OUTLIVES_S + 299) == frozenset()
    ledger.accept("bank.example", [ONE], 300, now=200)
    assert ledger.sweep(NOBODY, now=OUTLIVES_S + 499) == frozenset()


def test_an_address_stays_while_a_program_has_a_connection_to_it() -> None:
    ledger = Ledger()
    ledger.accept("bank.example", [ONE, OTHER], 0, now=0)
    assert ledger.sweep(frozenset({ONE}), now=10 * OUTLIVES_S) == {OTHER}
    assert ledger.sweep(NOBODY, now=10 * OUTLIVES_S) == {ONE}


@pytest.mark.threat("T16")
def test_one_answer_one_name_and_all_names_have_their_limits() -> None:
    ledger = Ledger()
    assert len(ledger.accept("pool.example", many(learning.ANSWER_LIMIT + 9), 60, now=0)) == learning.ANSWER_LIMIT
    for start in range(0, learning.NAME_LIMIT + 200, 50):
        ledger.accept("pool.example", many(50, f"9.1.{start // 50}.0"), 60, now=0)
    assert len(ledger.entries) == learning.NAME_LIMIT
    assert ledger.accept("other.example", [ONE], 60, now=0) == (ONE,)
    for at in range(learning.TOTAL_LIMIT // 50 + 9):
        ledger.accept(f"n{at}.example", many(50, f"11.{at >> 8}.{at & 255}.0"), 60, now=0)
    assert len(ledger.entries) == learning.TOTAL_LIMIT
    assert ledger.accept("late.example", [OTHER], 60, now=0) == ()
    assert ledger.accept("other.example", [ONE], 60, now=0) == (ONE,), "what is learned is always there to be answered"


def test_an_earlier_helpers_address_has_no_name_until_it_is_asked_for_again() -> None:
    ledger = Ledger()
    ledger.adopt([ONE], now=0)
    assert ledger.latest(9)[0][1].name == ""
    ledger.accept("bank.example", [ONE], 60, now=1)
    assert ledger.latest(9)[0][1].name == "bank.example"


def test_the_latest_come_first_and_no_more_than_asked_for() -> None:
    ledger = Ledger()
    ledger.accept("a.example", [ONE], 60, now=0)
    ledger.accept("b.example", [OTHER], 60, now=1)
    assert [address for address, _ in ledger.latest(9)] == [OTHER, ONE]
    assert [address for address, _ in ledger.latest(1)] == [OTHER]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", ""]), st.sets(st.sampled_from(many(6))), st.booleans(), st.integers(0, 900)
        )
    )
)
def test_the_count_of_a_name_is_that_of_its_addresses(history: list[tuple[str, set[Address], bool, int]]) -> None:
    ledger, now = Ledger(), 0.0
    for name, addresses, learns, later_s in history:
        now += later_s
        if learns:
            ledger.accept(name, sorted(addresses), 10, now)
        else:
            ledger.forget(addresses)
        ledger.sweep(frozenset(), now)
        counted = {name: ledger._count[name] for name in ledger._count}
        owned = [entry.name for entry in ledger.entries.values()]
        assert counted == {name: owned.count(name) for name in owned}
        assert all(entry.expires_at > now for entry in ledger.entries.values())
