"""How many probes went to a node? Counted where they pass: echo requests on a client's tunnel interface."""

import ipaddress
import socket
import struct
from contextlib import suppress

from wgtray.lab import netns

_ALL = 0x0003  # ETH_P_ALL: a socket for IPv4 alone hears nothing that leaves
_BUFFER_FORCE = 33  # SO_RCVBUFFORCE
_STAMP = 35  # SO_TIMESTAMPNS, and the type of the message it sends along
_TIMESPEC = struct.Struct("@qq")


class Tap:
    """Hears what leaves `interface` in a namespace while it is open."""

    def __init__(self, namespace: str, interface: str) -> None:
        def listen() -> socket.socket:
            ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
            ear.setsockopt(socket.SOL_SOCKET, _BUFFER_FORCE, 8 << 20)
            ear.setsockopt(socket.SOL_SOCKET, _STAMP, 1)
            ear.bind((interface, _ALL))
            ear.setblocking(False)
            return ear

        self._ear = netns.inside(namespace, listen)

    def probes(self, address: str) -> list[float]:
        """When (Unix time) an echo request to `address` left since the last call."""
        wanted, times = ipaddress.ip_address(address).packed, []
        with suppress(BlockingIOError):
            while True:
                packet, extra, _, sender = self._ear.recvmsg(2048, 128)
                outgoing = sender[2] == socket.PACKET_OUTGOING
                four, header = packet[0] >> 4 == 4, (packet[0] & 0x0F) * 4
                if outgoing and four and packet[9] == 1 and packet[16:20] == wanted and packet[header] == 8:
                    seconds, nanoseconds = _TIMESPEC.unpack(extra[0][2])
                    times.append(seconds + nanoseconds / 1e9)
        return times

    def close(self) -> None:
        """Hear no more."""
        self._ear.close()
