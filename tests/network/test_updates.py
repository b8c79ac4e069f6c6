"""A newer profile comes from a web server by itself; an older, forged or unknown one never does."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.network.conftest import Desk, until
from tests.unit.helper.test_updates import certificate
from wgtray.core.document import read_toml, render_toml
from wgtray.core.fields import Prefix
from wgtray.core.profile import Network, Personal, Policy, Profile, Split, Update
from wgtray.core.secret import public_key
from wgtray.core.signature import day, fingerprint
from wgtray.fleet.signing import DAY_S, Terms, public, sealed
from wgtray.ipc.messages import Done, Refused, SetSigned, UpdateProfile
from wgtray.lab import Lab
from wgtray.lab.place import Place
from wgtray.words import refusal

pytestmark = pytest.mark.network

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes(range(n, n + 32))) for n in range(2))
NOW = int(time.time())
SERVER = """
import functools, http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2])
files = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[3])
server = http.server.ThreadingHTTPServer((sys.argv[1], 443), files)
server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready", flush=True)
server.serve_forever()
"""


@contextlib.contextmanager
def publishing(lab: Lab, certified: Path, folder: Path) -> Iterator[None]:
    """A static web server on the public host."""
    argv = [sys.executable, "-c", SERVER, lab.public_host[0], str(certified), str(folder)]
    program = Place(lab.layout.pub).popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        yield
    finally:
        program.kill()
        program.communicate()


class Company:
    """Who signs for the lab, and where it publishes."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.url = f"https://{lab.public_host[0]}/acme.toml"
        self.file = folder / "acme.toml"
        profile, _ = read_toml(lab.profile_toml(), "lab.toml")
        self.own = msgspec.structs.replace(profile, update=Update(url=self.url))

    def answer(self) -> str:
        """What one laptop is given."""
        assert self.own.interface.private_key is not None
        personal = msgspec.structs.replace(self.own.interface, private_key=None)
        whole = msgspec.structs.replace(self.own, interface=personal)
        meant_for = public_key(self.own.interface.private_key)
        return sealed(render_toml(whole, secrets=True), KEY, Terms(now=NOW, meant_for=meant_for))

    def everybody(self) -> Profile:
        return msgspec.structs.replace(self.own, interface=Personal())

    def publish(
        self, profile: Profile, serial: int, key: Ed25519PrivateKey = KEY, following: Ed25519PrivateKey | None = None
    ) -> str:
        """``following``: the key that the company goes over to."""
        next_key = None if following is None else public(following)
        text = sealed(render_toml(profile), key, Terms(now=NOW, serial=serial, next_key=next_key))
        self.file.write_text(text)
        return text


def again(desk: Desk) -> None:
    """Connect anew, which looks for updates."""
    assert desk.wgtray("disconnect").returncode == 0
    desk.connected()


def troubles(desk: Desk) -> list[tuple[str, object]]:
    found = desk.snapshot().problems
    return [(each.code, each.args.get("reason")) for each in found if each.code.startswith("update-")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the web server shows."""
    made = tmp_path / "published"
    made.mkdir()
    return made


@pytest.fixture
def company(lab: Lab, folder: Path) -> Company:
    return Company(lab, folder)


@pytest.fixture
def web(desk: Desk, lab: Lab, tmp_path: Path, folder: Path) -> Iterator[Desk]:
    """The machine with a helper that knows the certificate of the web server, which runs."""
    certified = certificate(tmp_path, lab.public_host[0])
    desk.stop()
    desk.start(wrapper=("env", f"SSL_CERT_FILE={certified}"))
    with publishing(lab, certified, folder):
        yield desk


def enrolled(desk: Desk, company: Company) -> None:
    """The answer is imported with the key that the request left."""
    key = company.own.interface.private_key
    assert key is not None
    assert desk.ask(SetSigned(company.answer(), key, keep_key=True)) == Done()
    shown = desk.snapshot()
    assert (shown.company_key, shown.serial) == (fingerprint(public(KEY)), NOW)


def test_a_newer_profile_comes_by_itself_and_an_older_one_is_refused(web: Desk, company: Company) -> None:
    enrolled(web, company)
    more = Split(networks=(*company.own.split.networks, Network(net=Prefix("10.77.0.0/16"))))
    newer = msgspec.structs.replace(company.everybody(), split=more, policy=Policy(user_may=("disconnect",)))
    company.publish(newer, NOW + 10)
    web.connected()
    connected = web.snapshot()
    assert connected.serial == NOW
    until(lambda: web.snapshot().serial == NOW + 10)
    shown = web.snapshot()
    assert (shown.state, shown.since, shown.user_may) == ("connected", connected.since, ("disconnect",))
    until(lambda: "10.77.0.0/16" in web.place.run(["ip", "route", "show", "table", "all"]).stdout)
    company.publish(company.everybody(), NOW + 9)
    again(web)
    until(lambda: troubles(web) == [("update-refused", "profile-older")])
    assert web.snapshot().serial == NOW + 10
    assert "10.66.0." in web.wgtray("profile", "show").stdout, "the address is its own as before"


@pytest.mark.slow
def test_nothing_but_what_the_company_signed_for_everybody_is_taken(web: Desk, company: Company) -> None:
    enrolled(web, company)
    good = company.publish(company.everybody(), NOW + 10)
    web.connected()
    until(lambda: web.snapshot().serial == NOW + 10)
    spoiled = {
        "profile-foreign": company.publish(company.everybody(), NOW + 20, OTHER),
        "update-personal": company.publish(company.own, NOW + 20),
        "profile-tampered": good.replace("203.0.113.", "192.0.2."),
        "profile-truncated": good[:-30],
        "profile-unsigned": render_toml(company.everybody()),
    }
    for reason, text in spoiled.items():
        company.file.write_text(text)
        again(web)
        until(lambda reason=reason: troubles(web) == [("update-refused", reason)])  # type: ignore[misc]  # bound at once
        assert web.snapshot().serial == NOW + 10
    company.file.write_text(good)
    again(web)
    until(lambda: troubles(web) == [])


def test_what_is_not_whole_in_time_and_newest_is_refused_with_its_sentence(desk: Desk, company: Company) -> None:
    enrolled(desk, company)
    good = company.publish(company.everybody(), NOW + 10)
    past = sealed(render_toml(company.everybody()), KEY, Terms(now=NOW - 3 * DAY_S, serial=NOW + 20, days=2))
    cases: dict[str, tuple[str, dict[str, str | float]]] = {
        "profile-tampered": (good.replace("203.0.113.", "192.0.2."), {}),
        "profile-older": (
            company.publish(company.everybody(), NOW - 1),
            {"serial": str(NOW - 1), "last": str(NOW)},
        ),
        "profile-expired": (past, {"when": day(NOW - DAY_S)}),
        "profile-truncated": (good[:-30], {}),
    }
    before = desk.wgtray("profile", "show").stdout
    for code, (text, args) in cases.items():
        assert text != good
        assert desk.ask(UpdateProfile(text)) == Refused(code, args, "failed"), "by the service, whoever asks it"
        said = desk.wgtray("profile", "update", "-", stdin=text)
        assert (said.returncode, said.stdout) == (1, "")
        assert refusal(code, args) in said.stderr
        assert (desk.snapshot().serial, desk.wgtray("profile", "show").stdout) == (NOW, before)
    assert desk.ask(UpdateProfile(good)) == Done()
    assert desk.snapshot().serial == NOW + 10


@pytest.mark.slow
def test_a_company_goes_over_to_another_key_and_the_old_one_counts_until_then(web: Desk, company: Company) -> None:
    enrolled(web, company)
    everybody = company.everybody()
    for serial, key in ((NOW + 10, KEY), (NOW + 20, KEY), (NOW + 30, OTHER)):
        company.publish(everybody, serial, key, following=OTHER if key is KEY else None)
        again(web)
        until(lambda serial=serial: web.snapshot().serial == serial)  # type: ignore[misc]  # bound at once
        assert web.snapshot().company_key == fingerprint(public(key))
    company.publish(everybody, NOW + 40, KEY)
    again(web)
    until(lambda: troubles(web) == [("update-refused", "profile-foreign")])
    old = web.wgtray("profile", "update", "-", stdin=company.file.read_text())
    assert (old.returncode, fingerprint(public(KEY)) in old.stderr) == (1, True)
    company.publish(everybody, NOW + 50, OTHER)
    assert web.wgtray("profile", "update", "-", stdin=company.file.read_text()).returncode == 0
    assert web.snapshot().serial == NOW + 50


def test_a_web_server_that_the_system_does_not_know_is_not_believed(
    desk: Desk, lab: Lab, company: Company, tmp_path: Path, folder: Path
) -> None:
    enrolled(desk, company)
    company.publish(company.everybody(), NOW + 10)
    with publishing(lab, certificate(tmp_path, lab.public_host[0]), folder):
        desk.connected()
        until(lambda: troubles(desk) == [("update-unreachable", None)])
    assert desk.snapshot().serial == NOW


def test_nobody_leaves_the_company_by_removing_its_profile(desk: Desk, lab: Lab, company: Company) -> None:
    enrolled(desk, company)
    assert desk.wgtray("profile", "remove").returncode == 0
    unsigned = desk.wgtray("profile", "import", "-", "--keys", "helper", stdin=lab.profile_toml())
    assert (unsigned.returncode, "not signed" in unsigned.stderr) == (1, True)
    stranger = sealed(lab.profile_toml(), OTHER, Terms(now=NOW))
    foreign = desk.wgtray("profile", "import", "-", "--keys", "helper", stdin=stranger)
    assert (foreign.returncode, fingerprint(public(OTHER)) in foreign.stderr) == (1, True)
    assert desk.wgtray("profile", "remove", "--company-key").returncode == 0
    desk.imported()
