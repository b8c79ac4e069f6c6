"""What adds up over time? Random deeds of a user and random faults under load; ``make soak`` for ten minutes."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.network.conftest import until
from tests.network.faults.conftest import Patient
from tests.network.shouter import settle
from tests.security.tally import count
from wgtray.ipc import messages

MINUTES = float(os.environ.get("SOAK_MINUTES", "1"))
SEED = int(os.environ.get("SOAK_SEED", "1"))

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(MINUTES * 60 + 240)]

GROWTH_KIB = 8 * 1024
"""What a helper may have grown by since it was warm; a leak of a kilobyte a request would be more."""


class Use(msgspec.Struct, frozen=True):
    """What the helper and the machine hold at a quiet moment."""

    memory_kib: int
    descriptors: int
    threads: int
    rules: int
    routes: int


def use(patient: Patient) -> Use:
    assert patient.helper is not None
    process = Path(f"/proc/{patient.helper.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    seen = patient.network()
    return Use(
        memory_kib=int(status["VmRSS"].split()[0]),
        descriptors=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        rules=sum("accept" in line or "drop" in line or "mark set" in line for line in seen.splitlines()),
        routes=sum("proto 142" in line for line in seen.splitlines()),
    )


class Load:
    """Asks all the time; every request is to be answered while there is a helper."""

    def __init__(self, patient: Patient) -> None:
        self.answered, self.lost, self.resting = 0, 0, threading.Event()
        self._patient = patient
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(3)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            if not self.resting.is_set():
                try:
                    self._patient.ask(messages.Status())
                    self.answered += 1
                except (OSError, ValueError):
                    self.lost += not self.resting.is_set()
            time.sleep(0.03)


class Soak:
    """One long day of a machine."""

    def __init__(self, patient: Patient, load: Load, chance: random.Random) -> None:
        self.patient, self.load, self.chance = patient, load, chance
        self.deeds: dict[str, Callable[[], None]] = {
            "disconnect and connect": self.away,
            "pause and resume": self.paused,
            "another node": lambda: self.asked(messages.ChooseNode(chance.choice(["fra", "ams", "sin", None]))),
            "another mode": lambda: self.asked(messages.ChooseMode(chance.choice(["split", "full"]))),
            "a rule more": lambda: self.asked(messages.AddApp(str(patient.other.path), "Other", "tunnel")),
            "a rule less": lambda: self.asked(messages.RemoveApp("Other")),
            "a silent node": self.silent,
            "the interface gone": self.unplugged,
            "the interface down": self.down,
            "the firewall gone": lambda: self.ruined("nft", "delete", "table", "inet", "wgtray"),
            "the routes gone": lambda: self.ruined("ip", "route", "flush", "table", "22087"),
        }

    def asked(self, request: messages.AnyRequest) -> None:
        self.patient.ask(request)

    def away(self) -> None:
        self.asked(messages.Disconnect())
        until(self.patient.is_off)
        assert not self.patient.leaked(self.patient.free)
        self.asked(messages.Connect())
        self.patient.settled()
        self.patient.leaked(set())

    def paused(self) -> None:
        self.asked(messages.Pause(5))
        until(self.patient.is_off)
        assert not self.patient.leaked(self.patient.free)
        self.asked(messages.Resume())
        self.patient.settled()
        self.patient.leaked(set())

    def silent(self) -> None:
        node = self.patient.lab.node(self.chance.choice(["fra", "ams"]))
        node.silent()
        time.sleep(1)
        node.normal()

    def unplugged(self) -> None:
        if (link := self.patient.snapshot().interface) is not None:
            self.patient.place.run(["ip", "link", "delete", link], check=False)

    def down(self) -> None:
        if (link := self.patient.snapshot().interface) is not None:
            self.patient.place.run(["ip", "link", "set", link, "down"], check=False)

    def ruined(self, *argv: str) -> None:
        """Somebody else's tool; what leaves until the helper has put it back is theirs."""
        self.patient.place.run(argv, check=False)
        time.sleep(0.5)
        self.patient.settled()
        time.sleep(0.5)
        self.patient.settled()
        self.patient.leaked(set())

    def killed(self) -> None:
        self.load.resting.set()
        time.sleep(0.1)
        self.patient.stop(signal.SIGKILL)
        settle()
        self.patient.begin()
        self.load.resting.clear()

    def one(self, name: str, deed: Callable[[], None]) -> None:
        """Do it, wait until all is well again, and see that nothing got out meanwhile."""
        deed()
        self.patient.settled()
        assert not self.patient.leaked(set()), name

    def rest(self) -> Use:
        """The same situation every time, to be compared."""
        for request in (messages.ChooseMode("split"), messages.ChooseNode("fra"), messages.RemoveApp("Other")):
            self.patient.ask(request)
        until(lambda: self.patient.is_well() and self.patient.snapshot().node == "fra", 60)
        time.sleep(1)
        return use(self.patient)


def test_a_long_day_of_deeds_and_faults_leaks_nothing_loses_no_request_and_leaves_the_helper_as_it_was(
    patient: Patient,
) -> None:
    began, chance = time.monotonic(), random.Random(SEED)
    patient.ask(messages.Connect())
    patient.settled()
    patient.leaked(set())
    with Load(patient) as load:
        soak = Soak(patient, load, chance)
        for _ in range(2):
            soak.one("killed", soak.killed)
        for name, deed in soak.deeds.items():  # every one once: then the helper is warm
            soak.one(name, deed)
        warm, done = soak.rest(), 0
        while time.monotonic() < began + MINUTES * 60:
            name = chance.choice(list(soak.deeds))
            soak.one(name, soak.deeds[name])
            done += 1
        last = soak.rest()
    print(f"{done} deeds and faults, {load.answered} requests, {load.lost} lost\nwarm {warm}\nlast {last}")
    count("soak/minutes", MINUTES)
    count("soak/deeds", done)
    count("soak/requests", load.answered)
    count("soak/lost", load.lost)
    assert load.lost == 0
    assert last.memory_kib <= warm.memory_kib + GROWTH_KIB
    assert last.descriptors <= warm.descriptors + 4
    assert last.threads <= warm.threads + 2
    assert (last.rules, last.routes) == (warm.rules, warm.routes)
