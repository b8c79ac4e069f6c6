"""Which node carries which networks, and why does it change?

Networks that name no node form the main group, written ``()``; each distinct ``via`` list is a group of its own. A
group keeps its node until that node is down, or too slow with a clearly better one beside it, or a preferred one has
been healthy for ``failback_after_s``. A pinned node is left only while it is down.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from wgtray.core.fields import Name
from wgtray.core.health import Health, verdict
from wgtray.core.profile import Profile

Group = tuple[Name, ...]
Active = Mapping[Group, Name]
Reason = Literal["no-reply", "slow", "failback", "user"]

BETTER_SHARE = 0.3
BETTER_MS = 20.0
"""A slow node is left for one that is faster by 30 % or 20 ms (research/performance.md, section 3.5)."""

FAILBACK_MS = 10.0
"""A failback gains at least this and 30 % (Tailscale's netcheck keeps a home within 10 ms or a third)."""

MAIN: Group = ()


class Choice(msgspec.Struct, frozen=True):
    """The node of one group, with the reason when it is not the node it was."""

    node: Name
    reason: Reason | None


def groups(profile: Profile) -> tuple[Group, ...]:
    """The main group first, then every distinct ``via`` in file order."""
    return (MAIN, *dict.fromkeys(network.via for network in profile.split.networks if network.via))


def first_choice(profile: Profile, pinned: str | None, health: Mapping[Name, Health]) -> dict[Group, Name]:
    """Where each group starts, with nothing carried yet: pinned, else the best that is known to answer."""
    return {group: _start(profile, group, pinned, health) for group in groups(profile)}


def choice(
    profile: Profile, group: Group, pinned: str | None, current: Name, health: Mapping[Name, Health], now: float
) -> Choice:
    """The node of ``group`` now that ``current`` carries it."""
    mine = health.get(current, Health())
    wanted = pinned if group == MAIN and pinned is not None else None
    if wanted is not None and wanted != current and health.get(Name(wanted), Health()).alive:
        return Choice(Name(wanted), "user")
    ranked = [name for name in _ranked(profile, group, health) if name != current]
    if not ranked:
        return Choice(current, None)
    best = ranked[0]
    if verdict(mine) == "down":
        return Choice(best, "no-reply")
    if wanted == current:
        return Choice(current, None)
    if verdict(mine) == "slow" and verdict(health[best]) == "up" and _clearly_better(health[best], mine):
        return Choice(best, "slow")
    if mine.alive and _worth_returning(profile, group, best, current, health, now):
        return Choice(best, "failback")
    return Choice(current, None)


def released(profile: Profile, current: Name, health: Mapping[Name, Health]) -> Choice:
    """The main group's node when the user lets go of a pinned one: the best at once, as at the start."""
    best = _start(profile, MAIN, None, health)
    return Choice(best, None if best == current else "user")


def _start(profile: Profile, group: Group, pinned: str | None, health: Mapping[Name, Health]) -> Name:
    names = _candidates(profile, group)
    ranked = _ranked(profile, group, health)
    if group == MAIN and pinned in names and (pinned in ranked or not ranked):
        return Name(pinned)
    return ranked[0] if ranked else names[0]


def _candidates(profile: Profile, group: Group) -> tuple[Name, ...]:
    every = tuple(node.name for node in profile.nodes)
    return (*group, *(name for name in every if name not in group))


def _ranked(profile: Profile, group: Group, health: Mapping[Name, Health]) -> list[Name]:
    """Nodes that answer, best first: those the group names in its order, others by the profile's preference."""
    alive = [name for name in _candidates(profile, group) if health.get(name, Health()).alive]
    order = {node.name: place for place, node in enumerate(profile.nodes)}

    def rank(name: Name) -> tuple[bool, float, float]:
        state = health[name]
        distance = state.rtt_ms if state.rtt_ms is not None else float("inf")
        if name in group:
            return (verdict(state) == "slow", -1.0, float(group.index(name)))
        if profile.failover.prefer == "order":
            return (verdict(state) == "slow", 0.0, float(order[name]))
        return (verdict(state) == "slow", 0.0, distance)

    return sorted(alive, key=rank)


def _worth_returning(
    profile: Profile, group: Group, best: Name, current: Name, health: Mapping[Name, Health], now: float
) -> bool:
    since = health[best].up_since
    if since is None or now - since < profile.failover.failback_after_s or verdict(health[best]) != "up":
        return False
    if best in group:
        return current not in group or group.index(best) < group.index(current)
    if current in group:
        return False
    if profile.failover.prefer == "order":
        names = [node.name for node in profile.nodes]
        return names.index(best) < names.index(current)
    better, mine = health[best].rtt_ms, health[current].rtt_ms
    if better is None or mine is None:
        return False
    return mine - better >= FAILBACK_MS and better <= mine * (1 - BETTER_SHARE)


def _clearly_better(candidate: Health, mine: Health) -> bool:
    if candidate.rtt_ms is None or mine.rtt_ms is None:
        return False
    return candidate.rtt_ms <= mine.rtt_ms * (1 - BETTER_SHARE) or mine.rtt_ms - candidate.rtt_ms >= BETTER_MS
