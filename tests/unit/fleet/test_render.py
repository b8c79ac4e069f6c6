"""Is a rendering the same bytes for the same fleet, without secrets, and does a plan say what differs and where?"""

import json
import re

import msgspec
import pytest

from tests.unit.fleet.fleets import fleet, key, users
from wgtray.core.document import read_toml, render_toml
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.profile import Invalid
from wgtray.fleet import nftables, redundancy, shaping, zone
from wgtray.fleet.model import Fleet, Router, Service, Site, Zone
from wgtray.fleet.plan import changes, difference, where
from wgtray.fleet.profiles import profile_of
from wgtray.fleet.render import files_of

replace = msgspec.structs.replace


def test_the_order_in_which_users_were_added_changes_no_byte() -> None:
    one = users(alice=("staff",), bob=("finance", "staff"))
    other = users(bob=("staff", "finance"), alice=("staff",))
    swapped = [
        replace(user, public_key=key(1 + at), groups=tuple(sorted(user.groups))) for at, user in enumerate(other)
    ]
    same = [replace(user, public_key=key(1 + at), groups=tuple(sorted(user.groups))) for at, user in enumerate(one)]
    assert files_of(fleet(), swapped) == files_of(fleet(), same)


def test_a_plan_names_the_files_that_differ_and_the_machines() -> None:
    there = users(alice=("staff",), bob=("staff",))
    before, after = files_of(fleet(), there[:1]), files_of(fleet(), there)
    changed = changes(before, after)
    assert [each.path for each in changed] == ["common/names.tsv", "common/peers.conf", "common/users.nft"]
    assert {where(fleet(), each.path) for each in changed} == {"every node"}
    assert all(each.removed == 0 for each in changed[:2])
    assert f"+PublicKey = {there[1].public_key}" in list(difference(before, after, "common/peers.conf"))
    assert changes(after, after) == ()
    assert {each.kind for each in changes({}, after)} == {"new"}
    assert {each.kind for each in changes(after, {})} == {"gone"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nodes/fra-a/node.nft", "node fra-a"),
        ("client/profile.toml", "every client"),
        ("inventory.json", "own machine"),
    ],
)
def test_where_a_file_goes_is_said(path: str, said: str) -> None:
    assert said in where(fleet(), path)


def test_a_revoked_user_is_in_no_file_of_a_node() -> None:
    alice, bob = users(alice=("staff",), bob=("staff",))
    files = files_of(fleet(), [alice, replace(bob, revoked="2026-01-02")])
    holding = [path for path, text in files.items() if bob.public_key in text or any(a in text for a in bob.addresses)]
    assert holding == []
    assert alice.public_key in files["common/peers.conf"]


def test_a_users_profile_is_one_that_a_client_accepts() -> None:
    (alice,) = users(alice=("staff",))
    profile, findings = read_toml(render_toml(profile_of(fleet(), alice)), "alice.toml")
    assert findings == ()
    assert [node.name for node in profile.nodes] == ["fra", "ams", "sin"]
    assert profile.interface.addresses == tuple(f"{a}/{128 if ':' in a else 32}" for a in alice.addresses)
    assert profile.interface.private_key is None


def test_a_site_without_a_key_or_out_of_service_is_in_no_profile_and_no_way_leads_there() -> None:
    fra, ams, sin = fleet().sites
    halved = replace(fleet(), sites=(fra, replace(ams, public_key=None), replace(sin, out_of_service=True)))
    profile = profile_of(halved)
    assert [node.name for node in profile.nodes] == ["fra"]
    assert [network.via for network in profile.split.networks] == [(), ("fra",), ()]


def overlapping() -> Fleet:
    wide = Service(name=Name("wide"), addresses=(Prefix("10.20.0.0/24"), Prefix("10.20.0.7/32")), tcp=("80-90", 85, 91))
    return replace(fleet(), services=(*fleet().services, wide))


def test_rules_name_protocols_as_nft_itself_knows_them() -> None:
    """Any other name is looked up in /etc/protocols, which a minimal Debian does not have."""
    files = files_of(fleet(), users(alice=("staff",)))
    rules = "".join(text for path, text in files.items() if path.endswith(".nft"))
    named = re.findall(r"l4proto (?:{ ([^}]*) }|(\S+))", rules)
    words = {word for several, one in named for word in (several or one).split(", ")}
    assert {"icmp", "icmpv6"} <= words
    assert not {word for word in words if not word.isdigit()} - {"tcp", "udp", "icmp", "icmpv6"}


def test_networks_and_ports_that_overlap_are_merged_because_nft_refuses_them() -> None:
    granted = replace(overlapping(), groups=(replace(fleet().groups[0], services=(Name("wide"),)),))
    text = nftables.users_text(granted, users(alice=("staff",)))
    assert "ip daddr { 10.20.0.0/24 } tcp dport { 80-91 }" in text


def test_the_clouds_own_addresses_are_not_the_internet() -> None:
    text = nftables.node_text(fleet(), fleet().nodes[0])
    for net in ("169.254.0.0/16", "10.0.0.0/8", "127.0.0.0/8"):
        assert re.search(rf"chain internet {{\n.*ip daddr != {{[^}}]*{re.escape(net)}", text)


def test_what_is_reserved_and_the_ceiling_follow_from_the_nodes_bandwidth() -> None:
    text = shaping.tc_text(fleet(), replace(fleet().nodes[0], bandwidth_mbit=100))
    assert "class replace dev wg0 parent 1:1 classid 1:a htb rate 60000kbit ceil 100000kbit" in text
    assert "class replace dev eth1 parent 1:1 classid 1:c htb rate 10000kbit ceil 80000kbit" in text
    plain = [replace(each, class_=None) for each in fleet().services]
    without = replace(fleet(), classes=(), services=tuple(plain), groups=fleet().groups[:2])
    assert shaping.tc_text(without, fleet().nodes[0]) == ""


def test_the_first_node_of_a_pair_is_preferred_and_each_speaks_to_the_other() -> None:
    first, second = (redundancy.keepalived_text(fleet(), node) for node in fleet().nodes[:2])
    assert "priority 200" in first
    assert "priority 150" in second
    assert "unicast_src_ip 203.0.113.11\n  unicast_peer {\n    203.0.113.12" in first
    assert "203.0.113.100/24 dev eth0\n    10.20.255.100/24 dev eth1" in first
    assert redundancy.keepalived_text(fleet(), fleet().nodes[2]) == ""


def test_a_balancer_knows_the_nodes_of_its_site() -> None:
    ams = replace(fleet().sites[1], served_by="balanced", balancer="lb1")
    text = redundancy.nginx_text(replace(fleet(), sites=(fleet().sites[0], ams, fleet().sites[2])), ams)
    assert "server 198.51.100.11:51820" in text
    assert "hash $remote_addr$remote_port consistent" in text


def with_zone(*sites: Site) -> Fleet:
    name = "vpn.example.com"
    made = Zone(name=name, nameservers=(f"ns1.{name}",))  # type: ignore[arg-type]
    return replace(fleet(), zone=made, sites=sites or fleet().sites)


def test_a_zone_answers_by_network_else_by_weight_and_leaves_out_what_is_out_of_service() -> None:
    fra, ams, sin = fleet().sites
    text = zone.zone_text(with_zone(fra, replace(ams, weight=3), replace(sin, out_of_service=True)))
    assert '"192.0.2.0/24": fra.site.vpn.example.com' in text
    assert 'a: {content: "203.0.113.100", weight: 250}' in text
    assert 'a: {content: "198.51.100.11", weight: 750}' in text
    assert sin.public[0] not in text
    assert zone.zone_text(fleet()) == ""


def with_routers(*addresses: str) -> Fleet:
    nodes = [replace(node, inside=(*node.inside, f"fd20::1:{at}")) for at, node in enumerate(fleet().nodes, 1)]
    return replace(fleet(), nodes=tuple(nodes), routers=(Router(name="core-1", addresses=addresses),))  # type: ignore[arg-type]


def test_routers_and_nodes_speak_to_each_other_in_every_family_that_both_have() -> None:
    files = files_of(with_routers("10.20.255.254", "fd20::fe"), ())
    node, router = files["nodes/ams-a/bird.conf"], files["routers/core-1/bird.conf"]
    for own, far in (("10.20.254.11", "10.20.255.254"), ("fd20::1:3", "fd20::fe")):
        assert f"local {own} as 65000;\n  neighbor {far} as 65000;" in node
        assert f"local {far} as 65000;\n  neighbor {own} as 65000;" in router
    assert "ip saddr 10.20.255.254 tcp dport 179 accept" in files["nodes/ams-a/node.nft"]
    assert "--pool 10.66.0.0/16 --pool fd66::/64 --ignore 10.30.0.0/16" in files["nodes/ams-a/wgtray-node.service"]
    assert "nodes/ams-a/bird.conf" not in files_of(fleet(), ())


def test_a_router_that_no_node_can_speak_to_is_a_mistake() -> None:
    with pytest.raises(Invalid, match="the node fra-a has no inside address of its family"):
        replace(fleet(), routers=(Router(name=Name("core-1"), addresses=(Address("fd20::fe"),)),))


def test_the_inventory_has_every_machine_once() -> None:
    document = json.loads(files_of(with_zone(), ())["inventory.json"])["all"]
    assert set(document["children"]["nodes"]["hosts"]) == {"fra-a", "fra-b", "ams-a", "sin-a"}
    assert set(document["children"]["nameservers"]["hosts"]) == {"ns1.vpn.example.com"}
    assert document["vars"]["shared_key_sites"] == ["fra"]


def test_the_dashboard_shows_only_what_the_nodes_measure() -> None:
    files = files_of(fleet(), ())
    shown = set(re.findall(r"wgtray_[a-z_]+", files["watching/grafana.json"]))
    assert shown <= set(re.findall(r'\("(wgtray_[a-z_]+)", ', files["common/metrics.py"]))
