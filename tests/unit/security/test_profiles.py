"""What a file of the company, or one that claims to be, can make the tools read: nothing but what its fields mean."""

import base64
import contextlib
import itertools
import json
import re
from collections.abc import Iterator

import pytest

from tests.security.tally import count
from tests.unit.core.worlds import KEYS, PRIVATE, connected
from wgtray.core import document, fields
from wgtray.core.conf import render_conf
from wgtray.core.desired import desired
from wgtray.core.findings import Unreadable
from wgtray.core.profile import Profile
from wgtray.helper import app
from wgtray.ipc import messages
from wgtray.platforms.linux import firewall, resolved, tunnel
from wgtray.platforms.windows import tunnel as windows_tunnel

CHARACTERS = "\n\r\0\t#;[]=\"'\\`$%|&<>*\x1b\x7f\x85\u2028\u2029\u202e\ufeff"
"""Those that end a line, begin a comment or a section, quote, expand, or are shown as what they are not."""

FIELDS: dict[str, str] = {
    "name": "Acme",
    "address": "10.66.0.10/32",
    "dns_server": "10.20.0.53",
    "dns_domain": "corp.example",
    "network": "10.20.0.0/16",
    "public_name": "bank.example",
    "check": "tcp://10.20.0.10:443",
    "node": "fra",
    "location": "Frankfurt, DE",
    "public_key": KEYS[0],
    "preshared_key": PRIVATE.reveal(),
    "endpoint": "203.0.113.5:51820",
    "probe": "10.66.255.1",
    "app": "SAP GUI",
    "path": "/usr/bin/sapgui",
}
"""Every text that a profile holds."""

TEMPLATE = f"""\
schema = 1
name = {{name}}
[interface]
addresses = [{{address}}]
[dns]
servers = [{{dns_server}}]
domains = [{{dns_domain}}]
[split]
networks = [{{network}}]
domains = [{{public_name}}]
[failover]
check = {{check}}
[[node]]
name = {{node}}
location = {{location}}
public_key = {{public_key}}
preshared_key = {{preshared_key}}
endpoint = {{endpoint}}
probe = {{probe}}
[[node]]
name = "ams"
public_key = "{KEYS[1]}"
endpoint = "203.0.113.6:51820"
probe = "10.66.255.2"
[[app]]
name = {{app}}
linux = [{{path}}]
"""


def read(**changed: str) -> Profile:
    """Raises Unreadable. TOML writes a string as JSON does."""
    values = {name: json.dumps(text) for name, text in {**FIELDS, **changed}.items()}
    return document.read(TEMPLATE.format(**values), "acme.toml")[0]


def emitted(profile: Profile) -> Iterator[str]:
    """Everything that tools are given of it."""
    host = desired(connected(profile))
    assert host.tunnel is not None
    assert host.firewall is not None
    assert host.dns is not None
    yield tunnel.render_conf(host.tunnel)
    yield tunnel.render_setconf(host.tunnel)
    yield windows_tunnel.render_conf(host.tunnel)
    yield firewall.render(host.firewall, (), "wgtray0")
    yield "\n".join(map(" ".join, resolved.render("wgtray0", host.dns)))


def skeleton(text: str) -> list[str]:
    """The text without what stands for values."""
    return [re.sub(r"=.*|[0-9a-f.:/]{3,}|~\S+", "", line) for line in text.splitlines()]


@pytest.mark.threat("T10")
@pytest.mark.parametrize("field", FIELDS)
def test_no_character_in_any_text_makes_a_tool_read_another_line(field: str) -> None:
    sound = read()
    lines = [skeleton(text) for text in emitted(sound)]
    plain = FIELDS[field]
    half = len(plain) // 2
    accepted: list[tuple[str, Profile]] = []
    for character in CHARACTERS:
        for text in (plain + character, character + plain, plain[:half] + character + plain[half:]):
            count("inputs/tried")
            with contextlib.suppress(Unreadable):
                accepted.append((character, read(**{field: text})))
    profiles = list({repr(profile): profile for _, profile in accepted if profile != sound}.values())
    with contextlib.suppress(Unreadable):  # one with all of them says as much as one of each
        together = "".join(dict.fromkeys(character for character, _ in accepted))
        profiles = [read(**{field: plain[:half] + together + plain[half:]})]
    for profile in profiles:
        for was, now in zip(lines, emitted(profile), strict=True):
            assert skeleton(now) == was, profile


CONF = f"""\
[Interface]
PrivateKey = {PRIVATE.reveal()}
Address = 10.66.0.10/32

[Peer]
PublicKey = {KEYS[0]}
Endpoint = 203.0.113.5:51820
AllowedIPs = 10.20.0.0/16
"""

HOOKS = ("PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig", "Include", "ExecStart", "plugin", "script-security")
LEFT_OUT = ("ListenPort = 51820", "Table = 1234", "Table = auto", "FwMark = 0xca6c")
CASES = (str, str.lower, str.upper)
SPACINGS = ("{key}={value}", "\t{key}\t=\t{value}", "  {key}  =  {value}  # harmless")
FORMS = (
    str.encode,
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
)


@pytest.mark.threat("T11")
@pytest.mark.parametrize("key", HOOKS)
def test_a_hook_or_an_unknown_key_is_refused_however_and_wherever_it_is_written(key: str) -> None:
    for case, spacing, form, after in itertools.product(CASES, SPACINGS, FORMS, ("[Interface]\n", "[Peer]\n")):
        count("inputs/tried")
        line = spacing.format(key=case(key), value="touch /tmp/x")
        with pytest.raises(Unreadable) as refused:
            document.read(form(CONF.replace(after, f"{after}{line}\n")), "acme.conf")
        (at,) = {finding.line for finding in refused.value.findings}
        assert at == CONF.split(after)[0].count("\n") + 2


@pytest.mark.threat("T11")
@pytest.mark.parametrize("line", LEFT_OUT)
def test_what_wg_quick_would_do_with_routes_and_marks_is_left_out_and_said(line: str) -> None:
    for case, form in itertools.product(CASES, FORMS):
        key, _, value = line.partition(" = ")
        text = CONF.replace("[Interface]\n", f"[Interface]\n{case(key)} = {value}\n")
        profile, findings = document.read(form(text), "acme.conf")
        assert [finding.field for finding in findings] == [f"Interface.{key}"]
        assert f"{key} =" not in render_conf(profile)


class Unprivileged:
    """Of an ordinary user."""

    def is_privileged(self) -> bool:
        return False


@pytest.mark.threat("T12")
def test_the_interface_is_called_as_the_service_says_and_nobody_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_name = TEMPLATE.replace("[interface]\n", '[interface]\nname = "eth0; reboot"\n')
    values = {name: json.dumps(text) for name, text in FIELDS.items()}
    profile, findings = document.read(with_name.format(**values), "acme.toml")
    assert any("name" in finding.field for finding in findings)
    assert profile == read()
    for request in messages.AnyRequest.__args__:
        assert "interface" not in request.__struct_fields__
    monkeypatch.setattr(app, "ground", Unprivileged)  # what is taken all the same must start nothing
    for name in ("eth0; reboot", "-i", "../x", "a" * 16, "", "wg0\n", "wg*", "$(x)", "wg 0", "wg/0"):
        with pytest.raises(SystemExit) as ended:
            app.main(["run", f"--interface={name}"])
        assert ended.value.code == 2
        assert "is no interface name" in capsys.readouterr().err
    assert app.main(["run", "--interface=wgtray7"]) == 4


@pytest.mark.threat("T13")
@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_a_key_is_32_bytes_that_are_not_all_nothing(length: int) -> None:
    for raw in (bytes(length), b"\x11" * length, bytes(32)):
        with pytest.raises(ValueError, match="not a WireGuard key"):
            fields.key(base64.b64encode(raw).decode())


@pytest.mark.threat("T14")
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0.0.0.0", "224.0.0.1", "169.254.1.1", "[::1]", "[::]", "[ff02::1]", "[fe80::1]", "[fe80::1%eth0]"],
)
def test_no_node_is_where_none_can_be(host: str) -> None:
    with pytest.raises(Unreadable):
        read(endpoint=f"{host}:51820")
    for port in ("0", "65536", "-1", "5182O", ""):
        with pytest.raises(Unreadable):
            read(endpoint=f"203.0.113.5:{port}")


@pytest.mark.threat("T15")
@pytest.mark.parametrize(
    "name",
    [
        *("a..b", "-a.example", "a-.example", "a_b.example", "*.*.example", "a.*.example", "*", ".", "192.0.2.1"),
        *("x" * 64 + ".example", ".".join(["a" * 60] * 5), "a b.example", "a/b.example", "a;b.example", "a\u2024.b"),
    ],
)
def test_a_domain_is_letters_digits_and_hyphens(name: str) -> None:
    for field in ("dns_domain", "public_name"):
        with pytest.raises(Unreadable):
            read(**{field: name})
