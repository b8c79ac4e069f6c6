"""Does a click become the right request, and a snapshot the right menu?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from tests.gui.scripted import AMS, FRA, OFF, SAO, SIN, SNAPSHOTS, Scripted, changed, connected, node, obey
from wgtray import words
from wgtray.core.secret import Secret
from wgtray.desktop import keys, machine, programs
from wgtray.desktop.preferences import Preferences, Surface, load
from wgtray.gui import face, icons
from wgtray.gui.animation import Animation
from wgtray.gui.app import App
from wgtray.gui.choosing import Chooser
from wgtray.gui.only import Only, knock
from wgtray.gui.pages.help import Reader
from wgtray.gui.pages.overview import Overview
from wgtray.gui.tray import Tray
from wgtray.gui.view import QUIT, Open
from wgtray.gui.window import LISTED, Window
from wgtray.ipc.messages import (
    Capabilities,
    ChooseMode,
    ChooseNode,
    Connect,
    Disconnect,
    Refused,
    ShowProfile,
    Snapshot,
    Switch,
    Watch,
)
from wgtray.language import say
from wgtray.shipped import shipped
from wgtray.words import labels

KEY = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether the desktop has a tray; it has."""
    there = {"tray": True}
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: there["tray"])
    return there


@pytest.fixture
def app(helper: Scripted, host: dict[str, bool], tmp_path: Path) -> Iterator[App]:
    made = App(str(helper.path), tmp_path / "settings", tmp_path / "state")
    made.client.retry_ms = 1
    yield made
    made.stop()
    if made.face.window is not None:
        made.face.window.closed.disconnect(made.face._closed)
        made.face.window.close()
        made.face.window.deleteLater()
    made.deleteLater()


def tray(app: App) -> Tray:
    assert app.face.tray is not None
    return app.face.tray


def window(app: App) -> Window:
    assert app.face.window is not None
    return app.face.window


def overview(app: App) -> Overview:
    page = window(app).pages["overview"]
    assert isinstance(page, Overview)
    return page


def menu_of(app: App) -> QMenu:
    return tray(app).menu.root


def texts(menu: QMenu) -> list[str]:
    return ["—" if action.isSeparator() else action.text() for action in menu.actions()]


def entry(menu: QMenu, start: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(start))


def nodes(app: App) -> QMenu:
    submenu = entry(menu_of(app), say(labels.NODE)).menu()
    assert isinstance(submenu, QMenu)
    return submenu


def shows(app: App, text: str) -> bool:
    return app.face.tray is not None and text in " ".join(texts(menu_of(app)))


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


def test_without_a_profile_it_opens_where_one_is_imported(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = SNAPSHOTS["no-profile"]
    app.start()
    qtbot.waitUntil(lambda: shows(app, "No company profile yet"))
    app.do(Open())
    assert window(app).name() == "welcome"
    helper.show(SNAPSHOTS["connected"])
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    app.do(Open())
    assert window(app).name() == "overview"


@pytest.mark.parametrize(("installed", "page"), [(False, "welcome"), (True, "overview")])
def test_without_a_service_it_says_what_to_install_or_what_is_wrong(
    app: App, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, installed: bool, page: str
) -> None:
    monkeypatch.setattr(machine, "is_service_installed", lambda: installed)
    helper.stop()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "wgtray's service is not running"))
    app.do(Open())
    assert window(app).name() == page


def test_a_program_to_be_opened_protected_is_asked_for_at_once(
    app: App, helper: Scripted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "installed", list)
    helper.snapshot = changed(connected(), capabilities=Capabilities(per_app_routing=True))
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    apps = entry(menu_of(app), "Sensitive apps").menu()
    assert isinstance(apps, QMenu)
    entry(apps, "Open protected…").trigger()
    asking = window(app).page().findChild(Chooser)
    assert asking is not None
    assert asking.windowTitle() == "Open a program that only uses the VPN"
    asking.reject()


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


def test_traffic_is_chosen_from_the_menu(app: App, helper: Scripted, qtbot: QtBot) -> None:
    can = msgspec.structs.replace(OFF.capabilities, full_tunnel=True)
    helper.snapshot = changed(connected(), capabilities=can)
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Traffic"))
    choices = entry(menu_of(app), "Traffic").menu()
    assert isinstance(choices, QMenu)
    assert entry(choices, "Company only").isChecked()
    entry(choices, "Everything").trigger()
    qtbot.waitUntil(lambda: ChooseMode("full") in helper.requests)


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


STATES = ["off", "connected-split", "connected-full", "degraded", "blocked", "paused", "office", "no-helper"]
NAMES = [*STATES, "wgtray", "lock", *(f"page-{name}" for name in LISTED)]


@pytest.mark.parametrize("name", [*NAMES, *(f"connecting-{n}" for n in range(1, 5))])
def test_every_icon_is_drawn_at_every_size(name: str, qtbot: QtBot) -> None:
    assert shipped("icons", f"{name}.svg").is_file()
    for panel in icons.INKS:
        for size in icons.SIZES:
            image = icons.icon(name, panel).pixmap(size, size).toImage()
            assert image.width() == size
            assert any(image.pixelColor(x, y).alpha() > 200 for x in range(size) for y in range(size))


def test_every_state_has_a_shape_of_its_own_without_its_colour(qtbot: QtBot) -> None:
    shapes = set()
    for name in STATES:
        image = icons.icon(name, "black").pixmap(16, 16).toImage()
        shapes.add(tuple(image.pixelColor(x, y).alpha() > 127 for x in range(16) for y in range(16)))
    assert len(shapes) == len(STATES)


@pytest.mark.parametrize(("panel", "paper"), [("light", "#ffffff"), ("dark", "#2d3136")])
def test_colours_stand_out_from_their_panel(panel: Surface, paper: str) -> None:
    for ink in (icons.TEAL, icons.AMBER, icons.RED, icons.GREY):
        assert contrast(icons.ink(ink, panel), paper) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    red, green, blue = (int(color[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def without_tray(app: App, host: dict[str, bool]) -> None:
    """Started where no tray comes up, until patience is over."""
    host["tray"] = False
    app.start()
    for _ in range(face.PATIENCE):
        app.face.look()
    assert app.face.tray is None


def test_without_a_tray_there_is_a_window_after_a_while(
    app: App, helper: Scripted, host: dict[str, bool], qtbot: QtBot
) -> None:
    host["tray"] = False
    helper.asked.connect(obey(helper))
    app.start()
    for _ in range(face.PATIENCE - 1):
        app.face.look()
        assert app.face.window is None
    app.face.look()
    qtbot.waitUntil(lambda: overview(app).state.text() == "Not connected")
    QTest.mouseClick(overview(app).switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: overview(app).state.text() == "Connected to Frankfurt · 23 ms")
    assert overview(app).switch.text() == "Disconnect"
    assert [request for request in helper.requests if request != ShowProfile()] == [Watch(), Connect()]


def test_the_window_stays_when_a_tray_appears(app: App, host: dict[str, bool], qtbot: QtBot) -> None:
    without_tray(app, host)
    assert window(app).isVisible()
    host["tray"] = True
    app.face.look()
    assert app.face.tray is not None
    assert window(app).isVisible()
    assert not app.face.poll.isActive()


@pytest.mark.parametrize("has_tray", [False, True])
def test_closing_the_window_quits_only_where_there_is_no_tray(
    app: App, host: dict[str, bool], qtbot: QtBot, has_tray: bool
) -> None:
    without_tray(app, host)
    host["tray"] = has_tray
    app.face.look()
    heard: list[object] = []
    app.face.wished.disconnect(app.do)
    app.face.wished.connect(heard.append)
    window(app).close()
    assert heard == ([] if has_tray else [QUIT])


def test_the_window_opens_from_the_menu_and_asks_for_the_profile_once(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = connected()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    entry(menu_of(app), "Open wgtray").trigger()
    qtbot.waitUntil(lambda: overview(app).state.text() == "Connected to Frankfurt · 23 ms")
    helper.show(connected("ams"))
    qtbot.waitUntil(lambda: overview(app).state.text() == "Connected to Amsterdam · 31 ms")
    qtbot.waitUntil(lambda: helper.requests == [Watch(), ShowProfile()])
    entry(menu_of(app), "Help").trigger()
    assert window(app).name() == "help"
    app.do(Open("help", "blocked.md"))
    reader = window(app).findChild(Reader)
    assert reader is not None
    assert reader.toPlainText().startswith("When something is blocked")


def test_an_open_window_grows_old_and_a_closed_one_does_not(app: App, qtbot: QtBot) -> None:
    app.start()
    assert not app.ageing.isActive()
    app.do(Open())
    assert app.ageing.isActive()
    window(app).close()
    app.ageing.timeout.emit()
    assert not app.ageing.isActive()


def moved(reason: str = "no-reply") -> Snapshot:
    switch = Switch(1.8e9, "fra", "ams", reason, 134.0, 6.0)
    return changed(connected("ams"), last_switch=switch)


def test_what_happens_is_kept_and_told(app: App, helper: Scripted, qtbot: QtBot, told: list[tuple[str, str]]) -> None:
    helper.snapshot = connected()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    helper.show(moved())
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("You are now on Amsterdam", "Frankfurt stopped answering. There is nothing to do.")]
    assert [event.code for event in app.journal.read()] == ["moved"]


def test_a_kind_of_notification_that_is_off_is_kept_but_not_told(
    app: App, helper: Scripted, qtbot: QtBot, told: list[tuple[str, str]]
) -> None:
    app.face.preferred.emit(Preferences(notices=()))
    helper.snapshot = connected()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    helper.show(moved())
    qtbot.waitUntil(lambda: shows(app, "Connected to Amsterdam"))
    assert told == []
    assert [event.code for event in app.journal.read()] == ["moved"]


def test_a_service_that_comes_and_goes_is_kept(app: App, helper: Scripted, qtbot: QtBot) -> None:
    helper.snapshot = connected()
    app.start()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    helper.stop()
    qtbot.waitUntil(lambda: shows(app, "wgtray's service"))
    helper.listen()
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    assert [event.code for event in app.journal.read()] == ["service-lost", "service-back"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Notifications that were shown: head and text."""
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda icon, title, text, *_: heard.append((title, text)))
    return heard


def test_a_choice_is_kept_and_takes_effect(app: App, helper: Scripted, qtbot: QtBot, tmp_path: Path) -> None:
    helper.snapshot = connected()
    app.start()
    app.do(Open("settings"))
    qtbot.waitUntil(lambda: shows(app, "Connected to Frankfurt"))
    before = window(app)
    app.face.preferred.emit(Preferences(language="de", icon="white", order="name"))
    assert load(tmp_path / "settings") == Preferences(language="de", icon="white", order="name")
    qtbot.waitUntil(lambda: window(app) is not before)
    assert window(app).name() == "settings"
    order = [action.text().partition("\t")[0] for action in nodes(app).actions() if not action.isSeparator()]
    assert order[1:] == ["Amsterdam", "Frankfurt ✓", "São Paulo", "Singapore"]
    app.face.preferred.emit(Preferences())


def test_a_second_start_opens_the_first_ones_window(qtbot: QtBot, tmp_path: Path) -> None:
    first = Only(str(tmp_path / "only"))
    assert first.claim()
    with qtbot.waitSignal(first.knocked):
        assert not Only(str(tmp_path / "only")).claim()
    first.release()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_another_users_tray_under_that_name_is_nobodys(tmp_path: Path) -> None:
    stranger = Only(str(tmp_path / "only"))
    assert stranger.claim()
    assert knock(str(tmp_path / "only"))
    os.chown(tmp_path / "only", 65534, 65534)
    assert not knock(str(tmp_path / "only"))
    stranger.release()


def test_a_name_left_behind_is_taken_over(tmp_path: Path) -> None:
    code = "import sys, os; from wgtray.gui.only import Only; o = Only(sys.argv[1]); assert o.claim(); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "only")], check=False)
    assert (tmp_path / "only").exists()
    second = Only(str(tmp_path / "only"))
    assert second.claim()
    second.release()


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
    code = "import sys; from wgtray.gui.start import main; sys.exit(main(sys.argv[1:]))"
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
