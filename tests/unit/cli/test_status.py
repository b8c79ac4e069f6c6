"""Do `wgtray status` and `wgtray nodes` show what the snapshot says?"""

import json

import msgspec

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import NODES, OFF, ON, Scripted, troubled
from wgtray.ipc.messages import Snapshot


def test_status_for_a_person(run: Run, helper: Scripted) -> None:
    helper.snapshot = troubled(troubled(ON, "node-down", "info", node="gru"), "from-the-future", "error")
    result = run("status")
    lines = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert lines[0] == "Connected to Frankfurt · 23 ms"
    assert lines[1].startswith("Acme · company traffic only · node automatic · interface wgtray0 · since ")
    assert lines[3:6] == [
        "   NODE  LOCATION       LATENCY  JITTER   LOSS  HEALTH",
        "*  fra   Frankfurt, DE    23 ms  0.8 ms    0 %  up",
        "   gru   São Paulo, BR        -       -  100 %  down",
    ]
    assert lines[7] == "error: text of from-the-future"
    assert lines[8].startswith("info: gru does not answer.")


def test_status_without_a_profile(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(OFF, profile=None, nodes=(), node=None)
    assert run("status").out == "No company profile yet\n"


def test_status_says_when_protection_is_incomplete(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, protected=False)
    assert "Not everything that should be protected is protected" in run("status").out


def test_a_pinned_node_is_said_to_be_pinned(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, node_choice="fra")
    assert "node fra pinned" in run("status").out


def test_status_json_is_the_snapshot_of_the_contract(run: Run, helper: Scripted) -> None:
    helper.snapshot = ON
    document = json.loads(run("status", "--json").out)
    assert document["protocol"] == 1
    assert document["last_switch"] == {
        "at": 1.8e9, "from": "gru", "to": "fra", "reason": "no-reply", "detect_ms": 180.0, "switch_ms": 6.0
    }  # fmt: skip
    assert document["nodes"][1]["rtt_ms"] is None
    assert msgspec.convert(document, Snapshot) == ON


def test_watch_prints_a_line_for_every_snapshot_and_ends_with_the_helper(run: Run, helper: Scripted) -> None:
    helper.after_watch = [ON, troubled(ON, "node-slow")]
    helper.ends_watch = True
    result = run("status", "--watch")
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["state"] for line in lines] == ["off", "connected", "connected"]
    assert lines[2]["problems"][0]["code"] == "node-slow"
    assert result.code == 3
    assert result.err.count("\n") == 1
    assert "closed the connection" in result.err


def test_nodes(run: Run, helper: Scripted) -> None:
    lines = run("nodes").out.splitlines()
    assert lines[0].split() == ["NODE", "LOCATION", "LATENCY", "JITTER", "LOSS", "HEALTH", "ENDPOINT"]
    assert lines[1].endswith("203.0.113.5:51820")
    assert msgspec.json.decode(run("nodes", "--json").out, type=tuple[type(NODES[0]), ...]) == NODES  # type: ignore[misc]


def test_no_nodes(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(OFF, nodes=())
    assert run("nodes").out.startswith("There are no nodes")
    assert json.loads(run("nodes", "--json").out) == []


def test_wide_letters_keep_the_columns(run: Run, helper: Scripted) -> None:
    tokyo = msgspec.structs.replace(NODES[0], location="東京, JP")
    helper.snapshot = msgspec.structs.replace(ON, nodes=(tokyo, NODES[1]))
    assert "fra   東京, JP         23 ms" in run("status").out
