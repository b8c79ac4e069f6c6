"""A machine whose helper can be killed at any step, with programs that want out all the time."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.network.conftest import Desk, until
from tests.network.faults.router import Router, watching
from tests.network.programs import PUBLIC, Sender
from tests.network.shouter import settle, shouting
from tests.security.tally import count
from wgtray.ipc import messages
from wgtray.lab import Lab
from wgtray.lab.spec import COMPANY_HOST

COMPANY = set(COMPANY_HOST)
"""What must not leave in the clear while connection is wanted; what the program with a rule says, also when off."""

ELSEWHERE = ("198.51.100.9", "2001:db8:7::9")
"""What any program may reach past the tunnel, unless everything is locked down."""

EVERY = os.environ.get("FAULTS") == "all"
"""Whether the larger set is asked for: it takes half an hour."""

MENDED_S = 45.0
"""Until everything is as wanted again: the longest wait between two attempts (machine.RETRY_S) and a handshake."""


class Patient(Desk):
    """An employee's machine in the hands of a test that breaks things; ``control`` is where the helper looks."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.control = lab.runtime_dir / "control"
        self.control.mkdir(exist_ok=True)
        self.router: Router | None = None
        self.other = Sender(lab.runtime_dir / "other")
        """A program that the user may make a rule for."""
        self.free = COMPANY | set(ELSEWHERE)
        """What may leave where no connection is wanted."""

    def begin(self) -> None:
        """Start the helper and wait until it answers."""
        self.start(program=("-m", "tests.network.faults.helper", str(self.control)))
        self.snapshot()

    def listed(self, kind: str) -> list[str]:
        """The ``steps`` or ``commands`` so far."""
        path = self.control / kind
        return path.read_text().splitlines() if path.exists() else []

    def arm(self, kind: str, number: int) -> None:
        """Let the helper die at that one from now."""
        draft = self.control / "draft"
        draft.write_text(str(number))
        draft.rename(self.control / f"{kind}.left")

    def disarm(self, kind: str) -> None:
        (self.control / f"{kind}.left").unlink(missing_ok=True)

    def dies(self, timeout_s: float) -> bool:
        """Whether the helper ends by itself in this time."""
        assert self.helper is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            assert self.helper.wait(timeout_s) == -signal.SIGKILL, self.log.read_text()
            self.helper = None
            return True
        return False

    def leaked(self, allowed: set[str]) -> set[str]:
        """What the router saw since the last call that it should not have."""
        assert self.router is not None
        return self.router.seen() - allowed

    def ask_quietly(self, request: messages.AnyRequest) -> None:
        """A request whose answer may never come."""
        with contextlib.suppress(OSError, ValueError):
            self.ask(request)

    def settled(self, timeout_s: float = MENDED_S) -> None:
        """Wait until the helper has done what it wants to do."""
        try:
            until(self.is_well, timeout_s)
        except AssertionError:
            print(self.snapshot(), self.network(), self.log.read_text()[-3000:])
            raise

    def is_well(self) -> bool:
        """Connected and everything in place, without a complaint."""
        shown = self.snapshot()
        return shown.state == "connected" and shown.protected is True

    def settled_off(self) -> None:
        """Wait until nothing is left that disconnecting takes away."""
        try:
            until(lambda: self.is_off() and not self.network_left(), MENDED_S)
        except AssertionError:
            print(self.network(), self.log.read_text()[-3000:])
            raise

    def is_off(self) -> bool:
        """Nothing of ours but the standing block of the program."""
        return self.snapshot().state == "off"

    def network_left(self) -> bool:
        """Whether there is more of ours than the standing block of the program."""
        seen = self.network()
        return any(what in seen for what in ("table inet wgtray {", "table 22087", "table 22088", "table 22090"))

    def leftovers(self) -> list[Path]:
        """Groups of ours for this network namespace."""
        number = self.place.run(["stat", "-L", "-c", "%i", "/proc/self/ns/net"]).stdout.strip()
        return [path for path in Path("/sys/fs/cgroup").glob(f"**/wgtray/{number}") if path.is_dir()]


def toml(lab: Lab, sender: Sender, lockdown: str = "apps") -> str:
    """The company of these tests: networks, names, a program with a rule."""
    names = {"servers": ["10.20.0.53"], "domains": ["corp.example"]}
    return lab.profile_toml(sections={"policy": {"lockdown": lockdown}, "dns": names}, extra=sender.toml(locked=True))


@pytest.fixture(scope="session")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Sender:
    """The program with a rule."""
    return Sender(tmp_path_factory.mktemp("programs") / "sender")


@pytest.fixture
def patient(lab: Lab, sender: Sender, request: pytest.FixtureRequest) -> Iterator[Patient]:
    """With a helper, a profile and programs that want out; the router has seen every one of them.

    Its parameter is the lockdown, "apps" without one. Under "all" there is more that must not leave.
    """
    made, lockdown = Patient(lab), getattr(request, "param", "apps")
    wanted = (*COMPANY_HOST, *(ELSEWHERE if lockdown == "all" else ()))
    never = {*wanted, PUBLIC}
    with watching(lab, sorted(never)) as router, shouting(made.place, [(host, 7) for host in wanted]):
        made.router = router
        talking = sender.stream(made.place)
        try:
            settle()
            until(lambda: router.seen() >= never, 3)
            made.begin()
            made.imported(toml(lab, sender, lockdown))
            until(lambda: not made.leaked(made.free))
            yield made
        finally:
            talking.kill()
            talking.wait()
            made.disarm("steps")
            made.disarm("commands")
            made.end()
            assert not made.leftovers()
            for node in lab.nodes:
                node.normal()
            for path in made.control.iterdir():
                if path.is_file():
                    path.unlink()
                else:
                    shutil.rmtree(path)


def survived(fault: Callable[[], set[str] | None]) -> bool:
    """Inject a fault, and count it: ``fault`` returns what leaked, and raises when the machine did not recover.

    False where it could not be injected, because what was to go wrong did not happen this time.
    """
    count("faults/injected")
    leaked = fault()
    if leaked is None:
        count("faults/injected", -1)
        return False
    count("faults/leaked", len(leaked))
    assert not leaked
    count("faults/survived")
    return True


def pause(seconds: float) -> None:
    """A moment in which something would show."""
    time.sleep(seconds)
