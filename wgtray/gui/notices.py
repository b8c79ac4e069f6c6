"""Which of the things that happened deserve a notification? One for one cause, none while things flap.

Pure: ``told`` folds events into the memory of what was said, and says what to show now.
"""

from collections.abc import Collection, Sequence
from typing import Final, Literal, get_args

import msgspec

from wgtray.gui.events import Event
from wgtray.language import say
from wgtray.words import events as words

NoticeKind = Literal["moved", "blocked", "back", "app", "portal"]
KINDS: Final[tuple[NoticeKind, ...]] = get_args(NoticeKind)

QUIET_MOVES: Final = frozenset({"user", "failback", "balance"})
"""Reasons for a switch that nobody has to hear of: asked for, or nothing was wrong."""
SETTLE_S: Final = 2.0
"""A block that is over sooner is told by the activity page only."""
FLAP_S: Final = 600.0
FLAP_LIMIT: Final = 3
"""So many of a kind in that time are told, the last of them with the word that it goes on; then it is quiet."""


class Notice(msgspec.Struct, frozen=True):
    """A head, a sentence, and which switch turns such ones off."""

    kind: NoticeKind
    title: str
    text: str


class Memory(msgspec.Struct, frozen=True):
    """What was told when, and what is told unless it is over before."""

    shown: tuple[tuple[NoticeKind, float], ...] = ()
    waiting: tuple[Notice, float] | None = None
    """A block, and from when on it is told."""
    held: bool = False
    """Whether a block was told whose end was not."""


def told(memory: Memory, events: Sequence[Event], on: Collection[str], now: float) -> tuple[Memory, Notice | None]:
    """What to show now, if anything; call it again at ``memory.waiting[1]``."""
    shown = tuple(each for each in memory.shown if each[1] > now - FLAP_S)
    memory = msgspec.structs.replace(memory, shown=shown)
    codes = {event.code: event for event in events}
    if "back" in codes or "disconnected" in codes or "paused" in codes:
        was_told, memory = memory.held, msgspec.structs.replace(memory, waiting=None, held=False)
        if "back" in codes and was_told:
            return _shown(memory, _notice("back", codes["back"]), on, now)
        if "back" in codes:
            return memory, None
    if "blocked" in codes:
        return msgspec.structs.replace(memory, waiting=(_notice("blocked", codes["blocked"]), now + SETTLE_S)), None
    if memory.waiting is not None and now >= memory.waiting[1]:
        notice = memory.waiting[0]
        return _shown(msgspec.structs.replace(memory, waiting=None, held=True), notice, on, now)
    for event in events:
        if (kind := _kind(event)) is not None:
            return _shown(memory, _notice(kind, event), on, now)
    return memory, None


def _kind(event: Event) -> NoticeKind | None:
    match event.code:
        case "app-cut":
            return "app"
        case "problem" if event.args.get("code") == "captive-portal":
            return "portal"
        case "moved" if event.args.get("reason") not in QUIET_MOVES:
            return "moved"
    return None


def _notice(kind: NoticeKind, event: Event) -> Notice:
    if kind == "moved":
        return Notice(kind, words.moved_title(event.args), words.why_moved(event.args))
    return Notice(kind, say(words.TITLES[kind]), words.sentence(event.code, event.args))


def _shown(memory: Memory, notice: Notice, on: Collection[str], now: float) -> tuple[Memory, Notice | None]:
    if notice.kind not in on:
        return memory, None
    same = [each for each in memory.shown if each[0] == notice.kind]
    others = (each for each in memory.shown if each[0] != notice.kind)
    times = len(same) + 1
    kept = [*same, (notice.kind, now)][-FLAP_LIMIT:]  # of each kind: one that flaps must not make others forgotten
    memory = msgspec.structs.replace(memory, shown=(*others, *kept))
    if times > FLAP_LIMIT:
        return memory, None
    if times == FLAP_LIMIT:
        notice = msgspec.structs.replace(notice, text=f"{notice.text} {say(words.AGAIN_AND_AGAIN)}")
    return memory, notice
