"""How is the kernel's WireGuard told to move prefixes without a process in between? Over generic netlink.

The family "wireguard" and its attributes are those of linux/wireguard.h; ``wg`` speaks it too, but clears a peer's list
before it writes it. Exercised by its rendered bytes; ``wg set`` takes over when the kernel refuses it.
"""

import asyncio
import base64
import errno
import ipaddress
import socket
import struct
from collections.abc import Iterable

from wgtray.core.fields import Endpoint, Prefix, split_endpoint
from wgtray.platforms.linux import netlink
from wgtray.platforms.linux.netlink import attribute, nest, refused
from wgtray.platforms.linux.routes import MARK
from wgtray.platforms.moves import Move

TIMEOUT_S = 1.0

# linux/genetlink.h
_NETLINK_GENERIC = 16
_CONTROLLER, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 16, 3, 1, 2
_GENERIC = struct.Struct("=BBxx")  # genlmsghdr: command, version

# linux/wireguard.h
_FAMILY, _VERSION, _SET_DEVICE = "wireguard", 1, 1
_DEVICE_NAME, _DEVICE_MARK, _DEVICE_PEERS = 2, 7, 8
_PEER_KEY, _PEER_SHARED, _PEER_FLAGS, _PEER_ENDPOINT, _PEER_KEEPALIVE, _PEER_PREFIXES = 1, 2, 3, 4, 5, 9
_PREFIX_FAMILY, _PREFIX_ADDRESS, _PREFIX_LENGTH = 1, 2, 3
_REMOVE, _UPDATE_ONLY = 1, 4


def render_set(family: int, name: str, changes: Iterable[Move]) -> bytes:
    """One WG_CMD_SET_DEVICE that makes these moves in their order; raises OSError (EMSGSIZE) when it grows too long."""
    content = netlink.text(_DEVICE_NAME, name) + attribute(_DEVICE_MARK, struct.pack("=I", MARK))
    content += nest(_DEVICE_PEERS, (nest(0, _peer(move)) for move in changes))
    return netlink.message(family, netlink.ACK, _GENERIC.pack(_SET_DEVICE, _VERSION) + content)


def render_family(name: str) -> bytes:
    """The question for the number of a generic netlink family."""
    return netlink.message(_CONTROLLER, 0, _GENERIC.pack(_GET_FAMILY, _VERSION) + netlink.text(_FAMILY_NAME, name))


def parse_family(answer: bytes) -> int:
    """That number; raises OSError, FileNotFoundError when the kernel has no such family."""
    refused(answer)
    for _, content in netlink.messages(answer):
        for kind, value in netlink.attributes(content[_GENERIC.size :]):
            if kind == _FAMILY_ID and len(value) >= 2:
                return int(struct.unpack_from("=H", value)[0])
    raise OSError(errno.EBADMSG, "the kernel did not say which family it is")


async def set_device(name: str, changes: Iterable[Move]) -> None:
    """Make these moves on a kernel interface of this namespace; raises OSError, FileNotFoundError without WireGuard."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, _NETLINK_GENERIC) as sock:
        family = parse_family(await _asked(sock, render_family(_FAMILY)))
        refused(await _asked(sock, render_set(family, name, changes)))


async def _asked(sock: socket.socket, message: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(TIMEOUT_S):
        await loop.sock_sendall(sock, message)
        answer = await loop.sock_recv(sock, 1 << 16)
    if len(answer) < netlink.HEADER.size + 4:
        raise OSError(errno.EBADMSG, "half an answer")
    return answer


def _peer(move: Move) -> Iterable[bytes]:
    flags = (0 if move.new else _UPDATE_ONLY) | (_REMOVE if move.remove else 0)
    yield attribute(_PEER_KEY, base64.b64decode(move.public_key))
    if move.preshared_key is not None:
        shared = bytes(32) if move.preshared_key == "none" else base64.b64decode(move.preshared_key.reveal())
        yield attribute(_PEER_SHARED, shared)
    yield attribute(_PEER_FLAGS, struct.pack("=I", flags))
    if move.endpoint is not None:
        yield attribute(_PEER_ENDPOINT, _sockaddr(move.endpoint))
    if move.keepalive_s is not None:
        yield attribute(_PEER_KEEPALIVE, struct.pack("=H", move.keepalive_s))
    if move.gain:
        yield nest(_PEER_PREFIXES, (nest(0, _prefix(prefix)) for prefix in move.gain))


def _prefix(prefix: Prefix) -> Iterable[bytes]:
    network = ipaddress.ip_network(prefix)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    yield attribute(_PREFIX_FAMILY, struct.pack("=H", family))
    yield attribute(_PREFIX_ADDRESS, network.network_address.packed)
    yield attribute(_PREFIX_LENGTH, bytes([network.prefixlen]))


def _sockaddr(endpoint: Endpoint) -> bytes:
    host, port = split_endpoint(endpoint)
    address = ipaddress.ip_address(host)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    start = struct.pack("=H", family) + struct.pack(">H", port)  # the port alone is in network order
    return start + address.packed + bytes(8) if address.version == 4 else start + bytes(4) + address.packed + bytes(4)
