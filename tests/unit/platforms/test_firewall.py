"""Do the rules that are really rendered say what the table in ``core/desired.py`` and ``core/passage.py`` say?"""

from typing import Literal

import msgspec
import pytest

from tests.unit.core import worlds
from tests.unit.core.test_desired import ARRIVING, SENT, hosts, tables
from tests.unit.platforms.nftables import Frame, Ruleset
from wgtray.core.desired import desired, with_learned
from wgtray.core.fields import Address, family
from wgtray.core.firewall import Firewall
from wgtray.core.host import Fate, HostState, fate
from wgtray.core.passage import HTTP, Packet, enters, leaves, outcome, passed_on
from wgtray.core.profile import Mode
from wgtray.platforms.linux.appways import MARK_DIRECT, MARK_TUNNEL
from wgtray.platforms.linux.firewall import NO_LINK, count_rules, render
from wgtray.platforms.linux.routes import MARK, MARK_FORCED
from wgtray.platforms.linux.wall import forced_routes

OURS = "wgtray0"
CABLE = "eth0"
BRIDGE = "docker0"
AT_HOME = {4: "192.168.77.50", 6: "fd77::50"}
IN_THE_TUNNEL = {4: "10.66.0.10", 6: "fd66::10"}
CONTAINER = {4: "172.17.0.2", 6: "fdcc::2"}

LINKS = frozenset(worlds.LINKS)
MODES: tuple[Mode, ...] = ("split", "full")


def every_host() -> dict[str, HostState]:
    """Every profile in every kind of state, mode and network; equal machines once."""
    found: dict[HostState, str] = {}
    for number, profile in enumerate(worlds.PROFILES):
        for mode in MODES:
            for links in (frozenset(), LINKS):
                for kind, state in worlds.situations(profile, mode, links).items():
                    host = desired(state)
                    for learned in (frozenset(), worlds.LEARNED):
                        if host.firewall is not None:
                            found.setdefault(with_learned(host, learned), f"{number}-{mode}-{kind}-{len(links)}")
    return {f"{name}-{number}": host for number, (host, name) in enumerate(found.items())}


HOSTS = every_host()


def kind(host: HostState) -> tuple[object, ...]:
    """What decides which rules there are, whatever networks they name."""
    assert host.firewall is not None
    one, fields = host.firewall, ("closed", "closes_learned", "everything", "names", "forced", "fails_closed")
    return (host.tunnel is None, *(bool(getattr(one, name)) for name in fields))


KINDS = {kind(host): (name, host) for name, host in HOSTS.items()}.values()
of_every_kind = pytest.mark.parametrize("host", [host for _, host in KINDS], ids=[name for name, _ in KINDS])


def ruleset(host: HostState, *, is_shown: bool = True) -> Ruleset:
    """What we load for this machine."""
    assert host.firewall is not None
    return Ruleset(render(host.firewall, host.learned, OURS), is_shown=is_shown)


def way(host: HostState, packet: Packet, mark: int) -> Fate:
    """Where the routes send it, as ``routes.py`` lays them."""
    if packet.ours or packet.bound:
        return "clear"
    for route in forced_routes(host.firewall, host.tunnel) if mark == MARK_FORCED else ():
        if family(route.prefix) == family(packet.address) and route.to == "tunnel":
            return "tunnel"
    if mark == MARK_FORCED and host.firewall is not None and host.firewall.fails_closed:
        return "held"
    return fate(host, packet.address)


def link(fated: Fate) -> str:
    return OURS if fated == "tunnel" else CABLE


def framed(packet: Packet, sources: dict[int, str]) -> Frame:
    kind = "echo-request" if packet.proto == "icmp" else ""
    source = sources[family(packet.address)]
    return Frame(source, packet.address, packet.proto, 40000, packet.port or 0, kind, mark=MARK if packet.ours else 0)


def sent(host: HostState, rules: Ruleset, packet: Packet) -> Fate:
    """Where a packet of this computer ends: routed, marked, routed anew, filtered, as the kernel does it."""
    first = way(host, packet, 0)
    if first == "held":
        return "held"
    frame = framed(packet, IN_THE_TUNNEL if first == "tunnel" else AT_HOME)
    frame.oif = link(first)
    assert rules.passes(frame, "route output mangle")
    last = way(host, packet, frame.mark) if frame.mark == MARK_FORCED else first
    # The hook was entered with the link of the first way; only what comes after it sees the second.
    if last == "held" or not rules.passes(frame, "filter output filter"):
        return "held"
    frame.oif = link(last)
    return last if rules.passes(frame, "filter postrouting filter") else "held"


def forwarded(host: HostState, rules: Ruleset, packet: Packet) -> Fate:
    """Where a container's packet ends."""
    frame = framed(packet, CONTAINER)
    frame.iif, frame.local = BRIDGE, False
    assert rules.passes(frame, "filter prerouting raw", "filter prerouting mangle")
    fated = way(host, packet, frame.mark)
    frame.oif = link(fated)
    passes = fated != "held" and rules.passes(frame, "filter forward filter", "filter postrouting filter")
    return fated if passes else "held"


def arrives(rules: Ruleset, packet: Packet, through: Literal["tunnel", "link"], *, to_own: bool, answer: bool) -> bool:
    """Whether a packet to this computer comes in."""
    number = family(packet.address)
    own = through == "tunnel" or to_own
    frame = Frame(packet.address, (IN_THE_TUNNEL if own else AT_HOME)[number], packet.proto, packet.port or 0, 40000)
    frame.kind = "echo-request" if packet.proto == "icmp" else ""
    frame.iif, frame.known = OURS if through == "tunnel" else CABLE, answer
    return rules.passes(frame, "filter prerouting raw", "filter prerouting mangle", "filter input filter")


@of_every_kind
def test_rules_whose_networks_cannot_be_found_yet_let_nothing_else_out(host: HostState) -> None:
    unready = ruleset(host, is_shown=False)
    for packet in worlds.PACKETS:
        assert sent(host, unready, packet) in ("held", outcome(host, packet)), packet
        if not packet.ours and not packet.bound:
            assert forwarded(host, unready, packet) in ("held", passed_on(host, packet)), packet


@of_every_kind
def test_what_is_on_its_way_while_a_table_takes_the_place_of_an_equal_one_is_judged_by_one_of_them(
    host: HostState,
) -> None:
    rules = ruleset(host)
    for packet in worlds.PACKETS:
        frame = framed(packet, AT_HOME)
        frame.oif = CABLE
        for hook in ("filter output filter", "filter forward filter"):
            if not rules.passes(msgspec.structs.replace(frame), hook):
                assert not any(rules.passes_replaced(frame, hook)), (packet, hook)
    astray = Frame(AT_HOME[4], "10.20.0.10", "udp", 40000, 7, oif=CABLE, mark=MARK_TUNNEL)
    assert not any(rules.passes_replaced(astray, "filter postrouting filter"))


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_the_rules_do_with_every_packet_what_the_values_mean(host: HostState) -> None:
    rules = ruleset(host)
    for packet in worlds.PACKETS:
        assert sent(host, rules, packet) == outcome(host, packet), packet
        if not packet.ours and not packet.bound:
            assert forwarded(host, rules, packet) == passed_on(host, packet), packet


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_the_rules_let_in_what_the_values_mean(host: HostState) -> None:
    rules, firewall = ruleset(host), host.firewall
    assert firewall is not None
    for packet in (packet for packet in worlds.PACKETS if not packet.ours and not packet.bound):
        for through, to_own in (("tunnel", True), ("link", False), ("link", True)):
            if to_own and IN_THE_TUNNEL[family(packet.address)] not in firewall.own:
                continue
            for answer in (False, True):
                said = arrives(rules, packet, through, to_own=to_own, answer=answer)  # type: ignore[arg-type]  # of the literals above
                meant = enters(firewall, packet, through, to_own=to_own, answer=answer)  # type: ignore[arg-type]  # likewise
                assert said == meant, (packet, through, to_own, answer)


@pytest.mark.parametrize("row", [*tables()[0][1:], *tables()[1]], ids=lambda row: "-".join(list(row.values())[:3]))
def test_the_rules_send_what_the_table_of_the_docstring_says(row: dict[str, str]) -> None:
    bound = row["state"] == "any"
    for host in (host for host in hosts(row) if host.firewall is not None):
        rules = ruleset(host)
        for kind, packet in SENT.items():
            there = msgspec.structs.replace(packet, bound=bound)
            assert sent(host, rules, there) == row[kind], kind
            assert bound or packet.ours or forwarded(host, rules, packet) == row[kind], kind


@pytest.mark.parametrize("row", tables()[2], ids=lambda row: "-".join(list(row.values())[:2]))
def test_the_rules_let_in_what_the_table_of_the_docstring_says(row: dict[str, str]) -> None:
    for host in hosts(row):
        rules = ruleset(host)
        for kind, arrival in ARRIVING.items():
            packet, to_own = Packet(arrival["source"]), arrival.get("to_own", False)
            for answer in (False, True) if not to_own else (False,):
                passes = arrives(rules, packet, arrival["through"], to_own=to_own, answer=answer)
                assert passes == (answer or row[kind] == "in"), kind


def closed() -> Ruleset:
    """Everything closed, without a LAN."""
    return ruleset(desired(worlds.situations(worlds.LOCKED, "full")["Blocked, no tunnel"]))


@pytest.mark.parametrize(
    "frame",
    [
        Frame("192.168.77.50", "255.255.255.255", "udp", 68, 67),
        Frame("fe80::1", "ff02::1:2", "udp", 546, 547),
        Frame("fe80::1", "ff02::1:ff00:9", "icmp", kind="nd-neighbor-solicit", hops=255),
        Frame("fe80::1", "ff02::2", "icmp", kind="nd-router-solicit", hops=255),
    ],
    ids=["dhcp", "dhcpv6", "neighbour", "router"],
)
def test_what_makes_a_link_a_link_always_leaves(frame: Frame) -> None:
    frame.oif = CABLE
    assert closed().passes(frame, "filter output filter")
    far = msgspec.structs.replace(frame, dport=5, sport=5, hops=64)
    assert not closed().passes(far, "filter output filter")


@pytest.mark.parametrize(
    "frame",
    [
        Frame("192.168.77.1", "255.255.255.255", "udp", 67, 68),
        Frame("fe80::2", "fe80::1", "udp", 547, 546),
        Frame("fe80::2", "ff02::1", "icmp", kind="nd-router-advert", hops=255),
        Frame("fe80::2", "fe80::1", "icmp", kind="nd-neighbor-advert", hops=255),
    ],
    ids=["dhcp", "dhcpv6", "router", "neighbour"],
)
def test_what_makes_a_link_a_link_always_arrives(frame: Frame) -> None:
    frame.iif = CABLE
    assert closed().passes(frame, "filter input filter")
    assert not closed().passes(msgspec.structs.replace(frame, dport=5, sport=5, hops=64), "filter input filter")


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_no_packet_with_an_address_of_ours_in_the_tunnel_leaves_elsewhere(host: HostState) -> None:
    rules = ruleset(host)
    assert host.firewall is not None
    for source in host.firewall.own:
        to = "198.51.100.200" if family(source) == 4 else "2600::1"
        frame = Frame(source, to, "tcp", 40000, 443, oif=CABLE)
        assert not rules.passes(frame, "filter output filter")


def test_our_own_mark_lets_nothing_out_but_to_nodes_and_for_names() -> None:
    rules = closed()
    for proto, port, passes in (("udp", 51820, True), ("tcp", 51820, False), ("tcp", HTTP, True), ("tcp", 22, False)):
        frame = Frame(AT_HOME[4], "203.0.113.1", proto, 40000, port, mark=MARK, oif=CABLE)
        assert rules.passes(frame, "filter output filter") is passes
    elsewhere = Frame(AT_HOME[4], "198.51.100.9", "udp", 40000, 51820, mark=MARK, oif=CABLE)
    assert not rules.passes(elsewhere, "filter output filter")
    for proto in ("udp", "tcp"):
        assert rules.passes(msgspec.structs.replace(elsewhere, proto=proto, dport=53), "filter output filter")


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_program_that_must_go_through_the_tunnel_leaves_by_no_other_link(host: HostState) -> None:
    rules = ruleset(host)
    for source, to in ((AT_HOME[4], "198.51.100.9"), (AT_HOME[4], "10.20.0.10"), (AT_HOME[6], "2600::1")):
        for first in (CABLE, OURS):  # as routed before the mark
            frame = Frame(source, to, "tcp", 40000, 443, mark=MARK_TUNNEL, oif=first)
            assert rules.passes(frame, "filter output filter")
            for last in (CABLE, OURS):
                frame.oif = last
                assert rules.passes(frame, "filter postrouting filter") is (last == OURS)


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_program_that_goes_past_the_tunnel_takes_nothing_along_that_only_the_tunnel_may_carry(
    host: HostState,
) -> None:
    rules, firewall = ruleset(host), host.firewall
    assert firewall is not None
    for packet in (packet for packet in worlds.PACKETS if not packet.ours and not packet.bound):
        for sources in (AT_HOME, IN_THE_TUNNEL):
            for first in (CABLE, OURS):
                frame = framed(packet, sources)
                frame.mark, frame.oif = MARK_DIRECT, first
                said = rules.passes(frame, "filter output filter")
                frame.oif = CABLE
                said = said and rules.passes(frame, "filter postrouting filter")
                assert said == leaves(firewall, host.learned, packet), (packet, sources, first)


def test_a_portal_is_opened_for_web_and_names_and_never_for_the_company() -> None:
    host = desired(worlds.connected(worlds.LOCKED))
    assert host.firewall is not None
    opened = msgspec.structs.replace(host, firewall=msgspec.structs.replace(host.firewall, portal=True))
    rules = ruleset(opened)
    for packet in worlds.PACKETS:
        assert sent(opened, rules, packet) == outcome(opened, packet), packet
    for address, port, passes in (
        ("198.51.100.9", HTTP, True),
        ("198.51.100.9", 22, False),
        ("10.20.0.10", HTTP, False),
    ):
        frame = Frame(AT_HOME[4], address, "tcp", 40000, port, oif=CABLE)
        assert rules.passes(frame, "filter output filter") is passes


@pytest.mark.parametrize("name", ["", "wg*", 'a"b', "far-too-long-for-a-link"])
def test_a_name_that_nft_would_read_otherwise_matches_no_link(name: str) -> None:
    script = render(Firewall(everything=True), (), name)
    assert f'oifname "{NO_LINK}" meta mark' in script


def test_the_rules_are_counted_as_the_kernel_lists_them() -> None:
    script = render(Firewall(everything=True, own=frozenset({Address("10.66.0.10")})), (), OURS)
    rules = Ruleset(script)
    assert count_rules(script) == sum(len(chain.rules) for chain in rules.chains.values()) + len(rules.arp)


def test_neighbours_do_not_learn_our_addresses_in_the_tunnel() -> None:
    for host in HOSTS.values():
        assert host.firewall is not None
        own = sorted(address for address in host.firewall.own if family(address) == 4)
        assert ruleset(host).arp == [f'iifname != "{OURS}" arp daddr ip {{ {", ".join(own)} }} drop']


def test_learned_addresses_are_in_the_set_of_their_family() -> None:
    rules = Ruleset(render(Firewall(closes_learned=True), worlds.LEARNED, OURS))
    for name, number in (("learned4", 4), ("learned6", 6)):
        assert rules.sets[name] == {address for address in worlds.LEARNED if family(address) == number}
