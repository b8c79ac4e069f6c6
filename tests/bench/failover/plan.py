"""What is measured, on which paths, with which traffic and faults?"""

from dataclasses import dataclass, replace
from typing import Literal

Fault = Literal["silent", "in", "out", "slow"]
FIRST = "fra"
"""The node that every design starts from and that breaks."""

SPARE = ("ams", "sin")
FARTHER = (1.0, 1.1, 1.2)
"""The nodes' round trips beside each other: near enough that none is clearly better."""


@dataclass(frozen=True)
class Path:
    """The internet between clients and nodes; times are of the round trip, `loss` per packet and direction."""

    name: str
    text: str
    delay_ms: float
    jitter_ms: float = 0.0
    loss: float = 0.0


@dataclass(frozen=True)
class Cell:
    """Faults of one kind on one path; `rate` is packets/s, 0 means idle and then a request every 10 ms.

    `apart`: the designs take turns in this many groups, because together they would keep this machine busy.
    """

    path: Path
    rate: int
    fault: Fault = "silent"
    faults: int = 12
    apart: int = 1
    designs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        traffic = f"{self.rate}pps" if self.rate else "idle"
        return f"{self.path.name}-{traffic}-{self.fault}"


@dataclass(frozen=True)
class Rest:
    """A time in which nothing is wrong: what probing costs, and who switches nevertheless."""

    path: Path
    rate: int
    seconds: float

    @property
    def name(self) -> str:
        traffic = f"{self.rate}pps" if self.rate else "idle"
        return f"{self.path.name}-{traffic}-steady"


PATHS = {
    path.name: path
    for path in (
        Path("rtt1", "RTT 1 ms", 1),
        Path("rtt20", "RTT 20 ms", 20),
        Path("rtt50", "RTT 50 ms", 50),
        Path("rtt100", "RTT 100 ms", 100),
        Path("jitter", "20–80 ms, 1 % loss", 50, 30, 0.01),
    )
}
LEAVES_SLOW = ("reference", "wgtray")
"""The others do not look at latency."""

FAST = ("bfd", "wgtray")
"""The slow ones take seconds whatever the traffic: they are left out where that would cost too much of the hour."""

ONE_WAY: tuple[Fault, ...] = ("in", "out")
REQUEST_RATE = 100
SLOW_MS = 300.0


def full() -> list[Cell | Rest]:
    """Three quarters of an hour, path by path, because getting used to another one takes time; the least comes last."""
    near, jitter = PATHS["rtt20"], PATHS["jitter"]
    cells: list[Cell | Rest] = [Rest(near, 0, 60), Rest(near, 100, 60), Cell(near, 100), Cell(near, 0)]
    cells += [Cell(near, 100, fault, designs=FAST) for fault in ONE_WAY]
    cells += [Cell(near, 100, "slow", designs=LEAVES_SLOW), Cell(near, 1000, apart=2)]
    cells += [Cell(jitter, 100), Cell(jitter, 0), Rest(jitter, 100, 600), Cell(jitter, 1000, apart=2)]
    for name in ("rtt50", "rtt1", "rtt100"):
        cells += [Cell(PATHS[name], 100), Cell(PATHS[name], 0), Cell(PATHS[name], 1000, designs=FAST)]
    return cells


def quick() -> list[Cell | Rest]:
    """A few minutes, for CI."""
    return [
        Rest(PATHS["rtt20"], 0, 20),
        Cell(PATHS["rtt20"], 100, faults=4),
        Cell(PATHS["rtt20"], 0, faults=4),
        Cell(PATHS["rtt20"], 100, "slow", faults=2, designs=LEAVES_SLOW),
        Cell(PATHS["jitter"], 100, faults=4),
        Rest(PATHS["jitter"], 100, 60),
    ]


def chosen(cells: list[Cell | Rest], paths: list[str], words: list[str], faults: int | None) -> list[Cell | Rest]:
    """Those on these paths whose name ends in one of these words (`100pps-silent`, `idle-silent`, `steady` …)."""
    kept = [cell for cell in cells if not paths or cell.path.name in paths]
    kept = [cell for cell in kept if not words or any(cell.name.endswith(word) for word in words)]
    return [replace(cell, faults=faults) if faults and isinstance(cell, Cell) else cell for cell in kept]
