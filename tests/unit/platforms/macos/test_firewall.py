"""Do pf's rules say what the values mean? Never freer than ``core/passage.py``, and where stricter it is said why."""

import ipaddress
from typing import Literal

import pytest

from tests.fakes.mac import grammar
from tests.fakes.mac.pf import Frame, Pf
from tests.unit.core import worlds
from tests.unit.platforms.test_firewall import HOSTS
from wgtray.core.fields import Address, family
from wgtray.core.host import FREEDOM, Fate, HostState, fate
from wgtray.core.passage import DNS, Packet, enters, outcome
from wgtray.platforms.macos.firewall import ANCHOR, TABLES, ends, render
from wgtray.platforms.macos.tunnel import own

OURS, CABLE = "utun7", "en0"
AT_HOME = {4: "192.168.77.50", 6: "2001:db8:77::50"}
IN_THE_TUNNEL = {4: "10.66.0.10", 6: "fd66::10"}


def interface(host: HostState) -> str | None:
    return None if host.tunnel is None else OURS


def loaded(host: HostState) -> Pf:
    assert host.firewall is not None
    pf = Pf()
    pf.pfctl(["-E"], "")
    script = render(host.firewall, host.learned, interface(host), own(host.tunnel))
    pf.pfctl(["-a", ANCHOR, "-f", "-"], script)
    return pf


def sent(host: HostState, pf: Pf, packet: Packet) -> Fate:
    """Where a packet of this Mac ends, by routes and pf."""
    number = family(packet.address)
    way = "clear" if packet.ours or packet.bound else fate(host, packet.address)
    if way == "held":
        return "held"
    link = OURS if way == "tunnel" else CABLE
    source = (IN_THE_TUNNEL if way == "tunnel" else AT_HOME)[number]
    kind = "echoreq" if packet.proto == "icmp" else ""
    uid = 0 if packet.ours else 501
    frame = Frame("out", link, source, packet.address, packet.proto, 40000, packet.port or 0, uid, kind)
    verdict = pf.passes(frame, ANCHOR)
    if verdict == OURS:
        return "tunnel"
    return "held" if verdict == "block" else way


def nodes_of(host: HostState) -> set[str]:
    assert host.firewall is not None
    return {endpoint.rpartition(":")[0].strip("[]") for endpoint in host.firewall.endpoints}


def is_of_port_rule(host: HostState, packet: Packet) -> bool:
    """pf sends it into the tunnel whoever sent it, and from whichever link."""
    assert host.firewall is not None
    return any(
        packet.port in aim.ports and packet.proto == aim.proto and is_in(packet.address, aim.prefix)
        for aim in host.firewall.forced
    )


def is_in(address: str, prefix: str) -> bool:
    ip, network = ipaddress.ip_address(address), ipaddress.ip_network(prefix)
    return ip.version == network.version and ip in network


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_no_packet_that_is_sent_fares_better_than_the_values_say(host: HostState) -> None:
    pf = loaded(host)
    for packet in worlds.PACKETS:
        expected, found = outcome(host, packet), sent(host, pf, packet)
        if FREEDOM[found] > FREEDOM[expected]:
            ping = packet.proto == "icmp" and packet.address in nodes_of(host)  # pf knows no user of a ping
            assert ping or (found == "tunnel" and is_of_port_rule(host, packet)), (packet, expected, found)


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_packet_that_fares_worse_goes_to_a_node_of_somebody_else(host: HostState) -> None:
    pf = loaded(host)
    for packet in worlds.PACKETS:
        expected, found = outcome(host, packet), sent(host, pf, packet)
        if FREEDOM[found] < FREEDOM[expected]:
            tunnel = found == "tunnel" and is_of_port_rule(host, packet)
            assert tunnel or packet.address in nodes_of(host), (packet, expected, found)


def received(pf: Pf, packet: Packet, through: Literal["tunnel", "link"], own: Address | None) -> bool:
    target = own or AT_HOME[family(packet.address)]
    link = OURS if through == "tunnel" else CABLE
    kind = "echoreq" if packet.proto == "icmp" else ""
    frame = Frame("in", link, packet.address, target, packet.proto, packet.port or 0, 40000, 0, kind)
    return pf.passes(frame, ANCHOR) == "pass"


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_what_arrives_unasked_comes_in_as_the_values_say(host: HostState) -> None:
    assert host.firewall is not None
    pf = loaded(host)
    for packet in worlds.PACKETS:
        if packet.ours or packet.bound:
            continue
        ours = [address for address in host.firewall.own if family(address) == family(packet.address)]
        for target in (None, *ours):
            found = received(pf, packet, "link", target)
            wanted = enters(host.firewall, packet, "link", to_own=target is not None)
            # WireGuard's own answers come in by the state of what was sent, and only then
            assert found <= wanted, packet
            assert found == wanted or packet.address in nodes_of(host)
        if ours and host.tunnel is not None:
            assert received(pf, packet, "tunnel", ours[0]) == enters(host.firewall, packet, "tunnel")


def test_every_rule_and_every_listing_is_one_that_pf_knows() -> None:
    for host in HOSTS.values():
        assert host.firewall is not None
        script = render(host.firewall, host.learned, interface(host), own(host.tunnel))
        for line in script.splitlines():
            grammar.check_rule(line)
        for kind in ("rules", "nat"):
            for line in loaded(host).pfctl(["-a", ANCHOR, "-s", kind], "").splitlines():
                grammar.check_rule(line)


@pytest.mark.parametrize(
    "rule",
    [
        "pass out quick on utun7 all keep",
        "block return out quick on ! utun7 from any to 10.20.0.0/33",
        "block out quick inet6 from any to 10.20.0.0/16",
        "pass out quick from any to any user root keep state",
        "pass out quick on ! utun7 proto tcp from any port 1 to any; rm",
        "set skip on lo0",
    ],
)
def test_what_pf_would_not_take_is_noticed(rule: str) -> None:
    with pytest.raises(grammar.Wrong):
        grammar.check_rule(rule)


def test_nobody_but_root_reaches_the_port_of_a_node_past_the_tunnel() -> None:
    host = next(host for host in HOSTS.values() if host.firewall and host.firewall.everything and host.tunnel)
    pf = loaded(host)
    for uid, verdict in ((0, "pass"), (501, "block")):
        frame = Frame("out", CABLE, AT_HOME[4], "203.0.113.1", "udp", 40000, 51820, uid)
        assert pf.passes(frame, ANCHOR) == verdict


def test_names_are_asked_past_the_tunnel_by_root_alone() -> None:
    host = next(host for host in HOSTS.values() if host.firewall and host.firewall.names and not host.firewall.portal)
    pf = loaded(host)
    for uid, verdict in ((0, "pass"), (65, "block")):  # _mdnsresponder
        frame = Frame("out", CABLE, AT_HOME[4], "192.168.77.1", "udp", 40000, DNS, uid)
        assert pf.passes(frame, ANCHOR) == verdict


def test_without_a_reference_or_switched_off_pf_blocks_nothing_and_the_model_knows() -> None:
    host = next(host for host in HOSTS.values() if host.firewall and host.firewall.everything)
    frame = Frame("out", CABLE, AT_HOME[4], "203.0.113.77", "tcp", 40000, 443)
    pf = loaded(host)
    assert pf.passes(frame, ANCHOR) == "block"
    pf.main["rules"] = []
    assert pf.passes(frame, ANCHOR) == "pass"


def test_states_end_where_the_rules_close_something() -> None:
    for host in HOSTS.values():
        assert host.firewall is not None
        closed = [aim for aim in host.firewall.closed if aim.prefix]
        found = ends(host.firewall)
        assert found == (None,) or {aim.prefix for aim in closed} == set(found)


def test_all_tables_are_there_and_hold_networks() -> None:
    for host in HOSTS.values():
        anchor = loaded(host).anchors[ANCHOR]
        assert set(anchor.tables) == set(TABLES)
        for member in set().union(*anchor.tables.values()):
            ipaddress.ip_network(member)
        assert anchor.tables["learned"] == set(map(str, host.learned))


def test_addresses_of_ours_are_left_to_the_tunnel() -> None:
    host = next(host for host in HOSTS.values() if host.tunnel and host.firewall and host.firewall.own)
    pf = loaded(host)
    assert pf.passes(Frame("out", CABLE, IN_THE_TUNNEL[4], "192.0.2.9", "tcp", 1, 2), ANCHOR) == "block"
    assert pf.passes(Frame("in", CABLE, "192.0.2.9", Address(IN_THE_TUNNEL[4]), "tcp", 1, 2), ANCHOR) == "block"
    assert pf.passes(Frame("in", "lo0", "10.66.0.10", Address(IN_THE_TUNNEL[4]), "tcp", 1, 2), ANCHOR) == "pass"
