"""Which settings stand in a wg-quick file, in which section, on which line, under which comment?

wgconfig takes a line apart, the rest is stricter than its section reader and wg-quick's bash: that one keeps the last
of two equal peers, takes ``#! `` for more than a comment and knows keys in one spelling only, this one hands an unknown
line on to ``wg``. Nothing here says what a value means.
"""

import difflib
import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wgconfig import WGConfig

from wgtray.core import fields
from wgtray.core.findings import Notebook

SectionKind = Literal["interface", "peer"]


def _spelled(keys: str) -> dict[str, str]:
    return {key.lower(): key for key in keys.split()}


KEYS: dict[SectionKind, dict[str, str]] = {
    "interface": _spelled(
        "PrivateKey Address DNS MTU ListenPort Table FwMark PreUp PostUp PreDown PostDown SaveConfig"
    ),
    "peer": _spelled("PublicKey PresharedKey Endpoint AllowedIPs PersistentKeepalive"),
}
"""In lower case, with the spelling of the manual pages."""
REPEATED = frozenset({"Address", "DNS", "AllowedIPs"})
"""Keys of which wg-quick and wg add up several lines."""
_NO_HOOK = "wgtray runs no command from a file: take the line out"
_REFUSED = dict.fromkeys(("PreUp", "PostUp", "PreDown", "PostDown"), _NO_HOOK) | {
    "SaveConfig": "wgtray never writes into this file: take the line out",
}
_DROPPED = {
    "ListenPort": "the system picks a free port",
    "Table": "wgtray has its own routing table",
    "FwMark": "wgtray marks its packets itself",
}

_SHOWN = re.compile(r"[A-Za-z]{1,24}")
_NAMED = re.compile(r"(?i:name|friendly_name)\s*[=:]\s*(.*)")
_SETTING = re.compile(r"\w+\s*=")


class Setting(NamedTuple):
    """One ``Key = Value`` line; the key in wg's spelling, ``values`` split at commas."""

    line: int
    key: str
    value: str
    values: tuple[str, ...]


@dataclass
class Section:
    """``[Interface]`` or ``[Peer]``: its settings, and the comments around its header, nearest first."""

    kind: SectionKind
    line: int
    index: int
    comments: list[str]
    settings: list[Setting] = field(default_factory=list)

    def all(self, key: str) -> list[Setting]:
        return [setting for setting in self.settings if setting.key == key]

    def first(self, key: str) -> Setting | None:
        return next(iter(self.all(key)), None)

    def path(self, key: str = "") -> str:
        """How findings name a setting: ``Interface.Address``, ``Peer[1].Endpoint``."""
        head = "Interface" if self.kind == "interface" else f"Peer[{self.index}]"
        return f"{head}.{key}" if key else head


def sections(text: str, notebook: Notebook) -> tuple[list[str], list[Section]]:
    """The comments that open the file, and its sections; what is not wg-quick's grammar, or not ours, is noted."""
    opening: list[str] = []
    found: list[Section] = []
    section: Section | None = None
    skipping = False  # below a header that nobody knows
    above: list[str] = []  # comments since the last line that was none
    inside = False  # between a header and the first line below it that is no comment
    for number, line in enumerate(text.split("\n"), 1):
        code, mark, comment = line.partition("#")
        code = code.strip()
        if not code:
            if mark:
                above.append(mark + comment)
            else:
                above = []
            if mark and inside and section is not None:
                section.comments.append(mark + comment)
            elif mark and not (found or skipping):
                opening.append(mark + comment)
            continue
        inside = code.startswith("[")
        if inside:
            section = _opened(code, number, found, notebook)
            skipping = section is None
            if section is not None:
                section.comments = [mark + comment] * bool(mark) + above[::-1]
                if section.kind == "peer" and not found:  # what is its own does not speak for the file
                    opening = opening[: len(opening) - len(above)]
                found.append(section)
        elif section is not None:
            if (setting := _setting(code, number, section, notebook)) is not None:
                section.settings.append(setting)
        elif not skipping:
            notebook.error(number, "", "stands before any section: write [Interface] or [Peer] above it")
        above = []
    return opening, found


def stated_title(comments: list[str]) -> str | None:
    """What a comment like ``# Name = Frankfurt`` says."""
    named = (_NAMED.fullmatch(comment.lstrip("#").strip()) for comment in comments)
    return next((found[1].strip() for found in named if found and found[1].strip()), None)


def plain_title(comments: list[str]) -> str | None:
    """The first comment that reads like a name: neither decoration nor a disabled setting or section, nor a key."""
    for comment in comments:
        text = comment.strip(" \t#-*_")
        disabled = comment.startswith("#!") or text.startswith("[") or _SETTING.match(text)
        text = text.strip(" =")  # a ruler may be made of these, too
        if text and not disabled and fields.without_keys(text) == text:
            return text
    return None


def _opened(code: str, number: int, before: list[Section], notebook: Notebook) -> Section | None:
    kind = "".join(code.split()).lower()
    if kind == "[peer]":
        return Section("peer", number, sum(section.kind == "peer" for section in before), [])
    if kind != "[interface]":
        notebook.error(number, "", "not a section of a wg-quick file: write [Interface] or [Peer]")
        return None
    if other := next((section for section in before if section.kind == "interface"), None):
        notebook.error(number, "Interface", f"a second [Interface], the first is in line {other.line}: write only one")
    return Section("interface", number, 0, [])


def _setting(code: str, number: int, section: Section, notebook: Notebook) -> Setting | None:
    """The line's setting if it is one to be read on; otherwise the notebook says why not."""
    if "=" not in code:
        notebook.error(number, section.path(), "no = in this line: write KEY = VALUE, and # before a comment")
        return None
    written, values, _ = _taken_apart(code)
    name = "".join(written.split()).lower()
    key = KEYS["interface"].get(name)
    if key not in _REFUSED:  # a hook is one wherever it stands
        key = KEYS[section.kind].get(name)
    if key is None:
        notebook.error(number, section.path(), _unknown(written, section.kind))
    elif key in _REFUSED:
        notebook.error(number, section.path(key), _REFUSED[key])
    elif key in _DROPPED:
        notebook.note(number, section.path(key), f"left out: {_DROPPED[key]}")
    elif key not in REPEATED and (other := section.first(key)) is not None:
        notebook.error(number, section.path(key), f"written a second time, after line {other.line}: keep one of them")
    else:
        return Setting(number, key, ",".join(values), tuple(values))
    return None


def _taken_apart(code: str) -> tuple[str, list[str], str]:
    try:
        written, values, comment = WGConfig.parse_line(code)
    except ValueError:  # wgconfig takes superscript and other odd digits for a number
        written, _, value = code.partition("=")
        return written.strip(), [value.strip()], ""
    return written, [str(value) for value in values], comment  # a value of digits comes as a number


def _unknown(written: str, kind: SectionKind) -> str:
    for other, keys in KEYS.items():
        if other != kind and (key := keys.get(written.lower())):
            return f"{key} belongs below [{other.title()}]"
    if not _SHOWN.fullmatch(written):  # it may be a piece of a key that lost its name
        return "not a key of a wg-quick file: take the line out"
    close = difflib.get_close_matches(written.lower(), KEYS[kind], 1)
    hint = f"did you mean {KEYS[kind][close[0]]}?" if close else "take the line out"
    return f"{fields.shown(written)} is not a key of a wg-quick file: {hint}"
