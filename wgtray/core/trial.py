"""One question, asked through the node that carries it: when it is missed, whose fault is that?

The question goes through one node, ``of``. Missed often enough while the node's own small probes are answered, it is
put through one live standby after the other (``Trial.via``):

* a standby through which it is answered proves that the nodes before it **failed**: it takes over at once;
* through none: the fault lies beyond all of them (``vain``), nobody moves, and the round is repeated now and then.

A node that failed counts as dead for every decision (``believed``) until the question was answered through it, which is
tried again from time to time. While nothing else lives it counts as what its own probes say.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from wgtray.core.events import Checked, Sized
from wgtray.core.fields import Name
from wgtray.core.health import Health, lost

ROUND_S = 30.0
"""From one vain round through the standbys to the next."""


class Rules(msgspec.Struct, frozen=True):
    """How one kind of question is put."""

    misses: int
    """In a row, before the node is suspected."""
    recheck_s: float
    """From one question through a node that failed to the next."""
    patience_s: float = 0.0
    """How much later it may be while traffic flows."""


class Proof(msgspec.Struct, frozen=True):
    """The question was answered through ``node``, ``detect_ms`` after the first one that was missed."""

    node: Name
    detect_ms: float


class Trial(msgspec.Struct, frozen=True):
    """What the answers so far say. Times are on the clock of ``now``."""

    of: Name | None = None
    """The node that carries the question, whose ``misses`` in a row these are."""
    misses: int = 0
    missed_at: float | None = None
    """When the first missed question was asked."""
    via: Name | None = None
    """The node that it is put through instead, once."""
    tried: frozenset[Name] = frozenset()
    """Standbys through which it was not answered in this round."""
    vain: bool = False
    """It is answered through no node."""
    again_at: float | None = None
    """No further round before."""
    failed: Mapping[Name, float] = {}
    """Nodes that live while it is not answered through them, and when each is tried again."""
    proof: Proof | None = None
    """Only in the step in which it was found."""


def followed(
    trial: Trial, event: object, of: Name, health: Mapping[Name, Health], now: float, rules: Rules, *, busy: bool
) -> Trial:
    """``trial`` after an event (its own kind of answer, or None) while ``of`` carries the question."""
    after = msgspec.structs.replace(trial, proof=None) if trial.proof is not None else trial
    if after.of != of:
        after = msgspec.structs.replace(after, of=of, misses=0, missed_at=None, via=None, tried=frozenset())
    if isinstance(event, Checked | Sized) and event.via == (after.via or of):
        after = _heard(after, event, of, now, rules)
    return _onwards(after, of, health, now, rules, busy=busy)


def next_look_at(trial: Trial, health: Mapping[Name, Health], rules: Rules, *, busy: bool) -> float | None:
    """When ``followed`` does something without an answer."""
    if trial.of is None or trial.via is not None:
        return None
    if trial.misses:
        return trial.again_at if _is_suspect(trial, health, rules) else None
    dues = [due for name, due in _retrials(trial, health, rules, busy=busy).items() if name != trial.of]
    return None if trial.vain else min(dues, default=None)


def rested(trial: Trial) -> Trial:
    """``trial`` after something that makes earlier misses meaningless."""
    return Trial(failed=trial.failed)


def believed(inner: Mapping[Name, Health], unfit: Collection[Name]) -> Mapping[Name, Health]:
    """Health for decisions: nodes that carry nothing count as dead, as long as another one lives."""
    if not unfit:
        return inner
    seen = {name: lost(health) if name in unfit else health for name, health in inner.items()}
    return seen if any(health.alive for health in seen.values()) else inner


def nearest_alive(health: Mapping[Name, Health], besides: Iterable[Name], last: Collection[Name]) -> list[Name]:
    """Live nodes besides some, nearest first, but those of ``last`` at the end."""
    left = {name: one for name, one in health.items() if one.alive and name not in besides}

    def rank(name: Name) -> tuple[bool, float]:
        rtt_ms = left[name].rtt_ms
        return (name in last, float("inf") if rtt_ms is None else rtt_ms)

    return sorted(left, key=rank)


def lives_since(health: Health, since: float | None) -> bool:
    """Whether the node's own probes are answered, the latest of them after ``since``."""
    fresh = health.probed_at is not None and (since is None or health.probed_at >= since)
    return health.alive and not health.misses and fresh


def _heard(trial: Trial, event: Checked | Sized, of: Name, now: float, rules: Rules) -> Trial:
    recheck_at = now + rules.recheck_s
    if event.answered:
        failed = {name: due for name, due in trial.failed.items() if name != event.via}
        if trial.via is None or not trial.misses:
            return Trial(of=of, failed=failed)
        failed |= dict.fromkeys(sorted({of, *trial.tried}), recheck_at)
        since = now if trial.missed_at is None else trial.missed_at
        return Trial(of=event.via, failed=failed, proof=Proof(event.via, (now - since) * 1000))
    if trial.via is None:
        missed_at = now - event.waited_s if trial.missed_at is None else trial.missed_at
        return msgspec.structs.replace(trial, misses=trial.misses + 1, missed_at=missed_at)
    if trial.misses:
        return msgspec.structs.replace(trial, via=None, tried=trial.tried | {event.via})
    return msgspec.structs.replace(trial, via=None, failed={**trial.failed, event.via: recheck_at})


def _onwards(trial: Trial, of: Name, health: Mapping[Name, Health], now: float, rules: Rules, *, busy: bool) -> Trial:
    """Put the question where it has to be put next."""
    if trial.via is not None:
        return trial
    if not trial.misses:
        dues = _retrials(trial, health, rules, busy=busy)
        due = [name for name, at in dues.items() if name != of and at <= now]
        return msgspec.structs.replace(trial, via=due[0]) if due and not trial.vain else trial
    if not _is_suspect(trial, health, rules) or (trial.again_at is not None and now < trial.again_at):
        return trial
    left = nearest_alive(health, {of, *trial.tried}, trial.failed)
    if left:
        return msgspec.structs.replace(trial, via=left[0])
    return msgspec.structs.replace(trial, vain=True, tried=frozenset(), again_at=now + ROUND_S)


def _is_suspect(trial: Trial, health: Mapping[Name, Health], rules: Rules) -> bool:
    """Whether the node lives and the question is not answered."""
    alive = trial.of is not None and lives_since(health.get(trial.of, Health()), trial.missed_at)
    return alive and trial.misses >= rules.misses


def _retrials(trial: Trial, health: Mapping[Name, Health], rules: Rules, *, busy: bool) -> dict[Name, float]:
    """When each node that failed and lives is tried again."""
    patience_s = rules.patience_s if busy else 0.0
    return {name: due + patience_s for name, due in trial.failed.items() if health.get(name, Health()).alive}
