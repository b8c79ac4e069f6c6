"""The socket: who is heard, what nonsense does, and what an administrator may allow."""

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from tests.unit.core.worlds import profile
from tests.unit.helper.engines import with_key
from tests.unit.helper.serving import BOUND, MEMBER, Administrator, Client, played
from wgtray.core.problems import WgtrayError
from wgtray.helper import server as server_module
from wgtray.helper.engine import Engine
from wgtray.ipc import messages
from wgtray.ipc.messages import FRAME_LIMIT
from wgtray.platforms.api import Caller, Word


def test_a_member_gets_the_snapshot(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        answer = await (await client()).ask(messages.Status(), 7)
        assert answer.id == 7
        assert isinstance(answer.answer, messages.SnapshotNow)
        assert answer.answer.snapshot.state == "off"

    played(tmp_path, scene, MEMBER)


@pytest.mark.parametrize("caller", [None, Caller(1001, frozenset({"users"}))])
@pytest.mark.threat("T01", "T03")
def test_a_stranger_is_closed_out_unread(tmp_path: Path, caller: Caller | None) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        stranger = await client()
        with contextlib.suppress(ConnectionError):
            assert await stranger.reader.read() == b""

    played(tmp_path, scene, caller)


def test_a_refusal_names_its_code(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        answer = await (await client()).ask(messages.Connect())
        assert answer.answer == messages.Refused("no-profile", {}, "failed")

    played(tmp_path, scene, MEMBER)


@pytest.mark.parametrize(
    ("word", "refused"),
    [("yes", None), ("no", "administrator-refused"), ("busy", "administrator-asked"), ("nobody", "not-allowed")],
)
def test_what_a_company_refuses_an_administrator_may_allow(
    tmp_path: Path,
    word: Word,
    refused: str | None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "TOLD_AFTER_S", 0.0)
    administrator = Administrator(word, after_s=0.05)

    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(BOUND, True), Caller(0, frozenset()))
        member = await client()
        first = await member.ask(messages.Disconnect())
        assert first.answer == messages.Asking()
        second = await member.answer()
        assert second.id == first.id
        if refused is None:
            assert second.answer == messages.Done()
        else:
            assert isinstance(second.answer, messages.Refused)
            assert (second.answer.code, second.answer.kind) == (refused, "not-allowed")

    with caplog.at_level("INFO"):
        played(tmp_path, scene, MEMBER, administrator)
    assert administrator.questions == ["lower-protection"]
    if refused is None:
        assert "audit: user 1000: disconnect, which an administrator allowed (lower-protection)" in caplog.text
    if refused == "not-allowed":
        assert "audit: refused disconnect to user 1000" in caplog.text


def test_where_nobody_can_be_asked_nothing_is_said_of_it(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(BOUND, True), Caller(0, frozenset()))
        answer = await (await client()).ask(messages.Disconnect())
        assert isinstance(answer.answer, messages.Refused)
        assert answer.answer.code == "not-allowed"

    played(tmp_path, scene, MEMBER, Administrator("nobody"))


def test_an_administrator_is_not_asked_for_what_a_user_may_do_anyway(tmp_path: Path) -> None:
    administrator = Administrator("no")

    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(with_key(profile()), True), Caller(0, frozenset()))
        assert (await (await client()).ask(messages.Disconnect())).answer == messages.Done()

    played(tmp_path, scene, MEMBER, administrator)
    assert administrator.questions == []


@pytest.mark.parametrize("junk", [b"\n\nhello\n", b"{}\n", b"\xff\n", b"x" * (FRAME_LIMIT + 1), b"[" * 50_000 + b"\n"])
@pytest.mark.threat("T08")
def test_nonsense_ends_only_its_own_connection(tmp_path: Path, junk: bytes) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        bad, good = await client(), await client()
        bad.writer.write(junk)
        with contextlib.suppress(ConnectionError):
            assert await bad.reader.read() == b""
        assert isinstance((await good.ask(messages.Status())).answer, messages.SnapshotNow)

    played(tmp_path, scene, MEMBER)


def test_a_watcher_is_told_of_changes(tmp_path: Path) -> None:
    async def scene(engine: Engine, client: Callable[[], Awaitable[Client]]) -> None:
        watcher, other = await client(), await client()
        await watcher.ask(messages.Watch(), 3)
        await other.ask(messages.ChooseMode("split"))
        await other.ask(messages.Disconnect())
        with pytest.raises(WgtrayError):
            await engine.ask(messages.Connect(), MEMBER)
        engine.latest = msgspec.structs.replace(engine.latest, profile="Changed")
        engine.changed.set()
        news = await watcher.answer()
        assert news.id == 3
        assert isinstance(news.answer, messages.SnapshotNow)

    played(tmp_path, scene, MEMBER)
