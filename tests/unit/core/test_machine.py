"""The decisions: named scenarios as dialogues, and what holds in every history."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core import worlds
from tests.unit.core.worlds import FAILURES, OTHER_PRIVATE, PRIVATE, PUBLIC, profile, timed_events
from wgtray.core import events, machine
from wgtray.core.events import Event, Probed, Target
from wgtray.core.facts import under
from wgtray.core.failover import MAIN
from wgtray.core.fields import Endpoint, Name
from wgtray.core.machine import Blocked, Connected, Connecting, Off, State

FRA, AMS, SIN = worlds.NAMES


def wanted(**wish: object) -> events.Wanted:
    return events.Wanted(msgspec.structs.replace(Target(connected=True), **wish))


def answer(node: Name, rtt_ms: float = 20.0) -> Probed:
    return Probed(node, True, True, rtt_ms)


def silence(node: Name) -> Probed:
    return Probed(node, True, False, None)


def told(state: State, *events: Event, now: float = 100.0) -> State:
    for event in events:
        state = machine.step(state, event, now)
    return state


def imported() -> State:
    return told(Off(), events.ProfileSet(profile(), PUBLIC, PRIVATE))


@given(timed_events)
@settings(max_examples=150)
def test_step_never_raises_and_no_state_lacks_what_it_promises(history: list[tuple[Event, float]]) -> None:
    for state in worlds.states(history):
        facts = state.facts
        if not facts.target.connected or facts.profile is None or facts.paused_until is not None:
            assert isinstance(state, Off)
        else:
            assert not isinstance(state, Off)
        if isinstance(state, Connected | Connecting):
            assert facts.private_key is not None
            assert facts.profile is not None
            assert set(state.active.values()) <= {node.name for node in facts.profile.nodes}


@given(timed_events)
@settings(max_examples=50)
def test_every_wakeup_changes_something_or_asks_for_a_later_one(history: list[tuple[Event, float]]) -> None:
    state = worlds.states(history)[-1]
    for _ in range(6):  # a state that asks to be woken at once for ever would burn a processor
        wakeup = machine.next_wakeup(state)
        if wakeup is None:
            return
        after = machine.step(state, events.Tick(), wakeup)
        later = machine.next_wakeup(after)
        assert after != state or later is None or later > wakeup
        state = after


def test_it_stays_off_without_a_profile() -> None:
    assert isinstance(told(Off(), wanted()), Off)


def test_it_stays_blocked_without_a_key_and_connects_when_the_key_comes() -> None:
    state = told(Off(), events.ProfileSet(profile(), PUBLIC, None), wanted())
    assert isinstance(state, Blocked)
    assert state.problem.code == "no-key"
    assert isinstance(told(state, events.KeyGiven(PRIVATE)), Connecting)


def test_the_nearest_node_is_chosen_once_all_were_measured() -> None:
    state = told(imported(), wanted(), *[answer(SIN, 180)] * 2, *[answer(AMS, 30)] * 2)
    assert isinstance(state, Connecting)
    state = told(state, *[answer(FRA, 20)] * 2)
    assert isinstance(state, Connected)
    assert state.active[MAIN] == FRA


def test_it_does_not_wait_for_a_silent_node_longer_than_the_patience() -> None:
    plain = events.ProfileSet(profile(split=worlds.LONE_SPLIT), PUBLIC, PRIVATE)
    state = told(Off(), plain, wanted(), *[answer(AMS, 30)] * 2)
    wakeup = machine.next_wakeup(state)
    assert wakeup == 100.0 + machine.SETTLE_S
    state = machine.step(state, events.Tick(), wakeup)
    assert isinstance(state, Connected)
    assert state.active[MAIN] == AMS


def test_a_group_starts_at_the_node_it_names() -> None:
    assert worlds.connected().active == {MAIN: FRA, (SIN,): SIN}


def test_nobody_answering_is_blocked_with_the_tunnel_up_and_the_first_answer_ends_it() -> None:
    state = told(imported(), wanted())
    state = machine.step(state, events.Tick(), 100.0 + machine.CONNECT_TIMEOUT_S)
    assert isinstance(state, Blocked)
    assert state.problem.code == "no-node-answers"
    assert state.active is not None
    assert isinstance(told(state, answer(FRA)), Connected)
    waiting = told(state, *[silence(FRA)] * 3, answer(AMS), now=120.0)
    assert isinstance(waiting, Blocked)
    wakeup = machine.next_wakeup(waiting)
    assert wakeup == 120.0 + machine.RETURN_PATIENCE_S
    state = machine.step(waiting, events.Tick(), wakeup)
    assert machine.active_of(state)[MAIN] == AMS
    assert isinstance(state, Connected)


def test_endpoints_that_answer_while_no_tunnel_does_mean_a_refused_key() -> None:
    state = told(imported(), wanted(), Probed(FRA, False, True, 20.0))
    state = machine.step(state, events.Tick(), 100.0 + machine.CONNECT_TIMEOUT_S)
    assert isinstance(state, Blocked)
    assert (state.problem.code, state.problem.args) == ("key-refused", {"public_key": PUBLIC})


def test_an_endpoint_that_answered_before_the_silence_does_not_blame_the_key() -> None:
    state = told(worlds.connected(), Probed(FRA, False, True, 20.0), now=90.0)
    state = told(state, answer(FRA), answer(AMS), answer(SIN), now=100.0)
    state = told(state, *[silence(node) for node in (FRA, AMS, SIN) for _ in range(3)], now=110.0)
    assert isinstance(state, Blocked)
    assert state.problem.code == "no-node-answers"
    state = told(state, Probed(FRA, False, True, 20.0), now=111.0)
    assert isinstance(state, Blocked)
    assert state.problem.code == "key-refused"


def test_the_best_other_node_takes_over_from_one_that_stopped_answering() -> None:
    state = told(worlds.connected(), silence(FRA), silence(FRA))
    assert machine.active_of(state)[MAIN] == FRA
    state = told(state, silence(FRA))
    assert isinstance(state, Connected)
    assert state.active[MAIN] == AMS
    assert state.switch is not None
    assert (state.switch.before, state.switch.after, state.switch.reason) == (FRA, AMS, "no-reply")


def test_a_loss_moves_at_once_and_is_told_with_its_reason_and_time() -> None:
    state = told(worlds.connected(), events.Lost(FRA, "one-way", 51.0))
    assert isinstance(state, Connected)
    assert state.active[MAIN] == AMS
    assert state.switch is not None
    assert (state.switch.reason, state.switch.detect_ms) == ("one-way", 51.0)
    assert state.facts.loss is None


def test_a_computer_without_a_network_blames_no_node_and_goes_on_with_the_same_one() -> None:
    state = told(worlds.connected(), events.Online(False))
    assert isinstance(state, Blocked)
    assert state.problem.code == "offline"
    state = told(state, events.Lost(FRA, "no-reply", 50.0), *[silence(FRA)] * 2)
    assert isinstance(state, Blocked)
    state = told(state, events.Online(True), answer(FRA))
    assert machine.active_of(state)[MAIN] == FRA
    assert isinstance(state, Connected)


def test_after_sleep_earlier_misses_do_not_count() -> None:
    state = told(worlds.connected(), *[silence(FRA)] * 2, events.Online(True, resumed=True), silence(FRA))
    assert machine.active_of(state)[MAIN] == FRA


def test_a_restart_begins_with_the_node_that_carried_the_traffic() -> None:
    state = told(Off(), events.Adopted(AMS), events.ProfileSet(profile(), PUBLIC, PRIVATE), wanted())
    assert machine.active_of(state)[MAIN] == AMS


def test_holds_that_fail_do_not_put_off_the_next_attempt() -> None:
    state = told(imported(), wanted(), events.ApplyFailed(FAILURES[0]))
    assert isinstance(state, Blocked)
    appointment = state.retry_at
    for tick in range(1, 9):
        state = machine.step(state, events.ApplyFailed(FAILURES[1]), 100.0 + tick / 10)
        assert isinstance(state, Blocked)
        assert state.retry_at == appointment
    assert isinstance(machine.step(state, events.Tick(), 101.0), Connecting)


def test_a_slow_node_is_left_for_a_clearly_better_one() -> None:
    state = told(worlds.connected(), *[answer(FRA, 400)] * 20)
    assert machine.active_of(state)[MAIN] == AMS


def test_it_returns_to_the_nearer_node_after_it_was_healthy_for_long_enough() -> None:
    state = told(worlds.connected(), *[silence(FRA)] * 3)
    state = told(state, answer(FRA), answer(FRA), now=110.0)
    assert machine.active_of(told(state, answer(FRA), now=169.0))[MAIN] == AMS
    assert machine.active_of(told(state, answer(FRA), now=171.0))[MAIN] == FRA


def test_pinning_moves_at_once_and_unpinning_a_far_node_returns_to_the_near_one() -> None:
    state = told(worlds.connected(), wanted(node=SIN))
    assert machine.active_of(state)[MAIN] == SIN
    assert machine.active_of(told(state, wanted()))[MAIN] == FRA


def test_a_pinned_node_is_left_only_while_it_is_down() -> None:
    state = told(worlds.connected(), wanted(node=SIN), *[silence(SIN)] * 3)
    assert machine.active_of(state)[MAIN] == FRA
    state = told(state, answer(SIN))
    assert machine.active_of(told(state, answer(SIN), now=102.0))[MAIN] == FRA
    assert machine.active_of(told(state, answer(SIN), now=104.0))[MAIN] == SIN


def test_a_pin_on_a_node_that_does_not_answer_moves_nobody() -> None:
    state = told(worlds.connected(), *[silence(AMS)] * 3, wanted(node=AMS))
    assert machine.active_of(state)[MAIN] == FRA


def test_all_nodes_down_is_blocked() -> None:
    state = told(worlds.connected(), *[silence(node) for node in worlds.NAMES for _ in range(3)])
    assert isinstance(state, Blocked)


def test_a_failure_of_this_machine_is_retried_after_growing_waits() -> None:
    state, now, waits = told(imported(), wanted()), 100.0, []
    for _ in range(7):
        state = machine.step(state, events.ApplyFailed(FAILURES[0]), now)
        assert isinstance(state, Blocked)
        assert machine.step(state, events.Applied(), now) == state  # the holds went in: nothing was tried again
        assert state.retry_at is not None
        waits.append(state.retry_at - now)
        now = state.retry_at
        state = machine.step(state, events.Tick(), now)
        assert isinstance(state, Connecting)
    assert waits == [1.0, 2.0, 5.0, 10.0, 30.0, 30.0, 30.0]


def test_asking_again_retries_a_failure_at_once() -> None:
    state = told(imported(), wanted(), events.ApplyFailed(FAILURES[0]))
    assert isinstance(told(state, wanted()), Connecting)


def test_success_forgets_earlier_failures() -> None:
    state = told(imported(), wanted(), events.ApplyFailed(FAILURES[0]))
    state = machine.step(state, events.Tick(), 101.0)
    assert told(state, events.Applied()).facts.failures == 0


def test_another_profile_while_connected_starts_over_with_it() -> None:
    state = told(worlds.connected(), events.ProfileSet(worlds.ONE_NODE, PUBLIC, OTHER_PRIVATE))
    assert isinstance(state, Connecting)
    assert state.facts.inner == {}


def test_a_pin_is_dropped_with_the_profile_that_had_the_node() -> None:
    state = told(worlds.connected(), wanted(node=SIN), events.ProfileSet(worlds.ONE_NODE, PUBLIC, PRIVATE))
    assert state.facts.target.node is None


def test_a_name_without_an_address_blocks_only_when_no_node_is_left() -> None:
    lone = profile(nodes=profile().nodes[2:], split=worlds.LONE_SPLIT)
    state = told(Off(), events.ProfileSet(lone, PUBLIC, PRIVATE), wanted())
    assert isinstance(state, Blocked)
    assert state.problem.code == "resolving"
    state = told(state, events.Resolved({}, frozenset({SIN})))
    assert isinstance(state, Blocked)
    assert state.problem.code == "name-unresolved"
    state = told(state, events.Resolved({SIN: (Endpoint("203.0.113.3:51820"),)}, frozenset()))
    assert isinstance(state, Connecting)


def test_a_failback_waits_for_a_pause_of_the_traffic_but_not_for_ever() -> None:
    state = told(worlds.connected(), events.Lost(FRA, "no-reply", 50.0), answer(FRA), answer(FRA))
    state = told(state, events.Traffic(True), answer(FRA), now=161.0)
    assert machine.active_of(state)[MAIN] == AMS
    wakeup = machine.next_wakeup(state)
    assert wakeup == 161.0 + machine.QUIET_PATIENCE_S
    assert machine.active_of(told(state, events.Traffic(False), now=162.0))[MAIN] == FRA
    assert machine.active_of(told(state, events.Tick(), now=wakeup))[MAIN] == FRA


def test_nobody_is_moved_to_a_node_that_owes_answers_too() -> None:
    misses = [silence(node) for node in worlds.NAMES]
    state = told(worlds.connected(), *misses, *misses, silence(FRA))
    assert machine.active_of(state)[MAIN] == FRA
    assert machine.active_of(told(state, answer(AMS)))[MAIN] == AMS
    assert isinstance(told(state, silence(AMS), silence(SIN)), Blocked)


def test_connecting_waits_a_little_for_the_node_that_a_network_names_first() -> None:
    state = told(imported(), wanted(), *[answer(FRA)] * 2, *[answer(AMS)] * 2)
    assert machine.next_wakeup(state) == 100.0 + machine.VIA_PATIENCE_S
    assert machine.active_of(told(state, *[answer(SIN)] * 2)) == {MAIN: FRA, (SIN,): SIN}


@given(timed_events, st.floats(1, 100))
@settings(max_examples=50)
def test_no_pause_lasts_longer_than_asked(history: list[tuple[Event, float]], lasting: float) -> None:
    before = worlds.states(history)[-1]
    state = told(before, events.Paused(1000.0 + lasting), now=1000.0)
    assert isinstance(state, Off)
    if state.facts.profile is not None:
        wakeup = machine.next_wakeup(state)
        assert wakeup is not None
        assert wakeup <= 1000.0 + lasting
    state = machine.step(state, events.Tick(), 1000.0 + lasting)
    assert state.facts.paused_until is None
    assert isinstance(state, Off) == (not state.facts.target.connected or state.facts.profile is None)


def test_a_pause_is_off_with_the_wish_standing_and_ends_by_itself() -> None:
    state = told(worlds.connected(), events.Paused(160.0))
    assert isinstance(state, Off)
    assert state.facts.target.connected
    assert machine.next_wakeup(state) == 160.0
    assert isinstance(told(state, events.Tick(), now=159.9), Off)
    assert isinstance(told(state, events.Tick(), now=160.0), Connecting)
    assert isinstance(told(state, events.Paused(None)), Connecting)


def test_choosing_while_paused_ends_no_pause() -> None:
    state = told(worlds.connected(), events.Paused(160.0), wanted(chosen_mode="full", node=AMS))
    assert isinstance(state, Off)
    assert state.facts.mode == "full"


def test_another_profile_ends_a_pause_that_it_does_not_allow() -> None:
    paused = told(worlds.connected(), events.Paused(160.0))
    assert isinstance(told(paused, events.ProfileSet(profile(), PUBLIC, PRIVATE)), Off)
    assert isinstance(told(paused, events.ProfileSet(worlds.FIXED, PUBLIC, PRIVATE)), Connecting)


def test_the_companys_mode_counts_until_the_user_has_chosen_one() -> None:
    full = told(Off(), events.ProfileSet(worlds.FULL, PUBLIC, PRIVATE))
    assert full.facts.mode == "full"
    assert told(full, wanted(chosen_mode="split")).facts.mode == "split"
    assert Off().facts.mode == "split"


def test_another_profile_keeps_a_choice_that_it_leaves_to_its_users() -> None:
    wish = Target(connected=True, chosen_mode="split", node=SIN)
    assert under(wish, worlds.FULL) == wish
    assert under(wish, worlds.FIXED) == Target(connected=True, chosen_mode=None, node=SIN)
    assert under(wish, worlds.ONE_NODE) == Target(connected=True, chosen_mode="split", node=None)
