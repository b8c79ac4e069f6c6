"""What leaves a machine over its cable, past the tunnel? Whole packets, so that names can be looked for in them."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

from wgtray.lab import netns
from wgtray.lab.place import Place

_ALL = 0x0003  # ETH_P_ALL: a socket for one protocol hears nothing that leaves
_BUFFER_FORCE = 33  # SO_RCVBUFFORCE
_AT_HOME = tuple(map(ipaddress.ip_network, ("ff00::/8", "fe80::/10")))


class Wire:
    """Hears what leaves ``device`` while it is open."""

    def __init__(self, place: Place, device: str = "lan0") -> None:
        def listen() -> socket.socket:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
            sock.setsockopt(socket.SOL_SOCKET, _BUFFER_FORCE, 8 << 20)
            sock.bind((device, _ALL))
            sock.setblocking(False)
            return sock

        self._sock = netns.inside(place.netns, listen)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def packets(self) -> list[bytes]:
        """All IP packets since the last call."""
        return list(self._left())

    def to(self, address: str) -> list[bytes]:
        """Those since the last call that went to this address."""
        packed = ipaddress.ip_address(address).packed
        return [packet for packet in self._left() if _destination(packet) == packed]

    def naming(self, label: str) -> list[bytes]:
        """Those since the last call with this label of a name in them."""
        return [packet for packet in self._left() if label.encode() in packet.lower()]

    def destinations(self) -> set[str]:
        """Where packets went since the last call; what the kernel's IPv6 says to its own link is left out."""
        found = {ipaddress.ip_address(_destination(packet)) for packet in self._left()}
        return {str(address) for address in found if not any(address in net for net in _AT_HOME)}

    def during(self, work: Callable[[], object]) -> set[str]:
        """Where packets went while something was done."""
        self.packets()
        work()
        return self.destinations()

    def _left(self) -> Iterator[bytes]:
        with suppress(BlockingIOError):
            while True:
                packet, sender = self._sock.recvfrom(65536)
                if sender[2] == socket.PACKET_OUTGOING and packet[0] >> 4 in (4, 6):
                    yield packet


def _destination(packet: bytes) -> bytes:
    return packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]
