"""A prefix moves between the peers of a real userspace WireGuard: the same by every way, and never ownerless."""

import asyncio
import itertools
import os
import random
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from tests.contract.own_namespace import OwnNamespace
from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.fields import Key, Prefix
from wgtray.core.host import NOTHING, Peer, Tunnel
from wgtray.core.plan import PutPeers, applied, plan
from wgtray.core.secret import Secret
from wgtray.platforms import uapi
from wgtray.platforms.command import run
from wgtray.platforms.linux import genetlink, link, netlink, process, tunnel
from wgtray.platforms.linux.backend import LinuxBackend
from wgtray.platforms.moves import moves

pytestmark = pytest.mark.network

UP = desired(worlds.connected())
MOVED = desired(msgspec.structs.replace(worlds.connected(), active={(): worlds.NAMES[1], ("sin",): worlds.NAMES[2]}))
SHARED = Secret("Wx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=")
EVERYTHING = (Prefix("0.0.0.0/0"), Prefix("::/0"))

Scene = Callable[[LinuxBackend], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[[Scene], None]]:
    """Runs a scene on an interface that is up, and takes it down."""

    async def played(scene: Scene) -> None:
        backend = LinuxBackend(tmp_path, f"wgs{os.getpid() % 100000}")
        for step in plan(await backend.observe(), UP):
            await backend.apply(step)
        try:
            await scene(backend)
        finally:
            await backend.cleanup()

    with OwnNamespace():
        yield lambda scene: asyncio.run(played(scene))


def switches(seed: int) -> Iterator[PutPeers]:
    """Steps between peers that own random shares of some networks, with and without preshared keys; endless."""
    dice = random.Random(seed)
    assert UP.tunnel is not None
    now = UP
    while now.tunnel is not None:
        networks = [*EVERYTHING, *(Prefix(f"10.{number}.0.0/16") for number in range(8))]
        owners: dict[Prefix, Key | None] = {}
        for network in networks:
            owners[network] = dice.choice([*map(Key, worlds.KEYS), None])
        peers = frozenset(
            Peer(
                public_key=peer.public_key,
                endpoint=peer.endpoint,
                keepalive_s=dice.choice((0, 25)),
                preshared_key=dice.choice((None, SHARED)),
                allowed_ips=frozenset(
                    [network for network, key in owners.items() if key == peer.public_key]
                    + [prefix for prefix in peer.allowed_ips if prefix.endswith("/32")]
                ),
            )
            for peer in UP.tunnel.peers
            if dice.random() < 0.8
        )
        goal = msgspec.structs.replace(now, tunnel=msgspec.structs.replace(now.tunnel, peers=peers))
        for step in plan(now, goal):
            assert isinstance(step, PutPeers)
            now = applied(now, step)
            yield step


def owners_of(peers: frozenset[Peer]) -> Mapping[Prefix, Key]:
    return {prefix: peer.public_key for peer in peers for prefix in peer.allowed_ips}


async def shown(backend: LinuxBackend) -> frozenset[Peer]:
    assert backend.interface is not None
    return tunnel.parse_dump(await run(["wg", "show", backend.interface, "dump"])).peers


def test_a_switch_through_the_control_socket_equals_one_through_wg(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    results: list[list[frozenset[Peer]]] = []

    async def scene(backend: LinuxBackend) -> None:
        seen: list[frozenset[Peer]] = []
        expected = UP
        for step in itertools.islice(switches(1), 40):
            expected = applied(expected, step)
            await backend.apply(step)
            seen.append(await shown(backend))
            observed = await backend.observe()
            assert observed.tunnel is not None
            assert observed.tunnel.peers == seen[-1]
            assert plan(observed, expected) == ()
            assert isinstance(expected.tunnel, Tunnel)
            assert owners_of(seen[-1]) == owners_of(expected.tunnel.peers)
        results.append(seen)

    asked = _commands_of_wg(monkeypatch)
    play(scene)
    assert "set" not in asked
    monkeypatch.setattr(uapi.ControlSocket, "set", _unwilling)
    asked.clear()
    play(scene)
    assert "set" in asked
    assert results[0] == results[1]


def test_no_reader_ever_finds_a_prefix_without_an_owner(play: Callable[[Scene], None]) -> None:
    async def scene(backend: LinuxBackend) -> None:
        there, back = plan(UP, MOVED)[0], plan(MOVED, UP)[0]
        reader = Reader(process.control_socket(str(backend.interface)))
        reader.start()
        for step in [there, back] * 100:
            await backend.apply(step)
        await asyncio.to_thread(reader.stop)
        assert reader.readings > 100
        assert set(worlds.KEYS[:2]) == reader.owners  # both were seen, and never nobody

    play(scene)


def test_a_restarted_wireguard_is_talked_to_over_a_new_connection(play: Callable[[Scene], None]) -> None:
    async def scene(backend: LinuxBackend) -> None:
        name = str(backend.interface)
        await backend.apply(plan(UP, MOVED)[0])
        await _kill(name)
        assert (await backend.observe()).tunnel is None
        assert await backend.measure() is None
        await run(["wireguard-go", name])
        await run(["ip", "link", "set", "up", "dev", name])
        bare = (await backend.observe()).tunnel
        assert bare is not None
        assert (bare.private_key, bare.peers) == (None, frozenset())
        for step in plan(await backend.observe(), UP):  # it has no key, so it is made again
            await backend.apply(step)
        assert UP.same(await backend.observe())
        await backend.apply(plan(UP, MOVED)[0])
        assert MOVED.same(await backend.observe())
        for step in plan(MOVED, NOTHING):
            await backend.apply(step)

    play(scene)


def test_a_kept_connection_to_a_process_that_is_gone_is_made_again(play: Callable[[Scene], None]) -> None:
    async def scene(backend: LinuxBackend) -> None:
        name = str(backend.interface)
        kept = uapi.ControlSocket(process.control_socket(name))
        assert (await kept.get()).private_key == worlds.PRIVATE
        await _kill(name)
        with pytest.raises(ConnectionRefusedError):
            await kept.get()
        await run(["wireguard-go", name])
        assert (await kept.get()).private_key is None
        await _kill(name)
        await run(["wireguard-go", name])
        assert (await kept.get()).private_key is None

    play(scene)


def test_a_refused_message_is_an_error_without_its_content_and_the_next_one_works(
    play: Callable[[Scene], None], caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(backend: LinuxBackend) -> None:
        asked = uapi.ControlSocket(process.control_socket(str(backend.interface)))
        bad = moves([_peer(Prefix("not a network"), SHARED)], (), {})
        with pytest.raises(OSError, match="refused") as caught:
            await asked.set(bad)
        assert SHARED.reveal() not in repr(caught.value)
        assert (await asked.get()).private_key == worlds.PRIVATE

    play(scene)
    assert SHARED.reveal() not in caplog.text


def test_a_control_socket_that_says_nothing_is_replaced_by_wg_and_logged_once(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(backend: LinuxBackend) -> None:
        monkeypatch.setattr(uapi.ControlSocket, "get", _unwilling)
        for step in (plan(UP, MOVED)[0], plan(MOVED, UP)[0], plan(UP, MOVED)[0]):
            await backend.apply(step)
        assert MOVED.same(await backend.observe())
        assert await backend.measure() is not None

    play(scene)
    assert [record.message for record in caplog.records if "control socket" in record.message] == [
        f"wgs{os.getpid() % 100000}: no use of its control socket, wg does it instead: TimeoutError"
    ]


def test_generic_netlink_is_understood_and_a_kernel_without_wireguard_is_no_failure(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(backend: LinuxBackend) -> None:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 16) as sock:
            assert genetlink.parse_family(await genetlink._asked(sock, genetlink.render_family("nlctrl"))) == 16
            with pytest.raises(FileNotFoundError):
                genetlink.parse_family(await genetlink._asked(sock, genetlink.render_family("no-such-family")))
            with pytest.raises(OSError, match="not supported"):  # a message of the right form that this family refuses
                netlink.refused(await genetlink._asked(sock, genetlink.render_set(16, "lo", ())))
        monkeypatch.setattr(uapi.ControlSocket, "get", _absent)
        await backend.apply(plan(UP, MOVED)[0])
        assert MOVED.same(await backend.observe())

    play(scene)
    if not tunnel.KERNEL_MODULE.exists():
        assert not caplog.records


class Reader(threading.Thread):
    """Asks who owns everything, over a connection of its own, as fast as it can."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._enough = threading.Event()
        self.owners: set[str | None] = set()
        self.readings = 0

    def run(self) -> None:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(self._path))
            while not self._enough.is_set():
                sock.sendall(b"get=1\n\n")
                answer = b""
                while not answer.endswith(b"\n\n"):
                    answer += sock.recv(1 << 16)
                owned = owners_of(uapi.parse_get(answer.decode()).peers)
                self.owners |= {owned.get(prefix) for prefix in EVERYTHING}
                self.readings += 1

    def stop(self) -> None:
        self._enough.set()
        self.join()


def _peer(prefix: Prefix, shared: Secret) -> Peer:
    return Peer(Key(worlds.KEYS[0]), None, frozenset({prefix}), 25, shared)


async def _unwilling(*_: object) -> None:
    raise TimeoutError


async def _absent(*_: object) -> None:
    raise FileNotFoundError


async def _kill(name: str) -> None:
    """End the wireguard-go of one interface, as a crash would."""
    for line in (await run(["pgrep", "-f", f"wireguard-go {name}$"])).split():
        os.kill(int(line), signal.SIGKILL)
    while link.exists(name):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.005)


def _commands_of_wg(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The second words of the ``wg`` commands that are run."""
    asked: set[str] = set()

    async def counted(argv: list[str], stdin: str = "", timeout_s: float = 10.0) -> str:
        if argv[0] == "wg":
            asked.add(argv[1])
        return await run(argv, stdin, timeout_s)

    monkeypatch.setattr(tunnel, "run", counted)
    return asked
