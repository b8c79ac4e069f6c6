"""Who uses the tunnel? A UDP client that sends at a steady rate to an echo server and writes down every time.

    python -S sender.py ADDRESS PORT PACKETS_PER_S BEGIN RECORD

BEGIN is on the monotonic clock, which all namespaces share. RECORD is a file of pairs of doubles, (sent, received) of
packet 0, 1, …, zero where it has not happened; whoever maps it sees both as they happen. Ends when stdin does. Standard
library only.
"""

import gc
import mmap
import os
import select
import socket
import struct
import sys
import time
from contextlib import suppress

PAYLOAD = 64
HEADER = 28
"""IPv4 and UDP."""


def run(address: str, port: int, rate: float, begin: float, path: str) -> None:
    """Send until stdin ends or the record is full."""
    with open(path, "r+b") as file:
        record = memoryview(mmap.mmap(file.fileno(), 0)).cast("d")
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    link.setblocking(False)
    link.connect((address, port))
    ends = sys.stdin.fileno()
    number, spacing, packet = 0, 1.0 / rate, struct.Struct(f"!Q{PAYLOAD - 8}x")
    due = begin
    while 2 * number < len(record):
        now = time.monotonic()
        if now >= due:
            with suppress(OSError):  # no way at the moment: lost, as far as an application can tell
                link.send(packet.pack(number))
            record[2 * number] = now
            number += 1
            due = max(due + spacing, now - 0.1)  # catch up a little, not a flood
            continue
        ready, _, _ = select.select([link, ends], [], [], due - now)
        if ends in ready and not os.read(ends, 1):
            return
        if link in ready:
            _take(link, record, packet)


def _take(link: socket.socket, record: "memoryview[float]", packet: struct.Struct) -> None:
    with suppress(OSError):
        while True:
            (number,) = packet.unpack(link.recv(PAYLOAD))
            if record[2 * number + 1] == 0.0:
                record[2 * number + 1] = time.monotonic()


if __name__ == "__main__":
    gc.disable()  # nothing here makes cycles, and a collection is a pause
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        with open("/proc/self/timerslack_ns", "w") as slack:
            slack.write("1")
    run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
