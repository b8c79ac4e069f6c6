"""Do the rendered zone's names answer with the nearest site that is in service? With PowerDNS as Debian has it."""

import collections
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.message
import dns.query
import msgspec
import pytest

from tests.network.conftest import until
from tests.unit.fleet.fleets import fleet
from wgtray.fleet import zone
from wgtray.fleet.model import Fleet, Zone
from wgtray.lab import netns
from wgtray.lab.place import Place

NAME = "vpn.example.com"
PORT = 53


pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(shutil.which("pdns_server") is None, reason="needs Debian's pdns-server"),
    pytest.mark.skipif(not list(Path("/usr/lib").glob("*/pdns/libgeoipbackend.so")), reason="needs pdns-backend-geoip"),
]


def in_zone(*, drained: str = "") -> Fleet:
    made = Zone(name=NAME, nameservers=(f"ns1.{NAME}",))  # type: ignore[arg-type]
    weights = {"fra": 6.0, "ams": 3.0, "sin": 1.0}
    sites = tuple(
        msgspec.structs.replace(site, weight=weights[site.name], out_of_service=site.name == drained)
        for site in fleet().sites
    )
    return msgspec.structs.replace(fleet(), zone=made, sites=sites)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Path]]:
    if os.geteuid() != 0:
        pytest.skip("needs root for a network namespace")
    home = tmp_path_factory.mktemp("pdns")
    place = Place(f"wgf-dns-{os.getpid()}")
    netns.ip(None, f"netns add {place.netns}")
    try:
        netns.ip(place.netns, "link set lo up")
        (home / zone.ZONE_FILE).write_text(zone.zone_text(in_zone()))
        (home / "pdns.conf").write_text(zone.settings_text(str(home)))
        argv = [
            "pdns_server",
            f"--config-dir={home}",
            f"--socket-dir={home}",
            "--local-address=127.0.0.1",
            "--daemon=no",
        ]
        with (home / "log").open("wb") as log:
            process = place.popen([*argv, "--guardian=no", "--setuid=", "--setgid="], stdout=log, stderr=log)
        try:
            until(lambda: _asks(place, f"ns1.{NAME}") is not None)
            yield place, home
        finally:
            process.kill()
            process.wait()
    finally:
        netns.run(["ip", "netns", "delete", place.netns])


def _asks(place: Place, name: str, subnet: str | None = None) -> str | None:
    """The one address in the answer; empty for none, None where nobody answers."""
    options: list[dns.edns.Option] = []
    if subnet is not None:
        options.append(dns.edns.ECSOption.from_text(subnet))
    query = dns.message.make_query(name, "A", use_edns=0, options=options)
    try:
        reply = netns.inside(place.netns, lambda: dns.query.udp(query, "127.0.0.1", port=PORT, timeout=1))
    except (OSError, dns.exception.DNSException):
        return None
    return next((str(rdata) for rrset in reply.answer for rdata in rrset), "")


def test_an_endpoints_name_is_its_sites_address(server: tuple[Place, Path]) -> None:
    assert _asks(server[0], f"fra.{NAME}") == "203.0.113.100"
    assert _asks(server[0], f"sin.{NAME}") == "198.51.100.21"


@pytest.mark.parametrize("subnet", ["10.20.7.0/24", "192.0.2.0/24"])
def test_the_nearest_site_answers_by_the_clients_network(server: tuple[Place, Path], subnet: str) -> None:
    assert {_asks(server[0], f"gw.{NAME}", subnet) for _ in range(20)} == {"203.0.113.100"}


def test_others_are_spread_by_weight(server: tuple[Place, Path]) -> None:
    seen = collections.Counter(_asks(server[0], f"gw.{NAME}", "198.18.0.0/24") for _ in range(400))
    assert set(seen) == {"203.0.113.100", "198.51.100.11", "198.51.100.21"}
    assert 190 < seen["203.0.113.100"] < 290  # 240 expected, five standard deviations
    assert 10 < seen["198.51.100.21"] < 80


def test_a_site_out_of_service_is_named_no_more_from_the_next_rendering_on(server: tuple[Place, Path]) -> None:
    place, home = server
    try:
        (home / zone.ZONE_FILE).write_text(zone.zone_text(in_zone(drained="fra")))
        place.run(["pdns_control", f"--socket-dir={home}", "rediscover"])
        until(lambda: _asks(place, f"gw.{NAME}", "10.20.7.0/24") != "203.0.113.100")
        assert "203.0.113.100" not in {_asks(place, f"gw.{NAME}", "10.20.7.0/24") for _ in range(40)}
    finally:
        (home / zone.ZONE_FILE).write_text(zone.zone_text(in_zone()))
        place.run(["pdns_control", f"--socket-dir={home}", "rediscover"])
