"""Do the files that Linux reads say what they should, and no more? What only a running system shows is in
tests/packages."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest

from wgtray.desktop import autostart
from wgtray.ipc.places import DEFAULT_SOCKET
from wgtray.platforms.api import Administrative
from wgtray.platforms.linux.polkit import ACTION

LINUX = Path(__file__).parents[2] / "resources" / "linux"
SERVICE = LINUX / "wgtray-helper.service"
SOCKET = LINUX / "wgtray-helper.socket"

RATED = 4.2
"""By `systemd-analyze security` of systemd 252, which leaves out of account the protections of files that it thinks
inappropriate so early at boot. What keeps it from less is explained in the unit, and that is what is held."""

LANGUAGES = ("de", "zh_CN")


def settings(path: Path) -> dict[str, list[str]]:
    """Key -> values, in order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def explained() -> str:
    return "\n".join(line for line in SERVICE.read_text().splitlines() if line.startswith("#"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_what_is_not_tightened_is_explained_in_the_unit() -> None:
    argv = ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(SERVICE)]
    done = subprocess.run(argv, capture_output=True, text=True)
    rating = re.search(r"exposure level for .*: ([\d.]+)", done.stdout)
    assert rating is not None, done.stderr
    assert float(rating[1]) <= RATED
    loose = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("✗")]
    assert loose
    comments = explained()
    for name in loose:
        directive, _, part = name.partition("=~")
        meant = [directive.split("/")[0]] if not part else re.findall(r"@?[A-Za-z]\w+", part)
        known = [word.removeprefix("CAP_").removeprefix("AF_").rstrip("_").rstrip("=") for word in meant]
        assert any(word in comments for word in known if word), f"{name} is explained nowhere"


def test_no_capability_is_left_without_a_reason() -> None:
    (granted,) = settings(SERVICE)["CapabilityBoundingSet"]
    for capability in granted.split():
        assert re.search(rf"\b{capability.removeprefix('CAP_')}\b", explained()), capability


def test_socket_and_helper_agree_on_the_place() -> None:
    assert settings(SOCKET)["ListenStream"] == [DEFAULT_SOCKET["linux"]]
    assert (settings(SOCKET)["SocketMode"], settings(SOCKET)["SocketGroup"]) == (["0660"], ["wgtray"])


def test_programs_below_home_can_be_looked_at_and_not_written() -> None:
    assert settings(SERVICE)["ProtectHome"] == ["read-only"]


@pytest.mark.threat("T18")
def test_no_key_is_in_a_dump_of_memory() -> None:
    assert settings(SERVICE)["LimitCORE"] == ["0"]


def test_networks_are_configured_after_the_policy_is_in_place() -> None:
    unit = settings(SERVICE)
    assert unit["Type"] == ["notify"]
    assert "network-pre.target" in unit["Before"][0].split()
    assert unit["Wants"] == ["network-pre.target"]
    assert unit["DefaultDependencies"] == ["no"] == settings(SOCKET)["DefaultDependencies"]


def test_every_question_to_an_administrator_has_its_action_in_every_language() -> None:
    actions = ElementTree.parse(LINUX / "org.wgtray.policy").getroot().findall("action")
    assert {action.get("id") for action in actions} == {ACTION + what for what in get_args(Administrative)}
    for action in actions:
        for kind in ("description", "message"):
            spoken = [text.get("{http://www.w3.org/XML/1998/namespace}lang") for text in action.findall(kind)]
            assert sorted(filter(None, spoken)) == sorted(LANGUAGES)
            assert spoken.count(None) == 1
        assert {default.text for default in action.iterfind("defaults/*")} <= {"auth_admin", "auth_admin_keep"}


def test_a_session_that_is_not_at_the_screen_is_asked_for_every_time() -> None:
    for action in ElementTree.parse(LINUX / "org.wgtray.policy").iter("defaults"):
        assert (action.findtext("allow_any"), action.findtext("allow_inactive")) == ("auth_admin", "auth_admin")


@pytest.mark.parametrize("name", ["wgtray.desktop", "autostart.desktop"])
def test_desktop_files_start_the_program_and_speak_every_language(name: str) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # as the specification has it
    parser.read_string((LINUX / name).read_text())
    entry = parser["Desktop Entry"]
    assert entry["Exec"].split()[0] == "wgtray"
    for language in LANGUAGES:
        assert entry[f"Comment[{language}]"]


def test_who_starts_it_at_login_for_everybody_leaves_each_user_the_last_word(tmp_path: Path) -> None:
    shipped = (LINUX / "autostart.desktop").read_text()
    assert autostart.starts(shipped)
    assert "--hidden" in shipped
    assert autostart.DESKTOP_FILE == "wgtray.desktop"  # the name under which a user's own file outranks ours


def test_every_summary_and_description_is_translated() -> None:
    component = ElementTree.parse(LINUX / "org.wgtray.wgtray.metainfo.xml").getroot()
    for language in LANGUAGES:
        spoken = {"{http://www.w3.org/XML/1998/namespace}lang": language}.items()
        assert [each.tag for each in component.iter() if spoken <= each.attrib.items()] == ["summary", "p", "ul"]


@pytest.mark.parametrize(
    "script", sorted((LINUX.parents[1] / "installers/deb/scripts").iterdir()), ids=lambda path: path.name
)
def test_the_scripts_of_the_packages_are_sound(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True)
    if not script.name.startswith("rpm"):
        assert "set -e" in script.read_text().splitlines()
