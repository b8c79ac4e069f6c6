"""What proves the office, and what follows from it."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired, left
from wgtray.core.events import OfficeSeen, OfficeSought, Online, Paused, Target, UplinkChanged, Wanted
from wgtray.core.fields import Address, Endpoint
from wgtray.core.host import NOTHING
from wgtray.core.machine import Connecting, Off, Office, State, active_of, next_wakeup, step
from wgtray.core.office import Probe, pin, probe
from wgtray.core.passage import Packet, outcome
from wgtray.core.profile import Policy

PIN = pin(b"a public key")
LOCKED = worlds.profile(policy=Policy(lockdown="all", office_probe=f"https://10.20.0.10#sha256/{PIN}"))
PLACE = Endpoint("10.20.0.10:443")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://inside.corp.example#sha256/{PIN}", Probe("inside.corp.example", 443, PIN)),
        (f"https://Inside.Corp.Example:8443#sha256/{PIN}", Probe("inside.corp.example", 8443, PIN)),
        (f"https://10.20.0.10#sha256/{PIN}", Probe("10.20.0.10", 443, PIN)),
        (f"https://[FD20::10]:444#sha256/{PIN}", Probe("fd20::10", 444, PIN)),
    ],
)
def test_a_probe_is_a_host_and_the_hash_of_a_key(text: str, found: Probe) -> None:
    assert probe(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "https://inside.corp.example",
        f"http://inside.corp.example#sha256/{PIN}",
        f"https://inside.corp.example/path#sha256/{PIN}",
        f"https://inside.corp.example:99999#sha256/{PIN}",
        f"https://user@inside.corp.example#sha256/{PIN}"[:-1],
        "https://inside.corp.example#sha256/short",
        f"https://127.0.0.1#sha256/{PIN}",
        f"https://inside.corp.example#sha1/{PIN}",
    ],
)
def test_everything_else_is_told_how_to_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|outside|address"):
        probe(text)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"office_probe": text}, Policy)


def connected(profile: object = LOCKED) -> State:
    return worlds.situations(profile, "full")["Connected"]  # type: ignore[arg-type]  # a Profile


def inside(state: State) -> State:
    return step(state, OfficeSeen(inside=True), 10.0)


def test_in_the_office_nothing_of_ours_is_on_the_machine() -> None:
    state = inside(connected())
    assert isinstance(state, Office)
    assert (desired(state), active_of(state), next_wakeup(state)) == (NOTHING, {}, None)
    assert left(state.facts) == NOTHING


def test_without_its_answer_the_tunnel_is_back() -> None:
    for event in (OfficeSeen(inside=False), UplinkChanged(frozenset({4}))):
        back = step(inside(connected()), event, 20.0)
        assert isinstance(back, Connecting)
        assert outcome(desired(back), Packet(Address("10.20.0.10"), bound=True)) == "held"


def test_who_does_not_want_to_be_connected_is_off_in_the_office_too() -> None:
    state = inside(connected())
    assert isinstance(step(state, Wanted(Target(connected=False)), 20.0), Off)
    assert isinstance(step(state, Paused(99.0), 20.0), Off)


def test_a_computer_without_a_network_is_nowhere() -> None:
    gone = step(inside(connected()), Online(online=False), 20.0)
    assert not gone.facts.office
    assert isinstance(step(gone, OfficeSeen(inside=True), 21.0), Connecting)


def test_the_question_alone_passes_what_is_closed() -> None:
    state = step(connected(), OfficeSought(frozenset({PLACE})), 10.0)
    host = desired(state)
    asked = Packet(Address("10.20.0.10"), "tcp", 443, ours=True)
    assert outcome(host, asked) == "clear"
    for other in (
        msgspec.structs.replace(asked, ours=False, bound=True),
        msgspec.structs.replace(asked, port=80),
        msgspec.structs.replace(asked, address=Address("10.20.0.11")),
    ):
        assert outcome(host, other) != "clear"
