"""What does a node claim, and which routes does it lay for that?"""

from wgtray.core.fields import Address
from wgtray.core.following import FORGET_S, OTHERS_TABLE, OWN_TABLE, PROTOCOL
from wgtray.node.follow import Follower
from wgtray.node.others import Claim
from wgtray.platforms.linux.rtnetlink import HostRoute

ANNA, BOB = Address("10.66.0.10"), Address("fd66::11")


class Kernel:
    """Routes in memory, and in which order they came and went."""

    def __init__(self) -> None:
        self.routes: set[tuple[str, int]] = set()
        self.calls: list[str] = []

    def put(self, routes: list[HostRoute]) -> None:
        assert all((each.table, each.protocol, each.device) == (OWN_TABLE, PROTOCOL, 7) for each in routes)
        self.routes |= {(each.address, each.metric) for each in routes}
        self.calls.append(f"put {len(routes)}")

    def delete(self, routes: list[HostRoute]) -> None:
        self.routes -= {(each.address, each.metric) for each in routes}
        self.calls.append(f"delete {len(routes)}")


def follower() -> tuple[Follower, Kernel]:
    kernel = Kernel()
    return Follower(7, kernel.put, kernel.delete), kernel


def theirs(address: Address, serial: int, *, gone: bool = False) -> Claim:
    return Claim(address, serial, OTHERS_TABLE, 12, gone)


def test_who_is_heard_is_claimed_once() -> None:
    node, kernel = follower()
    node.turn([], [ANNA, BOB, ANNA], 0.0)
    node.turn([], [ANNA], 1.0)
    assert kernel.routes == {(ANNA, 1), (BOB, 1)}
    assert kernel.calls == ["put 2"]


def test_a_claim_is_above_what_others_claim_and_replaces_the_old_one() -> None:
    node, kernel = follower()
    node.turn([], [ANNA], 0.0)
    node.turn([theirs(ANNA, 5)], [], 10.0)
    assert kernel.routes == {(ANNA, 1)}, "it stays behind as the way back when the other node goes"
    node.turn([], [ANNA], 20.0)
    assert kernel.routes == {(ANNA, 6)}
    assert kernel.calls[-2:] == ["delete 1", "put 1"]


def test_news_come_before_packets_of_the_same_turn() -> None:
    node, kernel = follower()
    node.turn([theirs(ANNA, 9)], [ANNA], 0.0)
    assert kernel.routes == {(ANNA, 10)}


def test_a_claim_that_was_replaced_before_it_went_is_not_taken_for_gone() -> None:
    node, _ = follower()
    node.turn([theirs(ANNA, 5), theirs(ANNA, 7), theirs(ANNA, 5, gone=True)], [], 0.0)
    assert node.clients[ANNA].other == 7
    node.turn([theirs(ANNA, 7, gone=True)], [], 0.0)
    assert node.clients[ANNA].other is None


def test_a_restarted_follower_goes_on_with_its_claims() -> None:
    node, kernel = follower()
    node.begin([Claim(ANNA, 4, OWN_TABLE, PROTOCOL), theirs(BOB, 3)], 0.0)
    node.turn([], [ANNA], 1.0)
    assert kernel.calls == []
    node.turn([], [BOB], 1.0)
    assert kernel.routes == {(BOB, 4)}


def test_thousands_are_claimed_in_one_turn_in_small_messages() -> None:
    node, kernel = follower()
    many = [Address(f"10.66.{n // 250}.{n % 250 + 1}") for n in range(1000)]
    node.turn([], many, 0.0)
    assert len(kernel.routes) == 1000
    assert len(kernel.calls) == 32


def test_who_is_silent_for_a_day_is_forgotten_and_others_claims_are_not() -> None:
    node, kernel = follower()
    node.turn([theirs(BOB, 2)], [ANNA, BOB], 0.0)
    node.turn([theirs(BOB, 8)], [], 1.0)
    node.sweep(FORGET_S - 1)
    assert kernel.routes == {(ANNA, 1), (BOB, 3)}
    node.sweep(FORGET_S)
    assert kernel.routes == set()
    assert {address: client.other for address, client in node.clients.items()} == {BOB: 8}
