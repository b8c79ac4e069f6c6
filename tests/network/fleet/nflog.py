"""What does a node log? A reader of one NFLOG group, as ulogd is one."""

import socket
import struct
import time
from types import TracebackType
from typing import Self

from wgtray.lab import netns

_ULOG, _PACKET, _CONFIG = 4, 0, 1  # linux/netfilter/nfnetlink.h, nfnetlink_log.h
_CFG_CMD, _CFG_MODE, _CFG_AT_ONCE, _PREFIX = 1, 2, 5, 10


class Log:
    """Reads prefixes of logged packets from the moment it is made."""

    def __init__(self, place: str, group: int) -> None:
        self._socket = netns.inside(place, lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12))
        self._socket.bind((0, 0))
        self._configure(
            0, _CFG_CMD, struct.pack("B", 4), family=socket.AF_INET
        )  # PF_UNBIND is not needed on this kernel
        self._configure(group, _CFG_CMD, struct.pack("B", 1))  # bind
        self._configure(group, _CFG_AT_ONCE, struct.pack("!I", 1))
        self._configure(group, _CFG_MODE, struct.pack("!IBB", 96, 2, 0))  # copy packets

    def prefixes(self, timeout_s: float = 0.3) -> list[str]:
        """Everything logged so far, and within the time."""
        found: list[str] = []
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                break
            found += _prefixes(data)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def _configure(self, group: int, kind: int, value: bytes, family: int = 0) -> None:
        attribute = struct.pack("HH", 4 + len(value), kind) + value
        attribute += b"\0" * (-len(attribute) % 4)
        body = struct.pack("!BBH", family, 0, group) + attribute
        head = struct.pack("IHHII", 16 + len(body), _ULOG << 8 | _CONFIG, 1, 1, 0)
        self._socket.send(head + body)


def _prefixes(data: bytes) -> list[str]:
    found = []
    while len(data) >= 16:
        length, kind = struct.unpack_from("IH", data)
        if kind == _ULOG << 8 | _PACKET:
            at = 20
            while at + 4 <= length:
                size, number = struct.unpack_from("HH", data, at)
                if number & 0x7FFF == _PREFIX:
                    found.append(data[at + 4 : at + size].rstrip(b"\0").decode())
                at += (size + 3) & ~3
        data = data[(length + 3) & ~3 :]
    return found
