"""Who may ask what? Judged twice: whether a caller may speak at all, then each request by this one table.

Root may everything. Another accepted caller may what the row says: always, or where the profile's ``[policy] user_may``
lists the permission; without a profile there is no company to say no. Where it says no, an administrator of the
machine can be asked (polkit): the row says for what. A request without a row does not import.

Nobody leaves the company's policy by the back door: to swap or remove the profile ends what it promises as surely as to
disconnect, so it needs the same permission, and of the profile that is there, not of the one that is brought. A newer
profile that the company signed is its own word, whoever carries it here.
"""

from typing import Final, Literal

import msgspec

from wgtray.core.problems import NotAllowed
from wgtray.core.profile import Permission, Profile
from wgtray.ipc import messages
from wgtray.platforms.api import Administrative, Caller

GROUP = "wgtray"
"""Members of this group may use the socket (CONTRACT section 4)."""

ROOT: Final = "root"
"""In place of a permission: no company's policy gives this to a user, and it counts without a profile too."""


class Row(msgspec.Struct, frozen=True):
    """What a request takes of one who is not root."""

    permission: Permission | Literal["root"] | None = None
    """What ``user_may`` has to contain; None: nothing."""
    ask: Administrative | None = None
    """What an administrator of this machine can allow all the same; None where nothing is ever refused."""


_ALWAYS: Final = Row()

RIGHTS: dict[type[messages.Request], Row] = {
    messages.Status: _ALWAYS,
    messages.Watch: _ALWAYS,
    messages.ShowProfile: _ALWAYS,
    messages.WhichWay: _ALWAYS,
    messages.ProbeNodes: _ALWAYS,
    messages.OpenPortal: _ALWAYS,
    messages.Connect: _ALWAYS,
    messages.Disconnect: Row("disconnect", "lower-protection"),
    messages.ChooseNode: Row("node", "change-policy"),
    messages.ChooseMode: Row("mode", "change-policy"),
    messages.Pause: Row("pause", "lower-protection"),
    messages.Resume: _ALWAYS,
    messages.AddApp: Row("apps", "change-policy"),
    messages.RemoveApp: Row("apps", "lower-protection"),
    messages.JoinTunnel: _ALWAYS,
    messages.SetProfile: Row("disconnect", "import-profile"),
    messages.SetSigned: Row("disconnect", "import-profile"),
    messages.UpdateProfile: _ALWAYS,
    messages.ForgetCompany: Row(ROOT, "change-policy"),
    messages.RemoveProfile: Row("disconnect", "remove-profile"),
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


def to_be_asked(request: messages.Request, caller: Caller, profile: Profile | None) -> Administrative | None:
    """What an administrator would have to allow; None where the caller may do it, or nobody can allow it."""
    row = RIGHTS[type(request)]
    return None if _may(row, caller, profile) else row.ask


def check(
    request: messages.Request, caller: Caller, profile: Profile | None, granted: Administrative | None = None
) -> None:
    """Raises NotAllowed when the policy of the present profile keeps this request from users, and nobody granted it."""
    row = RIGHTS[type(request)]
    if _may(row, caller, profile) or (granted is not None and granted == row.ask):
        return
    if profile is None or row.permission == ROOT:
        raise NotAllowed("root-only")
    raise NotAllowed("not-allowed", action=action(request), company=profile.name)


def action(request: messages.Request) -> str:
    """What was asked for, not the permission: a key of ``words.ACTIONS``."""
    return str(request.__struct_config__.tag)


def _may(row: Row, caller: Caller, profile: Profile | None) -> bool:
    if caller.uid == 0 or row.permission is None:
        return True
    return row.permission != ROOT and (profile is None or row.permission in profile.policy.user_may)
