"""Which rule has a program running, told by paths alone."""

import pytest

from wgtray.core.apps import Rule, System
from wgtray.core.fields import Name
from wgtray.core.running import LINGER_S, Process, Sightings, looked, rule_of

SAP = Rule(Name("SAP"), "tunnel", (r"C:\Program Files\SAP\saplogon.exe",))
SUITE = Rule(Name("Suite"), "tunnel", ("/Applications/Suite.app",))
UMLAUT = Rule(Name("Umlaut"), "tunnel", ("/Applications/M\u00fcller.app",))
OWN = Rule(Name("Mine"), "direct", ("/Applications/Suite.app/Contents/MacOS/updater",), uid=501)
THEIRS = Rule(Name("Theirs"), "tunnel", ("/opt/theirs",), uid=502)


@pytest.mark.parametrize(
    ("path", "uid", "system", "rule"),
    [
        (r"c:\program files\sap\SAPLOGON.EXE", None, "windows", SAP),
        (r"c:\program files\sap\saplogon.exe.bak", None, "windows", None),
        ("/Applications/Suite.app/Contents/MacOS/suite", 501, "macos", SUITE),
        ("/Applications/Suite.apple", 501, "macos", None),
        ("/applications/suite.app/x", 501, "macos", SUITE),
        ("/System/Volumes/Data/Applications/Suite.app/x", 501, "macos", SUITE),
        ("/System/Volumes/Preboot/Cryptexes/App/System/Applications/Suite.app/x", 501, "macos", SUITE),
        ("/System/Cryptexes/App/System/Applications/Suite.app/x", 501, "macos", SUITE),
        ("/tmp/System/Cryptexes/App/System/Applications/Suite.app/x", 501, "macos", None),
        ("/Applications/Mu\u0308ller.app/x", 501, "macos", UMLAUT),
        ("/applications/suite.app/x", 501, "linux", None),
        ("/Applications/Suite.app/Contents/MacOS/updater", 501, "macos", SUITE),
        ("/opt/theirs/bin", 501, "macos", None),
        ("/opt/theirs/bin", 502, "macos", THEIRS),
        ("/opt/theirs/bin", None, "macos", THEIRS),
    ],
)
def test_a_program_is_its_files_or_what_is_below_its_directory(
    path: str, uid: int | None, system: System, rule: Rule | None
) -> None:
    assert rule_of(Process(path, uid), [OWN, THEIRS, SUITE, SAP, UMLAUT], system) == rule


def test_a_program_that_ended_counts_for_a_little_longer_and_no_rule_that_is_gone_does() -> None:
    process = Process("/opt/theirs/bin", 502)
    there = looked(Sightings(), [THEIRS], [process, process], "linux", 10.0)
    assert there.running == {THEIRS.id: 2}
    just_now = looked(there, [THEIRS], [], "linux", 10.0 + LINGER_S / 2)
    assert just_now.running == {THEIRS.id: 0}
    assert looked(just_now, [THEIRS], [], "linux", 10.0 + LINGER_S).running == {}
    assert looked(just_now, [], [], "linux", 10.0 + LINGER_S / 2).running == {}
    assert looked(just_now, [THEIRS], [process], "linux", 10.0 + LINGER_S).running == {THEIRS.id: 1}
