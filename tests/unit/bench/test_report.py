"""What a run says about itself, from results that are made up."""

import json
import xml.etree.ElementTree as ElementTree

from tests.bench.failover import faults, plan, plot, report
from tests.bench.failover.faults import Hit
from tests.bench.failover.goals import defects, goals
from tests.bench.failover.plan import PATHS, Cell, Rest
from tests.bench.failover.results import Broken, Rested, Results
from tests.bench.failover.steady import Cost


def hit(design: str, outage_ms: float | None, probes: int | None = None) -> Hit:
    return Hit(design, outage_ms, outage_ms, 7, 0, 55.0, 0.4, "no-reply", probes, probes)


def measured() -> Results:
    outages = {"reference": (2000, 4000), "bfd": (140, 180), "wgtray": (70, 90)}
    hits = [hit(name, value) for name, values in outages.items() for value in values]
    return Results(
        broken=[
            Broken(Cell(PATHS["rtt20"], 100), hits),
            Broken(Cell(PATHS["jitter"], 100), [hit("wgtray", None), hit("wgtray", 230)]),
            Broken(Cell(PATHS["rtt20"], 100, "slow"), [hit("wgtray", 300, probes=3)]),
        ],
        rested=[Rested(Rest(PATHS["jitter"], 100, 600), [Cost("wgtray", 600, 1, 3500, 0.012, 0.02)])],
        failed=["rtt50-100pps-silent: there was no time left"],
    )


def test_each_promise_is_kept_missed_or_not_measured() -> None:
    kept = {goal.text: goal.kept for goal in goals(measured())}
    assert kept["RTT 20 ms, 100 packets/s: median outage"] is True
    assert kept["the same, × reference in the same run"] is True
    assert kept["the same, × bfd in the same run"] is True
    assert kept["20–80 ms and 1 % loss: median outage"] is False
    assert kept["false switches in 10 min of 20–80 ms and 1 % loss (10 promised)"] is False
    assert kept["probes (a burst is one) to a node that became slow until it was left, worst"] is True
    assert kept["RTT 50 ms: median outage"] is None


def test_the_report_shows_what_was_not_measured_and_what_did_not_end() -> None:
    text = report.markdown(measured())
    assert "- rtt50-100pps-silent: there was no time left" in text
    row = next(line for line in text.splitlines() if line.startswith("| wgtray | 2 | 230 "))
    assert row.endswith("| 1 |")


def test_ratios_are_to_the_medians_of_the_same_cell() -> None:
    row = next(line for line in report.markdown(measured()).splitlines() if line.startswith("| wgtray | 2 | 80 "))
    assert "| 0.027 | 0.500 |" in row


def test_the_json_has_every_fault() -> None:
    value = json.loads(report.as_json(measured()))
    assert [len(cell["hits"]) for cell in value["broken"]] == [6, 2, 1]
    assert value["goals"][0]["kept"] is True


def test_the_plot_is_a_picture_with_a_dot_for_each_fault_that_ended() -> None:
    picture = ElementTree.fromstring(plot.svg(measured()))
    dots = picture.findall("{http://www.w3.org/2000/svg}circle")
    assert len(dots) == 7
    assert all(plot.LEFT <= float(dot.attrib["cx"]) <= plot.WIDTH - plot.RIGHT for dot in dots)


def test_there_is_no_plot_of_nothing() -> None:
    assert plot.svg(Results()) == ""


def test_the_axis_is_logarithmic_and_has_ends() -> None:
    assert plot.x_of(100) - plot.x_of(10) == plot.x_of(1000) - plot.x_of(100)
    assert plot.x_of(1) == plot.LEFT
    assert plot.x_of(60_000) == plot.WIDTH - plot.RIGHT


def test_cells_are_chosen_by_path_and_ending() -> None:
    names = [cell.name for cell in plan.chosen(plan.full(), ["rtt20", "rtt50"], ["-100pps-silent"], 3)]
    assert names == ["rtt20-100pps-silent", "rtt50-100pps-silent"]
    assert all(cell.faults == 3 for cell in plan.chosen(plan.full(), [], ["silent"], 3) if isinstance(cell, Cell))


def test_the_full_run_has_what_the_issue_asks_for() -> None:
    cells = [cell for cell in plan.full() if isinstance(cell, Cell)]
    silent = {(cell.path.name, cell.rate) for cell in cells if cell.fault == "silent"}
    assert silent == {(path, rate) for path in PATHS for rate in (0, 100, 1000)}
    assert all(cell.faults >= 12 for cell in cells)
    assert {cell.fault for cell in cells} == {"silent", "in", "out", "slow"}


def test_a_missed_promise_is_no_defect_and_a_node_that_is_never_left_is() -> None:
    assert defects(measured()) == []
    dead = Results(broken=[Broken(Cell(PATHS["rtt20"], 100), [hit("wgtray", None), hit("bfd", 100)])])
    assert defects(dead) == ["rtt20-100pps-silent: no recovery after 1 of 1 faults"]
    slow = Results(broken=[Broken(Cell(PATHS["rtt20"], 100), [hit("wgtray", 900.0)])])
    assert defects(slow)[0].endswith("900 ms, promised are 90.0")


def test_every_twelfth_of_the_references_period_has_one_fault() -> None:
    phases, found, clock = faults.Phases(12, 5.0), [], 0.0
    for _ in range(12):
        clock += 3.3
        wait_s = phases.wait_s(clock % 5.0)
        assert 0.0 <= wait_s <= 5.0
        clock += wait_s
        found.append(int(clock % 5.0 * 12 / 5))
    assert sorted(found) == list(range(12))


def test_a_part_in_which_no_fault_could_be_comes_again() -> None:
    phases = faults.Phases(1, 5.0)
    first = phases.wait_s(0.0)
    phases.give_back()
    assert phases.wait_s(0.0) == first
