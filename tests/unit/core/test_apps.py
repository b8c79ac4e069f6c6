"""Which rule does a program fall under, and how strongly is it enforced?"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core import worlds
from wgtray.core import apps, events, machine
from wgtray.core.apps import Computer, Declined, OwnRule, Programs, Rule
from wgtray.core.desired import desired, left
from wgtray.core.events import ProgramsSeen, RunAsked, Target, Wanted
from wgtray.core.fields import Name
from wgtray.core.host import NOTHING
from wgtray.core.plan import PutApps, applied, plan
from wgtray.core.profile import AppRule, Policy

SAP, MEET = Name("SAP GUI"), Name("Meet")
COMPANY = Rule(SAP, "tunnel", ("/opt/sap/gui",), locked=True)
OWN = Rule(MEET, "direct", ("/opt/sap",), uid=1000)
FILE, OTHER = (8, 21), (8, 22)

PROFILE = worlds.profile(
    apps=(
        AppRule(name=SAP, linux=("/opt/sap/gui",), locked=True),
        AppRule(name=MEET, route="direct", linux=("/opt/m",)),
    )
)


def test_the_company_s_rules_come_first_and_only_those_with_a_path_on_this_system() -> None:
    own = [OwnRule(1000, Name("mine"), "/usr/bin/mine")]
    assert [rule.name for rule in apps.rules(PROFILE, own, [], "linux")] == ["SAP GUI", "Meet", "mine"]
    assert [rule.name for rule in apps.rules(PROFILE, own, [], "macos")] == ["mine"]


def test_a_rule_that_a_user_took_off_spares_that_user_unless_it_is_locked() -> None:
    locked, loose = apps.rules(PROFILE, [], [Declined(1000, SAP), Declined(1000, MEET)], "linux")
    assert (locked.applies_to(1000), loose.applies_to(1000), loose.applies_to(1001)) == (True, False, True)


def test_a_users_rule_is_for_that_users_processes() -> None:
    index = apps.index([(OWN, "/opt/sap/tool", FILE, False)])
    assert apps.chosen(index, FILE, "/opt/sap/tool", 1000) == OWN
    assert apps.chosen(index, FILE, "/opt/sap/tool", 0) is None


def test_the_company_comes_before_a_user_and_a_file_before_a_directory() -> None:
    wide = msgspec.structs.replace(COMPANY, name=Name("all of it"), paths=("/opt/sap",))
    index = apps.index(
        [(OWN, "/opt/sap", (0, 0), True), (wide, "/opt/sap", (0, 0), True), (COMPANY, "/opt/sap/gui", FILE, False)]
    )
    assert apps.chosen(index, FILE, "/opt/sap/gui", 1000) == COMPANY
    assert apps.chosen(index, OTHER, "/opt/sap/bin/x", 1000) == wide
    assert apps.chosen(index, OTHER, "/opt/sapphire/x", 1000) is None


def test_nobody_s_own_rule_takes_a_process_out_of_a_rule_of_the_company() -> None:
    index = apps.index([(OWN, "/opt/m", FILE, False)])
    assert apps.chosen(index, FILE, "/opt/m", 1000, current=COMPANY.id) is None
    assert apps.chosen(index, FILE, "/opt/m", 1000, current="1000-abc") == OWN


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/bin/bash", "app-is-shared"),
        ("/usr/bin/python3.11", "app-is-shared"),
        ("/usr/bin/snap", "app-is-shared"),
        ("/lib64/ld-linux-x86-64.so.2", "app-is-shared"),
        ("/usr/sbin/nft", "app-is-tool"),
        ("/usr/bin/wireguard-go", "app-is-tool"),
        ("/usr/bin/pythonista", None),
        ("/usr/bin/firefox", None),
    ],
)
@pytest.mark.threat("T17")
def test_shells_interpreters_launchers_and_our_tools_are_no_programs(path: str, code: str | None) -> None:
    assert apps.hindrance(path) == code


def test_a_directory_of_many_programs_is_refused() -> None:
    assert apps.hindrance("/usr/bin/", is_directory=True) == "app-shared-directory"
    assert apps.hindrance("/opt/vendor", is_directory=True) is None


def test_a_launcher_s_name_stands_for_the_files_of_its_application() -> None:
    assert apps.alias("/snap/bin/slack") == "/snap/slack/current"
    assert apps.alias("/snap/bin/libreoffice.writer") == "/snap/libreoffice/current"
    assert apps.alias("/var/lib/flatpak/exports/bin/org.x.Y") == "/var/lib/flatpak/app/org.x.Y/current/active/files"
    assert apps.alias("/usr/bin/slack") == "/usr/bin/slack"


@given(st.text())
@pytest.mark.threat("T17")
def test_a_path_that_is_taken_is_absolute_and_leads_nowhere_else(path: str) -> None:
    if apps.valid_path(path, "linux"):
        assert path.startswith("/")
        assert ".." not in path.split("/")


@pytest.mark.parametrize(
    ("rule", "known", "word"),
    [
        (COMPANY, {"caught": {COMPANY}, "closed": True, "carries": True}, "routed"),
        (COMPANY, {"caught": {COMPANY}, "closed": True}, "blocked"),
        (COMPANY, {}, "unavailable"),
        (COMPANY, {"everything": True, "carries": True, "routing": False}, "full-tunnel"),
        (OWN, {"carries": True}, "unavailable"),
        (OWN, {"caught": {OWN}, "carries": True}, "routed"),
        (OWN, {"caught": {OWN}, "carries": True, "passes": False}, "blocked"),
        (OWN, {}, "routed"),
    ],
)
def test_the_word_for_a_rule_is_what_was_read_back(rule: Rule, known: dict[str, object], word: str) -> None:
    nothing: dict[str, object] = {
        "caught": frozenset(),
        "closed": False,
        "carries": False,
        "everything": False,
        "passes": True,
        "routing": True,
    }
    assert apps.enforcement(rule, **(nothing | known)) == word  # type: ignore[arg-type]  # of the parameters above


def off(lockdown: str = "apps", *, routes_apps: bool = True) -> machine.State:
    policy = msgspec.convert({"lockdown": lockdown}, Policy)
    state: machine.State = machine.Off()
    facts = msgspec.structs.replace(state.facts, computer=Computer("linux", routes_apps))
    state = msgspec.structs.replace(state, facts=facts)
    profile = msgspec.structs.replace(PROFILE, policy=policy)
    return machine.step(state, events.ProfileSet(profile, worlds.PUBLIC, worlds.PRIVATE), 0)


def names(rules: frozenset[Rule]) -> set[str]:
    return {rule.name for rule in rules}


def test_off_tunnel_programs_stay_held_where_lockdown_says_so_and_nothing_else_is_ours() -> None:
    assert names(desired(off()).apps) == {"SAP GUI"}
    assert msgspec.structs.replace(desired(off()), apps=frozenset()) == NOTHING
    assert desired(off("off")) == NOTHING
    assert desired(off(routes_apps=False)) == NOTHING


def test_while_connection_is_wanted_every_rule_is_carried_out() -> None:
    for lockdown in ("off", "apps", "all"):
        wanted = machine.step(off(lockdown), Wanted(Target(connected=True)), 1)
        assert names(desired(wanted).apps) == {"SAP GUI", "Meet"}
        assert names(left(wanted.facts).apps) == (set() if lockdown == "off" else {"SAP GUI"})


def test_a_program_started_by_wgtray_run_is_held_until_it_ends() -> None:
    wanted = machine.step(machine.step(off(), Wanted(Target(connected=True)), 1), RunAsked(), 2)
    running = machine.step(wanted, ProgramsSeen(Programs("first", {apps.RUN_ID: 1})), 3)
    disconnected = machine.step(running, Wanted(Target()), 4)
    assert apps.RUN in desired(disconnected).apps
    ended = machine.step(disconnected, ProgramsSeen(Programs("first")), 5)
    assert apps.RUN not in desired(ended).apps


def test_a_system_that_cannot_route_one_program_routes_everything_while_it_runs() -> None:
    wanted = machine.step(off(routes_apps=False), Wanted(Target(connected=True)), 1)
    (rule, _) = wanted.facts.rules
    runs = machine.step(wanted, ProgramsSeen(Programs("late", {rule.id: 1})), 2)
    ended = machine.step(runs, ProgramsSeen(Programs("late")), 3)
    assert (wanted.facts.mode, runs.facts.mode, ended.facts.mode) == ("split", "full", "split")


def test_rules_are_put_before_the_tunnel_and_aimed_anew_after_it() -> None:
    wanted = msgspec.structs.replace(desired(worlds.connected()), apps=frozenset({COMPANY}))
    steps = plan(NOTHING, wanted)
    assert (steps[0], steps[-1]) == (PutApps(wanted.apps), PutApps(wanted.apps))
    host = NOTHING
    for step in steps:
        host = applied(host, step)
    assert wanted.same(host)
    assert plan(host, NOTHING)[-1] == PutApps(frozenset())


@pytest.mark.parametrize(
    ("path", "is_directory", "code"),
    [
        (r"C:\Windows\System32\cmd.exe", False, "app-is-shared"),
        (r"C:\Windows\explorer.exe", False, "app-is-shared"),
        (r"C:\Program Files\WireGuard\WireGuard.exe", False, "app-is-tool"),
        (r"C:\Program Files\SAP\gui.exe", False, None),
        ("C:\\Program Files\\", True, "app-shared-directory"),
        (r"D:\Windows", True, "app-shared-directory"),
        ("D:\\", True, "app-shared-directory"),
        (r"C:\Program Files\SAP", True, None),
    ],
)
@pytest.mark.threat("T17")
def test_what_no_rule_may_name_on_windows(path: str, is_directory: bool, code: str | None) -> None:
    assert apps.hindrance(path, is_directory=is_directory) == code
