"""Do `wgtray connect` and `wgtray disconnect` end when it is so, and not before?"""

import msgspec
import pytest

from tests.unit.cli.conftest import KEY, PUBLIC, MemoryKeyring, Run
from tests.unit.cli.scripted import CONNECTING, OFF, ON, Scripted, troubled
from wgtray.core.secret import Secret
from wgtray.ipc.messages import AnyRequest, Connect, Disconnect, Refused, Snapshot


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
