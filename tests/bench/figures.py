"""How are figures taken and shown? Medians of interleaved runs, each beside a baseline of the same run.

No figure fails a test unless it is beyond its limit by a whole order: CI runs this on machines that do other work.
"""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence

WIDE = 10
"""Times a limit: so far noise may carry a figure on a busy machine. The bench prints figures and judges defects."""


def wall_ms(argv: Sequence[str]) -> float:
    """How long a whole program takes."""
    began = time.perf_counter()
    subprocess.run(argv, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000


def interleaved(rounds: int, **measures: Callable[[], float]) -> dict[str, float]:
    """The median of each measure, taken in turns so that a busy moment hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure())
    return {name: statistics.median(values) for name, values in taken.items()}


def show(title: str, figures: dict[str, float], baseline: str, unit: str = "ms") -> None:
    """One table: every figure and its ratio to the baseline."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<34} {value:>9.1f} {unit}   {value / figures[baseline]:>7.2f} × {baseline}")
