"""Does a click become the right request, and a snapshot the right menu?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from tests.gui.scripted import AMS, FRA, OFF, SAO, SIN, SNAPSHOTS, Scripted, changed, connected, node, obey
from wgtray import words
from wgtray.core.secret import Secret
from wgtray.desktop import keys
from wgtray.gui import face, icons
from wgtray.gui.animation import Animation
from wgtray.gui.app import App
from wgtray.gui.tray import Tray
from wgtray.gui.window import Window
from wgtray.ipc.messages import ChooseNode, Connect, Disconnect, Refused, Watch

KEY = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether the desktop has a tray; it has."""
    there = {"tray": True}
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: there["tray"])
    return there


@pytest.fixture
def app(helper: Scripted, host: dict[str, bool]) -> Iterator[App]:
    made = App(str(helper.path))
    made.client.retry_ms = 1
    yield made
    made.stop()
    made.deleteLater()


def tray(app: App) -> Tray:
    assert isinstance(app.face.place, Tray)
    return app.face.place


def menu_of(app: App) -> QMenu:
    return tray(app).menu.root


def texts(menu: QMenu) -> list[str]:
    return ["—" if action.isSeparator() else action.text() for action in menu.actions()]


def entry(menu: QMenu, start: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(start))


def nodes(app: App) -> QMenu:
    submenu = entry(menu_of(app), "Node").menu()
    assert isinstance(submenu, QMenu)
    return submenu


def shows(app: App, text: str) -> bool:
    return isinstance(app.face.place, Tray) and text in " ".join(texts(menu_of(app)))


def test_without_a_helper_the_menu_says_so_and_how_to_start_it(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.stop()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "is not running"))
    said = " ".join(texts(menu_of(app))).replace("\u00a0", " ")
    assert "sudo systemctl start wgtray-helper" in said
    assert texts(menu_of(app))[-1] == "Quit wgtray"
    helper.listen()
    qtbot.waitUntil(lambda: shows(app, "Not connected"))


def test_clicks_ask_for_what_they_say(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.asked.connect(obey(helper))
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Not connected"))
    entry(menu_of(app), "Connect").trigger()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt · 23 ms"))
    entry(nodes(app), "Amsterdam").trigger()
    qtbot.waitUntil(lambda: shows(app, "Connected to Amsterdam · 31 ms"))
    assert entry(nodes(app), "Amsterdam ✓").isChecked()
    entry(nodes(app), "Automatic").trigger()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt · 23 ms"))
    entry(menu_of(app), "Disconnect").trigger()
    qtbot.waitUntil(lambda: shows(app, "Not connected"))
    assert helper.requests == [Watch(), Connect(), ChooseNode("ams"), ChooseNode(None), Disconnect()]


def test_marks_show_what_is_so_and_not_what_was_clicked(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["connected"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    with qtbot.waitSignal(app.client.accepted):  # accepted, and then nothing comes of it
        entry(nodes(app), "Singapore").trigger()
    assert not entry(nodes(app), "Singapore").isChecked()
    assert entry(nodes(app), "Automatic").isChecked()


def test_the_menu_is_built_anew_only_for_other_entries(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["connected"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt · 23 ms"))
    built, frankfurt = tray(app).menu.rebuilt, entry(nodes(app), "Frankfurt")

    faster = (node("fra", "Frankfurt, DE", 12.0, active=True), AMS, SIN, SAO)
    helper.show(changed(connected(), nodes=faster))
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt · 12 ms"))
    assert tray(app).menu.rebuilt == built
    assert entry(nodes(app), "Frankfurt") is frankfurt
    assert "12 ms" in frankfurt.text()

    helper.show(changed(connected(), nodes=(FRA, AMS)))
    qtbot.waitUntil(lambda: len(nodes(app).actions()) == 4)
    assert tray(app).menu.rebuilt == built + 1


def test_an_open_menu_survives_being_built_anew(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["connected"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    menu_of(app).popup(QPoint(0, 0))
    nodes(app).popup(QPoint(100, 0))
    helper.show(SNAPSHOTS["no-profile"])
    qtbot.waitUntil(lambda: shows(app, "No company profile yet"))
    helper.show(SNAPSHOTS["connected"])
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    assert menu_of(app).isVisible()
    menu_of(app).close()


def test_an_equal_view_is_not_drawn_again(
    app: App, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.snapshot = SNAPSHOTS["connected"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt · 23 ms"))
    drawn: list[object] = []
    monkeypatch.setattr(tray(app), "draw", drawn.append)
    jitter = (node("fra", "Frankfurt, DE", 23.9, active=True), AMS, SIN, SAO)
    with qtbot.waitSignal(app.client.snapshot):
        helper.show(changed(connected(), nodes=jitter))
    assert drawn == []


def test_names_with_ampersands_stay_as_written(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = changed(OFF, nodes=(node("lab", "R&D", 1.0),))
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Node"))
    assert nodes(app).actions()[-1].text().startswith("R&&D\t")


def test_what_the_company_locked_cannot_be_clicked(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["locked"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Disconnect (set by Acme)"))
    assert not entry(menu_of(app), "Disconnect").isEnabled()
    assert not any(action.isEnabled() for action in nodes(app).actions() if not action.isSeparator())


def test_a_refusal_is_told_in_words_until_the_next_click(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.refuse = Refused("full-unavailable", {}, "failed")
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connect"))
    entry(menu_of(app), "Connect").trigger()
    qtbot.waitUntil(lambda: shows(app, "carries company traffic only"))
    helper.refuse = None
    helper.asked.connect(obey(helper))
    entry(menu_of(app), "Connect").trigger()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    assert not shows(app, "carries company traffic only")


def test_a_key_from_the_keyring_is_handed_over(
    app: App, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "load", {"abc=": Secret(KEY)}.get)
    helper.snapshot = changed(OFF, needs_key=True, public_key="abc=")
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Not connected"))
    entry(menu_of(app), "Connect").trigger()
    qtbot.waitUntil(lambda: Connect(Secret(KEY)) in helper.requests)


def raising(public_key: str) -> Secret | None:
    raise keys.KeyringTrouble("The keyring is locked: unlock it and try again.")


@pytest.mark.parametrize(
    ("load", "public_key", "said"),
    [
        (lambda _: None, "abc=", "neither in your keyring"),
        (lambda _: None, None, "neither in your keyring"),
        (raising, "abc=", "The keyring is locked"),
    ],
)
def test_a_key_that_cannot_be_had_is_told(
    app: App,
    helper: Scripted,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    load: object,
    public_key: str | None,
    said: str,
) -> None:
    monkeypatch.setattr(keys, "load", load)
    helper.snapshot = changed(OFF, needs_key=True, public_key=public_key)
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Not connected"))
    entry(menu_of(app), "Connect").trigger()
    qtbot.waitUntil(lambda: shows(app, said))
    assert helper.requests == [Watch()]


def test_tooltip_follows_the_view(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["full"]
    app.start()
    qtbot.waitUntil(lambda: tray(app).icon.toolTip() == "Frankfurt, 23 ms, everything")


def test_only_connecting_moves(qtbot: QtBot) -> None:
    animation = Animation()
    shown: list[QIcon] = []
    animation.changed.connect(shown.append)
    animation.show("connecting")
    assert animation.timer.isActive()
    assert animation.timer.interval() == 250
    animation.timer.setInterval(0)
    qtbot.waitUntil(lambda: len(shown) >= 5)
    animation.show("connected-split")
    assert not animation.timer.isActive()
    keys_shown = [icon.cacheKey() for icon in shown]
    assert len(set(keys_shown[:4])) == 4
    assert keys_shown[4] == keys_shown[0]
    assert keys_shown[-1] == icons.icon("connected-split").cacheKey()


NAMES = ["off", "connected-split", "connected-full", "degraded", "blocked", "paused", "no-helper", "wgtray"]


@pytest.mark.parametrize("name", [*NAMES, *(f"connecting-{n}" for n in range(1, 5))])
def test_every_icon_is_drawn_at_every_size(name: str, qtbot: QtBot) -> None:
    assert (icons.resources() / "icons" / f"{name}.svg").is_file()
    for size in icons.SIZES:
        image = icons.icon(name).pixmap(size, size).toImage()
        assert image.width() == size
        assert any(image.pixelColor(x, y).alpha() > 200 for x in range(size) for y in range(size))


def test_without_a_tray_there_is_a_window_after_a_while(
    app: App, helper: Scripted, host: dict[str, bool], qtbot: QtBot
) -> None:
    host["tray"] = False
    helper.asked.connect(obey(helper))
    app.start()
    for _ in range(face.PATIENCE - 1):
        app.face.look()
        assert app.face.place is None
    app.face.look()
    window = app.face.place
    assert isinstance(window, Window)
    qtbot.waitUntil(lambda: window.state.text() == "Not connected")
    QTest.mouseClick(window.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.state.text() == "Connected to Frankfurt · 23 ms")
    assert window.detail.text().startswith("Company traffic only · since ")
    assert window.switch.text() == "Disconnect"
    window.nodes.itemActivated.emit(window.nodes.topLevelItem(2), 0)
    qtbot.waitUntil(lambda: window.state.text() == "Connected to Amsterdam · 31 ms")
    assert helper.requests == [Watch(), Connect(), ChooseNode("ams")]
    listed = [window.nodes.topLevelItem(row) for row in range(window.nodes.topLevelItemCount())]
    assert [item.text(1) for item in listed if item] == [
        "Automatic",
        "Frankfurt",
        "Amsterdam ✓",
        "Singapore",
        "São Paulo",
    ]


def test_the_window_gives_way_to_a_tray_that_appears(app: App, host: dict[str, bool], qtbot: QtBot) -> None:
    host["tray"] = False
    app.start()
    for _ in range(face.PATIENCE):
        app.face.look()
    window = app.face.place
    assert isinstance(window, Window)
    assert window.isVisible()
    host["tray"] = True
    app.face.look()
    assert isinstance(app.face.place, Tray)
    assert not window.isVisible()
    assert not app.face.poll.isActive()


def test_closing_the_window_quits_and_escape_does_not(app: App, host: dict[str, bool], qtbot: QtBot) -> None:
    host["tray"] = False
    app.start()
    for _ in range(face.PATIENCE):
        app.face.look()
    window = app.face.place
    assert isinstance(window, Window)
    wishes: list[object] = []
    app.face.wished.disconnect(app.do)
    app.face.wished.connect(wishes.append)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert wishes == []
    window.close()
    assert len(wishes) == 1


def test_the_toolkit_keeps_its_references(qapp: QApplication) -> None:
    """PySide6 6.12.0 on Python before 3.12 loses one to None a call: a tray that runs for days would abort."""
    timer, signalled = QTimer(), Animation()
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(200):
        timer.setInterval(1)
        signalled.changed.emit(QIcon())
    assert sys.getrefcount(None) > before[0] - 100
    assert sys.getrefcount(True) > before[1] - 100


def run(*argv: str, **env: str) -> "subprocess.Popen[str]":
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    code = "import sys; from wgtray.gui.app import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *argv], env=bare | env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_without_a_display_it_leaves_with_one_sentence() -> None:
    process = run()
    assert process.communicate(timeout=20) == ("", f"{words.NO_DISPLAY}\n")
    assert process.returncode == 1


def test_a_display_that_is_gone_is_no_crash() -> None:
    process = run(DISPLAY=":4999", QT_QPA_PLATFORM="xcb")
    assert process.communicate(timeout=20) == ("", f"{words.NO_DISPLAY}\n")
    assert process.returncode == 1


def test_help_needs_no_display() -> None:
    process = run("--help")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert "--socket PATH" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(number: signal.Signals, helper: Scripted, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(helper.asked, timeout=20_000):
        process = run("--socket", str(helper.path), QT_QPA_PLATFORM="offscreen")
    process.send_signal(number)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
