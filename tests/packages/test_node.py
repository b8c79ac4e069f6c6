"""The package of a company's nodes on a bare Debian 12 with its own systemd: with the files that a fleet renders, as
Ansible would put them there. What the nodes then do for clients is in tests/network/fleet.
"""

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packages.conftest import Built
from tests.packages.machine import Machine, alone, until
from tests.unit.fleet.fleets import users
from tests.unit.fleet.test_render import with_routers
from wgtray.fleet.render import files_of
from wgtray.lab import netns

NODE = "ams-a"
HOME = "/etc/wgtray-fleet"
UNIT = "wgtray-node.service"
NEEDED = ("systemd-sysv", "wireguard-tools", "wireguard-go", "iproute2", "procps", "python3")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """What `wgtray fleet render` writes for a company whose routers ask which clients are where."""
    return dict(files_of(with_routers("10.20.255.254"), users(ada=("staff",), bob=("staff",))))


@pytest.fixture(scope="module")
def gateway(built: Built, machine: Machine) -> Iterator[Machine]:
    """The machine with the package on it, running."""
    machine.path("/root/node.deb").write_bytes(built.node.read_bytes())
    machine.download("/root/node.deb", *NEEDED)
    with alone() as place:
        # The rendered shaping is for both of a node's cards.
        netns.ip(place.netns, "link add eth0 type veth peer name eth1\nlink set eth0 up\nlink set eth1 up\n")
        with machine.booted(place) as running:
            yield running


def tables(gateway: Machine) -> str:
    return gateway.run("nft", "list", "tables").stdout


def test_both_formats_hold_the_same_files_and_nothing_of_the_client(built: Built) -> None:
    from_deb = subprocess.run(["dpkg-deb", "-c", built.node], check=True, capture_output=True, text=True).stdout
    from_rpm = subprocess.run(["rpm", "-qlp", built.node_rpm], check=True, capture_output=True, text=True).stdout
    deb = {line.split(" ./", 1)[1].partition(" -> ")[0] for line in from_deb.splitlines() if line[0] != "d"}
    rpm = {line.removeprefix("/") for line in from_rpm.splitlines()}
    assert not deb - rpm
    assert {"usr/bin/wgtray-node", "usr/share/man/man8/wgtray-node.8.gz"} <= deb & rpm
    assert not [path for path in deb if any(word in path for word in ("PySide6", "cryptography", "wgtray-helper"))]


def test_lintian_finds_nothing_but_what_is_explained(built: Built) -> None:
    argv = ["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", str(built.node)]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_it_starts_and_its_manual_says_what_it_says(gateway: Machine) -> None:
    said = gateway.run("wgtray-node", "--help", env={"COLUMNS": "100"}).stdout.rstrip()
    page = gzip.decompress(gateway.path("/usr/share/man/man8/wgtray-node.8.gz").read_bytes()).decode()
    assert said in page.replace("\\-", "-").replace("\\&", "")
    script = r"find /usr/lib/wgtray-node -name '*.so*' -exec ldd {} + 2>/dev/null | grep 'not found'"
    libraries = gateway.run("sh", "-c", script, check=False).stdout.splitlines()
    inside = {path.name for path in gateway.path("/usr/lib/wgtray-node").rglob("*")}
    assert not {line.split()[0] for line in libraries} - inside


def test_nothing_of_it_is_anybodys_to_write_but_roots(gateway: Machine) -> None:
    listed = gateway.run("dpkg", "-L", "wgtray-node").stdout.splitlines()
    script = 'find "$@" -maxdepth 0 ! -type l \\( ! -user root -o -perm /022 \\)'
    assert gateway.run("sh", "-c", script, "sh", *listed).stdout == ""


def test_what_a_fleet_renders_runs_there(gateway: Machine, files: dict[str, str]) -> None:
    for name, text in files.items():
        folder, _, file = name.rpartition("/")
        if folder in ("common", f"nodes/{NODE}"):
            put(gateway, f"{HOME}/{file}", text)
    # To a file: wireguard-go would hold a pipe open for as long as it runs.
    done = gateway.run("sh", "-c", f"sh {HOME}/apply.sh </dev/null >/run/apply.log 2>&1", check=False)
    assert done.returncode == 0, gateway.run("cat", "/run/apply.log").stdout
    assert "table inet wgtray_fleet\n" in tables(gateway)


def test_its_figures_are_written(gateway: Machine) -> None:
    gateway.run("python3", f"{HOME}/metrics.py", "/run/wgtray.prom")
    assert "wgtray_peers 2\n" in gateway.run("cat", "/run/wgtray.prom").stdout


def test_the_unit_that_is_rendered_starts_the_program_and_takes_back_what_it_laid(
    gateway: Machine, files: dict[str, str]
) -> None:
    unit = files[f"nodes/{NODE}/{UNIT}"]
    program = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).split("=", 1)[1].split()[0]
    assert gateway.run("readlink", "-f", program).stdout == "/usr/lib/wgtray-node/wgtray-node\n"
    put(gateway, f"/etc/systemd/system/{UNIT}", unit)
    gateway.run("systemctl", "daemon-reload")
    gateway.run("systemctl", "start", UNIT)
    until(lambda: "table inet wgtray_node\n" in tables(gateway))
    assert gateway.run("systemctl", "is-active", UNIT).stdout == "active\n"
    gateway.run("systemctl", "stop", UNIT)
    assert "wgtray_node" not in tables(gateway)
    assert gateway.run("systemctl", "show", "--value", "--property=Result", UNIT).stdout == "success\n"


def test_a_purge_leaves_what_ansible_brought_and_nothing_else(gateway: Machine) -> None:
    gateway.run("rm", f"/etc/systemd/system/{UNIT}")
    gateway.run("dpkg", "--purge", "wgtray-node")
    assert [path for path in gateway.everything("wgtray-node") if not path.startswith(HOME)] == []


def put(gateway: Machine, place: str, text: str) -> None:
    path: Path = gateway.path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
