"""Who may ask what? Judged twice: whether a caller may speak at all, then each request by this one table.

Root may everything. Another accepted caller may what the row says: always, or where the profile's ``[policy] user_may``
lists the permission; without a profile there is no company to say no. A request without a row does not import.

Nobody leaves the company's policy by the back door: to swap or remove the profile ends what it promises as surely as to
disconnect, so it needs the same permission, and of the profile that is there, not of the one that is brought. A newer
profile that the company signed is its own word, whoever carries it here.
"""

from typing import Final, Literal

import msgspec

from wgtray.core.problems import NotAllowed
from wgtray.core.profile import Permission, Profile
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

GROUP = "wgtray"
"""Members of this group may use the socket (CONTRACT section 4)."""

ROOT: Final = "root"
"""In place of a permission: no company's policy gives this to a user, and it counts without a profile too."""

RIGHTS: dict[type[messages.Request], Permission | Literal["root"] | None] = {
    messages.Status: None,
    messages.Watch: None,
    messages.ShowProfile: None,
    messages.WhichWay: None,
    messages.OpenPortal: None,
    messages.Connect: None,
    messages.Disconnect: "disconnect",
    messages.ChooseNode: "node",
    messages.ChooseMode: "mode",
    messages.Pause: "pause",
    messages.Resume: None,
    messages.AddApp: "apps",
    messages.RemoveApp: "apps",
    messages.JoinTunnel: None,
    messages.SetProfile: "disconnect",
    messages.SetSigned: "disconnect",
    messages.UpdateProfile: None,
    messages.ForgetCompany: ROOT,
    messages.RemoveProfile: "disconnect",
}
"""What ``user_may`` has to contain; None: nothing."""

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
    """Raises NotAllowed when the policy of the present profile keeps this request from users."""
    needed = RIGHTS[type(request)]
    if caller.uid == 0 or needed is None:
        return
    if needed == ROOT:
        raise NotAllowed("root-only")
    if profile is None:
        return
    if needed not in profile.policy.user_may:
        action = str(request.__struct_config__.tag)  # what was asked for, not the permission: ``words.ACTIONS`` says it
        raise NotAllowed("not-allowed", action=action, company=profile.name)
