"""What does a design cost, and how often does it err, while nothing is wrong?"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.failover import figures
from tests.bench.failover.designs import Design
from tests.bench.failover.plan import Rest
from tests.bench.failover.sender import HEADER, PAYLOAD
from tests.bench.failover.traffic import Traffic


@dataclass(frozen=True)
class Cost:
    """One design over `seconds` without a fault."""

    design: str
    seconds: float
    false_switches: int
    probe_bytes_per_s: float
    """Both directions, inside the tunnel: the interface's counters minus the traffic."""
    cpu: float
    """Share of one processor, without WireGuard's own."""
    loss: float | None
    reasons: tuple[str, ...] = ()
    """Of the false switches, where the design says it."""


def rest(cell: Rest, designs: Sequence[Design], traffic: dict[str, Traffic], say: Callable[[str], None]) -> list[Cost]:
    """Let time pass. The designs are settled, the traffic flows already."""
    known = {design.name: len(design.switches()) for design in designs}
    pids = {design.name: design.pid() for design in designs}
    links = {design.name: design.interface() for design in designs}
    began = time.monotonic()
    bytes_before = {name: _interface_bytes(pids[name], links[name]) for name in pids}
    cpu_before = {name: cpu_s(pid) for name, pid in pids.items()}
    while (left := began + cell.seconds - time.monotonic()) > 0:
        time.sleep(min(left, 60.0))
        say(f"{time.monotonic() - began:.0f} of {cell.seconds:.0f} s")
    ended = time.monotonic()
    costs = []
    for design in designs:
        name = design.name
        spent = cpu_s(design.pid()) - cpu_before[name]
        passed = _interface_bytes(pids[name], links[name]) - bytes_before[name]
        packets = [one for one in traffic[name].packets(began) if one.sent < ended] if name in traffic else []
        lost = figures.unanswered(packets)
        own = (2 * len(packets) - lost) * (PAYLOAD + HEADER)
        switches = design.switches()[known[name] :]
        costs.append(
            Cost(
                name,
                ended - began,
                len(switches),
                max(0.0, passed - own) / (ended - began),
                spent / (ended - began),
                lost / len(packets) if packets else None,
                tuple(one.reason for one in switches if one.reason),
            )
        )
    return costs


def cpu_s(pid: int) -> float:
    """Processor time of a process, of its living children and of those it has buried."""
    mine = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:4]) for one in [mine, *mine.children(recursive=True)])


def _interface_bytes(pid: int, name: str) -> int:
    """Received plus sent, as the process's namespace counts."""
    for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines():
        link, _, numbers = line.partition(":")
        if link.strip() == name:
            words = numbers.split()
            return int(words[0]) + int(words[8])
    raise RuntimeError(f"there is no interface {name}")
