"""Every request against every kind of caller."""

import pytest

from tests.security.tally import count
from tests.unit.core.worlds import PRIVATE, profile
from wgtray import words
from wgtray.core.problems import NotAllowed
from wgtray.core.profile import Policy, Profile
from wgtray.helper.rights import RIGHTS, Admission, check, to_be_asked
from wgtray.ipc import messages
from wgtray.platforms.api import Caller

ROOT, MEMBER, OTHER = Caller(0, frozenset()), Caller(1000, frozenset({"wgtray"})), Caller(1001, frozenset({"users"}))
REQUESTS: list[messages.Request] = [
    messages.Status(),
    messages.Watch(),
    messages.Connect(),
    messages.Disconnect(),
    messages.ChooseNode(None),
    messages.ChooseMode("split"),
    messages.Pause(15),
    messages.Resume(),
    messages.SetProfile(profile(), True),
    messages.SetSigned("", PRIVATE, True),
    messages.UpdateProfile(""),
    messages.ForgetCompany(),
    messages.RemoveProfile(),
    messages.ShowProfile(),
    messages.OpenPortal(),
    messages.WhichWay(("10.20.0.10",)),
    messages.ProbeNodes(),
    messages.AddApp("/usr/bin/sapgui", "SAP GUI", "tunnel"),
    messages.RemoveApp("SAP GUI"),
    messages.JoinTunnel(),
]
ALWAYS = (
    messages.Status
    | messages.Watch
    | messages.ShowProfile
    | messages.WhichWay
    | messages.ProbeNodes
    | messages.OpenPortal
    | messages.Connect
    | messages.Resume
    | messages.JoinTunnel
    | messages.UpdateProfile
)


def test_every_request_is_tried_here() -> None:
    assert {type(request) for request in REQUESTS} == set(RIGHTS)


@pytest.mark.parametrize(
    ("caller", "admitted"),
    [(ROOT, True), (MEMBER, True), (OTHER, False), (None, False), (Caller(7, frozenset()), True)],
)
@pytest.mark.threat("T03")
def test_only_root_members_and_named_users_are_heard(caller: Caller | None, admitted: bool) -> None:
    assert Admission(uids=frozenset({7})).admits(caller) is admitted


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_company_that_allows_nothing_keeps_exactly_its_own_decisions(request_: messages.Request) -> None:
    strict = profile(policy=Policy(user_may=()))
    check(request_, ROOT, strict)
    if isinstance(request_, messages.ForgetCompany):
        return  # below
    check(request_, MEMBER, profile())
    check(request_, MEMBER, None)
    if isinstance(request_, ALWAYS):
        check(request_, MEMBER, strict)
    else:
        with pytest.raises(NotAllowed):
            check(request_, MEMBER, strict)


def test_whom_to_trust_is_no_users_to_forget_whatever_a_company_allows() -> None:
    for present in (profile(), profile(policy=Policy(user_may=())), None):
        with pytest.raises(NotAllowed) as refused:
            check(messages.ForgetCompany(), MEMBER, present)
        assert refused.value.code == "root-only"


@pytest.mark.parametrize(
    "request_",
    [messages.SetProfile(profile(), True), messages.SetSigned("", PRIVATE, True), messages.RemoveProfile()],
)
def test_who_may_not_disconnect_may_not_swap_or_remove_the_profile_either(request_: messages.Request) -> None:
    bound = profile(policy=Policy(user_may=("mode", "node", "apps", "pause")))
    with pytest.raises(NotAllowed):
        check(request_, MEMBER, bound)
    check(request_, MEMBER, profile(policy=Policy(user_may=("disconnect",))))
    check(request_, MEMBER, None)
    check(request_, ROOT, bound)


def test_a_refusal_names_what_was_asked_for_not_the_permission() -> None:
    with pytest.raises(NotAllowed) as refused:
        check(messages.RemoveProfile(), MEMBER, profile(policy=Policy(user_may=())))
    assert refused.value.args_by_name["action"] == "remove-profile"


def test_every_request_has_its_words() -> None:
    assert {request.__struct_config__.tag for request in REQUESTS} <= set(words.ACTIONS)


ROLES = ("root", "member", "member whom an administrator helps", "stranger")
COMPANIES = (None, profile(), profile(policy=Policy(user_may=())))
"""None yet; one that allows everything a user can do; one that allows nothing."""


def outcome(request: messages.Request, role: str, company: Profile | None) -> str:
    """allow, ask or refuse: what becomes of it, from the connection on."""
    caller = {"root": ROOT, "stranger": OTHER}.get(role, MEMBER)
    if not Admission().admits(caller):
        return "refuse"
    what = to_be_asked(request, caller, company)
    granted = what if role == "member whom an administrator helps" else None
    try:
        check(request, caller, company, granted)
    except NotAllowed:
        return "refuse"
    return "allow" if granted is None else "ask"


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.threat("T02")
def test_every_request_of_every_role_ends_as_the_table_says(request_: messages.Request, role: str) -> None:
    for company in COMPANIES:
        count("rights/requests × roles")
        free = isinstance(request_, ALWAYS) or (company is not None and company.policy.user_may) or company is None
        if isinstance(request_, messages.ForgetCompany):
            free = False
        expected = {
            "root": "allow",
            "stranger": "refuse",
            "member": "allow" if free else "refuse",
            "member whom an administrator helps": "allow" if free else "ask",
        }[role]
        assert outcome(request_, role, company) == expected, (role, company)


def test_an_administrator_s_word_counts_for_what_was_asked_only() -> None:
    strict = profile(policy=Policy(user_may=()))
    with pytest.raises(NotAllowed):
        check(messages.RemoveProfile(), MEMBER, strict, "change-policy")
    check(messages.RemoveProfile(), MEMBER, strict, "remove-profile")
