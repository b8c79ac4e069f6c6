"""What do the pages of the window draw from? Everything the tray knows, in one value; no Qt."""

import msgspec

from wgtray.core.profile import Profile
from wgtray.desktop.preferences import Preferences
from wgtray.gui.events import Event
from wgtray.gui.history import History
from wgtray.gui.view import Lost, TrayView
from wgtray.ipc.messages import Snapshot, WayView


class Scene(msgspec.Struct, frozen=True, eq=False):
    """One moment. ``history`` and ``events`` go on growing; pages only read them."""

    view: TrayView
    snapshot: Snapshot | None
    """With steady latencies; None while no helper answers."""
    lost: Lost | None
    profile: Profile | None
    """Without keys; None until the helper has told it."""
    history: History
    events: list[Event]
    preferences: Preferences
    now: float
    """Unix time in seconds."""
    ways: tuple[WayView, ...] = ()
    """The answer to the last question which way a host goes."""
