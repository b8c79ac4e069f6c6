"""How are the results written? Markdown for people, JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from tests.bench.failover.designs import NAMES, TEXTS
from tests.bench.failover.figures import Spread, ratio
from tests.bench.failover.goals import goals
from tests.bench.failover.results import Broken, Results

FAULTS = {
    "silent": "the node dies silently",
    "in": "nothing comes back from the node",
    "out": "nothing reaches the node",
    "slow": "the node becomes slow (300 ms)",
}
ABOUT = """\
Outage: the longest gap between two replies of a UDP echo through the tunnel that ends after the fault; it contains one
packet spacing. Idle: the node dies, 1–3 s later a program sends a request every 10 ms; first reply minus first send.
Left: from the fault until the design says it had moved the company's networks (wgtray says it after reading back, so
later than the first packet). Detection and switch: as wgtray's snapshot says. p90 is by nearest rank.
Each design has a client of its own; a fault is one for all of them. The faults of a cell
are spread evenly over the reference's 5 s, each at a random moment of its part: which moments come decides nothing.
"""


def markdown(results: Results) -> str:
    """The whole report."""
    parts = ["# Failover, measured", _machine(results), ABOUT]
    parts += [_broken(one) for one in results.broken if one.hits and one.cell.fault != "slow"]
    parts += [_slow(one) for one in results.broken if one.hits and one.cell.fault == "slow"]
    if results.rested:
        parts.append(_rested(results))
    parts.append(_goals(results))
    for title, lines in (("Not measured", results.failed), ("Notes", results.notes)):
        if lines:
            parts.append(f"## {title}\n\n" + "\n".join(f"- {line}" for line in lines) + "\n")
    return "\n".join(parts)


def as_json(results: Results) -> str:
    """Every fault, for those who want to count themselves."""
    value = asdict(results)
    value["goals"] = [{**asdict(goal), "kept": goal.kept} for goal in goals(results)]
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def one_line(one: Broken) -> str:
    """For the terminal, while it runs."""
    return ", ".join(f"{name} {_ms(one.outage(name))}" for name in NAMES if one.of(name))


def _machine(results: Results) -> str:
    return "".join(f"{name}: {value}  \n" for name, value in results.machine.items() if value is not None)


def _broken(one: Broken) -> str:
    reference, bfd = one.outage("reference"), one.outage("bfd")
    rows = []
    for name in NAMES:
        mine = one.outage(name)
        if not one.of(name):
            continue
        rows.append(
            [
                TEXTS[name],
                str(len(one.of(name))),
                *((f"{mine.median:.0f}", f"{mine.p90:.0f}", f"{mine.max:.0f}") if mine else ("–", "–", "–")),
                _ratio(mine, reference),
                _ratio(mine, bfd),
                _ms(one.part(name, "left_ms")),
                _ms(one.part(name, "detect_ms")),
                _ms(one.part(name, "switch_ms"), 1),
                f"{sum(hit.lost for hit in one.of(name)) / len(one.of(name)):.0f}",
                str(sum(hit.extra_switches for hit in one.of(name))),
                str(one.unended(name)),
            ]
        )
    head = ["design", "n", "median ms", "p90", "max", "× reference", "× BFD", "left ms", "detection ms", "switch ms"]
    head += ["packets lost", "extra switches", "over 15 s"]
    traffic = f"{one.cell.rate} packets/s" if one.cell.rate else "idle, then a request"
    return f"## {one.cell.path.text}, {traffic}: {FAULTS[one.cell.fault]}\n\n{_table(head, rows)}"


def _slow(one: Broken) -> str:
    rows = []
    for name in NAMES:
        if not one.of(name):
            continue
        left, probes, packets = (one.part(name, part) for part in ("left_ms", "probes", "probe_packets"))
        rows.append(
            [
                TEXTS[name],
                str(len(one.of(name))),
                f"{left.n if left else 0}",
                *((f"{left.median:.0f}", f"{left.max:.0f}") if left else ("–", "–")),
                *((f"{probes.median:.0f}", f"{probes.max:.0f}") if probes else ("–", "–")),
                *((f"{packets.median:.0f}", f"{packets.max:.0f}") if packets else ("–", "–")),
                _ms(one.outage(name)),
            ]
        )
    head = [
        "design",
        "n",
        "left",
        "after ms, median",
        "max",
        "probes to it until then",
        "max",
        "packets",
        "max",
        "gap ms",
    ]
    return f"## {one.cell.path.text}, {one.cell.rate} packets/s: {FAULTS['slow']}\n\n{_table(head, rows)}"


def _rested(results: Results) -> str:
    rows = [
        [
            one.cell.path.text,
            f"{one.cell.rate}/s" if one.cell.rate else "idle",
            f"{cost.seconds / 60:.1f}",
            TEXTS[cost.design],
            " ".join((str(cost.false_switches), *sorted(set(cost.reasons)))),
            f"{cost.probe_bytes_per_s:.0f}",
            f"{cost.cpu:.2%}",
            "–" if cost.loss is None else f"{cost.loss:.1%}",
        ]
        for one in results.rested
        for cost in one.costs
    ]
    head = ["path", "traffic", "minutes", "design", "false switches", "probes B/s", "processor", "replies missing"]
    return f"## Nothing is wrong\n\n{_table(head, rows)}"


def _goals(results: Results) -> str:
    rows = []
    for goal in goals(results):
        digits = 0 if goal.unit in ("ms", "", "B/s") else 3 if goal.unit == "×" else 2
        value = "not measured" if goal.value is None else f"{goal.value:.{digits}f} {goal.unit}"
        verdict = {None: "–", True: "kept", False: "**missed**"}[goal.kept]
        rows.append([goal.text, value, f"{goal.limit:g} {goal.unit}", verdict])
    return f"## Promises\n\n{_table(['promise', 'measured', 'at most', ''], rows)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _ratio(mine: Spread | None, other: Spread | None) -> str:
    value = ratio(mine.median if mine else None, other.median if other else None)
    return "–" if value is None else f"{value:.3f}"


def _ms(spread: Spread | None, digits: int = 0) -> str:
    return "–" if spread is None else f"{spread.median:.{digits}f}"
