"""WireGuard's own package, where an administrator puts it beside ours, is installed when it is needed."""

import asyncio
from pathlib import PureWindowsPath

import pytest

from tests.fakes.windows import WIREGUARD
from tests.unit.platforms.windows.test_backend import UP, Machine
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.windows import carried
from wgtray.platforms.windows.carried import PUBLISHER, newest

NAME = "wireguard-amd64-0.5.3.msi"
OURS = PureWindowsPath(r"\\server\share\it\wgtray-1.0.0.msi")
BESIDE, KEPT = rf"\\server\share\it\{NAME}", rf"C:\data\{NAME}"
GENUINE = f"signed by {PUBLISHER}".encode()


def machine(**files: bytes) -> Machine:
    """Without WireGuard; ``beside`` ours or ``kept`` lies a package."""
    made = Machine()
    made.windows.files = {{"beside": BESIDE, "kept": KEPT}[place]: content for place, content in files.items()}
    return made


def keep(made: Machine) -> str | None:
    return carried.keep(made.windows, OURS, PureWindowsPath(r"C:\data"))


def test_of_several_the_latest_is_taken_and_of_others_none() -> None:
    names = ["wireguard-amd64-0.5.3.msi", "WireGuard-amd64-0.10.1.MSI", "wireguard-arm64-0.9.msi", "wgtray-1.0.0.msi"]
    assert newest(names) == "WireGuard-amd64-0.10.1.MSI"
    assert newest(["wireguard-amd64-0.5.3.msi.exe", "wireguard-amd64-.msi", r"..\wireguard-amd64-1.msi"]) is None


def test_what_lies_beside_ours_is_kept_where_only_administrators_write() -> None:
    made = machine(beside=GENUINE)
    assert keep(made) == NAME
    assert made.windows.files[KEPT] == GENUINE
    assert keep(machine()) is None


@pytest.mark.parametrize("signed", [b"", b"signed by Somebody LLC", b"signed by WireGuard LLC "])
def test_what_others_signed_or_nobody_is_not_kept(signed: bytes) -> None:
    made = machine(beside=signed)
    with pytest.raises(CommandFailed) as raised:
        keep(made)
    assert raised.value.problem.args["command"] == NAME
    assert KEPT not in made.windows.files


@pytest.mark.parametrize("status", [0, 3010])
def test_the_first_connection_installs_it(status: int) -> None:
    made = machine(kept=GENUINE)
    made.windows.msiexec = status
    asyncio.run(made.become(UP))
    assert made.windows.done.count("msiexec.exe /i") == 1
    assert "wgtray0" in made.windows.adapters


def test_a_computer_that_has_wireguard_is_left_alone() -> None:
    made = machine(kept=GENUINE)
    made.windows.files |= {WIREGUARD: b"", WIREGUARD.replace("wireguard.exe", "wg.exe"): b""}
    asyncio.run(made.become(UP))
    assert "msiexec.exe /i" not in made.windows.done


def test_what_was_changed_since_it_was_kept_is_not_run() -> None:
    made = machine(kept=b"signed by Somebody LLC")
    with pytest.raises(CommandFailed):
        asyncio.run(made.become(UP))
    assert "msiexec.exe /i" not in made.windows.done


@pytest.mark.parametrize(("status", "why"), [(1618, "another installation is under way"), (1603, "error 1603")])
def test_an_installation_that_fails_is_a_problem_that_says_why(status: int, why: str) -> None:
    made = machine(kept=GENUINE)
    made.windows.msiexec = status
    with pytest.raises(CommandFailed) as raised:
        asyncio.run(made.become(UP))
    problem = raised.value.problem
    assert problem == Problem("command-failed", {"command": NAME, "detail": problem.args["detail"]})
    assert why in str(problem.args["detail"])
