"""What does a verb make of a helper that has no room for it?"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import OFF, Scripted
from wgtray.cli.call import ANSWER_TIMEOUT_S, Connection, NotAdmitted
from wgtray.core.problems import WgtrayError
from wgtray.helper.server import ASK_TIMEOUT_S
from wgtray.ipc.codec import encode_answer
from wgtray.ipc.messages import Answer, Disconnect, Refused, SnapshotNow, Status

BUSY = encode_answer(Answer(0, Refused("busy", {}, "failed")))


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        yield listening


def test_a_helper_without_room_is_busy(run: Run, helper: Scripted) -> None:
    helper.replies[Status] = BUSY
    result = run("status")
    assert result.code == 1
    result.says_one_sentence("busy", "Try again in a moment")


def test_a_helper_that_closed_before_it_was_asked_is_busy_when_it_said_so(
    listener: socket.socket, tmp_path: Path
) -> None:
    with Connection(str(tmp_path / "s")) as connection:
        accepted, _ = listener.accept()
        with accepted:
            accepted.sendall(BUSY)
        with pytest.raises(WgtrayError) as refused:
            connection.status()
        assert (refused.value.code, refused.value.exit_code) == ("busy", 1)


def test_a_helper_that_closed_before_it_was_asked_without_a_word_does_not_admit_us(
    listener: socket.socket, tmp_path: Path
) -> None:
    with Connection(str(tmp_path / "s")) as connection:
        listener.accept()[0].close()
        with pytest.raises(NotAdmitted):
            connection.status()


def test_a_snapshot_that_comes_in_between_is_no_answer(run: Run, helper: Scripted) -> None:
    done = encode_answer(Answer(0, SnapshotNow(OFF))) + encode_answer(Answer(2, Refused("busy", {}, "failed")))
    helper.replies[Disconnect] = done
    assert run("disconnect").code == 1


def test_a_verb_waits_longer_than_the_helper_takes_to_say_that_it_is_busy() -> None:
    assert ANSWER_TIMEOUT_S >= ASK_TIMEOUT_S + 2
