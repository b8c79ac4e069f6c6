"""Does every code have its sentence, and does every state read as people speak?"""

import re
import string
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from wgtray import words
from wgtray.core.problems import SEVERITY
from wgtray.ipc.messages import Capabilities, NodeView, ProblemView, Snapshot, Traffic
from wgtray.ipc.places import System
from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed
from wgtray.words.systems import Commands

EXAMPLES: dict[str, str | float] = {
    "node": "fra",
    "known": "fra, ams",
    "rtt_ms": 240.4,
    "public_key": "DnLEmfJzVoCRJYXdlS9eB6GpQrrLqZwTVpxmJ2Vn7Xc=",
    "name": "fra.vpn.example.com",
    "feature": "[[app]]",
    "program": "SAP GUI",
    "apps": "SAP GUI",
    "company": "Acme",
    "tool": "wg-quick",
    "package": "wireguard-tools",
    "command": "ip link add",
    "detail": "Operation not\n  supported.",
    "path": "/var/lib/wgtray/state.json",
    "check": "tcp://10.20.0.10:443",
    "mtu": 1420,
    "interface": "wgtray1",
    "address": "127.22.8.7",
    "wanted": "wgtray0",
    "action": "choose-node",
    "minutes": 2000,
    "most": 1440,
    "socket": "/run/wgtray/helper.sock",
    "host": "intranet.corp.example",
    "value": "10.20.0",
    "serial": "1764000000",
    "last": "1764000001",
    "fingerprint": "5f3c 91ab 0d2e 77aa 5f3c 91ab 0d2e 77aa",
    "when": "2026-11-24",
    "reason": "profile-tampered",
    "url": "http://portal.example/login",
}


def node(
    name: str, health: str = "up", rtt_ms: float | None = 23.1, location: str = "", active: bool = False
) -> NodeView:
    return NodeView(name, location, health, rtt_ms, 1.0, 0.0, 12, active, 1e9, "203.0.113.5:51820")


FRANKFURT = node("fra", location="Frankfurt, DE", active=True)
AMSTERDAM = node("ams", rtt_ms=31.0, location="Amsterdam, NL")
SINGAPORE = node("sin", rtt_ms=184.0, location="Singapore")


def snapshot(state: str = "connected", **changed: object) -> Snapshot:
    base = Snapshot(
        version="0.1.0",
        state=state,
        wanted=True,
        protected=True,
        interface="wgtray0",
        profile="Acme",
        mode="split",
        node="fra" if state == "connected" else None,
        node_choice="auto",
        since=1_732_300_000.0,
        paused_until=None,
        nodes=(FRANKFURT, AMSTERDAM, SINGAPORE),
        networks=(),
        apps=(),
        traffic=Traffic(None, None),
        last_switch=None,
        problems=(),
        capabilities=Capabilities(),
    )
    return msgspec.structs.replace(base, **changed)


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    getattr(time, "tzset", lambda: None)()  # Windows has none
    yield
    monkeypatch.undo()
    getattr(time, "tzset", lambda: None)()  # Windows has none


def is_a_sentence(text: str) -> bool:
    whole = text.endswith(".") and not re.search(r"[{}\n!]|  |\.\.|None|\bError\b", text)
    return whole and len(re.findall(r"[.:;] |\.$", text)) >= 2


@pytest.mark.parametrize("code", [*SEVERITY, "a-code-of-the-future"])
def test_every_problem_has_a_sentence(code: str) -> None:
    assert is_a_sentence(words.problem(code, EXAMPLES))


@pytest.mark.parametrize("code", [*SEVERITY, *words.REFUSALS, "a-code-of-the-future"])
def test_every_refusal_has_a_sentence(code: str) -> None:
    assert is_a_sentence(words.refusal(code, EXAMPLES))


@pytest.mark.parametrize("reason", [*words.UNREACHABLE, "No such device or address"])
def test_every_way_to_miss_the_helper_says_what_to_do(reason: str) -> None:
    assert is_a_sentence(words.helper_unreachable("/run/x.sock", reason))


@pytest.mark.parametrize("table", [words.PROBLEMS, words.REFUSALS, words.UNREACHABLE])
def test_templates_only_name_arguments_that_somebody_sends(table: Mapping[str, str]) -> None:
    derived = {"app", "code", "latency", "key", *Commands.__struct_fields__}
    for template in table.values():
        named = {field for _, field, _, _ in string.Formatter().parse(template) if field}
        assert named <= set(EXAMPLES) | derived


def test_no_catalogued_problem_is_left_to_the_generic_sentence() -> None:
    assert set(words.PROBLEMS) == set(SEVERITY)


def test_no_refusal_in_the_source_is_left_to_the_generic_sentence() -> None:
    raised = re.compile(r'(?:WgtrayError|NotAllowed)\("([a-z-]+)"')
    source = Path(words.__file__).parent.rglob("*.py")
    codes = {code for path in source for code in raised.findall(path.read_text(encoding="utf-8"))}
    assert codes <= {*words.REFUSALS, *words.PROBLEMS}


def test_an_argument_that_is_missing_does_not_break_the_sentence() -> None:
    assert words.problem("node-down", {}).startswith("… does not answer.")


def test_an_argument_with_braces_or_line_breaks_stays_text() -> None:
    said = words.problem("command-failed", {"command": "{detail}", "detail": "a\n\x1b[31mb" + "x" * 999})
    assert "{detail}" in said
    assert "\n" not in said
    assert "\x1b" not in said
    assert len(said) < 450


def test_an_unknown_code_still_tells_what_is_known() -> None:
    assert "(odd, path: /x)" in words.problem("odd", {"path": "/x"})


def test_a_refused_key_is_told_with_the_public_key_where_known() -> None:
    assert "public key abc= and ask" in words.problem("key-refused", {"public_key": "abc="})
    assert "public key and ask" in words.problem("key-refused", {})


def test_a_missing_service_says_how_to_start_it() -> None:
    said = words.helper_unreachable("/run/wgtray/helper.sock", "missing")
    assert "sudo systemctl start wgtray-helper" in said
    assert "/run/wgtray/helper.sock" in said
    assert "group wgtray" not in said
    assert "usermod -aG wgtray" in words.helper_unreachable("/run/x", "not-permitted")


@pytest.mark.parametrize("reason", [*words.UNREACHABLE, "No such device or address"])
@pytest.mark.parametrize("system", ["macos", "windows"])
def test_each_system_is_told_its_own_commands(system: System, reason: str) -> None:
    said = words.helper_unreachable("/var/run/wgtray/helper.sock", reason, system)
    assert is_a_sentence(said)
    assert not re.search(r"systemctl|usermod|net localgroup", said)
    assert system != "windows" or "sudo" not in said


def test_what_came_with_us_or_with_the_system_is_in_no_package() -> None:
    for tool in ("/Library/PrivilegedHelperTools/org.wgtray.helper/wireguard-go", "pfctl"):
        with pytest.raises(CommandFailed) as caught:
            command.tool(tool)
        said = words.problem(caught.value.problem.code, caught.value.problem.args)
        assert tool in said
        assert "package" not in said


@pytest.mark.parametrize(
    ("seen", "line", "tip"),
    [
        (snapshot("off"), "Not connected", "wgtray: not connected"),
        (snapshot("off", profile=None, nodes=()), "No company profile yet", "wgtray: no company profile yet"),
        (snapshot("off", paused_until=52_200.0), "Paused until 14:30", "wgtray: paused until 14:30"),
        (snapshot("connecting"), "Connecting…", "Connecting…"),
        (snapshot("connecting", node="fra"), "Connecting to Frankfurt…", "Connecting to Frankfurt…"),
        (snapshot(), "Connected to Frankfurt · 23 ms", "Frankfurt, 23 ms, company traffic only"),
        (snapshot(mode="full"), "Connected to Frankfurt · 23 ms", "Frankfurt, 23 ms, everything"),
        (snapshot(node=None), "Connected", "Connected, company traffic only"),
        (
            snapshot(nodes=(node("fra"), node("ams"))),
            "Connected to fra · 23 ms",
            "fra, 23 ms, company traffic only",
        ),
        (
            snapshot(nodes=(node("fra", "slow", 240.0, "Frankfurt, DE"), node("ams", "down"), node("sin", "down"))),
            "Connected to Frankfurt · 240 ms",
            "Frankfurt is slow (240 ms); 1 of 3 nodes answers",
        ),
        (
            snapshot(nodes=(FRANKFURT, node("ams", "down", None))),
            "Connected to Frankfurt · 23 ms",
            "Frankfurt is the last one; 1 of 2 nodes answers",
        ),
        (
            snapshot("blocked", problems=(ProblemView("no-node-answers", "error", {}, ""),)),
            "Not connected: no node answers",
            "Protected traffic is held back: no node answers",
        ),
        (
            snapshot("blocked", protected=False, problems=(ProblemView("key-refused", "error", {}, ""),)),
            "Not connected: the nodes do not know this computer's key",
            "Not connected: the nodes do not know this computer's key",
        ),
        (snapshot("office"), "In the office, direct", "In the office, direct"),
        (snapshot("asleep"), "State: asleep", "State: asleep"),
    ],
)
@pytest.mark.usefixtures("utc")
def test_each_state_reads_in_one_line(seen: Snapshot, line: str, tip: str) -> None:
    assert words.state_line(seen) == line
    assert words.tooltip(seen) == tip


def test_without_a_helper_the_tooltip_says_so() -> None:
    assert words.tooltip(None) == "wgtray's service is not running"


@pytest.mark.usefixtures("utc")
def test_the_second_line_names_traffic_and_since_when() -> None:
    at = 1_732_300_000.0  # 2024-11-22 18:26:40 UTC
    assert words.detail_line(snapshot(), at + 60) == "Company traffic only · since 18:26"
    assert words.detail_line(snapshot(mode="full"), at + 86_400) == "Everything · since 2024-11-22 18:26"
    assert words.detail_line(snapshot("blocked"), at) == "Protected traffic is held back · since 18:26"
    assert words.detail_line(snapshot("off"), at) == "Acme"


def test_nodes_of_one_city_are_told_apart() -> None:
    seen = snapshot(nodes=(node("fra1", location="Frankfurt, DE"), node("fra2", location="Frankfurt, DE"), AMSTERDAM))
    assert [words.label(seen, each.name) for each in seen.nodes] == [
        "Frankfurt (fra1)",
        "Frankfurt (fra2)",
        "Amsterdam",
    ]
    assert words.label(seen, "gone") == "gone"


@pytest.mark.parametrize(
    ("rtt_ms", "said"),
    [
        (None, "not measured yet"),
        (0.2, "under 1 ms"),
        (0.9, "1 ms"),
        (23.4, "23 ms"),
        (184.0, "184 ms"),
        (12_300.0, "12 s"),
    ],
)
def test_latency_is_rounded_as_people_read_it(rtt_ms: float | None, said: str) -> None:
    assert words.latency(rtt_ms) == said


@pytest.mark.parametrize(
    ("health", "rtt_ms", "said"),
    [
        ("up", 23.0, "23 ms"),
        ("up", None, "answering"),
        ("slow", 240.0, "240 ms, slow"),
        ("slow", None, "slow"),
        ("down", 240.0, "not answering"),
        ("unknown", None, "not measured yet"),
        ("odd", 12.0, "12 ms"),
    ],
)
def test_health_is_words(health: str, rtt_ms: float | None, said: str) -> None:
    assert words.health(node("x", health, rtt_ms)) == said


def test_automatic_names_the_node_it_chose() -> None:
    assert words.automatic(snapshot()) == "Automatic (Frankfurt)"
    assert words.automatic(snapshot(node_choice="ams")) == "Automatic"
    assert words.automatic(snapshot("off")) == "Automatic"
