"""Who answers, asked from a namespace? Many questions at once, so that silence costs its timeout once."""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterable

from wgtray.lab import netns

Flow = tuple[str, str, int]
"""(protocol "tcp" or "udp", address, port)"""


def until_answered(place: str, flows: set[Flow]) -> None:
    """Wait until exactly these are answered, all of them."""
    deadline = time.monotonic() + 15
    while answered(place, flows, 0.3) != flows:
        assert time.monotonic() < deadline, f"not all of {flows} are answered in {place}"


def answered(place: str, flows: Iterable[Flow], timeout_s: float = 1.5, source: str | None = None) -> set[Flow]:
    """The flows whose far side echoes."""

    def ask() -> set[Flow]:
        found: set[Flow] = set()
        with contextlib.ExitStack() as sockets, selectors.DefaultSelector() as selector:
            for flow in flows:
                proto, address, port = flow
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                sock = socket.socket(family, socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
                sockets.enter_context(sock)
                sock.setblocking(False)
                if source is not None:
                    sock.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND
                    sock.bind((source, 0))
                sock.connect_ex((address, port))
                selector.register(sock, selectors.EVENT_WRITE, flow)
            deadline = time.monotonic() + timeout_s
            while selector.get_map() and (left := deadline - time.monotonic()) > 0:
                for key, events in selector.select(left):
                    assert isinstance(key.fileobj, socket.socket)
                    asked = key.fileobj
                    try:
                        if events & selectors.EVENT_WRITE:
                            asked.send(b"hello")
                            selector.modify(asked, selectors.EVENT_READ, key.data)
                        elif asked.recv(16):
                            found.add(key.data)
                            selector.unregister(asked)
                    except OSError:
                        selector.unregister(asked)
        return found

    return netns.inside(place, ask)
