"""How does a node's WireGuard come to life, and how does it die?"""

from __future__ import annotations

import os
import select
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from wgtray.lab import netns, topology
from wgtray.lab.spec import WG_PORT, WG_SOCKETS, LabError, Layout, NodeLayout


@dataclass(frozen=True)
class KeyPair:
    public: str
    private: str = field(repr=False)


def make_keys() -> KeyPair:
    private = netns.run(["wg", "genkey"]).strip()
    return KeyPair(public=netns.run(["wg", "pubkey"], text=private + "\n").strip(), private=private)


def node_conf(layout: Layout, private_key: str, client_keys: list[str]) -> str:
    """For `wg setconf` in a node: all clients are its peers."""
    parts = [f"[Interface]\nPrivateKey = {private_key}\nListenPort = {WG_PORT}\n"]
    for client, key in zip(layout.clients, client_keys, strict=True):
        four, six = client.tunnel
        parts.append(f"[Peer]\nPublicKey = {key}\nAllowedIPs = {four}/32, {six}/128\n")
    return "\n".join(parts)


def start(layout: Layout, node: NodeLayout) -> None:
    """Make the node's WireGuard run as its file in the runtime directory says; nothing to do if it does."""
    if _processes(node):
        return
    _socket(node).unlink(missing_ok=True)
    # Without -f it returns once the interface and its control socket are there, and goes on behind our back.
    _launch(netns.enter(node.netns, ["wireguard-go", node.interface]), node)
    conf = _conf(layout, node).read_text()
    netns.run(netns.enter(node.netns, ["wg", "setconf", node.interface, "/dev/stdin"]), text=conf)
    netns.ip(node.netns, topology.tunnel(node, layout))


def kill(node: NodeLayout) -> None:
    """Kill only the node's WireGuard; it still answers pings from outside."""
    for pid in _processes(node):
        with suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                _wait_for_end(descriptor)
            finally:
                os.close(descriptor)
    _socket(node).unlink(missing_ok=True)


def public_key(layout: Layout, node: NodeLayout) -> str:
    """Known from its file, so also while its WireGuard is dead."""
    conf = _conf(layout, node).read_text()
    private = next(line for line in conf.splitlines() if line.startswith("PrivateKey")).split(" = ")[1]
    return netns.run(["wg", "pubkey"], text=private + "\n").strip()


def write_conf(layout: Layout, node: NodeLayout, keys: KeyPair, client_keys: list[str]) -> None:
    """Keep what `start` needs, readable by root only."""
    path = _conf(layout, node)
    path.touch(mode=0o600)
    path.write_text(node_conf(layout, keys.private, client_keys))


def _conf(layout: Layout, node: NodeLayout) -> Path:
    return layout.runtime_dir / "nodes" / f"{node.name}.conf"


def _launch(command: list[str], node: NodeLayout) -> None:
    # No pipe for its output: the one that stays in the background would hold it open.
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the lab's owner
        timeout=20,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(f"wireguard-go did not start for node {node.name}: try {' '.join(command)} to see why.")


def _socket(node: NodeLayout) -> Path:
    return WG_SOCKETS / f"{node.interface}.sock"


def _processes(node: NodeLayout) -> list[int]:
    found = []
    for pid in netns.processes([node.netns]):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if os.path.basename(words[0]) == b"wireguard-go" and node.interface.encode() in words:
                found.append(pid)
    return found


def _wait_for_end(descriptor: int) -> None:
    select.select([descriptor], [], [], 5.0)
