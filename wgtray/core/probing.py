"""Which node is probed when, on which way, and what counts as an answer?

While the interface is up every node is probed through the tunnel at its inner address; while it is not, by ICMP to its
endpoint. A node that does not answer inside is asked at its endpoint too, to tell a refused key from a dead node. A
node without an inner address is judged by its handshake and its endpoint's ping.
"""

from typing import Literal

import msgspec

from wgtray.core import fields
from wgtray.core.detection import BUSY_PROBE_S, BUSY_STANDBY_S, STANDBYS
from wgtray.core.facts import endpoint_of
from wgtray.core.fields import Address, Name
from wgtray.core.health import Health
from wgtray.core.machine import Off, State, active_of
from wgtray.core.profile import Node, Profile

Kind = Literal["inner", "outer", "handshake"]
"""Through the tunnel; to the endpoint; to the endpoint on behalf of a node that has no inner address."""

FIRST_S = 0.25
"""Until a fresh interface's first answer: soon enough that connecting feels immediate."""

SETTLED = 6
"""Answers, the first of which is not measured, until the variation no longer shows its made-up beginning of half the
round-trip time (RFC 6298 section 2.2; each answer takes a quarter off): until then a node is asked as a fresh one."""

RETRY_S = 1.0
"""After a miss, so that a dead node is known after about three seconds instead of three intervals."""

TIMEOUT_S = 1.0
"""The least time a reply is waited for (RFC 6298 section 2: no retransmission before one second)."""

NEAR = 5
FAR_FACTOR = 6
"""With many nodes only the active and the nearest few are probed every interval; the others six times as rarely."""

SESSION_S = 180.0
"""A WireGuard session ends after REJECT_AFTER_TIME without a new handshake (whitepaper section 6.1)."""


class Aim(msgspec.Struct, frozen=True):
    """One address to probe for one node."""

    node: Name
    kind: Kind
    address: Address


def aims(state: State) -> tuple[Aim, ...]:
    """Everything that is to be probed in this state."""
    profile = state.facts.profile
    if profile is None:
        return ()
    if not active_of(state):
        return tuple(aim for node in profile.nodes if (aim := _outer(node, state)) is not None)
    found: list[Aim] = []
    for node in profile.nodes:
        outer = _outer(node, state)
        probe = inner_address(profile, node)
        if probe is not None:
            found.append(Aim(node.name, "inner", probe))
        elif outer is not None:
            found.append(Aim(node.name, "handshake", outer.address))
        if outer is not None and probe is not None and not _health(state, node.name, inner=True).alive:
            found.append(outer)
    return tuple(found)


def inner_address(profile: Profile, node: Node) -> Address | None:
    """Where the node is asked inside the tunnel: nowhere when this computer has no address of that family there."""
    own = {fields.family(address) for address in profile.interface.addresses}
    return node.probe if node.probe is not None and fields.family(node.probe) in own else None


def wait_s(state: State, aim: Aim, *, busy: bool = False) -> float:
    """Seconds from one probe of ``aim`` to the next; ``busy`` while traffic flows through the tunnel."""
    profile = state.facts.profile
    interval = RETRY_S if profile is None else profile.failover.interval_s
    health = _health(state, aim.node, inner=aim.kind != "outer")
    if isinstance(state, Off):
        return interval
    if aim.kind != "outer" and health.warm and not health.misses:
        near = nearest(state)
        if busy and profile is not None and profile.failover.detection == "fast":
            active = len(set(active_of(state).values()))
            if aim.node in near[: active + STANDBYS]:
                return min(BUSY_PROBE_S if aim.node in near[:active] else BUSY_STANDBY_S, interval)
        if aim.node not in near[:NEAR]:
            return FAR_FACTOR * interval
        return min(FIRST_S, interval) if health.answered.count(True) < SETTLED else interval
    if not health.warm or (health.rtt_ms is None and aim.kind != "handshake"):
        return FIRST_S if not health.misses else min(RETRY_S, interval)
    return interval if not health.misses else min(RETRY_S, interval)


def nearest(state: State) -> list[Name]:
    """Nodes that answer through the tunnel: active ones first, then by distance."""
    active = set(active_of(state).values())
    alive = [(name, health) for name, health in state.facts.inner.items() if health.alive]

    def rank(item: tuple[Name, Health]) -> tuple[bool, float]:
        name, health = item
        return (name not in active, health.rtt_ms if health.rtt_ms is not None else float("inf"))

    return [name for name, _ in sorted(alive, key=rank)]


def timeout_s(state: State, aim: Aim) -> float:
    """Seconds after which a probe of ``aim`` counts as lost: four times what its node usually takes, at least one."""
    rtt_ms = _health(state, aim.node, inner=aim.kind != "outer").rtt_ms or 0.0
    return max(TIMEOUT_S, 4 * rtt_ms / 1000)


def answered_by_handshake(node: Node, age_s: float | None, pinged: bool, ever_pinged: bool) -> bool:
    """Whether a node without an inner address lives: a session, and its ping where it ever answered one.

    Without keepalives an old session may only mean that nobody had anything to say.
    """
    if age_s is None or (node.keepalive_s and age_s >= SESSION_S):
        return False
    return pinged or not ever_pinged


def _outer(node: Node, state: State) -> Aim | None:
    endpoint = endpoint_of(state.facts, node)
    if endpoint is None:
        return None
    host, _ = fields.split_endpoint(endpoint)
    return Aim(node.name, "outer", fields.address(host))


def _health(state: State, name: Name, *, inner: bool) -> Health:
    return (state.facts.inner if inner else state.facts.outer).get(name, Health())
