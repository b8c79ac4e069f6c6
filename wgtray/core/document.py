"""Which profile does this file hold, or what is wrong with it?

``read`` takes both forms: the TOML of CONTRACT section 3 and wg-quick's ``.conf`` (``core/conf.py``). What both share:
one pass, every finding at once, each with its line and what to write instead.
"""

import re
from pathlib import PurePath

from wgtray.core import toml_lines, toml_syntax
from wgtray.core.conf import read_conf, render_conf
from wgtray.core.findings import Finding, Notebook, Unreadable
from wgtray.core.plaintext import plain_text
from wgtray.core.profile import Profile
from wgtray.core.remarks import remarks
from wgtray.core.toml_tables import profile_of
from wgtray.core.toml_text import render_toml

__all__ = ["Finding", "Unreadable", "read", "read_conf", "read_toml", "render_conf", "render_toml"]

_CONF_HEADER = re.compile(r"(?:\s|#[^\n]*)*\[\s*(?:interface|peer)\s*\]", re.IGNORECASE)
_PAIR = re.compile(r"^[ \t]*[A-Za-z_]+[ \t]*=[ \t]*([^\n]*)", re.MULTILINE)
_IN_BOTH = re.compile(r"(?:[0-9]+|true|false)?\s*(?:#.*)?")  # values that look the same in TOML and wg-quick
_IN_TOML = re.compile(r"[\"'{]|\[\s*(?:[\"'\[{\]#]|$)")


def read(text: str | bytes, file: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The profile and the warnings and notes about it; ``file`` is their name for it; raises Unreadable."""
    suffix = PurePath(file).suffix.lower()
    plain = plain_text(text, file)
    conf = suffix == ".conf" or (suffix != ".toml" and _looks_like_conf(plain))
    return read_conf(plain, file) if conf else read_toml(plain, file)


def read_toml(text: str | bytes, file: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The same, of TOML only."""
    plain = plain_text(text, file)
    notebook = Notebook(file)
    profile, where = toml_syntax.read(plain, notebook, lambda table, where: (profile_of(table, where, notebook), where))
    notebook.raise_if_refused()
    for severity, path, sentence in remarks(profile):
        notebook.add(severity, toml_lines.line_of(where, path), path, sentence)
    notebook.raise_if_refused()
    return profile, notebook.findings()


def _looks_like_conf(text: str) -> bool:
    """Whether text of unknown origin is meant for wg-quick: its sections, and values that TOML would have in quotes."""
    if _CONF_HEADER.match(text) is None:
        return False
    values = (match[1] for match in _PAIR.finditer(text))
    telling = next((value for value in values if not _IN_BOTH.fullmatch(value)), None)
    return telling is None or _IN_TOML.match(telling) is None
