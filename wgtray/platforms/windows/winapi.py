"""What do we ask of Windows? The one seam: plain values in, plain values out; everything behind it is thin.

``native.py`` is the real thing; tests put a machine in memory here. Failures are ``OSError``.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, Protocol

import msgspec

from wgtray.core.fields import Address, Interface, Prefix
from wgtray.platforms.command import TIMEOUT_S

Layer = Literal["connect4", "connect6", "accept4", "accept6", "forward4", "forward6"]
"""Where the Windows Filtering Platform asks: a program wants to send or connect, somebody wants to reach one, a packet
is passed on."""

Sublayer = Literal["wall", "routes", "programs", "boot"]
"""Of each, the filter of most weight that fits decides; a packet has to pass all of them, and those of others."""

Lasting = Literal["running", "restart", "boot"]
"""Until when there is a filter: the restart of the computer; its removal; or its removal, and of effect only at a start
until the filtering engine runs, which is a service. Whether there is one of the last kind Windows does not tell."""

Field = Literal[
    "remote", "local", "protocol", "remote-port", "local-port", "program", "user", "interface", "loopback",
    "from", "to", "out-interface",
]  # fmt: skip
"""``remote`` and ``local`` take a prefix; ``program`` a path; ``user`` a security descriptor in words; interfaces a
LUID; the last three are of packets that are passed on."""

NAMESPACE: Final = uuid.UUID("5b8b0c1e-6d5f-4c55-9f0e-2a6f3a1d7c10")


Family = Literal[4, 6]
"""Of IP."""


class Policy(msgspec.Struct, frozen=True, order=True):
    """What that program sends for whom a security descriptor names (everybody if empty) leaves by that interface."""

    program: str
    user: str
    luid: int
    family: Family


class Condition(msgspec.Struct, frozen=True, order=True):
    """One thing to be so; of several about one field, any."""

    field: Field
    value: str | int


class Filter(msgspec.Struct, frozen=True):
    """What is permitted or blocked."""

    name: str
    sublayer: Sublayer
    layer: Layer
    blocks: bool
    weight: int
    conditions: tuple[Condition, ...] = ()
    lasting: Lasting = "running"

    @property
    def key(self) -> uuid.UUID:
        """The same for the same filter, so that Windows tells which are there by their keys alone."""
        return uuid.uuid5(NAMESPACE, msgspec.json.encode(self).decode())


class SeenWall(msgspec.Struct, frozen=True):
    """What carries our providers' marks: the text that we left with it, and the names of the filters by key.

    Those of effect only at a start are not among them.
    """

    text: bytes
    filters: Mapping[uuid.UUID, str]


class Link(msgspec.Struct, frozen=True):
    """A network interface."""

    luid: int
    index: int
    alias: str
    up: bool
    guid: str = ""
    rx_bytes: int = 0
    tx_bytes: int = 0
    rx_packets: int = 0
    tx_packets: int = 0


class OnLink(msgspec.Struct, frozen=True, order=True):
    """An address of an interface, with the length of its subnet."""

    luid: int
    address: Interface


class RouteRow(msgspec.Struct, frozen=True, order=True):
    """A route of the active store; ``ours`` where it was made as a program makes routes, not by Windows itself."""

    luid: int
    prefix: Prefix
    gateway: Address | None = None
    metric: int = 0
    ours: bool = True


class Service(msgspec.Struct, frozen=True):
    """A service of the service manager."""

    running: bool
    starts_at_boot: bool


Registry = Mapping[str, str | int | tuple[str, ...]]
"""Values of one key below HKEY_LOCAL_MACHINE."""


class Windows(Protocol):
    """One Windows computer."""

    def link(self, alias: str) -> Link | None:
        """The interface of that name, with its counters; cheap."""

    def links(self) -> Sequence[Link]:
        """All interfaces."""

    def addresses(self) -> Sequence[OnLink]:
        """All addresses of all interfaces."""

    def mtu(self, luid: int) -> int | None:
        """The MTU of an interface for IP packets."""

    def routes(self) -> Sequence[RouteRow]:
        """All routes of the active store."""

    def add_route(self, row: RouteRow) -> None:
        """Into the active store alone; one that is there already is fine."""

    def delete_route(self, row: RouteRow) -> None:
        """One that is not there is fine."""

    def name_servers(self) -> Sequence[tuple[int, Address]]:
        """Whom each interface (by LUID) would have asked for names."""

    def wall(self) -> SeenWall | None:
        """Our providers' objects; None without any."""

    def put_wall(self, text: bytes | None, gained: Collection[Filter], lost: Collection[uuid.UUID]) -> None:
        """Change our filters in one transaction, and keep ``text`` with them (None: as it is).

        One that is gained may be there, and one that is lost may not.
        """

    def drop_wall(self) -> None:
        """Remove every object of our providers in one transaction."""

    def put_policies(self, policies: Collection[Policy]) -> None:
        """Make our connection policies these; they end with this process. Raises OSError where Windows has none."""

    def read_key(self, path: str) -> Registry | None:
        """A key of the registry; None without one."""

    def subkeys(self, path: str) -> Sequence[str]:
        """Names of the keys below; none where there is no such key."""

    def write_key(self, path: str, values: Registry) -> None:
        """Make it hold these values."""

    def delete_key(self, path: str) -> None:
        """One that is not there is fine; it has no keys below."""

    def flush_names(self) -> None:
        """Let the system's resolver forget what it has in memory, and read its rules anew."""

    def service(self, name: str) -> Service | None:
        """A service; None without one."""

    def start_on_demand(self, name: str) -> None:
        """Not at boot any more."""

    async def run(self, program: str, arguments: Sequence[str], timeout_s: float = TIMEOUT_S) -> str:
        """What a program (absolute path) prints. Raises CommandFailed."""

    def signer(self, path: str) -> str | None:
        """Who signed a file, where Windows trusts the signature."""

    def sealed(self, plain: bytes, name: str) -> bytes:
        """Encrypted for this account by DPAPI, under that description."""

    def write_private(self, path: str, content: bytes) -> None:
        """A file in our own folder, whose rights it inherits."""

    def remove(self, path: str) -> None:
        """One that is not there is fine."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""

    def listed(self, folder: str) -> Sequence[str]:
        """Names of the files in a folder; none where there is no such folder."""

    def copy(self, source: str, target: str) -> None:
        """Into our own folder, whose rights it inherits."""

    def users(self) -> Sequence[str]:
        """SIDs of the users that this computer has had."""

    def remotes(self) -> Collection[Address]:
        """With whom programs have a connection."""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have it called, from any thread, when interfaces, addresses or routes change, until what is returned is."""
