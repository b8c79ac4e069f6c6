"""How long is a site without one of its nodes? With keepalived and nginx as Debian has them."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.network.conftest import until
from tests.network.fleet.asking import Flow, answered, until_answered
from tests.network.fleet.stage import Stage
from wgtray.fleet.redundancy import keepalived_text, nginx_text
from wgtray.lab import netns

BASE = (Path(__file__).parent / "fleet.toml").read_text()
FLOAT = "203.0.113.100"
USERS = {f"user{number}": ["staff"] for number in range(6)}
READY: set[Flow] = {("tcp", "10.20.0.10", 443)}
WATCH_S = 0.3
"""How long a client waits for an answer before it begins anew, as wgtray's does."""

pytestmark = [pytest.mark.slow, pytest.mark.network]


def fleet_text(kind: str) -> str:
    """Two nodes that serve one site."""
    floating = f'served_by = "pair"\nfloating = ["{FLOAT}/24", "10.20.255.100/24"]'
    lines = {"pair": floating, "balanced": 'served_by = "balanced"\nbalancer = "lb"'}[kind]
    endpoint = {"pair": FLOAT, "balanced": "203.0.113.1"}[kind]
    head, _, rest = BASE.partition("[[site]]")
    classes = "[[class]]" + rest.partition("[[class]]")[2]
    site = (
        f'[[site]]\nname = "fra"\nendpoint = "{endpoint}:51820"\naddresses = ["10.66.255.1", "fd66::ff01"]\n{lines}\n'
    )
    nodes = "".join(
        f'[[node]]\nname = "fra-{letter}"\nsite = "fra"\noutside = ["203.0.113.{11 + number}"]\n'
        for number, letter in enumerate("ab")
    )
    return f"{head}{site}\n{nodes}\n{classes}"


@contextmanager
def served(kind: str) -> Iterator[Stage]:
    if os.geteuid() != 0:
        pytest.skip("needs root for network namespaces")
    with Stage.up(fleet_text(kind), USERS if kind == "balanced" else {"user0": ["staff"]}) as stage:
        stage.render()
        stage.apply()
        yield stage


def holder(stage: Stage) -> str | None:
    held = [name for name, place in stage.nodes.items() if f" {FLOAT}/" in place.run(["ip", "-4", "address"]).stdout]
    return held[0] if len(held) == 1 else None


class Stream:
    """Asks 50 times a second, and begins WireGuard's session anew when nothing answers."""

    def __init__(self, stage: Stage, name: str, node: str, endpoint: str) -> None:
        self.times: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(stage, name, node, endpoint))
        self._thread.start()

    def stop(self) -> float:
        """The longest time without an answer."""
        self._end.set()
        self._thread.join(10)
        return max(after - before for before, after in zip(self.times, self.times[1:], strict=False))

    def _run(self, stage: Stage, name: str, node: str, endpoint: str) -> None:
        asked: set[Flow] = {("udp", "10.20.0.53", 53)}
        place = stage.users[name]
        while not self._end.is_set():
            if answered(place.netns, asked, 0.1) == asked:
                self.times.append(time.monotonic())
                time.sleep(0.02)
            elif self.times and time.monotonic() - self.times[-1] > WATCH_S:
                _begin_anew(stage, name, node, endpoint)


@pytest.mark.skipif(shutil.which("keepalived") is None, reason="needs Debian's keepalived")
@pytest.mark.parametrize("fault", ["cable", "wireguard"])
def test_a_floating_address_moves_to_the_other_node_of_a_pair_within_a_second(fault: str) -> None:
    with served("pair") as stage:
        running = []
        for node in stage.fleet.nodes:
            home = stage.homes[node.name]
            (home / "keepalived.conf").write_text(keepalived_text(stage.fleet, node, str(home)))
            argv = [
                "keepalived",
                "-n",
                "-l",
                "-P",
                "-f",
                str(home / "keepalived.conf"),
                "-p",
                str(home / "keepalived.pid"),
            ]
            with (home / "keepalived.log").open("wb") as log:
                argv += ["-r", str(home / "vrrp.pid")]
                running.append(stage.nodes[node.name].popen(argv, stdout=log, stderr=log))
        try:
            until(lambda: holder(stage) is not None, 30)
            held, other = sorted(stage.nodes, key=lambda name: name != holder(stage))  # who came first takes it
            endpoint = f"{FLOAT}:51820"
            stage.connect("user0", "fra-a", endpoint=endpoint)
            until_answered(stage.users["user0"].netns, READY)
            stream = Stream(stage, "user0", "fra-a", endpoint)
            time.sleep(1)
            began = time.monotonic()
            if fault == "cable":
                stage.net.run(["ip", "link", "set", f"n{list(stage.nodes).index(held)}", "down"])
            else:
                _kill_wireguard(stage, held)
            until(lambda: f" {FLOAT}/" in stage.nodes[other].run(["ip", "-4", "address"]).stdout)
            moved_s = time.monotonic() - began
            until(lambda: bool(stream.times) and stream.times[-1] > began + moved_s + 0.2)
            gap_s = stream.stop()
            print(
                f"\n{fault}: the address moved in {moved_s:.2f} s, the client was without an answer for {gap_s:.2f} s"
            )
            assert moved_s < 1.5
            assert gap_s < 3
        finally:
            for process in running:
                process.terminate()
                process.wait(10)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs Debian's nginx-light and libnginx-mod-stream")
@pytest.mark.skipif(
    not Path("/usr/lib/nginx/modules/ngx_stream_module.so").exists(), reason="needs libnginx-mod-stream"
)
def test_a_balancer_spreads_clients_and_goes_on_without_a_node() -> None:
    with served("balanced") as stage:
        conf = stage.place / "nginx.conf"
        conf.write_text(nginx_text(stage.fleet, stage.fleet.sites[0]))
        extra = f"pid {stage.place}/nginx.pid; error_log {stage.place}/nginx.log; daemon off;"
        argv = ["nginx", "-c", str(conf), "-g", extra]
        nginx = stage.net.popen(argv, stderr=subprocess.DEVNULL)
        try:
            until(lambda: ":51820" in stage.net.run(["ss", "-Hlun"]).stdout)
            endpoint = "203.0.113.1:51820"
            for name in USERS:
                stage.connect(name, "fra-a", endpoint=endpoint)
            for name in USERS:
                until_answered(stage.users[name].netns, READY)
            for _ in range(10):  # where the hash puts few clients is chance: from another port, to another place
                if all(_sessions(stage, name) for name in stage.nodes):
                    break
                for name in USERS:
                    _begin_anew(stage, name, "fra-a", endpoint)
                    until_answered(stage.users[name].netns, READY)
            spread: dict[str, set[str]] = {name: _sessions(stage, name) for name in stage.nodes}
            print(f"\nspread over {spread}")
            assert set().union(*spread.values()) == {stage.keys[name].public for name in USERS}
            assert all(spread.values()), "everybody on one node"
            dead = "fra-a"
            victim = next(user for user in USERS if stage.keys[user].public in spread[dead])
            stream = Stream(stage, victim, "fra-a", endpoint)
            time.sleep(1)
            began = time.monotonic()
            _kill_wireguard(stage, dead)
            until(lambda: bool(stream.times) and stream.times[-1] > began + 0.5, 30)
            print(f"a client of the dead node was without an answer for {stream.stop():.2f} s")
        finally:
            nginx.terminate()
            nginx.wait(10)


def _begin_anew(stage: Stage, name: str, node: str, endpoint: str) -> None:
    """Forget the session and the port."""
    link = f"f{stage.id}u{list(stage.users).index(name)}"
    stage.users[name].run(["wg", "set", link, "peer", stage.keys["fra"].public, "remove"])
    stage.connect(name, node, endpoint=endpoint)


def _sessions(stage: Stage, node: str) -> set[str]:
    """Public keys of those who have a session with the node."""
    tunnel = next(each.tunnel for each in stage.fleet.nodes if each.name == node)
    rows = stage.nodes[node].run(["wg", "show", tunnel, "latest-handshakes"]).stdout.splitlines()
    return {row.split()[0] for row in rows if row.split()[1] != "0"}


def _kill_wireguard(stage: Stage, node: str) -> None:
    for pid in netns.processes([stage.nodes[node].netns]):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if words[0].endswith(b"wireguard-go"):
            os.kill(pid, 9)
