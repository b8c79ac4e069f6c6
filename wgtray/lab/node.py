"""What can happen to a node?

Each situation (`silent`, `cut_off` …) is a whole one: it undoes whatever was wrong before. `shape` changes
the internet before the node and leaves the rest. Works from any process: it needs the lab's layout only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from wgtray.lab import netns, relay, topology, wireguard
from wgtray.lab.place import Place
from wgtray.lab.schedule import Blackhole
from wgtray.lab.spec import LabError, Layout, NodeLayout

SLOW_MS = 300.0  # clearly above the 200 ms from which on a profile's defaults call a node slow
LOSSY = 0.2


class ShapeChange(TypedDict, total=False):
    """See `schedule.Shape`; a field that is left out stays as it is."""

    delay_ms: float
    jitter_ms: float
    loss: float
    blackhole: Blackhole
    mtu: int | None


@dataclass(frozen=True)
class Node(Place):
    """A WireGuard node; `public` and `probe` are its IPv4 and IPv6 addresses outside and inside."""

    layout: Layout = field(repr=False)
    at: NodeLayout = field(repr=False)
    name: str
    public: tuple[str, str]
    probe: tuple[str, str]
    endpoint: str
    interface: str

    @classmethod
    def of(cls, layout: Layout, name: str) -> Node:
        at = layout.node(name)
        return cls(at.netns, layout, at, name, at.public, at.probe, at.endpoint, at.interface)

    @property
    def public_key(self) -> str:
        return wireguard.public_key(self.layout, self.at)

    def shape(self, **change: Unpack[ShapeChange]) -> dict[str, object]:
        """Change the internet before this node; returns its shape and what it carried and dropped so far."""
        return self._ask(dict(change))

    def normal(self) -> None:
        """Repair everything. A client's WireGuard may need 15 s to notice a new one here, as in life."""
        self._become()

    def slow(self, delay_ms: float = SLOW_MS) -> None:
        """Well, but far away."""
        self._become(delay_ms=delay_ms)

    def lossy(self, loss: float = LOSSY) -> None:
        """Loses packets in each direction."""
        self._become(loss=loss)

    def silent(self) -> None:
        """Nothing reaches it and nothing comes back, without a word."""
        self._become(blackhole="both")

    def deaf(self) -> None:
        """Nothing reaches it."""
        self._become(blackhole="out")

    def mute(self) -> None:
        """Nothing comes back from it."""
        self._become(blackhole="in")

    def kill_wireguard(self) -> None:
        """The machine lives and answers pings, its WireGuard is dead."""
        self._become(wireguard_runs=False)

    def cut_off(self) -> None:
        """The node and its WireGuard live, the company behind it is gone without a word."""
        self._become(company=False)

    def _become(self, *, wireguard_runs: bool = True, company: bool = True, **change: Unpack[ShapeChange]) -> None:
        """Exactly this is different from normal; what breaks, breaks first."""
        if not wireguard_runs:
            wireguard.kill(self.at)
        self._ask({"normal": True, **change})
        text = topology.company_firewall(reachable=company)
        netns.run(netns.enter(self.netns, ["nft", "-f", "-"]), text=text)
        if wireguard_runs:
            wireguard.start(self.layout, self.at)

    def _ask(self, change: dict[str, object]) -> dict[str, object]:
        try:
            return relay.ask(self.layout.relay_socket, {self.name: change})[self.name]
        except OSError as error:
            raise LabError(f"The lab's relay does not answer ({error}): take the lab down and up again.") from error
        except ValueError as error:
            raise LabError(f"Node {self.name} cannot be shaped like this: {error}.") from error
