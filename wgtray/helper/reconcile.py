"""How does the machine become what is desired? Plan from what was last observed, apply, read back, until they agree."""

import asyncio
import time
from collections.abc import Iterable, Mapping

import msgspec

from wgtray.core.fields import Endpoint, Key, Name
from wgtray.core.host import HostState
from wgtray.core.plan import DropTunnel, PutDns, PutFirewall, PutRoutes, PutSteering, Step, plan
from wgtray.core.problems import Problem
from wgtray.core.profile import Profile
from wgtray.platforms.api import Backend, CommandFailed

ROUNDS = 3
"""A second round mends what changed underneath the first; a third that still differs means somebody fights us."""


READ_AGAIN_S = (0.1, 0.4)
"""Waits before a failed reading is tried again: a tool may be replaced, a link may be on its way out."""


CLOSING = (PutRoutes, PutSteering, DropTunnel)
"""Steps at the beginning of a plan that open nothing: what routes close is in place before a tunnel is made."""


class Outcome(msgspec.Struct, frozen=True):
    """What was read back, and why it is not what was desired when it is not."""

    observed: HostState
    problem: Problem | None
    apply_ms: float | None
    """How long the first round of steps took; None when nothing had to be done."""
    names: Problem | None = None
    """Why the system's resolver cannot be told to ask us; everything else is as desired."""


async def reconcile(backend: Backend, observed: HostState, desired: HostState) -> Outcome:
    """Bring the machine to ``desired``; never raises CommandFailed."""
    apply_ms: float | None = None
    try:
        for _ in range(ROUNDS):
            steps = plan(observed, desired)
            if not steps:
                return Outcome(observed, None, apply_ms)
            began = time.monotonic()
            names = await _carried_out(backend, steps)
            apply_ms = (time.monotonic() - began) * 1000 if apply_ms is None else apply_ms
            observed = await read(backend)
            if names is not None:
                restored = desired.dns is None
                return Outcome(observed, names if restored else None, apply_ms, None if restored else names)
        if desired.same(observed):
            return Outcome(observed, None, apply_ms)
        detail = "something else on this computer keeps undoing it"
        return Outcome(observed, Problem("command-failed", {"command": "network settings", "detail": detail}), apply_ms)
    except CommandFailed as error:
        return Outcome(await _read_back(backend, observed), error.problem, apply_ms)


async def _carried_out(backend: Backend, steps: Iterable[Step]) -> Problem | None:
    """All steps, also where the system's resolver takes no part; its problem. Raises CommandFailed.

    Where the firewall cannot be had, routes close what they can before that is said.
    """
    names: Problem | None = None
    unwalled: CommandFailed | None = None
    for step in steps:
        if unwalled is not None and not isinstance(step, CLOSING):
            break
        try:
            await backend.apply(step)
        except CommandFailed as error:
            if isinstance(step, PutFirewall):
                unwalled = error
            elif isinstance(step, PutDns):
                names = error.problem
            else:
                raise
    if unwalled is not None:
        raise unwalled
    return names


async def read(backend: Backend) -> HostState:
    """The machine as it is; a reading that fails once is no reason to tear anything down. Raises CommandFailed."""
    for wait_s in READ_AGAIN_S:
        try:
            return await backend.observe()
        except CommandFailed:
            await asyncio.sleep(wait_s)
    return await backend.observe()


async def _read_back(backend: Backend, last: HostState) -> HostState:
    try:
        return await read(backend)
    except CommandFailed:
        return last


def endpoints(host: HostState) -> dict[Key, Endpoint | None]:
    """Where each peer of the interface is."""
    return {} if host.tunnel is None else {peer.public_key: peer.endpoint for peer in host.tunnel.peers}


def places(
    profile: Profile, found: HostState, kept: Mapping[Name, tuple[Endpoint, ...]]
) -> dict[Name, tuple[Endpoint, ...]]:
    """Where each node may be at start: where the interface that was found has it, then what was kept."""
    present = endpoints(found)
    known = {node.name: (present.get(node.public_key), *kept.get(node.name, ())) for node in profile.nodes}
    return {name: tuple(one for one in ones if one is not None) for name, ones in known.items()}


def without_moved(observed: HostState, desired: HostState, told: Mapping[Key, Endpoint | None]) -> HostState:
    """``observed`` without the endpoints whose node moved since they were set, so that they are set again.

    An endpoint that differs otherwise from those ``told`` has roamed, which is WireGuard's own business.
    """
    tunnel = observed.tunnel
    moved = {key for key, endpoint in endpoints(desired).items() if told.get(key, endpoint) != endpoint}
    if tunnel is None or not moved:
        return observed
    peers = frozenset(
        msgspec.structs.replace(peer, endpoint=None) if peer.public_key in moved else peer for peer in tunnel.peers
    )
    return msgspec.structs.replace(observed, tunnel=msgspec.structs.replace(tunnel, peers=peers))
