"""Every external command fails, hangs or lies, one after the other: it is said, nothing leaks, it mends by itself."""

import time

import pytest

from tests.network.conftest import until
from tests.network.faults import standins
from tests.network.faults.conftest import EVERY, Patient, survived
from tests.network.shouter import settle
from wgtray.ipc import messages

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800 if EVERY else 300)]

SHOWS_S = 25.0
"""By then a fault is among the problems, or everything works all the same: a tool that hangs is asked three times."""

TURNS = ("connect", "change", "disconnect")


def cycle(patient: Patient) -> None:
    """Everything that a day brings, so that every command is used."""
    patient.ask(messages.Connect())
    patient.settled()
    patient.ask(messages.AddApp(str(patient.other.path), "Other", "tunnel"))
    patient.ask(messages.ChooseMode("full"))
    until(lambda: patient.snapshot().mode == "full" and patient.is_well())
    patient.ask(messages.ChooseMode("split"))
    patient.ask(messages.RemoveApp("Other"))
    until(lambda: patient.snapshot().mode == "split" and patient.is_well())
    patient.ask(messages.Disconnect())
    until(patient.is_off)
    time.sleep(0.5)


def suffered(patient: Patient, how: standins.Way, which: str) -> set[str] | None:
    """What leaked while a command was broken from before connecting, in the middle, and until after disconnecting."""
    before = len(standins.calls(patient.control))
    leaked: set[str] = set()
    standins.break_(patient.control, how, which)
    patient.ask(messages.Connect())
    until(lambda: patient.snapshot().protected is not None)
    spoken = said_or_well(patient)
    shown = patient.snapshot()
    if shown.protected:
        patient.leaked(set())  # until here nobody had promised anything
        settle()
        leaked |= patient.leaked(set())
    assert spoken, f"{which} {how}: {shown.state}, protected {shown.protected}, and no problem"
    standins.mend(patient.control)
    patient.settled()
    patient.leaked(set())
    standins.break_(patient.control, how, which)
    patient.ask(messages.ChooseMode("full"))
    said_or_well(patient)
    leaked |= patient.leaked(set())
    patient.ask(messages.ChooseMode("split"))
    said_or_well(patient)
    leaked |= patient.leaked(set())
    patient.ask(messages.Disconnect())
    said_or_well(patient)
    leaked |= patient.leaked(patient.free)
    standins.mend(patient.control)
    patient.settled_off()
    met = any(call.startswith(which.removesuffix("*")) for call in standins.calls(patient.control)[before:])
    return leaked if met else None


def said_or_well(patient: Patient) -> bool:
    """Wait until there is a problem, or everything is as wanted."""
    deadline = time.monotonic() + SHOWS_S
    while time.monotonic() < deadline:
        shown = patient.snapshot()
        if shown.problems or shown.state == "off" or (shown.state == "connected" and shown.protected):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def kinds(patient: Patient) -> list[str]:
    """The patterns of all commands that a day brings; from then on the helper uses stand-ins."""
    patient.stop()
    standins.build(patient.control)
    patient.begin()
    cycle(patient)
    return sorted(set(map(standins.kind, standins.calls(patient.control))))


HANGING = ("ip -4 -batch -*", "ip -4 route show*", "nft -f -*", "wg-quick up*")
"""Whose hanging is tried unless all are asked for: each time it is waited for, and more than once."""


def chosen(kinds: list[str], how: standins.Way) -> list[str]:
    """Those that are tried unless all are asked for: both families are done alike."""
    if EVERY:
        return kinds
    return [which for which in kinds if (which in HANGING if how == "hangs" else " -6 " not in which)]


@pytest.mark.parametrize("how", standins.WAYS if EVERY else ["fails", "hangs", "lies"])
@pytest.mark.threat("T65")
def test_a_command_that_does_not_do_its_work_is_said_leaks_nothing_and_is_made_up_for(
    patient: Patient, kinds: list[str], how: standins.Way
) -> None:
    failed: list[str] = []
    for which in chosen(kinds, how):
        began = time.monotonic()
        try:
            survived(lambda which=which: suffered(patient, how, which))  # type: ignore[misc]  # bound here
        except AssertionError as error:
            failed.append(f"{which} {how}: {error}")
            standins.mend(patient.control)
            patient.ask(messages.Disconnect())
            patient.settled_off()
        print(f"{which} {how}: {time.monotonic() - began:.1f} s")
    assert not failed, "\n".join(failed)
