"""What requests about programs change, and what is refused."""

import msgspec
import pytest

from tests.fakes.backend import FakeBackend
from tests.unit.core import worlds
from wgtray.core import apps
from wgtray.core.apps import Declined, OwnRule
from wgtray.core.events import Target
from wgtray.core.facts import Facts
from wgtray.core.fields import Name
from wgtray.core.host import NOTHING, HostState
from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.core.profile import AppRule
from wgtray.helper import appwish
from wgtray.ipc.messages import AddApp, RemoveApp
from wgtray.platforms.api import Caller, Capabilities

FACTS = Facts(
    profile=worlds.profile(
        apps=(
            AppRule(name=Name("SAP"), linux=("/opt/sap",), locked=True),
            AppRule(name=Name("Meet"), route="direct", linux=("/opt/meet",)),
        )
    )
)
MINE = OwnRule(1000, Name("mail"), "/usr/bin/mail")


def wishing(**changes: object) -> Facts:
    return msgspec.structs.replace(FACTS, target=msgspec.structs.replace(Target(), **changes))


def test_a_rule_is_its_users() -> None:
    assert appwish.added(AddApp("/usr/bin/mail", "mail", "tunnel"), 1000, FACTS).apps == (MINE,)
    assert appwish.removed(RemoveApp("mail"), 1000, wishing(apps=(MINE,))).apps == ()
    with pytest.raises(WgtrayError, match="unknown-app"):
        appwish.removed(RemoveApp("mail"), 1001, wishing(apps=(MINE,)))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (AddApp("mail", "mail", "tunnel"), "app-path"),
        (AddApp("/usr/bin/../bin/mail", "mail", "tunnel"), "app-path"),
        (AddApp("/bin/bash", "shell", "tunnel"), "app-is-shared"),
        (AddApp("/usr/sbin/nft", "nft", "tunnel"), "app-is-tool"),
        (AddApp("/usr/bin", "all", "tunnel"), "app-shared-directory"),
        (AddApp("/usr/bin/x", "SAP", "tunnel"), "app-name-taken"),
        (AddApp("/usr/bin/x", "mail", "tunnel"), "app-name-taken"),
        (AddApp("/usr/bin/x", "a\nb", "tunnel"), "app-name"),
    ],
)
@pytest.mark.threat("T17")
def test_what_cannot_be_a_rule_is_refused(request_: AddApp, code: str) -> None:
    with pytest.raises(WgtrayError, match=f"^{code}$"):
        appwish.added(request_, 1000, wishing(apps=(MINE,)))


def test_nobody_makes_more_rules_than_are_kept() -> None:
    many = tuple(OwnRule(1000, Name(f"n{number}"), f"/x/{number}") for number in range(apps.OWN_LIMIT))
    with pytest.raises(WgtrayError, match="app-too-many"):
        appwish.added(AddApp("/usr/bin/x", "x", "tunnel"), 1000, wishing(apps=many))


def test_a_locked_rule_of_the_company_is_removed_by_nobody() -> None:
    for uid in (1000, 0):
        with pytest.raises(NotAllowed, match="app-locked"):
            appwish.removed(RemoveApp("SAP"), uid, FACTS)


def test_another_rule_of_the_company_is_taken_off_by_a_user_and_put_on_again() -> None:
    off = appwish.removed(RemoveApp("Meet"), 1000, FACTS)
    assert off.declined == (Declined(1000, Name("Meet")),)
    again = appwish.added(AddApp("/opt/meet", "whatever", "direct"), 1000, msgspec.structs.replace(FACTS, target=off))
    assert (again.declined, again.apps) == ((), ())


def test_a_process_is_put_into_the_tunnel_only_once_that_promises_something() -> None:
    backend, caller = FakeBackend(), Caller(1000, frozenset(), 4711)
    ready = HostState(apps=frozenset({apps.RUN}))
    with pytest.raises(WgtrayError, match="run-unavailable"):
        appwish.joined(backend, caller, ready, ready)
    backend.capabilities = Capabilities(per_app_routing=True)
    with pytest.raises(WgtrayError, match="run-unprotected"):
        appwish.joined(backend, caller, NOTHING, NOTHING)
    with pytest.raises(WgtrayError, match="app-not-ready"):
        appwish.joined(backend, caller, ready, NOTHING)
    appwish.joined(backend, caller, ready, ready)
    assert backend.joined == [4711]
