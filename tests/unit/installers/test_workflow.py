"""Does the recipe for whoever hosts this repository say what the repository can do?

It runs nowhere here. But every command of ours that it names exists and takes these words, and every script is one.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from installers.macos import __main__ as macos
from installers.msi import __main__ as msi
from wgtray.cli.app import VERBS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / ".github/workflows/desktop.yml").read_text()
POWERSHELL = "shell: pwsh"


def steps() -> list[str]:
    """Each step as it stands."""
    return re.split(r"(?m)^      - ", TEXT)[1:]


def scripts() -> list[str]:
    """What a Unix shell is given."""
    found = [_script(step) for step in steps() if POWERSHELL not in step]
    return [script for script in found if script]


def _script(step: str) -> str:
    said = re.search(r"(?m)^(?:        )?run: (.*(?:\n(?:          .*)?)*)", step)
    if said is None:
        return ""
    first, _, block = said[1].partition("\n")
    return first if first != "|" else "\n".join(line.removeprefix("          ") for line in block.splitlines())


def commands() -> Iterator[list[str]]:
    """The simple ones, word by word; what a shell adds to them is left away."""
    for script in scripts():
        for line in script.replace("\\\n", " ").splitlines():
            for part in re.split(r"\s(?:&&|\|\|?|;)\s|;\s", line.partition(" #")[0]):
                words = shlex.split(part)
                yield [word for word in words if word not in ("!", "sudo", "test", "set", "--")]


def test_the_three_desktops_are_built_and_tried() -> None:
    systems = dict(re.findall(r"(?m)^  ([a-z-]+):(?: #.*)?\n(?:    .*\n)*?    runs-on: (.+)$", TEXT))
    assert systems["deb"].startswith("ubuntu")
    assert systems["msi"].startswith("windows")
    assert "macos" in systems
    assert TEXT.count("name: install, ask, take off") == 3
    assert len(scripts()) == len(re.findall(r"(?m)^\s+(?:- )?run:", TEXT)) - 1  # but for the one in PowerShell


@pytest.mark.parametrize("script", scripts(), ids=range(len(scripts())))
def test_a_script_is_one_that_bash_can_read(script: str) -> None:
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=10)


def test_a_target_that_is_made_exists() -> None:
    targets = {word for words in commands() if words[:1] == ["make"] for word in words[1:]}
    assert targets == {"deb", ".venv/.installed-test"}
    for target in targets:
        said = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20)
        assert said.stdout


def test_a_module_that_is_run_exists_and_takes_these_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {
        words[2]: words[3:] for words in commands() if len(words) > 2 and "python" in words[0] and words[1] == "-m"
    }
    asked.pop("pip")
    assert (ROOT / asked.pop("pytest")[0]).exists()
    assert set(asked) == {"installers.macos", "installers.msi"}
    assert all(find_spec(f"{module}.__main__") for module in asked)
    assert macos._parser().parse_args(["--sign", "x", "--sign-installer", "y"]).sign_installer == "y"
    assert {"--sign", "--sign-installer"} <= set(re.findall(r"--sign[a-z-]*", TEXT))
    assert asked["installers.msi"] == ["build"]
    monkeypatch.setattr("sys.argv", ["installers.msi", *asked["installers.msi"], "--help"])
    with pytest.raises(SystemExit) as ended:
        msi.main()
    assert ended.value.code == 0


def test_a_file_that_is_read_exists_and_one_that_is_made_is_looked_for_where_it_is() -> None:
    for place in re.findall(r"installers/[\w./]+", TEXT):
        assert (ROOT / place).exists()
    assert "build/macos/*.dmg" in TEXT
    assert macos._parser().parse_args([]).out == ROOT / "build" / "macos"


def test_what_is_asked_of_the_programs_they_know() -> None:
    asked = [words for words in commands() if words and Path(words[0]).name in ("wgtray", "wgtray-helper")]
    assert len(asked) == 6
    assert {words[1] for words in asked} <= {"--version", *VERBS}


def test_nothing_is_taken_from_where_a_branch_could_move_it_to_and_nothing_may_be_written() -> None:
    used = re.findall(r"uses: (\S+)", TEXT)
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)
    assert "permissions:\n  contents: read\n" in TEXT
    assert "pull_request_target" not in TEXT
