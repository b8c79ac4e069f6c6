"""Whom would this machine ask for a name, were it not for us? Read from ``resolv.conf(5)`` and ``hosts(5)``."""

import ipaddress

from wgtray.core.fields import Address

STUB = "127.0.0.53"
"""systemd-resolved's own door: who really answers stands in a file of its."""

FORWARDER = "127.22.8.7"
"""Ours."""

MOST = 3
"""resolv.conf(5): MAXNS."""


def name_servers(text: str) -> tuple[str, ...]:
    """The servers of a ``resolv.conf`` in its order; a link-local one keeps its zone (``fe80::1%eth0``)."""
    found = [words[1] for line in text.splitlines() if len(words := line.split()) > 1 and words[0] == "nameserver"]
    return tuple(dict.fromkeys(server for text in found if (server := _server(text)) is not None))[:MOST]


def hosts(text: str) -> dict[str, tuple[Address, ...]]:
    """The addresses of every name of a ``hosts`` file, names in lower case."""
    found: dict[str, dict[Address, None]] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        try:
            known = Address(str(ipaddress.ip_address(address)))
        except ValueError:
            continue
        for name in names:
            found.setdefault(name.lower().rstrip("."), {})[known] = None
    return {name: tuple(addresses) for name, addresses in found.items()}


def _server(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
