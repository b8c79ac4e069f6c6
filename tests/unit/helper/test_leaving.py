"""What stays when a helper could not leave by itself, by policy and wish as they were kept on disk."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core.worlds import KEYS, profile
from wgtray.core.events import Target
from wgtray.core.fields import Key, Prefix
from wgtray.core.host import NOTHING, HostState, Route
from wgtray.core.problems import Problem
from wgtray.core.profile import Policy
from wgtray.helper.leaving import leave_for
from wgtray.helper.store import Import, Kept, Pause, Store

FOUND = HostState(routes=frozenset({Route(Prefix("10.20.0.0/16"), "tunnel")}))


def kept(lockdown: str, *, connected: bool = True, pause: Pause | None = None, damage: Problem | None = None) -> Kept:
    policy = Policy(lockdown=lockdown)  # type: ignore[arg-type]
    imported = Import(profile(policy=policy), Key(KEYS[0]), None)
    return Kept(imported, Target(connected=connected), pause, {}, damage)


def left_by(found: Kept) -> HostState:
    backend = FakeBackend(FOUND)
    asyncio.run(leave_for(backend, found))
    return backend.host


@pytest.mark.parametrize("lockdown", ["apps", "all"])
def test_what_lockdown_closes_stays_closed_while_connection_is_wanted(lockdown: str) -> None:
    host = left_by(kept(lockdown))
    assert host.firewall is not None
    assert host.tunnel is None
    assert host.dns is None
    assert {route.prefix for route in host.routes} >= {Prefix("10.20.0.0/16"), Prefix("10.30.0.0/16")}
    assert not [route for route in host.routes if route.to == "tunnel"]


def test_nothing_stays_without_lockdown_without_the_wish_or_while_it_pauses() -> None:
    pause = Pause(time.time() - 1, time.time() + 600)
    for found in (kept("off"), kept("all", connected=False), kept("all", pause=pause)):
        assert left_by(found) == NOTHING
    over = Pause(time.time() - 600, time.time() - 1)
    assert left_by(kept("all", pause=over)) != NOTHING


def test_what_cannot_be_read_opens_nothing() -> None:
    damage = Problem("state-unreadable", {"path": "/somewhere"})
    assert left_by(kept("off", damage=damage)) == FOUND
    assert left_by(Kept(None, Target(), None, {}, damage)) == FOUND
    assert left_by(Kept(None, Target(), None, {}, None)) == NOTHING


def test_without_a_profile_there_is_no_policy_whatever_was_wanted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_target(Target(connected=True))
    assert left_by(store.load()) == NOTHING  # no profile, no policy
    store.close()
