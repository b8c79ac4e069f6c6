"""Is every sentence translated, with the same things filled in, and does it fit where it has to?"""

import string
from xml.etree import ElementTree

import pytest

from tests.unit.words.sources import sources
from wgtray import language
from wgtray.shipped import shipped
from wgtray.words import labels, pages

FOREIGN = sorted(set(language.LANGUAGES) - {language.ENGLISH})
SHORT = 24
"""Texts of buttons, columns and menus are no longer; they have to stay short."""
ROOM = {"de": (1.7, 12), "zh_CN": (1.0, 2)}
"""How much longer a short text may get: by a factor, or by so many letters."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", FOREIGN)
def test_no_sentence_is_missing_and_none_is_left_over(name: str) -> None:
    known = set(language.table(name))
    assert sources() - known == set()
    assert known - sources() == set()


@pytest.mark.parametrize("name", FOREIGN)
def test_the_same_things_are_filled_in(name: str) -> None:
    for source, forms in language.table(name).items():
        for form in forms:
            assert placeholders(form) == placeholders(source), source


@pytest.mark.parametrize("name", FOREIGN)
def test_short_texts_stay_short(name: str) -> None:
    factor, more = ROOM[name]
    constants = {value for module in (labels, pages) for key, value in vars(module).items() if key.isupper()}
    short = {text for text in constants if isinstance(text, str) and len(text) <= SHORT}
    table = language.table(name)
    for text in short & set(table):
        assert len(table[text][0]) <= max(factor * len(text), len(text) + more), text


@pytest.mark.parametrize("name", FOREIGN)
def test_numerals_have_the_forms_of_their_language(name: str) -> None:
    document = ElementTree.parse(shipped("translations", f"{name}.ts"))
    for message in document.iter("message"):
        forms = list(message.iter("numerusform"))
        if message.get("numerus"):
            assert len(forms) == (1 if name == "zh_CN" else 2), message.findtext("source")


def test_all_languages_can_be_spoken() -> None:
    assert set(language.available()) == set(language.LANGUAGES)
