"""What is a portal's answer, and what is a node's own web server? And the portal as a fact: seen, opened, over."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import closes_portals, desired
from wgtray.core.events import PortalOpened, PortalSeen, Probed, Tick, UplinkChanged
from wgtray.core.fields import Address, Name
from wgtray.core.machine import Blocked, State, next_wakeup, step
from wgtray.core.names import Server, nothing_past_the_tunnel, whom_to_ask
from wgtray.core.passage import DNS, HTTP, HTTPS, Packet, outcome
from wgtray.core.portal import page, question
from wgtray.core.profile import Mode, Policy, Profile

OWN = frozenset({"203.0.113.1", "fra.example.com"})
PAGE = "http://portal.example/login"
SILENT = "Blocked, tunnel up"
LOCKED = worlds.profile(policy=Policy(lockdown="all", portal_minutes=5), dns=worlds.NAMED.dns)
HOTEL = Server(Address("192.168.77.1"))
PUBLIC, COMPANY = Address("198.51.100.9"), Address("10.20.0.10")


def answer(status: str, *heads: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *heads, "", "Location: http://body.example/")).encode()


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "303 See Other"])
def test_a_redirection_elsewhere_is_a_portals(status: str) -> None:
    url = "http://login.hotel.example/?to=203.0.113.1"
    assert page(answer(status, "Server: x", f"LOCATION:  {url}"), OWN) == url


def test_a_network_that_says_so_itself_is_believed() -> None:
    assert page(answer("511 Network Authentication Required"), OWN) == "http://203.0.113.1/"


@pytest.mark.parametrize(
    "said",
    [
        answer("200 OK"),
        answer("302 Found"),
        answer("301 Moved", "Location: https://fra.example.com/"),
        answer("301 Moved", "Location: https://203.0.113.1/"),
        answer("302 Found", "Location: /login"),
        answer("302 Found", "Location: ftp://login.example/"),
        answer("302 Found", "Location: javascript:alert(1)"),
        answer("302 Found", "Location: http://user:word@login.example/"),
        answer("302 Found", "Location: http://[broken/"),
        answer("302 Found", "Location: http://login.example/" + "x" * 400),
        answer("302 Found", "Location: http://login.example/\x1b[2J"),
        b"SSH-2.0-OpenSSH",
        b"",
    ],
)
def test_everything_else_is_none(said: bytes) -> None:
    assert page(said, OWN) is None


def test_a_node_is_asked_by_its_address() -> None:
    assert question("203.0.113.1").startswith(b"GET / HTTP/1.1\r\nHost: 203.0.113.1\r\n")
    assert b"Host: [2001:db8::1]\r\n" in question("2001:db8::1")


def blocked(profile: Profile = LOCKED, mode: Mode = "full") -> State:
    state = worlds.situations(profile, mode)[SILENT]
    return msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, inner={}, outer={}))


def seen(state: State) -> State:
    return step(state, PortalSeen(PAGE), state.since)


def opened(state: State, until: float) -> State:
    return step(seen(state), PortalOpened(until), state.since)


def test_it_is_why_nobody_answers() -> None:
    state = seen(blocked())
    assert isinstance(state, Blocked)
    assert (state.problem.code, state.problem.args) == ("captive-portal", {"url": PAGE})


def test_it_is_forgotten_once_a_node_answers_or_the_network_is_another() -> None:
    answered = step(seen(blocked()), Probed(Name("fra"), inner=False, answered=True, rtt_ms=20.0), 0.0)
    assert answered.facts.portal is None
    assert step(seen(blocked()), UplinkChanged(frozenset({4})), 0.0).facts.portal is None


def test_opened_web_and_names_pass_and_the_company_never() -> None:
    state = blocked()
    host = desired(opened(state, state.since + 300.0))
    asked = (("tcp", HTTP), ("tcp", HTTPS), ("udp", DNS))
    assert [outcome(host, Packet(PUBLIC, proto, port)) for proto, port in asked] == ["clear"] * 3  # type: ignore[arg-type]  # of the literals above
    assert outcome(host, Packet(PUBLIC, "tcp", 22)) == outcome(host, Packet(PUBLIC, "udp", HTTPS)) == "held"
    assert outcome(host, Packet(COMPANY, "tcp", HTTP, bound=True)) == "held"
    assert outcome(host, Packet(COMPANY, "tcp", HTTP)) == "tunnel"


def test_it_closes_when_its_time_is_over_or_a_node_answers() -> None:
    state = blocked()
    until = state.since + 300.0
    now_open = opened(state, until)
    assert next_wakeup(now_open) == until
    assert step(now_open, Tick(), until - 1).facts.portal_until == until
    for over in (
        step(now_open, Tick(), until),
        step(now_open, Probed(Name("fra"), inner=True, answered=True, rtt_ms=20.0), state.since),
    ):
        assert over.facts.portal_until is None
        assert outcome(desired(over), Packet(PUBLIC, "tcp", HTTP)) != "clear"


def test_without_a_portal_nothing_is_opened() -> None:
    assert step(blocked(), PortalOpened(99.0), 0.0).facts.portal_until is None


def test_names_are_asked_of_the_network_while_it_is_open() -> None:
    state = blocked()
    assert nothing_past_the_tunnel(state.facts)
    assert whom_to_ask("other", state, [HOTEL]) is None
    now_open = opened(state, state.since + 300.0)
    asked = whom_to_ask("other", now_open, [HOTEL])
    assert asked is not None
    assert (asked.servers, asked.inside) == ((HOTEL,), False)
    assert whom_to_ask("company", now_open, [HOTEL]) is None, "no node answers, and nobody else is asked"


def test_only_what_is_closed_has_to_be_opened() -> None:
    assert closes_portals(blocked().facts)
    assert closes_portals(blocked(worlds.profile(), "full").facts)
    assert not closes_portals(blocked(worlds.profile(), "split").facts)
    assert not closes_portals(msgspec.structs.replace(blocked().facts, paused_until=99.0))
