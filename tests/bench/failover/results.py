"""What did a run find, as plain values?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench.failover.faults import Hit
from tests.bench.failover.figures import Spread, spread
from tests.bench.failover.plan import Cell, Rest
from tests.bench.failover.steady import Cost


@dataclass(frozen=True)
class Broken:
    """A cell and what its faults did."""

    cell: Cell
    hits: list[Hit] = field(default_factory=list)

    def of(self, design: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.design == design]

    def outage(self, design: str) -> Spread | None:
        """Of those faults that ended in time; `unended` counts the others."""
        return spread(hit.outage_ms for hit in self.of(design) if hit.outage_ms is not None)

    def unended(self, design: str) -> int:
        return sum(hit.outage_ms is None for hit in self.of(design))

    def part(self, design: str, name: str) -> Spread | None:
        """Of `left_ms`, `detect_ms`, `switch_ms`, `probes` or `probe_packets`."""
        values = [getattr(hit, name) for hit in self.of(design)]
        return spread(value for value in values if value is not None)


@dataclass(frozen=True)
class Rested:
    """A time without faults and what it cost."""

    cell: Rest
    costs: list[Cost]


@dataclass
class Results:
    """A whole run; `failed` has a sentence for every cell that could not be measured."""

    machine: dict[str, str | int | float | None] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    rested: list[Rested] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cell(self, path: str, rate: int, fault: str = "silent") -> Broken | None:
        return next(
            (
                one
                for one in self.broken
                if (one.cell.path.name, one.cell.rate, one.cell.fault) == (path, rate, fault) and one.hits
            ),
            None,
        )

    def has(self, design: str) -> bool:
        """Whether anything of it was measured."""
        return any(one.of(design) for one in self.broken) or any(
            cost.design == design for one in self.rested for cost in one.costs
        )

    def costs(self, path: str, *, busy: bool) -> Iterator[tuple[Rest, Cost]]:
        for one in self.rested:
            if one.cell.path.name == path and bool(one.cell.rate) == busy:
                for cost in one.costs:
                    yield one.cell, cost
