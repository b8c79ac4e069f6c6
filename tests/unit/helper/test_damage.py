"""State files damaged in a thousand random ways: never open, always said."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.backend import FakeBackend
from tests.security.tally import count
from tests.unit.core.worlds import PRIVATE, PUBLIC, profile
from tests.unit.helper.engines import played
from wgtray.core.events import Damaged, Target, Wanted
from wgtray.core.facts import Facts
from wgtray.core.fields import Prefix
from wgtray.core.firewall import Aim, Firewall
from wgtray.core.host import HostState, Route
from wgtray.core.machine import Off, step
from wgtray.core.problems import Problem
from wgtray.helper.engine import Engine
from wgtray.helper.store import PAUSE, PROFILE, TARGET, Import, Pause, Store
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

WAYS = 1000
IMPORT = Import(profile(), PUBLIC, PRIVATE)
WISH = Target(connected=True, chosen_mode="full", node=profile().nodes[1].name)
COMPANY = Prefix("10.20.0.0/16")
CLOSED = HostState(
    routes=frozenset({Route(COMPANY, "held")}),
    steered=frozenset({4}),
    firewall=Firewall(closed=frozenset({Aim(COMPANY)})),
)
"""A machine that an earlier helper left closed."""

Change = Callable[[random.Random, bytes], bytes]

CHANGES: dict[str, Change] = {
    "cut": lambda chance, content: content[: chance.randrange(len(content))],
    "bit": lambda chance, content: _with(content, at := chance.randrange(len(content)), bytes([content[at] ^ 1 << 3])),
    "byte": lambda chance, content: _with(content, chance.randrange(len(content)), chance.randbytes(1)),
    "zeros": lambda _, content: bytes(len(content)),
    "hole": lambda chance, content: _with(content, chance.randrange(len(content)), bytes(64)),
    "missing": lambda chance, content: _without(content, *sorted(chance.choices(range(len(content)), k=2))),
    "more": lambda chance, content: content + chance.randbytes(chance.randrange(1, 99)),
    "twice": lambda _, content: content + content,
    "noise": lambda chance, content: chance.randbytes(len(content)),
    "digit": lambda chance, content: content.replace(b"10.20.0.0", b"10.2%d.0.0" % chance.randrange(1, 9)),
    "wish": lambda _, content: content.replace(b'"connected":true', b'"connected":false'),
}


def _with(content: bytes, at: int, piece: bytes) -> bytes:
    return content[:at] + piece + content[at + len(piece) :]


def _without(content: bytes, start: int, end: int) -> bytes:
    return content[:start] + content[end + 1 :]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What a helper that was connected left."""
    store = Store(tmp_path / "state")
    store.save_import(IMPORT)
    store.save_target(WISH)
    store.save_pause(Pause(1.0, 2.0))
    store.close()
    return tmp_path / "state"


@pytest.mark.threat("T61")
def test_a_file_damaged_in_any_of_a_thousand_ways_is_made_up_for_or_said_and_never_counts_as_off(
    kept: Path,
) -> None:
    files = {path: path.read_bytes() for path in sorted(kept.iterdir()) if path.name != "lock"}
    changed = 0
    store = Store(kept)
    for number in range(WAYS):
        chance = random.Random(number)
        name = list(CHANGES)[number % len(CHANGES)]
        for victim in files if chance.random() < 0.2 else chance.sample(list(files), 1):
            damaged = CHANGES[name](chance, files[victim])
            victim.write_bytes(damaged)
            changed += damaged != files[victim]
        found = store.load()
        for path, content in files.items():
            path.write_bytes(content)
        assert found.target.connected, (number, name)
        assert found.imported in (IMPORT, None), (number, name)
        assert found.pause in (Pause(1.0, 2.0), None), (number, name)
        assert found.damage is not None or (found.imported, found.target) == (IMPORT, WISH), (number, name)
        count("inputs/tried")
    assert changed > WAYS * 0.8


@pytest.mark.parametrize("name", [PROFILE, TARGET])
def test_a_damaged_or_lost_file_is_made_up_for_by_its_copy_and_said(kept: Path, name: str) -> None:
    for damage in (lambda path: path.write_bytes(b"{"), Path.unlink):
        damage(kept / name)
        store = Store(kept)
        found = store.load()
        store.close()
        assert (found.imported, found.target) == (IMPORT, WISH)
        assert found.damage == Problem("state-unreadable", {"path": str(kept / name)})


def test_what_is_forgotten_does_not_come_back_from_a_copy_even_when_the_helper_dies_halfway(kept: Path) -> None:
    (kept / "profile.copy.json").unlink()  # as far as it came
    (kept / PROFILE).unlink()
    store = Store(kept)
    assert store.load().imported is None
    store.forget()
    assert [path.name for path in kept.iterdir()] == ["lock"]


def test_a_pause_that_somebody_made_longer_is_none(kept: Path) -> None:
    content = (kept / PAUSE).read_bytes()
    (kept / PAUSE).write_bytes(content.replace(b"2.0", b"9e9"))
    assert Store(kept).load().pause is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("what", ["pipe", "directory", "somebody's", "writable by all"])
@pytest.mark.threat("T30")
def test_what_is_no_file_of_roots_alone_is_not_read_and_nobody_waits_for_it(kept: Path, what: str) -> None:
    for path in (kept / TARGET, kept / "target.copy.json"):
        match what:
            case "pipe":
                path.unlink()
                os.mkfifo(path, 0o600)
            case "directory":
                path.unlink()
                path.mkdir()
            case "somebody's":
                os.chown(path, 65534, 65534)
            case _:
                path.chmod(0o666)
    found = Store(kept).load()
    assert found.damage is not None
    assert found.target == Target(connected=True)


@pytest.mark.threat("T61")
def test_when_everything_is_lost_the_machine_stays_closed_as_it_is_and_leaving_changes_nothing(kept: Path) -> None:
    for path in kept.iterdir():
        path.write_bytes(b"")
    backend = FakeBackend(CLOSED)

    async def scene(engine: Engine) -> None:
        shown = await engine.look()
        assert "state-unreadable" in [problem.code for problem in shown.problems]
        assert shown.wanted
        await engine.ask(messages.ChooseMode("split"), Caller(0, frozenset()))
        await engine.look()
        await engine.leave()

    played(kept, backend, scene)
    assert (backend.host, backend.done) == (CLOSED, [])


@pytest.mark.threat("T63")
def test_when_everything_is_lost_the_administrator_can_still_open_it(kept: Path) -> None:
    for path in kept.iterdir():
        path.write_bytes(b"")
    backend = FakeBackend(CLOSED)

    async def scene(engine: Engine) -> None:
        await engine.ask(messages.RemoveProfile(), Caller(0, frozenset()))
        await backend.became(HostState())

    played(kept, backend, scene)


def test_a_wish_does_not_make_up_for_a_lost_profile_but_the_word_to_disconnect_does() -> None:
    lost = step(Off(Facts(target=Target(connected=True))), Damaged(Problem("state-unreadable", {"path": "x"})), 0)
    assert step(lost, Wanted(Target(connected=True, chosen_mode="full")), 1).facts.damage is not None
    assert step(lost, Wanted(Target()), 1).facts.damage is None
