"""Whose client is it? Nodes that hear it claim it, and the highest number wins."""

from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.following import (
    EAR_S,
    FIGHT_S,
    FORGET_S,
    HOLD_LIMIT_S,
    HOLD_S,
    SERIAL_LIMIT,
    Client,
    heard,
    is_forgotten,
    overruled,
    released,
)


class Nodes:
    """Two nodes that hear of each other's claims at once, as over BIRD: only of the higher one."""

    def __init__(self) -> None:
        self.known = [Client(), Client()]

    def hear(self, node: int, now: float) -> None:
        self.known[node] = heard(self.known[node], now)
        own = self.known[node].own
        if own is not None and self.known[node].ours:
            self.known[1 - node] = overruled(self.known[1 - node], own, now)
            self.known[node] = released(self.known[node])

    @property
    def carrier(self) -> int | None:
        """Where routers send."""
        claims = [(client.own, node) for node, client in enumerate(self.known) if client.own is not None]
        return max(claims)[1] if claims else None


def test_the_first_packet_is_a_claim_and_the_next_ones_are_none() -> None:
    client = heard(Client(), 10.0)
    assert (client.own, client.ours) == (1, True)
    assert heard(client, 11.0).own == 1


def test_whoever_hears_it_after_the_hold_has_it() -> None:
    nodes = Nodes()
    for node, now in ((0, 0.0), (1, 10.0), (0, 20.0), (1, 30.0)):
        nodes.hear(node, now)
        assert nodes.carrier == node


def test_what_was_on_its_way_when_it_moved_changes_nothing() -> None:
    nodes = Nodes()
    nodes.hear(0, 0.0)
    nodes.hear(1, 10.0)
    nodes.hear(0, 10.0 + HOLD_S / 2)
    assert nodes.carrier == 1
    nodes.hear(0, 10.0 + HOLD_S)
    assert nodes.carrier == 0


def test_a_client_that_two_nodes_hear_is_fought_over_less_and_less() -> None:
    nodes, moves, carrier = Nodes(), 0, None
    for tenth in range(6000):
        for node in (0, 1):
            nodes.hear(node, tenth / 10)
        moves += nodes.carrier != carrier
        carrier = nodes.carrier
    assert moves < 30
    assert max(client.hold_s for client in nodes.known) <= HOLD_LIMIT_S


def test_a_node_that_died_is_overruled_by_a_higher_number_and_its_claim_stays_behind() -> None:
    survivor = overruled(Client(), 7, 0.0)
    assert not survivor.ours
    assert heard(survivor, 0.0).own == 8, "nothing was lost, so nothing is held back"


def test_equal_numbers_are_decided_by_the_next_packet() -> None:
    client = overruled(heard(Client(), 0.0), 1, 0.1)
    assert not client.ours
    assert heard(client, 0.2).own == 2


def test_a_higher_claim_that_goes_leaves_ours() -> None:
    client = overruled(heard(Client(), 0.0), 5, 1.0)
    assert not client.ours
    assert released(client).ours


def test_numbers_end_before_they_would_be_misread() -> None:
    assert heard(overruled(Client(), SERIAL_LIMIT, 0.0), 100.0).own is None
    assert 2 * SERIAL_LIMIT + 1 < 1 << 16


def test_who_was_not_heard_for_a_day_is_forgotten() -> None:
    client = heard(Client(), 5.0)
    assert not is_forgotten(client, 5.0 + FORGET_S - 1)
    assert is_forgotten(client, 5.0 + FORGET_S)


def test_a_client_is_heard_again_within_the_hold() -> None:
    assert EAR_S <= HOLD_S < FIGHT_S


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0.1, 20.0)), max_size=30))
def test_who_is_heard_last_and_alone_for_long_has_it(moves: list[tuple[int, float]]) -> None:
    nodes, now = Nodes(), 0.0
    for node, pause in moves:
        now += pause
        nodes.hear(node, now)
    for _ in range(3):
        now += HOLD_LIMIT_S
        nodes.hear(1, now)
    assert nodes.carrier == 1
