"""Does everybody reach exactly what his groups name, in the class that the file gives it?"""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fleet.fleets import fleet, users
from wgtray.fleet.rights import Grant, combinations, may, rights

GROUPS = ("staff", "finance", "operations")
SOME = st.lists(st.sampled_from(GROUPS), min_size=1, unique=True)


@given(SOME)
def test_a_user_may_what_one_of_his_groups_may_and_nothing_else(groups: list[str]) -> None:
    (user,) = users(alice=tuple(groups))
    allowed = {name for group in fleet().groups if group.name in groups for name in group.services}
    assert {service.name for service in fleet().services if may(fleet(), user, service)} == allowed


@given(SOME)
def test_the_order_of_groups_does_not_matter(groups: list[str]) -> None:
    there = users(alice=tuple(groups), bob=tuple(reversed(groups)))
    assert len(combinations(fleet(), there)) == 1


def test_a_revoked_user_may_nothing() -> None:
    (alice,) = users(alice=GROUPS)
    gone = msgspec.structs.replace(alice, revoked="2026-01-02")
    assert not any(may(fleet(), gone, service) for service in fleet().services)
    assert combinations(fleet(), [gone]) == ()


def test_a_flow_is_in_the_class_of_its_service_else_of_the_group_else_in_the_last() -> None:
    (alice,) = users(alice=GROUPS)
    found = rights(fleet(), alice.groups)
    assert found.grants == (Grant("dns", 3), Grant("erp", 1), Grant("intranet", 2), Grant("servers", 3))
    assert found.internet == 3


def test_only_groups_with_internet_get_on() -> None:
    (bob,) = users(bob=("finance",))
    assert rights(fleet(), bob.groups).internet is None
