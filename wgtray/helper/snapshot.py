"""What does the outside see of the state? One pure function from what is known to a ``Snapshot``."""

from collections.abc import Sequence

import msgspec

from wgtray import __version__, words
from wgtray.core.desired import carried, closes_portals, unsupported
from wgtray.core.facts import Facts, endpoint_of, outside
from wgtray.core.failover import MAIN
from wgtray.core.fields import Address
from wgtray.core.health import Health, verdict
from wgtray.core.host import NOTHING, HostState
from wgtray.core.learning import Entry
from wgtray.core.machine import Blocked, Connected, Connecting, Off, Office, State, active_of
from wgtray.core.problems import SEVERITY, Problem
from wgtray.core.profile import AUTO, Node, Profile
from wgtray.core.signature import day, fingerprint
from wgtray.helper import appview
from wgtray.ipc import messages
from wgtray.platforms.api import Capabilities, Measurement

LEARNED_SHOWN = 50
"""Learned addresses in a snapshot: enough to see what goes on, whatever a profile's names resolve to."""


class Seen(msgspec.Struct, frozen=True):
    """What the engine knows besides the state."""

    wanted: HostState
    observed: HostState
    interface: str | None
    measured: Measurement | None
    capabilities: Capabilities
    now: float
    wall_offset_s: float
    """Unix time minus the monotonic clock of ``now``."""
    switch_ms: float | None
    learned: Sequence[tuple[Address, Entry]] = ()
    """What was learned last."""
    nameless: Problem | None = None
    """Why names have no address."""


def snapshot(state: State, seen: Seen) -> messages.Snapshot:
    """The whole truth for clients, without a key in it."""
    facts, profile = state.facts, state.facts.profile
    active = active_of(state)
    return messages.Snapshot(
        version=__version__,
        state=_word(state),
        wanted=facts.target.connected,
        protected=None if seen.wanted == NOTHING else facts.names_trouble is None and seen.wanted.same(seen.observed),
        interface=seen.interface,
        profile=None if profile is None else profile.name,
        mode=facts.mode,
        node=active.get(MAIN) if isinstance(state, Connected) else None,
        node_choice=facts.target.node or AUTO,
        since=state.since + seen.wall_offset_s,
        paused_until=None if facts.paused_until is None else facts.paused_until + seen.wall_offset_s,
        nodes=() if profile is None else tuple(_node(node, state, seen) for node in profile.nodes),
        networks=() if profile is None else _networks(profile, state),
        apps=appview.views(state, seen.observed),
        traffic=_traffic(seen.measured),
        last_switch=_switch(state, seen),
        problems=tuple(map(_problem, problems(state, seen.observed, seen.nameless, seen.now + seen.wall_offset_s))),
        capabilities=seen.capabilities,
        user_may=() if profile is None else profile.policy.user_may,
        needs_key=profile is not None and facts.private_key is None,
        public_key=facts.public_key,
        learned=tuple(messages.LearnedView(entry.name or None, address) for address, entry in seen.learned),
        learned_total=len(facts.learned),
        company_key=None if facts.signature is None else fingerprint(facts.signature.key),
        serial=None if facts.signature is None else facts.signature.serial,
        signed_until=None if facts.signature is None else facts.signature.expires,
        portal_minutes=_portal_minutes(facts),
        portal_until=None if facts.portal_until is None else facts.portal_until + seen.wall_offset_s,
    )


def problems(
    state: State, observed: HostState = NOTHING, nameless: Problem | None = None, unix_s: float = 0.0
) -> list[Problem]:
    """Every lasting condition of the state and of the machine as it was observed, gravest first."""
    facts, mtu = state.facts, None if observed.tunnel is None else observed.tunnel.mtu
    found = [
        facts.damage,
        facts.failure,
        facts.names_trouble,
        nameless,
        state.problem if isinstance(state, Blocked) else None,
    ]
    listed = [problem for problem in found if problem is not None]
    if facts.profile is None:
        listed.append(Problem("no-profile"))
    else:
        listed += [] if facts.update_trouble is None else [facts.update_trouble]
        if facts.signature is not None and unix_s >= facts.signature.expires:
            listed.append(Problem("profile-out-of-date", {"when": day(facts.signature.expires)}))
        listed += [*unsupported(facts.profile, facts.computer), *appview.problems(state, observed)]
        if isinstance(state, Connected):
            listed += _node_problems(facts.profile, state, mtu)
    order = ["error", "warning", "info"]
    return sorted(dict.fromkeys(listed), key=lambda problem: order.index(SEVERITY[problem.code]))


def _portal_minutes(facts: Facts) -> int:
    needed = facts.profile is not None and facts.portal is not None and closes_portals(facts)
    return facts.profile.policy.portal_minutes if needed and facts.profile is not None else 0


def _node_problems(profile: Profile, state: Connected, mtu: int | None) -> list[Problem]:
    checks, sizes, found = state.facts.checks, state.facts.sizes, list[Problem]()
    if sizes.vain and mtu is not None:
        found.append(Problem("mtu-too-large", {"mtu": mtu}))
    if checks.vain:
        found.append(Problem("company-unreachable", {"check": profile.failover.check or ""}))
    for node in profile.nodes:
        health = state.facts.inner.get(node.name, Health())
        if verdict(health) == "down":
            found.append(Problem("node-down", {"node": node.name}))
        elif node.name in checks.failed:
            found.append(Problem("node-cut-off", {"node": node.name}))
        elif node.name in sizes.failed:
            found.append(Problem("node-narrow", {"node": node.name}))
        elif verdict(health) == "slow" and health.rtt_ms is not None:
            found.append(Problem("node-slow", {"node": node.name, "rtt_ms": round(health.rtt_ms)}))
    return found


def striking(state: State, observed: HostState) -> tuple[object, ...]:
    """What is shown at once when it changes; latencies, counters and learned addresses alone can wait."""
    facts = state.facts
    machine = tuple(getattr(observed, name) for name in HostState.__struct_fields__ if name != "learned")
    verdicts = tuple(verdict(health) for known in (facts.inner, facts.outer) for health in known.values())
    blocked = state.problem if isinstance(state, Blocked) else None
    return machine, verdicts, facts.programs, facts.failure, facts.damage, facts.sizes, blocked


def _word(state: State) -> str:
    match state:
        case Off():
            return "off"
        case Connecting():
            return "connecting"
        case Connected():
            return "connected"
        case Blocked():
            return "blocked"
        case Office():
            return "office"


def _node(node: Node, state: State, seen: Seen) -> messages.NodeView:
    facts = state.facts
    inside = active_of(state)
    health = facts.inner.get(node.name, Health()) if inside else outside(facts, node)
    handshake = None if seen.measured is None else seen.measured.handshakes.get(node.public_key)
    age = None if handshake is None else max(0, int(seen.now + seen.wall_offset_s - handshake))
    return messages.NodeView(
        name=node.name,
        location=node.location,
        health="down" if node.name in facts.checks.failed else verdict(health),
        rtt_ms=_rounded(health.rtt_ms if health.alive else None),
        jitter_ms=_rounded(health.jitter_ms if health.alive else None),
        loss=None if health.loss is None else round(health.loss, 3),
        handshake_age_s=age,
        active=isinstance(state, Connected) and node.name in inside.values(),
        probed_at=None if health.probed_at is None else health.probed_at + seen.wall_offset_s,
        endpoint=endpoint_of(facts, node) or node.endpoint,
    )


def _networks(profile: Profile, state: State) -> tuple[messages.NetworkView, ...]:
    active = active_of(state) if isinstance(state, Connected) else {}
    via = {network.net: network.via for network in profile.split.networks}
    return tuple(messages.NetworkView(net, active.get(via.get(net, MAIN))) for net in carried(profile))


def _traffic(measured: Measurement | None) -> messages.Traffic:
    return messages.Traffic(None, None) if measured is None else messages.Traffic(measured.rx_bytes, measured.tx_bytes)


def _switch(state: State, seen: Seen) -> messages.Switch | None:
    if not isinstance(state, Connected) or state.switch is None:
        return None
    switch = state.switch
    return messages.Switch(
        at=switch.at + seen.wall_offset_s,
        from_node=switch.before,
        to_node=switch.after,
        reason=switch.reason,
        detect_ms=switch.detect_ms,
        switch_ms=_rounded(seen.switch_ms),
    )


def _problem(problem: Problem) -> messages.ProblemView:
    text = words.problem(problem.code, problem.args)
    return messages.ProblemView(problem.code, problem.severity, problem.args, text)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
