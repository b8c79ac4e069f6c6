"""Whom does a real machine ask for names, told by the installed service? By systemd-resolved, openresolv and Debian's
resolvconf, each on a booted Debian: company names of the company's server, and everything given back afterwards.
"""

from collections.abc import Iterator, Mapping

import pytest

from tests.network import nameservers
from tests.network.nameservers import COMPANY, PUBLIC, NameServer
from tests.packages.conftest import Built
from tests.packages.machine import Machine, until
from wgtray.core.names import FORWARDER
from wgtray.lab import Lab

INTRANET, ELSEWHERE = "intranet.corp.example", "www.elsewhere.example"
INSIDE, TRAP, OUTSIDE = "10.20.0.10", "198.51.100.66", "198.51.100.7"
SECTIONS = {"dns": {"servers": [COMPANY], "domains": ["corp.example"]}}
RESOLVERS = ("systemd-resolved", "openresolv", "resolvconf")
ONCE = "/run/systemd/system/wgtray-helper.service.d"


@pytest.fixture(scope="module")
def servers(lab: Lab) -> Iterator[Mapping[str, NameServer]]:
    """Whoever asks the internet's for company names is sent into a trap."""
    elsewhere = f"--host-record={ELSEWHERE},{OUTSIDE}"
    inside = [f"--host-record={INTRANET},{INSIDE}", elsewhere]
    with nameservers.both(lab, inside, [f"--host-record={INTRANET},{TRAP}", elsewhere]) as running:
        yield running


@pytest.fixture(scope="module", params=RESOLVERS)
def asking(
    request: pytest.FixtureRequest, built: Built, machine: Machine, lab: Lab, servers: Mapping[str, NameServer]
) -> Iterator[Machine]:
    """The machine with that resolver on it and the company's profile imported; a helper that ends stays ended."""
    assert servers
    resolver: str = request.param
    file = machine.path("/etc/resolv.conf")
    former = file.read_bytes()
    machine.path("/root/current.deb").write_bytes(built.current.read_bytes())
    machine.download("/root/current.deb", resolver, "dbus", "wireguard-go", "iputils-ping")
    settings = machine.path("/etc/systemd/resolved.conf.d/lab.conf")
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"[Resolve]\nDNS={PUBLIC}\n")
    try:
        with machine.booted(lab.clients[0]) as running:
            if resolver != "systemd-resolved":
                (link,) = running.run("sh", "-c", "ip -o route get 198.51.100.53 | grep -o 'dev [^ ]*'").stdout.split()[
                    1:
                ]
                running.run("resolvconf", "-a", link, text=f"nameserver {PUBLIC}\n")
            running.run("mkdir", "-p", ONCE)
            running.run("tee", f"{ONCE}/once.conf", text="[Service]\nRestart=no\n")
            running.run("systemctl", "daemon-reload")
            profile = lab.profile_toml(0, sections=SECTIONS)
            running.run("wgtray", "profile", "import", "-", "--keys", "helper", text=profile)
            yield running
            running.run("dpkg", "--purge", "wgtray")
    finally:
        machine.run("dpkg", "--purge", resolver)
        file.unlink(missing_ok=True)
        file.write_bytes(former)


def addresses(asking: Machine, name: str) -> set[str]:
    """As any program on it is told."""
    return {line.split()[0] for line in asking.run("getent", "ahostsv4", name, check=False).stdout.splitlines()}


def told(asking: Machine) -> str:
    """Everything that says whom it asks."""
    file = asking.run("sh", "-c", "readlink -f /etc/resolv.conf; cat /etc/resolv.conf").stdout
    return (
        file
        + asking.run(
            "sh", "-c", "command -v resolvectl >/dev/null && { resolvectl dns; resolvectl domain; }", check=False
        ).stdout
    )


def connect(asking: Machine) -> None:
    asking.run("wgtray", "connect")
    until(lambda: addresses(asking, INTRANET) == {INSIDE})


def test_company_names_are_asked_of_the_company_and_everything_is_given_back(
    asking: Machine, servers: Mapping[str, NameServer]
) -> None:
    until(lambda: addresses(asking, INTRANET) == {TRAP})  # it asks whom it is told to ask, which the rest builds upon
    before = told(asking)
    assert FORWARDER not in before
    connect(asking)
    assert FORWARDER in told(asking)
    assert addresses(asking, ELSEWHERE) == {OUTSIDE}
    assert ELSEWHERE not in servers["company"].names()
    asking.run("wgtray", "disconnect")
    assert told(asking) == before
    until(lambda: addresses(asking, INTRANET) == {TRAP})


def test_what_a_killed_helper_told_is_taken_back_by_cleanup(asking: Machine) -> None:
    before = told(asking)
    connect(asking)
    # The helper alone: with wireguard-go its interface would go, and what systemd-resolved was told about it.
    asking.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "wgtray-helper.service")
    until(lambda: asking.run("systemctl", "is-active", "wgtray-helper.service", check=False).stdout == "failed\n")
    assert FORWARDER in told(asking)
    asking.run("systemctl", "stop", "wgtray-helper.socket")
    said = asking.run("wgtray-helper", "cleanup").stdout
    assert "removed" in said
    assert told(asking) == before
    until(lambda: addresses(asking, INTRANET) == {TRAP})
