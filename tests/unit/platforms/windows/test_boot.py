"""Between a start of the computer and that of the helper, what lockdown closes is closed, and the rest is not."""

import asyncio
import ipaddress

import msgspec
import pytest
from hypothesis import given, settings

from tests.fakes.windows import FakeWindows
from tests.unit.core import worlds
from tests.unit.core.worlds import PACKETS, scenes
from tests.unit.platforms.windows.test_backend import COMPANYS, FULL, GUI, Machine, became
from wgtray.core.desired import desired, left
from wgtray.core.fields import Address
from wgtray.core.host import NOTHING, HostState
from wgtray.core.machine import State
from wgtray.core.passage import Packet, outcome
from wgtray.platforms.windows.filters import CONNECT
from wgtray.platforms.windows.winapi import Condition, Filter

LOCKED = desired(worlds.connected(worlds.LOCKED))
ANYWHERE = Packet(Address("198.51.100.7"), "tcp", 443)


def started(machine: Machine, *, engine_runs: bool = True) -> FakeWindows:
    """The computer right after a restart, with its filtering engine or before that."""
    machine.windows.reboot()
    machine.windows.engine_runs = engine_runs
    return machine.windows


@given(scenes())
@settings(max_examples=30, deadline=None)
def test_what_stays_closed_without_the_helper_is_closed_before_it_starts(state: State) -> None:
    goal, stays = desired(state), left(state.facts)
    windows = started(became(goal))
    for packet in PACKETS:
        if packet.address not in goal.learned and outcome(stays, packet) == "held":
            assert windows.fate(packet) == "held", packet


@given(scenes())
@settings(max_examples=30, deadline=None)
def test_what_no_lockdown_closes_is_open(state: State) -> None:
    goal = desired(state)
    windows = started(became(goal))
    if left(state.facts) == NOTHING:
        assert not windows.filters
        assert {windows.fate(packet) for packet in PACKETS} == {"clear"}


def test_before_the_filtering_engine_runs_everything_is_closed_or_nothing() -> None:
    locked, full = (started(became(goal), engine_runs=False) for goal in (LOCKED, FULL))
    assert {locked.fate(packet) for packet in PACKETS} == {"held"}
    assert {full.fate(packet) for packet in PACKETS} == {"clear"}


def test_a_program_with_a_rule_is_held_from_the_start() -> None:
    windows = started(became(msgspec.structs.replace(NOTHING, apps=frozenset({COMPANYS}))))
    assert (windows.fate(ANYWHERE, GUI), windows.fate(ANYWHERE)) == ("held", "clear")


@pytest.mark.parametrize("goal", [LOCKED, FULL, NOTHING])
def test_the_helper_that_starts_makes_it_what_is_wanted(goal: HostState) -> None:
    windows = started(became(LOCKED))
    machine = Machine(windows)

    async def scene() -> None:
        await machine.become(goal)
        assert goal.same(await machine.observe())

    asyncio.run(scene())
    assert (windows.filters == {}) == (windows.early == {} and goal == NOTHING)
    assert bool(windows.early) == (goal == LOCKED)


def test_the_helper_finds_nothing_to_do_where_it_laid_everything() -> None:
    machine = became(LOCKED)
    machine.windows.done.clear()
    asyncio.run(machine.become(LOCKED))
    assert not [line for line in machine.windows.done if "wall" in line]


def test_cleanup_after_a_start_leaves_nothing_behind() -> None:
    windows = started(became(LOCKED))
    assert "filters of the firewall" in asyncio.run(Machine(windows).cleanup())
    assert (windows.filters, windows.early) == ({}, {})


LEASE = {"protocol": 17, "local-port": 68, "remote-port": 67, "remote": "255.255.255.255/32"}
SOLICITATION = {"protocol": 58, "local-port": 135, "remote": "ff02::1:ff00:1/128"}
WEB = {"protocol": 6, "local-port": 50000, "remote-port": 443, "remote": "198.51.100.7/32"}


def passes(filters: list[Filter], number: int, packet: dict[str, object]) -> bool:
    """Whether every sublayer lets it leave."""

    def fits(one: Filter) -> bool:
        fields = {condition.field for condition in one.conditions}
        return all(any(_is(each, packet) for each in one.conditions if each.field == field) for field in fields)

    sending = [one for one in filters if one.layer == CONNECT[number] and fits(one)]
    deciding = {one.sublayer: one for one in sorted(sending, key=lambda one: one.weight)}
    return not any(one.blocks for one in deciding.values())


def _is(condition: Condition, packet: dict[str, object]) -> bool:
    if condition.field != "remote":
        return packet.get(condition.field) == condition.value
    network, host = ipaddress.ip_network(str(condition.value)), ipaddress.ip_network(str(packet["remote"]))
    return network.version == host.version and network.supernet_of(host)  # type: ignore[arg-type]  # the same version


@pytest.mark.parametrize("goal", [LOCKED, FULL])
@pytest.mark.parametrize(("number", "packet", "open_"), [(4, LEASE, True), (6, SOLICITATION, True), (4, WEB, False)])
def test_a_link_can_be_made_while_the_rest_is_closed(
    goal: HostState, number: int, packet: dict[str, object], open_: bool
) -> None:
    machine = became(goal)
    running = [*machine.windows.filters.values()]
    assert passes(running, number, packet) == open_
    windows = started(machine)
    assert passes([*windows.filters.values()], number, packet) == open_
    if windows.early:
        assert passes([*windows.early.values()], number, packet) == open_
