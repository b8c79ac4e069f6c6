"""Does the company's side of an enrolment end in a file that the laptop takes?"""

import base64
import io
from pathlib import Path

import pytest

from tests.unit.cli.conftest import PUBLIC, MemoryKeyring, Run
from tests.unit.cli.scripted import Scripted
from wgtray.core.document import read_toml
from wgtray.core.enrolment import Request, brief, parse
from wgtray.core.fields import Key, Name
from wgtray.core.signature import Signature, claimed, fingerprint, signing_keys, verify
from wgtray.fleet import document, signing
from wgtray.ipc.messages import SetSigned


@pytest.fixture
def company(run: Run, tmp_path: Path) -> Path:
    """A directory with a fleet whose sites have keys, and the company's own."""
    place = tmp_path / "vpn"
    assert run("fleet", "init", "--dir", str(place)).code == 0
    first, *sites = (place / "fleet.toml").read_text().split("[[site]]\n")
    keys = (base64.b64encode(bytes([number] * 32)).decode() for number in range(1, 9))
    keyed = "".join(f'[[site]]\npublic_key = "{key}"\n{site}' for key, site in zip(keys, sites, strict=False))
    (place / "fleet.toml").write_text(first + keyed)
    assert run("fleet", "keygen", str(place / "company.key")).code == 0
    return place


def options(company: Path) -> tuple[str, ...]:
    return ("--dir", str(company), "--key", str(company / "company.key"))


def group(company: Path) -> str:
    return document.read(company).fleet.groups[0].name


def test_a_laptop_gets_in_with_two_files(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, company: Path, tmp_path: Path
) -> None:
    request, answer = str(tmp_path / "anna.request"), str(tmp_path / "anna.toml")
    assert run("enroll", "request", request, "--user", "Anna").code == 0
    approved = run("fleet", "approve", request, answer, "--group", group(company), *options(company))
    assert (approved.code, approved.err) == (0, "")
    key = parse(Path(request).read_text()).public_key
    assert fingerprint(key) in approved.out
    (user,) = document.read(company).users
    assert (user.name, user.public_key) == ("anna", key)
    (public,) = signing_keys((company / "company.pub").read_text())
    accepted = run("enroll", "accept", answer, "--fingerprint", fingerprint(public))
    assert (accepted.code, accepted.err) == (0, "")
    (given,) = helper.of(SetSigned)
    assert isinstance(given, SetSigned)
    profile, _ = read_toml(given.text, "anna.toml")
    assert [each.partition("/")[0] for each in profile.interface.addresses] == list(user.addresses)
    said = verify(given.text, [public], None, claimed(given.text).issued)  # type: ignore[union-attr]  # it is signed
    assert isinstance(said, Signature)
    assert said.meant_for == key
    again = run("fleet", "approve", request, answer, *options(company))
    assert "was added before" in again.out
    assert document.read(company).users == (user,)


def test_a_request_may_be_pasted_instead_of_sent(
    run: Run, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = brief(Request(Name("anna"), Key(PUBLIC)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    words = ["-", str(tmp_path / "anna.toml"), "--group", group(company), *options(company)]
    assert run("fleet", "approve", *words).code == 0
    assert [user.public_key for user in document.read(company).users] == [PUBLIC]


def test_who_cannot_be_added_gets_no_answer(
    run: Run, memory_keyring: MemoryKeyring, company: Path, tmp_path: Path
) -> None:
    request, answer = str(tmp_path / "anna.request"), tmp_path / "anna.toml"
    run("enroll", "request", request, "--user", "anna")
    run("fleet", "approve", request, str(answer), *options(company)).says_one_sentence("Nobody was added", "group")
    (company / "company.key").chmod(0o644)
    spoiled = run("fleet", "approve", request, str(answer), "--group", group(company), *options(company))
    spoiled.says_one_sentence("chmod")
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"\xff")
    run("fleet", "approve", str(nonsense), str(answer), *options(company)).says_one_sentence("nonsense")
    assert not answer.exists()
    assert document.read(company).users == ()


def test_the_companys_file_is_signed_for_everybody_and_its_number_rises(
    run: Run, company: Path, tmp_path: Path
) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(run("fleet", "profile", "--dir", str(company)).out)
    key = ("--key", str(company / "company.key"))
    assert run("fleet", "sign", str(file), *key, "--serial", "7", "--days", "30").code == 0
    said = claimed(file.read_text())
    assert said is not None
    assert (said.serial, said.expires - said.issued, said.next_key) == (7, 30 * signing.DAY_S, None)
    run("fleet", "sign", str(file), *key, "--serial", "7").says_one_sentence("no higher")
    assert run("fleet", "keygen", str(company / "next.key")).code == 0
    assert run("fleet", "sign", str(file), *key, "--next", str(company / "next.pub")).code == 0
    said = claimed(file.read_text())
    assert said is not None
    assert said.next_key == signing.public(signing.load(company / "next.key"))


def test_nothing_personal_is_signed_for_everybody(run: Run, company: Path, tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(run("fleet", "profile", "--dir", str(company)).out + '[interface]\naddresses = ["10.66.0.10"]\n')
    result = run("fleet", "sign", str(file), "--key", str(company / "company.key"))
    result.says_one_sentence("Nothing was signed", "[interface]")


def test_a_key_is_never_made_over_another(run: Run, company: Path) -> None:
    before = (company / "company.key").read_bytes()
    run("fleet", "keygen", str(company / "company.key")).says_one_sentence("is there already")
    assert (company / "company.key").read_bytes() == before
    assert (company / "company.key").stat().st_mode & 0o777 == 0o600
