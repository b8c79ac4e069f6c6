"""Programs are routed by policy only where it was tried and works, and nothing else depends on it."""

import asyncio

import msgspec
import pytest

from tests.fakes.windows import FakeWindows
from tests.unit.platforms.windows.test_backend import ANNAS, COMPANYS, FULL, GUI, PAST, UP, Machine
from wgtray.core.apps import Rule
from wgtray.core.host import NOTHING, HostState
from wgtray.platforms.windows.winapi import Policy

PROBE = r"C:\Program Files\wgtray\wgtray.exe"


def machine(obeys: set[int]) -> Machine:
    """On which policies are of effect in these families, and a probe is installed."""
    windows = FakeWindows()
    windows.obeys = obeys
    return Machine(windows, PROBE)


def ruled(host: HostState, *rules: Rule) -> HostState:
    return msgspec.structs.replace(host, apps=frozenset(rules))


def luid(made: Machine) -> int:
    return made.windows.adapters["wgtray0"].luid


@pytest.mark.parametrize("order", [("rules", "tunnel"), ("tunnel", "rules")])
def test_where_it_works_programs_with_a_rule_have_one(order: tuple[str, str]) -> None:
    made = machine({4, 6})
    first = ruled(NOTHING, COMPANYS, PAST) if order[0] == "rules" else UP

    async def scene() -> None:
        await made.become(first)
        await made.become(ruled(UP, COMPANYS, PAST))

    asyncio.run(scene())
    assert made.windows.policies == {Policy(GUI, "", luid(made), 4), Policy(GUI, "", luid(made), 6)}


def test_a_rule_of_one_user_is_a_policy_for_that_user() -> None:
    made = machine({4})
    asyncio.run(made.become(ruled(UP, ANNAS)))
    assert {(one.program, "S-1-5-21-1-2-3-1001" in one.user, one.family) for one in made.windows.policies} == {
        (r"C:\mine.exe", True, 4)
    }


@pytest.mark.parametrize("obeys", [set[int](), {6}])
def test_where_a_family_does_not_obey_there_is_none_for_it(obeys: set[int]) -> None:
    made = machine(obeys)
    asyncio.run(made.become(ruled(UP, COMPANYS)))
    assert {one.family for one in made.windows.policies} == obeys


def test_where_everything_goes_into_the_tunnel_nothing_is_told_by_trying_and_it_is_tried_again() -> None:
    made = machine({4, 6})

    async def scene() -> None:
        await made.become(FULL)
        await made.become(ruled(FULL, COMPANYS))
        assert made.windows.policies == set()
        await made.become(ruled(UP, COMPANYS))
        await made.become(ruled(UP, COMPANYS, ANNAS))
        assert len(made.windows.policies) == 4

    asyncio.run(scene())


@pytest.mark.parametrize("broken", ["policies", "--source"])
def test_a_windows_without_policies_or_a_probe_that_fails_is_no_trouble(broken: str) -> None:
    made = machine({4, 6})
    made.windows.broken.add(broken)
    goal = ruled(UP, COMPANYS)

    async def scene() -> None:
        await made.become(goal)
        assert goal.same(await made.observe())

    asyncio.run(scene())
    assert made.windows.policies == set()


def test_it_is_tried_once_for_an_interface_and_never_without_a_rule() -> None:
    made = machine({4, 6})

    async def scene() -> None:
        await made.become(UP)
        assert made.windows.done.count("wgtray.exe --source") == 0
        for goal in (ruled(UP, COMPANYS), ruled(UP, COMPANYS, ANNAS), UP, ruled(UP, COMPANYS)):
            await made.become(goal)

    asyncio.run(scene())
    assert made.windows.done.count("wgtray.exe --source") == 4


def test_with_the_tunnel_the_policies_go_and_the_filters_stay() -> None:
    made = machine({4, 6})

    async def scene() -> None:
        await made.become(ruled(UP, COMPANYS))
        await made.become(ruled(NOTHING, COMPANYS))

    asyncio.run(scene())
    assert made.windows.policies == set()
    assert any(one.sublayer == "programs" for one in made.windows.filters.values())


def test_nothing_is_promised_by_it() -> None:
    made = machine({4, 6})
    asyncio.run(made.become(ruled(UP, COMPANYS)))
    assert not made.capabilities.per_app_routing
    assert not made.computer.routes_apps
