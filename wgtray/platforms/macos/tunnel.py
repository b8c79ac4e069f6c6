"""How does the WireGuard interface come up and down on a Mac, and which utun is it?

``wireguard-go utun`` takes the next free number and writes the name to a file. Keys, peers and endpoints go over its
control socket, addresses and MTU through ifconfig. When the socket's file is removed it ends, and interface and routes
with it. The name counts while the file was made with that socket: after a crash the number may be somebody else's.
"""

import asyncio
import re
from pathlib import Path

from wgtray.core import fields
from wgtray.core.fields import Address
from wgtray.core.host import Tunnel
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.dump import measurement as measurement
from wgtray.platforms.macos import ifconfig
from wgtray.platforms.macos.machine import WIREGUARD, Machine, make_runtime
from wgtray.platforms.uapi import ControlSocket

MTU = 1420
"""What fits into 1500 with either family outside (wg-quick's default)."""

BORN_TOGETHER_S = 2.0
"""wg-quick's own measure (darwin.bash, get_real_interface)."""

START_S, END_S = 3.0, 3.0
"""wireguard-go listens and ends within hundredths of a second, or never."""

_POLL_S = 0.01
_NAME = re.compile(r"utun\d{1,5}")


def name_file(machine: Machine, wanted: str) -> Path:
    """Where wireguard-go says which utun it took for us."""
    return machine.runtime / f"{wanted}.name"


def control_socket(machine: Machine, name: str) -> Path:
    return machine.runtime / f"{name}.sock"


def found(machine: Machine, wanted: str) -> str | None:
    """Our interface, when it is there and still the one that was made for us."""
    path = name_file(machine, wanted)
    try:
        name = path.read_text().strip()
        if not _NAME.fullmatch(name):
            return None
        apart_s = abs(control_socket(machine, name).stat().st_mtime - path.stat().st_mtime)
        machine.index(name)
    except OSError:
        return None
    return name if apart_s < BORN_TOGETHER_S else None


async def up(machine: Machine, wanted: str, tunnel: Tunnel) -> str:
    """Make the interface; its name. Raises CommandFailed, OSError."""
    make_runtime(machine)
    path = name_file(machine, wanted)
    path.unlink(missing_ok=True)
    await machine.run([WIREGUARD, "utun"], environment={"WG_TUN_NAME_FILE": str(path)})
    name = await _listening(machine, wanted)
    control = ControlSocket(control_socket(machine, name))
    try:
        await control.configure(tunnel)
    finally:
        control.close()
    for address in sorted(tunnel.addresses):
        await machine.run(ifconfig.render_add(name, address))
    for command in ifconfig.render_up(name, tunnel.mtu or MTU):
        await machine.run(command)
    return name


async def down(machine: Machine, wanted: str, name: str | None) -> None:
    """Take it away, and wait until it is gone; raises CommandFailed, OSError."""
    if name is not None:
        control_socket(machine, name).unlink(missing_ok=True)
        await _gone(machine, name)
    name_file(machine, wanted).unlink(missing_ok=True)


def own(tunnel: Tunnel | None) -> frozenset[Address]:
    """This computer's addresses in the tunnel."""
    return frozenset() if tunnel is None else frozenset(map(fields.own_address, tunnel.addresses))


def probes(tunnel: Tunnel | None) -> frozenset[Address]:
    """The nodes' own addresses in the tunnel: packets to these are probes of ours."""
    prefixes = [] if tunnel is None else [prefix for peer in tunnel.peers for prefix in peer.allowed_ips]
    return frozenset(Address(prefix.partition("/")[0]) for prefix in prefixes if prefix.endswith(("/32", "/128")))


async def _listening(machine: Machine, wanted: str) -> str:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_S
    while (name := found(machine, wanted)) is None:
        if loop.time() > deadline:
            raise CommandFailed(Problem("command-failed", {"command": "wireguard-go", "detail": "it does not listen"}))
        await asyncio.sleep(_POLL_S)
    return name


async def _gone(machine: Machine, name: str) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + END_S
    while loop.time() < deadline:
        try:
            machine.index(name)
        except OSError:
            return
        await asyncio.sleep(_POLL_S)
    raise CommandFailed(Problem("command-failed", {"command": "wireguard-go", "detail": f"{name} does not go away"}))
