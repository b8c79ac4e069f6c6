"""Do `wgtray mode` and `wgtray node` print and make choices?"""

import msgspec

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import ON, Scripted
from wgtray.ipc.messages import ChooseMode, ChooseNode, Refused


def test_what_is_printed_can_be_given_back(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, mode="full", node_choice="fra")
    assert run("mode").out == "full\n"
    assert run("node").out == "fra\n"
    assert helper.of(ChooseMode) == helper.of(ChooseNode) == []


def test_choices_are_made_silently(run: Run, helper: Scripted) -> None:
    for argv in (["mode", "full"], ["node", "fra"], ["node", "auto"]):
        result = run(*argv)
        assert (result.code, result.out, result.err) == (0, "", "")
    assert helper.of(ChooseMode) == [ChooseMode("full")]
    assert helper.of(ChooseNode) == [ChooseNode("fra"), ChooseNode(None)]


def test_a_node_that_is_not_there_is_a_sentence(run: Run, helper: Scripted) -> None:
    helper.replies[ChooseNode] = Refused("unknown-node", {"node": "xyz", "known": "fra, gru"}, "failed")
    result = run("node", "xyz")
    assert result.code == 1
    result.says_one_sentence("No node is called xyz", "fra, gru")


def test_a_locked_mode_is_exit_4(run: Run, helper: Scripted) -> None:
    helper.replies[ChooseMode] = Refused("not-allowed", {"action": "choose-mode"}, "not-allowed")
    result = run("mode", "full")
    assert result.code == 4
    result.says_one_sentence("administrator")
