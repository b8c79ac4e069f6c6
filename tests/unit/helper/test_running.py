"""Where the system does not report programs, they are looked for; a program with a rule draws everything along."""

import asyncio
import os

import msgspec
import psutil
import pytest

from tests.unit.core import worlds
from wgtray.core import machine
from wgtray.core.apps import Computer, OwnRule, Programs
from wgtray.core.desired import desired, standing, unsupported
from wgtray.core.events import ProgramsSeen, Target
from wgtray.core.facts import Facts
from wgtray.core.fields import Name
from wgtray.core.running import Process
from wgtray.helper import running
from wgtray.helper.running import Processes

PATH = "/opt/sap/gui"
RULE = OwnRule(1000, Name("SAP"), PATH)


def facts(computer: Computer) -> Facts:
    return msgspec.structs.replace(
        worlds.connected().facts, computer=computer, target=Target(connected=True, apps=(RULE,))
    )


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOOK_S", 0.0)


def test_each_change_is_told_once_and_nothing_where_the_backend_reports_it() -> None:
    here = [Process(PATH, 1000)]
    seen: list[Programs] = []

    async def scene() -> None:
        looks = 0

        def look() -> list[Process]:
            nonlocal looks
            looks += 1
            return here if looks > 2 else []

        states = [facts(Computer("macos"))]
        async for programs in running.programs(lambda: states[-1], look):
            seen.append(programs)
            if any(programs.running.values()):
                states.append(facts(Computer("macos", routes_apps=True)))
        assert looks == 3

    asyncio.run(asyncio.wait_for(scene(), 5))
    assert [dict(programs.running) for programs in seen] == [{}, {facts(Computer()).rules[0].id: 1}]
    assert PATH in seen[0].missing
    assert {programs.capture for programs in seen} == {"none"}


def test_a_program_that_runs_draws_everything_into_the_tunnel_until_it_ends() -> None:
    state = msgspec.structs.replace(worlds.connected(), facts=facts(Computer("windows", blocks_apps=True)))
    rule = state.facts.rules[0] if state.facts.rules else None
    assert rule is not None
    assert desired(state).apps == standing(state.facts) == frozenset({rule})
    drawn = machine.step(state, ProgramsSeen(Programs("first", {rule.id: 1})), 1.0)
    assert (state.facts.mode, drawn.facts.mode) == ("split", "full")
    assert machine.step(drawn, ProgramsSeen(Programs("first", {})), 2.0).facts.mode == "split"


def test_a_computer_that_can_only_block_carries_out_what_it_can() -> None:
    direct = msgspec.structs.replace(RULE, route="direct")
    only = msgspec.structs.replace(facts(Computer("windows", blocks_apps=True)), runs=True)
    only = msgspec.structs.replace(only, target=Target(connected=True, apps=(direct,)))
    assert standing(only) == frozenset()
    assert only.profile is not None
    assert not [one for one in unsupported(only.profile, only.computer) if one.args == {"feature": "[[app]]"}]


def test_this_process_is_found_among_those_of_this_computer() -> None:
    mine = psutil.Process().exe()
    processes = Processes()
    assert Process(mine, os.getuid()) in processes.look()
    assert Process(mine, os.getuid()) in processes.look()
