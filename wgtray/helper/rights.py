"""Who may ask what? Judged twice: whether a caller may speak at all, then each request by this one table.

Root may everything. Another accepted caller may what the row says: always, or where the profile's ``[policy] user_may``
lists the permission. A request without a row does not import.
"""

import msgspec

from wgtray.core.problems import NotAllowed
from wgtray.core.profile import Permission, Profile
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

GROUP = "wgtray"
"""Members of this group may use the socket (CONTRACT section 4)."""

RIGHTS: dict[type[messages.Request], Permission | None] = {
    messages.Status: None,
    messages.Watch: None,
    messages.ShowProfile: None,
    messages.Connect: None,
    messages.Disconnect: "disconnect",
    messages.ChooseNode: "node",
    messages.ChooseMode: "mode",
    messages.SetProfile: None,
    messages.RemoveProfile: None,
}

assert set(RIGHTS) == set(messages.AnyRequest.__args__)  # noqa: S101 - a missing row must not reach a user


class Admission(msgspec.Struct, frozen=True):
    """Which callers may speak, besides root."""

    uids: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset({GROUP})

    def admits(self, caller: Caller | None) -> bool:
        """Whether this caller's bytes are read at all; an unreadable identity is refused."""
        if caller is None:
            return False
        return caller.uid == 0 or caller.uid in self.uids or bool(caller.groups & self.groups)


def check(request: messages.Request, caller: Caller, profile: Profile | None) -> None:
    """Raises NotAllowed when the profile's policy keeps this request from users."""
    needed = RIGHTS[type(request)]
    if caller.uid == 0 or needed is None or profile is None:
        return
    if needed not in profile.policy.user_may:
        raise NotAllowed("not-allowed", action=needed, company=profile.name)
