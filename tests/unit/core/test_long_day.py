"""Twenty-four hours in a second: a fake clock runs probes, timers, pauses and expiring names."""

import heapq
import itertools
import random
from collections.abc import Callable

from tests.unit.core import worlds
from wgtray.core import events, learning, machine, probing
from wgtray.core.failover import MAIN
from wgtray.core.fields import Address, Name
from wgtray.core.learning import Ledger
from wgtray.core.machine import Connected, State
from wgtray.core.profile import Failover

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
INTERVAL_S = 30.0
"""Of probes: at the default, five seconds, the day would take half a minute."""
LOST = 0.01
"""Of probes, one at a time, as when a session is renewed meanwhile."""


class Day:
    """A machine that is connected at 0 s, and what happens to it."""

    def __init__(self, seed: int) -> None:
        self.state: State = worlds.connected(worlds.profile(failover=Failover(interval_s=INTERVAL_S)))
        self.chance = random.Random(seed)
        self.now = 10.0
        self.steps = 0
        self._order = itertools.count()
        self._ahead: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, when: float, deed: Callable[[], None]) -> None:
        heapq.heappush(self._ahead, (when, next(self._order), deed))

    def step(self, event: events.Event) -> None:
        self.state = machine.step(self.state, event, self.now)
        self.steps += 1

    def run(self, until: float) -> None:
        """What was planned, and a tick whenever the machine asks for one."""
        while self._ahead and self._ahead[0][0] <= until:
            wakeup = machine.next_wakeup(self.state)
            if wakeup is not None and wakeup < self._ahead[0][0]:
                self.now = max(self.now, wakeup)
                self.step(events.Tick())
                again = machine.next_wakeup(self.state)
                assert again is None or again > self.now, "it would wake up for ever at the same moment"
                continue
            self.now, _, deed = heapq.heappop(self._ahead)
            deed()
        self.now = until

    def probed(self, aim: probing.Aim, rtt_ms: float) -> None:
        """One probe and the next."""
        lost = self.chance.random() < LOST and not probing.health_of(self.state, aim).misses
        took_ms = None if lost else self.chance.uniform(rtt_ms - 2, rtt_ms + 2)
        self.step(events.Probed(aim.node, aim.kind != "outer", not lost, took_ms, aim.endpoint))
        wait_s = probing.wait_s(self.state, aim)
        assert wait_s > 0
        self.at(self.now + wait_s, lambda: self.probed(aim, rtt_ms))

    def resolved(self) -> None:
        """A name of a node gets another address now and then."""
        places = (worlds.SIN_PLACES[:1], worlds.SIN_PLACES, worlds.SIN_PLACES[1:])
        self.step(events.Resolved({Name("sin"): self.chance.choice(places)}, frozenset()))
        self.at(self.now + 300, self.resolved)

    def paused(self) -> None:
        """A pause of a quarter of an hour, which ends by itself."""
        self.step(events.Paused(self.now + 900))
        assert not isinstance(self.state, Connected)


def begun(seed: int) -> Day:
    day = Day(seed)
    for aim in probing.aims(day.state):
        rtt_ms = 20.0 * (1 + worlds.NAMES.index(aim.node))
        day.at(day.now + day.chance.random(), lambda aim=aim, rtt_ms=rtt_ms: day.probed(aim, rtt_ms))  # type: ignore[misc]  # bound here
    day.at(day.now + 1, day.resolved)
    return day


def test_after_a_day_of_probes_and_names_nothing_has_moved_and_nothing_has_grown() -> None:
    day = begun(1)
    sizes = []
    for hour in range(1, 25):
        day.run(hour * HOUR_S)
        assert isinstance(day.state, Connected), f"hour {hour}"
        assert day.state.active[MAIN] == worlds.NAMES[0]
        assert day.state.switch is None
        sizes.append(len(repr(day.state)))
    assert max(sizes[1:]) < sizes[0] * 1.2
    assert DAY_S / INTERVAL_S * 3 < day.steps < DAY_S


def test_a_pause_in_every_hour_ends_by_itself_in_time() -> None:
    day = begun(3)
    for hour in range(24):
        day.at(hour * HOUR_S + 600, day.paused)
    for hour in range(24):
        day.run(hour * HOUR_S + 601)
        assert isinstance(day.state, machine.Off)
        day.run(hour * HOUR_S + 600 + 900 + 30)
        assert isinstance(day.state, Connected)


def test_a_day_of_names_with_ever_new_addresses_stays_within_its_limits_and_ends_with_none() -> None:
    ledger, chance, most = Ledger(), random.Random(4), 0
    for minute in range(24 * 60):
        now = minute * 60.0
        for name in ("bank.example", "pool.example", "cdn.example"):
            fresh = [Address(str(chance.getrandbits(24))) for _ in range(chance.randrange(learning.ANSWER_LIMIT))]
            ledger.accept(name, fresh, chance.choice([0, 30, 300, 86_400]), now)
        ledger.sweep(frozenset(), now)
        most = max(most, len(ledger.entries))
    assert most <= 3 * learning.NAME_LIMIT
    ledger.sweep(frozenset(), DAY_S + learning.TTL_CEILING_S + learning.OUTLIVES_S)
    assert not ledger.entries
