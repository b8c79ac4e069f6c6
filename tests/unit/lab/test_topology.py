"""Is every device that is configured also made, and does everything stay inside the lab?"""

from __future__ import annotations

import re

from wgtray.lab import topology
from wgtray.lab.spec import Layout

LAYOUT = Layout("abcdef", client_count=2)


def test_every_cable_has_both_ends_in_namespaces_of_the_lab() -> None:
    lines = topology.cables(LAYOUT).splitlines()
    assert len(lines) == 1 + 2 + 3 + 3 * 2
    for line in lines:
        ends = re.findall(r"netns (\S+)", line)
        assert len(ends) == 2
        assert set(ends) <= set(LAYOUT.namespaces)


def test_no_device_name_is_used_twice_in_a_namespace() -> None:
    made = re.findall(r"link add (\S+) (?:address \S+ )?netns (\S+)", topology.cables(LAYOUT))
    made += re.findall(r"peer name (\S+) netns (\S+)", topology.cables(LAYOUT))
    assert len(set(made)) == len(made)


def test_every_device_that_gets_an_address_or_a_route_exists() -> None:
    cables = topology.cables(LAYOUT)
    for name, text in topology.inside(LAYOUT).items():
        made = set(re.findall(rf"(?:link add|peer name) (\S+) (?:address \S+ )?netns {name}", cables))
        made |= set(re.findall(r"tuntap add dev (\S+)|link add (corp0)", text)[0]) if "tuntap" in text else set()
        made |= set(re.findall(r"tuntap add dev (\S+)", text)) | set(re.findall(r"link add (\S+)", text))
        assert set(re.findall(r"\bdev (\S+)", text)) <= made, name


def test_every_namespace_is_configured() -> None:
    assert set(topology.inside(LAYOUT)) == set(LAYOUT.namespaces)
    assert set(topology.sysctls(LAYOUT)) == set(LAYOUT.namespaces)


def test_a_client_has_one_hardware_address_at_all_nodes() -> None:
    for client in LAYOUT.clients:
        lines = [line for line in topology.cables(LAYOUT).splitlines() if client.mac in line]
        assert len(lines) == len(LAYOUT.nodes)
        assert f"lladdr {client.mac} dev corp0 nud permanent" in topology.inside(LAYOUT)[LAYOUT.corp]


def test_only_packets_to_the_internet_get_a_nodes_address() -> None:
    assert re.findall(r".*masquerade", topology.NODE_FIREWALL) == [
        '  chain out { type nat hook postrouting priority 100; oifname "eth0" masquerade'
    ]


def test_the_company_comes_back_as_it_was() -> None:
    gone, back = topology.company_firewall(reachable=False), topology.company_firewall(reachable=True)
    assert gone.startswith(back)
    assert gone.count("drop") == 2


def test_what_speaks_of_ipv6_is_marked_so() -> None:
    for text in topology.inside(LAYOUT).values():
        for line in text.splitlines():
            if "rule add" in line and re.search(r" (to|from) ", line):
                assert line.startswith("-6 ") is (":" in line), line
            if "default via" in line:
                assert line.startswith("-6 ") is (":" in line), line
