"""What does one of these name servers answer? Asked one after the other, each without giving up on those before it.

Every question has a socket of its own, so a port that nobody can know, and a number as good; the socket hears nobody
but the server it asked. What comes back and is not the answer is passed over, and the wait goes on (RFC 5452, 9).
"""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Iterator

from wgtray.core import fields
from wgtray.core.names import Ask, Server
from wgtray.helper import dnswire
from wgtray.helper.dnswire import Question
from wgtray.platforms.api import Way

PORT = 53

PATIENCE_S = (0.4, 0.6, 1.0, 2.0)
"""Waits before the next server, or the same again, is asked as well. Together they end before programs ask again
(resolv.conf(5): 5 s), so that they are told."""

ANSWER_LIMIT = 0xFFFF

UNHELPFUL = (dnswire.SERVFAIL, dnswire.NOTIMP, 5)
"""Another server may know better; 5 is REFUSED (RFC 1035 section 4.1.1)."""

Steer = Callable[[socket.socket, Way], None]


async def ask(query: bytes, question: Question, whom: Ask, steer: Steer, *, tcp: bool = False) -> bytes | None:
    """The answer with the number of ``query``, which may be truncated without ``tcp``; None when nobody answers."""
    way: Way = "carried" if whom.inside else "direct"
    answer = await (_by_tcp if tcp else _by_udp)(query, question, whom.servers, way, steer)
    return None if answer is None else dnswire.with_id(answer, question.id)


async def _by_udp(
    query: bytes, question: Question, servers: tuple[Server, ...], way: Way, steer: Steer
) -> bytes | None:
    loop, heard = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()
    worst: bytes | None = None
    useless = 0
    with contextlib.ExitStack() as sent:
        for number, wait_s in enumerate(PATIENCE_S):
            try:
                sent.enter_context(_sent(query, question, servers[number % len(servers)], way, steer, heard))
            except OSError:  # no way there at the moment
                heard.put_nowait(None)
            until = loop.time() + wait_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    while (answer := await heard.get()) is None or dnswire.rcode(answer) in UNHELPFUL:
                        worst, useless = answer or worst, useless + 1
                        if useless >= len(servers):
                            return worst
                        if number + 1 < len(servers):
                            break  # the next one need not wait
                    else:
                        return answer
    return worst


@contextlib.contextmanager
def _sent(
    query: bytes, question: Question, server: Server, way: Way, steer: Steer, heard: "asyncio.Queue[bytes | None]"
) -> Iterator[None]:
    """The question is on its way, and its answer comes into ``heard``; None when the server's host refuses it.

    Raises OSError.
    """
    loop, ident = asyncio.get_running_loop(), secrets.randbelow(0x10000)
    with _socket(server, socket.SOCK_DGRAM, way, steer) as sock:

        def read() -> None:
            try:
                answer = sock.recv(ANSWER_LIMIT)
            except BlockingIOError:
                return
            except OSError:
                heard.put_nowait(None)
                return
            if dnswire.is_answer(answer, ident, question):
                heard.put_nowait(answer)

        sock.connect(_place(server))
        sock.send(dnswire.with_id(query, ident))
        loop.add_reader(sock.fileno(), read)
        try:
            yield
        finally:
            loop.remove_reader(sock.fileno())


async def _by_tcp(
    query: bytes, question: Question, servers: tuple[Server, ...], way: Way, steer: Steer
) -> bytes | None:
    worst: bytes | None = None
    for server in servers:
        with contextlib.suppress(OSError, EOFError):  # a TimeoutError is an OSError
            async with asyncio.timeout(sum(PATIENCE_S) / len(servers)):
                answer = await _conversed(query, question, server, way, steer)
            if answer is not None and dnswire.rcode(answer) not in UNHELPFUL:
                return answer
            worst = worst or answer
    return worst


async def _conversed(query: bytes, question: Question, server: Server, way: Way, steer: Steer) -> bytes | None:
    """What it answers over TCP; raises OSError, EOFError."""
    loop, ident = asyncio.get_running_loop(), secrets.randbelow(0x10000)
    with _socket(server, socket.SOCK_STREAM, way, steer) as sock:
        await loop.sock_connect(sock, _place(server))
        await loop.sock_sendall(sock, len(query).to_bytes(2, "big") + dnswire.with_id(query, ident))
        answer = await exactly(sock, int.from_bytes(await exactly(sock, 2), "big"))
    return answer if dnswire.is_answer(answer, ident, question) else None


async def exactly(sock: socket.socket, length: int) -> bytes:
    """Raises EOFError."""
    data = b""
    while len(data) < length:
        more = await asyncio.get_running_loop().sock_recv(sock, length - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _socket(server: Server, kind: socket.SocketKind, way: Way, steer: Steer) -> socket.socket:
    """Raises OSError."""
    family = socket.AF_INET6 if fields.family(server.address) == 6 else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        steer(sock, way)
    except OSError:
        sock.close()
        raise
    return sock


def _place(server: Server) -> tuple[str, int] | tuple[str, int, int, int]:
    """Raises OSError for a zone that is gone."""
    if fields.family(server.address) == 4:
        return server.address, PORT
    return server.address, PORT, 0, socket.if_nametoindex(server.zone) if server.zone else 0
