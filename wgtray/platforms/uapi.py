"""How is a userspace WireGuard asked and told without a process in between? Over its control socket.

The protocol is https://www.wireguard.com/xplatform/; wireguard-go (read: device/uapi.go) carries out a message line by
line under one lock, so that a reader sees all of it or nothing. No exception from here repeats what was said.
"""

import asyncio
import base64
import socket
from collections.abc import Iterable
from pathlib import Path

from wgtray.core.fields import Endpoint, Key, Prefix
from wgtray.core.host import Peer, Tunnel
from wgtray.core.secret import Secret
from wgtray.platforms.dump import MARK as MARK
from wgtray.platforms.dump import Dump as Dump
from wgtray.platforms.moves import Move

TIMEOUT_S = 1.0
"""Ten thousand times what an answer takes; then ``wg`` may try."""

_GET = "get=1\n\n"
_END = b"\n\n"
_NO_KEY = "00" * 32


def render_set(changes: Iterable[Move]) -> str:
    """One message that makes these moves in their order, and marks WireGuard's own packets."""
    lines = ["set=1", f"fwmark={MARK}"]
    for move in changes:
        lines.append(f"public_key={_hex(move.public_key)}")
        lines += [] if move.new else ["update_only=true"]
        lines += ["remove=true"] if move.remove else []
        if move.preshared_key is not None:
            shared = _NO_KEY if move.preshared_key == "none" else _hex(move.preshared_key.reveal())
            lines.append(f"preshared_key={shared}")
        if move.endpoint is not None:
            lines.append(f"endpoint={move.endpoint}")
        if move.keepalive_s is not None:
            lines.append(f"persistent_keepalive_interval={move.keepalive_s}")
        lines += [f"allowed_ip={prefix}" for prefix in move.gain]
    return "\n".join(lines) + "\n\n"


def render_whole(tunnel: Tunnel) -> str:
    """One message that makes a new interface this, keys and all."""
    lines = ["set=1", f"fwmark={MARK}", "replace_peers=true"]
    if tunnel.private_key is not None:
        lines.insert(1, f"private_key={_hex(tunnel.private_key.reveal())}")
    for peer in sorted(tunnel.peers, key=lambda peer: peer.public_key):
        lines += [f"public_key={_hex(peer.public_key)}", f"persistent_keepalive_interval={peer.keepalive_s}"]
        lines += [] if peer.preshared_key is None else [f"preshared_key={_hex(peer.preshared_key.reveal())}"]
        lines += [] if peer.endpoint is None else [f"endpoint={peer.endpoint}"]
        lines += [f"allowed_ip={prefix}" for prefix in sorted(peer.allowed_ips)]
    return "\n".join(lines) + "\n\n"


def parse_get(text: str) -> Dump:
    """The answer to ``get=1``; raises ValueError on anything else."""
    head, *rest = text.partition("errno=")[0].split("public_key=")
    device = _fields(head)
    private_key = _secret(device.get("private_key", [_NO_KEY])[-1])
    peers: set[Peer] = set()
    handshakes: dict[Key, int] = {}
    rx_bytes = tx_bytes = 0
    for block in rest:
        key_line, _, lines = block.partition("\n")
        key, said = Key(_base64(key_line)), _fields(lines)
        endpoint = said.get("endpoint")
        peers.add(
            Peer(
                public_key=key,
                endpoint=None if endpoint is None else Endpoint(endpoint[-1]),
                allowed_ips=frozenset(map(Prefix, said.get("allowed_ip", ()))),
                keepalive_s=_number(said, "persistent_keepalive_interval"),
                preshared_key=_secret(said.get("preshared_key", [_NO_KEY])[-1]),
            )
        )
        if handshake := _number(said, "last_handshake_time_sec"):
            handshakes[key] = handshake
        rx_bytes += _number(said, "rx_bytes")
        tx_bytes += _number(said, "tx_bytes")
    marked = _number(device, "fwmark") == MARK
    return Dump(private_key, marked, frozenset(peers), handshakes, rx_bytes, tx_bytes)


class ControlSocket:
    """One kept connection, made when first needed and made again when the process behind it is another one."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._sock: socket.socket | None = None
        self._turn = asyncio.Lock()

    async def get(self) -> Dump:
        """The interface as it is. Raises OSError, ValueError; FileNotFoundError, ConnectionRefusedError: not here."""
        return parse_get(await self._asked(_GET))

    async def set(self, changes: Iterable[Move]) -> None:
        """Make these moves in one message; raises OSError."""
        await self._asked(render_set(changes))

    async def configure(self, tunnel: Tunnel) -> None:
        """Make a new interface this in one message; raises OSError."""
        await self._asked(render_whole(tunnel))

    def close(self) -> None:
        """Let go of the connection; the next question makes another."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def __del__(self) -> None:
        self.close()

    async def _asked(self, request: str) -> str:
        async with self._turn, asyncio.timeout(TIMEOUT_S):
            kept = self._sock is not None
            try:
                answer = await self._answer(request)
            except OSError:
                if not kept:
                    raise
                answer = await self._answer(request)  # the process that held the other end is gone
        code = answer.rpartition("errno=")[2].strip()
        if code != "0":
            self.close()  # wireguard-go reads the rest of a refused message as further requests
            raise OSError(abs(int(code)) if code.lstrip("-").isdigit() else 0, "WireGuard refused a message")
        return answer

    async def _answer(self, request: str) -> str:
        loop = asyncio.get_running_loop()
        try:
            if self._sock is None:
                self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._sock.setblocking(False)
                await loop.sock_connect(self._sock, self._path)
            await loop.sock_sendall(self._sock, request.encode())
            answer = b""
            while not answer.endswith(_END):
                part = await loop.sock_recv(self._sock, 1 << 16)
                if not part:
                    raise ConnectionResetError("WireGuard closed its control socket")
                answer += part
        except BaseException:  # also a cancelled wait: half an answer must not meet the next question
            self.close()
            raise
        return answer.decode()


def _fields(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if not equals:
            raise ValueError("a line without a value")
        found.setdefault(name, []).append(value)
    return found


def _number(said: dict[str, list[str]], name: str) -> int:
    return int(said.get(name, ["0"])[-1])


def _secret(text: str) -> Secret | None:
    return None if text == _NO_KEY else Secret(_base64(text))


def _base64(text: str) -> str:
    raw = bytes.fromhex(text)
    if len(raw) != 32:
        raise ValueError("a key of another length")
    return base64.b64encode(raw).decode()


def _hex(key: str) -> str:
    return base64.b64decode(key).hex()
