"""Does a TOML profile say what it says, and does a wrong one say where and why?"""

import base64
import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.core.strategies import profiles
from wgtray.core import document
from wgtray.core.document import Unreadable, read, read_toml, render_toml
from wgtray.core.fields import Name, Prefix
from wgtray.core.findings import Finding
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.profile import Dns, Network, Profile
from wgtray.core.secret import Secret

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


NODE = f"""
[[node]]
name = "fra"
public_key = "{key(2)}"
endpoint = "fra.example.com:51820"
"""
HEAD = 'schema = 1\nname = "Acme"\n'
SPLIT = '[split]\nnetworks = ["10.20.0.0/16"]\n'
GOOD = HEAD + SPLIT + NODE
CONF = f"""[Interface]
PrivateKey = {key(1)}
Address = 10.66.0.10
[Peer]
PublicKey = {key(2)}
Endpoint = fra.example.com:51820
AllowedIPs = 10.20.0.0/16
"""
CONTRACT = f"""
schema = 1
name = "Acme"
requires = []
[interface]
addresses = ["10.66.0.10/32", "fd66::10/128"]
private_key = "{key(1)}"
mtu = 1420
[dns]
servers = ["10.20.0.53"]
domains = ["corp.example"]
[split]
networks = ["10.20.0.0/16",
            {{ net = "10.30.0.0/16", via = ["sin", "fra"] }},
            {{ net = "198.51.100.7/32", proto = "tcp", ports = [443, 8443] }}]
domains = ["bank.example"]
[failover]
interval_s = 5.0
latency_limit_ms = 200
detection = "fast"
failback_after_s = 60
prefer = "latency"
check = "tcp://10.20.0.10:443"
[policy]
default_mode = "split"
connect = "user"
lockdown = "apps"
allow_lan = true
user_may = ["mode", "node", "apps", "disconnect", "pause"]
portal_minutes = 0
office_probe = ""
[[node]]
name = "fra"
location = "Frankfurt, DE"
public_key = "{key(2)}"
preshared_key = "{key(3)}"
endpoint = "fra.vpn.example.com:51820"
probe = "10.66.255.1"
weight = 1
keepalive_s = 25
[[node]]
name = "sin"
public_key = "{key(4)}"
endpoint = "[2001:db8::1]:51820"
[[app]]
name = "SAP GUI"
route = "tunnel"
locked = true
linux = ["/usr/bin/sapgui"]
windows = ['C:\\Program Files\\SAP\\FrontEnd\\SAPgui\\saplogon.exe']
macos = ["/Applications/SAP GUI.app"]
"""


def refusal(text: str | bytes, file: str = "acme.toml") -> tuple[Finding, ...]:
    with pytest.raises(Unreadable) as caught:
        read(text, file)
    return caught.value.findings


def test_the_profile_of_the_contract_is_read_without_a_finding() -> None:
    profile, findings = read(CONTRACT, "acme.toml")
    assert findings == ()
    assert profile.interface.private_key == Secret(key(1))
    assert profile.split.networks[1] == Network(net=Prefix("10.30.0.0/16"), via=(Name("sin"), Name("fra")))
    assert [node.name for node in profile.nodes] == ["fra", "sin"]
    assert profile.apps[0].windows == ("C:\\Program Files\\SAP\\FrontEnd\\SAPgui\\saplogon.exe",)


def test_defaults_are_left_out_when_writing() -> None:
    profile, _ = read_toml(GOOD, "acme.toml")
    written = render_toml(profile)
    assert "failover" not in written
    assert "keepalive" not in written
    assert '[split]\nnetworks = ["10.20.0.0/16"]' in written


@few
@given(profiles())
def test_reading_what_was_written_gives_the_same_profile(profile: Profile) -> None:
    assert read_toml(render_toml(profile, secrets=True), "acme.toml")[0] == profile


@few
@given(profiles())
def test_keys_are_written_only_when_asked_for(profile: Profile) -> None:
    written = render_toml(profile)
    public = {node.public_key for node in profile.nodes}
    for secret in (profile.interface.private_key, *(node.preshared_key for node in profile.nodes)):
        assert secret is None or secret.reveal() in public or secret.reveal() not in written


@pytest.mark.parametrize(
    ("text", "line", "field", "part"),
    [
        # syntax
        ("schema = 1\nname = Acme\n", 2, "", 'put text in "quotes"'),
        ("schema = 1\nname\n", 2, "", 'no "=" after the name'),
        ('schema = 1\nname = "Acme\n', 2, "", "close its quotes"),
        ("schema = 1\n[policy\n", 2, "", "header does not end"),
        ("schema = 1\nschema = 1\n", 2, "", "a second time"),
        ('[split]\nnetworks = ["10.0.0.0/8"\ndomains = []\n', 3, "", "the list does not end"),
        ("[dns]\n[dns]\n", 2, "", "a second time"),
        ('[[app]]\nwindows = ["C:\\Program Files\\x.exe"]\n', 2, "", "'single quotes'"),
        ("[node]\n[node]\n", 2, "", "write [[node]]"),
        ("schema = 1\nname = '''Acme\n\n\n", 2, "", "close its quotes"),
        ("x = " + "9" * 5000, None, "", "too long"),
        ("x = " + "[" * 50_000, None, "", "nested too deeply"),
        # tables
        (GOOD.replace("[[node]]", "[node]"), 6, "node", "write [[node]]"),
        (HEAD, None, "node", "no [[node]]"),
        (HEAD + "node = []\n", 3, "node", "no [[node]]"),
        (HEAD + "node = 5\n", 3, "node", "is a whole number: write [[node]] tables"),
        (GOOD + "[[dns]]\nservers = []\n", 10, "dns", "write [dns], once"),
        (GOOD.replace(HEAD, HEAD + "dns = 3\n"), 3, "dns", "is a whole number: write a table [dns]"),
        (NODE, None, "schema", "missing: write schema = 1"),
        (NODE, None, "name", 'missing: write name = "…"'),
        # kinds of values
        (GOOD + "keepalive_s = '25'\n", 10, "node[0].keepalive_s", "is text: write a whole number without quotes"),
        (GOOD + "keepalive_s = 25.0\n", 10, "node[0].keepalive_s", "with a fraction: write a whole number"),
        (GOOD + "keepalive_s = true\n", 10, "node[0].keepalive_s", "is true or false: write a whole number"),
        (GOOD + "weight = false\n", 10, "node[0].weight", "write a number"),
        (GOOD + f"weight = {'9' * 400}\n", 10, "node[0].weight", "too large"),
        (GOOD + "probe = 10\n", 10, "node[0].probe", "is a whole number: write text in quotes"),
        (GOOD + "location = 2020-01-01\n", 10, "node[0].location", "is a date or time: write text in quotes"),
        (GOOD + "preshared_key = 5\n", 10, "node[0].preshared_key", "is a whole number: write text in quotes"),
        (GOOD + "[policy]\nallow_lan = 1\n", 11, "policy.allow_lan", "write true or false"),
        (GOOD + "[policy]\nlockdown = 'al'\n", 11, "policy.lockdown", '"al": write "all" or "apps" or "off"'),
        (GOOD + "[policy]\nuser_may = ['mode',\n'nodes']\n", 12, "policy.user_may[1]", '"nodes": write'),
        (GOOD + "[policy]\nuser_may = 'mode'\n", 11, "policy.user_may", "is text: write a list"),
        (GOOD + "[failover]\ninterval_s = nan\n", 11, "failover.interval_s", "outside 1 to 3600"),
        # fields
        (GOOD.replace("schema = 1", "schema = 2"), 1, "schema", "write schema = 1, or update"),
        (HEAD + "requires = ['x', 'y']\n" + NODE, 3, "requires[1]", 'no "y": update wgtray'),
        (GOOD.replace("10.20.0.0/16", "10.20.0.1/16"), 4, "split.networks[0]", "write 10.20.0.0/16"),
        (GOOD.replace("10.20.0.0/16", "0.0.0.0/0"), 4, "split.networks[0]", 'default_mode = "full"'),
        (GOOD.replace("10.20.0.0/16", "10.0.0.0/255.0.0.0"), 4, "split.networks[0]", "not a network"),
        (GOOD.replace('16"]', '16",\n{net="10.3.0.0/16",via=["x"]}]'), 5, "split.networks[1].via[0]", "(nodes: fra)"),
        (GOOD.replace('16"]', '16",\n{via=["fra"]}]'), 5, "split.networks[1].net", 'missing: write net = "10.20'),
        (GOOD.replace('16"]', '16",\n\n5]'), 6, "split.networks[1]", "is a whole number: write a table"),
        (GOOD.replace('16"]', '16",\n"10.20.0.0/16"]'), 5, "split.networks[1]", "twice"),
        (GOOD.replace("fra.example.com:51820", "fra"), 9, "node[0].endpoint", '(node "fra")'),
        (GOOD.replace("fra.example.com:51820", "2001:db8::1:51820"), 9, "node[0].endpoint", "in brackets"),
        (GOOD.replace('"fra"', '"auto"'), 7, "node[0].name", "another name"),
        (GOOD + NODE.replace(key(2), key(3)), 12, "node[1].name", 'the same as node[0] ("fra")'),
        (GOOD + NODE.replace('"fra"', '"ams"'), 13, "node[1].public_key", "the same as node[0]"),
        (GOOD + "[interface]\nmtu = 100\n", 11, "interface.mtu", "576 to 65535"),
        (GOOD + "[interface]\naddresses=['10.0.0.1',\n'10.0.0.1/32']\n", 12, "interface.addresses[1]", "twice"),
        (GOOD + f"[interface]\nprivate_key = '{key(2)}'\n", 11, "interface.private_key", "public key of"),
        (GOOD + "[[app]]\nname = 'x'\nlinux = ['bin/x']\n", 12, "app[0].linux[0]", "not an absolute path"),
        # text
        (b"schema = 1\nname = '\xff'\n", 2, "", "save the file with the encoding UTF-8"),
        (GOOD.encode("utf-16"), 1, "", "UTF-8"),
        ("schema = 1\n\nname = 'A\x00'\n", 3, "", "U+0000"),
        ("schema = 1\rname = 'A'\n", 1, "", "U+000D"),
        ("#" * (SIZE_LIMIT + 1), None, "", "is this the right file?"),
    ],
)
def test_a_wrong_document_is_refused_with_line_and_sentence(
    text: str | bytes, line: int | None, field: str, part: str
) -> None:
    found = [finding for finding in refusal(text) if finding.field == field and finding.line == line]
    assert any(part in finding.text for finding in found), [str(finding) for finding in refusal(text)]
    assert all(finding.severity == "error" for finding in found)


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    bad = f"""schema = 1
[interface]
addresses = ["10.66.0.300/32", "10.0.0.0.1"]
mtu = "1420"
[split]
networks = ["10.20.0.1/16",
  {{ net = "10.30.0.0/16", via = ["sin", "fra"] }},
  {{ net = "198.51.100.7/32", ports = [443, 84430] }}]
[[node]]
name = "fra"
endpoint = "fra"
weight = 0
[[node]]
name = "fra"
public_key = "{key(2)}"
"""
    assert [(finding.line, finding.field) for finding in refusal(bad)] == [
        (None, "name"),
        (3, "interface.addresses[0]"),
        (3, "interface.addresses[1]"),
        (4, "interface.mtu"),
        (6, "split.networks[0]"),
        (8, "split.networks[2].proto"),
        (8, "split.networks[2].ports[1]"),
        (9, "node[0].public_key"),
        (11, "node[0].endpoint"),
        (12, "node[0].weight"),
        (13, "node[1].endpoint"),
        (14, "node[1].name"),
    ]


def test_a_finding_prints_like_a_compiler_message() -> None:
    (finding,) = refusal(GOOD.replace("fra.example.com:51820", "fra"))
    assert str(finding).startswith('acme.toml:9: node[0].endpoint: "fra" is not an endpoint: write HOST:PORT')
    assert str(Finding("note", "-", None, "", "x")) == "-: note: x"


@pytest.mark.parametrize(
    ("text", "line", "field", "part"),
    [
        (GOOD + "weigth = 1\n", 10, "node[0].weigth", 'did you mean "weight"?'),
        (GOOD + "[[nodes]]\nname = 'x'\n", 10, "nodes", 'did you mean "node"?'),
        (GOOD + "mtu = 1420\n", 10, "node[0].mtu", "it belongs in [interface]"),
        (GOOD + "'a b' = 1\n", 10, 'node[0]."a b"', 'unknown key "a b" ignored'),
        (GOOD + "[dns]\nservers = ['10.20.0.53']\n", 11, "dns.servers", "write the domains"),
        (GOOD + "[dns]\ndomains = ['corp.example']\n", 11, "dns.domains", "no server to ask"),
        (GOOD + "[dns]\ndomains=['x.example']\nservers=['9.9.9.9']\n", 12, "dns.servers[0]", "outside the company's"),
        (GOOD + "probe='10.1.0.1'\n[interface]\naddresses=['10.1.0.1/24']\n", 10, "node[0].probe", "own address"),
        (HEAD + NODE, None, "split.networks", "nothing is sent through the tunnel"),
        (GOOD + "[[app]]\nname = 'SAP'\n", 10, "app[0]", '"SAP" names no program'),
    ],
)
def test_what_is_suspicious_is_a_warning(text: str, line: int | None, field: str, part: str) -> None:
    profile, findings = read_toml(text, "acme.toml")
    assert profile.name == "Acme"
    (finding,) = findings
    assert (finding.severity, finding.line, finding.field) == ("warning", line, field)
    assert part in finding.text


def test_warnings_are_told_beside_errors() -> None:
    assert {finding.severity for finding in refusal(GOOD + "weigth = 1\nweight = 0\n")} == {"warning", "error"}


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        (GOOD, "acme.toml", "Acme"),
        (GOOD, "-", "Acme"),
        (GOOD, "/etc/profile.txt", "Acme"),
        ("[interface]\nmtu = 1420\n" + GOOD.replace(HEAD, ""), "-", None),  # in a wrong order, and still TOML
        (CONF, "/etc/wireguard/acme.conf", "acme"),
        (CONF, "ACME.CONF", "ACME"),
        (CONF, "-", "WireGuard"),
        (
            "# a comment\n\n" + CONF.lower().replace(key(1).lower(), key(1)).replace(key(2).lower(), key(2)),
            "x.txt",
            "x",
        ),
        ("[Peer]\nEndpoint = [2001:db8::1]:5\nPublicKey = " + key(2), "-", "WireGuard"),
        ("[Interface]\nMTU = 1420\n", "-", "WireGuard"),
    ],
)
def test_the_form_is_told_by_the_file_name_or_else_by_the_content(text: str, file: str, name: str | None) -> None:
    if name is None:
        assert {finding.field for finding in refusal(text, file)} == {"schema", "name"}
    else:
        assert read(text, file)[0].name == name


@pytest.mark.parametrize("text", [GOOD, CONF])
def test_byte_order_mark_and_windows_line_ends_change_nothing(text: str) -> None:
    assert read(("\ufeff" + text.replace("\n", "\r\n")).encode(), "-")[0] == read(text, "-")[0]


@pytest.mark.parametrize("where", ["private_key", "preshared_key", "name", "endpoint", "unknown", "bare", "table"])
def test_no_error_repeats_a_key(where: str) -> None:
    secret = key(77)
    broken = {
        "private_key": f'{GOOD}[interface]\nprivate_key = "{secret[:-2]}"\n',
        "preshared_key": f'{GOOD}preshared_key = "{secret}x"\n',
        "name": GOOD.replace("fra", secret) + GOOD.replace("fra", secret).replace(HEAD + SPLIT, ""),
        "endpoint": GOOD.replace("fra.example.com:51820", secret),
        "unknown": f'{GOOD}"{secret}" = 1\nweight = 0\n',
        "bare": f"{GOOD}private_key {secret}\n",
        "table": f"{GOOD}[{secret[:-1]}]\n[{secret[:-1]}]\n",
    }[where]
    for finding in refusal(broken):
        assert secret[:40] not in str(finding)


@few
@given(st.text() | st.binary() | st.text(st.sampled_from("[]{}='\".,#\n\\ anode10")), st.sampled_from(["a.toml", "-"]))
def test_no_text_is_answered_with_anything_but_unreadable(text: str | bytes, file: str) -> None:
    with contextlib.suppress(Unreadable):
        read(text, file)


@few
@given(profiles(), st.data())
def test_no_damaged_profile_is_answered_with_anything_but_unreadable(profile: Profile, data: st.DataObject) -> None:
    text = render_toml(profile, secrets=True)
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(len(text), at + 8)))
    damaged = (
        text[:at] + data.draw(st.sampled_from(["", "\n", "[", "=", '"', "1", "true", "{}", "x = 1\n"])) + text[end:]
    )
    said = ""
    try:
        read(damaged, "a.toml")
    except Unreadable as unreadable:
        said = str(unreadable)
    for secret in (profile.interface.private_key, *(node.preshared_key for node in profile.nodes)):
        assert secret is None or secret.reveal() not in said


def test_a_profile_that_does_not_fit_one_frame_is_refused() -> None:
    quotes = '"' * (SIZE_LIMIT // 2 + 1)  # twice as long in JSON
    (finding,) = refusal(f"{GOOD}[[app]]\nname = 'x'\nlinux = ['/{quotes}']\n")
    assert "merge networks" in finding.text


def test_readers_and_writers_can_be_had_from_one_module() -> None:
    assert document.read_conf(CONF, "a.conf")[0].dns == Dns()
    assert "[Peer]" in document.render_conf(document.read_conf(CONF, "a.conf")[0])
