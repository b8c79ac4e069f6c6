"""What does the MSI change on a Windows machine, what does an upgrade keep, and what is left when it is removed?

One story in order, on one machine: installed with a profile, used, upgraded, not downgraded, removed, purged.
"""

import json
import time
from pathlib import Path
from typing import Any, Final

import pytest

from installers.msi.wine import Wine, windows_path
from tests.wine.conftest import NEW, OLD, WORK, Screen

pytestmark = pytest.mark.timeout(600)

SERVICE: Final = "wgtray-helper"
SOFTWARE: Final = r"HKLM\Software\wgtray"
RUN: Final = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"
UNINSTALL: Final = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"
PROFILE: Final = """\
schema = 1
name = "Acme"
[split]
networks = ["10.20.0.0/16"]
[policy]
user_may = ["node", "disconnect"]
[[node]]
name = "fra"
location = "Frankfurt, DE"
public_key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
endpoint = "203.0.113.5:51820"
probe = "10.66.255.1"
"""


class Machine:
    """Questions to the one machine of these tests."""

    def __init__(self, wine: Wine) -> None:
        self.wine = wine
        self.folder = wine.drive_c / "Program Files" / "wgtray"
        self.data = self.folder / "data"

    def msi(self, action: str, package: Path, *properties: str) -> int:
        """Run msiexec silently to its end; the exit code, of which Wine gives eight bits."""
        log = WORK / f"{package.stem}{action.replace('/', '-')}.log"
        command = ["msiexec", action, windows_path(package), "/qn", "/l*v", windows_path(log), *properties]
        return self.wine.run(command, check=False, timeout_s=240).returncode

    def value(self, key: str, name: str) -> str | None:
        """Of the registry."""
        done = self.wine.run(["reg", "query", key, "/v", name], check=False)
        if done.returncode != 0:
            return None
        line = next(line for line in done.stdout.splitlines() if line.strip().startswith(name))
        return line.strip().split(maxsplit=2)[2].strip()

    def versions(self) -> list[str]:
        """Of wgtray in the list of installed programs."""
        found = self.wine.run(["reg", "query", UNINSTALL, "/s"], check=False).stdout
        blocks = [block for block in found.split("\n\n") if "DisplayName" in block and "wgtray" in block]
        lines = [line.split() for block in blocks for line in block.splitlines() if "DisplayVersion" in line]
        return [words[-1] for words in lines]

    def service(self) -> str:
        """RUNNING, STOPPED and so on, or nothing where there is no such service."""
        lines = self.wine.run(["sc", "query", SERVICE], check=False).stdout.splitlines()
        return next((line.split()[-1] for line in lines if "STATE" in line), "")

    def reaches(self, state: str, within_s: float = 60.0) -> bool:
        deadline = time.monotonic() + within_s
        while self.service() != state:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        return True

    def wgtray(self, *words: str) -> tuple[int, str]:
        """The installed command line: exit code and output."""
        done = self.wine.run([r"C:\Program Files\wgtray\wgtray.exe", *words], check=False)
        return done.returncode, done.stdout

    def status(self, within_s: float = 60.0) -> dict[str, Any]:
        """What the installed service answers over its pipe."""
        deadline = time.monotonic() + within_s
        while True:
            code, said = self.wgtray("status", "--json")
            if code == 0:
                found: dict[str, Any] = json.loads(said)
                return found
            assert time.monotonic() < deadline, (code, said)
            time.sleep(1)


@pytest.fixture(scope="module")
def machine(wine: Wine) -> Machine:
    return Machine(wine)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("share") / "acme.toml"
    file.write_text(PROFILE)
    return file


def test_installed_with_a_profile_the_service_runs_and_answers(
    machine: Machine, packages: dict[str, Path], profile: Path
) -> None:
    given = (f"PROFILE={windows_path(profile)}", "ADDRESS=10.66.0.10/32")
    beside = packages[OLD].with_name("wireguard-amd64-0.0.1.msi")
    beside.write_bytes(b"not WireGuard's")
    try:
        assert machine.msi("/i", packages[OLD], *given) == 0
    finally:
        beside.unlink()
    assert "not signed by WireGuard LLC" in (machine.data / "wireguard.txt").read_text()
    assert not list(machine.data.glob("*.msi"))
    assert machine.versions() == [OLD]
    assert "key" in (machine.data / "provision.txt").read_text()
    assert machine.reaches("RUNNING"), machine.service()
    status = machine.status()
    assert (status["profile"], status["state"]) == ("Acme", "off")
    assert [node["name"] for node in status["nodes"]] == ["fra"]
    assert "Acme" in machine.wgtray("profile", "show")[1]


def test_the_programs_know_their_version_and_what_they_are_for(machine: Machine) -> None:
    assert machine.wgtray("--version")[0] == 0
    assert "Acme" in machine.wgtray("status")[1]
    assert machine.wgtray("mode", "full")[0] == 0


def test_the_tray_starts_at_login_for_everybody(machine: Machine) -> None:
    assert machine.value(RUN, "wgtray") == r'"C:\Program Files\wgtray\wgtrayw.exe" "--hidden"'
    found = [path.name for path in machine.wine.drive_c.rglob("wgtray.lnk")]
    assert found == ["wgtray.lnk"]


@pytest.mark.threat("T24")
def test_the_service_is_the_systems(machine: Machine) -> None:
    key = rf"HKLM\System\CurrentControlSet\Services\{SERVICE}"
    # Windows Installer puts the quotes itself; Wine's does not, and the service does it when it starts.
    assert machine.value(key, "ImagePath") == r'"C:\Program Files\wgtray\wgtray-helper.exe" --service'
    assert machine.value(key, "ObjectName") == "LocalSystem"


def test_the_service_stops_in_time_and_comes_back_with_what_it_knew(machine: Machine) -> None:
    machine.wine.run(["sc", "stop", SERVICE])
    assert machine.reaches("STOPPED", within_s=20), machine.service()  # five seconds, on a machine that has time
    assert machine.wgtray("status")[0] == 3
    machine.wine.run(["sc", "start", SERVICE])
    assert machine.reaches("RUNNING"), machine.service()
    assert machine.status()["profile"] == "Acme"


def test_the_tray_shows_itself(machine: Machine, screen: Screen) -> None:
    before, after = WORK / "tray-before.png", WORK / "tray.png"
    screen.picture(before)
    tray = machine.wine.start([r"C:\Program Files\wgtray\wgtrayw.exe"])
    try:
        deadline = time.monotonic() + 90
        corner = "200x40+824+660"
        while True:
            screen.picture(after)
            if screen.colours(after, corner) > screen.colours(before, corner) + 3:
                break
            assert tray.poll() is None, tray.stdout and tray.stdout.read()
            assert time.monotonic() < deadline, "no icon in the tray"
            time.sleep(1)
        time.sleep(3)
        screen.picture(after)
    finally:
        machine.wine.run(["taskkill", "/f", "/im", "wgtrayw.exe"], check=False)
        tray.kill()
        tray.communicate()


def test_an_upgrade_keeps_the_profile_and_what_the_administrator_chose(
    machine: Machine, packages: dict[str, Path]
) -> None:
    before = (machine.data / "profile.json").read_bytes()
    assert machine.msi("/i", packages[NEW], "AUTOSTART=0") == 0
    assert machine.versions() == [NEW]
    assert (machine.data / "profile.json").read_bytes() == before
    assert machine.reaches("RUNNING"), machine.service()
    status = machine.status()
    assert (status["profile"], status["mode"]) == ("Acme", "full")
    assert machine.value(RUN, "wgtray") is None
    assert machine.value(SOFTWARE, "Autostart") == "0"


def test_an_older_version_is_refused(machine: Machine, packages: dict[str, Path]) -> None:
    assert machine.msi("/i", packages[OLD]) != 0
    assert machine.versions() == [NEW]
    assert machine.service() == "RUNNING"


def test_removed_nothing_is_left_but_the_profile(machine: Machine, packages: dict[str, Path]) -> None:
    assert machine.msi("/x", packages[NEW]) == 0
    assert (machine.versions(), machine.service()) == ([], "")
    assert machine.value(RUN, "wgtray") is None
    assert machine.value(SOFTWARE, "Version") is None
    assert [path.name for path in machine.folder.iterdir()] == ["data"]
    assert (machine.data / "profile.json").exists()
    assert not list(machine.wine.drive_c.rglob("wgtray.lnk"))


def test_a_profile_that_is_wrong_fails_the_installation_and_says_why(
    machine: Machine, packages: dict[str, Path], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(PROFILE.replace("10.20.0.0/16", "10.20.0.0/40"))
    assert machine.msi("/i", packages[OLD], f"PROFILE={windows_path(wrong)}") != 0
    assert (machine.versions(), machine.service()) == ([], "")
    assert "wrong.toml" in (machine.data / "provision.txt").read_text()


def test_installed_again_the_profile_is_there_and_purged_it_is_not(machine: Machine, packages: dict[str, Path]) -> None:
    assert machine.msi("/i", packages[OLD], "AUTOSTART=1") == 0
    assert machine.status()["profile"] == "Acme"
    assert machine.value(RUN, "wgtray") is not None
    assert machine.msi("/x", packages[OLD], "PURGE=1") == 0
    assert not machine.folder.exists()
