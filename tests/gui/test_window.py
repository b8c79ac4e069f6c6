"""Does every page show what is so, and does every click on it ask for what it says?"""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFocusEvent, QGuiApplication, QMouseEvent
from PySide6.QtNetwork import QHostInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.scripted import OFF, SNAPSHOTS, changed, connected
from wgtray import words
from wgtray.core import document
from wgtray.core.profile import Profile
from wgtray.desktop import autostart, programs
from wgtray.desktop.preferences import Preferences
from wgtray.desktop.programs import Choice
from wgtray.gui import speech
from wgtray.gui.choosing import Chooser
from wgtray.gui.events import Event
from wgtray.gui.history import History
from wgtray.gui.pages.activity import Activity
from wgtray.gui.pages.apps import AppCard, Apps
from wgtray.gui.pages.help import Help, page
from wgtray.gui.pages.nodes import Nodes
from wgtray.gui.pages.overview import Overview
from wgtray.gui.pages.settings import Settings
from wgtray.gui.pages.split import Split
from wgtray.gui.scene import Scene
from wgtray.gui.view import Lost, Open, Start, view
from wgtray.gui.view import Page as PageName
from wgtray.gui.window import LISTED, Window
from wgtray.ipc.messages import (
    AddApp,
    AppView,
    Capabilities,
    ChooseNode,
    Disconnect,
    LearnedView,
    NetworkView,
    ProbeNodes,
    RemoveApp,
    Snapshot,
    Traffic,
    WayView,
    WhichWay,
)

NOW = 1_800_000_000.0
KEY = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
TOML = f"""schema = 1
name = "Acme"
[dns]
servers = ["10.20.0.53"]
domains = ["corp.example"]
[split]
networks = ["10.20.0.0/16", {{ net = "198.51.100.7/32", proto = "tcp", ports = [443, 8443] }}]
domains = ["bank.example"]
[[node]]
name = "fra"
public_key = "{KEY}"
endpoint = "fra.vpn.example.com:51820"
"""


def profile() -> Profile:
    read, _ = document.read(TOML.encode(), "acme.toml")
    return read


def scene(seen: Snapshot | Lost | None, **fields: object) -> Scene:
    snapshot = seen if isinstance(seen, Snapshot) else None
    base = Scene(
        view=view(seen, {}, NOW),
        snapshot=snapshot,
        lost=seen if isinstance(seen, Lost) else None,
        profile=profile() if snapshot is not None and snapshot.profile else None,
        history=History(),
        events=[],
        preferences=Preferences(),
        now=NOW,
    )
    return msgspec.structs.replace(base, **fields)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    made = Window()
    made.show()
    yield made
    made.close()
    made.deleteLater()


def wishes(window: Window) -> list[object]:
    heard: list[object] = []
    window.wished.connect(heard.append)
    return heard


def overview(window: Window) -> Overview:
    found = window.page()
    assert isinstance(found, Overview)
    return found


def test_every_page_of_the_sidebar_opens_and_draws_every_state(window: Window) -> None:
    states = [scene(seen) for seen in SNAPSHOTS.values()]
    for moment in [scene(None), scene(Lost("/run/x", "absent")), *states]:
        window.draw(moment)
        for name in LISTED:
            window.go(name)
            assert window.name() == name
            assert window.sidebar.currentItem().data(Qt.ItemDataRole.UserRole) == name
            assert not window.grab().isNull()


@pytest.mark.parametrize("name", get_args(PageName))
def test_every_page_that_can_be_asked_for_exists(window: Window, name: PageName) -> None:
    window.go(name)
    assert window.name() == name


def test_pages_are_made_when_they_are_first_looked_at(window: Window) -> None:
    assert list(window.pages) == ["overview"]


def test_keys_turn_pages_help_and_close(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    for number, name in enumerate(list(LISTED)[:6], start=1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.name() == name
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.name() == "help"
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_every_thing_to_click_says_its_name_to_screen_readers(window: Window) -> None:
    window.draw(scene(connected()))
    parts = ("QComboBox", "QScroll", "QAbstract", "QHeader", "QStacked")  # of a widget that has a name
    for name in LISTED:
        window.go(name)
        unnamed = [
            widget.metaObject().className()
            for widget in window.findChildren(QWidget)
            if widget.isVisible()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not (widget.accessibleName() or getattr(widget, "text", str)() or _labelled(widget))
            and not widget.metaObject().className().startswith(parts)
        ]
        assert unnamed == [], name


def test_while_blocked_a_button_leads_to_what_can_be_done(window: Window) -> None:
    window.draw(scene(connected()))
    assert not overview(window).more.isVisible()
    window.draw(scene(SNAPSHOTS["blocked"]))
    heard = wishes(window)
    overview(window).more.click()
    assert heard == [Open("help", "blocked.md")]


@pytest.mark.parametrize(
    ("state", "name", "head"),
    [
        ("connected", "overview", "Getting started"),
        ("blocked", "overview", "When something is blocked"),
        ("blocked", "apps", "Sensitive apps"),
        ("connected", "settings", "Help"),
    ],
)
def test_f1_helps_with_what_is_seen(window: Window, state: str, name: PageName, head: str) -> None:
    window.draw(scene(SNAPSHOTS[state]))
    window.go(name)
    QTest.keyClick(window, Qt.Key.Key_F1)
    shown = window.page()
    assert isinstance(shown, Help)
    assert shown.reader.toPlainText().startswith(head)


def test_tab_goes_as_people_read(window: Window) -> None:
    window.draw(scene(changed(connected(), apps=APPS), events=[Event(NOW, "connection", "connected", {"node": "X"})]))
    for name in (*LISTED, "welcome"):
        window.go(name)
        page = window.page()
        stops = [widget for widget in _in_tab_order(page) if not isinstance(widget, QAbstractScrollArea)]
        places = [(widget.mapTo(page, QPoint(0, 0)).y(), widget.mapTo(page, QPoint(0, 0)).x()) for widget in stops]
        assert places == sorted(places), f"{name}: {stops}"


def _in_tab_order(page: QWidget) -> Iterator[QWidget]:
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page:
        wanted = widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if wanted and page.isAncestorOf(widget):
            yield widget
        widget = widget.nextInFocusChain()


def _labelled(widget: object) -> bool:
    return any(isinstance(each, QLabel) and each.buddy() is widget for each in QApplication.allWidgets())


def test_the_overview_tells_state_traffic_and_who_would_take_over(window: Window) -> None:
    history = History()
    history.saw(changed(connected(), traffic=Traffic(0, 0)), NOW - 2)
    history.saw(changed(connected(), traffic=Traffic(4_200_000, 680_000)), NOW)
    window.draw(scene(connected(), history=history))
    first = overview(window)
    assert first.state.text() == "Connected to Frankfurt · 23 ms"
    assert first.detail.text().startswith("Company traffic only · since ")
    assert first.traffic.text() == "↓ 2.1 MB/s   ↑ 340 kB/s"
    assert first.ready.text() == "Amsterdam and Singapore are ready"
    assert not first.notes.isVisible()


def test_the_switch_of_the_overview_asks_for_what_it_says(window: Window) -> None:
    heard = wishes(window)
    window.draw(scene(connected()))
    QTest.mouseClick(overview(window).switch, Qt.MouseButton.LeftButton)
    window.draw(scene(SNAPSHOTS["no-profile"]))
    QTest.mouseClick(overview(window).switch, Qt.MouseButton.LeftButton)
    assert heard == [Disconnect(), Open("welcome")]


def test_what_is_locked_says_why(window: Window) -> None:
    window.draw(scene(SNAPSHOTS["locked"]))
    assert not overview(window).switch.isEnabled()
    assert overview(window).why.text() == "set by Acme"


def test_trouble_is_told_with_what_to_do(window: Window) -> None:
    window.draw(scene(SNAPSHOTS["blocked"]))
    assert overview(window).notes.label.text() == words.problem("no-node-answers", {})
    window.draw(scene(Lost("/run/x", "absent")))
    assert "sudo systemctl start wgtray-helper" in overview(window).notes.label.text()
    assert not overview(window).chart.isVisible()
    heard = wishes(window)
    overview(window).switch.click()
    assert heard == [Open("checkup")]
    window.draw(scene(None))
    assert not overview(window).switch.isVisible()


def test_the_chart_draws_lines_moves_and_what_the_mouse_points_at(window: Window) -> None:
    history = History()
    for ago_s in range(600, -1, -5):
        nodes = tuple(msgspec.structs.replace(node, probed_at=NOW - ago_s) for node in connected().nodes)
        history.saw(changed(connected(), nodes=nodes), NOW - ago_s)
    window.draw(scene(connected(), history=history))
    chart = overview(window).chart
    before = chart.grab().toImage()
    middle = QPointF(chart.width() / 2, chart.height() / 2)
    plain, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    chart.mouseMoveEvent(QMouseEvent(QMouseEvent.Type.MouseMove, middle, middle, plain, plain, none))
    assert chart.grab().toImage() != before
    chart.leaveEvent(None)
    assert chart.grab().toImage() == before
    assert "Frankfurt 23 ms" in chart.accessibleDescription()


def nodes_page(window: Window) -> Nodes:
    window.go("nodes")
    found = window.page()
    assert isinstance(found, Nodes)
    return found


def column(shown: Nodes, number: int) -> list[str]:
    rows = (shown.table.topLevelItem(row) for row in range(shown.table.topLevelItemCount()))
    return [row.text(number) for row in rows if row is not None]


def test_nodes_are_listed_sorted_and_keep_the_chosen_row(window: Window) -> None:
    window.draw(scene(connected("ams")))
    shown = nodes_page(window)
    assert column(shown, 0) == ["Frankfurt", "Amsterdam ✓", "Singapore", "São Paulo"]
    assert column(shown, 5) == ["ready", "in use", "ready", "not answering"]
    shown.table.setCurrentIndex(shown.table.model().index(2, 0))
    shown.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert column(shown, 2) == ["–", "184 ms", "31 ms", "23 ms"]
    window.draw(scene(connected("fra")))
    current = shown.table.currentItem()
    assert current is not None
    assert current.text(0) == "Singapore"


def test_a_node_is_chosen_from_the_table(window: Window) -> None:
    heard = wishes(window)
    window.draw(scene(connected()))
    shown = nodes_page(window)
    shown.table.setCurrentIndex(shown.table.model().index(1, 0))
    shown.use.click()
    shown.table.itemActivated.emit(shown.table.topLevelItem(2), 0)
    window.draw(scene(SNAPSHOTS["pinned"]))
    shown.automatic.click()
    assert heard == [ChooseNode("ams"), ChooseNode("ams"), ChooseNode(None)]
    shown.copy.click()
    assert "Amsterdam" in QGuiApplication.clipboard().text()
    assert "203.0.113.5:51820" in QGuiApplication.clipboard().text()


def test_where_the_company_chooses_nodes_cannot_be_chosen(window: Window) -> None:
    heard = wishes(window)
    window.draw(scene(SNAPSHOTS["locked"]))
    shown = nodes_page(window)
    assert shown.said.text() == "Which node is used is set by Acme."
    shown.table.itemActivated.emit(shown.table.topLevelItem(1), 0)
    assert not shown.use.isEnabled()
    assert not shown.automatic.isEnabled()
    assert heard == []


def test_nodes_can_be_tested_now(window: Window) -> None:
    window.draw(scene(connected()))
    shown, heard = nodes_page(window), wishes(window)
    shown.probe.click()
    assert heard == [ProbeNodes()]
    assert (shown.said.text(), shown.probe.isEnabled()) == ("Every node is being asked…", False)
    asked = tuple(msgspec.structs.replace(node, probed_at=NOW + 1) for node in connected().nodes)
    window.draw(scene(changed(connected(), nodes=asked), now=NOW + 1))
    assert (shown.said.text(), shown.probe.isEnabled()) == ("The best node is chosen automatically.", True)
    shown.probe.click()
    window.draw(scene(changed(connected(), nodes=asked), now=NOW + 60))
    assert shown.probe.isEnabled(), "a node that is never heard of does not keep the button"


def test_focus_turns_no_page(window: Window) -> None:
    window.draw(scene(SNAPSHOTS["no-profile"]))
    window.go("welcome")
    for reason in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.TabFocusReason):
        QApplication.sendEvent(window.sidebar, QFocusEvent(QEvent.Type.FocusIn, reason))
        assert window.name() == "welcome"
    QTest.keyClick(window.sidebar, Qt.Key.Key_Down)
    assert window.name() == "overview"


def test_split_lists_networks_names_and_their_rules(window: Window) -> None:
    networks = (NetworkView("10.20.0.0/16", "fra"), NetworkView("198.51.100.7/32", None))
    known = (LearnedView("bank.example", "198.51.100.80"), LearnedView(None, "198.51.100.81"))
    window.draw(scene(changed(connected(), networks=networks, learned=known, learned_total=12)))
    shown = split(window)
    groups = [shown.tree.topLevelItem(row) for row in range(shown.tree.topLevelItemCount())]
    listed = {group.text(0): _children(group) for group in groups if group is not None}
    assert listed == {
        "Networks": [("10.20.0.0/16", "over Frankfurt"), ("198.51.100.7/32 tcp 443+8443", "no node right now")],
        "Names": [
            ("corp.example", "asked of the company's name servers"),
            ("bank.example", "its addresses go through the VPN"),
        ],
        "Learned addresses": [
            ("198.51.100.80", "an address of bank.example"),
            ("198.51.100.81", "learned before the service was restarted"),
            ("10 more", ""),
        ],
    }


def split(window: Window) -> Split:
    window.go("split")
    found = window.page()
    assert isinstance(found, Split)
    return found


def test_the_way_of_a_host_is_asked_and_told_in_sentences(window: Window, qtbot: QtBot) -> None:
    window.draw(scene(connected()))
    tester, heard = split(window).tester, wishes(window)
    tester.field.setText(" [fd20::10] ")
    QTest.keyClick(tester.field, Qt.Key.Key_Return)
    assert heard == [WhichWay(("fd20::10",))]
    tester.field.setText("localhost")
    tester.button.click()
    assert tester.said.text() == "Looking for the addresses of localhost…"
    qtbot.waitUntil(lambda: len(heard) == 2)
    asked = heard[1]
    assert isinstance(asked, WhichWay)
    assert asked.name == "localhost"
    assert set(asked.addresses) <= {"127.0.0.1", "::1"}
    way = WayView("10.20.0.10", "tunnel", "network", "10.20.0.0/16", "fra", ())
    window.draw(scene(connected(), ways=(way,)))
    assert tester.said.text() == "10.20.0.10 goes through the tunnel (Frankfurt): company network 10.20.0.0/16."


def test_a_host_without_an_address_is_told_so(window: Window) -> None:
    tester = split(window).tester
    info = QHostInfo()
    info.setHostName("nowhere.example")
    tester._found(info)
    assert tester.said.text().startswith("No address was found for nowhere.example")


def _children(group: QTreeWidgetItem) -> list[tuple[str, str]]:
    children = [group.child(row) for row in range(group.childCount())]
    return [(child.text(0), child.text(1)) for child in children if child is not None]


APPS = (
    AppView("SAP GUI", "/usr/bin/sapgui", "tunnel", "company", True, "routed", 2),
    AppView("Banking", "/opt/bank", "tunnel", "user", False, "full-tunnel", 0),
    AppView("Updater", "/usr/bin/up", "direct", "company", True, "routed", 0),
    AppView("Old", "/usr/bin/old", "tunnel", "company", True, "unavailable", 0),
    AppView("Cut", "/usr/bin/cut", "tunnel", "company", True, "blocked", 1),
    AppView("Away", "/usr/bin/away", "tunnel", "company", True, "blocked", 1, "not-connected"),
    AppView("Zoom", "/opt/zoom", "direct", "user", False, "blocked", 1, "lockdown"),
    AppView("Gone", "/usr/bin/gone", "tunnel", "company", True, "unavailable", 0, "missing"),
    AppView("Late", "/usr/bin/late", "tunnel", "company", True, "routed", 1, "restart"),
)


def test_apps_are_cards_that_say_how_their_rule_is_kept(window: Window) -> None:
    window.draw(scene(changed(connected(), apps=APPS)))
    window.go("apps")
    shown = window.page()
    assert isinstance(shown, Apps)
    cards = shown.findChildren(AppCard)
    assert [(card.name.text(), card.how.text()) for card in cards] == [
        ("SAP GUI", "Always through the VPN on this computer."),
        ("Banking", "Blocked outside the VPN; everything goes through it while it runs."),
        ("Updater", "Never through the VPN."),
        ("Old", "This computer cannot carry out the rule. Tell your administrator."),
        ("Cut", "Blocked right now: the VPN is not there to carry it."),
        ("Away", "Held back: you are not connected."),
        ("Zoom", "Held back: nothing may go past the tunnel."),
        ("Gone", "Not found on this computer."),
        ("Late", "Always through the VPN on this computer.\nRestart it: it was running before."),
    ]
    assert [card.source.text() for card in cards[:2]] == ["set by Acme · 2 running", "your own rule"]
    heard = wishes(window)
    assert cards[0].remove is None, "locked"
    assert cards[1].remove is not None
    cards[1].remove.click()
    assert heard == [RemoveApp("Banking")]


def apps(window: Window) -> Apps:
    window.go("apps")
    found = window.page()
    assert isinstance(found, Apps)
    return found


def test_a_program_is_chosen_from_those_that_are_installed(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [Choice("Bank", "/opt/bank/bank"), Choice("Shell", "/bin/bash", hindrance="app-is-shared")]
    monkeypatch.setattr(programs, "installed", lambda: installed)
    monkeypatch.setattr(programs, "running", lambda: [Choice("mail", "/usr/bin/mail")])
    window.draw(scene(connected()))
    heard = wishes(window)
    asking = apps(window).choose()
    names = [asking.list.item(row).text() for row in range(asking.list.count())]
    assert names == ["Bank", "Shell", "mail (runs now)"]
    asking.accept()
    assert heard == [], "nothing is chosen yet"
    asking.list.setCurrentRow(1)
    asking.accept()
    assert heard == [], "no rule may name a shell"
    assert "bash" in asking.list.item(1).toolTip()
    asking.search.setText("ban")
    assert [asking.list.item(row).isHidden() for row in range(3)] == [False, True, True]
    asking.list.setCurrentRow(0)
    asking.never.click()
    asking.accept()
    assert heard == [AddApp("/opt/bank/bank", "Bank", "direct")]


def test_any_program_can_be_started_protected(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [Choice("Shell", "/bin/bash", hindrance="app-is-shared")]
    monkeypatch.setattr(programs, "installed", lambda: installed)
    able = changed(connected(), capabilities=Capabilities(per_app_routing=True))
    window.draw(scene(connected()))
    assert not apps(window).start.isEnabled(), "this computer cannot"
    window.draw(scene(able))
    assert apps(window).start.isEnabled()
    heard = wishes(window)
    asking = apps(window).choose(start=True)
    assert not asking.only.isVisible()
    asking.list.setCurrentRow(0)
    asking.accept()
    assert heard == [Start("/bin/bash")]


def test_a_dropped_file_is_offered_for_a_rule(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("installed", "running"):
        monkeypatch.setattr(programs, name, list)
    window.draw(scene(connected()))
    heard = wishes(window)
    apps(window).choose("/opt/sap/SAP GUI.sh").accept()
    assert heard == [AddApp("/opt/sap/SAP GUI.sh", "SAP GUI", "tunnel")]


def test_what_is_dropped_from_a_menu_means_its_program(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("installed", "running"):
        monkeypatch.setattr(programs, name, list)
    entry, program = tmp_path / "bank.desktop", tmp_path / "bank"
    program.touch(0o755)
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=My bank\nExec={program} %U\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(entry))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.draw(scene(connected()))
    heard, page = wishes(window), apps(window)
    entered = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, left, none)
    page.dragEnterEvent(entered)
    assert entered.isAccepted()
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, left, none))
    asking = page.findChild(Chooser)
    assert asking is not None
    asking.accept()
    assert heard == [AddApp(str(program), "My bank", "tunnel")]


def test_what_is_searched_for_is_chosen_at_once(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [Choice("Bash", "/bin/bash", hindrance="app-is-shared"), Choice("Basil", "/opt/basil"), Choice("X", "/x")]
    monkeypatch.setattr(programs, "installed", lambda: offered)
    monkeypatch.setattr(programs, "running", list)
    window.draw(scene(connected()))
    heard, asking = wishes(window), apps(window).choose()
    ok = asking.buttons.buttons()[0]
    for text, usable in (("nothing like it", False), ("bas", True)):
        asking.search.setText(text)
        assert ok.isEnabled() is usable
    asking.accept()
    assert heard == [AddApp("/opt/basil", "Basil", "tunnel")]


def test_a_company_that_allows_no_rules_of_ones_own_says_so(window: Window) -> None:
    window.draw(scene(changed(connected(), user_may=())))
    assert not apps(window).add.isEnabled()
    assert "Acme" in apps(window).add.toolTip()


def activity(window: Window) -> Activity:
    window.go("activity")
    found = window.page()
    assert isinstance(found, Activity)
    return found


def test_activity_is_told_day_by_day_newest_first(window: Window) -> None:
    moved: dict[str, str | float] = {"from": "Frankfurt", "to": "<b>Amsterdam", "reason": "no-reply", "noticed_ms": 140}
    events = [
        Event(NOW - 90_000, "connection", "connected", {"node": "Frankfurt"}),
        Event(NOW - 60, "connection", "moved", moved),
        Event(NOW - 30, "node", "node-down", {"node": "Frankfurt"}),
    ]
    window.draw(scene(connected(), events=events))
    shown = activity(window)
    lines = [line for line in shown.log.toPlainText().splitlines() if line.strip()]
    assert lines[0] == "Today"
    assert lines[2] == "Frankfurt stopped answering."
    assert lines[4] == "Moved from Frankfurt to <b>Amsterdam: Frankfurt stopped answering; apps noticed 140 ms."
    assert lines[5] == "Yesterday"
    shown.kinds.setCurrentIndex(shown.kinds.findData("node"))
    assert "Moved" not in shown.log.toPlainText()
    shown.copy.click()
    assert "Frankfurt stopped answering." in QGuiApplication.clipboard().text()
    shown.kinds.setCurrentIndex(shown.kinds.findData("app"))
    assert shown.under.currentWidget() is shown.empty
    assert shown.empty.label.text() == "There is nothing of this kind."


@pytest.fixture
def settings(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(autostart, "SYSTEM_WIDE", tmp_path / "none")
    window.draw(scene(connected()))
    window.go("settings")
    found = window.page()
    assert isinstance(found, Settings)
    return found


def test_start_at_login_is_what_the_system_says(settings: Settings, window: Window) -> None:
    assert not settings.at_login.isChecked()
    settings.at_login.click()
    assert autostart.is_on()
    settings.at_login.click()
    assert not autostart.is_on()


def test_a_choice_that_cannot_be_carried_out_is_taken_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(on: bool) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(autostart, "choose", fails)
    settings.at_login.click()
    assert not settings.at_login.isChecked()
    assert settings.trouble.label.text() == "This could not be changed (Permission denied)."


def test_settings_say_what_was_chosen(settings: Settings, window: Window) -> None:
    heard: list[Preferences] = []
    window.preferred.connect(heard.append)
    settings.notices["back"].click()
    for combo, key in ((settings.order, "latency"), (settings.icon, "white"), (settings.language, "en")):
        combo.setCurrentIndex(combo.findData(key))
        combo.activated.emit(combo.currentIndex())
    assert heard[-1] == Preferences("en", "latency", "white", ("moved", "blocked", "app", "portal"))


def test_the_preferred_node_is_asked_of_the_service(settings: Settings, window: Window) -> None:
    heard = wishes(window)
    settings.node.setCurrentIndex(settings.node.findData("sin"))
    settings.node.activated.emit(settings.node.currentIndex())
    settings.node.setCurrentIndex(0)
    settings.node.activated.emit(0)
    assert heard == [ChooseNode("sin"), ChooseNode(None)]


def test_help_stays_inside_the_handbook(window: Window) -> None:
    window.go("help")
    shown = window.page()
    assert isinstance(shown, Help)
    assert shown.reader.toPlainText()
    assert page("index.md") is not None
    for name in ("../../README.md", "/etc/passwd", "index.html", "none.md"):
        assert page(name) is None


@pytest.mark.parametrize(("language", "head"), [("de", "Hilfe"), ("zh_CN", "帮助")])
def test_help_speaks_the_users_language_and_english_where_a_page_is_not_translated(
    window: Window, language: str, head: str
) -> None:
    speech.speak(language)
    window.go("help")
    shown = window.page()
    assert isinstance(shown, Help)
    assert shown.reader.toPlainText().startswith(head)
    shown.reader.setSource(QUrl("admin.md"))
    english = page("admin.md")
    assert english is not None
    assert shown.reader.toPlainText().splitlines()[0] == english.read_text().splitlines()[0].removeprefix("# ")


def test_nothing_is_drawn_while_nobody_looks(qapp: QApplication) -> None:
    hidden = Window()
    hidden.draw(scene(connected()))
    first = hidden.page()
    assert isinstance(first, Overview)
    assert first.state.text() == ""
    hidden.show()
    assert first.state.text() == "Connected to Frankfurt · 23 ms"
    hidden.close()


def test_it_fits_the_smallest_size(window: Window) -> None:
    window.resize(560, 400)
    window.draw(scene(changed(OFF, networks=(NetworkView("10.20.0.0/16", "fra"),))))
    for name in LISTED:
        window.go(name)
        assert window.page().minimumSizeHint().width() <= 560 - window.sidebar.width(), name
    assert window.size().width() == 560
    assert QPoint(0, 0) == window.page().rect().topLeft()
