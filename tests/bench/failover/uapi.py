"""How is a userspace WireGuard asked and changed without a process? Its cross-platform protocol, on its control socket.

Standard library only: the BFD rival runs with it.
"""

import base64
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

SOCKETS = Path("/var/run/wireguard")


def owners(interface: str) -> Iterator[tuple[str, str]]:
    """Every (allowed prefix, public key in base64)."""
    key = ""
    for line in _talk(interface, "get=1\n\n").splitlines():
        name, _, value = line.partition("=")
        if name == "public_key":
            key = base64.b64encode(bytes.fromhex(value)).decode()
        elif name == "allowed_ip":
            yield value, key


def give(interface: str, key: str, prefixes: Sequence[str]) -> None:
    """Move prefixes to a peer, which keeps those it has; OSError if it was refused."""
    lines = ["set=1", f"public_key={base64.b64decode(key).hex()}", "update_only=true"]
    lines += [f"allowed_ip={prefix}" for prefix in prefixes]
    answer = _talk(interface, "\n".join(lines) + "\n\n")
    if "errno=0" not in answer:
        raise OSError(f"{interface} refused: {answer.strip()}")


def _talk(interface: str, question: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5.0)
        connection.connect(str(SOCKETS / f"{interface}.sock"))
        connection.sendall(question.encode())
        answer = b""
        while not answer.endswith(b"\n\n"):
            if not (more := connection.recv(65_536)):
                break
            answer += more
    return answer.decode()
