"""Does a laptop get into its company with two files, and is only what the company signed handed over?"""

import io
import time
from pathlib import Path

import msgspec
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.cli.conftest import KEY, NODE_KEY, PSK, PUBLIC, MemoryKeyring, Run
from tests.unit.cli.scripted import OFF, ON, Scripted
from wgtray.core import enrolment
from wgtray.core.enrolment import Request, brief, parse, render
from wgtray.core.fields import Key, Name
from wgtray.core.secret import Secret, public_key
from wgtray.core.signature import fingerprint
from wgtray.fleet.signing import Terms, public, sealed
from wgtray.ipc.messages import ForgetCompany, Refused, RemoveProfile, SetProfile, SetSigned, UpdateProfile

NOW = int(time.time())
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FINGERPRINT = fingerprint(public(SIGNER))
COMPANY = f"""\
schema = 1
name = "Acme"

[split]
networks = ["10.20.0.0/16"]

[[node]]
name = "fra"
public_key = "{NODE_KEY}"
endpoint = "fra.vpn.example.com:51820"
probe = "10.66.255.1"
"""
PERSONAL = COMPANY + f'preshared_key = "{PSK}"\n\n[interface]\naddresses = ["10.66.0.10/32"]\n'


def written(folder: Path, text: str, name: str = "acme.toml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def signed(text: str, **terms: object) -> str:
    return sealed(text, SIGNER, msgspec.structs.replace(Terms(now=NOW), **terms))


@pytest.fixture
def answer(tmp_path: Path) -> str:
    return written(tmp_path, signed(PERSONAL, meant_for=PUBLIC))


def requested(run: Run, folder: Path, keyring: MemoryKeyring) -> Request:
    """The request that a laptop wrote, its private key in the keyring and nowhere else."""
    file = folder / "anna.request"
    result = run("enroll", "request", str(file), "--user", "anna@corp.example")
    assert (result.code, result.err) == (0, "")
    request = parse(file.read_text())
    assert request.user == "anna@corp.example"
    private = keyring.kept["wgtray", request.public_key]
    assert public_key(Secret(private)) == request.public_key
    assert private not in file.read_text() + result.out
    assert fingerprint(request.public_key) in result.out
    assert fingerprint(request.public_key) in file.read_text()
    return request


def test_a_laptop_gets_in_with_two_files(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    request = requested(run, tmp_path, memory_keyring)
    text = signed(PERSONAL, meant_for=request.public_key)
    result = run("enroll", "accept", written(tmp_path, text), "--fingerprint", FINGERPRINT.upper())
    assert (result.code, result.err) == (0, "")
    assert FINGERPRINT in result.out
    (given,) = helper.of(SetSigned)
    private = Secret(memory_keyring.kept["wgtray", request.public_key])
    assert given == SetSigned(text, private, keep_key=False, addresses=("10.66.0.10/32",))  # type: ignore[arg-type]  # text


def test_an_answer_can_be_imported_like_any_profile(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    request = requested(run, tmp_path, memory_keyring)
    result = run("profile", "import", written(tmp_path, signed(PERSONAL, meant_for=request.public_key)))
    assert result.code == 0
    assert "one was made" not in result.out
    assert len(helper.of(SetSigned)) == 1
    assert helper.of(SetProfile) == []


def test_an_answer_for_another_computer_is_refused(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, answer: str
) -> None:
    for verb in (["enroll", "accept"], ["profile", "import"]):
        result = run(*verb, answer)
        assert result.code == 1
        result.says_one_sentence("made for the key of another computer")
    assert helper.of(SetSigned) == []


def test_a_fingerprint_that_was_told_is_compared_before_anything_happens(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    file = written(tmp_path, signed(COMPANY))
    result = run("profile", "import", file, "--address", "10.66.0.10", "--fingerprint", "0000 1111")
    assert result.code == 1
    result.says_one_sentence(FINGERPRINT)
    assert memory_keyring.kept == {}
    assert helper.seen == []
    unsigned = run("profile", "import", written(tmp_path, PERSONAL), "--fingerprint", FINGERPRINT)
    unsigned.says_one_sentence("not signed")


def test_one_file_of_the_company_serves_everybody_with_an_address_of_their_own(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    text = signed(COMPANY)
    result = run("profile", "import", written(tmp_path, text), "--address", "10.66.0.11")
    assert result.code == 0
    assert FINGERPRINT in result.out
    (given,) = helper.of(SetSigned)
    assert isinstance(given, SetSigned)
    assert (given.text, given.addresses) == (text, ("10.66.0.11/32",))
    assert memory_keyring.kept == {("wgtray", public_key(given.private_key)): given.private_key.reveal()}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("10.20.", "10.21."), "somebody or something changed it"),
        (lambda text: text[:-40], "is missing or damaged"),
        (lambda text: text[: len(text) // 2], "is missing or damaged"),
    ],
)
@pytest.mark.parametrize(
    "verb", [["profile", "check"], ["profile", "import"], ["profile", "update"], ["enroll", "accept"]]
)
def test_a_file_that_was_changed_on_its_way_is_refused_everywhere(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, answer: str, verb: list[str], spoil: object, said: str
) -> None:
    Path(answer).write_text(spoil(Path(answer).read_text()))  # type: ignore[operator]  # of the list above
    result = run(*verb, answer)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert helper.of(SetSigned) == []


def test_a_check_says_who_signed_and_until_when(run: Run, tmp_path: Path) -> None:
    result = run("profile", "check", written(tmp_path, signed(COMPANY, next_key=public(SIGNER))))
    assert (result.code, result.err) == (0, "")
    assert result.out.count(FINGERPRINT) == 2
    assert f"number {NOW}" in result.out
    past = run("profile", "check", written(tmp_path, signed(COMPANY, now=NOW - 100 * 86_400, days=50)))
    assert past.code == 1
    assert "was good until" in past.err


def test_what_the_service_says_of_a_signature_is_one_sentence(
    run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    helper.replies[SetSigned] = Refused("profile-foreign", {"fingerprint": FINGERPRINT}, "failed")
    result = run("profile", "import", written(tmp_path, signed(COMPANY)), "--address", "10.66.0.11")
    assert result.code == 1
    result.says_one_sentence(FINGERPRINT)
    assert memory_keyring.kept == {}


def test_an_update_is_handed_over_as_it_was_signed(run: Run, helper: Scripted, tmp_path: Path) -> None:
    text = signed(COMPANY)
    result = run("profile", "update", written(tmp_path, text))
    assert (result.code, result.out) == (0, f"Acme: number {NOW} is in use.\n")
    assert helper.of(UpdateProfile) == [UpdateProfile(text)]
    run("profile", "update", written(tmp_path, COMPANY)).says_one_sentence("not signed")


def test_only_root_forgets_whose_profiles_are_taken(run: Run, helper: Scripted) -> None:
    helper.replies[ForgetCompany] = Refused("root-only", {}, "not-allowed")
    result = run("profile", "remove", "--company-key")
    assert result.code == 4
    result.says_one_sentence("Only an administrator")
    assert helper.of(RemoveProfile) == []


def test_forgetting_the_company_forgets_its_profile_too(run: Run, helper: Scripted, no_keyring: None) -> None:
    helper.snapshot = ON
    assert run("profile", "remove", "--company-key").code == 0
    helper.snapshot = msgspec.structs.replace(OFF, profile=None)
    assert run("profile", "remove", "--company-key").code == 0
    assert [len(helper.of(kind)) for kind in (ForgetCompany, RemoveProfile)] == [2, 1]


def test_a_request_goes_to_standard_output_too(run: Run, memory_keyring: MemoryKeyring) -> None:
    result = run("enroll", "request", "-", "--user", "bob")
    assert (result.code, result.err) == (0, "")
    assert ("wgtray", parse(result.out).public_key) in memory_keyring.kept


def test_a_request_is_shown_to_a_camera(run: Run, memory_keyring: MemoryKeyring, tmp_path: Path) -> None:
    picture = tmp_path / "anna.svg"
    result = run("enroll", "request", "--qr", "--picture", str(picture), "--user", "anna")
    assert (result.code, result.err) == (0, "")
    ((_, key),) = memory_keyring.kept
    request = Request(Name("anna"), Key(key))
    assert parse(brief(request)) == request
    code = segno.make_qr(brief(request))
    shown = [line for line in result.out.splitlines() if set(line) <= set(" ▀▄█")]
    halves = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
    rows = [[halves[letter][half] for letter in line] for line in shown for half in (0, 1)]
    wanted = [list(row) for row in code.matrix_iter(border=4)]
    assert rows[: len(wanted)] == wanted
    assert len(wanted[0]) <= 60, "it fits on a terminal"
    assert f'd="{_path(code)}"' in picture.read_text()
    again = run("enroll", "request", "--picture", str(picture))
    again.says_one_sentence("cannot be written")
    assert list(memory_keyring.kept) == [("wgtray", key)], "no key without its request"


def _path(code: segno.QRCode) -> str:
    """The modules of the code as SVG draws them."""
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=8)
    return drawn.getvalue().decode().partition(' d="')[2].partition('"')[0]


@pytest.mark.parametrize("words", [[], ["--picture", "anna.jpeg"]])
def test_a_request_that_would_be_nowhere_is_not_made(run: Run, memory_keyring: MemoryKeyring, words: list[str]) -> None:
    result = run("enroll", "request", *words)
    assert result.code != 0
    result.says_one_sentence("picture")
    assert memory_keyring.kept == {}


def test_an_earlier_request_is_not_written_over(run: Run, memory_keyring: MemoryKeyring, tmp_path: Path) -> None:
    requested(run, tmp_path, memory_keyring)
    before = dict(memory_keyring.kept)
    result = run("enroll", "request", str(tmp_path / "anna.request"))
    assert result.code == 1
    result.says_one_sentence("cannot be written")
    assert memory_keyring.kept == before


def test_without_a_keyring_no_key_is_made(run: Run, no_keyring: None, tmp_path: Path) -> None:
    result = run("enroll", "request", str(tmp_path / "anna.request"))
    assert result.code == 1
    result.says_one_sentence("keyring")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("user", ["anna", 'A "quoted" \\ name', "周 杰伦"])
def test_a_request_is_read_as_it_was_written(user: str) -> None:
    request = Request(Name(user), Key(PUBLIC))
    assert parse(render(request)) == request
    assert parse("\ufeff" + render(request).replace("\n", "\r\n")) == request


@pytest.mark.parametrize(
    "text",
    [
        "",
        "request = 1",
        f'request = 2\nuser = "a"\npublic_key = "{PUBLIC}"',
        f'request = true\nuser = "a"\npublic_key = "{PUBLIC}"',
        f'request = 1\nuser = ""\npublic_key = "{PUBLIC}"',
        'request = 1\nuser = "a"\npublic_key = "x"',
        "x" * (enrolment.SIZE_LIMIT + 1),
        COMPANY,
    ],
)
def test_what_is_no_request_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|enroll|update"):
        parse(text)


def test_the_keys_of_these_tests_are_what_they_are_called() -> None:
    assert public_key(Secret(KEY)) == PUBLIC
