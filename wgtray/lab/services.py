"""Who answers in the company and on the public host?

Echo on port 7 (TCP and UDP) and, on TCP port 8080, one line that says who asked. Runs as
`python -m wgtray.lab.services ADDRESS …` in its namespace and prints "ready".
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from wgtray.lab.spec import ECHO_PORT, WHOAMI_PORT

_CHUNK = 65_536


def echo(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := connection.recv(_CHUNK):
        connection.sendall(data)


def who_am_i(connection: socket.socket) -> None:
    connection.sendall(f"{connection.getpeername()[0]}\n".encode())


def serve(address: str) -> None:
    """Answer on one address. UDP needs one socket each: the reply must come from where the question went."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port, talk in ((ECHO_PORT, echo), (WHOAMI_PORT, who_am_i)):
        listener = socket.create_server((address, port), family=family, backlog=128)
        _start(_accept, listener, talk)
    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    datagrams.bind((address, ECHO_PORT))
    _start(_echo_datagrams, datagrams)


def _accept(listener: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    while True:
        connection, _ = listener.accept()
        _start(_converse, connection, talk)


def _converse(connection: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    with connection, suppress(OSError):
        talk(connection)


def _echo_datagrams(datagrams: socket.socket) -> None:
    while True:
        with suppress(OSError):  # an earlier reply was refused, or has no way back: not our business
            data, sender = datagrams.recvfrom(_CHUNK)
            datagrams.sendto(data, sender)


def _start(target: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


def main() -> None:
    for address in sys.argv[1:]:
        serve(address)
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
