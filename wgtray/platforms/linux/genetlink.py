"""How is the kernel's WireGuard told to move prefixes without a process in between? Over generic netlink.

The family "wireguard" and its attributes are those of linux/wireguard.h; ``wg`` speaks it too, but clears a peer's list
before it writes it. Exercised by its rendered bytes; ``wg set`` takes over when the kernel refuses it.
"""

import asyncio
import base64
import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Iterable

from wgtray.core.fields import Endpoint, Prefix, split_endpoint
from wgtray.platforms.linux.moves import Move
from wgtray.platforms.linux.routes import MARK

TIMEOUT_S = 1.0

# linux/netlink.h, linux/genetlink.h
_NETLINK_GENERIC = 16
_CONTROLLER, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 16, 3, 1, 2
_REQUEST, _ACK = 1, 4
_ERROR = 2
_NESTED = 0x8000
_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_GENERIC = struct.Struct("=BBxx")  # genlmsghdr: command, version
_ATTRIBUTE = struct.Struct("=HH")  # nlattr: length, type

# linux/wireguard.h
_FAMILY, _VERSION, _SET_DEVICE = "wireguard", 1, 1
_DEVICE_NAME, _DEVICE_MARK, _DEVICE_PEERS = 2, 7, 8
_PEER_KEY, _PEER_SHARED, _PEER_FLAGS, _PEER_ENDPOINT, _PEER_KEEPALIVE, _PEER_PREFIXES = 1, 2, 3, 4, 5, 9
_PREFIX_FAMILY, _PREFIX_ADDRESS, _PREFIX_LENGTH = 1, 2, 3
_REMOVE, _UPDATE_ONLY = 1, 4


def render_set(family: int, name: str, changes: Iterable[Move]) -> bytes:
    """One WG_CMD_SET_DEVICE that makes these moves in their order; raises OSError (EMSGSIZE) when it grows too long."""
    content = _text(_DEVICE_NAME, name) + _attribute(_DEVICE_MARK, struct.pack("=I", MARK))
    content += _nest(_DEVICE_PEERS, (_nest(0, _peer(move)) for move in changes))
    return _message(family, _SET_DEVICE, content)


def render_family(name: str) -> bytes:
    """The question for the number of a generic netlink family."""
    return _message(_CONTROLLER, _GET_FAMILY, _text(_FAMILY_NAME, name))


def parse_family(answer: bytes) -> int:
    """That number; raises OSError, FileNotFoundError when the kernel has no such family."""
    refused(answer)
    at = _HEADER.size + _GENERIC.size
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _FAMILY_ID:
            return int(struct.unpack_from("=H", answer, at + _ATTRIBUTE.size)[0])
        at += max(_padded(length), _ATTRIBUTE.size)
    raise OSError(errno.EBADMSG, "the kernel did not say which family it is")


def refused(answer: bytes) -> None:
    """Raises OSError when the answer is an error; an acknowledgement is error 0."""
    _, kind, *_ = _HEADER.unpack_from(answer)
    if kind == _ERROR:
        (code,) = struct.unpack_from("=i", answer, _HEADER.size)
        if code:
            raise OSError(-code, os.strerror(-code))


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
    if len(answer) < _HEADER.size + 4:
        raise OSError(errno.EBADMSG, "half an answer")
    return answer


def _peer(move: Move) -> Iterable[bytes]:
    flags = (0 if move.new else _UPDATE_ONLY) | (_REMOVE if move.remove else 0)
    yield _attribute(_PEER_KEY, base64.b64decode(move.public_key))
    if move.preshared_key is not None:
        shared = bytes(32) if move.preshared_key == "none" else base64.b64decode(move.preshared_key.reveal())
        yield _attribute(_PEER_SHARED, shared)
    yield _attribute(_PEER_FLAGS, struct.pack("=I", flags))
    if move.endpoint is not None:
        yield _attribute(_PEER_ENDPOINT, _sockaddr(move.endpoint))
    if move.keepalive_s is not None:
        yield _attribute(_PEER_KEEPALIVE, struct.pack("=H", move.keepalive_s))
    if move.gain:
        yield _nest(_PEER_PREFIXES, (_nest(0, _prefix(prefix)) for prefix in move.gain))


def _prefix(prefix: Prefix) -> Iterable[bytes]:
    network = ipaddress.ip_network(prefix)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    yield _attribute(_PREFIX_FAMILY, struct.pack("=H", family))
    yield _attribute(_PREFIX_ADDRESS, network.network_address.packed)
    yield _attribute(_PREFIX_LENGTH, bytes([network.prefixlen]))


def _sockaddr(endpoint: Endpoint) -> bytes:
    host, port = split_endpoint(endpoint)
    address = ipaddress.ip_address(host)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    start = struct.pack("=H", family) + struct.pack(">H", port)  # the port alone is in network order
    return start + address.packed + bytes(8) if address.version == 4 else start + bytes(4) + address.packed + bytes(4)


def _message(kind: int, command: int, content: bytes) -> bytes:
    length = _HEADER.size + _GENERIC.size + len(content)
    flags = _REQUEST | (_ACK if command != _GET_FAMILY else 0)
    return _HEADER.pack(length, kind, flags, 1, 0) + _GENERIC.pack(command, _VERSION) + content


def _text(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")


def _nest(kind: int, parts: Iterable[bytes]) -> bytes:
    return _attribute(kind | _NESTED, b"".join(parts))


def _attribute(kind: int, content: bytes) -> bytes:
    length = _ATTRIBUTE.size + len(content)
    if length > 0xFFFF:
        raise OSError(errno.EMSGSIZE, "more prefixes than one message holds")
    return (_ATTRIBUTE.pack(length, kind) + content).ljust(_padded(length), b"\0")


def _padded(length: int) -> int:
    return (length + 3) & ~3
