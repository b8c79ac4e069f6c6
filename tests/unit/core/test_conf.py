"""Is a wg-quick file read as wg-quick and wg read it, and refused where that would not be safe?"""

import base64
import contextlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wgconfig import WGConfig

from tests.unit.core.strategies import conf_profiles, profiles
from wgtray.core.conf import read_conf, render_conf
from wgtray.core.fields import Address, Domain, Endpoint, Key, Name, Prefix
from wgtray.core.findings import Finding, Unreadable
from wgtray.core.profile import AppRule, Network, Node, Policy, Profile, Split
from wgtray.core.secret import Secret

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


OWN = f"[Interface]\nPrivateKey = {key(1)}\nAddress = 10.66.0.10/32\n"


def peer(number: int, *lines: str, above: str = "", endpoint: str = "") -> str:
    where = endpoint or f"203.0.113.{number}:51820"
    given = [above, "[Peer]", f"PublicKey = {key(number)}", f"Endpoint = {where}", *lines]
    return "\n".join(["", *filter(None, given), ""])


def net(text: str, *via: str, ports: tuple[int, ...] = ()) -> Network:
    return Network(net=Prefix(text), via=tuple(map(Name, via)), ports=ports, proto="tcp" if ports else None)


def node(name: str, number: int, endpoint: str, probe: str | None = None, weight: float = 1) -> Node:
    address = None if probe is None else Address(probe)
    return Node(name=Name(name), public_key=Key(key(number)), endpoint=Endpoint(endpoint), probe=address, weight=weight)


def profile_of(text: str, file: str = "acme.conf") -> Profile:
    return read_conf(text, file)[0]


def findings_of(text: str, file: str = "acme.conf") -> tuple[Finding, ...]:
    return read_conf(text, file)[1]


def refusal(text: str) -> tuple[Finding, ...]:
    with pytest.raises(Unreadable) as caught:
        read_conf(text, "acme.conf")
    return caught.value.findings


def test_an_ordinary_file_becomes_the_profile_it_means() -> None:
    text = OWN + "DNS = 10.20.0.53, corp.example\nMTU = 1380\n" + peer(2, "AllowedIPs = 10.66.255.1/32, 10.20.0.0/16")
    profile, findings = read_conf(text, "/etc/wireguard/acme.conf")
    assert findings == ()
    assert profile == Profile(
        schema=1,
        name=Name("acme"),
        interface=profile.interface,
        dns=profile.dns,
        split=Split(networks=(net("10.20.0.0/16"),)),
        nodes=(node("203.0.113.2", 2, "203.0.113.2:51820", "10.66.255.1"),),
    )
    assert profile.interface.private_key == Secret(key(1))
    assert (profile.interface.addresses, profile.interface.mtu) == (("10.66.0.10/32",), 1380)
    assert (profile.dns.servers, profile.dns.domains) == (("10.20.0.53",), ("corp.example",))


def test_grammar_is_as_wide_as_that_of_wg_quick_and_wg() -> None:
    odd = f"""\ufeff
    [ INTERFACE ]  # mine
privatekey={key(1)}# no blank needed
ADDRESS = 10.66.0.10 fd66::10/64,, 10.66.0.11
address=10.66.0.12/24
Dns =
DNS = 10.20.0.53 corp.example
dns=fd20::53
MTU =
[PEER]
Public Key = {key(2)[:20]} {key(2)[20:]}
PRESHAREDKEY={key(3)}
endpoint = [ 2001:db8::1 ] : 51820
AllowedIPs = 10.66.255.1 , 10.20.0.0 / 16
allowedips=fd20::/64
PersistentKeepalive = OFF
""".replace("\n", "\r\n")
    profile, findings = read_conf(odd.encode(), "acme.conf")
    assert findings == ()
    assert profile.interface.addresses == ("10.66.0.10/32", "fd66::10/64", "10.66.0.11/32", "10.66.0.12/24")
    assert profile.dns.servers == ("10.20.0.53", "fd20::53")
    assert profile.dns.domains == ("corp.example",)
    (only,) = profile.nodes
    assert (only.public_key, only.endpoint, only.keepalive_s) == (key(2), "[2001:db8::1]:51820", 0)
    assert (only.preshared_key, only.probe) == (Secret(key(3)), "10.66.255.1")
    assert [network.net for network in profile.split.networks] == ["10.20.0.0/16", "fd20::/64"]


def test_a_peer_is_kept_warm_unless_the_file_says_otherwise() -> None:
    text = (
        OWN + peer(2, "AllowedIPs = 10.0.0.0/8") + peer(3, "PersistentKeepalive = 0") + peer(4, "PersistentKeepalive=7")
    )
    assert [node.keepalive_s for node in profile_of(text).nodes] == [25, 0, 7]


def test_zero_peers_and_no_interface_can_be_read() -> None:
    assert profile_of(OWN).nodes == ()
    assert "no node to connect to" in findings_of(OWN)[0].text
    assert profile_of(peer(2, "AllowedIPs = 10.0.0.0/8")).interface.private_key is None
    assert profile_of("").name == "acme"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("# Frankfurt\n[Peer]", "Frankfurt"),
        ("### Frankfurt ###\n[Peer]", "Frankfurt"),
        ("#Name = Frankfurt\n[Peer]", "Frankfurt"),
        ("# friendly_name=Frankfurt\n[Peer]", "Frankfurt"),
        ("# name: Frankfurt # 1\n[Peer]", "Frankfurt # 1"),
        ("# Name = Frankfurt\n# hosted elsewhere\n[Peer]", "Frankfurt"),
        ("# Peers\n# ======\n# Frankfurt\n# ------\n[Peer]", "Frankfurt"),
        ("[Peer] # Frankfurt", "Frankfurt"),
        ("[Peer]\n# Frankfurt", "Frankfurt"),
        ("# above\n[Peer]\n# Name = Frankfurt", "Frankfurt"),
        ("# Frankfurt\n\n[Peer]", "203.0.113.2"),  # a blank line: it belongs to what stands above
        ("#! Frankfurt\n[Peer]", "203.0.113.2"),  # wgconfig would read this as active text
        ("# [Peer]\n[Peer]\n#Endpoint = 192.0.2.1:1", "203.0.113.2"),
        (f"#{'-' * 20}\n[Peer]", "203.0.113.2"),
        (f"# {'x ' * 33}\n[Peer]", "203.0.113.2"),
        (f"# {key(9)}\n[Peer]", "203.0.113.2"),
        ("# Name =\n[Peer]", "203.0.113.2"),
    ],
)
def test_a_node_is_called_as_the_comment_at_its_peer_says(header: str, name: str) -> None:
    text = OWN + peer(2, "AllowedIPs = 10.0.0.0/8").replace("[Peer]", header)
    assert profile_of(text).nodes[0].name == name


def test_comments_among_the_settings_name_nothing() -> None:
    text = OWN + peer(2, "# Frankfurt", "AllowedIPs = 10.0.0.0/8 # Frankfurt", "# Frankfurt", "")
    assert profile_of(text).nodes[0].name == "203.0.113.2"


def test_node_names_are_made_unique_and_never_auto() -> None:
    long = "x-" * 32
    text = OWN + "".join(peer(number, above=f"# Name = {long}") for number in (2, 3)) + peer(4, above="# auto")
    text += peer(5, endpoint="auto:1") + "".join(peer(number, endpoint=f"fra.example:{number}") for number in (6, 7))
    profile, findings = read_conf(text, "acme.conf")
    expected = [long, "x-" * 31 + "-2", "203.0.113.4", "auto-2", "fra.example", "fra.example-2"]
    assert [node.name for node in profile.nodes] == expected
    notes = [finding for finding in findings if finding.severity == "note"]
    assert [finding.field for finding in notes] == ["Peer[1]", "Peer[2]", "Peer[3]", "Peer[5]"]


@pytest.mark.parametrize(
    ("opening", "file", "name"),
    [
        ("# Name = Acme\n\n# more\n", "x.conf", "Acme"),
        ("# Acme\n", "x.conf", "x"),
        ("", "/a/b c.CONF", "b c"),
        ("", "-", "WireGuard"),
        ("", "<stdin>", "WireGuard"),
        ("# Name = \n", "x" * 65 + ".conf", "WireGuard"),
    ],
)
def test_the_company_is_called_as_the_file_says_or_is_called(opening: str, file: str, name: str) -> None:
    assert profile_of(opening + OWN, file).name == name


def test_the_name_of_the_first_peer_is_not_the_name_of_the_company() -> None:
    profile = profile_of("# Name = Acme\n\n# Name = Frankfurt\n" + peer(2).lstrip() + OWN, "x.conf")
    assert (profile.name, profile.nodes[0].name) == ("Acme", "Frankfurt")


def test_networks_of_all_peers_or_of_the_first_fail_over_and_others_go_via_their_peers() -> None:
    text = (
        OWN
        + peer(2, "AllowedIPs = 10.66.255.2/32, 10.1.0.0/16, 10.2.0.0/16, 10.5.0.0/16", above="# a")
        + peer(3, "AllowedIPs = 10.66.255.3/32, 10.1.0.0/16, 10.3.0.0/16, 10.4.0.0/16", above="# b")
        + peer(4, "AllowedIPs = 10.66.255.4/32, 10.1.0.0/16, 10.4.0.0/16, 10.5.0.0/16", above="# c")
    )
    assert {network.net: network.via for network in profile_of(text).split.networks} == {
        "10.1.0.0/16": (),
        "10.2.0.0/16": (),
        "10.3.0.0/16": ("b",),
        "10.4.0.0/16": ("b", "c"),
        "10.5.0.0/16": ("a", "c"),
    }
    assert [node.probe for node in profile_of(text).nodes] == ["10.66.255.2", "10.66.255.3", "10.66.255.4"]


def test_an_address_that_several_peers_have_is_a_network_and_not_a_probe() -> None:
    text = OWN + peer(2, "AllowedIPs = 10.9.9.9/32, 10.66.255.2") + peer(3, "AllowedIPs = 10.9.9.9/32")
    profile = profile_of(text)
    assert [node.probe for node in profile.nodes] == ["10.66.255.2", None]
    assert profile.split.networks == (net("10.9.9.9/32"),)


def test_the_whole_internet_means_the_full_tunnel() -> None:
    profile, findings = read_conf(OWN + peer(2, "AllowedIPs = 0.0.0.0/0, ::/0, 10.1.0.0/16"), "acme.conf")
    assert (profile.policy.default_mode, findings) == ("full", ())
    assert profile.split.networks == (net("10.1.0.0/16"),)
    (warning,) = findings_of(OWN + peer(2) + peer(3, "AllowedIPs = ::/0"))
    assert (warning.severity, warning.field) == ("warning", "Peer[1].AllowedIPs")


def test_what_wgtray_does_itself_is_left_out_with_a_note() -> None:
    text = OWN + "ListenPort = 1\nTable = off\nFwMark = 0x1\n" + peer(2, "AllowedIPs = 10.1.2.3/16")
    found = [(finding.severity, finding.line, finding.field) for finding in findings_of(text)]
    notes = [("note", 4, "ListenPort"), ("note", 5, "Table"), ("note", 6, "FwMark")]
    assert found[:3] == [(severity, line, f"Interface.{name}") for severity, line, name in notes]
    assert found[3:] == [("warning", 11, "Peer[0].AllowedIPs")]
    assert profile_of(text).split.networks == (net("10.1.0.0/16"),)


def test_remarks_on_the_profile_name_the_line_in_the_file() -> None:
    (warning, other) = findings_of(OWN + "DNS = 9.9.9.9\n" + peer(2, "AllowedIPs = 10.1.0.0/16"))
    assert (warning.line, warning.field) == (other.line, other.field) == (4, "Interface.DNS")
    (error,) = refusal(f"[Interface]\nPrivateKey = {key(2)}\n" + peer(2, "AllowedIPs = 10.1.0.0/16"))
    assert (error.line, error.field) == (2, "Interface.PrivateKey")


@pytest.mark.parametrize(
    ("text", "line", "field", "part"),
    [
        ("PrivateKey = x\n" + OWN, 1, "", "before any section"),
        ("[Interfaces]\nAddress = x\n", 1, "", "not a section"),
        ("[Peer] x = 1\n", 1, "", "not a section"),
        (OWN + OWN, 4, "Interface", "a second [Interface], the first is in line 1"),
        (OWN + "MTU\n", 4, "Interface", "no = in this line"),
        (OWN + "; a comment\n", 4, "Interface", "# before a comment"),
        (OWN + "MTU # = 1420\n", 4, "Interface", "no = in this line"),
        (OWN + "= 5\n", 4, "Interface", "not a key"),
        (OWN + "Adress = 10.0.0.1\n", 4, "Interface", "did you mean Address?"),
        (OWN + "Endpoint = x\n", 4, "Interface", "belongs below [Peer]"),
        (OWN + "PostUp = iptables -A x\n", 4, "Interface.PostUp", "runs no command"),
        (OWN + "preup = true\n", 4, "Interface.PreUp", "runs no command"),
        (OWN + "PREDOWN =\n", 4, "Interface.PreDown", "runs no command"),
        (OWN + "Post Down = x\n", 4, "Interface.PostDown", "runs no command"),
        (OWN + "SaveConfig = false\n", 4, "Interface.SaveConfig", "never writes"),
        (OWN + f"PrivateKey = {key(3)}\n", 4, "Interface.PrivateKey", "a second time, after line 2"),
        (OWN + "MTU = 1420\nmtu = 1400\n", 5, "Interface.MTU", "a second time"),
        (OWN + "MTU = 1e3\n", 4, "Interface.MTU", "write one like 1420"),
        (OWN + "MTU = ²\n", 4, "Interface.MTU", "not a whole number"),
        (OWN + "MTU = 100\n", 4, "Interface.MTU", "576 to 65535"),
        (OWN + "Address = 10.66.0.10\n", 4, "Interface.Address", "first in line 3"),
        (OWN + "Address = 10.0.0.256\n", 4, "Interface.Address", "not an address"),
        (OWN + "DNS = 10.0.0.256\n", 4, "Interface.DNS", "not an IP address"),
        (OWN + "DNS = corp_example\n", 4, "Interface.DNS", "not a valid host name"),
        ("[Interface]\nPrivateKey = abc\n", 2, "Interface.PrivateKey", "wg genkey"),
        (peer(2, "PostUp = x"), 5, "Peer[0].PostUp", "runs no command"),
        (peer(2, "Address = 10.0.0.1"), 5, "Peer[0]", "belongs below [Interface]"),
        (peer(2, "AllowedIPs ="), 5, "Peer[0].AllowedIPs", "no network at all"),
        (peer(2, "AllowedIPs = 10.0.0.0/8,"), 5, "Peer[0].AllowedIPs", "empty place"),
        (peer(2, "AllowedIPs = 10.0.0.0/8 10.1.0.0/16"), 5, "Peer[0].AllowedIPs", "not a network"),
        (peer(2, "AllowedIPs = 10.0.0.0/33"), 5, "Peer[0].AllowedIPs", "not a network"),
        (peer(2, "AllowedIPs = 10.0.0.0/255.0.0.0"), 5, "Peer[0].AllowedIPs", "not a network"),
        (peer(2, "AllowedIPs = +10.0.0.0/8"), 5, "Peer[0].AllowedIPs", "without +"),
        (peer(2, "PersistentKeepalive = -1"), 5, "Peer[0].PersistentKeepalive", "25, or off"),
        (peer(2, "PersistentKeepalive = 65536"), 5, "Peer[0].PersistentKeepalive", "above 65535"),
        (peer(2, "PresharedKey ="), 5, "Peer[0].PresharedKey", "not a WireGuard key"),
        (peer(2, "Endpoint = 192.0.2.1:1"), 5, "Peer[0].Endpoint", "a second time"),
        (peer(2, endpoint="2001:db8::1:51820"), 4, "Peer[0].Endpoint", "in brackets"),
        (peer(2, endpoint="fra.example"), 4, "Peer[0].Endpoint", "HOST:PORT"),
        (f"# Fra\n[Peer]\nPublicKey = {key(2)}\n", 2, "Peer[0].Endpoint", 'Endpoint = HOST:PORT (peer "Fra")'),
        ("[Peer]\nEndpoint = x:1\n", 1, "Peer[0].PublicKey", "wg pubkey"),
        (peer(2) + peer(3) + peer(2), 11, "Peer[2].PublicKey", "the same key as in line 3"),
    ],
)
@pytest.mark.threat("T11")
def test_a_wrong_file_is_refused_with_line_and_sentence(text: str, line: int, field: str, part: str) -> None:
    found = refusal(text)
    assert any((one.line, one.field) == (line, field) and part in one.text for one in found), [*map(str, found)]
    assert {finding.severity for finding in found if finding.line == line} == {"error"}


def test_all_mistakes_are_told_at_once() -> None:
    text = OWN + "PostUp = x\nFoo = 1\n" + peer(2, "AllowedIPs = x") + peer(2, endpoint="y") + "[Foo]\nbar = 1\n"
    assert [finding.line for finding in refusal(text)] == [4, 5, 10, 13, 14, 15]


@pytest.mark.parametrize(
    "line",
    [
        "PrivateKey {}",
        "{}",
        "x{} = 1",
        "Address = {}",
        "DNS = {}",
        "MTU = {}",
        "PrivateKey = {}x",
        "[{}]",
        "PostUp = wg set wg0 private-key {}",
        "Table = {}\nx",
        "[Peer]\nEndpoint = {}",
        "[Peer]\nEndpoint = {}:1",
        "[Peer]\nAllowedIPs = {}",
        "[Peer]\nAllowedIPs = +{}",
        "[Peer]\nPersistentKeepalive = {}",
        "[Peer]\nPublicKey = {}\nEndpoint = x:1\n[Peer]\nPublicKey = {}\nEndpoint = x:2",
        "# {}\n[Peer]",
    ],
)
def test_no_error_repeats_a_key(line: str) -> None:
    secret = key(77)
    for finding in refusal("[Interface]\n" + line.replace("{}", secret)):
        assert secret[:40] not in str(finding)


@few
@given(conf_profiles())
@pytest.mark.threat("T10")
def test_reading_what_was_written_gives_the_same_profile(profile: Profile) -> None:
    assert profile_of(render_conf(profile), "other.conf") == profile


@few
@given(conf_profiles())
@pytest.mark.threat("T10")
def test_wgconfig_reads_what_was_written(profile: Profile) -> None:
    config = WGConfig()
    config.read_from_fileobj(io.StringIO(render_conf(profile)))
    assert config.get_peers() == [node.public_key for node in profile.nodes]
    private_key = profile.interface.private_key
    assert config.get_interface().get("PrivateKey") == (private_key and private_key.reveal())


NODES = tuple(node(name, ord(name), "x.example:1") for name in "abc")


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"apps": (AppRule(name=Name("x")),)}, "app"),
        ({"policy": Policy(lockdown="all")}, "policy.lockdown"),
        ({"split": Split(domains=(Domain("bank.example"),))}, "split.domains"),
        ({"split": Split(networks=(net("10.0.0.0/8", ports=(1,)),))}, "split.networks"),
        ({"split": Split(networks=(net("10.0.0.0/8", "a"),))}, "split.networks"),
        ({"split": Split(networks=(net("10.0.0.0/8", "c", "b"),))}, "split.networks"),
        ({"split": Split(networks=(net("10.0.0.1/32", "c"),))}, "node[2].probe"),
        ({"nodes": (node("a", 2, "x:1", weight=2),)}, "node[0].weight"),
        ({"nodes": (), "policy": Policy(default_mode="full")}, "policy.default_mode"),
    ],
)
def test_what_a_wg_quick_file_cannot_say_is_refused_and_not_lost(change: dict[str, object], lost: str) -> None:
    values: dict[str, object] = {"schema": 1, "name": "Acme", "nodes": NODES} | change
    with pytest.raises(ValueError, match="no place for") as caught:
        render_conf(Profile(**values))  # type: ignore[arg-type]
    assert lost in str(caught.value)


@few
@given(profiles())
def test_writing_either_loses_nothing_but_the_order_of_networks_or_says_so(profile: Profile) -> None:
    try:
        text = render_conf(profile)
    except ValueError:
        return
    again = profile_of(text)
    assert set(again.split.networks) == set(profile.split.networks)
    assert (again.nodes, again.interface, again.policy) == (profile.nodes, profile.interface, profile.policy)


LINES = st.sampled_from(
    [
        *(OWN, peer(2), peer(3), "[Interface]", "[Peer]", "[Peer", "[", "= =", "# Name = auto", "#! x", "PublicKey"),
        *("MTU = ³", "Address = ,", "Address = 0/0, ::/0, %", "DNS = :", "DNS = a..b, ...", "Endpoint = auto:1"),
        *("Endpoint = []:1", "Endpoint = :1", "PersistentKeepalive = ٣", "AllowedIPs = 0.0.0.0/0,10.0.0.1"),
        "AllowedIPs = ::1/0, fe80::1%eth0/64, /, 1/",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES | st.text(max_size=8), max_size=8).map("\n".join))
def test_no_file_is_answered_with_anything_but_unreadable(text: str) -> None:
    with contextlib.suppress(Unreadable):
        read_conf(text, "a.conf")
