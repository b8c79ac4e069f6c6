"""What must an operating system be able to do for us? The one interface that ``helper`` knows.

A backend is a view of one machine, or of one network namespace of it. ``apply`` is idempotent and total: called twice
it does nothing the second time, and an empty value removes. Failures are ``CommandFailed``, which carries a ``Problem``
for the user.
"""

import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from wgtray.core.apps import Computer, Programs
from wgtray.core.fields import Address, Key, Prefix
from wgtray.core.host import Capabilities as Capabilities
from wgtray.core.host import HostState
from wgtray.core.names import Server
from wgtray.core.plan import Step
from wgtray.core.problems import Problem

Way = Literal["tunnel", "direct", "carried", "local"]
"""Through our interface as a probe, which is no traffic; past it; through it as any program's packets; on this computer
alone."""


class Measurement(msgspec.Struct, frozen=True):
    """What WireGuard counts. Handshakes are Unix times in seconds; a peer without one is absent."""

    rx_bytes: int
    tx_bytes: int
    handshakes: Mapping[Key, int]


class Counters(msgspec.Struct, frozen=True):
    """What the operating system counts on our interface since it was made: inner packets, probes among them."""

    rx_packets: int
    tx_packets: int
    rx_bytes: int
    tx_bytes: int


class Uplink(msgspec.Struct, frozen=True):
    """The ways out of the machine that are not ours; another value is another network."""

    families: frozenset[int]
    """In which there is one (4, 6); none: this computer is offline."""
    ways: str = ""
    """By which links and gateways, and with which addresses of its own; to be compared, and for the log."""
    resumes: int = 0
    """How often this computer has slept, where its system says so and its clocks do not."""


class Held(Protocol):
    """A process that is meant, whoever has its number by now."""

    def is_there(self) -> bool:
        """Whether it still runs."""
        ...


class Caller(msgspec.Struct, frozen=True):
    """Who is at the other end of a local socket, as the kernel says."""

    uid: int
    groups: frozenset[str]
    pid: int | None = None
    """The connecting process, where the kernel says it."""
    process: Held | None = None
    """The same, where the kernel holds on to it for us."""

    def has_gone(self) -> bool:
        """Whether the number may be another process's by now; False where nobody can tell."""
        return self.process is not None and not self.process.is_there()


class CommandFailed(Exception):
    """The operating system did not do it; ``problem`` says why, ``status`` how a command that ran has ended."""

    def __init__(self, problem: Problem, status: int | None = None) -> None:
        super().__init__(f"{problem.code} {problem.args}")
        self.problem = problem
        self.status = status


class Unfinished(CommandFailed):
    """Some of ours could not be removed, for these reasons; the rest was."""

    def __init__(self, problems: Sequence[Problem], removed: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(problems)
        self.removed = tuple(removed)


Administrative = Literal["import-profile", "remove-profile", "change-policy", "lower-protection"]
"""What an administrator of this machine can be asked to allow."""

Word = Literal["yes", "no", "nobody", "busy"]
"""Allowed; refused, or the question was closed; there is nobody to ask, or no way to; this user is being asked
already."""


class Authority(Protocol):
    """Who asks an administrator of this machine, on the machine's own way of doing so."""

    async def ask(self, what: Administrative, caller: Caller) -> Word:
        """The administrator's word on one request of this caller; takes as long as somebody needs for a password."""


class SocketTaken(Exception):
    """Another helper answers on this path or pipe."""


class Unsafe(Exception):
    """Others could write where the profile and its key rest."""


class Connection(Protocol):
    """One client that connected."""

    def known(self) -> Caller | None:
        """Who it is as far as the kernel says so at once, perhaps without groups; None where it does not."""

    def caller(self) -> Caller | None:
        """Who it is, groups included; may wait for a name service, so in a thread. None when unreadable."""

    async def read(self, most: int) -> bytes:
        """What has come, or nothing once the client has hung up; raises OSError."""

    async def write(self, data: bytes) -> None:
        """Return once the system has taken all of it; raises OSError."""

    def say(self, data: bytes) -> None:
        """Write what fits, at once; raises OSError."""

    def close(self) -> None:
        """Hang up; what the client has not taken is forgotten."""


class Listener(Protocol):
    """Where clients connect."""

    async def accept(self) -> Connection:
        """The next one; raises OSError."""

    def close(self) -> None:
        """Listen no more."""


class Ground(Protocol):
    """What a helper needs of its system before it has a backend."""

    def is_privileged(self) -> bool:
        """Whether this process may change the network."""

    def make_private(self, directory: Path) -> None:
        """Make it if missing; raises Unsafe where it, or a link that leads to it, is not ours alone, OSError."""

    def on_end(self, stop: Callable[[bool], None]) -> None:
        """Have ``stop`` called in the running loop when this process is asked to end.

        It is told whether another helper is about to take over the network as it is, tunnel, key and all.
        """

    def user(self, text: str) -> int:
        """The number of a user; raises KeyError."""

    def listen(
        self,
        address: str,
        uids: frozenset[int],
        groups: frozenset[str],
        caller: Callable[[socket.socket], Caller | None],
        given: socket.socket | None,
    ) -> Listener:
        """Listen there for these users and groups; raises SocketTaken, OSError.

        Where clients come by socket, ``caller`` says who one is; ``given`` is one that a service manager opened.
        """


class Backend(Protocol):
    """The effects of one operating system."""

    capabilities: Capabilities
    computer: Computer

    @property
    def interface(self) -> str | None:
        """Name of our WireGuard interface as last observed or made; None without one."""

    async def observe(self) -> HostState:
        """Read the machine, not memory; only what carries our own mark. Raises CommandFailed."""

    async def apply(self, step: Step) -> None:
        """Carry out one step of a plan. Raises CommandFailed."""

    async def measure(self) -> Measurement | None:
        """Counters and handshakes of the interface; None without one. Raises CommandFailed."""

    def uplink(self) -> Uplink:
        """The default routes that are not ours, over links that run; cheap enough for every report of a change."""

    def on_link(self) -> frozenset[Prefix]:
        """The subnets on the links of this machine, ours aside, that it reaches without a gateway; cheap, too."""

    async def refresh_sources(self) -> None:
        """Let WireGuard choose anew with which address of this machine it sends, to where its peers are now.

        Raises CommandFailed.
        """

    def counters(self) -> Counters | None:
        """Packets and bytes of the interface, cheap enough to read every 10 ms; None without one."""

    async def traffic(self) -> None:
        """Return when a packet next goes out through the interface, our own steered probes aside; no timer, no polling.

        Raises OSError without an interface, or when it goes away meanwhile.
        """

    def changes(self) -> AsyncIterator[None]:
        """Yields whenever links, addresses, routes, rules, our firewall or the resolver may have changed."""

    def resolvers(self) -> tuple[Server, ...]:
        """The name servers that this machine asks, or would ask, without us; cheap."""

    def in_use(self) -> frozenset[Address]:
        """The addresses to which programs of this machine have a connection open."""

    def programs(self) -> AsyncIterator[Programs]:
        """Yields how programs under a rule are, whenever that is new; nothing while there are no rules."""

    def join(self, pid: int) -> None:
        """Put a process, and with it what it starts, under the rule that names no program. Raises CommandFailed."""

    def steer_socket(self, sock: socket.socket, way: Way) -> None:
        """Send this socket's packets by that way and no other. Raises OSError."""

    async def cleanup(self) -> list[str]:
        """Remove everything of ours without prior knowledge or WireGuard's tools; says what was removed.

        Raises CommandFailed (Unfinished where it knows more), once everything was tried.
        """

    def caller(self, sock: socket.socket) -> Caller | None:
        """Who connected; None when the kernel cannot say."""
