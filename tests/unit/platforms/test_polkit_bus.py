"""The real pkcheck asks a polkit on a private bus: python-dbusmock's, which answers as it is told.

A polkit of a whole system is asked in tests/packages; what an agent shows, nobody sees here.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.helper.serving import BOUND, Client, played
from tests.unit.platforms.test_polkit import client as client
from wgtray.helper.engine import Engine
from wgtray.ipc import messages
from wgtray.platforms import command
from wgtray.platforms.api import Caller
from wgtray.platforms.linux import polkit
from wgtray.platforms.linux.polkit import Polkit

PKCHECK = "/usr/bin/pkcheck"
SYSTEM_PYTHON = "/usr/bin/python3"
NAME, PLACE = "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority"
MOCK = "org.freedesktop.DBus.Mock"


def missing() -> str:
    """Of what Debian's polkitd, dbus and python3-dbusmock bring."""
    tools = [tool for tool in (PKCHECK, "dbus-daemon", "dbus-send", "dbus-monitor") if shutil.which(tool) is None]
    if tools:
        return ", ".join(tools)
    asked = subprocess.run([SYSTEM_PYTHON, "-c", "import dbusmock"], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "python3-dbusmock"


pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")


class Bus:
    """A system's bus that nothing but the mock is on."""

    def __init__(self, address: str) -> None:
        self.environment = {"PATH": "/usr/bin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": address}
        self.mock: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        argv = [SYSTEM_PYTHON, "-m", "dbusmock", "--template", "polkitd"]
        self.mock = subprocess.Popen(argv, env=self.environment, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while self._sent("org.freedesktop.DBus.Peer.Ping").returncode != 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def end(self) -> None:
        if self.mock is not None:
            self.mock.kill()
            self.mock.wait(10)

    def allow(self, *actions: str) -> None:
        assert self._sent(f"{MOCK}.SetAllowed", f"array:string:{','.join(actions)}").returncode == 0

    def hang(self, *, on: bool) -> None:
        assert self._sent(f"{MOCK}.SimulateHang", f"boolean:{str(on).lower()}").returncode == 0

    def _sent(self, method: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        argv = ["dbus-send", "--system", "--print-reply", f"--dest={NAME}", PLACE, method, *words]
        return subprocess.run(argv, env=self.environment, capture_output=True, check=False, timeout=30)


@pytest.fixture(scope="module")
def _bus() -> Iterator[Bus]:
    argv = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        bus = Bus(daemon.stdout.readline().strip())
        try:
            bus.begin()
            yield bus
        finally:
            bus.end()
            daemon.kill()


@pytest.fixture
def bus(_bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bus:
    """Nothing allowed yet, and pkcheck led there: what the service runs has nothing of its environment."""
    pkcheck = tmp_path / "pkcheck"
    address = _bus.environment["DBUS_SYSTEM_BUS_ADDRESS"]
    pkcheck.write_text(f'#!/bin/sh\nDBUS_SYSTEM_BUS_ADDRESS="{address}" exec {PKCHECK} "$@"\n')
    pkcheck.chmod(0o755)
    monkeypatch.setattr(command, "PLACES", (str(tmp_path),))
    _bus.allow("nothing")
    return _bus


def word(caller: Caller) -> str:
    return asyncio.run(Polkit().ask("import-profile", caller))


def test_what_polkit_allows_is_allowed_and_nothing_beside_it(bus: Bus, client: Caller) -> None:
    assert word(client) == "no"
    bus.allow("org.wgtray.lower-protection")
    assert word(client) == "no"
    bus.allow("org.wgtray.import-profile")
    assert word(client) == "yes"


def test_polkit_is_asked_about_the_very_process_and_may_ask_a_person(bus: Bus, client: Caller) -> None:
    rule = "type='method_call',member='CheckAuthorization'"
    argv = ["dbus-monitor", "--system", rule]
    with subprocess.Popen(argv, env=bus.environment, stdout=subprocess.PIPE, text=True) as ear:
        assert ear.stdout is not None
        while "NameLost" not in ear.stdout.readline():  # from here on it only listens
            pass
        word(client)
        heard: list[str] = []
        while "uint32 1" not in heard[-1:]:  # the flags: whoever has to be asked, may be
            heard.append(ear.stdout.readline().strip())
        ear.kill()
    said = "\n".join(heard)
    started = polkit.parse_started(Path(f"/proc/{client.pid}/stat").read_text())
    for part in ('"unix-process"', f"uint32 {client.pid}", f"uint64 {started}", f"int32 {client.uid}"):
        assert part in said
    assert '"org.wgtray.import-profile"' in said


def test_a_polkit_that_does_not_answer_or_is_gone_allows_nothing(
    bus: Bus, client: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.allow("org.wgtray.import-profile")
    with monkeypatch.context() as patch:
        patch.setattr(polkit, "ASK_TIMEOUT_S", 1.0)
        bus.hang(on=True)
        assert word(client) == "nobody"
        bus.hang(on=False)
    assert word(client) == "yes"
    bus.end()
    assert word(client) == "nobody"
    bus.begin()


@pytest.mark.skipif(os.geteuid() != 0, reason="root's own process needs nobody's leave")
def test_a_request_that_the_company_refuses_is_carried_out_once_polkit_allows_it(
    bus: Bus, client: Caller, tmp_path: Path
) -> None:
    answers: list[object] = []

    async def scene(engine: Engine, connect: Callable[[], Awaitable[Client]]) -> None:
        await engine.ask(messages.SetProfile(BOUND, keep_key=True), Caller(0, frozenset()))
        user = await connect()
        answers.append((await user.ask(messages.RemoveProfile())).answer)
        await asyncio.to_thread(bus.allow, "org.wgtray.remove-profile")
        answers.append((await user.ask(messages.RemoveProfile())).answer)

    member = Caller(client.uid, frozenset({"wgtray"}), client.pid)
    played(tmp_path, scene, member, Polkit())
    refused, done = answers
    assert isinstance(refused, messages.Refused)
    assert refused.code == "administrator-refused"
    assert not isinstance(done, messages.Refused)
