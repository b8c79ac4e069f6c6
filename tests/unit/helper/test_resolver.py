"""Names of nodes become endpoints, by the file that was named, and a wake-up during a look-up is not lost."""

import asyncio
from pathlib import Path
from typing import cast

import dns.asyncresolver
import dns.message
import dns.rrset
import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.events import Resolved
from wgtray.helper import resolver
from wgtray.helper.resolver import Resolver

SIN = worlds.NAMES[2]
PROFILE = worlds.profile()
"""Only sin's endpoint is a name: sin.example.com."""


class Zone(asyncio.DatagramProtocol):
    """Answers every A query with these addresses, and nothing else."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        reply = dns.message.make_response(query)
        question = query.question[0]
        if self.addresses and question.rdtype == 1:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", *self.addresses))
        self.transport.sendto(reply.to_wire(), addr)


def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> Resolved:
    """What one resolver says when its file names a server with this zone."""

    async def play() -> Resolved:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Zone(addresses), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]

        class OnThatPort(dns.asyncresolver.Resolver):
            def __init__(self, filename: str) -> None:
                super().__init__(filename)
                self.port = port

        monkeypatch.setattr(dns.asyncresolver, "Resolver", OnThatPort)
        (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        answers: asyncio.Queue[Resolved] = asyncio.Queue()
        names = Resolver(answers.put_nowait, tmp_path / "resolv.conf")
        try:
            async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
                running = tasks.create_task(names.run())
                names.follow(PROFILE)
                answer = await answers.get()
                running.cancel()
        finally:
            transport.close()
        return answer

    return asyncio.run(play())


def test_a_name_is_asked_of_the_servers_in_the_named_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asked(tmp_path, monkeypatch, ["203.0.113.77"])
    assert (answer.resolved, answer.unresolved) == ({SIN: "203.0.113.77:51820"}, frozenset())


@pytest.mark.parametrize("addresses", [[], ["127.0.0.1"], ["169.254.1.1"]])
def test_no_answer_or_a_place_where_no_node_can_be_is_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    assert asked(tmp_path, monkeypatch, addresses).unresolved == {SIN}


def test_a_profile_that_comes_during_a_look_up_is_looked_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    other = msgspec.structs.replace(PROFILE.nodes[2], name="rio", endpoint="rio.example.com:51820")
    later = msgspec.structs.replace(PROFILE, nodes=(*PROFILE.nodes[:2], other), split=worlds.LONE_SPLIT)

    async def play() -> frozenset[str]:
        answers: asyncio.Queue[Resolved] = asyncio.Queue()
        names = Resolver(answers.put_nowait)
        began, go_on = asyncio.Event(), asyncio.Event()

        async def slow(host: str) -> list[str]:
            began.set()
            await go_on.wait()
            return [f"203.0.113.{len(host)}"]

        monkeypatch.setattr(resolver, "_system_addresses", slow)
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(names.run())
            names.follow(PROFILE)
            await began.wait()
            names.follow(later)
            go_on.set()
            answer = await answers.get()
            running.cancel()
        return frozenset(answer.resolved)

    assert asyncio.run(play()) == {"rio"}
