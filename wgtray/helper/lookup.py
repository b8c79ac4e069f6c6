"""Which addresses has a name, asked outside the tunnel? Of the network's own servers, by sockets that carry our mark.

The mark takes the questions past the routes and through the kill switch, where nobody else's names get out, and past a
company network that happens to contain the LAN's own resolver. Every question has a fresh number and port, goes to a
connected socket and counts only with its own question in the answer; that keeps strangers on other paths out, not a
network that lies, so nothing but a WireGuard handshake is ever trusted to what is found here.
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wgtray.core.fields import Address, address
from wgtray.helper.upstreams import socket_address
from wgtray.platforms.api import Backend

if TYPE_CHECKING:
    from dns.message import Message  # 30 ms, and most companies write addresses

PORT = 53
LIMITS_S = (0.8, 2.5)
"""How long a server has the first and the second time: most answer in 50 ms, and one packet may be lost."""

STAGGER_S = 0.3
"""Silent for so long, a server is overtaken by the next, and after the last by itself."""

LARGEST = 65_535


async def addresses(backend: Backend, servers: Sequence[str], host: str) -> tuple[Address, ...]:
    """All addresses of ``host``, IPv4 first; empty when no server names one."""
    four, six = await asyncio.gather(*(_raced(backend, servers, host, kind) for kind in ("A", "AAAA")))
    return tuple(dict.fromkeys((*four, *six)))


async def _raced(backend: Backend, servers: Sequence[str], host: str, kind: str) -> tuple[Address, ...]:
    """What the first server says that names an address. One that says there is none is not asked again."""
    waiting = [(server, limit_s) for limit_s in LIMITS_S for server in servers]
    asked: dict[asyncio.Task[tuple[Address, ...] | None], str] = {}
    async with asyncio.TaskGroup() as tasks:
        try:
            while waiting or asked:
                if waiting:
                    server, limit_s = waiting.pop(0)
                    asked[tasks.create_task(_asked(backend, server, host, kind, limit_s))] = server
                pause_s = STAGGER_S if waiting else None
                done, _ = await asyncio.wait(asked, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    server, found = asked.pop(task), task.result()
                    if found:
                        return found
                    if found is not None:
                        waiting = [one for one in waiting if one[0] != server]
        finally:
            for task in asked:
                task.cancel()
    return ()


async def _asked(backend: Backend, server: str, host: str, kind: str, limit_s: float) -> tuple[Address, ...] | None:
    """What one server says; None when it says nothing of use."""
    import dns.exception
    import dns.message
    import dns.rcode

    with contextlib.suppress(OSError, ValueError, dns.exception.DNSException):  # a TimeoutError is an OSError
        query = dns.message.make_query(host, kind)
        async with asyncio.timeout(limit_s):
            answer = await answered(backend, server, query)
        if answer.rcode() == dns.rcode.NXDOMAIN:
            return ()
        if answer.rcode() == dns.rcode.NOERROR and isinstance(answer, dns.message.QueryMessage):
            return tuple(address(record.to_text()) for record in answer.resolve_chaining().answer or ())
    return None


async def answered(backend: Backend, server: str, query: "Message") -> "Message":
    """What a server answers, over TCP where the answer is too long for a datagram; wait for it with a timeout.

    Raises OSError, DNSException.
    """
    import dns.flags

    answer = await _by_datagram(backend, server, query)
    return await _by_stream(backend, server, query) if answer.flags & dns.flags.TC else answer


async def _by_datagram(backend: Backend, server: str, query: "Message") -> "Message":
    loop = asyncio.get_running_loop()
    with _marked(backend, server, socket.SOCK_DGRAM) as sock:
        _, at = socket_address(server, PORT)
        await loop.sock_connect(sock, at)
        await loop.sock_sendall(sock, query.to_wire())
        while True:
            answer = _understood(await loop.sock_recv(sock, LARGEST), query)
            if answer is not None:  # else somebody guessed, and the server may still answer
                return answer


async def _by_stream(backend: Backend, server: str, query: "Message") -> "Message":
    loop = asyncio.get_running_loop()
    with _marked(backend, server, socket.SOCK_STREAM) as sock:
        _, at = socket_address(server, PORT)
        await loop.sock_connect(sock, at)
        wire = query.to_wire()
        await loop.sock_sendall(sock, len(wire).to_bytes(2) + wire)
        length = int.from_bytes(await _exactly(sock, 2))
        answer = _understood(await _exactly(sock, length), query)
    if answer is None:
        raise ConnectionError("an answer to another question")
    return answer


async def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = await asyncio.get_running_loop().sock_recv(sock, size - len(data))
        if not part:
            raise ConnectionResetError("the server hung up")
        data += part
    return data


def _understood(wire: bytes, query: "Message") -> "Message | None":
    import dns.exception
    import dns.message

    try:
        answer = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None
    return answer if query.is_response(answer) else None


def _marked(backend: Backend, server: str, kind: socket.SocketKind) -> socket.socket:
    """A socket to that server whose packets go past the tunnel; raises OSError."""
    family, _ = socket_address(server, PORT)
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        backend.steer_socket(sock, "direct")
    except OSError:
        sock.close()
        raise
    return sock
