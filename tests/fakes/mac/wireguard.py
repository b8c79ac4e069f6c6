"""wireguard-go of a Mac, without a tunnel behind it: its control socket, and what is said over it.

The protocol is https://www.wireguard.com/xplatform/; a message is carried out line by line, and a prefix given to one
peer is taken from the other (read: wireguard-go device/uapi.go).
"""

import asyncio
from pathlib import Path

import msgspec


class Peer(msgspec.Struct):
    endpoint: str = ""
    keepalive_s: int = 0
    preshared_key: str = ""
    prefixes: list[str] = []


class WireGuard:
    """One process; it lives as long as the file of its socket."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.device: dict[str, str] = {}
        self.peers: dict[str, Peer] = {}
        self.hangs = False
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.socket)

    def end(self) -> None:
        """As when the process is killed: the file stays, and nobody answers."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = (await reader.readuntil(b"\n\n")).decode()
                if self.hangs or self._server is None:
                    await asyncio.sleep(30)
                writer.write(self._answered(request).encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answered(self, request: str) -> str:
        first, *lines = request.strip().splitlines()
        if first == "get=1":
            return self._shown() + "errno=0\n\n"
        try:
            self._set(lines)
        except (ValueError, KeyError):
            return "errno=-22\n\n"
        return "errno=0\n\n"

    def _set(self, lines: list[str]) -> None:
        key, peer = "", Peer()
        for line in lines:
            name, _, value = line.partition("=")
            match name:
                case "private_key" | "fwmark" | "listen_port":
                    self.device[name] = value
                case "replace_peers":
                    self.peers.clear()
                case "public_key":
                    bytes.fromhex(value)
                    key, peer = value, self.peers.setdefault(value, Peer(prefixes=[]))
                case "update_only":
                    pass
                case "remove":
                    self.peers.pop(key, None)
                case "preshared_key":
                    peer.preshared_key = "" if value == "00" * 32 else value
                case "endpoint":
                    peer.endpoint = value
                case "persistent_keepalive_interval":
                    peer.keepalive_s = int(value)
                case "allowed_ip":
                    for other in self.peers.values():
                        other.prefixes = [prefix for prefix in other.prefixes if prefix != value]
                    peer.prefixes = [*peer.prefixes, value]
                case _:
                    raise ValueError(name)

    def _shown(self) -> str:
        lines = [f"{name}={value}" for name, value in self.device.items()]
        for key, peer in self.peers.items():
            lines += [f"public_key={key}", f"preshared_key={peer.preshared_key or '00' * 32}", "protocol_version=1"]
            lines += [f"endpoint={peer.endpoint}"] if peer.endpoint else []
            lines += ["last_handshake_time_sec=0", "last_handshake_time_nsec=0", "tx_bytes=0", "rx_bytes=0"]
            lines += [f"persistent_keepalive_interval={peer.keepalive_s}"]
            lines += [f"allowed_ip={prefix}" for prefix in peer.prefixes]
        return "".join(f"{line}\n" for line in lines)
