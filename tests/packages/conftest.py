"""The packages, the machine they are put on, and the lab it is connected to; all made once."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packages.machine import Machine, bare
from wgtray.lab import Client, Lab

ROOT = Path(__file__).parents[2]

PREVIOUS = "0.0.9"
"""There is no earlier release yet: the same programs under a lower number."""


class Built:
    """What ``make deb`` makes, and an earlier version of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        self._make("--compression", "gzip")
        self._make(
            "--compression",
            "gzip",
            "--version",
            PREVIOUS,
            "--format",
            "deb",
            "--frozen",
            f"{self.folder}/frozen",
        )

    @property
    def current(self) -> Path:
        return self._newest("wgtray", ".deb")

    @property
    def rpm(self) -> Path:
        return self._newest("wgtray", ".rpm")

    @property
    def node(self) -> Path:
        return self._newest("wgtray-node", ".deb")

    @property
    def node_rpm(self) -> Path:
        return self._newest("wgtray-node", ".rpm")

    @property
    def previous(self) -> Path:
        return next(self.folder.glob(f"wgtray_{PREVIOUS}-*.deb"))

    def _newest(self, name: str, ending: str) -> Path:
        found = [path for path in self.folder.glob(f"{name}[-_][0-9]*{ending}") if PREVIOUS not in path.name]
        return found[0]

    def _make(self, *words: str) -> None:
        argv = [sys.executable, "-m", "installers.deb", "--out", str(self.folder), *words]
        subprocess.run(argv, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def _made() -> "Iterator[tuple[Built, Machine]]":
    """Built while the machine is: freezing takes one core, downloading none."""
    if os.geteuid() != 0:
        pytest.skip("a machine in a directory needs root")
    given = os.environ.get("WGTRAY_PACKAGES")
    folder = Path(given or tempfile.mkdtemp(prefix="wgtray-built-"))
    built = Built(folder)
    failed: list[BaseException] = []

    def make() -> None:
        try:
            built.make()
        except subprocess.CalledProcessError as error:
            failed.append(error)

    thread = threading.Thread(target=make)
    if given is None:
        thread.start()
    try:
        with bare() as machine:
            if given is None:
                thread.join()
            if failed:
                raise failed[0]
            yield built, machine
    finally:
        if given is None:
            thread.join()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def built(_made: tuple[Built, Machine]) -> Built:
    """The packages."""
    return _made[0]


@pytest.fixture(scope="session")
def machine(_made: tuple[Built, Machine]) -> Machine:
    """The machine."""
    return _made[1]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A company with three nodes."""
    with Lab.up(clients=1) as running:
        yield running


@pytest.fixture(scope="session")
def place(lab: Lab) -> Client:
    """The network of the machine; what is removed from it is removed there."""
    return lab.clients[0]
