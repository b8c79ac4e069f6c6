"""What may cross the privilege boundary? Everything on this page, and nothing else.

A client sends a ``Call``, the helper answers it with one ``Answer`` of the same ``id``; after ``Watch`` the helper also
sends a ``Snapshot`` on every change, at most ten a second. No message carries a command or a path, and a configuration
text only where a company signed it. Readers of snapshots accept fields and enumeration values they do not know
(CONTRACT section 2).
"""

from typing import Annotated, Literal

import msgspec

from wgtray.core.fields import Interface
from wgtray.core.host import Capabilities as Capabilities
from wgtray.core.problems import Severity
from wgtray.core.profile import AppRoute, Mode, Profile
from wgtray.core.secret import Secret

PROTOCOL = 1
FRAME_LIMIT = 1 << 20
"""Bytes of one frame including its newline (CONTRACT section 4)."""


ADDRESSES_LIMIT = 64
"""Of one host; the largest answers that resolvers are known to give have a few dozen."""

PAUSE_LIMIT_MINUTES = 1440
"""A day: who wants longer disconnects."""


class Request(msgspec.Struct, frozen=True, tag_field="request", forbid_unknown_fields=True):
    """Base of all requests."""


class Status(Request, frozen=True, tag="status"):
    """Answer with the snapshot."""


class Watch(Request, frozen=True, tag="watch"):
    """Answer with the snapshot, then send one whenever it changes."""


class Connect(Request, frozen=True, tag="connect"):
    """Want to be connected; hands over the private key when it rests in the user's keyring."""

    private_key: Secret | None = None


class Disconnect(Request, frozen=True, tag="disconnect"):
    """Want to be disconnected."""


class ChooseNode(Request, frozen=True, tag="choose-node"):
    """Pin a node by name, or ``None`` for automatic choice."""

    node: str | None


class ChooseMode(Request, frozen=True, tag="choose-mode"):
    """Company traffic only, or everything."""

    mode: Mode


class Pause(Request, frozen=True, tag="pause"):
    """Leave the tunnel for so many minutes (1 to ``PAUSE_LIMIT_MINUTES``), and connect again by itself."""

    minutes: int


class Resume(Request, frozen=True, tag="resume"):
    """End the pause."""


class SetProfile(Request, frozen=True, tag="set-profile"):
    """Replace the profile; with ``keep_key`` its private key rests in the helper's root-only store."""

    profile: Profile
    keep_key: bool


class SetSigned(Request, frozen=True, tag="set-signed"):
    """Replace the profile by one that the company signed: its text, which the helper reads once it is verified."""

    text: str
    private_key: Secret
    keep_key: bool
    addresses: tuple[Interface, ...] = ()
    """Of this computer, instead of the text's."""


class UpdateProfile(Request, frozen=True, tag="update-profile"):
    """Take a newer text that the company signed for everybody; addresses and keys stay as they are."""

    text: str


class ForgetCompany(Request, frozen=True, tag="forget-company"):
    """Forget whose profiles are taken, so that another company's first one may be; root only."""


class RemoveProfile(Request, frozen=True, tag="remove-profile"):
    """Forget the profile, its key and every wish that hangs on it."""


class ShowProfile(Request, frozen=True, tag="show-profile"):
    """Answer with the profile, without its keys."""


class AddApp(Request, frozen=True, tag="add-app"):
    """A rule for processes of the caller; of a rule of the company that the caller took off, put it on again."""

    path: str
    name: str
    route: AppRoute


class RemoveApp(Request, frozen=True, tag="remove-app"):
    """Remove a rule of the caller, or take one of the company off the caller's processes where it is not locked."""

    name: str


class JoinTunnel(Request, frozen=True, tag="join-tunnel"):
    """Let the calling process, and what it starts, speak through the tunnel only; refused until that is ready."""


class OpenPortal(Request, frozen=True, tag="open-portal"):
    """Let the page of the captive portal that was found be opened, for as long as the company allows."""


class WhichWay(Request, frozen=True, tag="which-way"):
    """Answer with the way that packets to these addresses take now; ``name`` is the host that has them."""

    addresses: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=ADDRESSES_LIMIT)]
    name: Annotated[str, msgspec.Meta(max_length=255)] | None = None


class ProbeNodes(Request, frozen=True, tag="probe-nodes"):
    """Ask every node at once how it does, and not when its turn comes; snapshots tell the answers."""


AnyRequest = (
    Status
    | Watch
    | Connect
    | Disconnect
    | ChooseNode
    | ChooseMode
    | Pause
    | Resume
    | SetProfile
    | SetSigned
    | UpdateProfile
    | ForgetCompany
    | RemoveProfile
    | ShowProfile
    | AddApp
    | RemoveApp
    | JoinTunnel
    | OpenPortal
    | WhichWay
    | ProbeNodes
)


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One frame from a client."""

    id: int
    call: AnyRequest


class NodeView(msgspec.Struct, frozen=True):
    """One node in a snapshot."""

    name: str
    location: str
    health: str
    """up, slow, down or unknown."""
    rtt_ms: float | None
    jitter_ms: float | None
    loss: float | None
    """Share of the last probes that got no answer, 0 to 1."""
    handshake_age_s: int | None
    active: bool
    probed_at: float | None
    """Unix time in seconds."""
    endpoint: str


class NetworkView(msgspec.Struct, frozen=True):
    """Which node carries one company network."""

    net: str
    node: str | None


class LearnedView(msgspec.Struct, frozen=True):
    """An address that goes into the tunnel because a name of the profile has it."""

    name: str | None
    """As it was asked for; None when an earlier helper learned it."""
    address: str


class AppView(msgspec.Struct, frozen=True):
    """One app rule and how it is enforced."""

    name: str
    path: str
    route: str
    source: str
    locked: bool
    enforcement: str
    running: int
    reason: str = ""
    """Why it is not ``routed``, or what else there is to know: a key of ``words.APP_REASONS``."""
    uid: int | None = None
    """Whose rule it is, where it is a user's."""


class Traffic(msgspec.Struct, frozen=True):
    """Bytes through the interface since it came up; None without one."""

    rx_bytes: int | None
    tx_bytes: int | None


class Switch(msgspec.Struct, frozen=True, rename={"from_node": "from", "to_node": "to"}):
    """The last change of the active node while connected."""

    at: float
    from_node: str | None
    to_node: str
    reason: str
    detect_ms: float | None
    switch_ms: float | None


class ProblemView(msgspec.Struct, frozen=True):
    """A lasting condition with its sentence in English; other languages are made from code and args."""

    code: str
    severity: Severity | str
    args: dict[str, str | float]
    text: str


class Snapshot(msgspec.Struct, frozen=True):
    """All that the outside may know, whole (CONTRACT section 2)."""

    version: str
    state: str
    """off, connecting, connected, blocked or office."""
    wanted: bool
    protected: bool | None
    interface: str | None
    profile: str | None
    mode: str
    node: str | None
    node_choice: str
    """``auto`` or the name of the pinned node."""
    since: float
    """Unix time in seconds at which ``state`` began."""
    paused_until: float | None
    nodes: tuple[NodeView, ...]
    networks: tuple[NetworkView, ...]
    apps: tuple[AppView, ...]
    traffic: Traffic
    last_switch: Switch | None
    problems: tuple[ProblemView, ...]
    capabilities: Capabilities
    user_may: tuple[str, ...] = ()
    """What ``[policy] user_may`` leaves to the user; the helper enforces it, the tray only shows it."""
    needs_key: bool = False
    """Whether ``connect`` must hand over the private key because the helper does not have it."""
    public_key: str | None = None
    """The public key that belongs to the profile's private key, under which the keyring holds it."""
    learned: tuple[LearnedView, ...] = ()
    """The addresses of the profile's names that were learned last, latest first; ``learned_total`` says of how many."""
    learned_total: int = 0
    portal_minutes: int = 0
    """For how long ``OpenPortal`` would open the page of the captive portal that was found; 0: no need, or no right."""
    portal_until: float | None = None
    """Unix time in seconds until which it may be opened."""
    company_key: str | None = None
    """Fingerprint of the key that signed the profile, to compare with what the company tells; None: unsigned."""
    serial: int | None = None
    """Of the signed profile."""
    signed_until: float | None = None
    """Unix time in seconds at which the signature ends."""
    protocol: int = PROTOCOL


class Done(msgspec.Struct, frozen=True, tag_field="answer", tag="done"):
    """The request was carried out."""


class Refused(msgspec.Struct, frozen=True, tag_field="answer", tag="refused"):
    """It was not: a code with arguments for ``words.refusal``."""

    code: str
    args: dict[str, str | float]
    kind: Literal["failed", "not-allowed"]


class Asking(msgspec.Struct, frozen=True, tag_field="answer", tag="asking"):
    """An administrator of this machine is being asked; the answer to the same call follows, minutes later perhaps."""


class SnapshotNow(msgspec.Struct, frozen=True, tag_field="answer", tag="snapshot"):
    """The answer to ``Status`` and ``Watch``."""

    snapshot: Snapshot


class ProfileNow(msgspec.Struct, frozen=True, tag_field="answer", tag="profile"):
    """The answer to ``ShowProfile``; None without one. The encoder has no way to write a key."""

    profile: Profile | None


class PortView(msgspec.Struct, frozen=True):
    """A port rule that holds for an address, and where packets to its ports go."""

    network: str
    proto: str
    ports: tuple[int, ...]
    way: str


class WayView(msgspec.Struct, frozen=True):
    """Where packets to one address go now, and why."""

    address: str
    way: str
    """tunnel, direct or held."""
    rule: str
    """Of which kind the rule is that decides it (``core/way.py``)."""
    detail: str
    """The network or name of the rule; may be empty."""
    node: str | None
    """Who carries it, in the tunnel."""
    ports: tuple[PortView, ...]


class WaysNow(msgspec.Struct, frozen=True, tag_field="answer", tag="ways"):
    """The answer to ``WhichWay``, in its order."""

    ways: tuple[WayView, ...]


class Answer(msgspec.Struct, frozen=True):
    """One frame to a client that answers the call of this id; ``id`` 0 is a snapshot nobody asked for singly."""

    id: int
    answer: Done | Refused | Asking | SnapshotNow | ProfileNow | WaysNow


NODE_BYTES, NETWORK_BYTES, OTHER_BYTES = 800, 40, 100_000
"""More than a node, a network and all else take in a snapshot besides the profile's own texts."""


def showable(profile: Profile) -> bool:
    """Whether every answer about this profile fits into one frame with room to spare."""
    texts = len(msgspec.json.encode(profile, enc_hook=lambda _: ""))
    longest = max((len(msgspec.json.encode(node.name)) for node in profile.nodes), default=0)
    nodes = (NODE_BYTES + 3 * longest) * len(profile.nodes)  # its problems name a node up to three times
    networks = (NETWORK_BYTES + longest) * len(profile.split.networks)
    return texts + nodes + networks + OTHER_BYTES < FRAME_LIMIT
