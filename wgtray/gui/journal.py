"""Where do events stay? One file a day in the user's state folder, a line of JSON each; a month of them."""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from wgtray.gui.events import Event

DAYS_KEPT: Final = 30
DAY_LIMIT_BYTES: Final = 256 * 1024
"""About two thousand events; a day that has more has one cause, and it is on the page by then."""
SHOWN_LIMIT: Final = 2_000
"""Events that are read back, newest days first."""

_decoder = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()


class Journal:
    """The events of this user. A disk that is full or read-only costs the memory of them, never the program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, events: Iterable[Event]) -> None:
        """Keep them."""
        by_day: dict[str, list[bytes]] = {}
        for event in events:
            by_day.setdefault(_day(event.at), []).append(_encoder.encode(event) + b"\n")
        with contextlib.suppress(OSError):
            for day, lines in by_day.items():
                path = self._folder / f"{day}.jsonl"
                if not path.exists():
                    self._folder.mkdir(parents=True, exist_ok=True)
                    self._forget()
                elif path.stat().st_size > DAY_LIMIT_BYTES:
                    continue
                with path.open("ab") as file:
                    file.writelines(lines)

    def read(self) -> list[Event]:
        """What was kept, oldest first; a line that is no event is passed over."""
        events: list[Event] = []
        for path in reversed(self._days()):
            try:
                lines = path.read_bytes().splitlines()
            except OSError:
                continue
            found = [event for line in lines if (event := _decoded(line)) is not None]
            events = [*found, *events]
            if len(events) >= SHOWN_LIMIT:
                break
        return events[-SHOWN_LIMIT:]

    def _forget(self) -> None:
        for path in self._days()[: -DAYS_KEPT + 1]:
            path.unlink(missing_ok=True)

    def _days(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??.jsonl"))


def _day(unix_s: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(unix_s))


def _decoded(line: bytes) -> Event | None:
    try:
        return _decoder.decode(line)
    except msgspec.MsgspecError:
        return None
