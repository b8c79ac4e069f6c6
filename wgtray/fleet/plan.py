"""What would the next rendering change, and where?"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from wgtray.fleet.model import Fleet

Kind = Literal["new", "changed", "gone"]


class Change(msgspec.Struct, frozen=True):
    """One file that would not be the same; lines counted as in a diff."""

    path: str
    kind: Kind
    added: int
    removed: int


OURS = {
    "balancers",
    "client",
    "common",
    "nameservers",
    "nodes",
    "routers",
    "watching",
    "inventory.json",
    "playbook.yml",
}
"""What a rendering consists of; what else lies there, a vault say, or group_vars, is the administrator's."""


def rendered(place: Path) -> Mapping[str, str]:
    """The files of the last rendering in this directory; none if there was none."""
    return {
        path.relative_to(place).as_posix(): path.read_text(encoding="utf-8")
        for top in sorted(OURS)
        for path in sorted((place / top, *(place / top).rglob("*")))
        if path.is_file() and not path.name.startswith(".")
    }


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, sorted by path."""
    return tuple(
        _change(path, old.get(path), new.get(path)) for path in sorted({*old, *new}) if old.get(path) != new.get(path)
    )


def where(fleet: Fleet, path: str) -> str:
    """On which machines a file of the rendering is used, in words."""
    top, _, rest = path.partition("/")
    name = rest.partition("/")[0]
    match top:
        case "nodes":
            return f"node {name}"
        case "common":
            return "every node"
        case "balancers":
            return next(
                (f"balancer {site.balancer}" for site in fleet.sites if site.name == name), f"balancer of {name}"
            )
        case "routers":
            return f"router {name}"
        case "nameservers":
            return "name servers"
        case "client":
            return "every client"
        case "watching":
            return "Grafana"
    return "the administrator's own machine"


def difference(old: Mapping[str, str], new: Mapping[str, str], path: str) -> Iterator[str]:
    """The file's change as a unified diff."""
    before, after = (text.get(path, "").splitlines() for text in (old, new))
    return difflib.unified_diff(before, after, fromfile=f"rendered/{path}", tofile=f"new/{path}", lineterm="", n=1)


def _change(path: str, old: str | None, new: str | None) -> Change:
    before, after = _counted(old), _counted(new)
    kind: Kind = "new" if old is None else "gone" if new is None else "changed"
    added = sum(max(0, count - before.get(line, 0)) for line, count in after.items())
    removed = sum(max(0, count - after.get(line, 0)) for line, count in before.items())
    return Change(path, kind, added, removed)


def _counted(text: str | None) -> dict[str, int]:
    counted: dict[str, int] = {}
    for line in (text or "").splitlines():
        counted[line] = counted.get(line, 0) + 1
    return counted
