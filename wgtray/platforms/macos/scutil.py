"""How is the dynamic store of macOS asked and told? The commands that scutil(8) reads line by line, and its answers."""

import re
from collections.abc import Iterable

from wgtray.core.fields import Address, Domain

SERVICE = "State:/Network/Service/wgtray-{}/DNS"
PATTERN = "State:/Network/Service/wgtray-[0-9]+/DNS"
SETUPS = "Setup:/Network/Service/[^/]+/DNS"
"""What networksetup has told each service, as the system holds it."""
PRIMARY = "State:/Network/Global/IPv4"

BATCH_DOMAINS, BATCH_BYTES = 50, 1400
"""Of one key: scutil takes lines of some 2000 bytes and 100 words, and drops the rest without a word."""

SEARCH_ORDER = 100_000
"""Before every service of the system, the first of which has 200000."""

_SUBKEY = re.compile(r"\s*subKey \[\d+\] = (\S+)")
_FIELD = re.compile(r"\s*(\S+) : ?(.*)")

Value = str | list[str]


def batches(domains: Iterable[Domain]) -> list[list[Domain]]:
    """The domains by key."""
    made: list[list[Domain]] = []
    for domain in sorted(domains):
        full = not made or len(made[-1]) == BATCH_DOMAINS or len(" ".join([*made[-1], domain])) > BATCH_BYTES
        if full:
            made.append([])
        made[-1].append(domain)
    return made


def render_set(server: Address, groups: Iterable[Iterable[Domain]], *, everything: bool, present: Iterable[str]) -> str:
    """Keys that send these names to ``server``, or all; those of ours that are ``present`` otherwise go."""
    lines: list[str] = []
    matches = [" ".join(group) for group in groups] + (['""'] if everything else [])
    keys = [SERVICE.format(number) for number in range(len(matches))]
    for key, match in zip(keys, matches, strict=True):
        lines += ["d.init", f"d.add ServerAddresses * {server}", f"d.add SupplementalMatchDomains * {match}"]
        lines += ["d.add SupplementalMatchDomainsNoSearch # 1"]
        lines += [f"d.add SearchOrder # {SEARCH_ORDER}"] if match == '""' else []
        lines.append(f"set {key}")
    lines += [f"remove {key}" for key in sorted(set(present) - set(keys))]
    return "\n".join([*lines, "quit", ""])


def render_list() -> str:
    return f"list {PATTERN}\nshow {PRIMARY}\nquit\n"


def render_list_of_setups() -> str:
    return f"list {SETUPS}\nquit\n"


def render_show(keys: Iterable[str]) -> str:
    return "\n".join([*(f"show {key}" for key in keys), "quit", ""])


def parse_list(text: str) -> list[str]:
    """The keys of a ``list``."""
    return [found[1] for line in text.splitlines() if (found := _SUBKEY.match(line))]


def parse_shows(text: str) -> list[dict[str, Value]]:
    """What each ``show`` said, in order; empty where there is no such key. Inner dictionaries are left out."""
    found: list[dict[str, Value]] = []
    depth, array = 0, ""
    for line in text.splitlines():
        said = line.strip()
        if said == "No such key":
            found.append({})
        elif said == "<dictionary> {" and depth == 0:
            found.append({})
            depth = 1
        elif said == "}":
            depth, array = depth - 1, ""
        elif field := _FIELD.match(line):
            if field[2] in ("<array> {", "<dictionary> {"):
                depth += 1
                array = field[1] if field[2].startswith("<array") and depth == 2 else ""
                if array:
                    found[-1][array] = []
            elif depth == 1:
                found[-1][field[1]] = field[2]
            elif array:
                held = found[-1][array]
                if isinstance(held, list):
                    held.append(field[2].strip('"'))
    return found
