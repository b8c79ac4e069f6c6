"""Whose fault is it that the company, or a large packet, is not answered? Dialogues with the machine."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core import checking, events, machine
from wgtray.core.desired import desired, unsupported
from wgtray.core.events import Checked, Event, Probed, Sized
from wgtray.core.failover import MAIN
from wgtray.core.fields import Address, Name
from wgtray.core.host import Peer, fate
from wgtray.core.machine import Connected, State
from wgtray.core.profile import Failover

FRA, AMS, SIN = worlds.NAMES
HOST = "10.20.0.10/32"


def told(state: State, *happened: Event, now: float = 100.0) -> Connected:
    for event in happened:
        state = machine.step(state, event, now)
    assert isinstance(state, Connected)
    return state


def answer(node: Name, rtt_ms: float = 20.0) -> Probed:
    return Probed(node, True, True, rtt_ms)


def heard(node: Name) -> Checked:
    return Checked(node, True, 0.02)


def missed(node: Name) -> Checked:
    return Checked(node, False, 0.95)


def too_large(node: Name) -> Sized:
    return Sized(node, False, 0.95)


def suspected() -> Connected:
    state = told(worlds.connected(worlds.CHECKED), missed(FRA), now=100.0)
    return told(state, missed(FRA), answer(FRA), now=101.0)


def peers(state: State) -> dict[Name, Peer]:
    tunnel, profile = desired(state).tunnel, state.facts.profile
    assert tunnel is not None
    assert profile is not None
    by_key = {peer.public_key: peer for peer in tunnel.peers}
    return {node.name: by_key[node.public_key] for node in profile.nodes}


def test_one_missed_check_or_a_node_that_does_not_answer_itself_is_no_reason_to_suspect_the_company() -> None:
    state = worlds.connected(worlds.CHECKED)
    assert told(state, missed(FRA), answer(FRA)).facts.checks.via is None
    assert told(state, missed(FRA), missed(FRA)).facts.checks.via is None  # nothing heard of the node since
    silent = Probed(FRA, True, False, None)
    assert told(state, missed(FRA), missed(FRA), silent).facts.checks.via is None


def test_the_check_and_nothing_else_is_moved_to_the_nearest_standby() -> None:
    before = worlds.connected(worlds.CHECKED)
    after = suspected()
    assert after.facts.checks.via == AMS
    assert after.active == before.active
    was, became = peers(before), peers(after)
    assert became[AMS].allowed_ips == was[AMS].allowed_ips | {HOST}
    assert became[FRA] == was[FRA]
    assert became[SIN] == was[SIN]
    assert desired(after).routes == desired(before).routes


def test_an_answer_there_moves_the_traffic_and_counts_the_time_from_the_first_question() -> None:
    state = told(suspected(), heard(AMS), now=101.5)
    assert state.active == {MAIN: AMS, (SIN,): SIN}
    assert state.switch is not None
    assert (state.switch.before, state.switch.after, state.switch.reason) == (FRA, AMS, "company-side")
    assert state.switch.detect_ms == pytest.approx(2450)
    assert set(state.facts.checks.failed) == {FRA}
    assert HOST not in peers(state)[AMS].allowed_ips


def test_an_answer_through_a_farther_standby_cuts_off_those_that_were_asked_before() -> None:
    state = told(suspected(), missed(AMS), now=102.0)
    assert state.facts.checks.via == SIN
    state = told(state, heard(SIN), now=102.1)
    assert state.active[MAIN] == SIN
    assert set(state.facts.checks.failed) == {FRA, AMS}


def test_when_it_is_answered_nowhere_nobody_moves_and_the_round_is_repeated_later() -> None:
    state = told(suspected(), missed(AMS), missed(SIN), now=103.0)
    assert state.active[MAIN] == FRA
    assert state.switch is None
    assert state.facts.checks.vain
    assert state.facts.checks.via is None
    assert told(state, missed(FRA), now=110.0).facts.checks.via is None
    assert machine.next_wakeup(state) == 133.0
    assert told(state, events.Tick(), now=133.0).facts.checks.via == AMS
    assert not told(state, heard(FRA), now=110.0).facts.checks.vain


def test_a_late_answer_of_another_way_says_nothing() -> None:
    state = suspected()
    assert told(state, heard(FRA)) == state
    assert told(state, missed(SIN)) == state


def test_a_cut_off_node_is_asked_again_and_returned_to_by_the_rules_of_the_failback() -> None:
    state = told(suspected(), heard(AMS), now=101.5)
    wakeup = machine.next_wakeup(state)
    assert wakeup == 161.5
    state = told(state, events.Tick(), now=wakeup)
    assert state.facts.checks.via == FRA
    assert HOST in peers(state)[FRA].allowed_ips
    still = told(state, missed(FRA), now=162.0)
    assert (still.active[MAIN], set(still.facts.checks.failed)) == (AMS, {FRA})
    well = told(state, heard(FRA), answer(FRA), now=162.0)
    assert not well.facts.checks.failed
    assert well.active[MAIN] == AMS
    assert told(well, answer(FRA), now=221.0).active[MAIN] == AMS
    assert told(well, answer(FRA), now=223.0).active[MAIN] == FRA


def test_a_cut_off_node_is_not_asked_again_at_once_while_traffic_flows() -> None:
    state = told(suspected(), heard(AMS), events.Traffic(True), now=101.5)
    assert told(state, events.Tick(), now=162.0).facts.checks.via is None
    assert told(state, events.Tick(), now=222.0).facts.checks.via == FRA


def test_a_cut_off_node_is_better_than_none() -> None:
    state = told(suspected(), heard(AMS), now=101.5)
    dead = [Probed(node, True, False, None) for node in (SIN, AMS) for _ in range(3)]
    state = told(state, *dead, now=105.0)
    assert state.active[MAIN] == FRA
    state = told(state, *[answer(AMS)] * 4, now=110.0)
    assert state.active[MAIN] == AMS
    assert state.switch is not None
    assert state.switch.reason == "company-side"


def test_a_pinned_node_is_left_while_it_is_cut_off() -> None:
    state = told(worlds.connected(worlds.CHECKED), events.Wanted(events.Target(connected=True, node=FRA)))
    state = told(state, missed(FRA), missed(FRA), answer(FRA), heard(AMS))
    assert state.active[MAIN] == AMS


def test_losing_the_network_ends_the_question() -> None:
    state = machine.step(suspected(), events.Online(False), 102.0)
    assert state.facts.checks.via is None
    assert not state.facts.checks.misses


def test_without_a_check_nothing_is_asked_and_answers_change_nothing() -> None:
    state = worlds.connected()
    assert told(state, missed(FRA), missed(FRA), answer(FRA)).facts.checks == state.facts.checks
    assert checking.asked_through(worlds.profile(), state.active, state.facts.checks) is None


def test_the_check_in_a_network_that_names_nodes_judges_the_node_of_that_network() -> None:
    state = worlds.connected(worlds.CHECKED_VIA)
    assert checking.asked_through(worlds.CHECKED_VIA, state.active, state.facts.checks) == SIN
    state = told(state, missed(SIN), missed(SIN), answer(SIN))
    assert state.facts.checks.via == FRA
    assert told(state, heard(FRA)).active == {MAIN: FRA, (SIN,): FRA}


def test_the_host_of_the_check_is_a_company_host_even_outside_the_listed_networks() -> None:
    host = desired(worlds.connected(worlds.CHECKED_OUTSIDE))
    assert fate(host, Address("10.99.0.1")) == "tunnel"
    assert fate(msgspec.structs.replace(host, tunnel=None), Address("10.99.0.1")) == "held"
    assert not unsupported(worlds.CHECKED_OUTSIDE)


def test_a_check_that_this_computer_cannot_ask_is_not_supported() -> None:
    for check in ("icmp://10.66.255.1", "icmp://[fd20::10]"):
        profile = msgspec.structs.replace(worlds.V4_ONLY, failover=Failover(check=check))
        assert [problem.args["feature"] for problem in unsupported(profile)] == ["check"]


def test_large_packets_that_are_lost_three_times_while_small_ones_pass_move_to_a_node_that_takes_them() -> None:
    state = told(worlds.connected(), *[too_large(FRA)] * 2, answer(FRA))
    assert state.facts.sizes.via is None
    state = told(state, too_large(FRA))
    assert state.facts.sizes.via == AMS
    assert desired(state) == desired(worlds.connected())
    state = told(state, Sized(AMS, True, 0.03))
    assert state.active[MAIN] == AMS
    assert state.switch is not None
    assert state.switch.reason == "mtu"


def test_large_packets_that_no_node_takes_move_nobody() -> None:
    state = told(worlds.connected(), *[too_large(FRA)] * 3, answer(FRA), too_large(AMS), too_large(SIN))
    assert state.active[MAIN] == FRA
    assert state.facts.sizes.vain
