"""What did the tests of safety try, and what came of it? A table of what they counted (``tally.py``), nothing typed.

``python -m tests.security.report DIRECTORY`` prints it and writes it to ``DIRECTORY/report.md``; with ``README.md``
behind it, also in the place of the table there.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.security.checklist import CHECKLIST

ROWS: tuple[tuple[str, str], ...] = (
    ("Faults injected (helper killed, tools failing, hanging, lying)", "faults/injected"),
    ("… after which everything was as wanted again", "faults/survived"),
    ("… during which something left in the clear", "faults/leaked"),
    ("Bad inputs tried (messages, profiles, names, tools' output, state files)", "inputs/tried"),
    ("Requests × kinds of caller checked", "rights/requests × roles"),
    ("Ways of attack tried, of the checklist", "threats/tried"),
    ("… of those that a test can try here", "threats/here"),
    ("Clients at once", "load/clients"),
    ("Soak: minutes", "soak/minutes"),
    ("Soak: deeds and faults", "soak/deeds"),
    ("Soak: requests answered", "soak/requests"),
    ("Soak: requests lost", "soak/lost"),
)


def gathered(directory: Path) -> Mapping[str, float]:
    """The sum of what every run of tests wrote."""
    found: Counter[str] = Counter()
    for path in sorted(directory.glob("*.json")):
        found.update(json.loads(path.read_text()))
    if tried := {name for name in found if name.startswith("threat/")}:
        found["threats/tried"] = len(tried)
        found["threats/here"] = sum(not entry.by_hand for entry in CHECKLIST.values())
    return found


def table(counted: Mapping[str, float]) -> str:
    """A row without a number was not run, and says so."""
    shown = [f"| {label} | {f'{counted[name]:,g}' if name in counted else 'not run'} |" for label, name in ROWS]
    return "\n".join(["| what | number |", "| --- | ---: |", *shown]) + "\n"


def put(paper: str, fresh: str) -> str:
    """The paper with this table in the place of its own; ValueError where it has none, or a row was not run."""
    if "not run" in fresh:
        raise ValueError("not everything was run: the table there stays")
    head, *_ = fresh.splitlines()
    lines = paper.splitlines(keepends=True)
    start = lines.index(f"{head}\n")
    end = next((at for at in range(start, len(lines)) if not lines[at].startswith("|")), len(lines))
    return "".join([*lines[:start], fresh, *lines[end:]])


def main() -> int:
    directory, *papers = map(Path, sys.argv[1:])
    text = table(gathered(directory))
    (directory / "report.md").write_text(text)
    print(text, end="")
    for paper in papers:
        paper.write_text(put(paper.read_text(), text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
