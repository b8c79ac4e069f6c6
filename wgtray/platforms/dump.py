"""What does a WireGuard interface say of itself? One value, whoever was asked, and the text in which ``wg`` says it."""

import msgspec

from wgtray.core import fields
from wgtray.core.fields import Endpoint, Key, Prefix
from wgtray.core.host import Peer
from wgtray.core.secret import Secret
from wgtray.platforms.api import Measurement

MARK = 0x57475254
"""What WireGuard's own packets carry, where the operating system has such marks; elsewhere it is kept all the same."""


class Dump(msgspec.Struct, frozen=True):
    """What a WireGuard interface says of itself; it holds keys and stays inside the helper."""

    private_key: Secret | None
    marked: bool
    peers: frozenset[Peer]
    handshakes: dict[Key, int]
    rx_bytes: int
    tx_bytes: int


def parse_dump(text: str) -> Dump:
    """What ``wg show NAME dump`` printed; raises ValueError on anything else."""
    first, *rest = [line.rstrip("\r").split("\t") for line in text.splitlines()]
    private_key, _, _, mark = first
    handshakes: dict[Key, int] = {}
    peers: set[Peer] = set()
    rx_bytes = tx_bytes = 0
    for public_key, preshared, endpoint, allowed, handshake, received, sent, keepalive in rest:
        peers.add(
            Peer(
                public_key=fields.key(public_key),
                endpoint=None if endpoint == "(none)" else Endpoint(endpoint),
                allowed_ips=frozenset(Prefix(item) for item in allowed.split(",") if item != "(none)"),
                keepalive_s=0 if keepalive == "off" else int(keepalive),
                preshared_key=None if preshared == "(none)" else Secret(preshared),
            )
        )
        if int(handshake):
            handshakes[fields.key(public_key)] = int(handshake)
        rx_bytes, tx_bytes = rx_bytes + int(received), tx_bytes + int(sent)
    key = None if private_key == "(none)" else Secret(private_key)
    return Dump(key, mark == f"{MARK:#x}", frozenset(peers), handshakes, rx_bytes, tx_bytes)


def measurement(dump: Dump) -> Measurement:
    """The counters of a dump."""
    return Measurement(dump.rx_bytes, dump.tx_bytes, dump.handshakes)
