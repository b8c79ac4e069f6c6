"""Which node carries which networks, and why does it change?

Networks that name no node form the main group, written ``()``; each distinct ``via`` list is a group of its own, with
its own node and the same rules. A group's node changes only by these, the first that fits:

* **Dead** ("no-reply"): it is left at once for the best node that answers. A node is best by, in this order: not
  cooling, neither slow nor missing answers, named by the group (in the order of ``via``), and then by ``prefer``:
  the smallest round-trip time ("latency") or the place in the file ("order").
* **Slow** ("slow"; above ``latency_limit_ms`` three times in a row): it is left for the best healthy node that is
  clearly faster, by 30 % or 20 ms, and not within 30 s of the group's last move. Where all are slow nobody moves.
* **A better one is healthy** ("failback"): a node earlier in ``via`` or in the file, or nearer by 30 % and 8 ms, that
  has been so without a break for ``failback_after_s``, takes over.
* **Sharing** ("balance"): with prefer = "latency" nodes within 5 ms or 20 % of the nearest are equally good to the main
  group, and each computer has its own among them by hash and ``weight`` (``core/sharing.py``). It starts there, flees
  there, and goes back there by the rule of the failback; it stays where it is while that is no farther than above.

A node that died, or was left because it was slow, is **cooling** until it has answered for ``failback_after_s``, twice
as long after a second time and so on up to 15 minutes; an hour without another fault forgives all. A cooling node is
taken only when nothing else answers. When all nodes fell silent together it was not their fault, and is not held
against them.

A **pinned** node is left only while it is dead, and returned to once it has answered for 3 s, twice as long after each
fault more. A user's own pick counts at once.

The caller keeps the ``Memory``: ``remembered`` after every event, then ``choice`` for every group, then ``moved`` for
each choice that it carries out.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from wgtray.core import sharing
from wgtray.core.fields import Key, Name
from wgtray.core.health import DOWN_AFTER, Health, verdict
from wgtray.core.profile import Profile

Group = tuple[Name, ...]
Active = Mapping[Group, Name]
Reason = Literal["no-reply", "one-way", "company-side", "mtu", "slow", "user", "failback", "endpoint", "balance"]
"""CONTRACT section 2."""

BETTER_SHARE = 0.3
BETTER_MS = 20.0
"""A slow node is left for one that is faster by 30 % or 20 ms (research/performance.md, section 3.5)."""

FAILBACK_MS = 8.0
"""A failback gains at least this and 30 %. Tailscale's netcheck keeps a home within 10 ms or a third, NetBird a route
within 10 ms; a little less, so that nodes a round 10 ms apart are not told apart by the last digit."""

HOLD_S = 30.0
"""After any move a slow node is borne for this long, so that two slow ones do not alternate (the same section)."""

SETTLED_S = 3.0
"""The least time for which a node that failed answers before it is trusted: at one probe a second after a miss three
answers, not the first (Mozilla VPN's connection health lets 3 s pass after a change)."""

COOL_LIMIT_S = 900.0
FORGIVEN_AFTER_S = 3600.0
"""Cooling doubles with every fault up to the first and ends with the second: the half-life and the longest suppression
of route flap damping (RFC 2439) in Junos and IOS, 15 and 60 minutes."""

TOGETHER_S = 6.0
"""Beyond one probe interval, how far apart nodes are seen to fall silent of one cause: three misses, each a timeout and
a retry of a second (``core/probing.py``)."""

MAIN: Group = ()


class Record(msgspec.Struct, frozen=True):
    """What is held against a node."""

    faults: int
    fault_at: float
    recovered_at: float | None = None
    """First answer since then."""
    before: "Record | None" = None
    """The record without the last fault, in case that was not the node's."""


class Standing(msgspec.Struct, frozen=True):
    """How long things have been so for a group."""

    node: Name
    moved_at: float | None = None
    better: Mapping[Name, float] = {}
    """Nodes that would do better than ``node``, and since when without a break."""


class Memory(msgspec.Struct, frozen=True):
    """What decisions need to know of the past. Times are on the clock of ``now``."""

    records: Mapping[Name, Record] = {}
    standings: Mapping[Group, Standing] = {}


BLANK = Memory()


class Choice(msgspec.Struct, frozen=True):
    """The node of one group, with the reason when it is not the node it was."""

    node: Name
    reason: Reason | None


def groups(profile: Profile) -> tuple[Group, ...]:
    """The main group first, then every distinct ``via`` in file order."""
    return (MAIN, *dict.fromkeys(network.via for network in profile.split.networks if network.via))


def first_choice(
    profile: Profile,
    pinned: str | None,
    health: Mapping[Name, Health],
    now: float = 0.0,
    memory: Memory = BLANK,
    public_key: Key | None = None,
) -> dict[Group, Name]:
    """Where each group starts, with nothing carried yet: pinned, else the best that is known to answer."""
    scene = _Scene(profile, health, now, memory, public_key)
    return {group: scene.start(group, pinned) for group in groups(profile)}


def choice(
    profile: Profile,
    group: Group,
    pinned: str | None,
    current: Name,
    health: Mapping[Name, Health],
    now: float,
    memory: Memory = BLANK,
    public_key: Key | None = None,
) -> Choice:
    """The node of ``group`` now that ``current`` carries it."""
    scene = _Scene(profile, health, now, memory, public_key)
    wanted = Name(pinned) if group == MAIN and pinned is not None else None
    if wanted is not None and wanted != current and scene.answers_again(wanted):
        return Choice(wanted, "user")
    ranked = [name for name in scene.ranked(group) if name != current]
    if not ranked:
        return Choice(current, None)
    if verdict(scene.of(current)) == "down":
        return Choice(ranked[0], "no-reply")
    if wanted == current:
        return Choice(current, None)
    trusted = [name for name in ranked if scene.well(name) and not scene.cooling(name)]
    if verdict(scene.of(current)) == "slow" and not scene.held(group, current):
        faster = next((name for name in trusted if scene.faster(name, current)), None)
        if faster is not None:
            return Choice(faster, "slow")
    due = scene.due(group, current)
    best = next((name for name in trusted if name in due), None)
    if best is None:
        return Choice(current, None)
    return Choice(best, "balance" if scene.only_shared(group, current) else "failback")


def released(
    profile: Profile,
    current: Name,
    health: Mapping[Name, Health],
    now: float = 0.0,
    memory: Memory = BLANK,
    public_key: Key | None = None,
) -> Choice:
    """The main group's node when the user lets go of a pinned one: the best at once, as at the start."""
    best = _Scene(profile, health, now, memory, public_key).start(MAIN, None)
    return Choice(best, None if best == current else "user")


def picked(pinned: Name, current: Name, health: Mapping[Name, Health]) -> Choice:
    """The main group's node when the user pins one: at once where it answers, whatever is held against it."""
    moves = pinned != current and health.get(pinned, Health()).alive
    return Choice(pinned, "user") if moves else Choice(current, None)


def remembered(
    memory: Memory,
    profile: Profile,
    active: Active,
    before: Mapping[Name, Health],
    after: Mapping[Name, Health],
    now: float,
    public_key: Key | None = None,
) -> Memory:
    """``memory`` after the nodes' health went from ``before`` to ``after``, with ``active`` carried meanwhile."""
    records = _records(memory.records, profile, before, after, now)
    scene = _Scene(profile, after, now, memory, public_key)
    standings = {group: scene.standing(group, node) for group, node in active.items() if profile.node(node)}
    fresh = Memory(records, standings)
    return memory if fresh == memory else fresh


def moved(memory: Memory, group: Group, before: Name, chosen: Choice, now: float) -> Memory:
    """``memory`` after ``group`` was moved from ``before`` to ``chosen``."""
    records = dict(memory.records)
    if chosen.reason == "slow":
        records[before] = _faulted(records.get(before), now)
    return Memory(records, {**memory.standings, group: Standing(chosen.node, now)})


def cool_s(after_s: float, faults: int) -> float:
    """Seconds for which a node answers before it is trusted again, ``after_s`` being those after one fault."""
    first = max(after_s, SETTLED_S)
    return float(min(first * 2 ** min(faults - 1, 16), max(first, COOL_LIMIT_S))) if faults else 0.0


class _Scene(msgspec.Struct, frozen=True):
    """Everything a decision looks at."""

    profile: Profile
    health: Mapping[Name, Health]
    now: float
    memory: Memory
    public_key: Key | None

    def of(self, name: Name) -> Health:
        return self.health.get(name, Health())

    def well(self, name: Name) -> bool:
        """Neither slow nor about to be found dead: one missing answer may be chance."""
        health = self.of(name)
        return verdict(health) == "up" and health.misses < DOWN_AFTER - 1

    def cooling(self, name: Name) -> bool:
        return not self._recovered(name, self.profile.failover.failback_after_s)

    def answers_again(self, name: Name) -> bool:
        """Whether a pinned node may be returned to."""
        health = self.of(name)
        if name not in self.memory.records:
            return health.alive
        return health.alive and not health.misses and self._recovered(name, SETTLED_S)

    def _recovered(self, name: Name, after_s: float) -> bool:
        record = self.memory.records.get(name)
        if record is None:
            return True
        return record.recovered_at is not None and self.now - record.recovered_at >= cool_s(after_s, record.faults)

    def start(self, group: Group, pinned: str | None) -> Name:
        names, ranked = self.candidates(group), self.ranked(group)
        if group == MAIN and pinned in names and (pinned in ranked or not ranked):
            return Name(pinned)
        return ranked[0] if ranked else names[0]

    def candidates(self, group: Group) -> tuple[Name, ...]:
        every = tuple(node.name for node in self.profile.nodes)
        return (*group, *(name for name in every if name not in group))

    def ranked(self, group: Group) -> list[Name]:
        """Nodes that answer, best first."""
        alive = [name for name in self.candidates(group) if self.of(name).alive]
        doubts = {name: (self.cooling(name), not self.well(name)) for name in alive}
        least = min(doubts.values(), default=None)
        scores = self.scores(group, [name for name in alive if doubts[name] == least])
        places = {node.name: place for place, node in enumerate(self.profile.nodes)}

        def rank(name: Name) -> tuple[tuple[bool, bool], bool, float]:
            rtt_ms = self.of(name).rtt_ms
            if name in group:
                return (doubts[name], False, group.index(name))
            if self.profile.failover.prefer == "order":
                return (doubts[name], True, places[name])
            if name in scores:
                return (doubts[name], True, -scores[name])  # below zero: before all that are farther
            return (doubts[name], True, float("inf") if rtt_ms is None else rtt_ms)

        return sorted(alive, key=rank)

    def scores(self, group: Group, names: list[Name]) -> dict[Name, float]:
        """This computer's score for those of ``names`` among which it shares; empty where nothing is shared."""
        key = self.public_key
        if key is None or group != MAIN or self.profile.failover.prefer != "latency":
            return {}
        near = sharing.near(self.distances(names))
        return {
            node.name: sharing.score(key, node.name, node.weight) for node in self.profile.nodes if node.name in near
        }

    def distances(self, names: list[Name]) -> dict[Name, float]:
        return {name: rtt_ms for name in names if (rtt_ms := self.of(name).rtt_ms) is not None}

    def faster(self, name: Name, current: Name) -> bool:
        """Clearly, as the price of leaving a slow node asks."""
        theirs, mine = self.of(name).rtt_ms, self.of(current).rtt_ms
        return (
            theirs is not None
            and mine is not None
            and (theirs <= mine * (1 - BETTER_SHARE) or mine - theirs >= BETTER_MS)
        )

    def held(self, group: Group, current: Name) -> bool:
        standing = self.memory.standings.get(group)
        return (
            standing is not None
            and standing.node == current
            and standing.moved_at is not None
            and self.now - standing.moved_at < HOLD_S
        )

    def due(self, group: Group, current: Name) -> frozenset[Name]:
        """The nodes that have been better than ``current`` for long enough to go back to."""
        better, standing = self.better(group, current), self.memory.standings.get(group)
        if standing is None:  # nothing noted yet: a node's own health says how long it could have been
            since = {name: up_since for name in better if (up_since := self.of(name).up_since) is not None}
        else:
            since = dict(standing.better) if standing.node == current else {}
        ripe = self.now - self.profile.failover.failback_after_s
        return frozenset(name for name in better if name in since and since[name] <= ripe)

    def standing(self, group: Group, current: Name) -> Standing:
        known = self.memory.standings.get(group)
        if known is None or known.node != current:
            known = Standing(current, None if known is None else known.moved_at)
        better = {name: known.better.get(name, self.now) for name in self.better(group, current)}
        return msgspec.structs.replace(known, better=better)

    def better(self, group: Group, current: Name) -> frozenset[Name]:
        """Healthy nodes that the group would rather have than ``current``, whether or not they cool."""
        well = [name for name in self.candidates(group) if name != current and self.well(name)]
        if current in group:
            return frozenset(name for name in well if name in group[: group.index(current)])
        named = frozenset(name for name in well if name in group)
        if self.profile.failover.prefer == "order":
            earlier = [node.name for node in self.profile.nodes]
            return named.union(set(well).intersection(earlier[: earlier.index(current)]))
        nearer = self.nearer(current, well)
        if nearer:
            return named | nearer | self.scores(group, well).keys()
        scores = self.scores(group, [*well, current] if self.well(current) else well)
        return named.union(name for name in scores if scores[name] > scores.get(current, self.score(current)))

    def nearer(self, current: Name, well: list[Name]) -> frozenset[Name]:
        """Those of ``well`` that are nearer by enough to move for."""
        mine = self.of(current).rtt_ms
        if mine is None:
            return frozenset()
        limit = min(mine - FAILBACK_MS, mine * (1 - BETTER_SHARE))
        return frozenset(name for name, rtt_ms in self.distances(well).items() if rtt_ms <= limit)

    def score(self, name: Name) -> float:
        node = self.profile.node(name)
        return 0.0 if node is None or self.public_key is None else sharing.score(self.public_key, name, node.weight)

    def only_shared(self, group: Group, current: Name) -> bool:
        """Whether a move away from ``current`` serves the spreading of users and nothing else."""
        well = [name for name in self.candidates(group) if self.well(name)]
        return bool(self.scores(group, well)) and not self.nearer(current, well)


def _records(
    known: Mapping[Name, Record],
    profile: Profile,
    before: Mapping[Name, Health],
    after: Mapping[Name, Health],
    now: float,
) -> dict[Name, Record]:
    records = dict(known)
    for name, health in after.items():
        record, fell = records.get(name), before.get(name, Health()).alive and verdict(health) == "down"
        if record is not None and record.recovered_at is not None and now - record.recovered_at >= FORGIVEN_AFTER_S:
            record = None
            del records[name]
        if fell:
            records[name] = _faulted(record, now)
        elif record is not None and record.recovered_at is None and verdict(health) == "up":
            records[name] = msgspec.structs.replace(record, recovered_at=now)
    silent = not any(health.alive for health in after.values())
    if silent and any(health.alive for health in before.values()):
        return _pardoned(records, now - profile.failover.interval_s - TOGETHER_S)
    return records


def _faulted(record: Record | None, now: float) -> Record:
    if record is None:
        return Record(1, now)
    if record.recovered_at is None:  # left by several groups, or slow first and then dead: one fault
        return msgspec.structs.replace(record, fault_at=now)
    return Record(record.faults + 1, now, before=msgspec.structs.replace(record, before=None))


def _pardoned(records: Mapping[Name, Record], since: float) -> dict[Name, Record]:
    """``records`` without the faults after ``since``: what silenced all nodes was this computer's own way out."""
    earlier = {name: record.before if record.fault_at >= since else record for name, record in records.items()}
    return {name: record for name, record in earlier.items() if record is not None}
