"""Entries of the one routing table: what they mean is what was asked for, packet by packet."""

import ipaddress
import random

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.mac import grammar
from tests.fakes.mac.machine import short
from wgtray.core.fields import Address, Endpoint, Interface, Prefix
from wgtray.core.host import HostState, Route, Tunnel, fate
from wgtray.platforms.macos import netstat, routes, uplink
from wgtray.platforms.macos.ifconfig import Link, parse
from wgtray.platforms.macos.netstat import Row
from wgtray.platforms.macos.routes import Entry

# apple.stackexchange.com/questions/336888: a Mac before macOS 11.3
OLD = """Routing tables

Internet:
Destination        Gateway            Flags        Refs      Use   Netif Expire
default            10.10.10.1         UGSc           20       16     en0
10.10.10/24        link#4             UCS             1        0     en0
10.10.10.1/32      link#4             UCS             1        0     en0
10.10.10.1         bc:67:1c:40:3:f6   UHLWIir        21       14     en0   1193
127                127.0.0.1          UCS             0        0     lo0
127.0.0.1          127.0.0.1          UH             54  2734893     lo0
169.254            link#4             UCS             0        0     en0
172.16.111/24      link#11            UC              1        0  vmnet1
192.168.220        link#12            UC              1        0  vmnet8
224.0.0/4          link#4             UmCS            2        0     en0
"""

# donbulinux.hatenablog.jp/entry/2021/07/29/175022: macOS 11.3; the lines of a utun as wg-quick leaves them
NEW = """Routing tables

Internet:
Destination        Gateway            Flags        Netif Expire
default            192.168.0.1        UGScg          en0
0/1                utun4              USc          utun4
128.0/1            utun4              USc          utun4
192.168.0          link#6             UCS            en0      !
255.255.255.255/32 link#6             UCS            en0      !
"""

TUNNEL = Tunnel(frozenset(), None, None, frozenset())
PREFIXES = [
    *("0.0.0.0/0", "10.0.0.0/8", "10.20.0.0/16", "10.20.0.0/17", "10.20.128.0/17", "10.20.0.53/32", "0.0.0.0/1"),
    *("::/0", "fd20::/64", "fd20::/65", "fd20::10/128", "128.0.0.0/1"),
]
wanted_routes = st.frozensets(
    st.builds(Route, prefix=st.sampled_from(PREFIXES).map(Prefix), to=st.sampled_from(("tunnel", "held")))
)
DESTINATIONS = [
    *map(Address, ("10.20.0.53", "10.20.7.1", "10.20.200.1", "10.9.9.9", "200.1.2.3", "1.2.3.4")),
    *map(Address, ("fd20::10", "fd20::9", "fd20::8000:0:0:9", "2001:db8::1")),
]


def led(entries: dict[Prefix, Entry], destination: Address) -> str:
    """Where a table with nothing else but a default route sends it: the longest prefix decides."""
    ip = ipaddress.ip_address(destination)
    near = [one for one in entries.values() if ip in ipaddress.ip_network(one.prefix)]
    best = max(near, key=lambda one: int(one.prefix.rpartition("/")[2]), default=None)
    return "clear" if best is None else best.way


@given(routes_=wanted_routes, carried=st.booleans())
def test_a_packet_goes_where_the_routes_say(routes_: frozenset[Route], carried: bool) -> None:
    laid = routes.entries(routes_, (), (), carried=carried, defaults={})
    tunnel = TUNNEL if carried else None
    host = HostState(tunnel, routes_, frozenset({4, 6}))
    for destination in DESTINATIONS:
        assert led(laid, destination) == fate(host, destination)


@given(routes_=wanted_routes, carried=st.booleans())
def test_a_new_helper_reads_entries_that_lead_the_same_way(routes_: frozenset[Route], carried: bool) -> None:
    laid = routes.entries(routes_, (), (), carried=carried, defaults={})
    read = routes.meaning(laid).routes
    again = routes.entries(read, (), (), carried=carried, defaults={})
    for destination in DESTINATIONS:
        assert led(again, destination) == led(laid, destination)


@given(before=wanted_routes, after=wanted_routes, carried=st.booleans())
def test_commands_make_one_table_the_other(before: frozenset[Route], after: frozenset[Route], carried: bool) -> None:
    present = routes.entries(before, (), (), carried=carried, defaults={})
    wanted = routes.entries(after, (), (), carried=carried, defaults={})
    table = dict(present)
    for command in routes.commands(present, wanted, "utun7"):
        grammar.check(command, "")
        prefix = Prefix(command[5])
        if command[3] == "delete":
            del table[prefix]
        else:
            assert prefix not in table
            table[prefix] = wanted[prefix]
    assert table == wanted


def test_endpoints_come_first_and_lead_past_the_tunnel() -> None:
    ends = [Endpoint("203.0.113.1:51820"), Endpoint("[2001:db8::3]:51820"), Endpoint("203.0.113.2:51820")]
    whole = frozenset({Route(Prefix("0.0.0.0/0"), "tunnel"), Route(Prefix("::/0"), "tunnel")})
    laid = routes.entries(whole, (), ends, carried=True, defaults={4: "192.168.0.1"})
    said = [" ".join(command) for command in routes.commands({}, laid, "utun7")]
    assert said == [
        "route -q -n add -inet6 2001:db8::3/128 ::1 -blackhole -proto1",
        "route -q -n add -inet 203.0.113.1/32 -gateway 192.168.0.1 -proto1",
        "route -q -n add -inet 203.0.113.2/32 -gateway 192.168.0.1 -proto1",
        "route -q -n add -inet 0.0.0.0/1 -interface utun7 -proto1",
        "route -q -n add -inet 128.0.0.0/1 -interface utun7 -proto1",
        "route -q -n add -inet6 8000::/1 -interface utun7 -proto1",
        "route -q -n add -inet6 ::/1 -interface utun7 -proto1",
    ]


def test_learned_addresses_lead_into_the_tunnel_or_nowhere() -> None:
    learned = [Address("198.51.100.7")]
    for carried, way in ((True, "tunnel"), (False, "held")):
        laid = routes.entries((), learned, (), carried=carried, defaults={})
        assert [(one.way, one.marks) for one in laid.values()] == [(way, "2")]
        assert routes.meaning(laid).learned == set(learned)


def test_tables_of_old_and_new_systems_are_read() -> None:
    old = netstat.parse(OLD, 4)
    assert old[0] == Row(Prefix("0.0.0.0/0"), "10.10.10.1", "UGSc", "en0")
    assert Row(Prefix("172.16.111.0/24"), "link#11", "UC", "vmnet1") in old
    assert [row.prefix for row in old if row.netif == "lo0"] == ["127.0.0.0/8", "127.0.0.1/32"]
    assert Prefix("169.254.0.0/16") in [row.prefix for row in old]
    assert Prefix("192.168.220.0/24") in [row.prefix for row in old]
    new = netstat.parse(NEW, 4)
    assert [row.prefix for row in new[:3]] == ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"]
    assert new[1].netif == "utun4"
    assert netstat.parse("", 4) == []
    assert netstat.parse("garbage\nDestination Gateway Flags Netif Expire\nx y z\n?? a b c\n", 4) == []


def test_destinations_are_read_as_the_model_writes_them() -> None:
    dice = random.Random(9)
    for _ in range(2000):
        length = dice.randrange(1, 33)
        network = ipaddress.ip_network((dice.getrandbits(32), length), strict=False)
        text = f"Destination Gateway Flags Netif Expire\n{short(str(network), host=False)} utun4 USc1 utun4\n"
        assert [row.prefix for row in netstat.parse(text, 4)] == [str(network)], network


# ifconfig(8) of macOS 14, addresses changed
IFCONFIG = """lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128
\tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether f0:18:98:00:00:01
\tinet6 fe80::14ab:2bff:fe00:1%en0 prefixlen 64 secured scopeid 0x6
\tinet 192.168.0.20 netmask 0xffffff00 broadcast 192.168.0.255
\tinet6 2001:db8::50 prefixlen 64 autoconf secured
\tmedia: autoselect
\tstatus: active
en5: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tstatus: inactive
utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1420
\tinet 10.66.0.10 --> 10.66.0.10 netmask 0xffffffff
\tinet6 fd66::10 prefixlen 128
"""


def test_interfaces_are_read_with_addresses_and_carrier() -> None:
    links = parse(IFCONFIG)
    assert links["en0"].addresses == ("fe80::14ab:2bff:fe00:1/64", "192.168.0.20/24", "2001:db8::50/64")
    assert links["utun4"] == Link(
        "utun4",
        frozenset({"UP", "POINTOPOINT", "RUNNING", "MULTICAST"}),
        1420,
        (Interface("10.66.0.10/32"), Interface("fd66::10/128")),
    )
    assert (links["en0"].runs, links["en5"].runs) == (True, False)
    assert uplink.on_link(netstat.parse(NEW, 4), links, "utun4") == {"192.168.0.0/24", "fe80::/64"}
    assert uplink.uplink(netstat.parse(NEW, 4), links, "utun4").ways == "en0 192.168.0.1 192.168.0.20/24"
    assert uplink.uplink(netstat.parse(NEW, 4), {**links, "en0": links["en5"]}, "utun4").families == frozenset()


def test_spare_routes_of_one_link_are_no_way_out() -> None:
    links = parse(IFCONFIG)
    rows = [Row(Prefix("::/0"), "fe80::%utun0", "UGcIg", "utun0"), Row(Prefix("0.0.0.0/0"), "link#6", "UCSI", "en0")]
    assert uplink.defaults(rows, links, "utun4") == {}
    assert uplink.next_hop(Row(Prefix("0.0.0.0/0"), "link#9", "UCS", "ppp0")) == "-interface ppp0"
