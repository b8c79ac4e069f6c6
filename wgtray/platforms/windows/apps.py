"""How are programs kept from sending past the tunnel on Windows, and whose programs are they?

By path and account: a filter names an executable. A rule for a directory is one for each executable below it, looked
for when the rule is put; what is installed there later is found at the next look. Windows cannot be told to route by
program without a driver, so that while one runs everything goes into the tunnel (``Facts.drawn``).

Names are asked by the system's own resolver, which is no program with a rule.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from wgtray.core.apps import Rule, hindrance
from wgtray.platforms.windows.filters import CONNECT
from wgtray.platforms.windows.firewall import Look, passing_basis
from wgtray.platforms.windows.peer import number
from wgtray.platforms.windows.winapi import Condition, Filter

PROGRAMS_LIMIT: Final = 500
"""Executables of one directory; no application has more, and a whole disk has."""


def render(
    rules: Iterable[Rule], look: Look, sids: Iterable[str], below: Callable[[str], Iterable[str]]
) -> list[Filter]:
    """The filters of the sublayer ``programs``; ``below`` lists the executables that a path stands for."""
    found: list[Filter] = []
    blocked = ruled(rules, sids, below)
    for kind in (4, 6) if blocked else ():
        found += passing_basis("programs", look, kind)
        for path, user in blocked:
            conditions = (Condition("program", path), *([Condition("user", user)] if user else []))
            found.append(Filter(f"program {path}", "programs", CONNECT[kind], True, 12 << 8, conditions))
    return found


def ruled(rules: Iterable[Rule], sids: Iterable[str], below: Callable[[str], Iterable[str]]) -> list[tuple[str, str]]:
    """The programs of ``tunnel`` rules: path, and the security descriptor of whom it is meant for, empty: everybody."""
    known = {number(sid): sid for sid in sids}
    return sorted({(path, user) for rule in rules for path, user in _blocked(rule, known, below)})


def executables(path: str) -> list[str]:
    """The file itself, or the executables below a directory; none where there is nothing."""
    if os.path.isdir(path):
        there = (str(file) for file in sorted(Path(path).rglob("*.exe")) if file.is_file())
        return [file for file, _ in zip(there, range(PROGRAMS_LIMIT), strict=False)]
    return [path] if os.path.isfile(path) else []


def _blocked(rule: Rule, known: dict[int, str], below: Callable[[str], Iterable[str]]) -> Iterator[tuple[str, str]]:
    if rule.route != "tunnel":
        return
    if rule.uid is not None:
        sid = known.get(rule.uid)
        user = f"O:SYG:SYD:(A;;CC;;;{sid})" if sid else ""
    else:
        denied = "".join(f"(D;;CC;;;{known[uid]})" for uid in sorted(rule.spared) if uid in known)
        user = f"O:SYG:SYD:{denied}(A;;CC;;;WD)" if denied else ""
    for path in rule.paths:
        if hindrance(path) is None and hindrance(path, is_directory=True) is None:
            for file in below(path):
                yield file, user
