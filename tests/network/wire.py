"""What leaves a machine over its cable, past the tunnel?"""

import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress

from wgtray.lab import netns

_ALL = 0x0003  # ETH_P_ALL: a socket for one protocol hears nothing that leaves
_BUFFER_FORCE = 33  # SO_RCVBUFFORCE
_AT_HOME = ("ff00::/8", "fe80::/10")


class Wire:
    """Hears what leaves ``device`` in a namespace while it is open."""

    def __init__(self, namespace: str, device: str = "lan0") -> None:
        def listen() -> socket.socket:
            ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
            ear.setsockopt(socket.SOL_SOCKET, _BUFFER_FORCE, 8 << 20)
            ear.bind((device, _ALL))
            ear.setblocking(False)
            return ear

        self._ear = netns.inside(namespace, listen)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._ear.close()

    def destinations(self) -> set[str]:
        """Where packets went since the last call; what the kernel's IPv6 says to its own link is left out."""
        found: set[str] = set()
        with suppress(BlockingIOError):
            while True:
                packet, sender = self._ear.recvfrom(2048)
                if sender[2] == socket.PACKET_OUTGOING and packet[0] >> 4 in (4, 6):
                    raw = packet[16:20] if packet[0] >> 4 == 4 else packet[24:40]
                    found.add(str(ipaddress.ip_address(raw)))
        at_home = [ipaddress.ip_network(net) for net in _AT_HOME]
        return {text for text in found if not any(ipaddress.ip_address(text) in net for net in at_home)}

    def during(self, work: Callable[[], object]) -> set[str]:
        """Where packets went while something was done."""
        self.destinations()
        work()
        return self.destinations()
