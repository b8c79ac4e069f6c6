"""A package's whole life on a bare Debian 12: installed, used on real WireGuard nodes, upgraded, removed, purged.

The tests stand in this order and share one machine: each is a chapter.
"""

import asyncio
import ctypes
import functools
import gzip
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.network.conftest import ALL_OF_THE_NETWORK
from tests.packages.conftest import PREVIOUS, Built
from tests.packages.machine import ENVIRONMENT, Machine
from wgtray.lab import Client, Lab
from wgtray.platforms import command
from wgtray.platforms.api import Administrative, Caller
from wgtray.platforms.linux.polkit import Polkit

COMPANY = "10.20.0.10"

UNIT = Path(__file__).parents[2] / "resources/linux/wgtray-helper.service"

HELPER = "/usr/lib/wgtray/wgtray-helper"

PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
"""linux/prctl.h: what ``MemoryDenyWriteExecute=`` forbids, on kernels since 6.3."""

LOCKDOWN = '\n[policy]\nlockdown = "all"\n'


class Service:
    """The helper as its unit starts it, as far as that can be had without systemd: capabilities, memory, umask."""

    def __init__(self, machine: Machine, place: Client) -> None:
        self._machine = machine
        self._place = place
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        caps = re.findall(r"CAP_(\w+)", next(line for line in lines(UNIT) if line.startswith("CapabilityBoundingSet=")))
        kept = ",".join(f"+{cap.lower()}" for cap in caps)
        limits = ["setpriv", f"--bounding-set=-all,{kept}", "--inh-caps=-all", "--no-new-privs"]
        argv = self._machine.argv([*limits, "--", HELPER, "run"])
        log = self._machine.path("/var/log/helper.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{self._place.netns}", "--", *argv],
                stderr=log,
                env=ENVIRONMENT,
                preexec_fn=no_writable_code,
            )
        until(lambda: self._machine.run("wgtray", "status", place=self._place, check=False).returncode == 0)

    def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(20)
        self.process = None
        return code

    @property
    def log(self) -> str:
        return self._machine.path("/var/log/helper.log").read_text()


def no_writable_code() -> None:
    ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def until(found: Callable[[], object], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def service(machine: Machine, place: Client) -> Iterator[Service]:
    made = Service(machine, place)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait(10)


@pytest.fixture(scope="module")
def before(machine: Machine, place: Client) -> str:
    """The network of the machine before there was anything of ours."""
    return network(machine, place)


def network(machine: Machine, place: Client) -> str:
    """Without the resolver file of this computer, with that of the machine."""
    shown = place.run(["sh", "-c", ALL_OF_THE_NETWORK.replace("cat /etc/resolv.conf; ", "")]).stdout
    return shown + machine.path("/etc/resolv.conf").read_text()


def snapshot(machine: Machine, place: Client) -> dict[str, object]:
    shown: dict[str, object] = json.loads(machine.run("wgtray", "status", "--json", place=place).stdout)
    return shown


def passes(machine: Machine, place: Client, host: str) -> bool:
    return machine.run("ping", "-c1", "-W2", host, place=place, check=False).returncode == 0


@pytest.mark.parametrize("which", ["current", "rpm"])
def test_the_packages_hold_the_same_files(built: Built, which: str) -> None:
    from_deb = subprocess.run(["dpkg-deb", "-c", built.current], check=True, capture_output=True, text=True).stdout
    from_rpm = subprocess.run(["rpm", "-qlp", built.rpm], check=True, capture_output=True, text=True).stdout
    deb = {line.split(" ./", 1)[1].partition(" -> ")[0] for line in from_deb.splitlines() if line[0] != "d"}
    rpm = {line.removeprefix("/") for line in from_rpm.splitlines()}
    missing = deb - rpm if which == "rpm" else {path for path in rpm - deb if f"{path}/" not in from_deb}
    assert not missing
    assert "usr/lib/wgtray/wgtray-helper" in deb & rpm


def test_lintian_finds_nothing_but_what_is_explained(built: Built) -> None:
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", str(built.current)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_helper_carries_no_qt_and_no_keyring(built: Built) -> None:
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(built.folder / "frozen/wgtray/wgtray-helper")).open_embedded_archive("PYZ.pyz")
    tops = {name.partition(".")[0] for name in archive.toc}
    assert not tops & {"PySide6", "shiboken6", "keyring", "secretstorage", "jeepney"}
    assert not [name for name in archive.toc if name.startswith(("wgtray.gui", "wgtray.cli", "wgtray.desktop"))]


def test_it_installs_on_a_bare_machine(built: Built, machine: Machine) -> None:
    package = machine.path("/root/previous.deb")
    package.write_bytes(built.previous.read_bytes())
    machine.download("/root/previous.deb", "polkitd", "dbus", "wireguard-go", "iputils-ping")
    assert machine.run("dpkg-query", "-W", "-f=${Version}", "wgtray").stdout == f"{PREVIOUS}-1"


def test_every_library_is_there(machine: Machine) -> None:
    script = (
        r"find /usr/lib/wgtray -type f \( -name '*.so*' -o -perm -1 \) -exec ldd {} + 2>/dev/null | grep 'not found'"
    )
    missing = machine.run("sh", "-c", script, check=False).stdout.splitlines()
    inside = {path.name for path in machine.path("/usr/lib/wgtray").rglob("*")}
    # Python's modules and Qt's find what lies beside them once the program has loaded it.
    assert not {line.split()[0] for line in missing} - inside


def test_nothing_of_it_is_anybodys_to_write_but_roots(machine: Machine) -> None:
    listed = machine.run("dpkg", "-L", "wgtray").stdout.splitlines()
    script = 'find "$@" -maxdepth 0 ! -type l \\( ! -user root -o -perm /022 \\)'
    assert machine.run("sh", "-c", script, "sh", *listed).stdout == ""


def test_the_units_are_enabled_and_sound(machine: Machine) -> None:
    for unit, target in (("wgtray-helper.service", "multi-user"), ("wgtray-helper.socket", "sockets")):
        assert machine.path(f"/etc/systemd/system/{target}.target.wants/{unit}").is_symlink()
        done = machine.run("systemd-analyze", "verify", "--man=no", f"/usr/lib/systemd/system/{unit}", check=False)
        assert not [line for line in done.stderr.splitlines() if "wgtray" in line], done.stderr
    assert machine.run("getent", "group", "wgtray").stdout
    state = machine.path("/var/lib/wgtray").stat()
    assert (state.st_uid, state.st_mode & 0o777) == (0, 0o700)


def test_the_manual_says_what_the_programs_say(machine: Machine) -> None:
    for program, section in (("wgtray", 1), ("wgtray-helper", 8)):
        file = machine.path(f"/usr/share/man/man{section}/{program}.{section}.gz")
        page = gzip.decompress(file.read_bytes()).decode().replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
        plain = re.sub(r"\[u([0-9A-F]{4,6})\]", lambda found: chr(int(found[1], 16)), page.replace("\\[u", "[u"))
        said = machine.run(program, "--help", env={"COLUMNS": "100"}).stdout.rstrip()
        assert said in plain


def test_the_tray_starts(machine: Machine) -> None:
    machine.run("useradd", "--create-home", "ada", check=False)
    env = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp", "HOME": "/home/ada"}
    done = machine.run("timeout", "4", "wgtray", "--hidden", user="ada", env=env, check=False)
    assert (done.returncode, done.stdout) == (124, ""), done.stderr


def test_a_member_of_the_group_imports_a_profile_and_connects(
    machine: Machine, place: Client, lab: Lab, before: str, service: Service
) -> None:
    assert before
    service.start()
    profile = lab.profile_toml(0) + LOCKDOWN
    imported = ("wgtray", "profile", "import", "-", "--keys", "helper")
    assert machine.run(*imported, place=place, text=profile, user="ada", check=False).returncode in (3, 4)
    machine.run("usermod", "-aG", "wgtray", "ada")
    machine.run(*imported, place=place, text=profile, user="ada" if not asks_polkit() else None)
    machine.run("wgtray", "connect", place=place, user="ada")
    shown = snapshot(machine, place)
    assert (shown["state"], shown["protected"]) == ("connected", True)
    assert passes(machine, place, COMPANY)


def asks_polkit() -> bool:
    """Whether an import takes an administrator's word: there is nobody here to give it."""
    from wgtray.helper import rights

    return hasattr(rights, "ASK") or "ask" in str(vars(rights).get("RIGHTS", ""))


def test_a_program_is_caught_by_the_frozen_gate(machine: Machine, place: Client, service: Service) -> None:
    machine.run("wgtray", "apps", "add", "/usr/bin/ping", "--name", "Ping", place=place)
    until(lambda: '"routed"' in machine.run("wgtray", "apps", "--json", place=place).stdout.replace(": ", ":"))
    assert passes(machine, place, COMPANY)
    assert gates(machine) == 1
    machine.run("wgtray", "apps", "remove", "Ping", place=place)
    assert "Traceback" not in service.log


def gates(machine: Machine) -> int:
    found = machine.run("sh", "-c", "grep -lz '^gate$' /proc/[0-9]*/cmdline 2>/dev/null | wc -l").stdout
    return int(found)


RULE = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.wgtray.import-profile" && subject.user == "ada") return polkit.Result.ANSWER;
});
"""


def is_answered(polkit: Polkit, caller: Caller, word: str) -> bool:
    return asyncio.run(polkit.ask("import-profile", caller)) == word


@pytest.fixture
def polkit(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Polkit]:
    """Asks the real one, on a bus of the machine's own. There is no session, and so nobody who could be asked."""
    machine.run("mkdir", "-p", "/run/dbus")
    bus = ["dbus-daemon", "--system", "--nofork", "--nopidfile"]
    started = [subprocess.Popen(machine.argv(bus), env=ENVIRONMENT)]
    until(lambda: machine.run("test", "-S", "/run/dbus/system_bus_socket", check=False).returncode == 0)
    started.append(subprocess.Popen(machine.argv(["/usr/lib/polkit-1/polkitd", "--no-debug"]), env=ENVIRONMENT))
    until(lambda: machine.run("pkaction", check=False).returncode == 0)
    pkcheck = tmp_path / "pkcheck"
    pkcheck.write_text(
        f'#!/bin/sh\nPATH={ENVIRONMENT["PATH"]}\nexec {" ".join(machine.argv(["/usr/bin/pkcheck"]))} "$@"\n'
    )
    pkcheck.chmod(0o755)
    monkeypatch.setattr(command, "PLACES", (str(tmp_path),))
    yield Polkit()
    for process in started:
        process.kill()
        process.wait(10)


def test_polkit_knows_every_question_and_asks_for_an_administrator(machine: Machine, polkit: Polkit) -> None:
    known = machine.run("pkaction").stdout.split()
    assert {f"org.wgtray.{what}" for what in get_args(Administrative)} <= set(known)
    user = int(machine.run("id", "-u", "ada").stdout)
    rule = machine.path("/etc/polkit-1/rules.d/10-test.rules")
    with subprocess.Popen(["sleep", "60"], user=user) as client:
        try:
            caller = Caller(user, frozenset(), client.pid)
            assert asyncio.run(polkit.ask("import-profile", caller)) == "nobody"  # it would ask, and nobody is there
            for answer, word in (("YES", "yes"), ("NO", "no")):
                rule.write_text(RULE.replace("ANSWER", answer))
                rule.chmod(0o644)
                until(functools.partial(is_answered, polkit, caller, word))
            assert asyncio.run(polkit.ask("lower-protection", caller)) == "nobody"
        finally:
            rule.unlink()
            client.kill()


def test_an_upgrade_keeps_tunnel_policy_and_choices(
    machine: Machine, built: Built, place: Client, service: Service
) -> None:
    autostart = machine.path("/etc/xdg/autostart/wgtray.desktop")
    autostart.write_text(autostart.read_text() + "Hidden=true\n")
    link, profile = ifindex(machine, place), machine.run("wgtray", "profile", "show", "--json", place=place).stdout
    machine.path("/root/current.deb").write_bytes(built.current.read_bytes())
    machine.run("dpkg", "-i", "/root/current.deb", place=place)
    assert PREVIOUS not in machine.run("dpkg-query", "-W", "-f=${Version}", "wgtray").stdout
    assert service.end(signal.SIGUSR1) == 0  # as systemd does for `systemctl restart`
    assert passes(machine, place, COMPANY)  # with no helper at all
    service.start()
    until(lambda: snapshot(machine, place)["state"] == "connected")
    assert ifindex(machine, place) == link
    assert machine.run("wgtray", "profile", "show", "--json", place=place).stdout == profile
    assert json.loads(profile)["policy"]["lockdown"] == "all"
    assert autostart.read_text().endswith("Hidden=true\n")


def ifindex(machine: Machine, place: Client) -> object:
    name = str(snapshot(machine, place)["interface"])
    return json.loads(place.run(["ip", "-j", "link", "show", name]).stdout)[0]["ifindex"]


def test_a_stop_closes_what_policy_closes(machine: Machine, place: Client, service: Service, before: str) -> None:
    assert service.end(signal.SIGTERM) == 0
    assert "table inet wgtray" in place.run(["nft", "list", "tables"]).stdout
    assert not passes(machine, place, COMPANY)
    service.start()
    until(lambda: snapshot(machine, place)["state"] == "connected")


def test_removing_it_ends_it_and_frees_the_network(
    machine: Machine, place: Client, service: Service, before: str
) -> None:
    machine.run("apt-get", "remove", "-y", "-qq", "wgtray", place=place)
    assert service.process is not None
    assert service.process.wait(10) == 0
    service.process = None
    assert network(machine, place) == before
    assert gates(machine) == 0
    left = machine.everything("wgtray")
    assert machine.path("/var/lib/wgtray/profile.json").exists()
    assert "/etc/xdg/autostart/wgtray.desktop" in left
    assert not [path for path in left if path.startswith("/usr")]


def test_nothing_is_left_after_a_purge(machine: Machine, place: Client) -> None:
    machine.run("dpkg", "--purge", "wgtray", place=place)
    assert machine.everything("wgtray") == []
    assert machine.run("getent", "group", "wgtray", check=False).returncode != 0
    assert machine.run("grep", "-rl", "wgtray", "/etc", check=False).stdout in ("", "/etc/group-\n", "/etc/gshadow-\n")
