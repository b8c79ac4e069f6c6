r"""How does Windows come to ask our forwarder for names?

By rules of its Name Resolution Policy Table, under keys of our own. They are read from ``LOCAL``, or from ``POLICY``
once a group policy has any rule there, and then from nowhere else: ours go where they are read. They outlive a crash,
and then nobody answers: the first thing that a helper does is to remove them.
"""

from collections.abc import Sequence
from typing import Final

from wgtray.core.fields import Address, Domain
from wgtray.core.host import Dns
from wgtray.core.names import FORWARDER, Server
from wgtray.platforms.windows.winapi import Registry, Windows

LOCAL: Final = r"SYSTEM\CurrentControlSet\Services\Dnscache\Parameters\DnsPolicyConfig"
POLICY: Final = r"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig"

OURS: Final = "wgtray-"

DOMAINS_LIMIT: Final = 50
"""Names in one rule; more make Windows ignore it."""

_VERSION, _GENERIC_SERVERS = 2, 0x8
"""MS-GPNRPT 2.2.2: version of a rule; its ConfigOptions: the servers are for ordinary DNS."""


def render(dns: Dns | None) -> list[Registry]:
    """The rules, each the values of one key."""
    if dns is None:
        return []
    names = ["."] if dns.everything else sorted(f".{domain}" for domain in dns.domains)
    return [
        {
            "Version": _VERSION,
            "Name": tuple(names[start : start + DOMAINS_LIMIT]),
            "GenericDNSServers": str(FORWARDER),
            "ConfigOptions": _GENERIC_SERVERS,
            "Comment": ";".join(sorted(dns.domains)) if dns.everything else "",
        }
        for start in range(0, len(names), DOMAINS_LIMIT)
    ]


def parse(rules: Sequence[Registry]) -> Dns | None:
    """What these rules of ours say."""
    if not rules:
        return None
    names: list[str] = []
    for rule in rules:
        found = rule.get("Name", ())
        names += found if isinstance(found, tuple) else [str(found)]
    everything = "." in names
    if everything:
        names = [f".{name}" for name in str(rules[0].get("Comment", "")).split(";") if name]
    return Dns(frozenset(Domain(name.removeprefix(".")) for name in names if name != "."), everything)


def observe(windows: Windows) -> Dns | None:
    """Which names are asked of us; rules where they are not read, or not as we write them, count as none."""
    place = _place(windows)
    rules = [windows.read_key(rf"{place}\{name}") or {} for name in _ours(windows, place)]
    seen = parse(rules)
    return seen if _kept(rules) == _kept(render(seen)) and not _ours(windows, _other(place)) else None


def put(windows: Windows, dns: Dns | None) -> bool:
    """Make our rules exactly these; whether there was any of ours before. Raises OSError."""
    place, before = _place(windows), False
    for where in (LOCAL, POLICY):
        for name in _ours(windows, where):
            windows.delete_key(rf"{where}\{name}")
            before = True
    for count, rule in enumerate(render(dns)):
        windows.write_key(rf"{place}\{OURS}{count:03d}", rule)
    if before or dns is not None:
        windows.flush_names()
    return before


def former(windows: Windows, luid: int | None) -> tuple[Server, ...]:
    """Whom the machine asks without us, those of our own interface and forwarder aside."""
    servers = [address for link, address in windows.name_servers() if link != luid and address != FORWARDER]
    return tuple(Server(Address(address)) for address in dict.fromkeys(servers))


def _place(windows: Windows) -> str:
    foreign = [name for name in windows.subkeys(POLICY) if not name.startswith(OURS)]
    return POLICY if foreign else LOCAL


def _other(place: str) -> str:
    return LOCAL if place == POLICY else POLICY


def _ours(windows: Windows, place: str) -> list[str]:
    return sorted(name for name in windows.subkeys(place) if name.startswith(OURS))


def _kept(rules: Sequence[Registry]) -> list[dict[str, object]]:
    return [dict(rule) for rule in rules]
