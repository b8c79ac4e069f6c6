"""Every rule of the docstring as a dialogue, and what holds in every history of health."""

from itertools import pairwise
from random import Random
from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core import worlds
from tests.unit.core.test_sharing import COMPANY
from wgtray.core import failover, health, sharing
from wgtray.core.failover import BLANK, HOLD_S, MAIN, Choice, Group, Memory, Reason, cool_s
from wgtray.core.fields import Key, Name
from wgtray.core.health import DOWN_AFTER, SLOW_SAMPLES, Health, Verdict, verdict
from wgtray.core.profile import Failover, Profile, Split

FRA, AMS, SIN = worlds.NAMES
RTTS_MS: dict[Name, float] = {FRA: 20.0, AMS: 30.0, SIN: 180.0}
EQUAL_MS: dict[Name, float] = {FRA: 20.0, AMS: 21.0, SIN: 22.0}
SLOW_MS = 400.0
AFTER_S = Failover().failback_after_s


def profile(via: tuple[Name, ...] = (), **changes: object) -> Profile:
    networks = [{"net": "10.20.0.0/16"}, *([{"net": "10.30.0.0/16", "via": list(via)}] if via else [])]
    split = msgspec.convert({"networks": networks}, Split)
    return worlds.profile(split=split, failover=msgspec.convert(changes, Failover))


ORDER = profile(prefer="order")


class Move(msgspec.Struct, frozen=True):
    at: float
    group: Group
    before: Name
    after: Name
    reason: Reason
    fell: tuple[float, ...]
    """When ``after`` had died before."""


class Site:
    """A computer, its nodes and a clock; events are folded as ``core/machine.py`` folds them."""

    def __init__(
        self,
        chosen: Profile | None = None,
        rtts_ms: dict[Name, float] = RTTS_MS,
        key: Key | None = None,
        pinned: Name | None = None,
    ) -> None:
        self.profile = profile() if chosen is None else chosen
        self.key, self.pinned, self.now = key, pinned, 0.0
        self.memory: Memory = BLANK
        self.moves: list[Move] = []
        self.fell: dict[Name, tuple[float, ...]] = {}
        self.active: dict[Group, Name] = {}
        self.health: dict[Name, Health] = {}
        self.rtts_ms: dict[Name, float | None] = dict(rtts_ms)
        for _ in range(2):
            self.round()
        self.active = failover.first_choice(self.profile, pinned, self.health, self.now, self.memory, key)

    @property
    def node(self) -> Name:
        return self.active[MAIN]

    def round(self) -> None:
        """Every node is probed once."""
        for name in self.rtts_ms:
            self.probe(name)

    def probe(self, name: Name) -> None:
        rtt_ms = self.rtts_ms[name]
        known = self.health.get(name, Health())
        after = health.folded(known, rtt_ms is not None, rtt_ms, self.profile.failover, self.now)
        self.learn({**self.health, name: after})

    def lose(self, name: Name) -> None:
        """The node dies and the detector sees it."""
        self.rtts_ms[name] = None
        self.learn({**self.health, name: health.lost(self.health[name])})

    def learn(self, after: dict[Name, Health]) -> None:
        before, self.health = self.health, after
        for name in after:
            if name in before and before[name].alive and not after[name].alive:
                self.fell[name] = (*self.fell.get(name, ()), self.now)
        memory = failover.remembered(self.memory, self.profile, self.active, before, after, self.now, self.key)
        self.memory = memory
        for group, current in self.active.items():
            chosen = failover.choice(
                self.profile, group, self.pinned, current, after, self.now, self.memory, public_key=self.key
            )
            if chosen.reason is not None:
                self.move(group, current, chosen)

    def move(self, group: Group, current: Name, chosen: Choice) -> None:
        assert chosen.reason is not None
        self.memory = failover.moved(self.memory, group, current, chosen, self.now)
        self.active[group] = chosen.node
        fell = self.fell.get(chosen.node, ())
        self.moves.append(Move(self.now, group, current, chosen.node, chosen.reason, fell))

    def rest(self, seconds: float, every_s: float = 1.0) -> None:
        for _ in range(round(seconds / every_s)):
            self.now += every_s
            self.round()

    def slow(self, name: Name) -> None:
        self.rtts_ms[name] = SLOW_MS
        for _ in range(SLOW_SAMPLES):
            self.probe(name)

    def back(self, name: Name, rtt_ms: float | None = None) -> None:
        self.rtts_ms[name] = RTTS_MS[name] if rtt_ms is None else rtt_ms

    @property
    def reasons(self) -> list[Reason]:
        return [move.reason for move in self.moves]


def user_of(name: Name, *others: Name) -> Key:
    """Somebody whose own node among these is ``name``."""
    return next(key for key in COMPANY if sharing.home(key, dict.fromkeys((name, *others), 1.0)) == name)


# ---- dead


def test_a_dead_node_is_left_at_once_for_the_nearest_that_answers() -> None:
    site = Site()
    assert site.node == FRA
    site.lose(FRA)
    assert (site.node, site.reasons) == (AMS, ["no-reply"])


def test_by_order_it_is_left_for_the_next_in_the_file() -> None:
    site = Site(ORDER, {FRA: 20.0, AMS: 180.0, SIN: 30.0})
    site.lose(FRA)
    assert site.node == AMS


def test_a_standby_that_misses_answers_too_is_not_fled_to() -> None:
    site = Site()
    site.rtts_ms[AMS] = None
    for _ in range(DOWN_AFTER - 1):
        site.probe(AMS)
    site.lose(FRA)
    assert site.node == SIN


def test_a_slow_standby_is_fled_to_when_nothing_better_answers() -> None:
    site = Site()
    site.slow(AMS)
    site.lose(SIN)
    site.lose(FRA)
    assert site.node == AMS


def test_with_every_node_dead_nobody_moves() -> None:
    site = Site()
    site.lose(SIN)
    site.lose(AMS)
    site.lose(FRA)
    assert (site.node, site.moves) == (FRA, [])


# ---- slow


def test_a_slow_node_is_left_for_a_clearly_faster_one() -> None:
    site = Site()
    site.slow(FRA)
    assert (site.node, site.reasons) == (AMS, ["slow"])


@pytest.mark.parametrize(
    ("mine_ms", "theirs_ms", "leaves"),
    [(250.0, 240.0, False), (250.0, 229.0, True), (50.0, 36.0, False), (50.0, 34.0, True)],
)
def test_clearly_faster_is_by_30_percent_or_20_ms(mine_ms: float, theirs_ms: float, leaves: bool) -> None:
    slow = Health(rtt_ms=mine_ms, over_limit=SLOW_SAMPLES, up_since=0.0)
    known = {FRA: slow, AMS: Health(rtt_ms=theirs_ms, up_since=0.0)}
    chosen = failover.choice(ORDER, MAIN, None, FRA, known, 1.0)
    assert chosen == (Choice(AMS, "slow") if leaves else Choice(FRA, None))


def test_a_slow_node_is_not_left_for_another_slow_one() -> None:
    site = Site()
    site.slow(AMS)
    site.slow(SIN)
    site.slow(FRA)
    assert site.moves == []


def test_a_slow_node_is_borne_for_a_while_after_a_move() -> None:
    site = Site()
    site.lose(FRA)
    site.slow(AMS)
    assert site.node == AMS
    site.rest(HOLD_S - 1)
    assert site.node == AMS
    site.rest(1)
    assert (site.node, site.reasons) == (SIN, ["no-reply", "slow"])


def test_two_nodes_that_are_slow_by_turns_do_not_alternate() -> None:
    site = Site(rtts_ms={FRA: 20.0, AMS: 30.0})
    for turn in range(360):  # an hour in which each is slow for ten seconds
        slow, fast = (FRA, AMS) if turn % 2 == 0 else (AMS, FRA)
        site.rtts_ms |= {slow: SLOW_MS, fast: 30.0}
        site.rest(10)
    assert len(site.moves) <= 11  # 60, 60, 120, 120, ... 900 s apart


# ---- failback


def test_it_returns_to_the_nearer_node_after_a_time_of_health() -> None:
    site = Site()
    site.lose(FRA)
    site.rest(100)
    site.back(FRA)
    site.rest(AFTER_S)
    assert site.node == AMS
    site.rest(2)
    assert (site.node, site.reasons) == (FRA, ["no-reply", "failback"])


def test_it_returns_to_the_earlier_node_by_order_even_when_that_is_farther() -> None:
    site = Site(ORDER, {FRA: 180.0, AMS: 30.0, SIN: 20.0})
    assert site.node == FRA
    site.lose(FRA)
    site.back(FRA)
    site.rest(AFTER_S + 2)
    assert site.node == FRA


def test_a_relapse_starts_the_time_of_health_again() -> None:
    site = Site(ORDER)
    site.slow(FRA)
    site.back(FRA)
    site.rest(AFTER_S - 10)
    site.rtts_ms[FRA] = SLOW_MS
    site.rest(5)
    site.back(FRA)
    site.rest(AFTER_S - 10)
    assert (site.node, site.reasons) == (AMS, ["slow"])
    site.rest(20)
    assert (site.node, site.reasons) == (FRA, ["slow", "failback"])


@pytest.mark.parametrize(("near_ms", "far_ms"), [(20.0, 26.0), (5.0, 12.0), (100.0, 140.0)])
def test_a_node_that_is_nearer_by_little_is_not_worth_a_move(near_ms: float, far_ms: float) -> None:
    site = Site(rtts_ms={FRA: near_ms, AMS: far_ms})
    site.lose(FRA)
    site.back(FRA, near_ms)
    site.rest(600)
    assert (site.node, site.reasons) == (AMS, ["no-reply"])


def test_a_node_that_becomes_nearer_takes_over_after_the_same_time() -> None:
    site = Site()
    site.rest(600)
    site.rtts_ms[SIN] = 5.0
    site.rest(AFTER_S)
    assert site.node == FRA
    site.rest(60)  # the smoothed time follows over some probes
    assert (site.node, site.reasons) == (SIN, ["failback"])


def test_after_a_new_start_elsewhere_the_time_of_health_begins_anew() -> None:
    site = Site()
    site.lose(FRA)
    site.back(FRA)
    site.rest(AFTER_S - 10)
    site.active = {MAIN: SIN}
    known, memory = site.health, site.memory
    assert failover.choice(site.profile, MAIN, None, SIN, known, 10 * AFTER_S, memory) == Choice(SIN, None)
    site.rest(AFTER_S - 10)
    assert site.node == SIN
    site.rest(20)
    assert site.node == FRA


# ---- cooling


@pytest.mark.parametrize(
    ("after_s", "faults", "wait_s"),
    [
        (60.0, 0, 0.0),
        (60.0, 1, 60.0),
        (60.0, 2, 120.0),
        (60.0, 4, 480.0),
        (60.0, 5, 900.0),
        (60.0, 10_000, 900.0),
        (0.0, 1, 3.0),
        (0.0, 2, 6.0),
        (3600.0, 1, 3600.0),
        (3600.0, 9, 3600.0),
    ],
)
def test_cooling_doubles_with_every_fault_up_to_15_minutes(after_s: float, faults: int, wait_s: float) -> None:
    assert cool_s(after_s, faults) == wait_s


def failed(times: int, name: Name = FRA) -> Site:
    """A site whose node failed so often and answers since now."""
    site = Site()
    for _ in range(times):
        site.lose(name)
        site.rest(1)
        site.back(name)
        site.rest(1)
    return site


@pytest.mark.parametrize("times", [1, 2, 3])
def test_it_returns_to_a_node_that_failed_repeatedly_after_a_longer_time(times: int) -> None:
    site = failed(times)
    site.rest(cool_s(AFTER_S, times) - 2)
    assert site.node == AMS
    site.rest(4)
    assert site.node == FRA


def test_a_cooling_node_is_passed_over_for_a_farther_one() -> None:
    site = failed(1)
    site.lose(AMS)
    assert site.node == SIN


def test_a_cooling_node_is_taken_when_nothing_else_answers() -> None:
    site = failed(1)
    site.lose(SIN)
    site.lose(AMS)
    assert site.node == FRA


def test_a_cooling_node_in_use_is_not_left_because_it_cools() -> None:
    site = failed(1)
    site.lose(SIN)
    site.lose(AMS)
    site.back(SIN)
    site.rest(30)
    assert site.node == FRA


def test_an_hour_of_health_forgives() -> None:
    site = failed(3)
    site.rest(failover.FORGIVEN_AFTER_S + 10, every_s=5)
    assert site.memory.records == {}
    site.lose(FRA)
    assert site.memory.records[FRA].faults == 1


def test_silence_of_all_is_held_against_nobody() -> None:
    site = Site()
    site.lose(FRA)
    site.now += 3.0
    for name in (AMS, SIN):
        site.rtts_ms[name] = None
    site.rest(3)
    assert site.memory.records == {}


def test_a_trusted_node_is_still_trusted_after_the_link_was_away() -> None:
    site = failed(1)
    site.rest(600)
    for name in (FRA, AMS, SIN):
        site.lose(name)
        site.now += 1.0
    for name in (FRA, AMS, SIN):
        site.back(name)
    site.rest(2)
    assert failover.first_choice(site.profile, None, site.health, site.now, site.memory)[MAIN] == FRA


def test_it_does_not_start_at_a_cooling_node() -> None:
    site = failed(1)
    assert failover.first_choice(site.profile, None, site.health, site.now, site.memory)[MAIN] == AMS


def test_a_node_that_is_slow_and_then_dies_has_one_fault() -> None:
    site = Site(profile(via=(FRA, AMS)))
    site.slow(FRA)
    assert site.reasons == ["slow", "slow"]
    site.lose(FRA)
    assert site.memory.records[FRA].faults == 1


# ---- pinned


def test_a_pinned_node_is_borne_while_it_is_slow() -> None:
    site = Site(pinned=SIN)
    assert site.node == SIN
    site.slow(SIN)
    site.rest(600)
    assert site.moves == []


def test_a_dead_pinned_node_is_returned_to_but_not_at_its_first_answer() -> None:
    site = Site(pinned=SIN)
    site.lose(SIN)
    assert site.node == FRA
    site.back(SIN)
    site.rest(3)
    assert site.node == FRA
    site.rest(1)
    assert (site.node, site.reasons) == (SIN, ["no-reply", "user"])


def test_a_pinned_node_that_keeps_dying_is_returned_to_ever_later() -> None:
    site = Site(pinned=SIN)
    for _ in range(3600):
        site.rtts_ms[SIN] = None if site.node == SIN else 180.0
        site.rest(1)
    assert site.reasons.count("user") <= 12  # 3, 6, ... 900 s


def test_a_users_pick_counts_at_once_when_it_answers() -> None:
    site = failed(3, SIN)
    assert failover.picked(SIN, FRA, site.health) == Choice(SIN, "user")
    site.lose(SIN)
    assert failover.picked(SIN, FRA, site.health) == Choice(FRA, None)


def test_letting_go_of_a_pin_goes_where_the_start_would() -> None:
    site = Site(pinned=SIN)
    assert failover.released(site.profile, SIN, site.health) == Choice(FRA, "user")
    assert failover.released(site.profile, FRA, site.health) == Choice(FRA, None)


def test_a_pin_on_an_unknown_node_is_ignored() -> None:
    site = Site(pinned=Name("gone"))
    site.rest(100)
    assert (site.node, site.moves) == (FRA, [])


# ---- groups


def test_each_group_fails_over_by_its_own_order_and_returns() -> None:
    via = (SIN, AMS)
    site = Site(profile(via=via))
    assert site.active == {MAIN: FRA, via: SIN}
    site.lose(SIN)
    assert site.active == {MAIN: FRA, via: AMS}
    site.lose(AMS)
    assert site.active == {MAIN: FRA, via: FRA}
    site.back(AMS)
    site.rest(AFTER_S + 2)
    assert site.active == {MAIN: FRA, via: AMS}
    site.back(SIN)
    site.rest(AFTER_S + 2)
    assert site.active == {MAIN: FRA, via: SIN}
    assert {move.group for move in site.moves} == {via}


def test_a_pin_moves_the_main_group_only() -> None:
    via = (SIN,)
    assert Site(profile(via=via), pinned=AMS).active == {MAIN: AMS, via: SIN}


# ---- sharing


def test_equally_near_nodes_are_shared_and_a_farther_one_is_not() -> None:
    rtts_ms = {FRA: 20.0, AMS: 21.0, SIN: 60.0}
    starts = [Site(rtts_ms=rtts_ms, key=key).node for key in COMPANY[:60]]
    assert {starts.count(FRA) > 15, starts.count(AMS) > 15, starts.count(SIN) == 0} == {True}


def test_20_and_30_ms_are_not_equally_near() -> None:
    assert {Site(key=key).node for key in COMPANY[:60]} == {FRA}


@pytest.mark.parametrize(("chosen", "key"), [(ORDER, COMPANY[0]), (profile(), None)])
def test_nothing_is_shared_by_order_or_without_a_key(chosen: Profile, key: Key | None) -> None:
    site = Site(chosen, EQUAL_MS, user_of(SIN, FRA, AMS) if key else None)
    site.rest(300)
    assert (site.node, site.moves) == (FRA, [])


def test_a_group_of_its_own_is_not_shared() -> None:
    site = Site(profile(via=(SIN,)), EQUAL_MS, user_of(AMS, FRA))
    site.lose(SIN)
    site.rest(300)
    assert site.active[(SIN,)] == FRA


def test_a_cooling_node_does_not_say_what_is_near() -> None:
    rtts_ms = {FRA: 20.0, AMS: 24.0, SIN: 27.0}
    site = Site(rtts_ms=rtts_ms, key=user_of(SIN, AMS))
    site.lose(FRA)
    site.rest(1)
    site.back(FRA, rtts_ms[FRA])
    site.rest(1)
    known = failover.first_choice(site.profile, None, site.health, site.now, site.memory, site.key)
    assert known[MAIN] == SIN


def test_users_of_a_dead_node_spread_over_the_others_and_come_back() -> None:
    fled: list[Name] = []
    for key in [key for key in COMPANY[:60] if sharing.home(key, dict.fromkeys(EQUAL_MS, 1.0)) == AMS]:
        site = Site(rtts_ms=EQUAL_MS, key=key)
        site.lose(AMS)
        fled.append(site.node)
        site.back(AMS, EQUAL_MS[AMS])
        site.rest(AFTER_S + 2, every_s=2)
        assert (site.node, site.reasons) == (AMS, ["no-reply", "balance"])
    assert set(fled) == {FRA, SIN}


def test_users_of_other_nodes_do_not_notice_a_death() -> None:
    for key in [key for key in COMPANY[:60] if sharing.home(key, dict.fromkeys(EQUAL_MS, 1.0)) != AMS]:
        site = Site(rtts_ms=EQUAL_MS, key=key)
        site.lose(AMS)
        site.back(AMS, EQUAL_MS[AMS])
        site.rest(AFTER_S + 2, every_s=5)
        assert site.moves == []


@given(st.integers(0, 10_000), st.sampled_from(COMPANY))
@settings(max_examples=10, deadline=None)
def test_a_node_at_the_edge_of_equally_near_is_moved_to_once_at_most(seed: int, key: Key) -> None:
    random = Random(seed)
    site = Site(rtts_ms={FRA: 20.0, AMS: 25.0}, key=key)
    for _ in range(360):
        site.rtts_ms |= {FRA: random.uniform(19, 21), AMS: random.uniform(23, 27)}
        site.rest(5, every_s=5)
    assert len(site.moves) <= 1


# ---- every history


class Weather(msgspec.Struct, frozen=True):
    """For so many probes of every node a second apart, one of them behaves so."""

    node: Name
    is_: Literal["dead", "lost", "slow", "near", "far", "usual"]
    seconds: int


weathers = st.lists(
    st.builds(
        Weather,
        node=st.sampled_from((FRA, AMS)),
        is_=st.sampled_from(("dead", "lost", "slow", "near", "far", "usual")),
        seconds=st.sampled_from((1, 2, 4, 8, 20, 70, 200)),
    ),
    max_size=12,
)
keys = st.sampled_from((None, *COMPANY[:4]))
profiles = st.sampled_from((profile(), ORDER, profile(via=(AMS, FRA)), profile(failback_after_s=0)))


def weathered(site: Site, change: Weather) -> None:
    match change.is_:
        case "dead":
            site.rtts_ms[change.node] = None
        case "lost":
            site.lose(change.node)
        case "slow":
            site.rtts_ms[change.node] = SLOW_MS
        case "near" | "far" | "usual":
            site.rtts_ms[change.node] = {"near": 5.0, "far": 120.0, "usual": RTTS_MS[change.node]}[change.is_]


@given(profiles, keys, st.sampled_from((None, FRA, SIN)), st.booleans(), weathers)
@settings(max_examples=60, deadline=None)
def test_nobody_stays_at_or_moves_to_a_dead_node_while_another_answers(
    chosen: Profile, key: Key | None, pinned: Name | None, sin_too: bool, changes: list[Weather]
) -> None:
    site = Site(chosen, key=key, pinned=pinned)
    for change in changes:
        weathered(site, msgspec.structs.replace(change, node=SIN) if sin_too and change.seconds == 8 else change)
        for _ in range(min(change.seconds, 20)):
            site.now += 1.0
            for name in worlds.NAMES:
                moves = len(site.moves)
                site.probe(name)
                assert all(site.health[move.after].alive for move in site.moves[moves:])
                if any(each.alive for each in site.health.values()):
                    assert all(verdict(site.health[node]) != "down" for node in site.active.values())


@given(profiles, keys, weathers)
@settings(max_examples=30, deadline=None)
def test_a_node_that_failed_is_not_returned_to_before_it_cooled(
    chosen: Profile, key: Key | None, changes: list[Weather]
) -> None:
    """With one node that always answers, so that nothing forces a return."""
    site = Site(chosen, key=key)
    for change in changes:
        weathered(site, change)
        site.rest(change.seconds)
    for move in site.moves:
        wait_s = cool_s(chosen.failover.failback_after_s, len(move.fell))
        assert not move.fell or move.at - move.fell[-1] >= wait_s


@given(profiles, keys, st.sampled_from((FRA, AMS)), st.lists(st.integers(1, 60), max_size=40))
@settings(max_examples=25, deadline=None)
def test_a_flapping_node_is_entered_ever_more_rarely(
    chosen: Profile, key: Key | None, name: Name, lives_s: list[int]
) -> None:
    site = Site(chosen, key=key)
    for life_s in lives_s:
        site.lose(name)
        site.rest(2)
        site.back(name)
        site.rest(life_s)
    for group in site.active:
        entered = [move.at for move in site.moves if move.group == group and move.after == name]
        for faults, (earlier, later) in enumerate(pairwise(entered), start=1):
            assert later - earlier >= cool_s(chosen.failover.failback_after_s, faults)


conditions = st.builds(
    Health,
    rtt_ms=st.none() | st.floats(1, 500),
    misses=st.sampled_from((0, 0, 0, 1, 2, DOWN_AFTER)),
    over_limit=st.sampled_from((0, 0, SLOW_SAMPLES)),
    up_since=st.just(0.0),
)
verdicts: dict[Verdict, int] = {"up": 1, "slow": 2, "down": 1, "unknown": 1}


@given(
    st.sampled_from((profile(), ORDER, profile(via=(AMS, SIN)))),
    keys,
    st.sampled_from((None, AMS)),
    st.fixed_dictionaries(dict.fromkeys(worlds.NAMES, conditions)),
    st.sampled_from(worlds.NAMES),
)
@settings(max_examples=150, deadline=None)
def test_constant_health_moves_a_group_at_most_once(
    chosen: Profile, key: Key | None, pinned: Name | None, known: dict[Name, Health], current: Name
) -> None:
    """Twice away from a slow node: what is clearly faster at once, what the company prefers when it proved healthy."""
    site = Site(chosen, key=key, pinned=pinned)
    site.memory, site.active = BLANK, dict.fromkeys(failover.groups(chosen), current)
    for _ in range(60):
        site.now += 5.0
        site.learn(known)
    for group in site.active:
        moves = [move for move in site.moves if move.group == group]
        assert len(moves) <= verdicts[verdict(known[current])]
        assert all(move.at <= AFTER_S * 2 for move in moves)


@given(keys, st.fixed_dictionaries(dict.fromkeys(worlds.NAMES, conditions)))
@settings(max_examples=60, deadline=None)
def test_where_it_starts_it_stays(key: Key | None, known: dict[Name, Health]) -> None:
    site = Site(key=key)
    site.memory, site.health = BLANK, known
    site.active = failover.first_choice(site.profile, None, known, site.now, BLANK, key)
    for _ in range(40):
        site.now += 5.0
        site.learn(known)
    assert site.moves == []


def test_a_group_whose_node_left_the_profile_is_forgotten() -> None:
    active = {MAIN: FRA, (SIN,): Name("gone")}
    memory = failover.remembered(BLANK, profile(), active, {}, {}, 0.0)
    assert set(memory.standings) == {MAIN}
