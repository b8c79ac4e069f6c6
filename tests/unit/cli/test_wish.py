"""Do `wgtray connect`, `disconnect`, `pause` and `resume` end when it is so, and not before?"""

import time

import msgspec
import pytest

from tests.unit.cli.conftest import KEY, PUBLIC, MemoryKeyring, Run
from tests.unit.cli.scripted import CONNECTING, OFF, ON, Scripted, troubled
from wgtray.core.secret import Secret
from wgtray.ipc.codec import encode_answer
from wgtray.ipc.messages import Answer, AnyRequest, Asking, Connect, Disconnect, Pause, Refused, Resume, Snapshot

HALF_PAST_TWO = time.mktime((2027, 1, 15, 14, 30, 0, 0, 0, -1))
PAUSED = msgspec.structs.replace(OFF, wanted=True, paused_until=HALF_PAST_TWO)


def becomes(helper: Scripted, kind: type, snapshot: Snapshot) -> None:
    """From that request on the helper is in that state."""

    def change(request: AnyRequest) -> None:
        if isinstance(request, kind):
            helper.snapshot = snapshot

    helper.on_request = change


def test_connect_waits_until_it_is_so(run: Run, helper: Scripted) -> None:
    becomes(helper, Connect, CONNECTING)
    helper.after_watch = [CONNECTING, troubled(CONNECTING, "node-down", "info", node="gru"), ON]
    result = run("connect")
    assert (result.code, result.out, result.err) == (0, "Connected to Frankfurt · 23 ms.\n", "")
    assert helper.of(Connect) == [Connect(None)]


def test_disconnect_waits_until_it_is_so(run: Run, helper: Scripted) -> None:
    helper.snapshot = ON
    becomes(helper, Disconnect, ON)
    helper.after_watch = [OFF]
    result = run("disconnect")
    assert (result.code, result.out) == (0, "Not connected.\n")


@pytest.mark.parametrize("verb", ["connect", "disconnect"])
def test_no_wait_ends_once_it_is_accepted(run: Run, helper: Scripted, verb: str) -> None:
    helper.snapshot = CONNECTING
    assert run(verb, "--wait", "0").code == 0


def test_a_connect_that_takes_too_long_says_why_and_that_it_goes_on(run: Run, helper: Scripted) -> None:
    slow = troubled(troubled(CONNECTING, "node-down", "info", node="gru"), "no-node-answers")
    becomes(helper, Connect, slow)
    result = run("connect", "--wait", "0.05")
    assert result.code == 1
    result.says_one_sentence("Not connected after 0.05 s", "keeps trying", "No node answers.")


def test_a_disconnect_that_takes_too_long(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(ON, wanted=False)
    result = run("disconnect", "--wait", "0.05")
    assert result.code == 1
    result.says_one_sentence("Not disconnected after 0.05 s", "keeps trying")


def test_a_wish_that_somebody_else_undid_is_said_to_be(run: Run, helper: Scripted) -> None:
    result = run("connect", "--wait", "0.05")
    assert result.code == 1
    result.says_one_sentence("Somebody else")


@pytest.mark.parametrize("code", ["tool-missing", "not-permitted", "disk-full", "no-profile", "no-key"])
def test_what_waiting_cannot_cure_ends_it_at_once(run: Run, helper: Scripted, code: str) -> None:
    becomes(helper, Connect, CONNECTING)
    helper.after_watch = [troubled(CONNECTING, code)]
    result = run("connect", "--wait", "3600")
    assert result.code == 1
    result.says_one_sentence()


def test_a_leftover_of_the_last_attempt_is_given_time_to_go(run: Run, helper: Scripted) -> None:
    helper.snapshot = troubled(OFF, "tool-missing", tool="wg", package="wireguard-tools")
    becomes(helper, Connect, troubled(CONNECTING, "tool-missing"))
    helper.after_watch = [ON]
    assert run("connect").code == 0


def test_a_leftover_that_stays_ends_it(run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.cli.wish.STALE_S", 0.02)
    helper.snapshot = troubled(OFF, "tool-missing", tool="wg", package="wireguard-tools")
    becomes(helper, Connect, troubled(CONNECTING, "tool-missing", tool="wg", package="wireguard-tools"))
    result = run("connect", "--wait", "3600")
    assert result.code == 1
    result.says_one_sentence("wireguard-tools")


def test_connect_hands_over_the_key_of_the_keyring(run: Run, helper: Scripted, memory_keyring: MemoryKeyring) -> None:
    memory_keyring.kept["wgtray", PUBLIC] = KEY
    helper.snapshot = msgspec.structs.replace(OFF, needs_key=True, public_key=PUBLIC)
    becomes(helper, Connect, ON)
    assert run("connect").code == 0
    assert helper.of(Connect) == [Connect(Secret(KEY))]


def test_a_keyring_that_is_not_needed_is_not_asked(run: Run, helper: Scripted, memory_keyring: MemoryKeyring) -> None:
    memory_keyring.broken = AssertionError("asked")
    helper.snapshot = msgspec.structs.replace(OFF, public_key=PUBLIC)
    becomes(helper, Connect, ON)
    assert run("connect").code == 0


def test_a_keyring_without_the_key_leaves_the_answer_to_the_helper(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring
) -> None:
    helper.snapshot = msgspec.structs.replace(OFF, needs_key=True, public_key=PUBLIC)
    helper.replies[Connect] = Refused("no-key", {}, "failed")
    result = run("connect")
    assert result.code == 1
    result.says_one_sentence("Import the profile again")


def test_a_keyring_that_cannot_be_opened_is_a_sentence(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.broken = RuntimeError(f"the key is {KEY}")
    helper.snapshot = msgspec.structs.replace(OFF, needs_key=True, public_key=PUBLIC)
    result = run("connect")
    assert result.code == 1
    result.says_one_sentence("keyring")
    assert helper.of(Connect) == []


def test_a_helper_that_ends_while_we_wait_is_exit_3(run: Run, helper: Scripted) -> None:
    becomes(helper, Connect, CONNECTING)
    helper.ends_watch = True
    result = run("connect")
    assert result.code == 3
    result.says_one_sentence("closed the connection")


def test_pause_waits_until_nothing_is_in_the_tunnel_and_says_when_it_ends(run: Run, helper: Scripted) -> None:
    helper.snapshot = ON
    becomes(helper, Pause, ON)
    helper.after_watch = [PAUSED]
    result = run("pause", "15")
    assert (result.code, result.out) == (0, "Paused until 14:30.\n")
    assert helper.of(Pause) == [Pause(15)]


def test_resume_waits_until_connected(run: Run, helper: Scripted) -> None:
    helper.snapshot = PAUSED
    becomes(helper, Resume, CONNECTING)
    helper.after_watch = [ON]
    result = run("resume")
    assert (result.code, result.out) == (0, "Connected to Frankfurt · 23 ms.\n")


def test_resume_hands_over_the_key_that_the_service_has_forgotten(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.kept["wgtray", PUBLIC] = KEY
    helper.snapshot = msgspec.structs.replace(PAUSED, needs_key=True, public_key=PUBLIC)
    becomes(helper, Connect, ON)
    assert run("resume").code == 0
    assert helper.of(Connect) == [Connect(Secret(KEY))]


def test_resume_of_what_was_never_wanted_connects_nobody(run: Run, helper: Scripted) -> None:
    helper.snapshot = msgspec.structs.replace(OFF, needs_key=True)
    helper.replies[Resume] = Refused("not-connected", {}, "failed")
    result = run("resume")
    assert result.code == 1
    result.says_one_sentence("nothing to pause or to resume", "wgtray connect")


def test_who_may_not_pause_is_exit_4(run: Run, helper: Scripted) -> None:
    helper.replies[Pause] = Refused("not-allowed", {"action": "pause"}, "not-allowed")
    result = run("pause", "15")
    assert result.code == 4
    result.says_one_sentence("You may not pause on this computer.")


def test_a_pause_that_takes_too_long_says_so(run: Run, helper: Scripted) -> None:
    becomes(helper, Pause, msgspec.structs.replace(ON, paused_until=HALF_PAST_TWO))
    result = run("pause", "15", "--wait", "0.05")
    assert result.code == 1
    result.says_one_sentence("Not out of the tunnel after 0.05 s", "keeps trying")


def test_a_pause_that_somebody_else_ended_is_said_to_be(run: Run, helper: Scripted) -> None:
    becomes(helper, Pause, ON)
    result = run("pause", "15", "--wait", "0.05")
    assert result.code == 1
    result.says_one_sentence("Somebody else")


@pytest.mark.parametrize("minutes", ["0", "1441", "1.5", "-5", "soon", "", "٣"])
def test_a_pause_of_no_whole_number_of_minutes_is_a_wrong_command_line(
    run: Run, helper: Scripted, minutes: str
) -> None:
    result = run("pause", minutes)
    assert result.code == 2
    result.says_one_sentence("MINUTES", "1 to 1440")
    assert helper.seen == []


def test_an_administrator_who_is_asked_is_waited_for_and_named(run: Run, helper: Scripted) -> None:
    asking = encode_answer(Answer(2, Asking()))
    helper.replies[Disconnect] = asking + encode_answer(
        Answer(2, Refused("administrator-refused", {"action": "disconnect"}, "not-allowed"))
    )
    result = run("disconnect")
    assert result.code == 4
    first, second = result.err.splitlines()
    assert "is being asked" in first
    assert second.startswith("An administrator did not allow you to disconnect.")
