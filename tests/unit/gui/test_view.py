"""Which picture does each snapshot give? Whole values, so that nothing appears unasked."""

import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec
import pytest

from wgtray import words
from wgtray.gui.view import (
    QUIT,
    Action,
    Choice,
    Entry,
    Line,
    Lost,
    NodeRow,
    Open,
    Separator,
    Submenu,
    TrayView,
    can_pause,
    steady,
    view,
)
from wgtray.ipc.messages import (
    Capabilities,
    ChooseMode,
    ChooseNode,
    Connect,
    Disconnect,
    NodeView,
    Pause,
    ProblemView,
    Snapshot,
    Traffic,
)

AT = 1_732_267_920.0  # 2024-11-22 09:32:00 UTC
EVERYTHING = ("mode", "node", "apps", "disconnect", "pause")


def node(name: str, location: str, rtt_ms: float | None, health: str = "up", *, active: bool = False) -> NodeView:
    return NodeView(name, location, health, rtt_ms, 1.0, 0.0, 12, active, AT, "203.0.113.5:51820")


FRA, AMS = node("fra", "Frankfurt, DE", 23.1), node("ams", "Amsterdam, NL", None, "down")
OFF = Snapshot(
    version="0.1.0",
    state="off",
    wanted=False,
    protected=None,
    interface=None,
    profile="Acme",
    mode="split",
    node=None,
    node_choice="auto",
    since=AT - 1200,
    paused_until=None,
    nodes=(FRA, AMS, node("sin", "Singapore", 184.0)),
    networks=(),
    apps=(),
    traffic=Traffic(None, None),
    last_switch=None,
    problems=(),
    capabilities=Capabilities(),
    user_may=EVERYTHING,
)
CONNECTED = msgspec.structs.replace(
    OFF,
    state="connected",
    wanted=True,
    protected=True,
    node="fra",
    nodes=(msgspec.structs.replace(FRA, active=True), *OFF.nodes[1:]),
)
BLOCKED = msgspec.structs.replace(
    OFF,
    state="blocked",
    wanted=True,
    protected=True,
    nodes=(AMS,),
    problems=(ProblemView("no-node-answers", "error", {}, "…"), ProblemView("node-down", "info", {"node": "ams"}, "…")),
)


def changed(snapshot: Snapshot, **fields: object) -> Snapshot:
    return msgspec.structs.replace(snapshot, **fields)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    getattr(time, "tzset", lambda: None)()  # Windows has none
    yield
    monkeypatch.undo()
    getattr(time, "tzset", lambda: None)()  # Windows has none


def rows(*, active: str | None = None, pinned: str | None = None, free: bool = True) -> tuple[NodeRow, ...]:
    def row(name: str, label: str, location: str, latency: str, bars: str) -> NodeRow:
        wish = ChooseNode(name) if free else None
        return NodeRow(name, label, location, latency, bars, name == active, name == pinned, wish)

    return (
        row("fra", "Frankfurt", "Frankfurt, DE", "23 ms", "▂▃▅▆"),
        row("ams", "Amsterdam", "Amsterdam, NL", "not answering", ""),
        row("sin", "Singapore", "Singapore", "184 ms", "▂▃"),
    )


END = (
    Separator(),
    Action("Open wgtray…", Open()),
    Action("Help", Open("help")),
    Action("Quit wgtray", QUIT),
)


def traffic(mode: str = "split", *, free: bool = True) -> Submenu:
    company = Choice("Company only", mode == "split", ChooseMode("split") if free else None)
    if mode == "full":
        everything = Choice("Everything", True, ChooseMode("full") if free else None)
    else:
        everything = Choice("Everything", False, None, "not possible on this computer yet")
    return Submenu("Traffic", (company, everything), "" if free else "set by Acme", locked=not free)


PAUSES = Submenu("Pause", (Action("5 minutes", Pause(5)), Action("15 minutes", Pause(15)), Action("1 hour", Pause(60))))

PICTURES = {
    "looking": (
        None,
        TrayView("no-helper", "Looking for wgtray's service…", (Line("Looking for wgtray's service…", "state"), *END)),
    ),
    "no helper": (
        Lost("/run/wgtray/helper.sock", "absent"),
        TrayView(
            "no-helper",
            "wgtray's service is not running",
            (
                Line("wgtray's service is not running", "state"),
                Separator(),
                Line(
                    "You cannot connect or see the nodes without it. "
                    'Start it with "sudo systemctl start wgtray-helper" or "sudo wgtray-helper run".',
                    "note",
                ),
                Separator(),
                Action("Check this computer…", Open("checkup")),
                *END,
            ),
        ),
    ),
    "no profile": (
        changed(OFF, profile=None, nodes=(), user_may=(), problems=(ProblemView("no-profile", "info", {}, "…"),)),
        TrayView(
            "off",
            "wgtray: no company profile yet",
            (
                Line("No company profile yet", "state"),
                Separator(),
                Action("Import a profile…", Open("welcome")),
                *END,
            ),
        ),
    ),
    "off": (
        OFF,
        TrayView(
            "off",
            "wgtray: not connected",
            (
                Line("Not connected", "state"),
                Line("Acme", "detail"),
                Separator(),
                Action("Connect", Connect()),
                Submenu("Node", (Choice("Automatic", True, ChooseNode(None)), Separator(), *rows())),
                traffic(),
                *END,
            ),
        ),
    ),
    "connecting": (
        changed(OFF, state="connecting", wanted=True, node="fra", node_choice="fra"),
        TrayView(
            "connecting",
            "Connecting to Frankfurt…",
            (
                Line("Connecting to Frankfurt…", "state"),
                Line("Acme", "detail"),
                Separator(),
                Action("Disconnect", Disconnect()),
                Submenu("Node", (Choice("Automatic", False, ChooseNode(None)), Separator(), *rows(pinned="fra"))),
                traffic(),
                PAUSES,
                *END,
            ),
        ),
    ),
    "connected": (
        CONNECTED,
        TrayView(
            "connected-split",
            "Frankfurt, 23 ms, company traffic only",
            (
                Line("Connected to Frankfurt · 23 ms", "state"),
                Line("Company traffic only · since 09:12", "detail"),
                Separator(),
                Action("Disconnect", Disconnect()),
                Submenu(
                    "Node",
                    (Choice("Automatic (Frankfurt)", True, ChooseNode(None)), Separator(), *rows(active="fra")),
                ),
                traffic(),
                PAUSES,
                *END,
            ),
        ),
    ),
    "locked by the company": (
        changed(CONNECTED, user_may=(), mode="full"),
        TrayView(
            "connected-full",
            "Frankfurt, 23 ms, everything",
            (
                Line("Connected to Frankfurt · 23 ms", "state"),
                Line("Everything · since 09:12", "detail"),
                Separator(),
                Action("Disconnect", None, "set by Acme", locked=True),
                Submenu(
                    "Node",
                    (Choice("Automatic (Frankfurt)", True, None), Separator(), *rows(active="fra", free=False)),
                    "set by Acme",
                    locked=True,
                ),
                traffic("full", free=False),
                *END,
            ),
        ),
    ),
    "blocked": (
        BLOCKED,
        TrayView(
            "blocked",
            "Protected traffic is held back: no node answers",
            (
                Line("Not connected: no node answers", "state"),
                Line("Protected traffic is held back · since 09:12", "detail"),
                Separator(),
                Line(words.problem("no-node-answers", {}), "note"),
                Separator(),
                Action("Disconnect", Disconnect()),
                Submenu("Node", (Choice("Automatic", True, ChooseNode(None)), Separator(), rows()[1])),
                traffic(),
                PAUSES,
                *END,
            ),
        ),
    ),
}


UNRESOLVED = ProblemView("name-unresolved", "warning", {"name": "fra"}, "")


@pytest.mark.parametrize("name", PICTURES)
def test_each_state_gives_its_whole_picture(name: str) -> None:
    seen, picture = PICTURES[name]
    assert view(seen, {}, AT) == picture


@pytest.mark.parametrize(
    ("seen", "icon"),
    [
        (changed(OFF, paused_until=AT), "paused"),
        (changed(OFF, state="a-state-of-the-future"), "off"),
        (changed(OFF, state="office", wanted=True), "office"),
        (changed(CONNECTED, nodes=(node("fra", "", 240.0, "slow", active=True),)), "degraded"),
        (changed(CONNECTED, nodes=(node("fra", "", 20.0, active=True), AMS)), "degraded"),
        (changed(CONNECTED, protected=False), "degraded"),
        (changed(CONNECTED, problems=(ProblemView("disk-full", "error", {"path": "/x"}, ""),)), "degraded"),
        (changed(CONNECTED, problems=(UNRESOLVED,)), "connected-split"),
    ],
)
def test_the_icon_tells_the_state(seen: Snapshot, icon: str) -> None:
    assert view(seen, {}, AT).icon == icon


def test_a_degraded_connection_says_what_is_worse() -> None:
    seen = changed(CONNECTED, nodes=(node("fra", "Frankfurt, DE", 240.0, "slow", active=True), AMS))
    picture = view(seen, {}, AT)
    assert picture.tooltip == "Frankfurt is slow (240 ms); 1 of 2 nodes answers"
    assert Line(picture.tooltip, "detail") in picture.entries


def test_a_broken_promise_is_told_first() -> None:
    seen = changed(CONNECTED, protected=False, problems=(UNRESOLVED,))
    first, second = notes(view(seen, {}, AT))
    assert first == words.PROTECTION_NOTE
    assert second == "The name fra has no address right now."


def test_many_problems_are_told_worst_first_and_counted() -> None:
    problems = (
        *(ProblemView("unsupported", "warning", {"feature": f"[{n}]"}, "") for n in range(5)),
        ProblemView("key-refused", "error", {}, ""),
    )
    told = notes(view(changed(OFF, problems=problems, public_key="abc="), {}, AT))
    assert len(told) == 5
    assert "Send them this computer's public key abc= and ask" in told[0]
    assert told[1] == "This version of wgtray does not carry out [0] of your company's profile."
    assert told[-1] == '2 more: see them with "wgtray status".'


def test_problems_name_nodes_as_people_do() -> None:
    problems = (ProblemView("odd", "error", {"node": "fra"}, ""),)
    assert "node: Frankfurt" in notes(view(changed(OFF, problems=problems), {}, AT))[0]


def test_a_notice_is_told_before_the_problems() -> None:
    assert notes(view(BLOCKED, {}, AT, "Not now."))[0] == "Not now."


@pytest.mark.parametrize(
    ("before", "measured", "shown"),
    [
        (23.0, 24.9, 23.0),  # within 2 ms
        (23.0, 25.1, 25.1),
        (23.0, 20.9, 20.9),
        (184.0, 193.0, 184.0),  # within 5 %
        (184.0, 193.3, 193.3),
        (None, 23.0, 23.0),
    ],
)
def test_a_shown_latency_moves_only_for_a_real_change(before: float | None, measured: float, shown: float) -> None:
    known = {} if before is None else {"fra": before}
    assert steady(known, (node("fra", "", measured),)) == {"fra": shown}


def test_a_slow_drift_is_followed() -> None:
    shown: dict[str, float] = {}
    for rtt_ms in (20.0, 21.0, 22.0, 23.0):
        shown = steady(shown, (node("fra", "", rtt_ms),))
    assert shown == {"fra": 23.0}


def test_a_node_without_a_measurement_is_forgotten() -> None:
    assert steady({"fra": 20.0, "gone": 1.0}, (node("fra", "", None),)) == {}


def test_small_jitter_gives_the_same_picture() -> None:
    shown = steady({}, CONNECTED.nodes)
    jittered = changed(CONNECTED, nodes=(node("fra", "Frankfurt, DE", 24.4, active=True), *CONNECTED.nodes[1:]))
    assert view(jittered, steady(shown, jittered.nodes), AT) == view(CONNECTED, shown, AT)


def test_the_picture_needs_no_qt() -> None:
    code = "import sys, wgtray.gui.view, wgtray.words; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def notes(picture: TrayView) -> list[str]:
    entries: tuple[Entry, ...] = picture.entries
    return [entry.text for entry in entries if isinstance(entry, Line) and entry.kind == "note"]


def test_a_pause_can_be_asked_for_where_there_is_something_to_pause_and_ends_with_a_click() -> None:
    assert can_pause(CONNECTED)
    assert not can_pause(OFF)
    assert not can_pause(changed(CONNECTED, user_may=("disconnect",)))
    paused = changed(OFF, wanted=True, paused_until=AT + 900)
    assert not can_pause(paused)
    assert Action("Resume", Connect()) in view(paused, {}, AT).entries
