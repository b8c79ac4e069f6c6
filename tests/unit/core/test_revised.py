"""What does a newer profile of the company change, and what does it leave alone?"""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.events import Revised, Target, UpdateSeen
from wgtray.core.fields import Prefix
from wgtray.core.machine import Connected, Connecting, step
from wgtray.core.problems import Problem
from wgtray.core.profile import Network, Policy, Profile, Split
from wgtray.core.signature import Signature, SigningKey

SAID = Signature(key=SigningKey("x"), serial=2, issued=0, expires=9)
BEFORE = worlds.profile()
STATE = worlds.connected()


def revised(profile: Profile) -> object:
    return step(STATE, Revised(profile, SAID), 50.0)


@pytest.mark.parametrize(
    "profile",
    [
        msgspec.structs.replace(BEFORE, policy=Policy(user_may=())),
        msgspec.structs.replace(
            BEFORE, split=Split(networks=(*BEFORE.split.networks, Network(net=Prefix("10.77.0.0/16"))))
        ),
    ],
)
def test_other_rules_for_the_same_nodes_disconnect_nobody(profile: Profile) -> None:
    state = revised(profile)
    assert isinstance(state, Connected)
    assert (state.since, state.active) == (STATE.since, STATE.active)
    assert (state.facts.profile, state.facts.signature) == (profile, SAID)
    assert state.facts.inner == STATE.facts.inner


def test_a_new_network_goes_into_the_tunnel_at_once() -> None:
    more = Split(networks=(*BEFORE.split.networks, Network(net=Prefix("10.77.0.0/16"))))
    state = revised(msgspec.structs.replace(BEFORE, split=more))
    assert isinstance(state, Connected)
    assert desired(state) != desired(STATE)


@pytest.mark.parametrize(
    "profile",
    [
        msgspec.structs.replace(BEFORE, nodes=BEFORE.nodes[:2], split=Split(networks=BEFORE.split.networks[:1])),
        msgspec.structs.replace(BEFORE, split=Split(networks=BEFORE.split.networks[:1])),
    ],
)
def test_other_nodes_or_groups_of_networks_begin_anew(profile: Profile) -> None:
    state = revised(profile)
    assert isinstance(state, Connecting)
    assert state.facts.target.connected
    assert state.facts.private_key == STATE.facts.private_key


def test_what_the_company_locks_is_not_the_users_any_more() -> None:
    facts = msgspec.structs.replace(STATE.facts, target=Target(connected=True, chosen_mode="full"))
    state = step(
        msgspec.structs.replace(STATE, facts=facts),
        Revised(msgspec.structs.replace(BEFORE, policy=Policy(user_may=())), SAID),
        50.0,
    )
    assert state.facts.target == Target(connected=True)


def test_trouble_with_an_update_is_kept_until_the_next_look() -> None:
    trouble = Problem("update-unreachable", {"host": "x"})
    state = step(STATE, UpdateSeen(trouble), 50.0)
    assert state.facts.update_trouble == trouble
    assert step(state, UpdateSeen(None), 51.0).facts.update_trouble is None
