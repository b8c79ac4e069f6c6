"""`make example`: the whole design on one machine, with the real client, Ansible, WireGuard and nftables.

Three sites (two clouds and the company's own data centre), two users of different groups, everything in network
namespaces that are gone again at the end.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.network.fleet.asking import Flow, answered, until_answered
from tests.network.fleet.stage import PUBLIC, Stage
from wgtray.lab import netns

TEXT = (Path(__file__).parent / "fleet.toml").read_text()
USERS = {"alice": ["staff"], "bob": ["finance"]}
INTRANET: Flow = ("tcp", "10.20.0.10", 443)
ERP: Flow = ("tcp", "10.30.0.10", 3200)
ASK_EVERY_S = 0.02
LONGEST_GAP_S = 5.0
"""Only what would be broken is longer; what it really was is printed."""


class Laptop:
    """A user's machine with the real service and command line."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.name, self.place = name, stage.users[name]
        self._stage = stage
        self._home = stage.place / f"laptop-{name}"
        self._home.mkdir()
        self._resolv = self._home / "resolv.conf"
        self._resolv.write_text("nameserver 198.51.100.53\n")
        self._socket = str(self._home / "helper.sock")
        argv = [sys.executable, "-m", "wgtray.helper.app", "run", "--state-dir", str(self._home / "state")]
        argv += ["--socket", self._socket, "--resolv-conf", str(self._resolv)]
        self.log = self._home / "log"
        with self.log.open("wb") as log:
            self._helper = self.place.popen(argv, stderr=log)
        wait(lambda: os.path.exists(self._socket), f"{name}'s service")

    def wgtray(self, *words: str, stdin: str | None = None) -> str:
        argv = [sys.executable, "-m", "wgtray", "--socket", self._socket, *words]
        environment = {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "tests.network.fleet.keyring_file.FileKeyring",
            "EXAMPLE_KEYRING": str(self._home / "keyring"),
        }
        done = self.place.run(argv, check=False, input=stdin, env=environment)
        if done.returncode != 0:
            raise SystemExit(f"wgtray {' '.join(words)} of {self.name}: {done.stderr}{self.log.read_text()[-2000:]}")
        return done.stdout.strip()

    def request(self) -> Path:
        """Make the key here and ask to be let in."""
        file = self._home / "request"
        self.wgtray("enroll", "request", str(file), "--user", self.name)
        return file

    def connect(self, answer: Path, fingerprint: str) -> None:
        self.wgtray("enroll", "accept", str(answer), "--fingerprint", fingerprint)
        self.wgtray("connect")

    def stop(self) -> None:
        with contextlib.suppress(SystemExit, subprocess.TimeoutExpired):
            self.wgtray("disconnect")
        self._helper.terminate()
        self._helper.wait(20)


class Conversation:
    """One TCP connection that asks and is answered 50 times a second."""

    def __init__(self, laptop: Laptop, flow: Flow) -> None:
        self.answers: list[float] = []
        self._end = threading.Event()
        self._socket = netns.inside(laptop.place.netns, lambda: socket.create_connection(flow[1:], 5))
        self._socket.settimeout(1)
        self._threads = [threading.Thread(target=work) for work in (self._ask, self._listen)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> float:
        """The longest time without an answer; nothing was lost."""
        self._end.set()
        for thread in self._threads:
            thread.join(5)
        self._socket.close()
        return max(after - before for before, after in zip(self.answers, self.answers[1:], strict=False))

    def _ask(self) -> None:
        while not self._end.wait(ASK_EVERY_S):
            self._socket.send(b"x")

    def _listen(self) -> None:
        while not self._end.is_set():
            with contextlib.suppress(TimeoutError):
                if self._socket.recv(64):
                    self.answers.append(time.monotonic())


def wait(found: Callable[[], object], what: str, timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not found():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come in time")
        time.sleep(0.02)


def say(text: str) -> None:
    print(text, flush=True)


def cli(stage: Stage, verb: str, *words: str) -> str:
    """The administrator's command line."""
    argv = [sys.executable, "-m", "wgtray", "fleet", verb, "--dir", str(stage.place), *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout.rstrip()


@contextlib.contextmanager
def laptops(stage: Stage) -> Iterator[dict[str, Laptop]]:
    there: dict[str, Laptop] = {}
    try:
        for name in USERS:
            there[name] = Laptop(stage, name)
        yield there
    finally:
        for laptop in there.values():
            laptop.stop()


def main() -> None:
    with Stage.up(TEXT, {}, tuple(USERS)) as stage, laptops(stage) as there:
        alice, bob = there["alice"], there["bob"]
        say("Two laptops make their keys and ask to be let in; the company signs what they are told:")
        key = stage.place / "keys" / "company.key"
        fingerprint = cli(stage, "keygen", str(key)).splitlines()[-1]
        answers = {name: stage.place / f"{name}.toml" for name in USERS}
        for name, groups in USERS.items():
            words = [word for group in groups for word in ("--group", group)]
            said = cli(stage, "approve", str(there[name].request()), str(answers[name]), "--key", str(key), *words)
            say(indented(said.splitlines()[0]))
        say("\nThe fleet:")
        say(indented(cli(stage, "check")))
        say("\nRendered, and applied to three sites by ansible-playbook:")
        say(indented(cli(stage, "render")))
        began = time.monotonic()
        done = stage.playbook()
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        say(indented("\n".join(line for line in done.stdout.splitlines() if "ok=" in line)))
        say(f"  {time.monotonic() - began:.1f} s")
        say("What would change now: " + cli(stage, "plan"))
        say("\nBoth connect with the real client:")
        for laptop in there.values():
            laptop.connect(answers[laptop.name], fingerprint)
            say(indented(laptop.wgtray("status").splitlines()[0], f"{laptop.name}: "))
        say("\nWho reaches what:")
        for flow, name in ((INTRANET, "intranet"), (ERP, "erp")):
            found = []
            for laptop in there.values():
                until_answered(laptop.place.netns, {own(laptop)})
                reached = answered(laptop.place.netns, [flow], 1.0)
                found.append(f"{laptop.name} {'is answered' if reached else 'is refused'}")
            say(f"  {name:<9} {', '.join(found)}")
        assert answered(alice.place.netns, [INTRANET, ERP], 1.0) == {INTRANET}
        assert answered(bob.place.netns, [INTRANET, ERP], 1.0) == {ERP}
        inside, outside = asks(alice, "10.20.0.10"), asks(alice, PUBLIC[0])
        say(f"  the company sees alice as {inside or 'nobody'}, a public host as {outside} (direct)")
        assert outside == stage.outside("alice")[0]
        wait(lambda: len(healthy(alice)) == len(stage.nodes), "an answer from every node")
        primary = active(alice)
        say(f"\nThe node in use, {primary}, dies without a word while alice works:")
        conversation = Conversation(alice, INTRANET)
        time.sleep(2)
        number = list(stage.nodes).index(f"{primary}-a")
        stage.net.run(["ip", "link", "set", f"n{number}", "down"])
        wait(lambda: active(alice) not in (None, primary), "another node")
        time.sleep(3)
        gap_s = conversation.stop()
        say(f"  now {active(alice)}; her open TCP connection went on after {gap_s * 1000:.0f} ms without an answer")
        assert gap_s < LONGEST_GAP_S
        say("\nBob is revoked:")
        cli(stage, "revoke", "bob")
        cli(stage, "render")
        stage.render()
        alive = [name for name in stage.nodes if not name.startswith(str(primary))]
        stage.apply(*alive)
        time.sleep(1)
        assert answered(bob.place.netns, [ERP], 1.0) == set()
        assert answered(alice.place.netns, [INTRANET], 3.0) == {INTRANET}
        say("  his service answers no more; alice's does")
        names = [place.netns for place in (*stage.nodes.values(), *stage.users.values(), stage.net, stage.corp)]
    left = [name for name in names if (netns.NAMES / name).exists()]
    say("\nEverything is gone again." if not left else f"\nLeft behind: {left}")
    raise SystemExit(bool(left))


def own(laptop: Laptop) -> Flow:
    return INTRANET if laptop.name == "alice" else ERP


def active(laptop: Laptop) -> str | None:
    node = json.loads(laptop.wgtray("status", "--json"))["node"]
    return None if node is None else str(node)


def healthy(laptop: Laptop) -> list[str]:
    nodes = json.loads(laptop.wgtray("status", "--json"))["nodes"]
    return [node["name"] for node in nodes if node["health"] == "up"]


def asks(laptop: Laptop, host: str) -> str:
    """As whom the host sees the laptop; empty where it does not answer."""

    def ask() -> str:
        try:
            with socket.create_connection((host, 8080), 3) as connection:
                return connection.makefile().readline().strip()
        except OSError:
            return ""

    return netns.inside(laptop.place.netns, ask)


def indented(text: str, first: str = "") -> str:
    return "\n".join(f"  {first}{line}" for line in text.splitlines())


if __name__ == "__main__":
    main()
