"""What can happen? The facts that reach the machine, one struct a kind.

Requests are imperatives and live in ``ipc/messages.py``; these are in the past tense, because they have happened.
"""

from collections.abc import Mapping

import msgspec

from wgtray.core.apps import Declined, OwnRule, Programs
from wgtray.core.failover import Reason
from wgtray.core.fields import Address, Endpoint, Key, Name, Prefix
from wgtray.core.problems import Problem
from wgtray.core.profile import Mode, Profile
from wgtray.core.secret import Secret
from wgtray.core.signature import Signature


class Target(msgspec.Struct, frozen=True):
    """What the user wants; it survives restarts of helper and machine."""

    connected: bool = False
    chosen_mode: Mode | None = None
    """None until somebody chose one: ``Facts.mode`` says which counts. (Earlier versions kept a ``mode`` unasked.)"""
    node: Name | None = None
    apps: tuple[OwnRule, ...] = ()
    """Rules that users made."""
    declined: tuple[Declined, ...] = ()
    """Rules of the company that users took off."""


class ProfileSet(msgspec.Struct, frozen=True):
    """Another profile, or none; ``private_key`` is known when it rests with the helper or came along."""

    profile: Profile | None
    public_key: Key | None
    private_key: Secret | None
    signature: Signature | None = None
    """With which it came; None: unsigned."""


class Revised(msgspec.Struct, frozen=True):
    """The company's part of the profile is a newer one; the personal part and the key are as they were."""

    profile: Profile
    signature: Signature


class UpdateSeen(msgspec.Struct, frozen=True):
    """What came of the last look for a newer profile: trouble, or none."""

    problem: Problem | None


class Adopted(msgspec.Struct, frozen=True):
    """An interface of an earlier helper was found at start, and this node carried its traffic."""

    node: Name


class KeyGiven(msgspec.Struct, frozen=True):
    """The private key was handed over, or found in the live interface."""

    private_key: Secret


class KeyForgotten(msgspec.Struct, frozen=True):
    """The private key that was handed over is no longer here: it rests with its user."""


class Wanted(msgspec.Struct, frozen=True):
    """The user's wish changed."""

    target: Target


class Paused(msgspec.Struct, frozen=True):
    """The user leaves the tunnel until then, on the machine's clock; None: not any longer."""

    until: float | None


class Resolved(msgspec.Struct, frozen=True):
    """All addresses of nodes that are written as names, and the nodes whose name has none at the moment."""

    resolved: Mapping[Name, tuple[Endpoint, ...]]
    unresolved: frozenset[Name]


class Recalled(msgspec.Struct, frozen=True):
    """Addresses of such nodes that an earlier run of the helper knew, the one that it used first."""

    resolved: Mapping[Name, tuple[Endpoint, ...]]


class Probed(msgspec.Struct, frozen=True):
    """A probe ended, ``inner`` ones through the tunnel; an answer may come without a time (a handshake)."""

    node: Name
    inner: bool
    answered: bool
    rtt_ms: float | None
    endpoint: Endpoint | None = None
    """Which of the node's addresses was asked from outside; None is the one in use."""


class Lost(msgspec.Struct, frozen=True):
    """The detector found that an active node does not answer any more; ``detect_ms`` after it last did."""

    node: Name
    reason: Reason
    detect_ms: float


class Checked(msgspec.Struct, frozen=True):
    """The check was asked through a node, and was answered or waited for so long in vain."""

    via: Name
    answered: bool
    waited_s: float = 0.0


class Sized(msgspec.Struct, frozen=True):
    """A packet as large as the interface allows was sent to a node, and was answered or waited for in vain."""

    via: Name
    answered: bool
    waited_s: float = 0.0


class Learned(msgspec.Struct, frozen=True):
    """Addresses of the profile's names became known, or have not been used for long enough to be forgotten."""

    gained: frozenset[Address] = frozenset()
    lost: frozenset[Address] = frozenset()


class NamesTroubled(msgspec.Struct, frozen=True):
    """Why names are not resolved as they should be; None when they are."""

    problem: Problem | None


class Traffic(msgspec.Struct, frozen=True):
    """Traffic other than probes began to flow through the tunnel, or has ceased for a while."""

    flows: bool


class Online(msgspec.Struct, frozen=True):
    """Whether this computer has any way to the internet; ``resumed`` after it slept, when nothing known is fresh."""

    online: bool
    resumed: bool = False


class UplinkChanged(msgspec.Struct, frozen=True):
    """The way out of this computer is another one: what was measured over the one before says nothing of it."""

    families: frozenset[int]
    """In which there is one (4, 6)."""


class ProgramsSeen(msgspec.Struct, frozen=True):
    """How programs under a rule are."""

    programs: Programs


class RunAsked(msgspec.Struct, frozen=True):
    """Somebody wants to start a program under a rule that names none."""


class OfficeSought(msgspec.Struct, frozen=True):
    """Where the server of ``office_probe`` would be, so that we may ask it past what is closed."""

    places: frozenset[Endpoint]


class OfficeSeen(msgspec.Struct, frozen=True):
    """Whether it answers without the tunnel."""

    inside: bool


class PortalSeen(msgspec.Struct, frozen=True):
    """A captive portal answered in the place of nodes, and sends browsers to this page."""

    url: str


class PortalOpened(msgspec.Struct, frozen=True):
    """The user wants to log in there: until then, on the machine's clock, web pages and names pass in the clear."""

    until: float


class OnLink(msgspec.Struct, frozen=True):
    """Which subnets lie on the links of this computer, ours aside."""

    subnets: frozenset[Prefix]


class ApplyFailed(msgspec.Struct, frozen=True):
    """The machine could not be brought to what is desired."""

    problem: Problem


class Applied(msgspec.Struct, frozen=True):
    """The machine is, read back, what is desired."""


class Damaged(msgspec.Struct, frozen=True):
    """A file of our own state could not be read."""

    problem: Problem


class Tick(msgspec.Struct, frozen=True):
    """Time passed."""


Event = (
    ProfileSet
    | Revised
    | UpdateSeen
    | Adopted
    | KeyGiven
    | KeyForgotten
    | Wanted
    | Paused
    | Resolved
    | Recalled
    | Probed
    | Lost
    | Checked
    | Sized
    | Learned
    | NamesTroubled
    | Traffic
    | Online
    | UplinkChanged
    | ProgramsSeen
    | RunAsked
    | OfficeSought
    | OfficeSeen
    | PortalSeen
    | PortalOpened
    | OnLink
    | ApplyFailed
    | Applied
    | Damaged
    | Tick
)
