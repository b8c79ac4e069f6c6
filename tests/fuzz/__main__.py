"""How long can nonsense be tried? ``python -m tests.fuzz [--minutes M] [TARGET …]``, all of them in turn.

With atheris, where it is installed (it follows which lines were reached), else with hypothesis and as many examples as
the time allows. Says how many inputs each reader was given; ends with 1 at the first defect.
"""

import argparse
import importlib.util
import re
import subprocess
import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.growing import grown
from tests.fuzz.targets import TARGETS
from tests.security.tally import count

_RUN = """
import sys, atheris
with atheris.instrument_imports(include=["wgtray", "wgconfig", "tomllib"]):
    from tests.fuzz.targets import TARGETS
target = TARGETS[sys.argv[1]]
atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda content: target.tried(content) and None)
atheris.Fuzz()
"""

EXAMPLES = 2000
"""Of one round of hypothesis."""


def guided(name: str, seconds: int) -> tuple[int, str]:
    """How many inputs atheris tried, and what it found."""
    argv = [sys.executable, "-c", _RUN, name, f"-max_total_time={seconds}", "-max_len=4096", "-artifact_prefix=build/"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    runs = re.search(r"Done (\d+) runs", done.stderr)
    return int(runs[1]) if runs else 0, "" if done.returncode == 0 else done.stdout + done.stderr


def unguided(name: str, seconds: int) -> tuple[int, str]:
    """The same by hypothesis, which raises what it found."""
    target, deadline, tries = TARGETS[name], time.monotonic() + seconds, 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(grown(target.seeds) | st.binary(max_size=2000))
    def tried(content: bytes) -> None:
        nonlocal tries
        tries += 1
        target.tried(content)

    while time.monotonic() < deadline:
        tried()
    return tries, ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all of them together")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    print(f"with {'atheris' if has_atheris else 'hypothesis: atheris is not installed'}")
    names = options.targets or list(TARGETS)
    for name in names:
        seconds = max(1, round(options.minutes * 60 / len(names)))
        tries, found = (guided if has_atheris else unguided)(name, seconds)
        count("inputs/tried", tries)
        print(f"{name}: {tries} inputs", flush=True)
        if found:
            print(found, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
