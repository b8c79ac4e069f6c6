"""How is systemd-resolved told which names it has to ask us? By settings of our link, which die with the link.

While there is no link nothing can be told, and resolved asks whom it would ask without us. A domain that a network
gives to another link and that is longer than ours wins there too (systemd-resolved(8), "Protocols and routing"):
resolved has no setting that would change that.
"""

import logging

from wgtray.core.fields import Domain
from wgtray.core.host import Dns
from wgtray.core.names import FORWARDER
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.command import run

STUB = "127.0.0.53"
UPSTREAM = "/run/systemd/resolve/resolv.conf"
"""Where resolved writes the servers that it knows itself (systemd-resolved(8))."""

DOMAINS_LIMIT = 250
"""resolved takes 256 of a link; where there are more, all names are sent to us, and we send on what is not ours."""

EVERYTHING = "~."

_LISTENS_ON = "3500007F:0035"  # 127.0.0.53:53 as /proc/net/udp writes it

log = logging.getLogger("wgtray")


def is_in_charge(servers: list[str], udp: str) -> bool:
    """Whether programs ask resolved, by the servers of the resolver file, and it lives in this network namespace, by
    ``/proc/net/udp``.
    """
    return servers == [STUB] and f" {_LISTENS_ON} " in udp


def render(link: str, dns: Dns) -> list[list[str]]:
    """The commands, in their order."""
    domains = sorted(f"~{domain}" for domain in dns.domains)
    if len(domains) > DOMAINS_LIMIT:
        domains = []
    everything = dns.everything or not domains
    return [
        ["resolvectl", "dns", link, str(FORWARDER)],
        ["resolvectl", "domain", link, *([EVERYTHING] if everything else []), *domains],
        ["resolvectl", "default-route", link, "yes" if everything else "no"],
        *(["resolvectl", setting, link, "no"] for setting in ("llmnr", "mdns", "dnssec", "dnsovertls")),
        # What was looked up before has led nothing into the tunnel.
        ["resolvectl", "flush-caches"],
    ]


def parse(servers: str, domains: str) -> Dns | None:
    """What ``resolvectl dns LINK`` and ``resolvectl domain LINK`` say: ``Link 5 (wgtray0): ~corp.example``."""
    if servers.partition("): ")[2].split() != [FORWARDER]:
        return None
    words = domains.partition("): ")[2].split()
    return Dns(frozenset(Domain(word.removeprefix("~")) for word in words if word != EVERYTHING), EVERYTHING in words)


def laid_over(found: Dns | None, asked: Dns | None) -> Dns | None:
    """What was found, as it was asked for where resolved cannot be told as much."""
    if found is not None and asked is not None and found.everything and len(asked.domains) > DOMAINS_LIMIT:
        return asked
    return found


async def observe(link: str) -> Dns | None:
    """What our link says; None also when resolved does not answer."""
    try:
        return parse(await run(["resolvectl", "dns", link]), await run(["resolvectl", "domain", link]))
    except CommandFailed:
        return None


async def put(link: str, dns: Dns | None) -> None:
    """Tell it; None: nothing of ours any more. Raises CommandFailed."""
    for argv in render(link, dns) if dns is not None else [["resolvectl", "revert", link]]:
        try:
            await run(argv)
        except CommandFailed:
            if argv[1] in ("dns", "domain", "revert"):
                raise
            log.info("%s is nothing that this resolvectl can do", argv[1])  # of a version without it
    if dns is None:
        await run(["resolvectl", "flush-caches"])
