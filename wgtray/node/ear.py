"""Who sends something through this node? The first forwarded packet of each client in a second, told by the kernel.

A rule behind the firewall's own (so only what that lets pass counts, and nothing that is meant for the node itself,
like probes) hands the head of such a packet to our NFLOG group. A set that forgets keeps the rest away: a full line
costs no more than a quiet one. The firewall's rules stay as they are; ours are a table of their own.
"""

import socket
import struct
from collections.abc import Iterator, Sequence

from wgtray.core.fields import Address, Prefix, family
from wgtray.core.following import EAR_S, LOG_GROUP
from wgtray.platforms.linux import netlink

TABLE = "wgtray_node"
CLIENTS = 262_144
"""How many a set remembers at a time; it grows only with those who send."""

HEAD_BYTES = 40
"""The longer of both IP headers (RFC 8200)."""

# linux/netfilter/nfnetlink.h, nfnetlink_log.h
_NETFILTER = 12
_LOG_PACKET, _LOG_CONFIG = 4 << 8, 4 << 8 | 1
_GENERAL = struct.Struct("!BBH")  # nfgenmsg: family, version, group
_COMMAND, _MODE, _THRESHOLD = 1, 2, 5
_BIND = b"\x01"
_COPY_PACKET = 2
_PAYLOAD = 9
_BUFFER_BYTES = 1 << 20


def rules(interface: str, pools: Sequence[Prefix], ignored: Sequence[Prefix] = ()) -> str:
    """For ``nft -f -``: hear clients of these pools behind that interface, but not what goes to ``ignored``."""
    lines = [f"table inet {TABLE} {{}}", f"delete table inet {TABLE}", f"table inet {TABLE} {{"]
    chain = ["type filter hook forward priority 10; policy accept;", f'iifname != "{interface}" accept']
    for word, number, kind in (("ip", 4, "ipv4_addr"), ("ip6", 6, "ipv6_addr")):
        lines.append(f"  set heard{number} {{ type {kind}; flags dynamic, timeout; size {CLIENTS}; }}")
        if past := [net for net in ignored if family(net) == number]:
            chain.append(f"{word} daddr {{ {', '.join(past)} }} accept")
        if own := [net for net in pools if family(net) == number]:
            known = f"{word} saddr != @heard{number} add @heard{number} {{ {word} saddr timeout {EAR_S}s }}"
            logged = f"log group {LOG_GROUP} snaplen {HEAD_BYTES} queue-threshold 1"
            chain.append(f"{word} saddr {{ {', '.join(own)} }} {known} {logged}")
    return "\n".join([*lines, "  chain forward {", *(f"    {line}" for line in chain), "  }", "}"]) + "\n"


def without_rules() -> str:
    """For ``nft -f -``: nothing of ours."""
    return f"table inet {TABLE} {{}}\ndelete table inet {TABLE}\n"


class Ear:
    """The kernel's log of this network namespace."""

    def __init__(self) -> None:
        """Raises OSError: not root, or another program has the group."""
        self.socket = netlink.connection(_NETFILTER)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            mode = struct.pack("!IBB", HEAD_BYTES, _COPY_PACKET, 0)
            for kind, content in ((_COMMAND, _BIND), (_MODE, mode), (_THRESHOLD, struct.pack("!I", 1))):
                self.socket.sendall(_configured(kind, content))
                netlink.refused(self.socket.recv(1 << 16))
            self.socket.setblocking(False)
        except OSError:
            self.socket.close()
            raise

    def heard(self) -> Iterator[Address]:
        """Who was heard since the last time."""
        while True:
            try:
                answer = self.socket.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError:  # ENOBUFS: more at once than fits; who goes on sending is heard in a second
                continue
            yield from senders(answer)

    def close(self) -> None:
        self.socket.close()


def senders(answer: bytes) -> Iterator[Address]:
    """The source addresses of the packets in one datagram of the kernel's."""
    for kind, content in netlink.messages(answer):
        if kind != _LOG_PACKET:
            continue
        payload = dict(netlink.attributes(content[_GENERAL.size :])).get(_PAYLOAD, b"")
        if payload[:1] and payload[0] >> 4 == 4 and len(payload) >= 20:
            yield Address(socket.inet_ntop(socket.AF_INET, payload[12:16]))
        elif payload[:1] and payload[0] >> 4 == 6 and len(payload) >= HEAD_BYTES:
            yield Address(socket.inet_ntop(socket.AF_INET6, payload[8:24]))


def _configured(kind: int, content: bytes) -> bytes:
    head = _GENERAL.pack(socket.AF_UNSPEC, 0, LOG_GROUP)
    return netlink.message(_LOG_CONFIG, netlink.ACK, head + netlink.attribute(kind, content))
