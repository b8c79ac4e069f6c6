"""A lab with a helper in it, as the network tests need it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from wgtray.ipc import codec, messages
from wgtray.lab import Lab

LOOK_EVERY_S = 0.01

HELPER = ("-m", "wgtray.helper.app")

RESOLV_CONF = "search lab.example\nnameserver 198.51.100.53\n"
"""A client's resolver file. The machine's own is every namespace's, so no helper of a test may touch it."""

ALL_OF_THE_NETWORK = (
    "ip rule; ip -6 rule; ip route show table all; ip -6 route show table all; nft list ruleset; cat /etc/resolv.conf; "
    "ip -o link | sed 's/ state [A-Z]*//'"
)
"""What must be byte-identical before connecting and after disconnecting."""


NO_SECOND_CHANCE = {"test_apps", "test_hostile", "test_killed", "test_killswitch", "test_soak"}
"""What looks for leaks: one that is seen once in ten times is one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """CI asks a late network once more, and its summary counts that: others load the machine too."""
    for item in items:
        if "CI" in os.environ and item.get_closest_marker("network") and item.path.stem not in NO_SECOND_CHANCE:
            item.add_marker(pytest.mark.flaky(reruns=1))


def until(found: Callable[[], object], timeout_s: float = 15.0) -> None:
    """Wait for something that other processes do."""
    deadline = time.monotonic() + timeout_s
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(LOOK_EVERY_S)


def as_user(uid: int) -> list[str]:
    """What runs the words behind it as that user, with no group.

    The one privilege left is to read: a checkout below /root would otherwise be out of that user's sight. It opens no
    socket, writes nothing, and the kernel still names the user to the helper.
    """
    may_read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *may_read, "--"]


class Desk:
    """An employee's machine in the lab: its helper, its command line, its network."""

    def __init__(self, lab: Lab, number: int = 0) -> None:
        self.lab = lab
        self.number = number
        self.place = lab.clients[number]
        self.state_dir = lab.runtime_dir / f"state{number}"
        self.socket = str(lab.runtime_dir / f"helper{number}.sock")
        self.log = lab.runtime_dir / f"helper{number}.log"
        self.resolv_conf = lab.runtime_dir / f"resolv{number}.conf"
        self.resolv_conf.write_text(RESOLV_CONF)
        self.helper: subprocess.Popen[bytes] | None = None
        self.clean = self.network()

    def start(self, *options: str, wrapper: Sequence[str] = (), program: Sequence[str] = HELPER) -> None:
        """Start the helper and wait until it listens."""
        argv = [*wrapper, sys.executable, *program, "run", "--state-dir", str(self.state_dir)]
        argv += ["--socket", self.socket, "--resolv-conf", str(self.resolv_conf)]
        with self.log.open("ab") as log:
            self.helper = self.place.popen([*argv, *options], stderr=log)
        until(self._listens)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop the helper."""
        assert self.helper is not None
        self.helper.send_signal(how)
        code = self.helper.wait(10)
        self.helper = None
        return code

    def wgtray(
        self, *words: str, stdin: str | None = None, user: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The command line, as a user types it."""
        argv = [sys.executable, "-m", "wgtray", "--socket", self.socket, *words]
        if user is not None:
            argv = [*as_user(user), *argv]
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        return self.place.run(argv, check=False, input=stdin, env=environment)

    def imported(self, toml: str | None = None) -> None:
        """Import the lab's profile, its key resting with the helper."""
        text = self.lab.profile_toml(self.number) if toml is None else toml
        done = self.wgtray("profile", "import", "-", "--keys", "helper", stdin=text)
        assert done.returncode == 0, done.stderr

    def ask(self, request: messages.AnyRequest) -> messages.Done | messages.Refused | messages.SnapshotNow:
        """One request without the start-up time of a program."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(self.socket)
                connection.sendall(codec.encode_call(messages.Call(1, request)))
                line = connection.makefile("rb").readline()
            except OSError as error:
                raise AssertionError(f"{error}; the helper's log ends with\n{self.log.read_text()[-3000:]}") from error
            answer = codec.decode_answer(line).answer
        assert not isinstance(answer, messages.ProfileNow | messages.WaysNow | messages.Asking)
        return answer

    def snapshot(self) -> messages.Snapshot:
        answer = self.ask(messages.Status())
        assert isinstance(answer, messages.SnapshotNow)
        return answer.snapshot

    def connected(self) -> None:
        """Connect and wait."""
        done = self.wgtray("connect")
        assert done.returncode == 0, done.stderr

    def connected_by(self, node: str) -> None:
        """Connect, the nearest node being that one: on a busy machine another may have been faster to answer."""
        for _ in range(5):
            self.connected()
            if self.snapshot().node == node:
                return
            assert self.wgtray("disconnect").returncode == 0
        raise AssertionError(f"{node} is never the nearest: {self.snapshot().nodes}")

    def network(self) -> str:
        """Everything that must be as before after disconnecting."""
        return self.place.run(["sh", "-c", ALL_OF_THE_NETWORK]).stdout + self.resolv_conf.read_text()

    def reboot(self) -> None:
        """The power goes: no helper, no WireGuard, no rule, no route of ours; files stay."""
        link = str(self.snapshot().interface)
        self.stop(signal.SIGKILL)
        self.place.run(["ip", "link", "delete", link])
        for kind in ("inet", "arp"):
            self.place.run(["nft", "delete", "table", kind, "wgtray"], check=False)
        for family in ("-4", "-6"):
            for table in ("22087", "22088", "22090"):
                self.place.run(["ip", family, "route", "flush", "table", table], check=False)
            for priority in ("5200", "5205", "5218", "5220"):
                self.place.run(["ip", family, "rule", "delete", "priority", priority], check=False)
        assert self.network() == self.clean

    def end(self) -> None:
        """Whatever the test did, the product leaves the namespace as it was found: its promise, so it is checked."""
        if self.helper is not None:
            self.stop(signal.SIGKILL)
        done = self.place.run(
            [sys.executable, "-m", "wgtray.helper.app", "cleanup", "--state-dir", str(self.state_dir)], check=False
        )
        assert done.returncode == 0, done.stderr
        assert self.network() == self.clean
        shutil.rmtree(self.state_dir, ignore_errors=True)

    def _listens(self) -> bool:
        assert self.helper is not None
        assert self.helper.poll() is None, self.log.read_text()
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(self.socket)
            return True
        return False


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """One lab with two clients for all network tests of a session."""
    if os.geteuid() != 0:
        pytest.skip("the lab needs root for network namespaces")
    with Lab.up(clients=2) as running:
        yield running


@pytest.fixture
def desk(lab: Lab) -> Iterator[Desk]:
    """The first client's machine with a running helper and no profile; afterwards it must be as it was."""
    made = Desk(lab)
    made.start()
    yield made
    made.end()
    for node in lab.nodes:
        node.normal()


@pytest.fixture
def connected(desk: Desk) -> Desk:
    """The same, with the lab's profile, connected by the nearest node."""
    desk.imported()
    desk.connected_by("fra")
    return desk


@pytest.fixture
def bare(lab: Lab) -> Iterator[Desk]:
    """The first client's machine without a helper."""
    made = Desk(lab)
    yield made
    made.end()
