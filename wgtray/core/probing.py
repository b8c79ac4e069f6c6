"""Which node is probed when, on which way, and what counts as an answer?

While the interface is up every node is probed through the tunnel at its inner address; while it is not, by ICMP to its
endpoint. A node that does not answer inside is asked at its endpoint too, to tell a refused key from a dead node, and
at every other address that its name has, to find the one that answers. A node without an inner address is judged by its
handshake and its endpoint's ping.
"""

from typing import Literal

import msgspec

from wgtray.core import fields
from wgtray.core.detection import BUSY_PROBE_S, BUSY_STANDBY_S, STANDBYS
from wgtray.core.facts import endpoint_of, endpoints_of
from wgtray.core.fields import Address, Endpoint, Name
from wgtray.core.health import Health
from wgtray.core.machine import Off, Office, State, active_of
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
    endpoint: Endpoint | None = None
    """Which of the node's addresses this is, outside the tunnel."""


def aims(state: State) -> tuple[Aim, ...]:
    """Everything that is to be probed in this state."""
    profile = state.facts.profile
    if profile is None:
        return ()
    if not active_of(state):
        return tuple(_outer(node, one) for node in profile.nodes for one in endpoints_of(state.facts, node))
    found: list[Aim] = []
    for node in profile.nodes:
        probe, used = inner_address(profile, node), endpoint_of(state.facts, node)
        if probe is not None:
            found.append(Aim(node.name, "inner", probe))
        elif used is not None:
            found.append(msgspec.structs.replace(_outer(node, used), kind="handshake"))
        if not state.facts.inner.get(node.name, Health()).alive:
            elsewhere = (one for one in endpoints_of(state.facts, node) if probe is not None or one != used)
            found += [_outer(node, one) for one in elsewhere]
    return tuple(found)


def health_of(state: State, aim: Aim) -> Health:
    """What the probes of ``aim`` said so far."""
    if aim.kind != "outer":
        return state.facts.inner.get(aim.node, Health())
    return Health() if aim.endpoint is None else state.facts.outer.get(aim.endpoint, Health())


def inner_address(profile: Profile, node: Node) -> Address | None:
    """Where the node is asked inside the tunnel: nowhere when this computer has no address of that family there."""
    own = {fields.family(address) for address in profile.interface.addresses}
    return node.probe if node.probe is not None and fields.family(node.probe) in own else None


def wait_s(state: State, aim: Aim, *, busy: bool = False) -> float:
    """Seconds from one probe of ``aim`` to the next; ``busy`` while traffic flows through the tunnel."""
    profile = state.facts.profile
    interval = RETRY_S if profile is None else profile.failover.interval_s
    health = health_of(state, aim)
    if isinstance(state, Off | Office):
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
    rtt_ms = health_of(state, aim).rtt_ms or 0.0
    return max(TIMEOUT_S, 4 * rtt_ms / 1000)


def answered_by_handshake(node: Node, age_s: float | None, pinged: bool, ever_pinged: bool) -> bool:
    """Whether a node without an inner address lives: a session, and its ping where it ever answered one.

    Without keepalives an old session may only mean that nobody had anything to say.
    """
    if age_s is None or (node.keepalive_s and age_s >= SESSION_S):
        return False
    return pinged or not ever_pinged


def _outer(node: Node, endpoint: Endpoint) -> Aim:
    host, _ = fields.split_endpoint(endpoint)
    return Aim(node.name, "outer", fields.address(host), endpoint)
