"""The plain parts of the service; the rest runs under the service manager."""

import logging

import pytest

from wgtray.platforms.windows.bell import Bell
from wgtray.platforms.windows.service import EventLog, is_news_of_waking, quoted


@pytest.mark.parametrize(
    ("command", "better"),
    [
        (
            r"C:\Program Files\wgtray\helper\wgtray-helper.exe --service",
            r'"C:\Program Files\wgtray\helper\wgtray-helper.exe" --service',
        ),
        (r'"C:\Program Files\wgtray\wgtray-helper.exe" --service', None),
        (r"C:\wgtray\wgtray-helper.exe", None),
        (r"C:\Program Files\wgtray\wgtray-helper.exe", r'"C:\Program Files\wgtray\wgtray-helper.exe"'),
    ],
)
@pytest.mark.threat("T24")
def test_no_path_with_spaces_goes_without_quotes(command: str, better: str | None) -> None:
    assert quoted(command) == (better or command)
    assert quoted(quoted(command)) == quoted(command)


@pytest.mark.parametrize(
    ("control", "event", "woke"), [(13, 0x12, True), (13, 7, True), (13, 4, False), (14, 7, False)]
)
def test_only_the_end_of_sleep_is_news_of_waking(control: int, event: int, woke: bool) -> None:
    assert is_news_of_waking(control, event) == woke


def test_a_bell_reaches_who_listens_and_counts_for_who_came_late() -> None:
    bell, heard = Bell(), list[str]()
    bell.ring()
    deaf = bell.hear(lambda: heard.append("a"))
    bell.hear(lambda: heard.append("b"))
    bell.ring()
    deaf()
    deaf()
    bell.ring()
    assert (heard, bell.rung) == (["a", "b", "b"], 3)


def test_the_event_log_is_told_how_bad_it_is() -> None:
    said: list[tuple[str, str]] = []

    class Manager:
        LogErrorMsg = staticmethod(lambda text: said.append(("error", text)))
        LogWarningMsg = staticmethod(lambda text: said.append(("warning", text)))
        LogInfoMsg = staticmethod(lambda text: said.append(("info", text)))

    handler = EventLog(Manager)
    for level in (logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        handler.emit(logging.LogRecord("wgtray", level, "", 0, "%s", ("x",), None))
    assert [kind for kind, _ in said] == ["info", "warning", "error", "error"]
