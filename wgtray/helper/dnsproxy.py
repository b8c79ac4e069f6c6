"""How are the programs of this computer answered when they ask for a name?

The forwarder listens on a loopback address and takes only what comes over the loopback interface. ``core/names.py``
says whose a name is and whom to ask; addresses of the profile's names are learned, which means that they go into the
tunnel, before the answer with them is given. No answer is kept: programs and their resolvers have caches enough.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Protocol

from wgtray.core import fields, names
from wgtray.core.fields import Address
from wgtray.core.learning import TTL_CEILING_S
from wgtray.core.names import Ask, Kind, Realm
from wgtray.helper import dnsask, dnswire
from wgtray.helper.dnswire import Malformed, Question
from wgtray.platforms.api import Way

QUESTIONS_LIMIT = 200
"""Under way at a time; what comes then is dropped, and asked again. Each has up to five of the 1,024 files that a
process may have open."""

CONNECTIONS_LIMIT = 50
IDLE_S = 10.0
"""RFC 7766 section 6.2.3: a few seconds."""

AT_ONCE = 32
"""Datagrams read before others get their turn."""

NOTED_LIMIT = 256
"""Names whose refused addresses are logged; after so many somebody is playing."""

log = logging.getLogger("wgtray")


class Guide(Protocol):
    """What the forwarder asks about every name."""

    realm: Realm

    def whom_to_ask(self, kind: Kind) -> Ask | None:
        """For a name of that kind, at this moment; None: nobody."""

    async def learn(self, name: str, addresses: Iterable[Address], ttl_s: int) -> tuple[Address, ...]:
        """Those of the addresses that go into the tunnel when this returns."""

    def steer(self, sock: socket.socket, way: Way) -> None:
        """As ``Backend.steer_socket``."""


class Forwarder:
    """Listens between ``open`` and ``close``; what comes is answered while ``run`` runs."""

    def __init__(self, guide: Guide, address: Address = names.FORWARDER, port: int = dnsask.PORT) -> None:
        self._guide = guide
        self._place = (str(address), port)
        self._datagrams: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._start: Callable[[Coroutine[None, None, None]], object] | None = None
        self._under_way = 0
        self._connections = 0
        self._noted: set[str] = set()

    def open(self) -> None:
        """Take the address, unless it is ours already; raises OSError when another program has it."""
        if self._datagrams is not None:
            return
        with contextlib.ExitStack() as taken:
            datagrams = taken.enter_context(self._bound(socket.SOCK_DGRAM))
            listener = taken.enter_context(self._bound(socket.SOCK_STREAM))
            listener.listen(CONNECTIONS_LIMIT)
            taken.pop_all()
        self._datagrams, self._listener = datagrams, listener
        self._attend()

    def close(self) -> None:
        """Give the address back; what is under way ends without an answer."""
        self._leave()
        for sock in (self._datagrams, self._listener):
            if sock is not None:
                sock.close()
        self._datagrams = self._listener = None

    async def run(self) -> None:
        """Until cancelled."""
        self._under_way = self._connections = 0
        try:
            async with asyncio.TaskGroup() as tasks:
                self._start = tasks.create_task
                self._attend()
                await asyncio.get_running_loop().create_future()
        finally:
            self._leave()
            self._start = None

    async def answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The reply to a query; None to what deserves none."""
        try:
            question = dnswire.parse_query(wire)
        except Malformed as error:
            return None if error.rcode is None else dnswire.render_complaint(wire, error.rcode)
        kind = self._guide.realm.kind(question.name)
        if kind == "canary":
            return dnswire.render_reply(question, dnswire.NXDOMAIN)
        whom = self._guide.whom_to_ask(kind)
        if whom is None:
            return dnswire.render_reply(question, dnswire.SERVFAIL)
        if kind == "other":
            answer = await dnsask.ask(wire, question, whom, self._guide.steer, tcp=tcp)
        else:
            answer = await self._about_the_profiles(kind, wire, question, whom, tcp=tcp)
        return dnswire.render_reply(question, dnswire.SERVFAIL) if answer is None else answer

    async def _about_the_profiles(
        self, kind: Kind, wire: bytes, question: Question, whom: Ask, *, tcp: bool
    ) -> bytes | None:
        if question.type in (dnswire.SVCB, dnswire.HTTPS):
            return dnswire.render_reply(question)  # they lead browsers to names and addresses that nobody has learned
        if question.type == dnswire.ANY:
            return dnswire.render_reply(question, dnswire.NOTIMP)
        answer = await dnsask.ask(wire, question, whom, self._guide.steer, tcp=tcp)
        if answer is not None and dnswire.is_truncated(answer):
            answer = await dnsask.ask(wire, question, whom, self._guide.steer, tcp=True)
        if answer is None:
            return None
        limit = None if tcp else question.limit or dnswire.PLAIN_LIMIT
        try:
            if question.about_addresses:
                return await self._with_addresses(kind, answer, question, limit)
            answer = dnswire.without_additional(answer, question)
        except Malformed:
            return None
        return answer if limit is None or len(answer) <= limit else dnswire.render_truncated(question)

    async def _with_addresses(self, kind: Kind, answer: bytes, question: Question, limit: int | None) -> bytes | None:
        """The answer made anew of its addresses, once those that shall be are in the tunnel; raises Malformed."""
        found, ttl_s = dnswire.parse_addresses(answer, question)
        if not found:
            return dnswire.render_reply(question, dnswire.rcode(answer))
        verdicts = {address: self._guide.realm.verdict(kind, address) for address in found}
        name, ttl_s = names.shown(question.name.lower()), min(ttl_s, TTL_CEILING_S)
        wanted = [address for address in found if verdicts[address] == "learn"]
        learned = await self._guide.learn(name, wanted, ttl_s) if wanted else ()
        kept = [address for address in found if verdicts[address] == "pass" or address in learned]
        refused = [address for address in found if verdicts[address] == "refuse"]
        if refused:
            self._note(name, refused)
        if kept or not (refused or wanted):
            return dnswire.render_answer(question, kept, ttl_s, limit)
        return None

    def _note(self, name: str, refused: list[Address]) -> None:
        if name not in self._noted and len(self._noted) < NOTED_LIMIT:
            self._noted.add(name)
            log.warning("refused %s as the address of %s: a public name has a public one", ", ".join(refused), name)

    def _attend(self) -> None:
        """Take what comes, where there is somebody to answer it; until then it waits in the kernel."""
        if self._start is not None and self._datagrams is not None and self._listener is not None:
            loop = asyncio.get_running_loop()
            loop.add_reader(self._datagrams.fileno(), self._read, self._datagrams)
            loop.add_reader(self._listener.fileno(), self._accept, self._listener)

    def _leave(self) -> None:
        for sock in (self._datagrams, self._listener):
            if sock is not None:
                asyncio.get_running_loop().remove_reader(sock.fileno())

    def _read(self, datagrams: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                wire, sender = datagrams.recvfrom(dnsask.ANSWER_LIMIT)
            except OSError:
                return
            if self._start is not None and self._under_way < QUESTIONS_LIMIT:
                self._start(self._answer_datagram(datagrams, wire, sender))

    async def _answer_datagram(self, datagrams: socket.socket, wire: bytes, sender: tuple[str, int]) -> None:
        with self._counted():
            answer = await self.answer(wire, tcp=False)
        if answer is not None:
            with contextlib.suppress(OSError):  # who asked has gone, or we have
                datagrams.sendto(answer, sender)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if self._start is None or self._connections >= CONNECTIONS_LIMIT:
            connection.close()
        else:
            self._start(self._converse(connection))

    async def _converse(self, connection: socket.socket) -> None:
        """Answer one question after the other until the other side is silent or gone."""
        self._connections += 1
        loop = asyncio.get_running_loop()
        try:
            with connection, contextlib.suppress(OSError, EOFError):  # a TimeoutError is an OSError
                connection.setblocking(False)
                while True:
                    async with asyncio.timeout(IDLE_S):
                        length = int.from_bytes(await dnsask.exactly(connection, 2), "big")
                        wire = await dnsask.exactly(connection, length)
                    with self._counted():
                        answer = await self.answer(wire, tcp=True)
                    if answer is None:
                        return
                    async with asyncio.timeout(IDLE_S):
                        await loop.sock_sendall(connection, len(answer).to_bytes(2, "big") + answer)
        finally:
            self._connections -= 1

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def _bound(self, kind: socket.SocketKind) -> socket.socket:
        """Raises OSError."""
        family = socket.AF_INET6 if fields.family(self._place[0]) == 6 else socket.AF_INET
        sock = socket.socket(family, kind)
        try:
            sock.setblocking(False)
            self._guide.steer(sock, "local")
            if kind == socket.SOCK_STREAM:
                # Connections of a helper that just ended; on Windows the first word would let others listen as well.
                reuse = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
                sock.setsockopt(socket.SOL_SOCKET, reuse, 1)
            sock.bind(self._place)
        except OSError:
            sock.close()
            raise
        return sock
