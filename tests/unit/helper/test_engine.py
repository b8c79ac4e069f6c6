"""The engine on a fake machine: requests, restarts, failures and foreign hands."""

import asyncio
import contextlib
from pathlib import Path

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from tests.unit.core.worlds import OTHER_PRIVATE, PRIVATE, profile
from tests.unit.helper.engines import MEMBER, MINE, ROOT, connect, keep, played, until, with_key
from wgtray.core.desired import desired
from wgtray.core.events import Target
from wgtray.core.host import NOTHING, fate
from wgtray.core.plan import PutTunnel, Step
from wgtray.core.problems import NotAllowed, Problem, WgtrayError
from wgtray.core.profile import Policy, Split
from wgtray.helper import late
from wgtray.helper.engine import Engine
from wgtray.helper.probes import Prober
from wgtray.helper.store import Store
from wgtray.ipc import messages
from wgtray.platforms.api import Caller, Capabilities


def test_connect_brings_the_machine_up_and_disconnect_leaves_nothing(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        await connect(engine)
        assert backend.host.tunnel is not None
        assert engine.latest.protected is True
        await engine.ask(messages.Disconnect(), MEMBER)
        await until(engine, "off")
        assert backend.host == NOTHING

    played(tmp_path, backend, scene)


def test_nodes_are_asked_at_once_on_request_but_not_those_that_owe_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Prober, "_packet", lambda self, way, address, sequence: asked.append(address))

    async def settled(engine: Engine) -> list[str]:
        before: list[str] = []
        while not asked or before != asked:
            before = list(asked)
            await engine.look()
        asked.clear()
        return sorted(before)

    async def scene(engine: Engine) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), keep_key=True), ROOT)
        everybody = set(await settled(engine))
        await engine.ask(messages.ProbeNodes(), MEMBER)
        await engine.look()
        assert not asked
        engine._prober._pending.clear()  # as if all had answered
        await engine.ask(messages.ProbeNodes(), MEMBER)
        assert await settled(engine) == sorted(everybody)

    played(tmp_path, FakeBackend(), scene)


def test_a_restarted_helper_goes_on_where_the_killed_one_was(tmp_path: Path) -> None:
    backend = FakeBackend()
    keep(tmp_path, Target(connected=True, node=profile().nodes[1].name))
    up = desired(worlds.connected())
    assert up.tunnel is not None
    backend.host = up  # what the killed one left, with the key that only the interface still has

    async def scene(engine: Engine) -> None:
        shown = await until(engine, "connecting")
        assert (shown.wanted, shown.node_choice, shown.needs_key) == (True, "ams", False)
        assert "tunnel down" not in backend.done

    played(tmp_path, backend, scene)


def test_a_restarted_helper_moves_no_traffic_before_it_knows_better(tmp_path: Path) -> None:
    near_is_last = msgspec.structs.replace(worlds.connected(), active={(): profile().nodes[1].name})
    backend = FakeBackend(desired(near_is_last))
    keep(tmp_path, Target(connected=True))

    async def scene(engine: Engine) -> None:
        await until(engine, "connecting")
        tunnel = backend.host.tunnel
        assert tunnel is not None
        owners = [peer.public_key for peer in tunnel.peers if "0.0.0.0/0" in peer.allowed_ips]
        assert owners == [profile().nodes[1].public_key]

    played(tmp_path, backend, scene)


def test_after_a_reboot_without_the_key_company_networks_are_held_until_it_comes(tmp_path: Path) -> None:
    backend = FakeBackend()
    keep(tmp_path, Target(connected=True))

    async def scene(engine: Engine) -> None:
        shown = await until(engine, "blocked")
        assert (shown.needs_key, shown.public_key) == (True, MINE)
        assert fate(backend.host, worlds.DESTINATIONS[0]) == "held"
        with pytest.raises(WgtrayError) as caught:
            await engine.ask(messages.Connect(OTHER_PRIVATE), MEMBER)
        assert caught.value.code == "wrong-key"
        await engine.ask(messages.Connect(PRIVATE), MEMBER)
        await until(engine, "connecting")

    played(tmp_path, backend, scene)


def test_a_missing_tool_is_blocked_with_its_name_and_closed_for_company_networks(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.broken[PutTunnel] = Problem("tool-missing", {"tool": "wg-quick", "package": "wireguard-tools"})

    async def scene(engine: Engine) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), keep_key=True), ROOT)
        await engine.ask(messages.Connect(), MEMBER)
        shown = await until(engine, "blocked")
        assert [problem.code for problem in shown.problems] == ["tool-missing"]
        assert shown.protected is True
        assert fate(backend.host, worlds.DESTINATIONS[0]) == "held"

    played(tmp_path, backend, scene)


def test_what_a_foreign_tool_takes_away_is_put_back(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        await connect(engine)
        before = backend.host
        backend.disturb(msgspec.structs.replace(before, steered=frozenset(), routes=frozenset()))
        await backend.became(before)

    played(tmp_path, backend, scene)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (messages.Connect(), "no-profile"),
        (messages.RemoveProfile(), "no-profile"),
        (messages.ChooseNode("fra"), "no-profile"),
        (messages.ChooseMode("full"), "full-unavailable"),
        (messages.Pause(15), "no-profile"),
        (messages.Pause(0), "pause-length"),
        (messages.Pause(1441), "pause-length"),
        (messages.Resume(), "no-profile"),
        (messages.SetProfile(profile(), keep_key=True), "no-key"),
        (messages.SetProfile(with_key(profile(nodes=(), split=Split())), keep_key=True), "no-nodes"),
    ],
)
def test_a_request_that_cannot_be_done_says_why(tmp_path: Path, request_: messages.Request, code: str) -> None:
    async def scene(engine: Engine) -> None:
        with pytest.raises(WgtrayError) as caught:
            await engine.ask(request_, ROOT)
        assert caught.value.code == code

    played(tmp_path, FakeBackend(), scene)


def test_the_companys_policy_is_enforced_here(tmp_path: Path) -> None:
    async def scene(engine: Engine) -> None:
        strict = with_key(profile(policy=Policy(user_may=("mode",))))
        await engine.ask(messages.SetProfile(strict, keep_key=True), ROOT)
        with pytest.raises(NotAllowed):
            await engine.ask(messages.ChooseNode("fra"), MEMBER)
        await engine.ask(messages.ChooseNode("fra"), ROOT)
        with pytest.raises(WgtrayError) as caught:
            await engine.ask(messages.ChooseNode("gone"), ROOT)
        assert caught.value.args_by_name["known"] == "fra, ams, sin"

    played(tmp_path, FakeBackend(), scene)


def test_no_key_reaches_a_snapshot_the_shown_profile_or_the_state_kept_for_a_keyring(tmp_path: Path) -> None:
    async def scene(engine: Engine) -> None:
        nodes = (msgspec.structs.replace(profile().nodes[0], preshared_key=OTHER_PRIVATE), *profile().nodes[1:])
        await engine.ask(messages.SetProfile(with_key(profile(nodes=nodes)), keep_key=False), ROOT)
        shown = msgspec.json.encode(engine.latest) + msgspec.json.encode(engine.shown_profile)
        assert PRIVATE.reveal().encode() not in shown
        assert OTHER_PRIVATE.reveal().encode() not in shown
        assert PRIVATE.reveal() not in (tmp_path / "profile.json").read_text()

    played(tmp_path, FakeBackend(), scene)


OTHER_USER = Caller(1001, frozenset({"wgtray"}))


def test_nobody_else_connects_with_a_key_that_rests_in_its_user_s_keyring(tmp_path: Path) -> None:
    async def scene(engine: Engine) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), keep_key=False), MEMBER)
        for _ in range(2):  # after the import, and after its user was connected
            assert (await engine.look()).needs_key
            for theirs, code in ((None, "no-key"), (OTHER_PRIVATE, "wrong-key")):
                with pytest.raises(WgtrayError) as refused:
                    await engine.ask(messages.Connect(theirs), OTHER_USER)
                assert refused.value.code == code
            await engine.ask(messages.Connect(PRIVATE), MEMBER)
            await until(engine, "connecting")
            assert not engine.latest.needs_key
            await engine.ask(messages.Disconnect(), MEMBER)
            await until(engine, "off")

    played(tmp_path, FakeBackend(), scene)


def test_a_key_that_rests_with_the_helper_is_for_whoever_may_connect(tmp_path: Path) -> None:
    async def scene(engine: Engine) -> None:
        await connect(engine)
        await engine.ask(messages.Disconnect(), MEMBER)
        await engine.ask(messages.Connect(), OTHER_USER)
        await until(engine, "connecting")

    played(tmp_path, FakeBackend(), scene)


def test_removing_the_profile_forgets_the_wish_too(tmp_path: Path) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        await connect(engine)
        await engine.ask(messages.RemoveProfile(), ROOT)
        shown = await until(engine, "off")
        assert (shown.profile, shown.wanted) == (None, False)
        assert backend.host == NOTHING

    played(tmp_path, backend, scene)


@pytest.mark.parametrize(("lockdown", "fate_after"), [("off", "clear"), ("apps", "held")])
def test_a_stopped_helper_leaves_what_the_policy_says(tmp_path: Path, lockdown: str, fate_after: str) -> None:
    backend = FakeBackend()

    async def scene(engine: Engine) -> None:
        policy = msgspec.convert({"lockdown": lockdown}, Policy)
        await engine.ask(messages.SetProfile(with_key(profile(policy=policy)), keep_key=True), ROOT)
        await engine.ask(messages.Connect(), MEMBER)
        await until(engine, "connecting")
        await engine.leave()
        assert backend.host.tunnel is None
        assert fate(backend.host, worlds.DESTINATIONS[0]) == fate_after

    played(tmp_path, backend, scene)


def test_a_profile_too_large_to_be_shown_is_refused_at_import(tmp_path: Path) -> None:
    nets = [{"net": f"10.{number // 250}.{number % 250}.0/24", "via": ["fra"]} for number in range(12_000)]
    crowd = with_key(profile(split=msgspec.convert({"networks": nets}, Split)))

    async def scene(engine: Engine) -> None:
        with pytest.raises(WgtrayError) as caught:
            await engine.ask(messages.SetProfile(crowd, keep_key=True), ROOT)
        assert caught.value.code == "too-large"
        assert engine.latest.profile is None

    played(tmp_path, FakeBackend(), scene)


def test_the_mode_is_the_companys_then_the_users_and_a_company_that_fixes_it_has_the_last_word(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.capabilities = Capabilities(full_tunnel=True)
    elsewhere = worlds.DESTINATIONS[3]

    async def scene(engine: Engine) -> None:
        async def shown_after(request_: messages.Request, caller: Caller = MEMBER) -> tuple[str, str]:
            await engine.ask(request_, caller)
            shown = await engine.look()
            return shown.mode, fate(backend.host, elsewhere)

        await connect(engine)
        imported = messages.SetProfile(with_key(worlds.FULL), keep_key=True)
        assert await shown_after(imported) == ("full", "tunnel")
        assert await shown_after(messages.ChooseMode("split")) == ("split", "clear")
        assert await shown_after(imported) == ("split", "clear")
        fixed = messages.SetProfile(with_key(worlds.FIXED), keep_key=True)
        assert await shown_after(fixed) == ("full", "tunnel")
        with pytest.raises(NotAllowed):
            await engine.ask(messages.ChooseMode("split"), MEMBER)
        assert await shown_after(messages.ChooseMode("split"), ROOT) == ("split", "clear")
        assert "tunnel down" not in backend.done

    played(tmp_path, backend, scene)
    with contextlib.closing(Store(tmp_path)) as store:
        assert store.load().target == Target(connected=True, chosen_mode="split")


def test_while_a_tool_hangs_it_is_shown_that_nothing_is_in_place_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "LATE_S", 0.01)
    keep(tmp_path, Target())
    hangs = asyncio.Event()

    class Hanging(FakeBackend):
        async def apply(self, step: Step) -> None:
            await hangs.wait()
            await super().apply(step)

    async def scene(engine: Engine) -> None:
        await engine.ask(messages.Connect(PRIVATE), ROOT)
        shown = await until(engine, "connecting")
        assert (shown.wanted, shown.protected) == (True, False)
        hangs.set()

    played(tmp_path, Hanging(), scene)
