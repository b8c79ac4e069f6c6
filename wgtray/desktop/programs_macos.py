"""Which applications has this Mac? Those in the folders where the Finder shows them, by their own property lists."""

import plistlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers.expat import ExpatError

import msgspec

SAFARI = Path("/System/Cryptexes/App/System/Applications")
"""Where it lies since macOS 13, although the Finder shows it among the others."""

_DEPTH = 2
"""Some lie in a folder of their maker's."""

_BUNDLE = re.compile(r"(.+?\.app)/Contents/")


class Bundle(msgspec.Struct, frozen=True):
    """One application; ``icon`` is the path of its picture, or empty."""

    name: str
    path: str
    icon: str = ""


def folders() -> list[Path]:
    """Where applications lie, the user's own first."""
    system = ("/Applications", "/System/Applications", "/Applications/Utilities", "/System/Applications/Utilities")
    return [Path.home() / "Applications", *map(Path, system), SAFARI]


def installed(places: Iterable[Path] | None = None) -> list[Bundle]:
    """Each application once; those without a window of their own are left out."""
    found: dict[str, Bundle] = {}
    for place in folders() if places is None else places:
        for path in _bundles(place, _DEPTH):
            bundle = read(path)
            if bundle is not None:
                found.setdefault(bundle.path, bundle)
    return list(found.values())


def read(path: Path) -> Bundle | None:
    """One application; None where it is none that a person starts."""
    try:
        told = plistlib.loads((path / "Contents" / "Info.plist").read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException, ExpatError):
        return None
    if not isinstance(told, dict) or told.get("LSBackgroundOnly") or told.get("LSUIElement"):
        return None
    name = told.get("CFBundleDisplayName") or told.get("CFBundleName")
    return Bundle(str(name or path.stem), str(path), _icon(path, str(told.get("CFBundleIconFile") or "")))


def bundle_of(program: str) -> str:
    """The application that a running program belongs to, else the program itself: that is what a rule names."""
    found = _BUNDLE.match(program)
    return found[1] if found is not None else program


def _bundles(place: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(place.iterdir())
    except OSError:
        return
    for path in entries:
        if path.suffix == ".app":
            yield path
        elif depth > 1 and path.is_dir() and not path.is_symlink():
            yield from _bundles(path, depth - 1)


def _icon(path: Path, named: str) -> str:
    picture = path / "Contents" / "Resources" / (named if named.endswith(".icns") else f"{named}.icns")
    return str(picture) if named and "/" not in named and picture.is_file() else ""
