"""What does the routing table of a Mac hold? ``netstat -rn`` as values.

Destinations are written short: ``10.20/16``, ``192.168.77`` for a network as wide as its class says, ``default``.
Columns before macOS 10.15 are two more (Refs, Use); the fourth or sixth is the interface.
"""

import ipaddress
from collections.abc import Iterator

import msgspec

from wgtray.core.fields import Prefix

COMMANDS = {4: ["netstat", "-rn", "-f", "inet"], 6: ["netstat", "-rn", "-f", "inet6"]}


class Row(msgspec.Struct, frozen=True, order=True):
    """One route."""

    prefix: Prefix
    gateway: str
    flags: str
    netif: str

    @property
    def family(self) -> int:
        return 6 if ":" in self.prefix else 4


def parse(text: str, family: int) -> list[Row]:
    """The routes of one family; lines that are none, and destinations of other kinds, are passed over."""
    return list(_rows(text, family))


def _rows(text: str, family: int) -> Iterator[Row]:
    header: list[str] = []
    for line in text.splitlines():
        words = line.split()
        if words[:2] == ["Destination", "Gateway"]:
            header = words
        elif header and len(words) > header.index("Netif"):
            prefix = _prefix(words[0], family, words[2])
            if prefix is not None:
                yield Row(prefix, words[1], words[2], words[header.index("Netif")])


def _prefix(word: str, family: int, flags: str) -> Prefix | None:
    if word == "default":
        return Prefix("0.0.0.0/0" if family == 4 else "::/0")
    address, slash, length = word.partition("/")
    address = address.partition("%")[0]
    if family == 4:
        octets = address.split(".")
        natural = 32 if "H" in flags or len(octets) == 4 else 8 * len(octets)
        address = ".".join([*octets, *["0"] * (4 - len(octets))])
    else:
        natural = 128
    try:
        return Prefix(str(ipaddress.ip_network((address, int(length) if slash else natural), strict=False)))
    except ValueError:
        return None
