"""How does the WireGuard interface come up and down on Linux? Through the real wg-quick, from a conf of our own making.

The conf holds addresses, MTU and peers, ``Table = off``, no DNS and no hooks; wg-quick chooses kernel or userspace
WireGuard. Keys never touch a file: after the interface is up, they go to ``wg`` through a pipe.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Interface, Key
from wgtray.core.host import Peer, Tunnel
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import listed, run, tool
from wgtray.platforms.dump import Dump as Dump
from wgtray.platforms.dump import measurement as measurement
from wgtray.platforms.dump import parse_dump as parse_dump
from wgtray.platforms.linux import files, ipv6, link, process
from wgtray.platforms.linux.routes import MARK
from wgtray.platforms.moves import is_elsewhere

log = logging.getLogger("wgtray")

KERNEL_MODULE = Path("/sys/module/wireguard")

READ_TIMEOUT_S = 2.0
"""wg answers in 1.5 ms, or never: when it asks a process that is stopped."""


class _Said(msgspec.Struct):
    """One address in the JSON of ip."""

    local: str
    prefixlen: int
    scope: str


class _Link(msgspec.Struct):
    """One link in the JSON of ip, which says nothing of those that were not asked for."""

    mtu: int | None = None
    flags: tuple[str, ...] = ("UP",)
    addr_info: tuple[_Said, ...] = ()


_links = msgspec.json.Decoder(list[_Link])


def render_conf(tunnel: Tunnel, six: bool = True) -> str:
    """The wg-quick file: everything but the keys, and IPv6 addresses as comments where there is no IPv6."""
    shown = ((address, six or fields.family(address) == 4) for address in sorted(tunnel.addresses))
    lines = ["[Interface]", *(f"{'' if there else '# '}Address = {address}" for address, there in shown)]
    if tunnel.mtu is not None:
        lines.append(f"MTU = {tunnel.mtu}")
    lines += ["Table = off", f"FwMark = {MARK:#x}"]
    for peer in _ordered(tunnel.peers):
        lines += _peer_lines(peer)
    return "\n".join(lines) + "\n"


def render_setconf(tunnel: Tunnel) -> str:
    """What ``wg setconf`` reads from its standard input: the same peers, with all keys."""
    lines = ["[Interface]", f"FwMark = {MARK:#x}"]
    if tunnel.private_key is not None:
        lines.append(f"PrivateKey = {tunnel.private_key.reveal()}")
    for peer in _ordered(tunnel.peers):
        lines += _peer_lines(peer)
        if peer.preshared_key is not None:
            lines.append(f"PresharedKey = {peer.preshared_key.reveal()}")
    return "\n".join(lines) + "\n"


def render_peers(
    peers: tuple[Peer, ...], stale: tuple[Key, ...], present: Mapping[Key, Peer] | None = None
) -> list[str]:
    """The arguments of one ``wg set`` that changes peers in this order; preshared keys are set apart."""
    words = ["fwmark", f"{MARK:#x}"]
    for peer in peers:
        if is_elsewhere(peer, (present or {}).get(peer.public_key)):
            words += ["peer", peer.public_key, "remove"]
        words += ["peer", peer.public_key, "persistent-keepalive", str(peer.keepalive_s)]
        if peer.endpoint is not None:
            words += ["endpoint", peer.endpoint]
        words += ["allowed-ips", ",".join(sorted(peer.allowed_ips))]
    for key in stale:  # last, when others own what was theirs
        words += ["peer", key, "remove"]
    return words


def parse_addresses(*texts: str) -> tuple[frozenset[Interface], int | None]:
    """Addresses other than link-local ones, and the MTU, from what ``ip -json address show dev NAME`` said.

    A link that is down has none: no route leads into it, so it is made anew like one without. Raises ValueError.
    """
    links = [link for text in texts for link in listed(_links, text) if link.mtu is not None]
    found = {
        fields.interface(f"{item.local}/{item.prefixlen}")
        for link in links
        for item in link.addr_info
        if item.scope != "link" and "UP" in link.flags
    }
    return frozenset(found), links[0].mtu if links else None


async def read(name: str) -> Dump:
    """The interface as ``wg`` sees it. Raises CommandFailed, ValueError."""
    return parse_dump(await run(["wg", "show", name, "dump"], timeout_s=READ_TIMEOUT_S))


async def up(conf: Path, tunnel: Tunnel) -> None:
    """Bring the interface up that the conf's file name says; raises CommandFailed, OSError."""
    tool("wg")  # wg-quick would only say that something in it failed
    files.write_private(conf, render_conf(tunnel, ipv6.on_new_links()))
    try:
        await run(["wg-quick", "up", str(conf)])
    except CommandFailed:
        if not KERNEL_MODULE.exists():
            tool("wireguard-go")  # the usual reason on a kernel without WireGuard, and one a user can mend
        raise
    await link.mark(conf.stem)
    if process.is_elsewhere(conf.stem):  # wg would tell the keys to whoever has the socket
        detail = "another network namespace took the name at the same time"
        raise CommandFailed(Problem("command-failed", {"command": "wg-quick up", "detail": detail}))
    await run(["wg", "setconf", conf.stem, "/dev/stdin"], stdin=render_setconf(tunnel))


async def put_peers(name: str, peers: tuple[Peer, ...], stale: tuple[Key, ...], present: Mapping[Key, Peer]) -> None:
    """Change peers with one ``wg set``, and those preshared keys that are others than at ``present``.

    Raises CommandFailed.
    """
    await run(["wg", "set", name, *render_peers(peers, stale, present)])
    for peer in peers:
        before = present.get(peer.public_key)
        shared = None if before is None or is_elsewhere(peer, before) else before.preshared_key
        if shared != peer.preshared_key:
            secret = peer.preshared_key
            path = "/dev/null" if secret is None else "/dev/stdin"  # an empty pipe is no empty file to wg
            text = "" if secret is None else f"{secret.reveal()}\n"
            await run(["wg", "set", name, "peer", peer.public_key, "preshared-key", path], stdin=text)


async def down(conf: Path) -> None:
    """Take the interface down and wait until its userspace process, where there is one, is gone too.

    Works without wireguard-tools. Raises CommandFailed when the link stays; the conf stays in any case.
    """
    name = conf.stem
    if link.exists(name):
        try:
            await run(["wg-quick", "down", str(conf)])
        except CommandFailed as error:
            log.info("%s is removed without wg-quick: %s", name, error)
    if link.exists(name):
        await link.delete(name)
    await process.gone(name)


def _peer_lines(peer: Peer) -> list[str]:
    lines = ["", "[Peer]", f"PublicKey = {peer.public_key}"]
    if peer.allowed_ips:
        lines.append(f"AllowedIPs = {', '.join(sorted(peer.allowed_ips))}")
    if peer.endpoint is not None:
        lines.append(f"Endpoint = {peer.endpoint}")
    if peer.keepalive_s:
        lines.append(f"PersistentKeepalive = {peer.keepalive_s}")
    return lines


def _ordered(peers: frozenset[Peer]) -> list[Peer]:
    return sorted(peers, key=lambda peer: peer.public_key)
