"""What the service manager hands over and is told, against a manager of our own: a socket that notes every word."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wgtray.helper import service

HELPER = """
import os, sys
from tests.fakes.backend import FakeBackend
from wgtray.helper import app
if "GIVEN" in os.environ:  # exec keeps the number of the process, as in a service manager
    os.dup2(int(os.environ.pop("GIVEN")), 3)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
class Told(FakeBackend):
    async def cleanup(self):
        print("cleaned up", file=sys.stderr)
        return await super().cleanup()
app.load = lambda state_dir, interface, resolv_conf: Told()
sys.exit(app.main())
"""


class Manager:
    """Listens where a service notifies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))
        self.line.settimeout(60)

    def heard(self) -> str:
        return self.line.recv(4096).decode()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path / "notify")
    yield made
    made.line.close()


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def start(tmp_path: Path, given: socket.socket | None, **more: str) -> "subprocess.Popen[bytes]":
    passed = () if given is None else (given.fileno(),)
    if given is not None:
        more["GIVEN"] = str(given.fileno())
    options = ["run", "--state-dir", str(tmp_path / "state"), "--socket", str(tmp_path / "helper.sock")]
    return subprocess.Popen(
        [sys.executable, "-c", HELPER, *options], env=environment(**more), pass_fds=passed, stderr=subprocess.PIPE
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="the helper runs as root only")
def test_the_helper_serves_the_socket_it_was_given_and_leaves_it_to_the_manager(
    tmp_path: Path, manager: Manager
) -> None:
    path = tmp_path / "activated.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b'{"id":1,"call":{"request":"status"}}\n')  # before there is anybody to read it
            process = start(tmp_path, listening, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="300000")
            try:
                assert manager.heard() == "READY=1"
                assert manager.heard() == "WATCHDOG=1"
                client.settimeout(60)
                assert client.recv(1 << 16).startswith(b'{"id":1')
                process.terminate()
                _, log = process.communicate(timeout=60)
            finally:
                process.kill()
                process.communicate()
        assert (process.returncode, path.exists()) == (0, True)
        assert not (tmp_path / "helper.sock").exists()
        assert str(path) in log.decode()
    said = [manager.heard()]
    while said[-1] != "STOPPING=1":
        said.append(manager.heard())
    assert set(said[:-1]) <= {"WATCHDOG=1"}


@pytest.mark.skipif(os.geteuid() != 0, reason="the helper runs as root only")
@pytest.mark.parametrize(("how", "times"), [(signal.SIGTERM, 2), (signal.SIGUSR1, 1)])
def test_a_helper_with_a_successor_leaves_the_network_to_it(
    tmp_path: Path, manager: Manager, how: signal.Signals, times: int
) -> None:
    process = start(tmp_path, None, NOTIFY_SOCKET=str(manager.path))
    try:
        assert manager.heard() == "READY=1"
        process.send_signal(how)
        _, log = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert log.decode().count("cleaned up") == times  # once at the start, when nothing was wanted


@pytest.mark.parametrize("kind", ["datagrams", "not listening", "a file"])
def test_anything_but_a_listening_stream_is_refused(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM if kind == "datagrams" else socket.SOCK_STREAM)
    number = os.open(tmp_path, os.O_RDONLY) if kind == "a file" else made.detach()
    made.close()
    monkeypatch.setattr(service, "FIRST", number)
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "1")
    with pytest.raises(OSError, match=r"listening|non-socket"):
        service.handed_over()


def test_what_was_meant_for_another_process_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", "1")
    monkeypatch.setenv("LISTEN_FDS", "1")
    assert service.handed_over() is None
    assert "LISTEN_FDS" not in os.environ  # nor by anything that we start


def test_two_sockets_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "2")
    with pytest.raises(OSError, match="exactly one"):
        service.handed_over()


def test_an_engine_that_does_not_answer_is_neither_ready_nor_alive(
    manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    answers = 3
    hangs = asyncio.Event()

    async def answer() -> None:
        nonlocal answers
        if not answers:
            hangs.set()
            await asyncio.Event().wait()
        answers -= 1

    async def watched() -> None:
        async with asyncio.TaskGroup() as tasks:
            report = tasks.create_task(service.report(answer))
            await hangs.wait()
            await asyncio.wait([report], timeout=0.1)
            report.cancel()

    asyncio.run(watched())
    assert [manager.heard() for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    manager.line.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.heard()


def test_a_manager_that_does_not_listen_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    began = time.monotonic()
    for address in ("", "nowhere", str(tmp_path / "missing"), "@wgtray-test-nobody"):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        service.tell("READY=1")
    assert time.monotonic() - began < 1


def test_an_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"wgtray-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{name}")
        line.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        service.tell("READY=1")
        assert line.recv(64) == b"READY=1"


@pytest.mark.parametrize(
    ("result", "over"),
    [
        (None, True),
        ("success", False),
        ("timeout", True),
        ("start-limit-hit", True),
        ("exit-code", False),
        ("signal", False),
        ("watchdog", False),
        ("core-dump", False),
        ("oom-kill", False),
    ],
)
def test_the_network_is_left_to_the_next_helper_where_one_follows(
    monkeypatch: pytest.MonkeyPatch, result: str | None, over: bool
) -> None:
    monkeypatch.delenv("SERVICE_RESULT", raising=False)
    if result is not None:
        monkeypatch.setenv("SERVICE_RESULT", result)
    assert service.is_over() is over
