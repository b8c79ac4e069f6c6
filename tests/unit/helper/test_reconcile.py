"""Observe, plan, apply, observe: against a machine that keeps, refuses or forgets."""

import asyncio

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core.desired import desired, held
from wgtray.core.host import NOTHING, fate
from wgtray.core.plan import PutFirewall, PutTunnel
from wgtray.core.problems import Problem
from wgtray.helper.reconcile import ROUNDS, reconcile

UP = desired(worlds.connected())


def test_a_willing_machine_is_brought_along_and_read_back() -> None:
    backend = FakeBackend()
    outcome = asyncio.run(reconcile(backend, NOTHING, UP))
    assert backend.done == ["firewall 3", "routes 3", "steer [4, 6]", "tunnel up", "routes 9"]
    assert outcome.problem is None
    assert outcome.apply_ms is not None
    assert UP.same(outcome.observed)


def test_nothing_is_done_to_a_machine_that_is_right() -> None:
    backend = FakeBackend(UP)
    outcome = asyncio.run(reconcile(backend, UP, UP))
    assert (backend.done, outcome.apply_ms) == ([], None)


def test_a_failing_step_ends_it_with_its_reason_and_what_is_really_there() -> None:
    backend = FakeBackend()
    backend.broken[PutTunnel] = Problem("tool-missing", {"tool": "wg", "package": "wireguard-tools"})
    outcome = asyncio.run(reconcile(backend, NOTHING, UP))
    assert outcome.problem == backend.broken[PutTunnel]
    assert outcome.observed == backend.host
    assert outcome.observed.tunnel is None


def test_without_a_firewall_routes_close_what_they_can_and_no_tunnel_is_made() -> None:
    missing = Problem("tool-missing", {"tool": "nft", "package": "nftables"})
    for before, goal, done in (
        (NOTHING, UP, ["firewall 3", "routes 3", "steer [4, 6]"]),
        (NOTHING, held(worlds.connected().facts), ["firewall 3", "routes 3", "steer [4, 6]"]),
    ):
        backend = FakeBackend(before)
        backend.broken[PutFirewall] = missing
        outcome = asyncio.run(reconcile(backend, before, goal))
        assert (backend.done, outcome.problem) == (done, missing)
        assert fate(backend.host, worlds.DESTINATIONS[0]) == "held"


def test_a_machine_that_keeps_nothing_is_given_up_after_a_few_rounds() -> None:
    backend = FakeBackend()
    backend.forgetful = True
    outcome = asyncio.run(reconcile(backend, NOTHING, UP))
    assert outcome.problem is not None
    assert outcome.problem.code == "command-failed"
    assert len(backend.done) == 5 * ROUNDS
