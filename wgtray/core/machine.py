"""What follows from what happened? The only place where a decision is made.

``step(state, event, now) -> state`` has two halves. ``learned`` folds the event into the ``Facts``; ``_follow`` says
which state those facts call for. Nothing depends on the order in which facts arrived, so no event can be missed: a
restarted helper that learns the same facts is in the same state.

                 wanted, profile, key and endpoints known
        Off ────────────────────────────────▶ Connecting ──a node answered──▶ Connected
         ▲                                       │    ▲                        │     ▲
         │ not wanted, from anywhere   no answer │    │ retry                  │     │ a node
         │                             or failure▼    │            all nodes   ▼     │ answers
         └───────────────────────────────────  Blocked ◀──────── silent ──── Blocked

Each state is a promise about packets, carried out by ``core/desired.py``:

* ``Off``: nothing of ours is on the machine.
* ``Connecting``: company networks pass only into the tunnel; nothing of them in the clear unless lockdown is "off".
* ``Connected``: the tunnel carries what mode and rules send to it.
* ``Blocked``: what must be protected does not pass, for the reason it carries.

Times are seconds of a monotonic clock that the caller passes in.
"""

from collections.abc import Mapping

import msgspec

from wgtray.core import failover, fields
from wgtray.core.failover import Group, Reason
from wgtray.core.fields import Endpoint, Key, Name
from wgtray.core.health import Health, folded, verdict
from wgtray.core.problems import Problem
from wgtray.core.profile import Mode, Node, Profile
from wgtray.core.secret import Secret

SETTLE_S = 0.3
"""After the first answer, the time in which others may prove nearer: longer than the gap between nodes within reach."""

PINNED_PATIENCE_S = 2.0
"""The same for a pinned node that has not answered yet, which may be far away."""

CONNECT_TIMEOUT_S = 7.0
"""One WireGuard handshake, its retry after REKEY_TIMEOUT (5 s, whitepaper section 6.4), and its answer."""

RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits between attempts after something of this machine failed; the last one repeats."""


class Target(msgspec.Struct, frozen=True):
    """What the user wants; it survives restarts of helper and machine."""

    connected: bool = False
    mode: Mode = "split"
    node: Name | None = None


class Switch(msgspec.Struct, frozen=True):
    """A change of the main group's node."""

    at: float
    before: Name
    after: Name
    reason: Reason
    detect_ms: float | None


class Facts(msgspec.Struct, frozen=True):
    """Everything known that is not the state itself."""

    profile: Profile | None = None
    target: Target = Target()
    public_key: Key | None = None
    """Of this computer, as the nodes know it."""
    private_key: Secret | None = None
    resolved: Mapping[Name, Endpoint] = {}
    """Literal endpoints of the nodes whose profile has a name."""
    unresolved: frozenset[Name] = frozenset()
    inner: Mapping[Name, Health] = {}
    """Health through the tunnel, of this session."""
    outer: Mapping[Name, Health] = {}
    """Health of the endpoints, outside the tunnel."""
    failure: Problem | None = None
    """Why this machine could not be brought to what is desired."""
    failures: int = 0
    """In a row."""
    damage: Problem | None = None
    """What of our own state on disk could not be read at start."""


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


class Blocked(msgspec.Struct, frozen=True):
    """What must be protected does not pass. With ``active`` the tunnel stands and waits for an answer."""

    facts: Facts
    since: float
    problem: Problem
    active: Mapping[Group, Name] | None
    retry_at: float | None


State = Off | Connecting | Connected | Blocked


class ProfileSet(msgspec.Struct, frozen=True):
    """Another profile, or none; ``private_key`` is known when it rests with the helper or came along."""

    profile: Profile | None
    public_key: Key | None
    private_key: Secret | None


class KeyGiven(msgspec.Struct, frozen=True):
    """The private key was handed over, or found in the live interface."""

    private_key: Secret


class Wanted(msgspec.Struct, frozen=True):
    """The user's wish changed."""

    target: Target


class Resolved(msgspec.Struct, frozen=True):
    """Endpoints of nodes that are written as names, and the nodes whose name has no address at the moment."""

    resolved: Mapping[Name, Endpoint]
    unresolved: frozenset[Name]


class Probed(msgspec.Struct, frozen=True):
    """A probe ended, ``inner`` ones through the tunnel; an answer may come without a time (a handshake)."""

    node: Name
    inner: bool
    answered: bool
    rtt_ms: float | None


class ApplyFailed(msgspec.Struct, frozen=True):
    """The machine could not be brought to what is desired."""

    problem: Problem


class Applied(msgspec.Struct, frozen=True):
    """The machine is, read back, what is desired."""


class Damaged(msgspec.Struct, frozen=True):
    """A file of our own state could not be read."""

    problem: Problem


class Tick(msgspec.Struct, frozen=True):
    """Time passed."""


Event = ProfileSet | KeyGiven | Wanted | Resolved | Probed | ApplyFailed | Applied | Damaged | Tick


def step(state: State, event: Event, now: float) -> State:
    """The state after ``event``; never raises."""
    if isinstance(event, Applied) and isinstance(state, Blocked) and state.active is None:
        return state  # only the holds are in place: what failed has not been tried again
    facts = learned(state.facts, event, now)
    if isinstance(event, ProfileSet):
        state = Off(facts, now) if not isinstance(state, Off) else state
    return _follow(state, facts, now)


def next_wakeup(state: State) -> float | None:
    """When a ``Tick`` can change something, on the clock of ``now``; None when only events can."""
    match state:
        case Connecting(since=since, first_answer_at=first_answer_at):
            if first_answer_at is None:
                return since + CONNECT_TIMEOUT_S
            return first_answer_at + _patience(state.facts)
        case Blocked(retry_at=retry_at):
            return retry_at
        case _:
            return None


def learned(facts: Facts, event: Event, now: float) -> Facts:
    """``facts`` with the event folded in."""
    match event:
        case ProfileSet():
            return _with_profile(facts, event)
        case KeyGiven(private_key):
            return msgspec.structs.replace(facts, private_key=private_key, failure=None, failures=0)
        case Wanted(target):
            return msgspec.structs.replace(facts, target=target, failure=None, failures=0, damage=None)
        case Resolved(resolved, unresolved):
            return msgspec.structs.replace(facts, resolved={**facts.resolved, **resolved}, unresolved=unresolved)
        case Probed():
            return _with_probe(facts, event, now)
        case ApplyFailed(problem):
            return msgspec.structs.replace(facts, failure=problem, failures=facts.failures + 1)
        case Applied():
            return msgspec.structs.replace(facts, failure=None, failures=0) if facts.failures else facts
        case Damaged(problem):
            return msgspec.structs.replace(facts, damage=problem)
        case Tick():
            return facts


def endpoint_of(facts: Facts, node: Node) -> Endpoint | None:
    """Where packets to that node go: the profile's literal endpoint, else what its name resolved to."""
    return node.endpoint if fields.is_literal(node.endpoint) else facts.resolved.get(node.name)


def active_of(state: State) -> Mapping[Group, Name]:
    """Which node carries which group; empty while nothing is carried."""
    match state:
        case Connecting(active=active) | Connected(active=active):
            return active
        case Blocked(active=active):
            return active or {}
        case Off():
            return {}


def _follow(state: State, facts: Facts, now: float) -> State:
    profile = facts.profile
    if profile is None or not facts.target.connected:
        return _stay_or(state, Off(msgspec.structs.replace(facts, inner={}), now))
    obstacle = _obstacle(facts)
    if obstacle is not None:
        return _stay_or(state, Blocked(facts, now, obstacle, None, None))
    if facts.failure is not None:
        return _after_failure(state, profile, facts, facts.failure, now)
    match state:
        case Off() | Blocked(active=None):
            return _connecting(profile, facts, now)
        case Connecting():
            return _while_connecting(state, profile, facts, now)
        case Connected():
            return _while_connected(state, profile, facts, now)
        case Blocked():
            return _while_blocked(state, profile, facts, now)


def _obstacle(facts: Facts) -> Problem | None:
    if facts.private_key is None:
        return Problem("no-key")
    if facts.profile is not None and not any(endpoint_of(facts, node) for node in facts.profile.nodes):
        if not facts.unresolved:
            return Problem("resolving")
        return Problem("name-unresolved", {"name": ", ".join(sorted(facts.unresolved))})
    return None


def _connecting(profile: Profile, facts: Facts, now: float) -> Connecting:
    fresh = msgspec.structs.replace(facts, inner={})
    return Connecting(fresh, now, failover.first_choice(profile, facts.target.node, facts.outer))


def _after_failure(state: State, profile: Profile, facts: Facts, failure: Problem, now: float) -> State:
    if isinstance(state, Blocked) and state.problem == failure and state.facts.failures == facts.failures:
        if state.retry_at is not None and now >= state.retry_at:
            cleared = msgspec.structs.replace(facts, failure=None)
            return _connecting(profile, cleared, now)
        return msgspec.structs.replace(state, facts=facts)
    wait = RETRY_S[min(facts.failures, len(RETRY_S)) - 1]
    since = state.since if isinstance(state, Blocked) else now
    return Blocked(msgspec.structs.replace(facts, inner={}), since, failure, None, now + wait)


def _while_connecting(state: Connecting, profile: Profile, facts: Facts, now: float) -> State:
    first = state.first_answer_at
    if first is None and any(health.alive for health in facts.inner.values()):
        first = now
    if first is not None and (now >= first + _patience(facts) or _all_measured(profile, facts)):
        active = failover.first_choice(profile, facts.target.node, facts.inner)
        return Connected(facts, now, active)
    if first is None and now >= state.since + CONNECT_TIMEOUT_S:
        return Blocked(facts, now, _silence(facts), state.active, None)
    return msgspec.structs.replace(state, facts=facts, first_answer_at=first)


def _patience(facts: Facts) -> float:
    """Seconds after the first answer within which a better node may still show up."""
    pinned = facts.target.node
    waiting = pinned is not None and not facts.inner.get(pinned, Health()).alive
    return PINNED_PATIENCE_S if waiting else SETTLE_S


def _while_connected(state: Connected, profile: Profile, facts: Facts, now: float) -> State:
    if _all_down(profile, facts):
        return Blocked(facts, now, _silence(facts), state.active, None)
    active, switch = dict(state.active), state.switch
    released = state.facts.target.node is not None and facts.target.node is None
    for group, current in state.active.items():
        if released and group == failover.MAIN:
            chosen = failover.released(profile, current, facts.inner)
        else:
            chosen = failover.choice(profile, group, facts.target.node, current, facts.inner, now)
        active[group] = chosen.node
        if group == failover.MAIN and chosen.reason is not None:
            switch = Switch(now, current, chosen.node, chosen.reason, None)
    return Connected(facts, state.since, active, switch)


def _while_blocked(state: Blocked, profile: Profile, facts: Facts, now: float) -> State:
    if any(health.alive for health in facts.inner.values()):
        return Connected(facts, now, failover.first_choice(profile, facts.target.node, facts.inner))
    return msgspec.structs.replace(state, facts=facts, problem=_silence(facts))


def _silence(facts: Facts) -> Problem:
    """No node answers inside the tunnel; when endpoints do answer outside, it is our key they do not take."""
    if any(health.alive for health in facts.outer.values()):
        return Problem("key-refused", {"public_key": facts.public_key or "unknown"})
    return Problem("no-node-answers")


def _all_down(profile: Profile, facts: Facts) -> bool:
    return all(verdict(facts.inner.get(node.name, Health())) == "down" for node in profile.nodes)


def _all_measured(profile: Profile, facts: Facts) -> bool:
    return all(facts.inner.get(node.name, Health()).rtt_ms is not None for node in profile.nodes)


def _with_profile(facts: Facts, event: ProfileSet) -> Facts:
    profile, wish = event.profile, facts.target
    if profile is None:
        return Facts(target=wish, damage=facts.damage)
    node = wish.node if wish.node is not None and profile.node(wish.node) else None
    return Facts(
        profile=profile,
        target=msgspec.structs.replace(wish, node=node),
        public_key=event.public_key,
        private_key=event.private_key,
        damage=facts.damage,
    )


def _with_probe(facts: Facts, event: Probed, now: float) -> Facts:
    if facts.profile is None or facts.profile.node(event.node) is None:
        return facts
    before = facts.inner if event.inner else facts.outer
    earlier = before.get(event.node, Health())
    after = folded(earlier, event.answered, event.rtt_ms, facts.profile.failover, now)
    known = {**before, event.node: after}
    return msgspec.structs.replace(facts, **{"inner" if event.inner else "outer": known})


def _stay_or(state: State, wanted: Off | Blocked) -> State:
    """``wanted``, keeping the time since when it has been so."""
    if isinstance(state, Off) and isinstance(wanted, Off):
        return msgspec.structs.replace(wanted, since=state.since)
    if isinstance(state, Blocked) and isinstance(wanted, Blocked) and state.problem == wanted.problem:
        return msgspec.structs.replace(wanted, since=state.since)
    return wanted
