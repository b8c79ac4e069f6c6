"""The backend of macOS over a model of a Mac: whatever happens, in whatever order, the machine becomes what it should.

The model checks every command line, and answers as the tools do; ``tests/fakes/mac`` says what it stands on.
"""

import asyncio
import contextlib
import random
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fakes.mac.machine import ModelMac, Row
from tests.fakes.mac.pf import Frame
from tests.unit.core import worlds
from wgtray.core.desired import desired, held, with_learned
from wgtray.core.fields import Address, Prefix
from wgtray.core.firewall import ALTERED
from wgtray.core.host import NOTHING, HostState, Route
from wgtray.core.machine import State
from wgtray.core.names import CANARY, FORWARDER
from wgtray.core.plan import DropTunnel, PutApps, PutRoutes, PutTunnel, plan
from wgtray.helper.reconcile import Outcome, reconcile
from wgtray.platforms.api import CommandFailed, Unfinished
from wgtray.platforms.macos.backend import MacBackend
from wgtray.platforms.macos.firewall import ANCHOR

UP = desired(worlds.connected())
FULL = desired(worlds.connected(worlds.FULL))
NAMED = with_learned(desired(worlds.connected(worlds.NAMED)), worlds.LEARNED)
ALL_NAMES = desired(worlds.connected(msgspec.structs.replace(worlds.NAMED, policy=worlds.FULL.policy)))
LOCKED = desired(worlds.connected(worlds.LOCKED))
HELD = held(worlds.connected().facts)

TOOLS = ("netstat", "ifconfig", "route", "pfctl", "scutil", "networksetup", "wireguard-go")

Scene = Callable[[MacBackend, ModelMac], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that is broken here is not mended by waiting."""
    monkeypatch.setattr("wgtray.helper.reconcile.READ_AGAIN_S", ())


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Scene], None]:
    """Runs a scene on a Mac of its own."""

    async def played(scene: Scene) -> None:
        model = ModelMac(tmp_path)
        try:
            await scene(MacBackend(tmp_path, "wgtray0", model), model)
        finally:
            model.close()

    return lambda scene: asyncio.run(played(scene))


async def go(backend: MacBackend, goal: HostState) -> Outcome:
    return await reconcile(backend, await backend.observe(), goal)


lives = st.tuples(worlds.timed_events.map(worlds.states), st.lists(worlds.scenes(), max_size=8), st.randoms())
"""States as events bring them about, then some of those that random events seldom reach, and a die for mishaps."""

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a life takes a while: not shrunk for minutes

HEALTH = (HealthCheck.function_scoped_fixture,)  # it only takes waits away

Life = tuple[list[State], list[State], random.Random]


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=500, deadline=None, phases=PHASES, suppress_health_check=HEALTH)
@given(life=lives)
def test_500_random_lives_end_with_the_machine_as_it_should_be(life: Life) -> None:
    asyncio.run(_lived(life))


@settings(max_examples=20, deadline=None, phases=PHASES, suppress_health_check=HEALTH)
@given(life=lives)
def test_random_lives_end_with_the_machine_as_it_should_be(life: Life) -> None:
    asyncio.run(_lived(life))


async def _lived(life: Life) -> None:
    """Every state in turn, with tools that fail, a helper that is killed, and a network that is another one."""
    with tempfile.TemporaryDirectory(prefix="mac") as folder:
        model = ModelMac(Path(folder))
        try:
            await _every_state([*life[0], *life[1]], model, Path(folder), life[2])
        finally:
            model.close()


async def _every_state(states: list[State], model: ModelMac, folder: Path, dice: random.Random) -> None:
    backend = MacBackend(folder, "wgtray0", model)
    observed = await backend.observe()
    for state in states:
        goal = with_learned(desired(state), state.facts.learned)
        match dice.randrange(12):
            case 0 | 1 as how:
                ailing = model.broken if how else model.stuck
                ailing.add(dice.choice(TOOLS))
                for step in plan(observed, goal):
                    with contextlib.suppress(CommandFailed):
                        await backend.apply(step)
                ailing.clear()
                observed = await backend.observe()
            case 2:
                backend = MacBackend(folder, "wgtray0", model)
                observed = await backend.observe()
            case 3:
                model.kill_wireguard()
                observed = await backend.observe()
            case 4:
                model.join("10.1.0.1", "10.1.0.0/24", f"10.1.0.{dice.randrange(2, 250)}/24")
                observed = await backend.observe()
        outcome = await reconcile(backend, observed, goal)
        observed = outcome.observed
        assert outcome.problem is None, outcome.problem
        assert goal.same(observed)
        assert plan(await backend.observe(), goal) == ()
    await backend.cleanup()
    assert await backend.observe() == NOTHING
    assert _is_clean(model)


def _is_clean(model: ModelMac) -> bool:
    """Nothing of ours, in the words of the model."""
    marked = [prefix for prefix, row in model.table.items() if {"1", "2"} & set(row.flags)]
    keys = [key for key in model.store.keys if "wgtray" in key]
    servers = [name for name, told in model.services.servers.items() if FORWARDER in told]
    utuns = [name for name in model.links if name.startswith("utun")]
    return not (marked or keys or servers or utuns or model.pf.tokens or ANCHOR in model.pf.anchors)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("how", ["broken", "stuck"])
def test_a_tool_that_fails_is_a_problem_and_mended_when_it_works_again(
    play: Callable[[Scene], None], tool: str, how: str
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        observed = await backend.observe()
        getattr(model, how).add(tool)
        outcome = await reconcile(backend, observed, ALL_NAMES)
        assert outcome.problem is not None or outcome.names is not None
        getattr(model, how).clear()
        assert (await go(backend, ALL_NAMES)).problem is None
        assert ALL_NAMES.same(await backend.observe())
        await backend.cleanup()
        assert _is_clean(model)

    play(scene)


def test_a_killed_helper_finds_everything_again(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        for goal in (UP, FULL, NAMED, ALL_NAMES, LOCKED, HELD):
            await go(backend, goal)
            backend = MacBackend(tmp_path, "wgtray0", model)
            seen = await backend.observe()
            assert seen.tunnel == (await MacBackend(tmp_path, "wgtray0", model).observe()).tunnel
            assert {route for route in goal.routes if route.to != "lan"} == seen.routes
            assert seen.learned == goal.learned - {Address("203.0.113.1")}  # a node's, which goes around the tunnel
            assert seen.dns == goal.dns
            assert seen.firewall == ALTERED  # made again: what an earlier one loaded is not believed
            before = [row for row in model.said if row[0] == "route"]
            assert (await go(backend, goal)).problem is None
            assert [row for row in model.said if row[0] == "route"] == before

    play(scene)


def test_the_key_never_appears_in_a_command_line(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, FULL)
        assert FULL.tunnel is not None
        assert FULL.tunnel.private_key is not None
        said = " ".join(" ".join(words) for words in model.said)
        assert FULL.tunnel.private_key.reveal() not in said
        assert (await backend.observe()).tunnel == msgspec.structs.replace(FULL.tunnel, mtu=1420)

    play(scene)


def test_everything_is_two_halves_and_below_them_holds_stay_when_the_interface_dies(
    play: Callable[[Scene], None],
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, desired(worlds.connected(worlds.OPEN)))
        await go(backend, FULL)
        model.kill_wireguard()
        for prefix in ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "10.20.0.0/16", "fd20::/64"):
            assert "R" in model.table[prefix].flags
        assert model.table["0.0.0.0/0"].netif == "en0"

    play(scene)


def test_a_switch_to_another_node_waits_for_no_process(play: Callable[[Scene], None]) -> None:
    active = {(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]}
    moved = desired(msgspec.structs.replace(worlds.connected(), active=active))

    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)
        before = len(model.said)
        for goal, other in ((moved, UP), (UP, moved)):
            [step] = plan(other, goal)
            await backend.apply(step)
        assert len(model.said) == before
        assert UP.same(await backend.observe())

    play(scene)


def test_endpoints_go_around_the_tunnel_and_follow_the_default_route(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, FULL)
        assert model.table["203.0.113.1/32"].gateway == "192.168.77.1"
        model.join("10.1.0.1", "10.1.0.0/24", "10.1.0.20/24")
        seen = await backend.observe()
        assert seen.tunnel is not None
        assert not seen.tunnel.marked
        assert (await go(backend, FULL)).problem is None
        assert model.table["203.0.113.1/32"].gateway == "10.1.0.1"
        model.go_offline()
        assert (await go(backend, FULL)).problem is None
        assert "B" in model.table["203.0.113.1/32"].flags
        assert backend.uplink().families == frozenset()

    play(scene)


def test_a_route_that_somebody_takes_away_is_put_back(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)
        for prefix in [prefix for prefix, row in model.table.items() if "1" in row.flags]:
            kept = model.table.pop(prefix)
            assert plan(await backend.observe(), UP) != ()
            assert (await go(backend, UP)).problem is None
            assert model.table[prefix] == kept

    play(scene)


@pytest.mark.parametrize("verb", ["add", "delete"])
def test_a_route_that_comes_or_goes_between_a_look_and_a_word_stops_nothing(
    play: Callable[[Scene], None], verb: str
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, HELD if verb == "delete" else NOTHING)
        meant = "10.20.0.0/16"

        def meddle(words: list[str]) -> None:
            if words[0] == "route" and words[3] == verb and meant in words:
                model.meddle = None
                if verb == "delete":
                    del model.table[meant]
                else:
                    model.table[meant] = Row("192.168.77.66", "UGSc", "en0")

        model.meddle = meddle
        await backend.apply(PutRoutes(frozenset() if verb == "delete" else HELD.routes))
        assert model.meddle is None
        assert not [row for row in model.table.values() if "1" in row.flags] or verb == "add"

    play(scene)


def test_clones_and_routes_of_others_are_none_of_ours(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)
        assert backend.interface is not None
        model.table["10.20.0.10/32"] = Row("10.20.0.10", "UHWIi1", backend.interface)
        model.table["10.99.0.0/16"] = Row("192.168.77.2", "UGSc", "en0")
        assert plan(await backend.observe(), UP) == ()
        await backend.cleanup()
        assert "10.99.0.0/16" in model.table

    play(scene)


def test_older_columns_of_netstat_are_read_too(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        model.old_columns = True
        assert (await go(backend, FULL)).problem is None
        assert FULL.same(await backend.observe())

    play(scene)


def test_what_others_do_to_pf_is_noticed_and_mended(play: Callable[[Scene], None]) -> None:
    def ruins(model: ModelMac) -> list[Callable[[], object]]:
        return [
            lambda: model.pf.main["rules"].clear(),
            lambda: model.pf.main["nat"].clear(),
            lambda: model.pf.tokens.clear(),
            lambda: model.pf.anchors.clear(),
            lambda: model.pf.anchors[ANCHOR].rules.insert(0, "pass quick all"),
            lambda: model.pf.anchors[ANCHOR].tables["closed"].clear(),
            lambda: model.pf.anchors[ANCHOR].tables.clear(),
            lambda: model.pf.main["rules"].insert(0, "pass quick on en0 all"),
        ]

    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, LOCKED)
        frame = Frame("out", "en0", "192.168.77.50", "203.0.113.77", "tcp", 40000, 22)
        for ruin in ruins(model):
            assert model.pf.passes(frame, ANCHOR) == "block"
            ruin()
            assert (await backend.observe()).firewall != LOCKED.firewall
            assert (await go(backend, LOCKED)).problem is None
        assert model.pf.passes(frame, ANCHOR) == "block"

    play(scene)


def test_rules_of_others_stay_and_pf_stays_on_for_them(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        scrub = ['scrub-anchor "com.apple/*" all fragment reassemble', "scrub in all fragment reassemble"]
        filters = ["block return out quick proto tcp from any to any port = 25"]
        translations = [
            'nat-anchor "them" all',
            "rdr pass on lo0 inet proto tcp from any to any port = 80 -> 127.0.0.1",
        ]
        model.pf.main = {"rules": [*scrub, *filters], "nat": list(translations)}
        model.pf.pfctl(["-E"], "")
        await go(backend, LOCKED)
        for _ in ("while it runs", "and when it is gone"):
            assert model.pf.main["rules"] == [*scrub, 'anchor "com.apple/*" all', *filters]
            assert model.pf.main["nat"] == ['nat-anchor "com.apple/*" all', *translations]
            await backend.cleanup()
        assert len(model.pf.tokens) == 1

    play(scene)


def test_states_end_with_every_change_of_the_firewall(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        for goal in (UP, LOCKED, FULL, HELD):
            before = model.pf.states
            await go(backend, goal)
            assert model.pf.states > before

    play(scene)


def test_names_are_given_back_as_they_were_also_by_the_next_helper(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        model.services.servers["Wi-Fi"] = ["9.9.9.9", "2620:fe::fe"]
        before = (dict(model.services.servers), dict(model.services.search))
        await go(backend, ALL_NAMES)
        assert model.services.servers["Wi-Fi"] == [FORWARDER]
        assert [server.address for server in backend.resolvers()] == ["9.9.9.9", "2620:fe::fe"]
        await MacBackend(tmp_path, "wgtray0", model).cleanup()
        assert (model.services.servers, model.services.search) == before
        assert not list(tmp_path.glob("services.json"))

    play(scene)


def test_a_cleanup_says_what_it_removed_and_what_it_could_not(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, ALL_NAMES)
        interface = f"interface {backend.interface}"
        model.broken.add("pfctl")
        with pytest.raises(Unfinished) as caught:
            await backend.cleanup()
        assert [problem.args["command"] for problem in caught.value.problems] == ["pfctl"]
        assert {interface, "its answers to the system's resolver"} <= set(caught.value.removed)
        assert not [what for what in caught.value.removed if "pf" in what]
        model.broken.clear()
        assert await backend.cleanup() == [f"pf anchor {ANCHOR}"]
        assert _is_clean(model)

    play(scene)


def test_servers_of_ours_are_taken_back_also_where_the_journal_was_lost(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, ALL_NAMES)
        model.services.servers["Old VPN"] = [FORWARDER]  # which was on then, and is off now
        (tmp_path / "services.json").unlink()
        anew = MacBackend(tmp_path, "wgtray0", model)
        assert plan(await anew.observe(), NOTHING) != ()
        assert (await go(anew, NOTHING)).problem is None
        assert FORWARDER not in str(model.services.servers)
        model.services.servers["Wi-Fi"] = [FORWARDER]
        assert await MacBackend(tmp_path, "wgtray0", model).cleanup() == ["its answers to the system's resolver"]
        assert "Wi-Fi" not in model.services.servers

    play(scene)


def test_a_service_that_is_switched_off_meanwhile_is_given_back_its_servers(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        model.services.servers["Wi-Fi"] = ["9.9.9.9"]
        await go(backend, ALL_NAMES)
        model.services.order[0] = ("Wi-Fi", "en0", False)
        await backend.cleanup()
        assert model.services.servers["Wi-Fi"] == ["9.9.9.9"]

    play(scene)


def test_a_journal_is_on_the_disk_before_anything_is_changed(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        whole = model.services.networksetup
        journals: list[bool] = []

        def watched(words: list[str]) -> str:
            if words[0] == "-setdnsservers":
                journals.append((tmp_path / "services.json").exists())
            return whole(words)

        model.services.networksetup = watched  # type: ignore[method-assign]  # to look at the moment of the change
        await go(backend, ALL_NAMES)
        assert journals == [True]

    play(scene)


def test_servers_that_somebody_set_since_are_not_overwritten(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, ALL_NAMES)
        model.services.servers["Wi-Fi"] = ["1.1.1.1"]
        await backend.cleanup()
        assert model.services.servers["Wi-Fi"] == ["1.1.1.1"]

    play(scene)


def test_a_few_domains_touch_no_service(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        before = dict(model.services.servers)
        await go(backend, NAMED)
        assert model.services.servers == before
        assert [server.shown for server in backend.resolvers()] == ["192.168.77.1", "fe80::1%en0"]
        key = model.store.keys["State:/Network/Service/wgtray-0/DNS"]
        assert set(key["SupplementalMatchDomains"]) == {"corp.example", "bank.example", CANARY}

    play(scene)


def test_a_network_that_appears_later_asks_us_too(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, ALL_NAMES)
        model.links["en5"].status, model.links["en5"].addresses = "active", ["192.0.2.9/24"]
        assert plan(await backend.observe(), ALL_NAMES) != ()
        assert (await go(backend, ALL_NAMES)).problem is None
        assert model.services.servers["USB 10/100/1000 LAN"] == [FORWARDER]
        await backend.cleanup()
        assert model.services.servers["USB 10/100/1000 LAN"] == ["192.0.2.53", "192.0.2.54"]

    play(scene)


def test_a_wireguard_that_hangs_is_a_problem_and_not_a_helper_that_hangs(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)
        for process in model.wireguards.values():
            process.hangs = True
        with pytest.raises(CommandFailed, match="wireguard-go"):
            await backend.observe()
        await backend.apply(DropTunnel())
        assert (await go(backend, UP)).problem is None

    play(scene)


def test_a_name_file_of_another_time_is_not_believed(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)
        assert backend.interface is not None
        path = tmp_path / "wireguard" / "wgtray0.name"
        for text in ("en0\n", "../../etc/x\n", "utun99\n", ""):
            path.write_text(text)
            assert (await backend.observe()).tunnel is None

    play(scene)


def test_single_programs_are_no_promise_of_this_system(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        assert not backend.capabilities.per_app_routing
        assert not backend.computer.routes_apps
        await backend.apply(PutApps(frozenset()))
        with pytest.raises(CommandFailed):
            backend.join(1)

    play(scene)


def test_the_lan_and_the_way_out_are_told_from_what_is_ours(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        for goal in (NOTHING, FULL):
            await go(backend, goal)
            assert backend.on_link() == {"192.168.77.0/24", "2001:db8:77::/64", "fe80::/64"}
            assert backend.uplink().families == {4, 6}
            assert "en0 192.168.77.1 192.168.77.50/24" in backend.uplink().ways

    play(scene)


def test_a_report_of_the_kernel_reads_the_network_anew(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await backend.observe()
        changes = backend.changes()
        model.join("10.1.0.1", "10.1.0.0/24", "10.1.0.20/24")
        async with asyncio.timeout(5):
            await anext(changes)
        assert "10.1.0.1" in backend.uplink().ways

    play(scene)


def test_the_forwarder_has_an_address_to_listen_on_while_the_helper_runs(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await backend.observe()
        assert f"{FORWARDER}/32" in model.links["lo0"].addresses
        assert await backend.cleanup() == []
        assert f"{FORWARDER}/32" not in model.links["lo0"].addresses

    play(scene)


def test_two_routes_for_one_host_and_a_network_inside_another_are_told_apart(play: Callable[[Scene], None]) -> None:
    networks = ("10.20.0.0/16", "10.20.0.0/17", "10.20.128.0/17", "10.20.0.53/32", "0.0.0.0/0")
    routes = frozenset(Route(Prefix(net), to) for net in networks for to in ("tunnel", "held"))

    async def scene(backend: MacBackend, model: ModelMac) -> None:
        goal = msgspec.structs.replace(UP, routes=routes)
        assert (await go(backend, goal)).problem is None
        await backend.apply(PutRoutes(frozenset(route for route in routes if route.to == "held")))
        assert {route.to for route in (await backend.observe()).routes} == {"held"}
        assert model.table["10.20.0.53/32"].netif == "lo0"
        assert Address("10.20.0.53") not in (await backend.observe()).learned

    play(scene)


def test_a_route_of_the_network_as_narrow_as_ours_leads_nowhere(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        for prefix in ("10.20.0.0/16", "10.20.0.0/17", "10.30.0.0/17"):
            model.table[prefix] = Row("192.168.77.66", "UGSc", "en0")
        assert (await go(backend, UP)).problem is None
        assert UP.same(await backend.observe())
        assert model.table["10.20.0.0/17"].netif == "en0"
        assert model.pf.passes(Frame("out", "en0", "192.168.77.50", "10.20.0.10"), ANCHOR) == "block"
        await backend.cleanup()
        assert model.table["10.20.0.0/17"].gateway == "192.168.77.66"

    play(scene)


def test_a_cache_that_cannot_be_emptied_keeps_no_name_from_being_asked_of_us(
    play: Callable[[Scene], None], caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        model.broken |= {"killall", "dscacheutil"}
        assert (await go(backend, NAMED)).problem is None
        assert NAMED.same(await backend.observe())
        assert "old answers" in caplog.text

    play(scene)


def test_an_interface_that_goes_between_two_looks_is_no_tunnel(play: Callable[[Scene], None]) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        await go(backend, UP)

        def meddle(words: list[str]) -> None:
            if words == ["ifconfig", "-a"]:
                model.links.pop(str(backend.interface))

        model.meddle = meddle
        assert (await backend.observe()).tunnel is None

    play(scene)


@pytest.mark.parametrize("how", ["open", "a link"])
def test_nothing_is_put_where_others_could_have_put_something(
    play: Callable[[Scene], None], tmp_path: Path, how: str
) -> None:
    async def scene(backend: MacBackend, model: ModelMac) -> None:
        if how == "open":
            model.runtime.mkdir()
            model.runtime.chmod(0o777)
        else:
            (tmp_path / "theirs").mkdir()
            model.runtime.symlink_to(tmp_path / "theirs")
        assert UP.tunnel is not None
        with pytest.raises(CommandFailed, match="others could change it"):
            await backend.apply(PutTunnel(UP.tunnel))
        assert not model.wireguards
        assert not list(model.runtime.iterdir())

    play(scene)
