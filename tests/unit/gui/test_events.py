"""What is worth telling of the step from one snapshot to the next?"""

import pytest

from tests.unit.gui.test_view import AT, BLOCKED, CONNECTED, OFF, changed, node
from wgtray import words
from wgtray.core.problems import SEVERITY
from wgtray.gui.events import Event, happened
from wgtray.ipc.messages import AppView, ProblemView, Snapshot, Switch
from wgtray.words.events import REASONS, SENTENCES, sentence

MOVED = Switch(AT - 1, "fra", "ams", "no-reply", 134.0, 6.2)
APP = AppView("SAP GUI", "/usr/bin/sapgui", "tunnel", "company", True, "routed", 1)
CUT = AppView("SAP GUI", "/usr/bin/sapgui", "tunnel", "company", True, "blocked", 1)
OFFLINE = ProblemView("offline", "error", {}, "")
UNRESOLVED = ProblemView("name-unresolved", "warning", {"name": "fra.example"}, "")
UP = (node("fra", "Frankfurt, DE", 20.0),)
DOWN = (node("fra", "Frankfurt, DE", None, "down"),)


def told(before: Snapshot | None, after: Snapshot) -> list[str]:
    return [f"{event.kind}: {sentence(event.code, event.args)}" for event in happened(before, after, AT)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, CONNECTED, []),
        (CONNECTED, CONNECTED, []),
        (OFF, changed(CONNECTED, state="connecting", node=None), []),
        (OFF, CONNECTED, ["connection: Connected to Frankfurt."]),
        (CONNECTED, OFF, ["connection: Disconnected."]),
        (CONNECTED, changed(OFF, state="office"), ["connection: In the office: company systems are reached directly."]),
        (
            changed(BLOCKED, since=AT - 75, nodes=CONNECTED.nodes, problems=()),
            CONNECTED,
            ["connection: Back on Frankfurt. Protected traffic was held back for 1 minute."],
        ),
        (
            changed(CONNECTED, nodes=BLOCKED.nodes),
            changed(BLOCKED, problems=(UNRESOLVED, OFFLINE)),
            [
                "connection: Protected traffic is held back: this computer has no network.",
                "problem: The name fra.example has no address right now.",
            ],
        ),
        (
            CONNECTED,
            changed(CONNECTED, last_switch=MOVED),
            ["connection: Moved from Frankfurt to Amsterdam: Frankfurt stopped answering; apps noticed 140 ms."],
        ),
        (changed(CONNECTED, last_switch=MOVED), changed(CONNECTED, last_switch=MOVED), []),
        (
            CONNECTED,
            changed(CONNECTED, last_switch=Switch(AT - 1, "fra", "ams", "user", None, 6.0)),
            ["connection: Moved from Frankfurt to Amsterdam: you chose it."],
        ),
        (
            CONNECTED,
            changed(CONNECTED, last_switch=Switch(AT - 1, None, "ams", "of-the-future", None, 6.0)),
            ["connection: Moved from no node to Amsterdam."],
        ),
        (changed(OFF, nodes=UP), changed(OFF, nodes=DOWN), ["node: Frankfurt stopped answering."]),
        (changed(OFF, nodes=DOWN), changed(OFF, nodes=UP), ["node: Frankfurt answers again."]),
        (changed(OFF, nodes=()), changed(OFF, nodes=DOWN), []),
        (CONNECTED, changed(CONNECTED, mode="full"), ["setting: Everything goes through the VPN now."]),
        (CONNECTED, changed(CONNECTED, node_choice="ams"), ["setting: You chose Amsterdam for good."]),
        (changed(CONNECTED, node_choice="ams"), CONNECTED, ["setting: The node is chosen automatically now."]),
        (
            CONNECTED,
            changed(CONNECTED, protected=False),
            ["problem: Not everything that should be protected was protected."],
        ),
        (
            changed(CONNECTED, protected=False),
            CONNECTED,
            ["problem: Everything that should be protected is protected again."],
        ),
        (
            changed(CONNECTED, apps=(APP,)),
            changed(CONNECTED, apps=(CUT,)),
            ["app: SAP GUI was cut off: it may only use the VPN."],
        ),
        (changed(CONNECTED, apps=(CUT,)), changed(CONNECTED, apps=(APP,)), ["app: SAP GUI can use the network again."]),
        (CONNECTED, changed(CONNECTED, problems=(ProblemView("node-down", "info", {"node": "fra"}, ""),)), []),
        (
            CONNECTED,
            changed(CONNECTED, problems=(ProblemView("node-cut-off", "warning", {"node": "fra"}, ""),)),
            ["problem: Frankfurt answers, but the company network behind it does not."],
        ),
        (changed(CONNECTED, problems=(UNRESOLVED,)), changed(CONNECTED, problems=(UNRESOLVED,)), []),
        (changed(OFF, profile=None), OFF, ["setting: The profile of Acme was imported."]),
        (OFF, changed(OFF, profile=None), ["setting: The profile of Acme was removed."]),
    ],
)
def test_each_change_is_told_once(before: Snapshot | None, after: Snapshot, said: list[str]) -> None:
    assert told(before, after) == said


def test_a_pause_is_told_with_its_end() -> None:
    (event,) = happened(CONNECTED, changed(OFF, paused_until=AT + 600), AT)
    assert sentence(event.code, event.args) == f"Paused until {words.clock(AT + 600)}."


def test_every_event_has_a_sentence_without_holes() -> None:
    args: dict[str, str | float] = {
        "node": "Frankfurt",
        "from": "A",
        "to": "B",
        "until": AT,
        "held_s": 3,
        "app": "X",
        "company": "Acme",
    }
    for code in SENTENCES:
        said = sentence(code, {**args, "why": "offline"})
        assert said.endswith(".")
        assert "…" not in said
        assert "{" not in said
    for reason in REASONS:
        assert "{" not in sentence("moved", {**args, "reason": reason})


@pytest.mark.parametrize("code", SEVERITY)
def test_every_problem_can_be_an_event(code: str) -> None:
    assert sentence("problem", {"code": code}).endswith(".")


def test_an_event_of_a_later_version_is_no_crash() -> None:
    assert sentence("odd", {}) == "odd."
    assert Event(AT, "node", "odd").args == {}
