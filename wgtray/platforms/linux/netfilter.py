"""What do the kernel's nftables answer, and take, without a process in between?

``nft`` loads and lists whole tables; here are the small things that must be fast, or work without it: which generation
the rules are (the kernel counts every change of this namespace), whether a table is there, elements of a set in and
out, and a table gone.
"""

import ipaddress
import socket
import struct
from collections.abc import Iterable

from wgtray.core.fields import Address, family
from wgtray.platforms.linux import netlink
from wgtray.platforms.linux.netlink import attribute, nest, text

PROTOCOL = 12
"""NETLINK_NETFILTER"""

# linux/netfilter.h, linux/netfilter/nfnetlink.h
FAMILIES = {"inet": 1, "arp": 3}
_SUBSYSTEM = 10  # NFNL_SUBSYS_NFTABLES
_GENERAL = struct.Struct(">BBH")  # nfgenmsg: family, version, resource
_BATCH_BEGIN, _BATCH_END = 16, 17

# linux/netfilter/nf_tables.h
_GET_TABLE, _DELETE_TABLE, _NEW_ELEMENTS, _DELETE_ELEMENTS, _GET_GENERATION = 1, 2, 12, 14, 16
_TABLE_NAME = 1
_ELEMENTS_TABLE, _ELEMENTS_SET, _ELEMENTS_LIST, _ELEMENT, _ELEMENT_KEY, _DATA_VALUE = 1, 2, 3, 1, 1, 1
_GENERATION = 1

_SEND_BUFFER_FORCE = 32  # asm-generic/socket.h: SO_SNDBUFFORCE; one batch has to go in one piece
_BUFFER_FLOOR = 1 << 16

ELEMENTS_A_MESSAGE = 1000
"""An address with its attributes takes 32 bytes at most, an attribute 64 KiB."""


def render_elements(
    table: str, gained: Iterable[Address], lost: Iterable[Address], sets: dict[int, str]
) -> list[bytes]:
    """The messages that take these addresses into the set of their family (4, 6), and those out of it."""
    found: list[bytes] = []
    for command, addresses in ((_DELETE_ELEMENTS, list(lost)), (_NEW_ELEMENTS, list(gained))):
        for number, name in sets.items():
            keys = [ipaddress.ip_address(address).packed for address in addresses if family(address) == number]
            for start in range(0, len(keys), ELEMENTS_A_MESSAGE):
                elements = (_element(key) for key in keys[start : start + ELEMENTS_A_MESSAGE])
                content = text(_ELEMENTS_TABLE, table) + text(_ELEMENTS_SET, name) + nest(_ELEMENTS_LIST, elements)
                flags = netlink.ACK | (netlink.CREATE if command == _NEW_ELEMENTS else 0)
                found.append(_message(command, flags, "inet", content))
    return found


def render_batch(messages: Iterable[bytes]) -> bytes:
    """One transaction of them."""
    ends = (
        netlink.message(kind, 0, _GENERAL.pack(0, 0, _SUBSYSTEM), sequence=0) for kind in (_BATCH_BEGIN, _BATCH_END)
    )
    return b"".join([next(ends), *messages, next(ends)])


def parse_generation(answer: bytes) -> int:
    """Raises OSError, ValueError."""
    netlink.refused(answer)
    for _, content in netlink.messages(answer):
        for kind, value in netlink.attributes(content[_GENERAL.size :]):
            if kind == _GENERATION and len(value) == 4:
                return int(struct.unpack(">I", value)[0])
    raise ValueError("no generation in the kernel's answer")


def generation() -> int:
    """Which generation of rules this namespace has: the same number means that no rule and no set changed.

    Raises OSError, where there are no nftables for one.
    """
    return parse_generation(netlink.ask(PROTOCOL, _message(_GET_GENERATION, 0, None, b"")))


def has_table(kind: str, name: str) -> bool:
    """Raises OSError."""
    try:
        netlink.ask(PROTOCOL, _message(_GET_TABLE, 0, kind, text(_TABLE_NAME, name)))
    except FileNotFoundError:
        return False
    return True


def delete_table(kind: str, name: str) -> None:
    """Raises OSError, FileNotFoundError when it is not there."""
    commit([_message(_DELETE_TABLE, netlink.ACK, kind, text(_TABLE_NAME, name))])


def commit(messages: list[bytes]) -> None:
    """All of these, or none and OSError. One change of the generation."""
    if not messages:
        return
    batch = render_batch(messages)
    with netlink.connection(PROTOCOL) as sock:
        sock.setsockopt(socket.SOL_SOCKET, _SEND_BUFFER_FORCE, 2 * len(batch) + _BUFFER_FLOOR)
        sock.sendall(batch)
        for _ in messages:
            netlink.refused(sock.recv(1 << 16))


def _element(key: bytes) -> bytes:
    return nest(_ELEMENT, [nest(_ELEMENT_KEY, [attribute(_DATA_VALUE, key)])])


def _message(command: int, flags: int, kind: str | None, content: bytes) -> bytes:
    number = 0 if kind is None else FAMILIES[kind]
    return netlink.message(_SUBSYSTEM << 8 | command, flags, _GENERAL.pack(number, 0, 0) + content)
