"""Does the client see the helper, whatever the helper does?"""

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.scripted import OFF, SNAPSHOTS, Scripted
from wgtray.gui import client as client_module
from wgtray.gui.client import LAST_RETRY_MS, Client
from wgtray.ipc.codec import encode_answer
from wgtray.ipc.messages import FRAME_LIMIT, Answer, ChooseNode, Connect, Done, Refused, SnapshotNow, Watch


@pytest.fixture
def client(helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(client_module, "FIRST_RETRY_MS", 1)
    made = Client(str(helper.path))
    made.retry_ms = 1
    return made


def test_it_watches_and_sees_the_snapshot(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot) as seen:
        client.start()
    assert seen.args == [OFF]
    assert helper.requests == [Watch()]


def test_it_sees_every_change(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.snapshot) as seen:
        helper.show(SNAPSHOTS["connected"])
    assert seen.args == [SNAPSHOTS["connected"]]


def test_a_frame_may_come_in_pieces(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    frame = encode_answer(Answer(0, SnapshotNow(SNAPSHOTS["full"])))
    with qtbot.waitSignal(client.snapshot) as seen:
        for byte in range(0, len(frame), 100):
            helper.send(frame[byte : byte + 100])
            qtbot.wait(0)
    assert seen.args == [SNAPSHOTS["full"]]


def test_requests_arrive_and_refusals_come_back(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.accepted):
        client.ask(ChooseNode("ams"))
    helper.refuse = Refused("no-profile", {"path": "/x"}, "failed")
    with qtbot.waitSignal(client.refused) as refused:
        client.ask(Connect())
    assert refused.args == ["no-profile", {"path": "/x"}]
    assert helper.requests == [Watch(), ChooseNode("ams"), Connect()]


def test_without_a_helper_it_says_so_and_keeps_trying_ever_more_slowly(tmp_path: Path, qtbot: QtBot) -> None:
    client = Client(str(tmp_path / "nothing"))
    client.retry_ms = 1
    waits = []
    client.lost.connect(lambda: waits.append(client.retry_ms))
    with qtbot.waitSignal(client.lost) as lost:
        client.start()
    assert lost.args == ["absent"]
    qtbot.waitUntil(lambda: len(waits) >= 5)
    client.stop()
    assert waits[:5] == [2, 4, 8, 16, 32]
    client.retry_ms = LAST_RETRY_MS - 1
    client.start()
    qtbot.waitUntil(lambda: client.retry_ms == LAST_RETRY_MS)
    client.stop()


def test_a_helper_that_comes_later_is_found(tmp_path: Path, qtbot: QtBot) -> None:
    client = Client(str(tmp_path / "s"))
    client.retry_ms = 1
    with qtbot.waitSignal(client.lost):
        client.start()
    with qtbot.waitSignal(client.snapshot):
        helper = Scripted(tmp_path / "s")
    helper.stop()


def test_a_helper_that_restarts_is_found_again(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.lost) as lost:
        helper.stop()
    assert lost.args == ["closed"]
    with qtbot.waitSignal(client.snapshot):
        helper.listen()
    assert client.retry_ms == client_module.FIRST_RETRY_MS


@pytest.mark.parametrize(
    "rubbish",
    [b"hello\n", b"\xff\xfe\n", b'{"id": 1}\n', b"[" * 100_000 + b"\n", b"x" * FRAME_LIMIT],
    ids=["words", "bytes", "incomplete", "deep", "endless"],
)
def test_rubbish_costs_the_connection_and_nothing_else(
    client: Client, helper: Scripted, qtbot: QtBot, rubbish: bytes
) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.lost) as lost:
        helper.send(rubbish)
    assert lost.args == ["not-understood"]
    with qtbot.waitSignal(client.snapshot):
        pass
    assert helper.connections == 2


def test_being_closed_before_an_answer_means_not_permitted(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    helper.mute = True
    helper.asked.connect(helper.hang_up)
    with qtbot.waitSignal(client.lost) as lost:
        client.start()
    assert lost.args == ["not-permitted"]


def test_a_helper_with_too_many_connections_is_busy(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.lost) as lost, qtbot.assertNotEmitted(client.refused):
        helper.send(encode_answer(Answer(0, Refused("busy", {}, "failed"))))
    assert lost.args == ["busy"]


def test_a_helper_that_falls_silent_is_given_up(
    client: Client, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_TIMEOUT_MS", 1)
    helper.mute = True
    with qtbot.waitSignal(client.lost) as lost:
        client.start()
    assert lost.args == ["silent"]


@pytest.mark.threat("T07")
def test_nothing_is_sent_to_a_socket_of_somebody_else(
    client: Client, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_listener", lambda _: 4242)
    with qtbot.waitSignal(client.lost) as lost:
        client.start()
    assert lost.args == ["not-ours"]
    assert helper.requests == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
@pytest.mark.threat("T07")
def test_nothing_is_sent_to_a_socket_file_of_somebody_else(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    os.chown(helper.path, 4242, 4242)
    with qtbot.waitSignal(client.lost) as lost:
        client.start()
    assert lost.args == ["not-ours"]
    assert helper.requests == []


def test_an_answer_nobody_waits_for_is_no_trouble(client: Client, helper: Scripted, qtbot: QtBot) -> None:
    with qtbot.waitSignal(client.snapshot):
        client.start()
    with qtbot.waitSignal(client.accepted):
        helper.send(encode_answer(Answer(99, Done())))
