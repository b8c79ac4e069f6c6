"""What does one field of a profile look like when it is well formed?

Each function takes the text a person wrote and returns its canonical form, or raises ``ValueError`` with a sentence
that says what to write instead. Canonical strings compare, sort and travel as JSON without further care, which is why
addresses are ``NewType`` strings here and not ``ipaddress`` objects.
"""

import base64
import binascii
import functools
import ipaddress
import re
from typing import NewType

Address = NewType("Address", str)  # 10.20.0.53 or fd00::1
Interface = NewType("Interface", str)  # 10.66.0.10/32: an address with its prefix length
Prefix = NewType("Prefix", str)  # 10.20.0.0/16: a network, no host bits
Endpoint = NewType("Endpoint", str)  # fra.example.com:51820, 203.0.113.5:51820, [2001:db8::1]:51820
Key = NewType("Key", str)  # 32 bytes as canonical base64
Name = NewType("Name", str)  # what a person calls a node, an app or a company
Domain = NewType("Domain", str)  # lower case, without a trailing dot, IDNA as A-labels

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

NAME_LIMIT = 64
_KEY_LIKE = re.compile(r"[A-Za-z0-9+/]{40,}=*")  # also one that lost a few characters
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def address(text: str) -> Address:
    """An IP address without prefix length; raises ValueError."""
    return Address(str(_ip_address(text)))


def interface(text: str) -> Interface:
    """An address of our own; without a prefix length it is a host address, as wg-quick reads it; raises ValueError."""
    try:
        value = ipaddress.ip_interface(_without_mask(text))
    except ValueError:
        raise ValueError(f"{shown(text)} is not an address: write it like 10.66.0.10/32 or fd66::10/128") from None
    _reject_scope(value.ip, text)
    if value.ip.is_multicast or value.ip.is_loopback or value.ip.is_unspecified or value.ip.is_link_local:
        raise ValueError(f"{shown(text)} cannot be this computer's address in the tunnel: write a unicast address")
    return Interface(str(value))


def prefix(text: str) -> Prefix:
    """A network; host bits are an error because they usually are a typing mistake; raises ValueError."""
    stripped = _without_mask(text)
    try:
        value = ipaddress.ip_network(stripped)
    except ValueError:
        try:
            loose = ipaddress.ip_network(stripped, strict=False)
        except ValueError:
            raise ValueError(f"{shown(text)} is not a network: write it like 10.20.0.0/16 or fd20::/64") from None
        raise ValueError(f"{shown(text)} has host bits set: write {loose}") from None
    _reject_scope(value.network_address, text)
    if value.is_multicast or value.is_loopback:
        raise ValueError(f"{shown(text)} cannot go through a tunnel: write a unicast network")
    return Prefix(str(value))


def host_prefix(addr: Address) -> Prefix:
    """The /32 or /128 of one address."""
    return Prefix(str(ipaddress.ip_network(addr)))


def own_address(value: Interface) -> Address:
    """The address of an interface, without its prefix length."""
    return Address(value.partition("/")[0])


def family(value: str) -> int:
    """4 or 6, of any canonical address, interface or prefix."""
    return 6 if ":" in value else 4


def endpoint(text: str) -> Endpoint:
    """HOST:PORT of a node, host being a name, an IPv4 address or a bracketed IPv6 address; raises ValueError."""
    host, port = split_endpoint(text.strip())
    if not 1 <= port <= 65535:
        raise ValueError(f"port {port} of {shown(text)} is outside 1 to 65535")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return Endpoint(f"{_host_name(host, text)}:{port}")
    _reject_scope(ip, text)
    if ip.is_loopback or ip.is_multicast or ip.is_unspecified or ip.is_link_local:
        raise ValueError(f"{shown(text)} is not an address that a node can have on the internet")
    return Endpoint(f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}")


@functools.lru_cache(maxsize=1024)
def split_endpoint(text: str) -> tuple[str, int]:
    """(host without brackets, port); raises ValueError."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s\[\]:]+)):([0-9]{1,5})", text)
    if match is None:
        raise ValueError(f"{shown(text)} is not an endpoint: write HOST:PORT, an IPv6 address in brackets")
    return match[1] or match[2], int(match[3])


@functools.lru_cache(maxsize=1024)  # asked of every node with every probe
def is_literal(value: Endpoint) -> bool:
    """Whether the endpoint's host is an IP address, so that nothing has to be resolved."""
    host, _ = split_endpoint(value)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def key(text: str) -> Key:
    """A WireGuard key: 32 bytes, canonical base64, not all zero; the message never repeats it; raises ValueError."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32 or not any(raw):
        raise ValueError("not a WireGuard key: write the 44 characters that `wg genkey` or `wg pubkey` prints")
    return Key(base64.b64encode(raw).decode())


def name(text: str) -> Name:
    """A short printable name on one line; raises ValueError."""
    value = text.strip()
    if not value:
        raise ValueError("empty: write a name")
    if len(value) > NAME_LIMIT:
        raise ValueError(f"longer than {NAME_LIMIT} characters: write a shorter name")
    if not value.isprintable():
        raise ValueError(f"{shown(value)} has a character that cannot be printed: leave it out")
    return Name(value)


def domain(text: str) -> Domain:
    """A DNS name (letters, digits, hyphens; IDNA accepted), a leading ``*.`` or dot dropped; raises ValueError."""
    value = text.strip().rstrip(".")
    value = value.removeprefix("*.").removeprefix(".")
    return Domain(_host_name(value, text))


def shown(text: str) -> str:
    """The text in quotes for an error message: shortened, what cannot be printed escaped, keys left out."""
    plain = without_keys(text)
    cut = plain if len(plain) <= 60 else plain[:57] + "..."
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + '"'


def without_keys(text: str) -> str:
    """The text without anything that could be (the most of) a WireGuard key."""
    return _KEY_LIKE.sub("(a key)", text)


def _ip_address(text: str) -> IPAddress:
    try:
        value = ipaddress.ip_address(text.strip())
    except ValueError:
        raise ValueError(f"{shown(text)} is not an IP address: write it like 10.20.0.53 or fd20::53") from None
    _reject_scope(value, text)
    return value


def _without_mask(text: str) -> str:
    """The text, stripped; a netmask would be accepted by ipaddress, also one that is a host mask by mistake."""
    value = text.strip()
    host, slash, length = value.partition("/")
    return value if not slash or length.isdecimal() else host + "/?"


def _reject_scope(value: IPAddress, text: str) -> None:
    if isinstance(value, ipaddress.IPv6Address) and value.scope_id is not None:
        raise ValueError(f"{shown(text)} has a zone: leave out everything from the % sign")


def _host_name(host: str, text: str) -> str:
    try:
        ascii_host = host.encode("idna").decode().lower() if 0 < len(host) <= 253 else ""
    except UnicodeError:
        ascii_host = ""
    labels = ascii_host.split(".")
    numeric = labels[-1].isdigit()
    if len(ascii_host) > 253 or numeric or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{shown(text)} is not a valid host name: write letters, digits, hyphens and dots")
    return ascii_host
