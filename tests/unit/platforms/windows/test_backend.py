"""Windows over a machine in memory: what is asked for is what packets meet, and nothing is freer on the way."""

import asyncio
import contextlib
import ipaddress
import sys
from collections.abc import AsyncGenerator, Iterable
from pathlib import PureWindowsPath
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings

from tests.fakes.windows import ANNA, ETHERNET, WIREGUARD, FakeWindows
from tests.unit.core import worlds
from tests.unit.core.worlds import PACKETS, scenes
from wgtray.core.apps import ASTRAY, OwnRule, Rule
from wgtray.core.desired import desired, held, with_learned
from wgtray.core.events import Target
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.firewall import ALTERED
from wgtray.core.host import FREEDOM, NOTHING, Fate, HostState
from wgtray.core.machine import State
from wgtray.core.passage import Packet, outcome
from wgtray.core.plan import PutFirewall, plan
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed, Unfinished
from wgtray.platforms.windows.backend import WindowsBackend
from wgtray.platforms.windows.peer import SYSTEM, number
from wgtray.platforms.windows.winapi import RouteRow

UP = desired(worlds.connected())
FULL = desired(msgspec.structs.replace(worlds.connected(), facts=msgspec.structs.replace(
    worlds.connected().facts, target=Target(connected=True, chosen_mode="full")
)))  # fmt: skip
NAMED = with_learned(desired(worlds.connected(worlds.NAMED)), worlds.LEARNED)
GUI = r"C:\Program Files\SAP\gui.exe"


class Machine(WindowsBackend):
    """Windows, with the machine in memory at hand."""

    def __init__(self, windows: FakeWindows | None = None, probe: str | None = None) -> None:
        self.windows = windows or FakeWindows()
        super().__init__(self.windows, PureWindowsPath(r"C:\data"), "wgtray0", lambda path: [path], probe)

    async def become(self, goal: HostState) -> None:
        for step in plan(await self.observe(), goal):
            await self.apply(step)

    def fate(self, packet: Packet) -> Fate:
        if not packet.ours:
            return self.windows.fate(packet)
        wireguard = packet.proto == "udp" and packet.port != 53
        return self.windows.fate(packet, WIREGUARD if wireguard else sys.executable, SYSTEM)


def became(*goals: HostState) -> Machine:
    machine = Machine()

    async def scene() -> None:
        for goal in goals:
            await machine.become(goal)
            assert goal.same(await machine.observe())

    asyncio.run(scene())
    return machine


def comparable(host: HostState, packets: Iterable[Packet]) -> list[Packet]:
    """Port rules aside, which are no capability of Windows."""
    firewall = host.firewall
    forced = [] if firewall is None else [ipaddress.ip_network(aim.prefix) for aim in firewall.forced]
    return [packet for packet in packets if not any(ipaddress.ip_address(packet.address) in net for net in forced)]


@given(scenes())
@settings(max_examples=25, deadline=None)
def test_every_packet_meets_what_the_state_promises(state: State) -> None:
    goal = desired(state)
    machine = became(goal)
    for packet in comparable(goal, PACKETS):
        wanted, found = outcome(goal, packet), machine.fate(packet)
        if packet.bound or (wanted == "tunnel" and machine.windows.is_near(packet.address)):
            # Holds are filters, which no socket avoids; and what is on a link goes there, where it is held.
            assert FREEDOM[found] <= FREEDOM[wanted], (packet, wanted, found)
        else:
            assert found == wanted, (packet, wanted, found)


@given(scenes(), scenes())
@settings(max_examples=15, deadline=None)
def test_between_two_states_no_packet_is_ever_freer(before: State, after: State) -> None:
    start, goal = desired(before), desired(after)
    machine, fates = Machine(), list[list[int]]()
    packets = comparable(start, comparable(goal, PACKETS))

    def look() -> None:
        fates.append([FREEDOM[machine.fate(packet)] for packet in packets])

    async def scene() -> None:
        await machine.become(start)
        look()
        machine.windows.after = look
        await machine.become(goal)
        look()

    asyncio.run(scene())
    for place, packet in enumerate(packets):
        ranks = [ranks[place] for ranks in fates]
        assert max(ranks) <= max(ranks[0], ranks[-1]), (packet, ranks)


def test_the_proof_of_never_freer_sees_an_open_moment() -> None:
    """The negative control: filters that go before a way into the tunnel comes must be seen."""
    machine = became(UP)
    company = next(packet for packet in PACKETS if outcome(UP, packet) == "tunnel")
    machine.windows.rows = {row for row in machine.windows.rows if row.luid == ETHERNET.luid}
    assert machine.fate(company) == "held"
    machine.windows.filters.clear()
    assert machine.fate(company) == "clear"


def test_a_failover_is_one_command_and_touches_neither_routes_nor_filters() -> None:
    machine = became(UP)
    machine.windows.done.clear()
    moved = desired(
        msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]})
    )
    asyncio.run(machine.become(moved))
    assert [line for line in machine.windows.done if line != "wg.exe show"] == ["wg.exe set"]


def test_the_file_of_the_tunnel_is_sealed_and_the_same_whoever_is_active() -> None:
    machine = became(UP)
    first = machine.windows.files[r"C:\data\wgtray0.conf.dpapi"]
    assert first.startswith(b"sealed wgtray0\n[Interface]\nPrivateKey = ")
    assert b"Table = off" in first
    moved = desired(
        msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]})
    )
    machine = became(moved)
    assert machine.windows.files[r"C:\data\wgtray0.conf.dpapi"] == first
    asyncio.run(machine.become(NOTHING))
    assert r"C:\data\wgtray0.conf.dpapi" not in machine.windows.files


@pytest.mark.parametrize("goal", [UP, FULL, NAMED])
def test_a_helper_that_starts_anew_reads_from_the_system_what_an_earlier_one_laid(goal: HostState) -> None:
    first = became(goal)
    again = Machine(first.windows)

    async def scene() -> None:
        observed = await again.observe()
        assert goal.same(msgspec.structs.replace(observed, dns=goal.dns))
        assert observed.dns is None, "rules for names that nobody answers go first"
        before = dict(again.windows.filters)
        await again.become(goal)
        assert again.windows.filters == before

    asyncio.run(scene())


def test_after_sleep_the_service_went_back_to_its_file_and_is_set_right() -> None:
    machine = became(UP)
    conf = machine.windows.files[r"C:\data\wgtray0.conf.dpapi"].decode().removeprefix("sealed wgtray0\n")
    moved = desired(
        msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]})
    )

    async def scene() -> None:
        await machine.become(moved)
        machine.windows.confs["wgtray0"] = conf
        await machine.become(moved)
        assert moved.same(await machine.observe())

    asyncio.run(scene())


def test_an_adapter_that_came_back_under_another_number_gets_its_routes_and_filters() -> None:
    machine = became(FULL)
    link = machine.windows.adapters["wgtray0"]
    machine.windows.crash("wgtray0")
    machine.windows.adapters["wgtray0"] = msgspec.structs.replace(link, luid=777, index=777)

    async def scene() -> None:
        seen = await machine.observe()
        assert seen.firewall == ALTERED
        for step in plan(seen, FULL):
            await machine.apply(step)
        assert FULL.same(await machine.observe())

    asyncio.run(scene())
    assert machine.fate(Packet(Address("198.51.100.7"))) == "tunnel"


@pytest.mark.parametrize("what", ["one filter less", "one more", "another text", "a route less", "a route more"])
def test_what_somebody_changed_is_noticed_and_mended(what: str) -> None:
    machine = became(NAMED)
    windows = machine.windows
    company = next(row for row in windows.rows if row.luid != ETHERNET.luid and not row.prefix.endswith("/32"))
    match what:
        case "one filter less":
            windows.filters.pop(next(iter(windows.filters)))
        case "one more":
            extra = msgspec.structs.replace(next(iter(windows.filters.values())), weight=1)
            windows.filters[extra.key] = extra
        case "another text":
            windows.text = b"junk"
        case "a route less":
            windows.rows.discard(company)
        case "a route more":
            windows.rows.add(RouteRow(company.luid, Prefix("203.0.113.0/24")))

    async def scene() -> None:
        seen = await machine.observe()
        assert not NAMED.same(seen)
        for step in plan(seen, NAMED):
            await machine.apply(step)
        assert NAMED.same(await machine.observe())

    asyncio.run(scene())


def test_after_a_restart_of_the_computer_nothing_is_there_and_nothing_comes_up_by_itself() -> None:
    machine = became(UP)
    assert not machine.windows.services["WireGuardTunnel$wgtray0"].starts_at_boot
    machine.windows.reboot()

    async def scene() -> None:
        assert (await machine.observe()).tunnel is None
        await machine.become(UP)
        assert UP.same(await machine.observe())

    asyncio.run(scene())


def test_a_narrower_route_of_another_link_draws_nothing_out_of_a_full_tunnel() -> None:
    """TunnelVision (CVE-2024-3661): a DHCP server can hand out routes."""
    machine = became(FULL)
    machine.windows.rows.add(RouteRow(ETHERNET.luid, Prefix("198.51.100.0/24"), Address("192.168.1.66"), 1, False))
    assert machine.fate(Packet(Address("198.51.100.7"), "tcp", 443)) == "held"


def test_only_wireguard_as_the_system_reaches_a_node() -> None:
    machine = became(held(worlds.connected(worlds.LOCKED).facts))
    to_node = Packet(Address("203.0.113.1"), "udp", 51820, ours=True)
    assert machine.windows.fate(to_node, WIREGUARD, SYSTEM) == "clear"
    assert machine.windows.fate(to_node, WIREGUARD, ANNA) == "held"
    assert machine.windows.fate(to_node, r"C:\evil.exe", SYSTEM) == "held"
    assert machine.windows.fate(msgspec.structs.replace(to_node, port=443), WIREGUARD, SYSTEM) == "held"


COMPANYS = Rule(Name("SAP"), "tunnel", (GUI,), None, locked=True)
ANNAS = Rule(Name("Mine"), "tunnel", (r"C:\mine.exe",), number(ANNA))
PAST = Rule(Name("Past"), "direct", (r"C:\past.exe",), number(ANNA))


@pytest.mark.parametrize("tunnel", [True, False])
def test_a_program_with_a_rule_sends_through_the_tunnel_or_not_at_all(tunnel: bool) -> None:
    goal = msgspec.structs.replace(FULL if tunnel else NOTHING, apps=frozenset({COMPANYS, ANNAS, PAST}))
    machine = became(goal)
    anywhere = Packet(Address("198.51.100.7"), "tcp", 443)
    bound = msgspec.structs.replace(anywhere, bound=True)
    assert machine.windows.fate(anywhere, GUI) == ("tunnel" if tunnel else "held")
    assert machine.windows.fate(bound, GUI) == machine.windows.fate(bound, GUI.upper()) == "held"
    assert machine.windows.fate(anywhere, r"C:\mine.exe", ANNA) == ("tunnel" if tunnel else "held")
    assert machine.windows.fate(anywhere, r"C:\mine.exe", "S-1-5-21-9-9-9-1002") == ("tunnel" if tunnel else "clear")
    assert machine.windows.fate(anywhere, r"C:\past.exe") == ("tunnel" if tunnel else "clear")


def test_a_rule_is_astray_when_its_filter_is_gone() -> None:
    machine = became(msgspec.structs.replace(UP, apps=frozenset({COMPANYS})))
    gone = next(key for key, one in machine.windows.filters.items() if one.sublayer == "programs")
    del machine.windows.filters[gone]
    assert asyncio.run(machine.observe()).apps == ASTRAY


def test_own_rules_name_users_by_numbers_that_windows_knows() -> None:
    assert OwnRule(number(ANNA), Name("Mine"), r"C:\mine.exe").uid == ANNAS.uid


def test_without_wireguard_it_is_said_what_is_missing() -> None:
    machine = Machine()
    machine.windows.files.clear()
    with pytest.raises(CommandFailed) as raised:
        asyncio.run(machine.become(UP))
    assert raised.value.problem == Problem(
        "tool-missing", {"tool": "wireguard.exe", "package": "WireGuard for Windows"}
    )


def test_what_windows_refuses_is_a_problem_and_no_traceback() -> None:
    machine = Machine()
    machine.windows.broken.add("wall")
    with pytest.raises(CommandFailed) as raised:
        asyncio.run(machine.apply(PutFirewall(UP.firewall)))
    assert raised.value.problem.code == "command-failed"


def test_cleanup_removes_all_of_ours_and_nothing_of_others() -> None:
    machine = became(msgspec.structs.replace(NAMED, apps=frozenset({COMPANYS})))
    windows = machine.windows
    windows.group_policy()
    strangers = (dict(windows.registry), {row for row in windows.rows if row.luid == ETHERNET.luid})
    removed = asyncio.run(Machine(windows).cleanup())
    assert removed == ["interface wgtray0", "rules for names", "filters of the firewall"]
    ours = {name for name in strangers[0] if "wgtray" in name}
    assert windows.registry == {name: value for name, value in strangers[0].items() if name not in ours}
    assert (windows.rows, windows.filters, windows.text) == (strangers[1], {}, None)
    assert not windows.services
    assert asyncio.run(Machine(windows).cleanup()) == []


@pytest.mark.parametrize("parts", [("/uninstalltunnelservice",), ("wall",), ("registry",), ("wall", "registry")])
def test_a_failed_part_of_a_cleanup_does_not_keep_the_others_and_each_is_told(parts: tuple[str, ...]) -> None:
    machine = became(NAMED)
    windows = machine.windows
    windows.broken.update(parts)
    with pytest.raises(Unfinished) as raised:
        asyncio.run(machine.cleanup())
    assert len(raised.value.problems) == len(parts)
    assert len(raised.value.removed) == 3 - len(parts)
    assert (windows.services == {}) == ("/uninstalltunnelservice" not in parts)
    assert (windows.text is None) == ("wall" not in parts)
    assert any("wgtray" in name for name in windows.registry) == ("registry" in parts)


def test_what_windows_reports_is_passed_on_and_no_longer_after_the_watch_ended() -> None:
    machine = Machine()

    async def scene() -> None:
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(heard())
            while not machine.windows.watchers:  # noqa: ASYNC110 - a fake sets no event
                await asyncio.sleep(0)
            machine.windows.disturb()
            await waiting

    async def heard() -> None:
        async with contextlib.aclosing(cast(AsyncGenerator[None, None], machine.changes())) as changes:
            await anext(changes)

    asyncio.run(scene())
    assert not machine.windows.watchers


def test_the_way_out_and_the_subnets_are_those_of_other_links() -> None:
    machine = became(FULL)
    assert machine.uplink().families == frozenset({4, 6})
    assert machine.uplink().ways == "Ethernet 192.168.1.1 192.168.1.7/24; Ethernet fe80::1"
    assert machine.on_link() == frozenset({"192.168.1.0/24"})
    assert [server.address for server in machine.resolvers()] == ["192.168.1.1"]


def test_capabilities_promise_no_routing_by_program_or_port() -> None:
    machine = Machine()
    offered = machine.capabilities
    assert (offered.per_app_routing, offered.port_rules) == (False, False)
    assert (offered.per_app_block, offered.kill_switch, offered.split_dns, offered.full_tunnel) == (True,) * 4
    with pytest.raises(CommandFailed):
        machine.join(1)
    assert not machine.computer.routes_apps
