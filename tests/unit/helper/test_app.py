"""How does the root process start and stop, whatever hangs in it? On a machine that lives in memory."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wgtray.core.problems import Problem
from wgtray.helper import app
from wgtray.platforms.api import CommandFailed, Unfinished

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the helper runs as root only")

HELPER = """
import asyncio, sys, time
from tests.fakes.backend import FakeBackend
from wgtray.core.problems import Problem
from wgtray.helper import app
from wgtray.platforms.api import CommandFailed, Unfinished
from wgtray.helper.server import Server

class Hanging(Server):
    async def run(self, listening):
        asyncio.get_running_loop().run_in_executor(None, time.sleep, 30)  # a name lookup that nobody answers
        await super().run(listening)

app.load = lambda state_dir, interface, resolv_conf: FakeBackend()
app.Server = Hanging
sys.exit(app.main())
"""


class Started:
    """A helper in a process of its own."""

    def __init__(self, directory: Path) -> None:
        self.state, self.socket = directory / "state", directory / "run" / "helper.sock"
        options = ["run", "--state-dir", str(self.state), "--socket", str(self.socket)]
        self.process = subprocess.Popen([sys.executable, "-c", HELPER, *options], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not self.socket.exists():
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """Exit code and log."""
        self.process.send_signal(how)
        try:
            _, log = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, log.decode()


@pytest.fixture
def helper(tmp_path: Path) -> Iterator[Started]:
    started = Started(tmp_path)
    yield started
    started.process.kill()
    started.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_to_end_it_leaves_in_order_and_waits_for_no_lookup(helper: Started, how: signal.Signals) -> None:
    code, log = helper.end(how)
    assert code == 0
    assert log.splitlines()[-1] == "INFO stopped"
    assert "Traceback" not in log
    assert not helper.socket.exists()


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """``main`` sets that of its process, which here is everybody's."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def outcome(capsys: pytest.CaptureFixture[str], verb: str, state: Path) -> tuple[int, str]:
    code = app.main([verb, "--state-dir", str(state)])
    return code, capsys.readouterr().err


def test_cleanup_beside_a_running_helper_says_to_stop_it(helper: Started, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = outcome(capsys, "cleanup", helper.state)
    assert code == 1
    assert said.startswith("wgtray-helper: Stop the helper first: ")
    assert said.count("\n") == 1


def test_a_second_helper_says_there_is_one(helper: Started, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = outcome(capsys, "run", helper.state)
    assert code == 1
    assert "Another wgtray-helper already uses" in said


@pytest.mark.threat("T05")
def test_it_listens_on_its_socket_and_on_no_port(helper: Started) -> None:
    process = Path(f"/proc/{helper.process.pid}")
    links = set[str]()
    for entry in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.add(os.readlink(entry))
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        rows = [line.split() for line in (process / "net" / table).read_text().splitlines()[1:]]
        assert not [row[1] for row in rows if f"socket:[{row[9]}]" in links], table
    listening = [
        line.split() for line in (process / "net/unix").read_text().splitlines()[1:] if str(helper.socket) in line
    ]
    assert f"socket:[{listening[0][6]}]" in links, "the one that it has is found in the same way"


@pytest.mark.threat("T30")
@pytest.mark.parametrize("verb", ["run", "cleanup"])
@pytest.mark.parametrize(("owner", "mode"), [(65534, 0o700), (0, 0o770), (0, 0o777), (0, 0o702)])
def test_a_state_directory_that_others_may_write_to_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, owner: int, mode: int
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, owner, owner)
    state.chmod(mode)
    code, said = outcome(capsys, verb, state)
    assert code == 1
    assert f"{state} must be a directory that belongs to root" in said
    assert list(state.iterdir()) == []


@pytest.mark.threat("T30")
def test_a_state_directory_behind_somebodys_link_and_a_file_in_its_place_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real, link, file = tmp_path / "real", tmp_path / "link", tmp_path / "file"
    real.mkdir(mode=0o700)
    link.symlink_to(real)
    os.chown(link, 65534, 65534, follow_symlinks=False)
    file.touch()
    for place in (link, file):
        code, said = outcome(capsys, "cleanup", place)
        assert code == 1
        assert "belongs to root" in said


def test_a_missing_state_directory_is_made_for_root_alone_and_a_readable_one_is_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.fakes.backend import FakeBackend

    monkeypatch.setattr(app, "load", lambda state_dir, interface, resolv_conf: FakeBackend())
    state = tmp_path / "new" / "state"
    assert outcome(capsys, "cleanup", state) == (0, "")
    assert state.stat().st_mode & 0o777 == 0o700
    state.chmod(0o755)
    assert outcome(capsys, "cleanup", state) == (0, "")


def test_cleanup_says_what_it_removed_and_everything_that_it_could_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.fakes.backend import FakeBackend

    class Stuck(FakeBackend):
        async def cleanup(self) -> list[str]:
            reasons = ("the filters stay", "the names stay")
            problems = [Problem("command-failed", {"command": "Windows", "detail": detail}) for detail in reasons]
            raise Unfinished(problems, ["interface wgtray0"])

    monkeypatch.setattr(app, "load", lambda state_dir, interface, resolv_conf: Stuck())
    code = app.main(["cleanup", "--state-dir", str(tmp_path / "state")])
    said = capsys.readouterr()
    assert (code, said.out) == (1, "removed interface wgtray0\n")
    assert ["the filters stay" in said.err, "the names stay" in said.err, said.err.count("\n")] == [True, True, 2]


@pytest.mark.parametrize("kept", ["wireguard-amd64-0.5.3.msi", None])
def test_what_the_installer_brought_along_is_told_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str | None
) -> None:
    monkeypatch.setattr(app, "carry", lambda package, state_dir: kept)
    assert app.main(["carry", str(tmp_path / "wgtray.msi"), "--state-dir", str(tmp_path / "state")]) == 0
    assert (kept or "nothing") in (tmp_path / "state" / "wireguard.txt").read_text()


def test_what_it_brought_along_and_is_not_taken_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(package: Path, state_dir: Path) -> str:
        raise CommandFailed(Problem("command-failed", {"command": "x.msi", "detail": "it is not signed"}))

    monkeypatch.setattr(app, "carry", refused)
    assert app.main(["carry", str(tmp_path / "wgtray.msi"), "--state-dir", str(tmp_path / "state")]) == 1
    assert "it is not signed" in (tmp_path / "state" / "wireguard.txt").read_text()
