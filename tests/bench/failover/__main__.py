"""What does the user type? ``python -m tests.bench.failover [--quick] [--save]``, as root.

Ends with 0 where wgtray was measured, whether or not every promise was kept: on a busy machine a promise is missed by
chance, and the report says so. With 1 where something is broken (``goals.defects``: no recovery, or a promise missed by
a wide margin). With 2 for unknown options. With 3 where nothing was measured: no lab, interrupted, wgtray not started.
What keeps a rival from running, or a single cell from being measured, is said in the report and ends nothing.
"""

import argparse
import os
import platform
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.failover import designs, faults, frr, plan, plot, report, steady
from tests.bench.failover.designs import Design
from tests.bench.failover.faults import Phases
from tests.bench.failover.goals import WGTRAY, defects
from tests.bench.failover.plan import FIRST, PATHS, SPARE, Cell, Rest
from tests.bench.failover.results import Broken, Rested, Results
from tests.bench.failover.traffic import Traffic
from wgtray.lab import Lab, LabError, NodeSpec

ROOT = Path(__file__).parents[3]
SAVED = ROOT / "resources" / "bench"
WARM_S = 15.0
"""How long everyone gets to know a path it has not been on."""

DEFECT, NOTHING_MEASURED = 1, 3
INTERRUPTED = "The run was interrupted."

TRIES = 4
"""Of one fault."""

_BEGAN = time.monotonic()


def main() -> int:
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if options.seed is not None:
        random.seed(options.seed)
    cells = plan.quick() if options.quick else plan.full()
    cells = plan.chosen(cells, _words(options.paths), _words(options.cells), options.faults)
    results = Results(machine=_machine())
    try:
        _run(cells, _wanted(_words(options.designs), results), results, options)
    except KeyboardInterrupt:
        results.failed.append(INTERRUPTED)
    except LabError as error:
        print(error, file=sys.stderr)
        return NOTHING_MEASURED
    results.machine["minutes"] = round((time.monotonic() - _BEGAN) / 60, 1)
    results.machine["load at the end"] = _load()
    text = report.markdown(results)
    print(f"\n{text}")
    if options.save:
        _save(results, text)
    found = defects(results)
    print("".join(f"\ndefect: {one}" for one in found))
    if found:
        return DEFECT
    interrupted, names = INTERRUPTED in results.failed, _words(options.designs)
    mine = not names or WGTRAY in names
    return NOTHING_MEASURED if interrupted or (mine and not results.has(WGTRAY)) else 0


def _run(cells: Sequence[Cell | Rest], names: list[str], results: Results, options: argparse.Namespace) -> None:
    deadline = _BEGAN + options.minutes * 60
    nodes = [NodeSpec(name, delay_ms=20.0 * far) for name, far in zip((FIRST, *SPARE), plan.FARTHER, strict=True)]
    with Lab.up(nodes, clients=len(names)) as lab:
        running: list[Design] = []
        try:
            for number, name in enumerate(names):
                if design := _started(lab, name, number, results):
                    running.append(design)
            _measure(lab, cells, running, results, deadline, turns=options.turns)
        finally:
            for design in running:
                _end(design, results)


def _measure(
    lab: Lab, cells: Sequence[Cell | Rest], running: list[Design], results: Results, deadline: float, *, turns: bool
) -> None:
    path = None
    for number, cell in enumerate(cells, 1):
        if time.monotonic() > deadline:
            results.failed.append(f"{cell.name}: there was no time left")
            continue
        _say(f"cell {number} of {len(cells)}: {cell.name}")
        faults.shape(lab, cell.path)
        warm_s = 0.0 if cell.path == path else WARM_S
        path = cell.path
        try:
            if isinstance(cell, Rest):
                _rest(lab, cell, running, results, warm_s)
            else:
                _break(lab, cell, running, results, warm_s, deadline, turns=turns)
        except Exception as error:  # noqa: BLE001 - one cell that fails must not cost the others' hour
            results.failed.append(f"{cell.name}: {type(error).__name__}: {error}")
            _say(results.failed[-1])
            faults.shape(lab, cell.path)


def _rest(lab: Lab, cell: Rest, running: list[Design], results: Results, warm_s: float) -> None:
    faults.settle(running, {}, calm_s=0)
    with _flowing(lab, running, cell.rate) as traffic:
        time.sleep(warm_s)
        faults.settle(running, traffic)
        time.sleep(WARM_S)  # whatever bringing them back has stirred up
        costs = steady.rest(cell, running, traffic, _say)
    results.rested.append(Rested(cell, costs))
    for cost in costs:
        words = f"{cost.false_switches} false switches, {cost.probe_bytes_per_s:.0f} B/s, {cost.cpu:.2%}"
        _say(f"{cost.design}: {words}")


def _break(
    lab: Lab, cell: Cell, running: list[Design], results: Results, warm_s: float, deadline: float, *, turns: bool
) -> None:
    found = Broken(cell)
    results.broken.append(found)
    taking = [one for one in running if not cell.designs or one.name in cell.designs]
    # The slow designs come first in NAMES: sharing a turn they cost the time of one.
    size = 1 if turns else -(-len(taking) // cell.apart)
    parts = [taking[at : at + size] for at in range(0, len(taking), size)]
    times = [faults.phases(cell, part) for part in parts]
    for number in range(cell.faults):
        for part, when in zip(parts, times, strict=True):
            if time.monotonic() > deadline:
                results.failed.append(f"{cell.name}: time was up after {number} of {cell.faults} faults")
                return
            hits = _hit(lab, cell, part, when, results, warm_s)
            warm_s = 0.0
            found.hits.extend(hits)
            _say(f"fault {number + 1} of {cell.faults}: {', '.join(_short(hit) for hit in hits)}")
    _say(f"medians: {report.one_line(found)}")


def _hit(lab: Lab, cell: Cell, part: list[Design], when: Phases, results: Results, warm_s: float) -> list[faults.Hit]:
    """One fault; tried again where somebody left the node before it broke, which is said."""
    for _ in range(TRIES):
        faults.settle(part, {}, calm_s=0)
        with _flowing(lab, part, cell.rate) as traffic:
            time.sleep(warm_s)
            try:
                return faults.hit(lab, cell, part, traffic, when)
            except faults.LeftEarly as early:
                results.notes.append(f"{cell.name}: {early}; this fault was tried again")
                _say(results.notes[-1])
    raise faults.NotSettled(f"{TRIES} times in a row somebody left {FIRST} before it broke")


@contextmanager
def _flowing(lab: Lab, running: Sequence[Design], rate: int) -> Iterator[dict[str, Traffic]]:
    traffic: dict[str, Traffic] = {}
    try:
        if rate:
            for one in running:
                traffic[one.name] = Traffic(lab, one.client, rate)
        yield traffic
    finally:
        for flow in traffic.values():
            flow.stop()


def _wanted(words: list[str], results: Results) -> list[str]:
    """The designs to run, in the order of NAMES; a note for those that cannot."""
    names = [name for name in designs.NAMES if not words or name in words]
    reason = frr.missing()
    if "bfd" in names and reason is not None:
        names.remove("bfd")
        results.notes.append(f"FRR's BFD was left out: {reason}")
        _say(results.notes[-1])
    return names


def _started(lab: Lab, name: str, number: int, results: Results) -> Design | None:
    """One design that does not start must not cost the others' hour."""
    design = designs.make(lab, name, number)
    try:
        design.start()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        results.failed.append(f"{name} did not start: {type(error).__name__}: {error}")
        _say(results.failed[-1])
        return None
    _say(f"{name} runs")
    return design


def _end(design: Design, results: Results) -> None:
    try:
        design.end()
    except Exception as error:  # noqa: BLE001 - the lab's end takes the rest
        results.notes.append(f"{design.name} did not end well: {type(error).__name__}: {error}")


def _save(results: Results, text: str) -> None:
    SAVED.mkdir(parents=True, exist_ok=True)
    (SAVED / "failover.md").write_text(text)
    (SAVED / "failover.json").write_text(report.as_json(results))
    if drawing := plot.svg(results):
        (SAVED / "failover.svg").write_text(drawing)
    print(f"Saved in {SAVED.relative_to(ROOT)}: failover.md, failover.json, failover.svg")


def _machine() -> dict[str, str | int | float | None]:
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    kernel = Path("/sys/module/wireguard").exists()
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit.stdout.strip() or None,
        "processors": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "WireGuard": "wireguard-go for the rivals, kernel for wgtray" if kernel else "wireguard-go",
        "frr": frr.version(),
        "load at the start": _load(),
    }


def _load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _short(hit: faults.Hit) -> str:
    shown = hit.left_ms if hit.outage_ms is None else hit.outage_ms
    return f"{hit.design} {'-' if shown is None else f'{shown:.0f}'}"


def _say(text: str) -> None:
    print(f"{time.monotonic() - _BEGAN:7.1f} s  {text}", flush=True)


def _words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.failover", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4 faults on two paths: a few minutes")
    parser.add_argument("--save", action="store_true", help=f"write {SAVED.relative_to(ROOT)}/failover.{{md,json,svg}}")
    parser.add_argument("--minutes", type=float, default=60, help="begin nothing new after so long (default 60)")
    parser.add_argument("--designs", default="", metavar="A,B", help=f"only these of {', '.join(designs.NAMES)}")
    parser.add_argument("--paths", default="", metavar="A,B", help=f"only these of {', '.join(PATHS)}")
    parser.add_argument("--cells", default="", metavar="A,B", help="only those that end so: 100pps-silent, idle-steady")
    parser.add_argument("--faults", type=int, metavar="N", help="so many in each cell")
    parser.add_argument("--turns", action="store_true", help="one design at a time, instead of one fault for all")
    parser.add_argument("--seed", type=int, help="of the faults' phases")
    return parser


if __name__ == "__main__":
    sys.exit(main())
