"""Which rules have a program running, on a system that does not put programs under their rules for us?

There, everything goes into the tunnel while a program with a ``tunnel`` rule runs (``Facts.drawn``). A program that
ends may start again in a moment, as installers and browsers do, so that it counts as running for a little longer.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from wgtray.core.apps import Rule, System

LINGER_S = 5.0
"""More than a program takes to start itself anew; each change of the mode cuts connections."""


class Process(msgspec.Struct, frozen=True):
    """A running program. ``uid`` None: the system does not say whose it is."""

    path: str
    uid: int | None


class Sightings(msgspec.Struct, frozen=True):
    """Processes by id of their rule, 0 for one that ended just now, and when each was last there."""

    running: Mapping[str, int] = {}
    last: Mapping[str, float] = {}


def looked(
    before: Sightings, rules: Iterable[Rule], processes: Iterable[Process], system: System, now: float
) -> Sightings:
    """What is known once somebody looked at ``now``."""
    rules = list(rules)
    counts: dict[str, int] = {}
    for process in processes:
        rule = rule_of(process, rules, system)
        if rule is not None:
            counts[rule.id] = counts.get(rule.id, 0) + 1
    ids = {rule.id for rule in rules}
    last = {name: at for name, at in before.last.items() if name in ids and now - at < LINGER_S}
    last |= dict.fromkeys(counts, now)
    return Sightings({name: counts.get(name, 0) for name in sorted(last)}, last)


def rule_of(process: Process, rules: Iterable[Rule], system: System) -> Rule | None:
    """The rule of a program, by its path: the company's first, then the nearer one, ``tunnel`` before ``direct``."""
    fits = [
        (rule.uid is not None, -length, rule.route == "direct", rule.name, rule)
        for rule in rules
        if process.uid is None or rule.applies_to(process.uid)
        for length in [_fit(process.path, rule, system)]
        if length
    ]
    return min(fits, key=lambda fit: fit[:4])[-1] if fits else None


def _fit(path: str, rule: Rule, system: System) -> int:
    """How many characters of it the rule names: the program itself, or a directory that it is in; 0: none."""
    shown, slash = _comparable(path, system), "\\" if system == "windows" else "/"
    lengths = [0]
    for wide in rule.paths:
        named = _comparable(wide, system).rstrip(slash)
        if shown == named or shown.startswith(named + slash):
            lengths.append(len(named))
    return max(lengths)


_CRYPTEX = re.compile(r"^/System/(?:Volumes/Preboot/)?Cryptexes/App/System/Applications/")
"""Where Safari really lies since macOS 13; the Finder shows it in /Applications."""


def _comparable(path: str, system: System) -> str:
    """Equal for two paths that the system takes for one; a Mac's disks may tell case apart, but hardly any does."""
    match system:
        case "linux":
            return path
        case "windows":
            return path.casefold()
        case "macos":
            shown = _CRYPTEX.sub("/Applications/", path.removeprefix("/System/Volumes/Data"), count=1)
            return unicodedata.normalize("NFC", shown).casefold()
