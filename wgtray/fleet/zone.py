"""What do the names of endpoints answer? A zone for PowerDNS's geoip backend, and its settings.

Every endpoint below the zone's name answers with its site's public addresses; the ``nearest`` name with the site that
the asker's network is listed for, longest prefix first, else with one site drawn by weight. No foreign database is
needed. A site out of service is named by no answer.
"""

import hashlib
import json
from collections.abc import Iterator

from wgtray.core import fields
from wgtray.core.fields import Address
from wgtray.fleet.model import Fleet, Site

ZONE_FILE = "zone.yaml"
_WEIGHT_SUM = 1000


def zone_text(fleet: Fleet) -> str:
    """YAML of the geoip backend; empty without ``[zone]``."""
    zone = fleet.zone
    if not zone.name:
        return ""
    sites = [site for site in fleet.sites if site.public and not site.out_of_service]
    master = zone.hostmaster or f"hostmaster.{zone.name}"
    records = [(str(zone.name), [f"soa: {zone.nameservers[0]} {master} SERIAL 7200 3600 86400 {zone.ttl_s}"])]
    records[0][1].extend(f"ns: {server}" for server in zone.nameservers)
    records += [
        (host, [f"{_kind(address)}: {address}" for address in site.public]) for host, site in _hosts(fleet, sites)
    ]
    records += [(f"{site.name}.site.{zone.name}", [f"{_kind(a)}: {a}" for a in site.public]) for site in sites]
    anybody = f"any.site.{zone.name}"
    if sites:
        records.append((anybody, list(_weighted(sites))))
    lines = [
        "mapping_lookup_formats: ['%cc']",
        "domains:",
        f"- domain: {zone.name}",
        f"  ttl: {zone.ttl_s}",
        "  records:",
    ]
    for name, answers in records:
        lines += [f"    {json.dumps(name)}:", *(f"      - {answer}" for answer in answers)]
    if sites:
        lines += ["  services:", f"    {json.dumps(f'{zone.nearest}.{zone.name}')}:", f"      default: [ {anybody} ]"]
        for site in sites:
            lines += [f"      {json.dumps(net)}: {site.name}.site.{zone.name}" for net in site.nearest_to]
    text = "\n".join(lines) + "\n"
    serial = int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)  # the same fleet has the same one, and no clock
    return text.replace("SERIAL", str(serial))


def settings_text(home: str) -> str:
    """pdns.conf for a server that answers for the zone alone."""
    return f"""\
launch=geoip
geoip-zones-file={home}/{ZONE_FILE}
geoip-database-files=
edns-subnet-processing=yes
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
"""


def _hosts(fleet: Fleet, sites: list[Site]) -> Iterator[tuple[str, Site]]:
    """Endpoints that are names of the zone."""
    for site in sites:
        host, _ = fields.split_endpoint(site.endpoint)
        if host.endswith(f".{fleet.zone.name}") and host != f"{fleet.zone.nearest}.{fleet.zone.name}":
            yield host, site


def _weighted(sites: list[Site]) -> Iterator[str]:
    """Whole numbers in proportion to the sites' weights, for each family by itself."""
    for family in (4, 6):
        chosen = [(address, site) for site in sites for address in site.public if fields.family(address) == family]
        total = sum(site.weight for _, site in chosen)
        for address, site in chosen:
            weight = max(1, round(_WEIGHT_SUM * site.weight / total))
            yield f"{_kind(address)}: {{content: {json.dumps(address)}, weight: {weight}}}"


def _kind(address: Address) -> str:
    return "aaaa" if fields.family(address) == 6 else "a"
