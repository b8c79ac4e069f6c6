"""What follows from what happened? The only place where a decision is made.

``step(state, event, now) -> state`` has two halves. ``facts.learned`` folds the event into the ``Facts``; ``_follow``
says which state those facts call for. Nothing depends on the order in which facts arrived, so no event can be missed: a
restarted helper that learns the same facts is in the same state.

                 wanted, profile, key and endpoints known
        Off ────────────────────────────────▶ Connecting ──a node answered──▶ Connected
         ▲                                       │    ▲                        │     ▲
         │ not wanted, from anywhere   no answer │    │ retry                  │     │ a node
         │                             or failure▼    │            all nodes   ▼     │ answers
         └───────────────────────────────────  Blocked ◀──────── silent ──── Blocked

Each state is a promise about packets, carried out by ``core/desired.py``:

* ``Off``: nothing of ours is on the machine. A pause is this state with the wish to be connected standing: it ends by
  itself, by ``resume`` and by ``connect``, and like ``disconnect`` it is the user's own word against the lockdown.
* ``Connecting``: company networks pass only into the tunnel; nothing of them in the clear unless lockdown is "off".
* ``Connected``: the tunnel carries what mode and rules send to it.
* ``Blocked``: what must be protected does not pass, for the reason it carries.
* ``Office``: connection is wanted, and not needed: the company is reached without the tunnel (``core/office.py``),
  until its server does not answer any more or the network is another one. Nothing of ours is on the machine.

Times are seconds of a monotonic clock that the caller passes in.
"""

from collections.abc import Mapping

import msgspec

from wgtray.core import failover, trials
from wgtray.core.events import Applied, Event, ProfileSet, Revised
from wgtray.core.facts import Facts, awake, endpoint_of, forgetful, learned, outside, sited
from wgtray.core.failover import Group, Reason
from wgtray.core.fields import Name
from wgtray.core.health import Health, verdict
from wgtray.core.problems import Problem
from wgtray.core.profile import Node, Profile

SETTLE_S = 0.3
"""After the first answer, the time in which others may prove nearer: longer than the gap between nodes within reach."""

PINNED_PATIENCE_S = 2.0
"""The same for a pinned node that has not answered yet, which may be far away."""

VIA_PATIENCE_S = 1.0
"""The same for a node that a network names first: two round trips to the far side of the world."""

CONNECT_TIMEOUT_S = 7.0
"""One WireGuard handshake, its retry after REKEY_TIMEOUT (5 s, whitepaper section 6.4), and its answer."""

RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits between attempts after something of this machine failed; the last one repeats."""


RETURN_PATIENCE_S = 1.2
"""When all were silent and one answers, the others are asked within a second, so the order of asking moves nobody."""

QUIET_PATIENCE_S = 3.0
"""A move that nothing urges costs the packets in flight, so it waits this long for traffic to pause."""

PLANNED: frozenset[Reason] = frozenset({"failback", "balance"})

OFFLINE = Problem("offline")


class Switch(msgspec.Struct, frozen=True):
    """A change of the main group's node."""

    at: float
    before: Name
    after: Name
    reason: Reason
    detect_ms: float | None


class Off(msgspec.Struct, frozen=True):
    """Nothing of ours is on the machine."""

    facts: Facts = Facts()
    since: float = 0.0


class Connecting(msgspec.Struct, frozen=True):
    """The interface is up or coming up, no node has answered for long enough to choose."""

    facts: Facts
    since: float
    active: Mapping[Group, Name]
    first_answer_at: float | None = None


class Connected(msgspec.Struct, frozen=True):
    """The tunnel carries what mode and rules send to it."""

    facts: Facts
    since: float
    active: Mapping[Group, Name]
    switch: Switch | None = None
    planned_since: float | None = None
    """Since when a move that can wait has waited for a quiet moment."""


class Blocked(msgspec.Struct, frozen=True):
    """What must be protected does not pass. With ``active`` the tunnel stands and waits for an answer."""

    facts: Facts
    since: float
    problem: Problem
    active: Mapping[Group, Name] | None
    retry_at: float | None
    answered_at: float | None = None
    """When the first node answered again, while the one that carried the traffic is still given time to."""


class Office(msgspec.Struct, frozen=True):
    """This computer is inside already; nothing of ours is on the machine."""

    facts: Facts
    since: float


State = Off | Connecting | Connected | Blocked | Office


def step(state: State, event: Event, now: float) -> State:
    """The state after ``event``; never raises."""
    if isinstance(event, Applied) and isinstance(state, Blocked) and state.active is None:
        return state  # only the holds are in place: what failed has not been tried again
    known = awake(learned(state.facts, event, now), now)
    facts = sited(known, trying=bool(active_of(state)), now=now)
    profile = facts.profile
    if profile is not None and active_of(state):
        if isinstance(state, Connected):
            facts = trials.followed(facts, profile, event, state.active, now)
        memory = failover.remembered(
            facts.memory, profile, active_of(state), state.facts.trusted, facts.trusted, now, facts.public_key
        )
        facts = msgspec.structs.replace(facts, memory=memory)
    if _starts_over(state.facts.profile, event):
        state = Off(facts, now) if not isinstance(state, Off) else state
    return _follow(state, facts, now)


def next_wakeup(state: State) -> float | None:
    """When a ``Tick`` can change something, on the clock of ``now``; None when only events can."""
    ahead = (_own_wakeup(state), state.facts.portal_until, *(site.look_at for site in state.facts.sites.values()))
    return min((at for at in ahead if at is not None), default=None)


def active_of(state: State) -> Mapping[Group, Name]:
    """Which node carries which group; empty while nothing is carried."""
    match state:
        case Connecting(active=active) | Connected(active=active):
            return active
        case Blocked(active=active):
            return active or {}
        case Off() | Office():
            return {}


def _own_wakeup(state: State) -> float | None:
    match state:
        case Connecting(since=since, first_answer_at=first_answer_at):
            if first_answer_at is None:
                return since + CONNECT_TIMEOUT_S
            return first_answer_at + _patience(state.facts)
        case Connected(facts=facts, planned_since=planned_since):
            planned_at = None if planned_since is None else planned_since + QUIET_PATIENCE_S
            look_at = trials.next_look_at(facts)
            return min((at for at in (planned_at, look_at) if at is not None), default=None)
        case Blocked(retry_at=retry_at, answered_at=answered_at):
            return retry_at if answered_at is None else answered_at + RETURN_PATIENCE_S
        case Off(facts=facts):
            return facts.paused_until
        case Office():
            return None


def _follow(state: State, facts: Facts, now: float) -> State:
    profile = facts.profile
    if profile is None or not facts.connection_wanted:
        return _stay_or(state, Off(_unlearned(facts), now))
    if facts.office:
        return _stay_or(state, Office(_unlearned(facts), now))
    obstacle = _obstacle(facts)
    if obstacle is not None:
        return _stay_or(state, Blocked(facts, now, obstacle, None, None))
    if facts.failure is not None:
        return _after_failure(state, profile, facts, facts.failure, now)
    match state:
        case Off() | Office() | Blocked(active=None):
            return _connecting(profile, facts, now)
        case Connecting():
            return _while_connecting(state, profile, facts, now)
        case Connected():
            return _while_connected(state, profile, facts, now)
        case Blocked():
            return _while_blocked(state, profile, facts, now)


def _starts_over(before: Profile | None, event: Event) -> bool:
    """Whether what is known of the nodes is over: another profile, not other rules for the same nodes."""
    if isinstance(event, Revised) and before is not None:
        return before.nodes != event.profile.nodes or failover.groups(before) != failover.groups(event.profile)
    return isinstance(event, ProfileSet | Revised)


def _unlearned(facts: Facts) -> Facts:
    return forgetful(msgspec.structs.replace(facts, learned=frozenset(), names_trouble=None))


def _obstacle(facts: Facts) -> Problem | None:
    if facts.private_key is None:
        return Problem("no-key")
    if facts.profile is not None and not any(endpoint_of(facts, node) for node in facts.profile.nodes):
        if not facts.unresolved:
            return Problem("resolving")
        return Problem("name-unresolved", {"name": ", ".join(sorted(facts.unresolved))})
    return None


def _connecting(profile: Profile, facts: Facts, now: float) -> Connecting:
    fresh = forgetful(facts)
    distances = {node.name: outside(facts, node) for node in profile.nodes}
    active = _first(profile, facts, distances, now)
    if facts.carrier in distances and not any(one.alive for one in distances.values()):
        active[failover.MAIN] = facts.carrier
    return Connecting(fresh, now, active)


def _after_failure(state: State, profile: Profile, facts: Facts, failure: Problem, now: float) -> State:
    if isinstance(state, Blocked) and state.active is None and state.retry_at is not None:
        if now >= state.retry_at:
            return _connecting(profile, msgspec.structs.replace(facts, failure=None), now)
        # The holds failed too. The appointment stands, or a failure a second would put it off for ever.
        same_count = msgspec.structs.replace(facts, failures=state.facts.failures)
        return msgspec.structs.replace(state, facts=same_count)
    wait = RETRY_S[min(facts.failures, len(RETRY_S)) - 1]
    since = state.since if isinstance(state, Blocked) else now
    return Blocked(forgetful(facts), since, failure, None, now + wait)


def _while_connecting(state: Connecting, profile: Profile, facts: Facts, now: float) -> State:
    first = state.first_answer_at
    if first is None and any(health.alive for health in facts.inner.values()):
        first = now
    if first is not None and (now >= first + _patience(facts) or _all_measured(profile, facts)):
        return Connected(facts, now, _first(profile, facts, facts.inner, now))
    if first is None and now >= state.since + CONNECT_TIMEOUT_S:
        return Blocked(facts, now, _silence(profile, facts), state.active, None)
    return msgspec.structs.replace(state, facts=facts, first_answer_at=first)


def _patience(facts: Facts) -> float:
    """Seconds after the first answer within which a better node may still show up."""
    pinned = facts.target.node
    if pinned is not None and not facts.inner.get(pinned, Health()).alive:
        return PINNED_PATIENCE_S
    preferred = {group[0] for group in failover.groups(facts.profile) if group} if facts.profile else set()
    return SETTLE_S if all(facts.inner.get(name, Health()).alive for name in preferred) else VIA_PATIENCE_S


def _while_connected(state: Connected, profile: Profile, facts: Facts, now: float) -> State:
    if not facts.online or _all_down(profile, facts):
        problem = _silence(profile, facts) if facts.online else OFFLINE
        return Blocked(trials.rested(facts), now, problem, state.active, None)
    active, switch, waiting = dict(state.active), state.switch, None
    for group, current in state.active.items():
        chosen = _chosen(state, profile, facts, group, now)
        if chosen.reason is None:
            continue
        if chosen.reason == "no-reply" and facts.inner.get(chosen.node, Health()).misses:
            continue  # it owes answers too: it may be our own way out that is gone, and then nobody is moved
        if chosen.reason in PLANNED and facts.busy:
            waiting = now if state.planned_since is None else state.planned_since
            if now < waiting + QUIET_PATIENCE_S:
                continue
        active[group] = chosen.node
        facts = msgspec.structs.replace(facts, memory=failover.moved(facts.memory, group, current, chosen, now))
        if group == failover.MAIN:
            switch = _switch(facts, current, chosen.node, chosen.reason, now)
    if active != state.active:
        facts, waiting = msgspec.structs.replace(facts, loss=None), None
    return Connected(facts, state.since, active, switch, waiting)


def _chosen(state: Connected, profile: Profile, facts: Facts, group: Group, now: float) -> failover.Choice:
    """The group's node; what the user has just said counts at once, otherwise the rules of ``failover`` do."""
    current, pinned, health = state.active[group], facts.target.node, facts.trusted
    proven = trials.proven(facts, current)
    if proven is not None:
        return proven
    if group == failover.MAIN and pinned != state.facts.target.node:
        if pinned is not None:
            return failover.picked(pinned, current, health)
        return failover.released(profile, current, health, now, facts.memory, facts.public_key)
    return failover.choice(profile, group, pinned, current, health, now, facts.memory, facts.public_key)


def _switch(facts: Facts, before: Name, after: Name, reason: Reason, now: float) -> Switch:
    """The move with what is known of its cause."""
    loss, proof = facts.loss, facts.checks.proof or facts.sizes.proof
    if reason in ("company-side", "mtu") and proof is not None:
        return Switch(now, before, after, reason, proof.detect_ms)
    if reason == "no-reply" and loss is not None and loss.node == before:
        return Switch(now, before, after, loss.reason, loss.detect_ms)
    if reason == "no-reply" and before in facts.checks.failed:
        return Switch(now, before, after, "company-side", None)
    if reason == "no-reply" and before in facts.sizes.failed:
        return Switch(now, before, after, "mtu", None)
    return Switch(now, before, after, reason, None)


def _first(profile: Profile, facts: Facts, health: Mapping[Name, Health], now: float) -> dict[Group, Name]:
    return failover.first_choice(profile, facts.target.node, health, now, facts.memory, facts.public_key)


def _while_blocked(state: Blocked, profile: Profile, facts: Facts, now: float) -> State:
    if not facts.online:
        return msgspec.structs.replace(state, facts=facts, problem=OFFLINE, answered_at=None)
    answering = {name for name, health in facts.inner.items() if health.alive and not health.misses}
    if state.active is None or not answering:
        return msgspec.structs.replace(state, facts=facts, problem=_silence(profile, facts), answered_at=None)
    since = now if state.answered_at is None else state.answered_at
    if state.active.get(failover.MAIN) in answering or now >= since + RETURN_PATIENCE_S:
        return _while_connected(Connected(facts, now, state.active), profile, facts, now)
    return msgspec.structs.replace(state, facts=facts, answered_at=since)


def _silence(profile: Profile, facts: Facts) -> Problem:
    """No node answers inside the tunnel; one that has answered outside since it last did does not take our key."""
    if any(_only_outside(facts, node) for node in profile.nodes):
        return Problem("key-refused", {"public_key": facts.public_key or "unknown"})
    if facts.portal is not None:
        return Problem("captive-portal", {"url": facts.portal})
    return Problem("no-node-answers")


def _only_outside(facts: Facts, node: Node) -> bool:
    """Whether its endpoint answers; an answer from before the silence inside says nothing about that."""
    there, inside = outside(facts, node), facts.inner.get(node.name, Health()).answered_at
    return there.alive and there.answered_at is not None and (inside is None or there.answered_at > inside)


def _all_down(profile: Profile, facts: Facts) -> bool:
    return all(
        verdict(facts.inner.get(node.name, Health())) == "down" or endpoint_of(facts, node) is None
        for node in profile.nodes
    )


def _all_measured(profile: Profile, facts: Facts) -> bool:
    return all(facts.inner.get(node.name, Health()).rtt_ms is not None for node in profile.nodes)


def _stay_or(state: State, wanted: Off | Blocked | Office) -> State:
    """``wanted``, keeping the time since when it has been so."""
    if type(state) is type(wanted) and not isinstance(wanted, Blocked):
        return msgspec.structs.replace(wanted, since=state.since)
    if isinstance(state, Blocked) and isinstance(wanted, Blocked) and state.problem == wanted.problem:
        return msgspec.structs.replace(wanted, since=state.since)
    return wanted
