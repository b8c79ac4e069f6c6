"""What do these tests share? One Windows installation under Wine, and an MSI of two versions, made once a run."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from installers.msi.compiler import Unavailable
from installers.msi.freeze import ROOT, freeze
from installers.msi.package import package
from installers.msi.python import windows_python
from installers.msi.wine import Wine, windows_path

DISPLAY_S: Final = 20.0
OLD, NEW = "1.0.0", "1.1.0"
WORK: Final = ROOT / "build" / "msi"


class Screen:
    """An X server with a tray, for programs with windows."""

    def __init__(self, name: str) -> None:
        self.name = name

    def picture(self, target: Path) -> None:
        """What it shows now, as PNG."""
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-display", self.name, "-window", "root", str(target)], check=True, timeout=30)

    def colours(self, target: Path, area: str) -> int:
        """How many different colours are in that part (WIDTHxHEIGHT+X+Y) of a picture."""
        command = ["convert", str(target), "-crop", area, "-format", "%k", "info:"]
        return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    for tool in ("Xvfb", "trayer", "import", "convert"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x700x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    name = f":{server.stdout.readline().strip()}"
    tray = subprocess.Popen(
        ["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28"],
        env={"DISPLAY": name, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Screen(name)
    finally:
        for process in (tray, server):
            process.terminate()
            process.wait(timeout=DISPLAY_S)
        server.stdout.close()


@pytest.fixture(scope="session")
def python() -> Path:
    """The Windows Python's program."""
    try:
        return windows_python() / "python.exe"
    except Unavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory, screen: Screen) -> Iterator[Wine]:
    try:
        machine = Wine(tmp_path_factory.mktemp("wine") / "prefix", display=screen.name)
    except Unavailable as missing:
        pytest.skip(str(missing))
    with machine:
        yield machine


@pytest.fixture(scope="session")
def packages(wine: Wine, python: Path) -> dict[str, Path]:
    """The MSI of version ``OLD`` and of ``NEW``: the same programs."""
    began = time.monotonic()
    programs = freeze(wine, python.parent, OLD, WORK)
    made = {version: WORK / f"wgtray-{version}.msi" for version in (OLD, NEW)}
    for version, target in made.items():
        package(programs, WORK / "wgtray.ico", version, target, WORK)
    sys.stderr.write(f"frozen and packed twice in {time.monotonic() - began:.0f} s\n")
    return made


def run_python(wine: Wine, python: Path, *words: str, timeout_s: float = 120.0, cwd: Path = ROOT) -> str:
    """What the Windows Python prints; raises installers.msi.wine.Failed."""
    environment = {"PYTHONUTF8": "1"}  # tests read their own files without a word about the encoding; wgtray says it
    return wine.run([windows_path(python), *words], timeout_s=timeout_s, cwd=cwd, environment=environment).stdout
