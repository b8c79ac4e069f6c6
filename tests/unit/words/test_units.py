"""Are numbers, times and lines written as people read them, in each language?"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray import language
from wgtray.words import units, wrap


@pytest.fixture(autouse=True)
def spoken_english() -> Iterator[None]:
    yield
    language.speak(language.ENGLISH)


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [(0, "0 B", "0 B"), (999, "999 B", "999 B"), (1_500, "1.5 kB", "1,5 kB"), (2_100_000, "2.1 MB", "2,1 MB"),
     (340_000, "340 kB", "340 kB"), (9e15, "9000 TB", "9000 TB")],
)  # fmt: skip
def test_amounts_are_short_and_have_the_decimal_mark_of_the_language(value: float, english: str, german: str) -> None:
    assert units.amount(value) == english
    language.speak("de")
    assert units.amount(value) == german


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7_300, "2 hours"), (200_000, "2 days"), (-3, "0 seconds")],
)
def test_durations_use_the_largest_unit(seconds: float, said: str) -> None:
    assert units.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (3, "just now"), (12, "12 s ago"), (300, "5 min ago"), (7_300, "2 h ago"), (90_000, "1 day ago")],
)
def test_how_long_ago(seconds: float | None, said: str) -> None:
    assert units.ago(seconds) == said


def test_days_are_named_by_the_calendar() -> None:
    noon = 1_732_276_800.0  # 2024-11-22 12:00 UTC
    assert units.day(noon, noon + 3600) == "Today"
    assert units.day(noon - 86_400, noon) == "Yesterday"
    assert units.day(noon - 3 * 86_400, noon) == "2024-11-19"


def test_unknown_is_a_dash() -> None:
    assert units.rate(None) == units.share(None) == "–"


@given(st.text(alphabet='ab中文。，" (', max_size=200), st.integers(10, 60))
def test_lines_keep_every_character_and_the_width(text: str, columns: int) -> None:
    lines = list(wrap.lines(text, columns))
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest_piece = max((wrap.width(piece) for piece in wrap.PIECE.findall(text)), default=0)
    assert all(wrap.width(line) <= max(columns, longest_piece) for line in lines)


def test_a_command_stays_on_one_line() -> None:
    lines = list(wrap.lines('Start it with "sudo systemctl start wgtray-helper" or so.', 30))
    assert any('"sudo systemctl start wgtray-helper"' in line for line in lines)
    lines = list(wrap.lines("Starten Sie ihn mit „sudo systemctl start wgtray-helper“ oder anders.", 30))
    assert any("„sudo systemctl start wgtray-helper“" in line for line in lines)
    lines = list(wrap.lines("没有它您无法连接。请运行“sudo”来启动服务，然后重试。", 20))
    assert len(lines) > 1
    assert not any(line.startswith(("。", "，", "”")) for line in lines)
