"""Which language does this process speak? Every sentence is written in English and looked up in one table.

The tables are Qt Linguist's own files, ``resources/translations/LANGUAGE.ts``, read as they are: nothing has to be
compiled, and programs without Qt can speak too. A sentence without a translation stays English.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from wgtray.shipped import shipped

if TYPE_CHECKING:
    from xml.etree import ElementTree

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch", "zh_CN": "简体中文"}
"""Code -> the language's own name for itself."""

ENGLISH: Final = "en"
FULL_PLURALS: Final = 2
"""Forms of a noun in English and German; Chinese has one."""
DECIMAL_COMMA: Final = frozenset({"de"})

Argument = str | int | float
Forms = tuple[str, ...]

_spoken = ENGLISH
_table: Mapping[str, Forms] = {}


def speak(language: str) -> None:
    """Say everything in this language from now on: one of ``LANGUAGES``, another means English."""
    global _spoken, _table
    _spoken = language if language in LANGUAGES else ENGLISH
    _table = {} if _spoken == ENGLISH else table(_spoken)


def spoken() -> str:
    """The language of this process, one of ``LANGUAGES``."""
    return _spoken


def available() -> dict[str, str]:
    """Languages that can be spoken: English, and those that are translated."""
    return {code: name for code, name in LANGUAGES.items() if code == ENGLISH or table(code)}


def say(text: str, /, **args: Argument) -> str:
    """The sentence in the spoken language, with its ``{names}`` filled in; without any it may hold braces."""
    known = _table.get(text, (text,))[0]
    return known.format_map(args) if args else known


def count(number: int, one: str, many: str, /, **args: Argument) -> str:
    """As ``say``, in the form that this number asks for; ``{count}`` is the number."""
    forms = _table.get(many, (one, many))
    form = forms[0] if number == 1 or len(forms) < FULL_PLURALS else forms[1]
    return form.format_map({"count": number, **args})


def decimal(value: float, digits: int) -> str:
    """A number with so many digits after the decimal mark of the spoken language."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if _spoken in DECIMAL_COMMA else text


def closest(wanted: Sequence[str]) -> str:
    """The first language that is spoken here among these, written as systems write them (``de-AT``, ``zh_Hans_CN``)."""
    for name in wanted:
        short = name.replace("-", "_").partition("_")[0].lower()
        # Traditional characters are another script: English is no worse for their readers.
        if short == "zh" and not any(part in name for part in ("Hant", "TW", "HK", "MO")):
            return "zh_CN"
        if short in LANGUAGES:
            return short
    return ENGLISH


def table(language: str) -> dict[str, Forms]:
    """Source text -> its translation, in all forms of a numeral; what is not translated yet is left out."""
    from xml.etree.ElementTree import parse

    document = parse(shipped("translations", f"{language}.ts"))  # noqa: S314 (a file of our own)
    return {
        message.findtext("source", ""): forms
        for message in document.iter("message")
        if (forms := _forms(message.find("translation")))
    }


def _forms(translation: "ElementTree.Element | None") -> Forms:
    if translation is None or translation.get("type"):
        return ()
    return tuple(each.text or "" for each in translation.iter("numerusform")) or tuple(filter(None, [translation.text]))
