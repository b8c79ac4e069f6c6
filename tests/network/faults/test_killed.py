"""The helper is killed after every single step of every plan: nothing leaks, and the next one finishes the work."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.network.conftest import until
from tests.network.faults.conftest import EVERY, Patient, survived
from tests.network.shouter import AFTER_S
from wgtray.ipc import messages

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800 if EVERY else 300)]

PATIENCE_S = 8.0

QUIET_S = 0.7
"""Without a step for so long the plan is done: what a plan waits for in between is a tool."""

SUBNET = "192.168.99.2/24"


class Deed:
    """One thing that makes the helper carry out a plan: ``ready`` is how the machine is before it, ``done`` after."""

    def __init__(
        self,
        *,
        act: Callable[[Patient], None],
        done: Callable[[Patient], bool] = Patient.is_well,
        ready: Callable[[Patient], None] = lambda patient: connected(patient),
        back: Callable[[Patient], None] = lambda patient: None,
        is_open_after: bool = False,
        least: int = 1,
    ) -> None:
        self.act, self.done, self.ready, self.back, self.least = act, done, ready, back, least
        self.is_open_after = is_open_after


def connected(patient: Patient) -> None:
    patient.ask(messages.Connect())
    patient.settled()


def disconnected(patient: Patient) -> None:
    patient.ask(messages.Disconnect())
    until(patient.is_off)


def in_full(patient: Patient) -> None:
    patient.ask(messages.ChooseMode("full"))
    connected(patient)
    until(lambda: patient.snapshot().mode == "full")
    patient.settled()


def in_split(patient: Patient) -> None:
    patient.ask(messages.ChooseMode("split"))
    patient.settled()


def pinned(name: str) -> Callable[[Patient], None]:
    return lambda patient: patient.ask_quietly(messages.ChooseNode(name))


def is_at(name: str) -> Callable[[Patient], bool]:
    return lambda patient: patient.is_well() and patient.snapshot().node == name


def settled_at(patient: Patient, name: str) -> None:
    connected(patient)
    pinned(name)(patient)
    until(lambda: is_at(name)(patient))


def with_app(patient: Patient) -> None:
    patient.ask_quietly(messages.AddApp(str(patient.other.path), "Other", "tunnel"))
    connected(patient)
    until(lambda: knows_app(patient, known=True))


def knows_app(patient: Patient, *, known: bool) -> bool:
    rules = {app.name: app.enforcement for app in patient.snapshot().apps}
    return patient.is_well() and (rules.get("Other") == "routed" if known else "Other" not in rules)


def subnet(what: str) -> Callable[[Patient], None]:
    def act(patient: Patient) -> None:
        patient.place.run(["ip", "address", what, SUBNET, "dev", "lan0"], check=False)

    return act


def passes_subnet(patient: Patient) -> bool:
    return patient.is_well() and "throw 192.168.99.0/24" in patient.network()


def unplugged(patient: Patient) -> None:
    patient.place.run(["ip", "link", "delete", str(patient.snapshot().interface)])


def ended(patient: Patient) -> None:
    assert patient.helper is not None
    patient.helper.send_signal(signal.SIGTERM)


DEEDS = {
    "connect": Deed(ready=disconnected, act=lambda patient: patient.ask_quietly(messages.Connect()), least=7),
    "switch": Deed(
        ready=lambda patient: settled_at(patient, "fra"),
        act=pinned("ams"),
        done=is_at("ams"),
        back=pinned("fra"),
    ),
    "full": Deed(
        act=lambda patient: patient.ask_quietly(messages.ChooseMode("full")),
        done=lambda patient: patient.is_well() and patient.snapshot().mode == "full",
        back=in_split,
    ),
    "split": Deed(
        ready=in_full,
        act=lambda patient: patient.ask_quietly(messages.ChooseMode("split")),
        done=lambda patient: patient.is_well() and patient.snapshot().mode == "split",
    ),
    "add a rule": Deed(
        act=lambda patient: patient.ask_quietly(messages.AddApp(str(patient.other.path), "Other", "tunnel")),
        done=lambda patient: knows_app(patient, known=True),
        back=lambda patient: patient.ask_quietly(messages.RemoveApp("Other")),
    ),
    "remove a rule": Deed(
        ready=with_app,
        act=lambda patient: patient.ask_quietly(messages.RemoveApp("Other")),
        done=lambda patient: knows_app(patient, known=False),
    ),
    "another network": Deed(ready=in_full, act=subnet("add"), done=passes_subnet, back=subnet("del")),
    "the interface gone": Deed(act=unplugged, least=4),
    "disconnect": Deed(
        act=lambda patient: patient.ask_quietly(messages.Disconnect()), done=Patient.is_off, is_open_after=True
    ),
    "stop": Deed(act=ended),
}


def works(patient: Patient, deed: Deed) -> bool:
    """Whether it is as it should be; a helper that is on its way out does not answer."""
    try:
        return deed.done(patient)
    except OSError:
        return False


def rehearsed(patient: Patient, deed: Deed, kind: str) -> list[str]:
    """What is done when nobody interferes."""
    deed.ready(patient)
    quiet(patient, kind)
    before = len(patient.listed(kind))
    deed.act(patient)
    if deed.act is ended:
        assert patient.helper is not None
        assert patient.helper.wait(15) == 0
        patient.helper = None
        names = patient.listed(kind)[before:]
        patient.begin()
    else:
        until(lambda: works(patient, deed), 30)
        quiet(patient, kind)
        names = patient.listed(kind)[before:]
    deed.back(patient)
    return names


def quiet(patient: Patient, kind: str) -> None:
    """Wait until nothing has been done for a moment."""
    seen, since = len(patient.listed(kind)), time.monotonic()
    while time.monotonic() < since + QUIET_S:
        if len(patient.listed(kind)) != seen:
            seen, since = len(patient.listed(kind)), time.monotonic()
        time.sleep(0.02)


def killed(patient: Patient, deed: Deed, kind: str, number: int) -> set[str] | None:
    """Kill the helper at that step of the deed; what leaked until another helper had finished the work.

    None where there were fewer of them this time: whether a node has to be left meanwhile is chance.
    """
    deed.ready(patient)
    closed = not patient.is_off()
    free = patient.free if deed.is_open_after else set[str]()
    patient.leaked(set())
    patient.arm(kind, number)
    deed.act(patient)
    if not patient.dies(PATIENCE_S):
        patient.disarm(kind)
        assert number > deed.least, f"it did not come to {kind} {number}"
        return None
    if not closed:
        time.sleep(AFTER_S)  # for what is on its way from before, when nobody had promised anything
        patient.leaked(set())
    time.sleep(AFTER_S)
    leaked = {f"{host} after the death at {kind} {number}" for host in patient.leaked(free)}
    patient.begin()
    until(lambda: works(patient, deed), 45)
    leaked |= {f"{host} while the one after {kind} {number} worked" for host in patient.leaked(free)}
    deed.back(patient)
    disconnected(patient)
    return leaked | {f"{host} at the end of {kind} {number}" for host in patient.leaked(patient.free)}


LOCKED = [name for name in DEEDS if EVERY or name in ("connect", "disconnect", "stop")]
"""Also tried under the strictest lockdown: what begins it, ends it and outlives it."""


@pytest.mark.parametrize(
    ("patient", "name"),
    [*(("apps", name) for name in DEEDS), *(("all", name) for name in LOCKED)],
    indirect=["patient"],
)
@pytest.mark.threat("T60")
def test_a_helper_that_dies_after_any_step_leaks_nothing_and_the_next_one_finishes_it(
    patient: Patient, name: str
) -> None:
    deed = DEEDS[name]
    steps = rehearsed(patient, deed, "steps")
    print(f"{name}: {', '.join(steps)}")
    assert steps, "nothing was done"
    for number in range(1, len(steps) + 1):
        if not survived(lambda number=number: killed(patient, deed, "steps", number)):  # type: ignore[misc]  # bound here
            break


@pytest.mark.skipif(not EVERY, reason="the larger set: FAULTS=all")
@pytest.mark.parametrize("name", DEEDS)
def test_a_helper_that_dies_before_any_command_leaks_nothing_and_the_next_one_finishes_it(
    patient: Patient, name: str
) -> None:
    deed = DEEDS[name]
    commands = rehearsed(patient, deed, "commands")
    print(f"{name}: {', '.join(commands)}")
    for number in range(1, len(commands) + 1):
        if not survived(lambda number=number: killed(patient, deed, "commands", number)):  # type: ignore[misc]  # bound here
            break
