"""Prober and sentinel on the lab's paths in virtual time: how soon is a dead node left, and is a living one kept?"""

import asyncio
import contextlib
import random
import statistics
from collections.abc import Mapping, Sequence

import msgspec

from tests.fakes.internet import Internet, Road, Stalls, Timeless
from tests.unit.core import worlds
from wgtray.core.events import Lost, Probed, Traffic
from wgtray.core.fields import Name
from wgtray.core.health import Health, folded
from wgtray.core.profile import Failover
from wgtray.helper.probes import Prober
from wgtray.helper.sentinel import Sentinel

FRA = worlds.NAMES[0]
LIMITS = Failover()
NEAR, FAR, JITTERY = (0.02, 0.0, 0.0), (0.05, 0.0, 0.0), (0.05, 0.03, 0.01)
"""Round trip, jitter to both sides, loss a packet and direction, as in tests/bench/failover."""


class World:
    """The two watchers of a helper on these paths; what they say of the nodes is folded as the engine does it."""

    def __init__(
        self,
        path: tuple[float, float, float],
        seed: int = 1,
        *,
        rate: float = 100.0,
        beside: int = 0,
        stalls: Stalls = (),
        wire_stalls: Stalls = (),
    ) -> None:
        chance = random.Random(seed)
        self.loop = Timeless(stalls)
        profile = worlds.profile(split=worlds.LONE_SPLIT)
        roads = {node.probe: Road(chance, *path) for node in profile.nodes if node.probe is not None}
        self.road = next(iter(roads.values()))
        self.losses: list[tuple[float, Lost]] = []
        self._internet = Internet(self.loop, roads, rate, beside, wire_stalls)
        self._state = worlds.connected(profile)
        self._know({name: Health() for name in self._state.facts.inner})
        self._over = asyncio.Event()
        self._prober = Prober(self._internet, self._posted, self._internet.open)
        self._sentinel = Sentinel(self._internet, self._prober, self._posted)

    def passes(self, seconds: float) -> None:
        """Let time pass, or until the dead node is found."""
        try:
            self.loop.run_until_complete(self._live(seconds))
        finally:
            self.loop.close()

    async def _live(self, seconds: float) -> None:
        self._follow()
        parts = [asyncio.ensure_future(part.run()) for part in (self._prober, self._sentinel)]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        for part in parts:
            part.cancel()
        ends = await asyncio.gather(*parts, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends

    def _posted(self, event: Probed | Lost | Traffic) -> None:
        now = self.loop.time()
        match event:
            case Probed(node=node, answered=answered, rtt_ms=rtt_ms):
                health = folded(self._state.facts.inner[node], answered, rtt_ms, LIMITS, now)
                self._know({**self._state.facts.inner, node: health})
                self._follow()
            case Lost():
                self.losses.append((now, event))
                if event.node == FRA and self.road.dies_at < now:
                    self._over.set()
            case Traffic():
                return

    def _know(self, inner: Mapping[Name, Health]) -> None:
        facts = msgspec.structs.replace(self._state.facts, inner=inner)
        self._state = msgspec.structs.replace(self._state, facts=facts)

    def _follow(self) -> None:
        self._prober.follow(self._state, "lo", {})
        self._sentinel.follow(self._state)


def stalls(seed: int, seconds: float, every_s: float, mean_s: float) -> Stalls:
    """Moments of a busy machine, at random."""
    chance, at, found = random.Random(seed), 1000.0, []
    while at < 1000.0 + seconds:
        at += chance.expovariate(1 / every_s)
        end = at + min(chance.expovariate(1 / mean_s), 0.15)
        found.append((at, end))
        at = end
    return found


def detections_ms(path: tuple[float, float, float], beside: int = 0, seeds: Sequence[int] = range(4)) -> list[float]:
    """From the death of the node to its loss, each in a world of its own."""
    found = []
    for seed in seeds:
        world = World(path, seed, beside=beside)
        world.road.dies_at = died_at = 1005.0 + random.Random(seed).uniform(0, 1)
        world.passes(8.0)
        assert world.losses, "it was never found"
        at, loss = world.losses[0]
        assert (loss.node, at > died_at) == (FRA, True)
        found.append((at - died_at) * 1000)
    return found


def test_a_dead_node_is_lost_soon_after_one_round_trip() -> None:
    assert statistics.median(detections_ms(NEAR)) < 48
    assert statistics.median(detections_ms(FAR)) < 78


def test_a_dead_node_behind_jitter_and_loss_is_lost_within_its_longest_round_trip_and_a_half() -> None:
    found = detections_ms(JITTERY)
    assert statistics.median(found) < 125
    assert max(found) < 160


def test_a_living_node_behind_jitter_and_loss_is_kept_beside_others_on_a_busy_machine() -> None:
    world = World(JITTERY, beside=3, wire_stalls=stalls(3, 40.0, 0.25, 0.015))
    world.passes(40.0)
    assert not world.losses


def test_a_request_now_and_then_that_is_lost_costs_no_node() -> None:
    """Packets that keep their order are late together, so three probes say no more than one."""
    world = World(JITTERY, rate=10)
    world.passes(240.0)
    assert not world.losses


def test_what_our_own_program_slept_through_is_not_held_against_a_node() -> None:
    world = World(NEAR, stalls=stalls(5, 100.0, 0.25, 0.04))
    world.passes(20.0)
    assert not world.losses


def test_no_look_out_of_time_hides_a_dead_node() -> None:
    world = World(NEAR, stalls=stalls(5, 100.0, 0.25, 0.04))
    world.road.dies_at = 1010.0
    world.passes(13.0)
    assert world.losses
    assert world.losses[0][0] - 1010.0 < 0.5
