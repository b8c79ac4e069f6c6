"""How do packets to and from the nodes get their delay, jitter, loss and silence?

A process in the wan namespace that owns one TUN device a node (see `topology` for how packets come to it).
It runs as `python -m wgtray.lab.relay`, gets what it must know as one JSON line on stdin, and prints
"ready".
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import random
import select
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from wgtray.lab.schedule import Direction, Lane, Shape

_BATCH = 64  # packets read from one device before another one has its turn
_LONGEST = 65_535
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x0001 | 0x1000
_ASK_TIMEOUT_S = 5.0


def ask(path: Path, changes: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Change shapes in the relay that listens at `path` and return every node's shape and counters.

    `changes` is {node: {field: value}}; "normal": True starts from the node's normal instead.
    ValueError says what was refused; then nothing has changed.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(_ASK_TIMEOUT_S)
        connection.connect(str(path))
        connection.send(json.dumps(changes).encode())
        answer = json.loads(connection.recv(_LONGEST))
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer  # type: ignore[no-any-return]


def heading(packet: bytes, four: bytes, six: bytes) -> Direction | None:
    """Which way an IP packet goes on the road of the node with these two addresses; None: nowhere."""
    if packet[0] >> 4 == 4:
        return "out" if packet[16:20] == four else "in"
    if packet[24:40] == six:
        return "out"
    return None if packet[24] == 0xFF else "in"  # IPv6 multicast is about the link


class Road:
    """One node's TUN device and the two lanes on it."""

    def __init__(self, name: str, tun: str, addresses: list[str], normal: Shape) -> None:
        self.name = name
        self.normal = normal
        self.fd = _attach(tun)
        self.out = Lane("out", random.random)
        self.back = Lane("in", random.random)
        self.shape = normal
        four, six = addresses
        self._four = socket.inet_pton(socket.AF_INET, four)
        self._six = socket.inet_pton(socket.AF_INET6, six)

    @property
    def shape(self) -> Shape:
        return self.out.shape

    @shape.setter
    def shape(self, shape: Shape) -> None:
        self.out.shape = self.back.shape = shape

    def read(self, now_s: float) -> None:
        """Take in what waits in the device."""
        fd, four, six, out, back = self.fd, self._four, self._six, self.out, self.back
        with suppress(BlockingIOError):
            for _ in range(_BATCH):
                packet = os.read(fd, _LONGEST)
                match heading(packet, four, six):
                    case "out":
                        out.take(packet, now_s)
                    case "in":
                        back.take(packet, now_s)

    def write(self, now_s: float) -> None:
        """Send on what has waited long enough."""
        fd = self.fd
        for lane in (self.out, self.back):
            for packet in lane.leaving(now_s):
                with suppress(OSError):  # the kernel did not want it: lost, as on any router
                    os.write(fd, packet)

    def change(self, changes: dict[str, object]) -> Shape:
        """The shape that these changes ask for."""
        fresh = dict(changes)
        start = self.normal if fresh.pop("normal", False) else self.shape
        return start.changed(fresh)

    def report(self) -> dict[str, object]:
        carried, dropped = self.out.carried + self.back.carried, self.out.dropped + self.back.dropped
        return asdict(self.shape) | {"carried": carried, "dropped": dropped}


def serve(roads: list[Road], control: socket.socket) -> None:
    """Relay until killed."""
    by_fd = {road.fd: road for road in roads}
    lanes = [lane for road in roads for lane in (road.out, road.back)]
    readers = [*by_fd, control.fileno()]
    while True:
        # select, because its timeout is in microseconds; epoll's is in milliseconds.
        waiting = [next_s for lane in lanes if (next_s := lane.next_s) is not None]
        timeout_s = max(0.0, min(waiting) - time.monotonic()) if waiting else None
        ready, _, _ = select.select(readers, [], [], timeout_s)
        now_s = time.monotonic()
        for fd in ready:
            if fd in by_fd:
                by_fd[fd].read(now_s)
            else:
                _answer(roads, control)
        now_s = time.monotonic()
        for road in roads:
            road.write(now_s)


def _answer(roads: list[Road], control: socket.socket) -> None:
    """One question of `ask`: all of its changes, or none."""
    with suppress(OSError):
        connection, _ = control.accept()
        with connection:
            connection.settimeout(0.05)
            changes = json.loads(connection.recv(_LONGEST))
            by_name = {road.name: road for road in roads}
            try:
                wanted = {name: by_name[name].change(change) for name, change in changes.items()}
            except (KeyError, TypeError, ValueError) as error:
                connection.send(json.dumps({"error": str(error)}).encode())
                return
            for name, shape in wanted.items():
                by_name[name].shape = shape
            connection.send(json.dumps({road.name: road.report() for road in roads}).encode())


def _attach(tun: str) -> int:
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", tun.encode(), _IFF_TUN_NO_PI))
    return fd


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    nodes = settings["nodes"]
    roads = [Road(node["name"], node["tun"], node["addresses"], Shape(**node["shape"])) for node in nodes]
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    old_mask = os.umask(0o177)
    control.bind(settings["socket"])
    os.umask(old_mask)
    control.listen(16)
    with suppress(OSError):  # others' work on the machine must not look like jitter
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        Path("/proc/self/timerslack_ns").write_text("1")  # wake up when asked, not up to 50 us later
    gc.disable()  # nothing here makes cycles, and a collection is a pause
    print("ready", flush=True)
    serve(roads, control)


if __name__ == "__main__":
    main()
