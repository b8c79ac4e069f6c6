"""A name server in memory: it answers on loopback, over UDP and TCP, with what a test wants it to say."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.fakes.backend import FakeBackend
from wgtray.platforms.api import Way

Records = Mapping[tuple[str, str], list[str]]
"""(name, type) -> addresses; a name that is nowhere does not exist."""


class SteeredBackend(FakeBackend):
    """A machine whose sockets may go out; it notes by which way."""

    def __init__(self) -> None:
        super().__init__()
        self.steered: list[tuple[socket.SocketKind, Way]] = []

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        self.steered.append((sock.type, way))


class Zone(asyncio.DatagramProtocol):
    """What one server does with a question; ``datagrams`` and ``streams`` count."""

    def __init__(
        self,
        records: Records,
        *,
        silent: Callable[[int], bool] = lambda number: False,
        rcode: dns.rcode.Rcode | None = None,
        truncated: bool = False,
        forged: bool = False,
    ) -> None:
        self.records = records
        self.silent, self.rcode, self.truncated, self.forged = silent, rcode, truncated, forged
        self.datagrams = self.streams = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.datagrams += 1
        if self.silent(self.datagrams):
            return
        query = dns.message.from_wire(data)
        if self.forged:
            guess = self.answer(query)
            guess.id ^= 1
            self.transport.sendto(b"\x00garbage", addr)
            self.transport.sendto(guess.to_wire(), addr)
        reply = self.answer(query)
        if self.truncated:
            reply.answer, reply.flags = [], reply.flags | dns.flags.TC
        self.transport.sendto(reply.to_wire(), addr)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            length = int.from_bytes(await reader.readexactly(2))
            wire = self.answer(dns.message.from_wire(await reader.readexactly(length))).to_wire()
            self.streams += 1
            writer.write(len(wire).to_bytes(2) + wire)
            await writer.drain()
        writer.close()

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        reply, question = dns.message.make_response(query), query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        if self.rcode is not None:
            reply.set_rcode(self.rcode)
        elif name not in {known for known, _ in self.records}:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif found := self.records.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif alias := self.records.get((name, "CNAME")):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "CNAME", alias[0]))
            if behind := self.records.get((alias[0].rstrip("."), kind)):
                reply.answer.append(dns.rrset.from_text(alias[0], 60, "IN", kind, *behind))
        return reply


@contextlib.asynccontextmanager
async def serving(zone: Zone, address: str, port: int = 0) -> AsyncIterator[int]:
    """``zone`` on that address; the port that it got."""
    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(zone.converse, address, port)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(lambda: zone, local_addr=(address, port))
    try:
        yield port
    finally:
        transport.close()
        server.close()
        await server.wait_closed()
