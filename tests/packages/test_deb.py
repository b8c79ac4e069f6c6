"""A package's whole life on a bare Debian 12 with its own systemd: installed, used, upgraded, removed, purged.

It is used on real WireGuard nodes, by a service within the limits of its unit. The tests stand in this order and share
one machine: each is a chapter.
"""

import asyncio
import functools
import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import pytest

from tests.network.conftest import ALL_OF_THE_NETWORK
from tests.packages.conftest import PREVIOUS, Built
from tests.packages.machine import ENVIRONMENT, Machine, until
from tests.unit.test_linux_service import RATED
from wgtray.core.names import FORWARDER
from wgtray.lab import Client, Lab
from wgtray.platforms import command
from wgtray.platforms.api import Administrative, Caller
from wgtray.platforms.linux.polkit import Polkit

COMPANY = "10.20.0.10"

LOCKDOWN = '\n[policy]\nlockdown = "all"\n'


def snapshot(booted: Machine) -> dict[str, object]:
    shown: dict[str, object] = json.loads(booted.run("wgtray", "status", "--json").stdout)
    return shown


def is_connected(booted: Machine) -> bool:
    done = booted.run("wgtray", "status", "--json", check=False)
    return done.returncode == 0 and json.loads(done.stdout)["state"] == "connected"


def passes(booted: Machine) -> bool:
    return booted.run("ping", "-c1", "-W2", COMPANY, check=False).returncode == 0


def network(booted: Machine) -> str:
    return booted.run("sh", "-c", ALL_OF_THE_NETWORK).stdout


def ifindex(booted: Machine) -> int:
    (link,) = json.loads(booted.run("ip", "-j", "link", "show", "wgtray0").stdout)
    return int(link["ifindex"])


def of_unit(booted: Machine, name: str, unit: str = "wgtray-helper.service") -> str:
    return booted.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()


def log(booted: Machine) -> str:
    return booted.run("journalctl", "--unit=wgtray-helper", "--output=cat", "--no-pager").stdout


def gates(booted: Machine) -> int:
    return int(booted.run("sh", "-c", "grep -lz '^gate$' /proc/[0-9]*/cmdline 2>/dev/null | wc -l").stdout)


@pytest.fixture(scope="module")
def booted(machine: Machine, place: Client) -> Iterator[Machine]:
    with machine.booted(place) as running:
        yield running


@pytest.fixture(scope="module")
def before(machine: Machine, booted: Machine) -> str:
    """The network of the machine before there was anything of ours on it."""
    return network(booted)


@pytest.mark.parametrize("which", ["current", "rpm"])
def test_the_packages_hold_the_same_files(built: Built, which: str) -> None:
    from_deb = subprocess.run(["dpkg-deb", "-c", built.current], check=True, capture_output=True, text=True).stdout
    from_rpm = subprocess.run(["rpm", "-qlp", built.rpm], check=True, capture_output=True, text=True).stdout
    deb = {line.split(" ./", 1)[1].partition(" -> ")[0] for line in from_deb.splitlines() if line[0] != "d"}
    rpm = {line.removeprefix("/") for line in from_rpm.splitlines()}
    missing = deb - rpm if which == "rpm" else {path for path in rpm - deb if f"{path}/" not in from_deb}
    assert not missing
    assert "usr/lib/wgtray/wgtray-helper" in deb & rpm
    assert any(path.endswith("resources/help/zh_CN/blocked.md") for path in deb & rpm)


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
    machine.download("/root/previous.deb", "polkitd", "dbus", "wireguard-go", "iputils-ping", "strace")
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


def test_the_service_is_ready_before_networks_are_configured(booted: Machine) -> None:
    assert of_unit(booted, "ActiveState") == "active"
    ready = int(of_unit(booted, "ActiveEnterTimestampMonotonic"))
    networks = int(of_unit(booted, "ActiveEnterTimestampMonotonic", "network-pre.target"))
    assert 0 < ready <= networks
    assert booted.run("systemctl", "--failed", "--plain", "--no-legend").stdout == ""


def test_only_members_of_the_group_reach_it(booted: Machine) -> None:
    assert booted.run("wgtray", "status", user="ada", check=False).returncode in (3, 4)
    booted.run("usermod", "-aG", "wgtray", "ada")
    assert booted.run("wgtray", "status", user="ada").stdout


def test_a_profile_is_imported_and_connects_within_the_units_limits(booted: Machine, lab: Lab, before: str) -> None:
    assert before
    booted.run("wgtray", "profile", "import", "-", "--keys", "helper", text=lab.profile_toml(0) + LOCKDOWN)
    booted.run("wgtray", "connect", user="ada")
    shown = snapshot(booted)
    assert (shown["state"], shown["protected"]) == ("connected", True)
    assert passes(booted)
    assert "resolver" not in log(booted)


def test_a_program_is_caught_by_the_frozen_gate(booted: Machine) -> None:
    booted.run("wgtray", "apps", "add", "/usr/bin/ping", "--name", "Ping")
    until(lambda: '"enforcement": "routed"' in booted.run("wgtray", "apps", "--json").stdout)
    assert gates(booted) == 1
    assert passes(booted)
    assert "Traceback" not in log(booted)


@contextmanager
def with_setting(booted: Machine, line: str) -> Iterator[None]:
    """The unit with a shorter time: how it behaves when it is over is the same."""
    folder = "/run/systemd/system/wgtray-helper.service.d"
    booted.run("mkdir", "-p", folder)
    booted.run("tee", f"{folder}/soon.conf", text=f"[Service]\n{line}\n")
    booted.run("systemctl", "daemon-reload")
    booted.run("systemctl", "restart", "wgtray-helper.service")
    until(lambda: is_connected(booted))
    yield
    booted.run("rm", "-r", folder)
    booted.run("systemctl", "daemon-reload")


@pytest.mark.parametrize("how", ["KILL", "STOP"])
def test_a_helper_that_dies_or_hangs_is_replaced_and_the_tunnel_carries_on(booted: Machine, how: str) -> None:
    with with_setting(booted, "WatchdogSec=3s"):
        link, pid = ifindex(booted), of_unit(booted, "MainPID")
        booted.run("sh", "-c", f"kill -{how} {pid}")
        assert passes(booted)
        until(lambda: of_unit(booted, "MainPID") not in (pid, "0"))
        until(lambda: is_connected(booted))
        assert (ifindex(booted), passes(booted)) == (link, True)


def test_a_stop_closes_what_policy_closes(booted: Machine) -> None:
    booted.run("systemctl", "start", "wgtray-helper.service")
    until(lambda: is_connected(booted))
    booted.run("systemctl", "stop", "wgtray-helper.service", "wgtray-helper.socket")
    assert of_unit(booted, "Result") == "success"
    is_closed(booted)
    booted.run("systemctl", "start", "wgtray-helper.service")
    until(lambda: is_connected(booted))


def is_closed(booted: Machine) -> None:
    assert not passes(booted)
    assert "wgtray0" not in booted.run("ip", "-o", "link").stdout
    assert "table inet wgtray\n" in booted.run("nft", "list", "tables").stdout


def test_it_is_confined_as_its_unit_says(booted: Machine) -> None:
    said = booted.run("systemd-analyze", "security", "--no-pager", "wgtray-helper.service").stdout
    rating = re.search(r"exposure level for .*: ([\d.]+)", said)
    assert rating is not None
    assert float(rating[1]) <= RATED
    status = booted.run("cat", f"/proc/{of_unit(booted, 'MainPID')}/status").stdout
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)
    for mode, places in MODES.items():
        assert {place: mode_of(booted, place) for place in places} == dict.fromkeys(places, mode)


MODES = {"read-only": ("/", "/usr", "/home", "/root"), "writable": ("/etc", "/run", "/var/lib/wgtray")}


def mode_of(booted: Machine, place: str) -> str:
    """What becomes of root's attempt to write there, where the service is."""
    argv = ["nsenter", f"--target={of_unit(booted, 'MainPID')}", "--mount", "--root", "--", "touch", f"{place}/attempt"]
    done = booted.run(*argv, env={"LC_ALL": "C"}, check=False)
    if done.returncode == 0:
        booted.run(*argv[:-2], "rm", f"{place}/attempt")
        return "writable"
    assert "Read-only file system" in done.stderr, done.stderr
    return "read-only"


@pytest.mark.threat("T05")
def test_it_listens_where_nobody_else_can_come(booted: Machine) -> None:
    open_ports = [line.split() for line in booted.run("ss", "-Hlntup").stdout.splitlines()]
    ours = [words[4] for words in open_ports if "wgtray" in words[-1]]
    assert set(ours) <= {f"{FORWARDER}:53"}, open_ports
    socket = booted.run("stat", "-c", "%U:%G %a", "/run/wgtray", "/run/wgtray/helper.sock").stdout.split("\n")
    assert socket[:2] == ["root:root 755", "root:wgtray 660"]


PLACES = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/sbin",
    "/etc",
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/var/lib/wgtray",
    "/var/run",
)
"""Where only root writes; what is opened elsewhere, or is looked for there, could be somebody's."""

OPENED = re.compile(r'(?:open|execve)\("([^"]+)"|openat2?\(AT_FDCWD, "([^"]+)"')
MADE = re.compile(r'"([^"]+)", [^)]*O_CREAT')

EVIL = "/tmp/evil"
POISON = {
    "PATH": f"{EVIL}:/usr/sbin:/usr/bin:/sbin:/bin",
    **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "HOME", "TMPDIR", "XDG_CONFIG_HOME"), EVIL),
    **dict.fromkeys(("PYTHONSTARTUP", "BASH_ENV", "ENV", "OPENSSL_CONF"), f"{EVIL}/run.sh"),
}


@pytest.mark.threat("T20", "T21", "T25")
def test_from_start_to_end_it_opens_nothing_where_users_write_whatever_its_environment_says(booted: Machine) -> None:
    """The service as it is installed, under strace, from an unfriendly directory."""
    booted.run("systemctl", "stop", "wgtray-helper.service", "wgtray-helper.socket")
    planted = "".join(
        f"printf '#!/bin/sh\ntouch {EVIL}/ran\n' >{EVIL}/{name}; chmod 755 {EVIL}/{name}; "
        for name in ("ip", "nft", "wg", "wg-quick", "sh", "run.sh")
    )
    modules = "".join(f'echo \'open("{EVIL}/ran", "w")\' >{EVIL}/{name}.py; ' for name in ("msgspec", "sitecustomize"))
    booted.run("sh", "-c", f"mkdir -m 777 {EVIL}; {planted}{modules}")
    # strace waits for what outlives the service, and is ended: a second time TERM would not do.
    traced = "strace -f -qq -e trace=%file,openat2 -o /run/trace /usr/sbin/wgtray-helper run"
    # To a file: the gate that lockdown leaves behind would hold a pipe open.
    script = f"cd {EVIL} && exec timeout --kill-after=5 12 {traced} >/run/said 2>&1"
    try:
        booted.run("/bin/sh", "-c", script, env=POISON, check=False)
        said = booted.run("cat", "/run/said").stdout
        trace = booted.run("cat", "/run/trace").stdout
        has_run = booted.run("ls", f"{EVIL}/ran", check=False).returncode == 0
    finally:
        booted.run("rm", "-rf", EVIL, "/run/trace", "/run/said")
        booted.run("systemctl", "start", "wgtray-helper.service")
    assert "/var/lib/wgtray/profile.json" in trace, said
    assert "/usr/bin/wg-quick" in trace
    opened = {one or other for one, other in OPENED.findall(trace)}
    elsewhere = {path for path in opened if path != "/" and not path.startswith(PLACES)}
    assert not elsewhere
    assert not has_run
    writable = ("/var/lib/wgtray/", "/run/", "/etc/", "/dev/", "/proc/", "/sys/")
    assert not {path for path in MADE.findall(trace) if not path.startswith(writable)}
    until(lambda: is_connected(booted))


def test_a_client_that_comes_while_it_is_stopped_starts_it(booted: Machine) -> None:
    booted.run("systemctl", "stop", "wgtray-helper.service")
    assert booted.run("wgtray", "status").stdout
    until(lambda: of_unit(booted, "ActiveState") == "active")
    until(lambda: is_connected(booted))


RULE = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.wgtray.import-profile" && subject.user == "ada") return polkit.Result.ANSWER;
});
"""


def is_answered(polkit: Polkit, caller: Caller, word: str) -> bool:
    return asyncio.run(polkit.ask("import-profile", caller)) == word


@pytest.fixture
def polkit(booted: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Polkit:
    """Asks the machine's own. Nobody is logged in there, and so there is nobody who could be asked."""
    pkcheck = tmp_path / "pkcheck"
    path, argv = ENVIRONMENT["PATH"], " ".join(booted.argv(["/usr/bin/pkcheck"]))
    pkcheck.write_text(f'#!/bin/sh\nPATH={path}\nexec {argv} "$@"\n')
    pkcheck.chmod(0o755)
    monkeypatch.setattr(command, "PLACES", (str(tmp_path),))
    return Polkit()


def test_polkit_knows_every_question_and_asks_for_an_administrator(
    booted: Machine, polkit: Polkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = booted.run("pkaction").stdout.split()
    assert {f"org.wgtray.{what}" for what in get_args(Administrative)} <= set(known)
    user = int(booted.run("id", "-u", "ada").stdout)
    # A process has other numbers there and here: ours is asked about, under the name it has there.
    booted.run(
        "sh", "-c", "setpriv --reuid=ada --regid=ada --init-groups sleep 60 >/dev/null 2>&1 & echo $! > /run/client"
    )
    pid = int(booted.run("cat", "/run/client").stdout)
    monkeypatch.setattr("wgtray.platforms.linux.polkit.PROCESSES", inside(booted, "/proc"))
    until(lambda: "sleep" in booted.run("cat", f"/proc/{pid}/cmdline").stdout)
    caller = Caller(user, frozenset(), pid)
    assert asyncio.run(polkit.ask("import-profile", caller)) == "nobody"  # it would ask, and nobody is there
    for answer, word in (("YES", "yes"), ("NO", "no")):
        booted.run("tee", "/etc/polkit-1/rules.d/10-test.rules", text=RULE.replace("ANSWER", answer))
        booted.run("chmod", "644", "/etc/polkit-1/rules.d/10-test.rules")
        until(functools.partial(is_answered, polkit, caller, word))
    assert asyncio.run(polkit.ask("lower-protection", caller)) == "nobody"
    booted.run("rm", "/etc/polkit-1/rules.d/10-test.rules")


def inside(booted: Machine, place: str) -> Path:
    """A directory as its processes see it."""
    return Path(f"/proc/{booted.init}/root{place}")


def test_an_upgrade_keeps_tunnel_policy_and_choices(booted: Machine, built: Built) -> None:
    until(lambda: is_connected(booted))
    autostart = booted.path("/etc/xdg/autostart/wgtray.desktop")
    autostart.write_text(autostart.read_text() + "Hidden=true\n")
    link, pid = ifindex(booted), of_unit(booted, "MainPID")
    profile = booted.run("wgtray", "profile", "show", "--json").stdout
    booted.path("/root/current.deb").write_bytes(built.current.read_bytes())
    booted.run("dpkg", "-i", "/root/current.deb")
    assert PREVIOUS not in booted.run("dpkg-query", "-W", "-f=${Version}", "wgtray").stdout
    until(lambda: is_connected(booted))
    assert of_unit(booted, "MainPID") != pid
    assert (ifindex(booted), passes(booted)) == (link, True)
    assert booted.run("wgtray", "profile", "show", "--json").stdout == profile
    assert json.loads(profile)["policy"]["lockdown"] == "all"
    assert "Ping" in booted.run("wgtray", "apps").stdout
    assert autostart.read_text().endswith("Hidden=true\n")


def test_removing_it_ends_it_and_frees_the_network_whatever_lockdown_says(booted: Machine, before: str) -> None:
    booted.run("apt-get", "remove", "-y", "-qq", "wgtray")
    assert network(booted) == before
    assert gates(booted) == 0
    assert not booted.run("sh", "-c", "ls -d /sys/fs/cgroup/wgtray /run/wgtray 2>/dev/null", check=False).stdout
    left = booted.everything("wgtray")
    assert booted.path("/var/lib/wgtray/profile.json").exists()
    assert "/etc/xdg/autostart/wgtray.desktop" in left
    assert not [path for path in left if path.startswith("/usr")]


def test_nothing_is_left_after_a_purge(booted: Machine) -> None:
    booted.run("dpkg", "--purge", "wgtray")
    assert booted.everything("wgtray") == []
    assert booted.run("getent", "group", "wgtray", check=False).returncode != 0
    kept = booted.run("grep", "-rl", "wgtray", "/etc", check=False).stdout.split()
    assert set(kept) <= {"/etc/group-", "/etc/gshadow-"}  # the copies that groupdel makes
