"""What the Mac's installer puts down and runs: lists that launchd understands, scripts that trust nobody but root.

The scripts run here against stubs of Apple's tools, in a directory that takes the place of ``/``.
"""

import os
import plistlib
import re
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installers.macos import plists
from tests.fakes.mac import grammar
from wgtray.helper import app as helper
from wgtray.words.systems import COMMANDS

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "installers" / "macos" / "scripts"
DAEMON = ROOT / "resources" / "macos" / "org.wgtray.helper.plist"
ROTATION = DAEMON.with_name("newsyslog.conf")

# launchd.plist(5); AssociatedBundleIdentifiers since macOS 13
KEYS = {
    *("Label", "ProgramArguments", "AssociatedBundleIdentifiers", "RunAtLoad", "KeepAlive", "ThrottleInterval"),
    *("ProcessType", "AbandonProcessGroup", "ExitTimeOut", "Umask", "WorkingDirectory", "EnvironmentVariables"),
    *("StandardErrorPath",),
}
OURS = (
    *("Applications/wgtray.app", "Library/PrivilegedHelperTools/org.wgtray.helper"),
    "Library/LaunchDaemons/org.wgtray.helper.plist",
)

HELPER = "/Library/PrivilegedHelperTools/org.wgtray.helper/wgtray-helper"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="whose a file is can be set by root alone")


class Mac:
    """A directory for ``/``, and Apple's tools as stubs that write down what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.root, self.tools, self._said = folder / "root", folder / "tools", folder / "said"
        self.root.mkdir()
        self.tools.mkdir()
        self.stub("launchctl", '[ "$1" != print ]')
        self.stub("pkgutil", "exit 0")
        self.stub("dseditgroup", '[ "$2" != read ]')
        self.stub("stat", 'shift 2; exec /usr/bin/stat -c %u "$@"')
        self.stub("sleep", "exit 0")

    def stub(self, name: str, does: str) -> None:
        path = self.tools / name
        told = f'{{ printf %s {name}; for word; do printf "\\t%s" "$word"; done; echo; }} >> {self._said}'
        path.write_text(f"#!/bin/sh\n{told}\n{does}\n")
        path.chmod(0o755)

    def install(self) -> None:
        """What the package brings."""
        for place in OURS[:2]:
            (self.root / place).mkdir(parents=True)
        (self.root / OURS[2]).parent.mkdir(parents=True)
        (self.root / OURS[2]).write_bytes(DAEMON.read_bytes())
        helper = self.root / OURS[1] / "wgtray-helper"
        helper.write_text(f'#!/bin/sh\necho "helper $*" >> {self._said}\n')
        helper.chmod(0o755)

    def run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        """As the installer does, with this directory for the root and the stubs before the tools."""
        text = (SCRIPTS / script).read_text()
        assert text.count("\nroot=\n") == 1
        text = text.replace("\nroot=\n", f"\nroot={self.root}\n").replace("\nPATH=", f"\nPATH={self.tools}:")
        done = subprocess.run(["/bin/sh", "-s", "--", *words], input=text, capture_output=True, text=True, check=False)
        for line in self._lines():
            if not line.startswith("helper"):
                grammar.check(line.split("\t"), "")
        return done

    @property
    def said(self) -> list[str]:
        """Of Apple's tools, those that only look or wait left out."""
        return [line.replace("\t", " ") for line in self._lines() if not line.startswith(("stat", "sleep", "id"))]

    def _lines(self) -> list[str]:
        return self._said.read_text().splitlines() if self._said.exists() else []


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    return Mac(tmp_path)


def test_the_service_is_one_that_launchd_knows_and_only_root_can_change() -> None:
    told = plistlib.loads(DAEMON.read_bytes())
    assert set(told) == KEYS
    assert told["Label"] == DAEMON.stem == plists.HELPER
    assert told["ProgramArguments"] == [HELPER, "run", "--allow-group", "wgtray"]
    assert told["KeepAlive"] is told["RunAtLoad"] is told["AbandonProcessGroup"] is True
    assert told["Umask"] == 0o077
    assert told["EnvironmentVariables"] == {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    assert "UserName" not in told
    [log, owner, mode, *_, flags] = ROTATION.read_text().splitlines()[-1].split()
    assert (log, owner, mode, flags) == (told["StandardErrorPath"], "root:wheel", "600", "N")
    assert log.startswith("/var/log/")  # where only root may put a link


def test_the_app_has_no_icon_in_the_dock_and_says_which_system_it_needs() -> None:
    told = plists.info("1.2.3")
    assert told["LSUIElement"] is True
    assert told["LSBackgroundOnly"] is False
    assert told["CFBundleShortVersionString"] == "1.2.3"
    assert told["CFBundleIdentifier"] == plists.APP
    assert plistlib.loads(plistlib.dumps(told)) == told


def test_what_is_frozen_has_all_that_the_program_needs_there() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    rows = (ROOT / "installers" / "macos" / "macos.txt").read_text().splitlines()
    locked = dict(row.split()[0].split("==") for row in rows if not row.startswith("#"))
    versions = {canonicalize_name(name): version for name, version in locked.items()}
    for line in (*told["dependencies"], *told["optional-dependencies"]["gui"]):
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"sys_platform": "darwin"}):
            assert versions[canonicalize_name(needed.name)] in needed.specifier


def test_an_app_that_was_dragged_elsewhere_does_not_draw_the_package_after_it() -> None:
    [told] = plistlib.loads(plists.component())
    assert told["BundleIsRelocatable"] is False
    assert told["RootRelativeBundlePath"] == OURS[0]


def test_the_helper_looks_for_wireguard_where_the_package_puts_it() -> None:
    from installers.macos.__main__ import HELPER_PLACE
    from wgtray.platforms.macos.machine import WIREGUARD

    assert f"/{HELPER_PLACE}/wireguard-go" == WIREGUARD


@pytest.mark.parametrize("script", ["preinstall", "postinstall", "uninstall"])
def test_scripts_are_plain_sh_that_stops_at_errors_and_has_a_path_of_its_own(script: str) -> None:
    text = (SCRIPTS / script).read_text()
    subprocess.run(["/bin/sh", "-n", SCRIPTS / script], check=True)
    assert text.startswith("#!/bin/sh\n")
    assert "\nset -eu\nPATH=/usr/bin:/bin:/usr/sbin:/sbin\nexport PATH\n" in text
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "echo")))
    assert not re.search(r"\b(curl|eval|sudo|osascript|open)\b|/usr/local|\$HOME|/Users|/tmp", code)


@needs_root
def test_an_installation_starts_the_service_once_everything_is_roots(mac: Mac) -> None:
    assert mac.run("preinstall", "pkg", "/", "/").returncode == 0
    mac.install()
    done = mac.run("postinstall", "pkg", "/", "/")
    assert done.returncode == 0, done.stderr
    assert mac.said == [
        "launchctl bootout system/org.wgtray.helper",
        "launchctl print system/org.wgtray.helper",
        "dseditgroup -o read wgtray",
        "dseditgroup -o create -r may use wgtray wgtray",
        "launchctl enable system/org.wgtray.helper",
        "launchctl bootstrap system /Library/LaunchDaemons/org.wgtray.helper.plist",
    ]
    state = mac.root / "Library/Application Support/wgtray"
    assert state.stat().st_mode & 0o777 == 0o700


def test_what_a_person_is_told_to_type_on_a_mac_its_tools_take() -> None:
    told = msgspec.structs.asdict(COMMANDS["macos"])
    assert told.pop("by_hand").split()[1:] == [HELPER, "run"]
    for line in told.values():
        sudo, *words = line.split()
        assert sudo == "sudo"
        grammar.check(words, "")
    page = (ROOT / "resources" / "help" / "platforms.md").read_text()
    assert told["admit"] in page


def test_the_helper_understands_what_the_service_says_to_it() -> None:
    options = helper._parser().parse_args(plistlib.loads(DAEMON.read_bytes())["ProgramArguments"][1:])
    assert options.run is helper._run
    assert options.allow_group == ["wgtray"]


@needs_root
@pytest.mark.parametrize("place", OURS)
@pytest.mark.parametrize("how", ["theirs", "writable", "gone"])
def test_what_others_could_replace_is_not_started(mac: Mac, place: str, how: str) -> None:
    mac.install()
    path = mac.root / place
    inner = next(path.iterdir(), path) if path.is_dir() else path
    match how:
        case "theirs":
            os.chown(inner, 501, 20)
        case "writable":
            inner.chmod(0o777)
        case "gone":
            path.rename(path.with_suffix(".localized"))
    done = mac.run("postinstall", "pkg", "/", "/")
    assert done.returncode == 1
    assert place in done.stderr
    assert mac.said == []


@needs_root
def test_a_link_in_the_place_of_the_state_is_refused(mac: Mac, tmp_path: Path) -> None:
    mac.install()
    (mac.root / "Library/Application Support").mkdir()
    (mac.root / "Library/Application Support/wgtray").symlink_to(tmp_path / "theirs")
    assert mac.run("postinstall", "pkg", "/", "/").returncode == 1
    assert mac.said == []


@needs_root
def test_what_somebody_put_there_before_is_taken_away_without_following_it(mac: Mac, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kept").touch()
    (mac.root / "Applications").mkdir()
    (mac.root / OURS[0]).symlink_to(theirs)
    (mac.root / OURS[1]).mkdir(parents=True)
    os.chown(mac.root / OURS[1], 501, 20)
    assert mac.run("preinstall", "pkg", "/", "/").returncode == 0
    assert not (mac.root / OURS[0]).is_symlink()
    assert not (mac.root / OURS[1]).exists()
    assert (theirs / "kept").exists()


def test_another_volume_is_refused(mac: Mac) -> None:
    done = mac.run("preinstall", "pkg", "/Volumes/Other", "/Volumes/Other")
    assert done.returncode == 1
    assert mac.said == []


def test_a_service_that_does_not_end_stops_the_installation(mac: Mac) -> None:
    mac.stub("launchctl", "exit 0")
    done = mac.run("preinstall", "pkg", "/", "/")
    assert done.returncode == 1
    assert "restart the Mac" in done.stderr


@needs_root
@pytest.mark.parametrize("purge", [False, True])
def test_the_uninstaller_tidies_the_network_up_and_leaves_nothing_but_the_state(mac: Mac, purge: bool) -> None:
    mac.install()
    state = mac.root / "Library/Application Support/wgtray"
    state.mkdir(parents=True)
    (mac.root / "Applications/Other.app").mkdir()
    traces = [mac.root / "private" / place for place in ("etc/newsyslog.d/wgtray.conf", "var/log/wgtray-helper.log")]
    for trace in traces:
        trace.parent.mkdir(parents=True)
        trace.touch()
    done = mac.run("uninstall", *(["--purge"] if purge else []))
    assert done.returncode == 0, done.stderr
    assert mac.said == [
        "launchctl bootout system/org.wgtray.helper",
        "helper cleanup",
        *(["dseditgroup -o delete wgtray"] if purge else []),
        "pkgutil --forget org.wgtray.pkg",
    ]
    assert not any((mac.root / place).exists() for place in OURS)
    assert not any(trace.exists() for trace in traces)
    assert (mac.root / "Applications/Other.app").exists()
    assert state.exists() is not purge


@needs_root
def test_the_uninstaller_refuses_what_it_does_not_know(mac: Mac) -> None:
    mac.install()
    assert mac.run("uninstall", "--all").returncode == 2
    mac.stub("id", "echo 501")
    assert mac.run("uninstall").returncode == 4
    assert all((mac.root / place).exists() for place in OURS)
