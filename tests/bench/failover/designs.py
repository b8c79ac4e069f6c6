"""Who is measured? Each design has a client of its own and stands on its first node again when asked to."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.failover import frr
from tests.bench.failover.interface import Interface
from tests.bench.failover.plan import FIRST, SPARE
from tests.network.conftest import Desk
from wgtray.ipc import codec, messages
from wgtray.lab import Client, Lab
from wgtray.lab.spec import COMPANY_NETWORKS

ROOT = Path(__file__).parents[3]
NAMES = ("reference", "three-strikes", "bfd", "wgtray")
TEXTS = {
    "reference": "ping every 5 s, 200 ms",
    "three-strikes": "1 s × 3",
    "bfd": "FRR BFD 50 ms × 3",
    "wgtray": "wgtray",
}
RARE_S = 2
"""A design that looks so rarely: where its round is when the node breaks decides how long it takes."""

_LEARN_S = 2.0
"""A helper that was started afresh gets to know its nodes for so long before the next fault."""


@dataclass(frozen=True)
class Switched:
    """One change of the active node; `at` is Unix time. Parts are known where the design says them itself."""

    at: float
    node: str
    reason: str = ""
    detect_ms: float | None = None
    switch_ms: float | None = None


class Design(Protocol):
    """A way to fail over, running in a client of the lab."""

    name: str
    client: Client

    def start(self) -> None:
        """Connect, all nodes warm, as a user would have it."""

    def go_back(self) -> bool:
        """Do the next step towards the first node; whether it is there, and sees it well."""

    def node(self) -> str:
        """The node that carries the company now."""

    def switches(self) -> list[Switched]:
        """All since the start, also those the bench asked for."""

    def rounds(self) -> float | None:
        """When it last began to look (monotonic), where it looks so rarely that this decides how long it takes."""

    def pid(self) -> int:
        """The process that, with its children, is the design."""

    def interface(self) -> str:
        """Its WireGuard interface."""

    def end(self) -> None:
        """Stop it."""


class Rival:
    """A program beside a warm interface, which writes a line on standard output for each switch."""

    def __init__(self, lab: Lab, number: int, name: str) -> None:
        self.name = name
        self.lab = lab
        self.client = lab.clients[number]
        self.wireguard = Interface(lab, number)
        self.log = lab.runtime_dir / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.wireguard.up()
        with self.log.open("wb") as log:
            self.process = self.client.popen(
                self.command(), stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(ROOT)}
            )

    def command(self) -> list[str]:
        raise NotImplementedError

    def node_words(self) -> list[str]:
        return [f"{node.name}={node.probe[0]}={self.wireguard.keys[node.name]}" for node in self.lab.nodes]

    def go_back(self) -> bool:
        if self.node() == FIRST:
            return True
        self.wireguard.carry(self.lab.node(FIRST))
        return False

    def node(self) -> str:
        return self.wireguard.carrier()

    def switches(self) -> list[Switched]:
        words = [line.split() for line in self.log.read_text(errors="replace").splitlines()]
        return [Switched(float(line[2]), line[1]) for line in words if len(line) == 3 and line[0] == "switched"]

    def rounds(self) -> float | None:
        return None

    def pid(self) -> int:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.log.read_text(errors='replace')[-500:]}")
        return self.process.pid

    def interface(self) -> str:
        return self.wireguard.name

    def end(self) -> None:
        """The lab's end kills its children."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)


class Watched(Rival):
    """`watch.sh`: a ping every `every_s`, the next node after `strikes` bad ones in a row."""

    def __init__(self, lab: Lab, number: int, name: str, every_s: int, strikes: int) -> None:
        super().__init__(lab, number, name)
        self.options = (str(every_s), str(strikes), "200")
        self.every_s = every_s
        self._round_at = 0.0
        self.active = lab.runtime_dir / f"{name}.active"

    def command(self) -> list[str]:
        self.active.write_text(f"{FIRST}\n")
        script = str(Path(__file__).with_name("watch.sh"))
        words = [self.wireguard.name, *self.options, str(self.active), ",".join(COMPANY_NETWORKS)]
        return ["sh", script, *words, *self.node_words()]

    def go_back(self) -> bool:
        self.active.write_text(f"{FIRST}\n")
        return super().go_back()

    def rounds(self) -> float | None:
        if self.every_s < RARE_S:
            return None
        asleep_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
        with suppress(OSError, ValueError):  # it is being written at this moment
            self._round_at = float(Path(f"{self.active}.round").read_text()) - asleep_s
        return self._round_at


class Bfd(Rival):
    """`bfd.py` with FRR's bfdd on both sides."""

    def command(self) -> list[str]:
        frr.start_nodes(self.lab, self.client)
        peers = [node.probe[0] for node in self.lab.nodes]
        daemon = frr.command(self.lab, self.client.name, self.client.tunnel[0], peers)
        words = [self.wireguard.name, ",".join(COMPANY_NETWORKS), *self.node_words()]
        return [sys.executable, "-m", "tests.bench.failover.bfd", *words, "--", *daemon]

    def go_back(self) -> bool:
        """A session needs a second or two to come up again."""
        return self._is_up() and super().go_back()

    def _is_up(self) -> bool:
        lines = [line.split() for line in self.log.read_text(errors="replace").splitlines()]
        states = {line[1]: line[0] for line in lines if len(line) == 2 and line[0] in ("up", "down")}
        return len(states) == len(self.lab.nodes) and set(states.values()) == {"up"}


class Wgtray:
    """The product: its real helper, started as the network tests start it, and asked through its socket."""

    name = "wgtray"

    def __init__(self, lab: Lab, number: int) -> None:
        self.lab = lab
        self.number = number
        self.client = lab.clients[number]
        self.desk: Desk | None = None
        self._found: list[Switched] = []
        self._fresh_at = 0.0

    def start(self) -> None:
        self.desk = Desk(self.lab, self.number)
        self.desk.start()
        self.desk.imported(self.lab.profile_toml(self.number, sections={"failover": {"prefer": "order"}}))
        self.desk.connected()
        threading.Thread(target=self._watch, args=(self.desk,), daemon=True).start()

    def go_back(self) -> bool:
        """A helper that has left the first node is started afresh, so that each fault is its first.

        It holds a fault against a node, rightly, and would avoid the one that breaks again and again. Then pinned and
        let go again, as a user without a wish has it.
        """
        seen = self._snapshot()
        if seen.node in SPARE and seen.last_switch is not None and seen.last_switch.reason != "user":
            self._start_afresh()
            return False
        if seen.state != "connected" or {node.health for node in seen.nodes} != {"up"}:
            return False
        if seen.node != FIRST:
            self._ask(messages.ChooseNode(FIRST))
            return False
        if seen.node_choice != "auto":
            self._ask(messages.ChooseNode(None))
            return False
        return time.monotonic() - self._fresh_at > _LEARN_S

    def _start_afresh(self) -> None:
        assert self.desk is not None
        self.desk.stop()
        self.desk.start()
        self._fresh_at = time.monotonic()
        threading.Thread(target=self._watch, args=(self.desk,), daemon=True).start()

    def rounds(self) -> float | None:
        return None

    def node(self) -> str:
        return self._snapshot().node or ""

    def switches(self) -> list[Switched]:
        return list(self._found)

    def pid(self) -> int:
        assert self.desk is not None
        assert self.desk.helper is not None
        if self.desk.helper.poll() is not None:
            raise RuntimeError(f"the helper ended: {self.desk.log.read_text(errors='replace')[-500:]}")
        return self.desk.helper.pid

    def interface(self) -> str:
        return self._snapshot().interface or ""

    def end(self) -> None:
        if self.desk is not None:
            self.desk.end()

    def _ask(self, request: messages.AnyRequest) -> None:
        assert self.desk is not None
        answer = self.desk.ask(request)
        if isinstance(answer, messages.Refused):
            raise RuntimeError(f"wgtray refused: {answer.code} {answer.args}")

    def _snapshot(self) -> messages.Snapshot:
        assert self.desk is not None
        return self.desk.snapshot()

    def _watch(self, desk: Desk) -> None:
        """Keep each `last_switch` that passes by; two within a tenth of a second are seen as one."""
        with socket.socket(socket.AF_UNIX) as link, suppress(OSError):
            link.connect(desk.socket)
            link.sendall(codec.encode_call(messages.Call(1, messages.Watch())))
            for line in link.makefile("rb"):
                answer = codec.decode_answer(line).answer
                moved = answer.snapshot.last_switch if isinstance(answer, messages.SnapshotNow) else None
                if moved is None or (self._found and self._found[-1].at == moved.at):
                    continue
                self._found.append(Switched(moved.at, moved.to_node, moved.reason, moved.detect_ms, moved.switch_ms))


def make(lab: Lab, name: str, number: int) -> Design:
    """The design of this name in the lab's client `number`."""
    match name:
        case "reference":
            return Watched(lab, number, name, every_s=5, strikes=1)
        case "three-strikes":
            return Watched(lab, number, name, every_s=1, strikes=3)
        case "bfd":
            return Bfd(lab, number, name)
        case "wgtray":
            return Wgtray(lab, number)
        case _:
            raise ValueError(f"there is no design {name!r}: {', '.join(NAMES)}")
