"""How do the names of a profile keep in step with the state? What the forwarder goes by, learns and forgets.

An address that an answer brings is in the machine before the answer is given. It becomes a fact with the engine's next
turn (``folded``), once for all that were learned since: there may be ten thousand, and sets of them are copied. It is
forgotten when its time is over and no program has a connection to it (``core/learning.py``).

The forwarder listens while the system's resolver asks it, or is about to. A question on which it fails costs the others
under way; the next ones are answered at once.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Iterable

from wgtray.core import fields, names
from wgtray.core.events import Learned, NamesTroubled
from wgtray.core.facts import Facts, endpoints_of
from wgtray.core.fields import Address, Endpoint
from wgtray.core.host import NOTHING, HostState
from wgtray.core.learning import SWEEP_S, Entry, Ledger
from wgtray.core.machine import Connected, Off, State
from wgtray.core.names import Ask, Kind, Realm
from wgtray.core.plan import PutLearned, applied
from wgtray.core.problems import Problem
from wgtray.core.profile import Profile
from wgtray.helper.dnsproxy import Forwarder
from wgtray.platforms.api import Backend, CommandFailed, Way

log = logging.getLogger("wgtray")


class Naming:
    """What the forwarder asks about every name, and the forwarder itself."""

    def __init__(self, backend: Backend, post: Callable[[NamesTroubled], None]) -> None:
        self.realm = Realm()
        self.changing = asyncio.Lock()
        """Held by whoever changes the machine: a plan must not take out what is learned while it is carried out."""
        self._backend = backend
        self._post = post
        self._forwarder = Forwarder(self)
        self._ledger = Ledger()
        self._state: State = Off()
        self._grounds: tuple[Profile | None, tuple[Endpoint, ...]] = (None, ())
        self._learned: frozenset[Address] = frozenset()
        """In the state and in the machine, which is what these two are."""
        self._both = (self._learned, self._learned)
        self._fresh: set[Address] = set()
        """In the machine, and not in the state yet."""
        self._stale: set[Address] = set()
        """Not to be in the state any longer."""
        self._keeps = False
        """Whether anything of ours is wanted on the machine."""

    def folded(self, observed: HostState) -> tuple[HostState, Learned | None]:
        """What is observed with what was learned since, and that as an event."""
        if not self._fresh and not self._stale:
            return observed, None
        event = Learned(frozenset(self._fresh), frozenset(self._stale))
        self._fresh.clear()
        self._stale.clear()
        return applied(observed, PutLearned(event.gained, frozenset())), event

    def follow(self, state: State, wanted: HostState, observed: HostState) -> Problem | None:
        """The present state, and the machine as it should be and is; why the forwarder cannot be asked."""
        self._state, self._keeps = state, wanted != NOTHING
        both = (state.facts.learned, observed.learned)
        if both[0] is not self._both[0] or both[1] is not self._both[1]:
            self._both, self._learned = both, both[0] & both[1]
        grounds = (state.facts.profile, _endpoints(state.facts))
        if grounds != self._grounds:
            self._grounds = grounds
            self.realm = names.realm(grounds[0], map(_host, grounds[1]))
        self._agree(state.facts.learned)
        if wanted.dns is None and observed.dns is None:
            self._forwarder.close()
            return None
        try:
            self._forwarder.open()
        except OSError as error:
            log.error("cannot listen for names on %s: %s", names.FORWARDER, error.strerror)
            return Problem("names-port-taken", {"address": names.FORWARDER})
        return None

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._forward())
            tasks.create_task(self._sweep())

    def whom_to_ask(self, kind: Kind) -> Ask | None:
        """As ``dnsproxy.Guide``."""
        return names.whom_to_ask(kind, self._state, self._backend.resolvers())

    async def learn(self, name: str, addresses: Iterable[Address], ttl_s: int) -> tuple[Address, ...]:
        """As ``dnsproxy.Guide``."""
        async with self.changing:
            accepted = self._ledger.accept(name, addresses, ttl_s, time.monotonic())
            self._stale.difference_update(accepted)
            new = frozenset(one for one in accepted if one not in self._learned and one not in self._fresh)
            if new and not self._keeps:
                return ()
            try:
                if new:
                    await self._backend.apply(PutLearned(new, frozenset()))
            except CommandFailed as error:
                log.error("could not learn: %s %s", error.problem.code, error.problem.args)
                self._ledger.forget(new)
                return ()
            self._fresh |= new
        return accepted

    def steer(self, sock: socket.socket, way: Way) -> None:
        """As ``dnsproxy.Guide``."""
        self._backend.steer_socket(sock, way)

    def obstacle(self) -> Problem | None:
        """Why names that are none of the company's have no address, where that is so."""
        profile = self._state.facts.profile
        if profile is None or not isinstance(self._state, Connected):
            return None
        closed = names.nothing_past_the_tunnel(self._state.facts)
        return Problem("names-nobody") if closed and self.whom_to_ask("other") is None else None

    def latest(self, count: int) -> list[tuple[Address, Entry]]:
        """What was learned last."""
        return self._ledger.latest(count)

    async def _forward(self) -> None:
        while True:
            try:
                await self._forwarder.run()
            except Exception:  # names are what everything else of this computer waits for
                log.exception("the forwarder of names failed, and goes on")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            if self._ledger.entries:
                self._stale |= self._ledger.sweep(self._backend.in_use(), time.monotonic())
            if self._stale or self._state.facts.names_trouble is not None:
                self._post(NamesTroubled(None))  # a turn, in which trouble is tried away and stale addresses go

    def _agree(self, learned: frozenset[Address]) -> None:
        """The state decides what is learned: an earlier helper's addresses are in it, and none once we are off."""
        if len(learned) != len(self._ledger.entries):
            self._ledger.forget([address for address in self._ledger.entries if address not in learned])
            self._ledger.adopt(learned, time.monotonic())


def _endpoints(facts: Facts) -> tuple[Endpoint, ...]:
    nodes = () if facts.profile is None else facts.profile.nodes
    return tuple(endpoint for node in nodes for endpoint in endpoints_of(facts, node))


def _host(endpoint: Endpoint) -> Address:
    return fields.address(fields.split_endpoint(endpoint)[0])
