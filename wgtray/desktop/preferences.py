"""What did this user choose for tray and window? One small JSON file; what is missing or broken is a default."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

FILE: Final = "tray.json"
NOTICES: Final = ("moved", "blocked", "back", "app", "portal")

Order = Literal["profile", "latency", "name"]
"""How nodes are sorted: as the company wrote them, nearest first, or by name."""
Surface = Literal["any", "light", "dark", "black", "white"]
"""What an icon stands on: unknown, a light or a dark surface in colour; or one ink for all, black or white."""


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """The user's choices."""

    language: str = ""
    """A key of ``language.LANGUAGES``; empty: as the desktop's."""
    order: Order = "profile"
    icon: Surface = "any"
    """What the tray icon is drawn for."""
    notices: tuple[str, ...] = NOTICES
    """Kinds of notifications that are shown."""
    window: tuple[int, int] | None = None
    """Width and height that the window had."""


_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Preferences)}


def load(folder: Path) -> Preferences:
    """The choices in that folder; each that cannot be read is left at its default."""
    try:
        found = msgspec.json.decode((folder / FILE).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError):
        return Preferences()
    chosen = {}
    for name, value in found.items():
        if name in _FIELDS:
            with contextlib.suppress(msgspec.ValidationError):
                chosen[name] = msgspec.convert(value, _FIELDS[name].type)
    return Preferences(**chosen)


def save(folder: Path, preferences: Preferences) -> None:
    """Keep them, whole or not at all; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(preferences)))
        os.replace(written, folder / FILE)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(written)
        raise
