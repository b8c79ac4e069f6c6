"""Does every translated page of the handbook say as much as the English one, and is none forgotten?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wgtray import language
from wgtray.shipped import shipped

READ_BY_EMPLOYEES = ("index.md", "getting-started.md", "blocked.md", "sensitive-apps.md")
"""Must be there in every language; the others are for administrators, and English."""
FOREIGN = sorted(set(language.LANGUAGES) - {language.ENGLISH})
PAGES = [(name, page) for name in FOREIGN for page in READ_BY_EMPLOYEES]
KINDS = (("#", "heading"), ("|", "row"), ("*", "item"), ("    ", "code"))
PRECISE = re.compile(r"`[^`]+`|\]\([^)]+\)|\d+")
"""What no translator changes: code, the targets of links, numbers."""


def blocks(path: Path) -> Iterator[tuple[str, str]]:
    """Kind and text of every heading, row, item, line of code and paragraph; lines of one block are joined."""
    kind, text = "", ""
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        begins = next((name for start, name in KINDS if line.startswith(start)), "")
        if re.match(r"\d+\. ", line):
            begins = "item"
        if text and (begins or not line):
            yield kind, text
            kind, text = "", ""
        if line:
            kind, text = (begins or kind or "paragraph"), f"{text} {line.strip()}".strip()


def outline(path: Path) -> list[tuple[str, int, list[str]]]:
    """What has to be the same in every language: each block's kind, columns or level, and what is precise in it."""
    return [
        (kind, _size(kind, text), [text] if kind == "code" else sorted(PRECISE.findall(text)))
        for kind, text in blocks(path)
    ]


def _size(kind: str, text: str) -> int:
    match kind:
        case "heading":
            return len(text) - len(text.lstrip("#"))
        case "row":
            return text.count("|")
        case _:
            return 0


@pytest.mark.parametrize(("name", "page"), PAGES)
def test_a_translated_page_has_all_that_the_english_one_has(name: str, page: str) -> None:
    english, translated = shipped("help", page), shipped("help", name, page)
    assert translated.is_file(), f"translate {english} to {translated}"
    wanted, found = outline(english), outline(translated)
    for (kind, *_), one, other, (_, text) in zip(wanted, wanted, found, blocks(english), strict=False):
        assert one == other, f"bring {translated} up to date, from the {kind} on that says in English: {text}"
    assert len(wanted) == len(found), f"{english} changed: translate what is new in it to {translated}"


@pytest.mark.parametrize("name", FOREIGN)
def test_every_translated_page_has_an_english_one(name: str) -> None:
    for translated in shipped("help", name).glob("*"):
        assert shipped("help", translated.name).is_file(), f"{translated} has no English page any more: remove it"


def test_a_link_leads_to_a_page() -> None:
    for path in shipped("help").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+\.md)[^)]*\)", path.read_text(encoding="utf-8")):
            assert shipped("help", target).is_file(), f"{path} links to {target}"


@pytest.mark.parametrize(
    "change",
    [
        ("sudo wgtray-helper cleanup", "sudo wgtray-helper remove"),
        ("## The way out", "### The way out"),
        ("| this computer has no network | no cable, no Wi-Fi | connect to a network |\n", ""),
        ("[sensitive apps](sensitive-apps.md)", "sensitive apps"),
    ],
)
def test_a_change_of_the_english_page_is_seen(tmp_path: Path, change: tuple[str, str]) -> None:
    text = shipped("help", "blocked.md").read_text(encoding="utf-8")
    changed = tmp_path / "blocked.md"
    changed.write_text(text.replace(*change), encoding="utf-8")
    assert outline(changed) != outline(shipped("help", "blocked.md"))
