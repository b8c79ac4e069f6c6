"""Which addresses of names are written down on this machine? Read from ``hosts(5)``."""

import ipaddress

from wgtray.core.fields import Address


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
