"""What may stand in a report that leaves the computer? The same text without keys, addresses and names of hosts.

The same thing gets the same word everywhere (``ipv4-1``, ``host-2``), so that a reader still sees what belongs
together. Too much is taken out rather than too little: what only looks like a host name goes, too.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Final

KEY: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=")
"""32 bytes in base64: private, public and preshared keys."""
HARDWARE: Final = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")
ADDRESS_6: Final = re.compile(
    r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:\d{1,3}\.){3}\d{1,3})?"
)
ADDRESS_4: Final = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
HOST: Final = re.compile(r"(?<![\w./@-])(?:[\w-]+\.)+[^\W\d_][\w-]*[^\W_](?![\w-])")
"""Labels with dots between them, the last of letters; paths and versions are none."""
FILES: Final = frozenset({"toml", "conf", "json", "txt", "md", "py", "sock", "zip", "exe", "service", "desktop", "nft"})
"""Endings of files, which are no top-level domains that a company would use."""
NAMED_LEAST: Final = 3
"""Shorter names of users and hosts would match by chance inside other words."""


class Redaction:
    """Takes out of any number of texts what ``hosts`` and ``people`` are called, and all that looks like a secret."""

    def __init__(self, hosts: Iterable[str] = (), people: Iterable[str] = (), homes: Iterable[str] = ()) -> None:
        self._words: dict[tuple[str, str], str] = {}
        self._homes = sorted((home.rstrip("/\\") for home in homes if len(home) > 1), key=len, reverse=True)
        self._hosts = _named(hosts)
        self._people = _named(people)

    def of(self, text: str) -> str:
        """The text as it may be shown to others."""
        for home in self._homes:
            text = text.replace(home, "~")
        text = KEY.sub(self._worded("key"), text)
        text = MAIL.sub(self._worded("mail"), text)
        text = HARDWARE.sub(self._worded("hardware"), text)
        text = ADDRESS_6.sub(self._address, text)
        text = ADDRESS_4.sub(self._address, text)
        if self._hosts is not None:
            text = self._hosts.sub(self._worded("host"), text)
        text = HOST.sub(self._host, text)
        return text if self._people is None else self._people.sub(self._worded("person"), text)

    def _worded(self, kind: str) -> Callable[[re.Match[str]], str]:
        return lambda found: self._word(kind, found[0])

    def _word(self, kind: str, thing: str) -> str:
        """``KIND-N``, counted from one in the order of appearance."""
        known = (kind, thing.casefold())
        if known not in self._words:
            self._words[known] = f"{kind}-{sum(each == kind for each, _ in self._words) + 1}"
        return self._words[known]

    def _address(self, found: re.Match[str]) -> str:
        """Addresses that are the same on every computer say nothing about this one."""
        text = found[0]
        colons = len(text) - len(text.rstrip(":"))
        tail = ":" if colons in (1, 3) else ""  # of the sentence around it
        try:
            address = ipaddress.ip_address(text.removesuffix(tail))
        except ValueError:
            return text
        if address.is_loopback or address.is_unspecified:
            return text
        return self._word(f"ipv{address.version}", str(address)) + tail

    def _host(self, found: re.Match[str]) -> str:
        return found[0] if found[0].rpartition(".")[2].lower() in FILES else self._word("host", found[0])


def _named(names: Iterable[str]) -> "re.Pattern[str] | None":
    wanted = sorted({name for name in names if len(name) >= NAMED_LEAST}, key=len, reverse=True)
    if not wanted:
        return None
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, wanted))})(?![\w-])", re.IGNORECASE)
