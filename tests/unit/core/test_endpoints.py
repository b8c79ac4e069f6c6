"""The address in use: chosen by nearness, kept while it works, left when it does not; in every history."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from wgtray.core import endpoints
from wgtray.core.endpoints import MOST, SETTLE_S, TRY_S, Scene, Site
from wgtray.core.fields import Endpoint
from wgtray.core.health import Health

A, B, C = (Endpoint(f"203.0.113.{number}:51820") for number in (1, 2, 3))
SIX = Endpoint("[2001:db8::1]:51820")
ALL = (A, B, C, SIX)
DUAL = frozenset({4, 6})


def pinged(rtt_ms: float | None) -> Health:
    return Health(up_since=0.0, warm=True, rtt_ms=rtt_ms)


def scene(*, works: bool = False, trying: bool = True, families: frozenset[int] = DUAL, **rtts_ms: float) -> Scene:
    known = {"a": A, "b": B, "c": C, "six": SIX}
    return Scene(works, trying, {known[name]: pinged(rtt_ms) for name, rtt_ms in rtts_ms.items()}, families)


def waited(site: Site, seen: Scene, now: float, until: float) -> Site:
    """``site`` when every wake-up that it asks for is kept."""
    site = endpoints.followed(site, seen, now)
    while site.look_at is not None and site.look_at <= until:
        assert site.look_at > now
        now = site.look_at
        site = endpoints.followed(site, seen, now)
    return site


def named(*answer: Endpoint) -> Site:
    return endpoints.named(Site(), answer, 100.0)


def test_the_nearest_that_answers_is_used_once_all_have_been_measured() -> None:
    assert endpoints.followed(named(A, B), scene(trying=False, a=90.0, b=20.0), 100.1).used == B


def test_others_may_prove_nearer_for_a_moment_and_no_longer() -> None:
    site = endpoints.followed(named(A, B), scene(trying=False, a=90.0), 100.1)
    assert (site.used, site.look_at) == (None, 100.0 + SETTLE_S)
    assert endpoints.followed(site, scene(trying=False, a=90.0), 100.0 + SETTLE_S).used == A


def test_a_lone_address_is_used_at_once() -> None:
    assert endpoints.followed(named(A), scene(), 100.0).used == A
    assert endpoints.followed(named(A, SIX), scene(families=frozenset({6})), 100.0).used == SIX


def test_where_no_ping_comes_back_the_addresses_have_their_turn_one_after_the_other() -> None:
    site, used = waited(named(A, B), scene(), 100.0, 100.0 + SETTLE_S), []
    for _ in range(5):
        used.append((site.used, round((site.look_at or 0) - (site.tried_since or 0), 3)))
        site = waited(site, scene(), site.tried_since or 0, (site.tried_since or 0) + TRY_S * 4)
    assert [one for one, _ in used] == [A, B, A, B, A]


def test_an_address_that_answers_pings_is_not_kept_waiting_by_one_that_does_not() -> None:
    site = endpoints.recalled((A, B), 90.0)
    site = waited(site, scene(b=20.0), 100.0, 100.0 + SETTLE_S)
    assert site.used == B


def test_an_address_that_only_hides_from_pings_gets_its_time_in_the_second_round() -> None:
    """The other one answers pings, and its WireGuard is dead."""
    site = waited(endpoints.recalled((A, B), 90.0), scene(b=20.0), 100.0, 100.0 + SETTLE_S + TRY_S)
    assert (site.used, site.rounds) == (A, 1)
    assert waited(site, scene(b=20.0), site.tried_since or 0, (site.tried_since or 0) + 2 * TRY_S - 0.1).used == A


def test_dns_does_not_move_what_works_and_may_forget_it() -> None:
    site = endpoints.followed(named(A), scene(works=True), 101.0)
    site = endpoints.followed(endpoints.named(site, (B, C), 102.0), scene(works=True, b=1.0), 102.0)
    assert (site.used, site.candidates) == (A, (A, B, C))
    left = waited(site, scene(b=20.0, c=10.0), 103.0, 103.0 + SETTLE_S)
    assert (left.used, A in left.candidates) == (C, False)


def test_what_works_in_a_family_without_a_way_out_cannot_work() -> None:
    site = endpoints.followed(named(A, SIX), scene(works=True, a=10.0, six=20.0), 100.5)
    assert site.used == A
    site = endpoints.followed(site, scene(works=True, families=frozenset({6})), 101.0)
    assert site.used == SIX
    assert waited(site, scene(families=frozenset({6})), 101.0, 150.0).used == SIX


def test_without_a_tunnel_a_little_nearer_is_no_reason_to_change() -> None:
    site = endpoints.followed(named(A, B), scene(trying=False, a=20.0, b=40.0), 101.0)
    assert endpoints.followed(site, scene(trying=False, a=20.0, b=15.0), 102.0).used == A
    assert endpoints.followed(site, scene(trying=False, a=90.0, b=15.0), 102.0).used == B
    assert endpoints.followed(site, scene(trying=False, b=30.0), 102.0).used == B


def test_an_answer_is_bounded_and_keeps_the_places_of_what_was_known() -> None:
    many = [Endpoint(f"203.0.113.{number}:51820") for number in range(100)]
    assert len(named(*many).named) == MOST
    assert endpoints.named(named(A, B), (C, B, A), 101.0).named == (A, B, C)
    assert endpoints.named(named(A, B), (), 101.0) == named(A, B)


answers = st.lists(st.sampled_from(ALL), unique=True).map(tuple)
pings = st.dictionaries(st.sampled_from(ALL), st.builds(pinged, st.none() | st.floats(0.1, 900)))
families = st.sampled_from((frozenset[int](), frozenset({4}), frozenset({6}), DUAL))
happenings = st.lists(
    st.tuples(answers, st.builds(Scene, st.booleans(), st.booleans(), pings, families), st.floats(0, 9)), max_size=30
)


def history(events: list[tuple[tuple[Endpoint, ...], Scene, float]]) -> list[tuple[Site, Scene, Site, float]]:
    """(before, scene, after, when) of every step."""
    site, now, seen = Site(), 100.0, []
    for answer, world, gap in events:
        now += gap
        before = endpoints.named(site, answer, now)
        site = endpoints.followed(before, world, now)
        seen.append((before, world, site, now))
    return seen


@given(happenings)
def test_what_works_is_never_left(events: list[tuple[tuple[Endpoint, ...], Scene, float]]) -> None:
    for before, world, after, _ in history(events):
        if world.works and before.used is not None and before.used in world.possible(before):
            assert after.used == before.used


@given(happenings)
def test_one_is_always_in_use_and_it_is_a_candidate(events: list[tuple[tuple[Endpoint, ...], Scene, float]]) -> None:
    for before, _, after, now in history(events):
        assert after.used is None or after.used in before.candidates
        if before.candidates and now >= before.named_at + SETTLE_S:
            assert after.used is not None
        assert after.look_at is None or after.look_at > now


@settings(max_examples=200)
@given(happenings, pings, families, st.sampled_from(ALL))
def test_it_comes_to_the_one_address_that_answers_whatever_pings_say(
    events: list[tuple[tuple[Endpoint, ...], Scene, float]],
    echoes: dict[Endpoint, Health],
    ways: frozenset[int],
    answering: Endpoint,
) -> None:
    """Whatever happened before: once only ``answering`` works, it is in use after two rounds, and stays."""
    seen = history(events)
    now = seen[-1][3] if seen else 100.0
    site = endpoints.named(seen[-1][2] if seen else Site(), ALL, now)
    world = Scene(works=False, trying=True, pings=echoes, families=ways)
    if answering not in world.possible(site):
        return
    asked, end = set(), now + SETTLE_S + 3 * len(site.candidates) * TRY_S * 2**endpoints.DOUBLINGS
    site = endpoints.followed(site, world, now)
    while site.used != answering or (site.look_at is not None and site.look_at < (site.tried_since or 0) + TRY_S):
        assert site.look_at is not None, site
        asked.add(site.used)
        now = site.look_at
        assert now < end, (site, asked)
        site = endpoints.followed(site, world, now)
    works = msgspec.structs.replace(world, works=True)
    for later in range(1, 50):
        site = endpoints.followed(site, works, now + later)
        assert site.used == answering
