"""Who holds the state? This one loop: take what happened, step, bring the machine along, show the result.

Everything else in the helper only posts to the queue. After every batch the machine is compared with what is desired,
so a lost report, a foreign tool and a restart are all the same case: a difference that is planned away.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping

import msgspec

from wgtray.core import machine
from wgtray.core.desired import company_host
from wgtray.core.events import Applied, ApplyFailed, Damaged, Event, Lost, NamesTroubled, ProfileSet, Recalled, Tick
from wgtray.core.facts import Facts, addresses
from wgtray.core.failover import Group
from wgtray.core.fields import Endpoint, Key, Name
from wgtray.core.health import verdict
from wgtray.core.host import NOTHING, HostState
from wgtray.core.machine import Connected, Off, State
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.helper import audit, inherited, late, rights
from wgtray.helper.appwish import joined
from wgtray.helper.checker import Checker
from wgtray.helper.goal import Goal
from wgtray.helper.items import Asked, Granted, Looked, NetworkChanged
from wgtray.helper.leaving import leave
from wgtray.helper.naming import Naming
from wgtray.helper.office import OfficeWatch
from wgtray.helper.portal import PortalWatch
from wgtray.helper.probes import Prober
from wgtray.helper.reconcile import endpoints, places, read, reconcile, without_moved
from wgtray.helper.requests import Now, carried_out
from wgtray.helper.resolver import Resolver
from wgtray.helper.sentinel import Sentinel
from wgtray.helper.snapshot import LEARNED_SHOWN, Seen, snapshot, striking
from wgtray.helper.store import Store
from wgtray.helper.surroundings import Surroundings, now
from wgtray.helper.updates import UpdateWatch
from wgtray.helper.watches import watch
from wgtray.helper.ways import ways
from wgtray.ipc import messages
from wgtray.platforms.api import Backend, Caller, CommandFailed, Measurement

log = logging.getLogger("wgtray")

VERIFY_S = 30.0
"""The machine is read again at least this often, for changes that no watch reports."""

CHANGE_GAP_S = 1.0
"""After a change that somebody else made, the machine is read at most this often: routing daemons never rest."""

MEASURE_S = 1.0
"""Counters and handshakes are read this often while somebody wants them."""
LOOK_S = 0.3
"""A present moment is worth this wait; a verb of the command line has to stay quick."""

NUMBERS_S = 1.0
"""Latencies and counters alone are shown this often: every probe changes one, and nobody reads faster."""

SETTLE_ROUNDS = 4
"""Failure, holds, success: more state changes than one event can cause without new facts."""

Item = Event | NetworkChanged | Looked | Asked


class Engine:
    """The single writer. ``latest`` is what clients see; ``changed`` is set and replaced with every new snapshot."""

    def __init__(self, backend: Backend, store: Store) -> None:
        self._backend = backend
        self._store = store
        self._queue: asyncio.Queue[Item] = asyncio.Queue()
        self._state: State = Off()
        self._goal = Goal()
        self._observed: HostState = NOTHING
        self._measured: Measurement | None = None
        self._switch_ms: float | None = None
        self._carrying: Mapping[Group, Name] = {}
        self._verify_at = 0.0
        self._verified_at = 0.0
        self._measure_at = 0.0
        self._shown: tuple[object, ...] = ()
        self._show_at = 0.0
        self._refused: HostState | None = None
        self._refused_until = 0.0
        self._told: dict[Key, Endpoint | None] = {}
        self._surroundings = Surroundings(backend)
        self._prober = Prober(backend, self._queue.put_nowait)
        self._sentinel = Sentinel(backend, self._prober, self._queue.put_nowait)
        self._checker = Checker(backend, self._prober, self._queue.put_nowait)
        self._resolver = Resolver(backend, self._queue.put_nowait)
        self._naming = Naming(backend, self._queue.put_nowait)
        self._portal = PortalWatch(backend, self._queue.put_nowait)
        self._office = OfficeWatch(backend, self._queue.put_nowait)
        self._updates = UpdateWatch(self.ask, self._queue.put_nowait)
        self.watchers = 0
        self.changed = asyncio.Event()
        self.latest = self._snapshot()

    async def ask(self, request: messages.Request, caller: Caller, granted: Granted = None) -> messages.Done:
        """Carry out a request, with what an administrator allowed for it; raises WgtrayError."""
        answer: asyncio.Future[messages.Done] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(Asked(request, caller, answer, granted))
        return await answer

    async def look(self) -> messages.Snapshot:
        """The snapshot of this moment, or the latest when the engine is busy for longer than a glance."""
        shown: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(Looked(shown))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await shown
        return self.latest

    @property
    def profile(self) -> Profile | None:
        """The profile in use."""
        return self._state.facts.profile

    @property
    def shown_profile(self) -> Profile | None:
        """The profile as clients may see it: without a preshared key."""
        profile = self.profile
        if profile is None:
            return None
        nodes = tuple(msgspec.structs.replace(node, preshared_key=None) for node in profile.nodes)
        return msgspec.structs.replace(profile, nodes=nodes)

    def ways(self, request: messages.WhichWay) -> messages.WaysNow:
        """Where packets to these addresses go; raises WgtrayError."""
        return ways(request, self._state, self._observed)

    async def run(self) -> None:
        """Until cancelled; then the machine is left as the policy says (``leave``)."""
        async with asyncio.TaskGroup() as tasks:
            await self._start()
            askers = (self._prober, self._checker, self._resolver, self._portal, self._office, self._updates)
            for part in (self._sentinel, self._naming, *askers):
                tasks.create_task(part.run())
            tasks.create_task(watch(self._backend, self._queue.put_nowait, NetworkChanged(), lambda: self._state.facts))
            while True:
                await self._turn()

    async def leave(self) -> None:
        """The helper goes; what stays is ``helper/leaving.py``'s to say."""
        await leave(self._backend, self._state.facts)

    async def _start(self) -> None:
        kept = self._store.load()
        self._observed = await self._observe(NOTHING)
        left_s = 0.0 if kept.pause is None else kept.pause.left_s(time.time())
        paused_until = now() + left_s if left_s else None
        self._state = Off(Facts(target=kept.target, paused_until=paused_until, computer=self._backend.computer), now())
        if kept.damage is not None:
            log.error("could not read %s", kept.damage.args.get("path"))
            self._step(Damaged(kept.damage))
        if kept.imported is not None:
            key = kept.imported.private_key or inherited.live_key(kept.imported, self._observed)
            for event in inherited.carriers(kept.imported.profile, self._observed):
                self._step(event)  # first: the profile alone may be enough to choose a node
            self._step(ProfileSet(kept.imported.profile, kept.imported.public_key, key, kept.imported.signature))
            self._step(Recalled(places(kept.imported.profile, self._observed, kept.endpoints)))
            self._step(inherited.learned(self._observed))
        for noticed in self._surroundings.noticed(reported=True):
            self._step(noticed)
        self._look_around()
        if self._goal.of(self._state) == NOTHING and not self._goal.is_unknown:
            await self._tidy()
        await self._settle()

    async def _tidy(self) -> None:
        """Nothing of ours is wanted: remove leftovers that no observation shows, like half of a pair of rules."""
        try:
            await self._backend.cleanup()
            self._observed = NOTHING
        except CommandFailed as error:
            log.error("could not tidy up: %s %s", error.problem.code, error.problem.args)

    def _look_around(self) -> None:
        if (neighbours := self._surroundings.neighbours()) is not None:
            self._step(neighbours)

    async def _ask_everybody(self) -> None:
        """The network is not what it was: forget who owes an answer, and see at once who is there."""
        with contextlib.suppress(CommandFailed):  # the next observation says what is wrong
            await self._backend.refresh_sources()
        self._sentinel.start_over()
        self._prober.probe_now(forget=True)
        self._checker.ask_now()
        self._resolver.resolve_now()
        self._office.ask_now()
        self._verify_at = now()

    async def _turn(self) -> None:
        batch = await self._next_batch()
        looked = False
        reported = any(isinstance(event, NetworkChanged) for event in batch) or now() >= self._verify_at
        noticed = self._surroundings.noticed(reported=reported or not self._state.facts.online)
        for difference in noticed:
            self._step(difference)
        if reported or noticed:
            self._look_around()
        if noticed:
            await self._ask_everybody()
            batch = [event for event in batch if not isinstance(event, Lost)]  # over the way that was
        for event in batch:
            if isinstance(event, Asked):
                self._answer(event)
            elif isinstance(event, Looked):
                looked = True
            elif isinstance(event, NetworkChanged):
                self._verify_at = min(self._verify_at, self._verified_at + CHANGE_GAP_S)
            else:
                self._step(event)
        self._step(Tick())
        if now() >= self._verify_at:
            self._observed = await self._observe(self._observed)
        await self._settle(looked=looked)
        self._keep_endpoints()
        for event in batch:
            if isinstance(event, Looked) and not event.shown.done():
                event.shown.set_result(None)

    def _keep_endpoints(self) -> None:
        """Addresses of nodes outlive us: a restarted helper may hold back the network that its name server is in."""
        with contextlib.suppress(WgtrayError):  # a full disk costs the next start a look-up
            self._store.save_endpoints(addresses(self._state.facts))

    async def _next_batch(self) -> list[Item]:
        wakeups = [self._verify_at, machine.next_wakeup(self._state)]
        if self._observed.tunnel is not None and self.watchers:
            wakeups.append(max(self._measure_at, self._show_at))  # together: each turn costs
        wait_s = max(0.0, min(at for at in wakeups if at is not None) - now())
        batch: list[Item] = []
        try:
            async with asyncio.timeout(wait_s):
                batch.append(await self._queue.get())
        except TimeoutError:
            return batch
        while not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _settle(self, *, looked: bool = False) -> None:
        """Bring the machine to what the state desires, and the state to what the machine says; then show both."""
        for _ in range(SETTLE_ROUNDS):
            with late.shown(lambda: self._publish(looked=True)):
                async with self._naming.changing:
                    if await self._is_brought_along():
                        break
        await self._measure(looked=looked)
        async with self._naming.changing:
            self._follow_names()
        self._follow()
        self._publish(looked=looked)

    async def _is_brought_along(self) -> bool:
        """One round; whether nothing is left that can be done now."""
        self._follow_names()
        state, wanted = self._state, self._goal.of(self._state)
        self._observed = without_moved(self._observed, wanted, self._told)
        if self._goal.is_unknown or (self._goal.is_met(wanted, self._observed) and not state.facts.failures):
            return True
        if wanted == self._refused and now() < self._refused_until:
            return True
        outcome = await reconcile(self._backend, self._observed, wanted)
        self._observed = outcome.observed
        if outcome.apply_ms is not None and isinstance(state, Connected):
            if state.active != self._carrying:  # not the check alone that went another way
                self._switch_ms, self._carrying = outcome.apply_ms, state.active
            self._greet()
        if outcome.problem is None:
            self._told = endpoints(wanted)
        else:
            log.error("%s %s", outcome.problem.code, outcome.problem.args)
            self._refused, self._refused_until = wanted, now() + machine.RETRY_S[0]
            self._verify_at = min(self._verify_at, self._refused_until)
        if outcome.names is not None:
            self._step(NamesTroubled(outcome.names))
        self._step(Applied() if outcome.problem is None else ApplyFailed(outcome.problem))
        return self._goal.of(self._state) == wanted

    def _follow_names(self) -> None:
        self._observed, learned = self._naming.folded(self._observed)
        if learned is not None:
            self._step(learned)
        if (trouble := self._naming.follow(self._state, self._goal.of(self._state), self._observed)) is not None:
            self._step(NamesTroubled(trouble))

    def _greet(self) -> None:
        """Return routes follow the client's traffic: without a packet of ours a download would wait for ever."""
        if self.profile is not None and (host := company_host(self.profile)) is not None:
            self._prober.greet(host)

    def _follow(self) -> None:
        facts = self._state.facts
        silent = [name for name, health in facts.inner.items() if verdict(health) == "down"]
        self._resolver.follow(facts.profile, silent)
        ages: dict[Name, float] = {}
        if facts.profile is not None and self._measured is not None:
            for node in facts.profile.nodes:
                handshake = self._measured.handshakes.get(node.public_key)
                if handshake is not None:
                    ages[node.name] = time.time() - handshake
        self._prober.follow(self._state, self._backend.interface, ages)
        self._sentinel.follow(self._state)
        self._portal.follow(self._state)
        self._office.follow(self._state)
        self._updates.follow(self._state)
        tunnel = self._observed.tunnel
        self._checker.follow(self._state, None if tunnel is None else tunnel.mtu)

    def _step(self, event: Event) -> None:
        before = self._state
        self._state = machine.step(before, event, now())
        if type(before) is not type(self._state):
            log.info("%s -> %s", type(before).__name__, type(self._state).__name__)
        if isinstance(before, Connected) and isinstance(self._state, Connected) and before.switch != self._state.switch:
            switch = self._state.switch
            if switch is not None:
                log.info("moved from %s to %s: %s", switch.before, switch.after, switch.reason)

    def _answer(self, asked: Asked) -> None:
        if asked.answer.done():
            return  # whoever asked was told that we were busy, and that nothing was changed
        try:
            rights.check(asked.request, asked.caller, self.profile, asked.granted)
            facts, capabilities = self._state.facts, self._backend.capabilities
            at, uid = Now(now(), time.time()), asked.caller.uid
            for event in carried_out(asked.request, facts, self._store, capabilities, at, uid):
                self._step(event)
            if isinstance(asked.request, messages.JoinTunnel):
                joined(self._backend, asked.caller, self._goal.of(self._state), self._observed)
            elif isinstance(asked.request, messages.ProbeNodes):
                self._prober.probe_now()
        except WgtrayError as error:
            audit.refused(asked, error)
            if not asked.answer.done():
                asked.answer.set_exception(error)
        else:
            audit.done(asked)
            if not asked.answer.done():
                asked.answer.set_result(messages.Done())

    async def _observe(self, last: HostState) -> HostState:
        self._verify_at, self._verified_at = now() + VERIFY_S, now()
        try:
            return await read(self._backend)
        except CommandFailed as error:
            log.error("could not read the network: %s %s", error.problem.code, error.problem.args)
            self._step(ApplyFailed(error.problem))
            return last

    async def _measure(self, *, looked: bool) -> None:
        if self._observed.tunnel is None:
            self._measured = None
            return
        wanted = looked or self.watchers or self._prober.needs_handshakes
        if self._measured is not None and not (wanted and now() >= self._measure_at):
            return
        self._measure_at = now() + MEASURE_S
        try:
            self._measured = await self._backend.measure()
        except CommandFailed:
            self._measured = None  # the next observation says what is wrong

    def _publish(self, *, looked: bool) -> None:
        """Show what is new: at once where more than numbers changed, or where somebody asks for the present."""
        at, marks = now(), (self._goal.grounds, *striking(self._state, self._observed))
        if not looked and at < self._show_at and marks == self._shown:
            return
        self._shown, self._show_at = marks, at + NUMBERS_S
        shown = self._snapshot()
        if shown != self.latest:
            self.latest = shown
            self.changed.set()
            self.changed = asyncio.Event()

    def _snapshot(self) -> messages.Snapshot:
        at = now()
        return snapshot(
            self._state,
            Seen(
                wanted=self._goal.of(self._state),
                observed=self._observed,
                interface=self._backend.interface,
                measured=self._measured,
                capabilities=self._backend.capabilities,
                now=at,
                wall_offset_s=round(time.time() - at, 1),
                switch_ms=self._switch_ms,
                learned=self._naming.latest(LEARNED_SHOWN),
                nameless=self._naming.obstacle(),
            ),
        )
