"""What do the settings of a wg-quick section mean, as values?

Values are read as wg-quick's bash and wg's C read them: an address without a prefix length is a host, wg takes blanks
out of what it gets, wg-quick also splits at blanks, host bits in AllowedIPs are cut off.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from wgtray.core import fields
from wgtray.core.conf_lines import Section, Setting, plain_title, stated_title
from wgtray.core.fields import Address, Domain, Endpoint, Interface, Key, Prefix
from wgtray.core.findings import Notebook
from wgtray.core.profile import Invalid, Personal
from wgtray.core.secret import Secret

T = TypeVar("T")

KEEPALIVE_S = 25
"""Every node is kept warm, so this is what a peer without PersistentKeepalive gets."""

_SERVER = re.compile(r"[0-9.]+|.*:.*")  # what wg-quick takes for a name server; anything else is a search domain


@dataclass
class Own:
    """``[Interface]``, or what stands for it in a file without."""

    section: Section
    addresses: dict[Interface, int] = field(default_factory=dict)  # with their lines
    private_key: Secret | None = None
    mtu: int | None = None
    servers: dict[Address, int] = field(default_factory=dict)
    domains: dict[Domain, int] = field(default_factory=dict)


class Peer(NamedTuple):
    """A ``[Peer]`` that is complete."""

    section: Section
    public_key: Key
    preshared_key: Secret | None
    endpoint: Endpoint
    prefixes: tuple[Prefix, ...]
    keepalive_s: int


def own_of(section: Section, notebook: Notebook) -> Own:
    """The values of ``[Interface]``; what is wrong is noted and left out."""
    say = _Speaker(section, notebook)
    own = Own(section)
    for setting, text in _split(section, "Address"):
        address = say.canonical(setting, fields.interface, text)
        if address is not None and address in own.addresses:
            say.error(setting, f"{address} twice, first in line {own.addresses[address]}: write it once")
        elif address is not None:
            own.addresses[address] = setting.line
    for setting, text in _split(section, "DNS"):
        if _SERVER.fullmatch(text):
            if (server := say.canonical(setting, fields.address, text)) is not None:
                own.servers.setdefault(server, setting.line)
        elif (domain := say.canonical(setting, fields.domain, text)) is not None:
            own.domains.setdefault(domain, setting.line)
    if private_key := section.first("PrivateKey"):
        own.private_key = say.canonical(private_key, Secret, _packed(private_key.value))
    if (mtu := section.first("MTU")) and mtu.value:
        own.mtu = say.canonical(mtu, _mtu, mtu.value)
    return own


def peer_of(section: Section, notebook: Notebook) -> Peer | None:
    """The values of a ``[Peer]``, or None after noting why it cannot be a node."""
    say = _Speaker(section, notebook)
    public_key = say.required("PublicKey", fields.key, "write the key that `wg pubkey` printed for this peer")
    why = "wgtray opens the connection and must know where to: write Endpoint = HOST:PORT"
    endpoint = say.required("Endpoint", fields.endpoint, why)
    preshared = section.first("PresharedKey")
    preshared_key = say.canonical(preshared, Secret, _packed(preshared.value)) if preshared else None
    keepalive = section.first("PersistentKeepalive")
    keepalive_s = say.canonical(keepalive, _keepalive, _packed(keepalive.value)) if keepalive else KEEPALIVE_S
    prefixes: dict[Prefix, None] = {}
    for setting in section.all("AllowedIPs"):
        for text in setting.values:
            if (allowed := say.canonical(setting, _allowed, _packed(text))) is not None:
                prefixes[allowed.net] = None
                if allowed.cut:
                    what = f"{fields.shown(text)} has host bits set and is read as {allowed.net}"
                    notebook.warning(setting.line, section.path(setting.key), what)
    if public_key is None or endpoint is None:
        return None
    return Peer(section, public_key, preshared_key, endpoint, tuple(prefixes), keepalive_s or 0)


def note_equal_keys(found: list[Section], notebook: Notebook) -> None:
    """Two peers with one key are an error: WireGuard would silently merge them."""
    lines: dict[str, int] = {}
    for section in found:
        if section.kind == "peer" and (setting := section.first("PublicKey")):
            try:
                key = fields.key(_packed(setting.value))
            except ValueError:
                continue  # noted where it is read
            if (first := lines.setdefault(key, setting.line)) != setting.line:
                text = f"the same key as in line {first}: each peer needs its own"
                notebook.error(setting.line, section.path("PublicKey"), text)


class _Speaker:
    """Notes what is wrong with one section's settings."""

    def __init__(self, section: Section, notebook: Notebook) -> None:
        self._section = section
        self._notebook = notebook
        title = stated_title(section.comments) or plain_title(section.comments)
        self._title = f" (peer {fields.shown(title)})" if title and section.kind == "peer" else ""

    def canonical(self, setting: Setting, convert: Callable[[str], T], text: str) -> T | None:
        """The value, or None after noting why it is none."""
        try:
            return convert(text)
        except ValueError as error:
            self.error(setting, str(error))
            return None

    def required(self, key: str, convert: Callable[[str], T], otherwise: str) -> T | None:
        if setting := self._section.first(key):
            return self.canonical(setting, convert, _packed(setting.value))
        self._notebook.error(self._section.line, self._section.path(key), f"missing: {otherwise}{self._title}")
        return None

    def error(self, setting: Setting, text: str) -> None:
        self._notebook.error(setting.line, self._section.path(setting.key), text + self._title)


class _Allowed(NamedTuple):
    net: Prefix
    cut: bool


def _split(section: Section, key: str) -> list[tuple[Setting, str]]:
    return [(setting, text) for setting in section.all(key) for value in setting.values for text in value.split()]


def _packed(value: str) -> str:
    """Without blanks anywhere, as ``wg`` reads a line."""
    return "".join(value.split())


def _allowed(text: str) -> _Allowed:
    if not text:
        raise ValueError("an empty place between commas, or no network at all: write networks like 10.20.0.0/16")
    if text[0] in "+-":
        raise ValueError(f"{fields.shown(text)} changes a running interface: write the network without {text[0]}")
    try:
        return _Allowed(fields.prefix(text), cut=False)
    except ValueError:
        if not re.fullmatch(r"[^/]+(?:/[0-9]+)?", text):
            raise
        try:
            loose = str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            loose = text  # not a network at all: let the first sentence stand
        return _Allowed(fields.prefix(loose), cut=True)


def _mtu(text: str) -> int:
    try:
        return Personal(mtu=_number(text, "1420")).mtu or 0
    except Invalid as invalid:
        raise ValueError(invalid.complaints[0][1]) from None


def _keepalive(text: str) -> int:
    seconds = 0 if text.lower() == "off" else _number(text, "25, or off")
    if seconds > 65535:
        raise ValueError(f"{seconds} is above 65535 seconds: write 25, or off")
    return seconds


def _number(text: str, example: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"{fields.shown(text)} is not a whole number: write one like {example}")
    return int(text)
