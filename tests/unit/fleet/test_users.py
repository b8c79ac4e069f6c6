"""Does everybody get an address of his own, the same wherever it is asked, and nobody's old one?"""

import ipaddress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fleet.fleets import fleet, key, users
from wgtray.core.fields import Address
from wgtray.fleet.model import Pool, User
from wgtray.fleet.users import added, free_addresses, revoked_text, user_text

SMALL = Pool(ipv4="10.9.0.0/28", ipv6="fd09::/96")  # type: ignore[arg-type]
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,10}[a-z0-9])?", fullmatch=True)


def test_the_address_follows_from_the_name_whoever_else_is_there() -> None:
    (alone,) = users(alice=("staff",))
    among = {str(user.name): user for user in users(zoe=("staff",), bob=("staff",), alice=("staff",))}
    assert among["alice"].addresses == alone.addresses


@given(st.lists(NAMES, max_size=14, unique=True))
def test_a_pool_is_given_out_to_the_last_address_without_one_twice(names: list[str]) -> None:
    taken: set[Address] = set()
    for name in names:
        four, six = free_addresses(SMALL, name, taken)
        assert not {four, six} & taken
        assert ipaddress.ip_address(four) in list(ipaddress.ip_network(SMALL.ipv4).hosts())
        assert int(ipaddress.ip_address(four)) & 15 == int(ipaddress.ip_address(six)) & 15
        taken |= {four, six}
    if len(names) == 14:
        with pytest.raises(ValueError, match="full"):
            free_addresses(SMALL, "one-more", taken)


def test_a_sites_own_address_is_nobody_elses() -> None:
    first, second = free_addresses(fleet().pool, "alice", set())
    first_site, *others = fleet().sites
    site = msgspec.structs.replace(first_site, addresses=(first, second))
    alice = added(msgspec.structs.replace(fleet(), sites=(site, *others)), (), "alice", key(1), ["staff"])
    assert not set(alice.addresses) & {first, second}


@pytest.mark.parametrize(
    ("name", "number", "groups", "said"),
    [
        ("alice", 9, ["staff"], "alice is there already: choose another name"),
        ("gone", 9, ["staff"], "gone was revoked on 2026-01-02"),
        ("carol", 1, ["staff"], "this public key is alice's: ask for a new key"),
        ("carol", 2, ["staff"], "this public key is gone's, revoked on 2026-01-02"),
        ("carol", 1000, ["staff"], "this public key is the site fra's"),
        ("carol", 9, ["stuff"], 'no group is called "stuff"'),
        ("carol", 9, [], "in no group"),
        ("Carol!", 9, ["staff"], "small letters"),
    ],
)
def test_nobody_is_added_twice_or_into_nothing(name: str, number: int, groups: list[str], said: str) -> None:
    alice, gone = users(alice=("staff",), gone=("staff",))
    there = (alice, msgspec.structs.replace(gone, revoked="2026-01-02"))
    with pytest.raises(ValueError, match=said):
        added(fleet(), there, name, key(number), groups)


def test_revoking_leaves_every_other_line_as_it_is_written() -> None:
    (alice,) = users(alice=("staff",))
    text = "# Alice of the third floor\n" + user_text(alice) + "\n\n"
    revoked = revoked_text(text, "2026-01-02")
    assert revoked.startswith(text.rstrip())
    assert msgspec.toml.decode(revoked.encode(), type=User).revoked == "2026-01-02"
