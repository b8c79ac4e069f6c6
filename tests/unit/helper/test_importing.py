"""Who may bring which profile, once a company signs."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.core.worlds import OTHER_PRIVATE, PRIVATE, profile
from wgtray.core import secret
from wgtray.core.document import read_toml, render_toml
from wgtray.core.events import Event, Revised, Target
from wgtray.core.facts import Facts, learned
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Personal, Policy, Profile
from wgtray.fleet.signing import DAY_S, Terms, public, sealed
from wgtray.helper.requests import Now, carried_out
from wgtray.helper.store import TRUST, Store, Trust
from wgtray.ipc import messages
from wgtray.platforms.api import Capabilities

NOW = 1_764_000_000
KEY, NEXT, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes(range(n, n + 32))) for n in range(3))
MINE = secret.public_key(PRIVATE)
COMPANY = msgspec.structs.replace(profile(), interface=Personal())
PSK = secret.Secret("/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=")


def shared() -> Profile:
    """The personal profile, with a preshared key at the first node."""
    first, *others = profile().nodes
    return msgspec.structs.replace(profile(), nodes=(msgspec.structs.replace(first, preshared_key=PSK), *others))


def text(wanted: Profile = COMPANY, key: Ed25519PrivateKey = KEY, **terms: object) -> str:
    said = msgspec.structs.replace(Terms(now=NOW, days=30), **terms)
    return sealed(render_toml(wanted, secrets=True), key, said)


ANSWER = text(shared(), meant_for=MINE)
UNSIGNED = msgspec.structs.replace(
    profile(), interface=msgspec.structs.replace(profile().interface, private_key=PRIVATE)
)


class Computer:
    """A helper's store and what it knows, without a loop."""

    def __init__(self, folder: Path) -> None:
        self.installed = folder / "company.pub"
        self.store = Store(folder / "state", self.installed)
        self.facts = Facts()

    def ask(self, request: messages.Request, now: float = NOW) -> list[Event]:
        events = carried_out(request, self.facts, self.store, Capabilities(full_tunnel=True), Now(0.0, now), 1000)
        for event in events:
            self.facts = learned(self.facts, event, 0.0)
        return events

    def bring(self, signed: str, key: secret.Secret = PRIVATE) -> list[Event]:
        return self.ask(messages.SetSigned(signed, key, keep_key=True))

    def refuses(self, request: messages.Request, code: str, now: float = NOW) -> None:
        """With that code, and nothing is another than before."""
        before = (self.store.load(), self.facts)
        with pytest.raises(WgtrayError) as refused:
            self.ask(request, now)
        assert refused.value.code == code
        assert (self.store.load(), self.facts) == before

    def install(self, *keys: Ed25519PrivateKey) -> None:
        self.installed.write_text("".join(f"{public(key)} Acme\n" for key in keys))
        self.installed.chmod(0o644)


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path)
    with contextlib.closing(made.store):
        yield made


def signed(wanted: str, key: secret.Secret = PRIVATE) -> messages.SetSigned:
    return messages.SetSigned(wanted, key, keep_key=True)


def test_the_first_signed_profile_brings_the_companys_key_and_from_then_on_nothing_else_is_taken(
    computer: Computer,
) -> None:
    computer.ask(messages.SetProfile(UNSIGNED, keep_key=True))
    computer.bring(ANSWER)
    assert computer.facts.profile == shared()
    assert computer.facts.signature is not None
    assert computer.store.trust() == Trust(public(KEY), (public(KEY),), NOW)
    computer.refuses(messages.SetProfile(UNSIGNED, keep_key=True), "profile-unsigned")
    computer.refuses(signed(text(profile(), OTHER)), "profile-foreign")
    computer.refuses(signed(text(profile(), serial=NOW - 1)), "profile-older")
    computer.refuses(signed(ANSWER.replace("ams", "amz")), "profile-tampered")
    computer.refuses(signed(ANSWER[:-20]), "profile-truncated")
    computer.refuses(signed(render_toml(profile())), "profile-unsigned")
    computer.refuses(messages.UpdateProfile(text(serial=NOW + 1)), "profile-expired", now=NOW + 31 * DAY_S)


def test_an_installed_key_is_the_only_one_from_the_start(computer: Computer) -> None:
    computer.install(KEY)
    computer.refuses(messages.SetProfile(UNSIGNED, keep_key=True), "profile-unsigned")
    computer.refuses(signed(text(profile(), OTHER)), "profile-foreign")
    computer.bring(text(profile()))
    assert computer.facts.profile == profile()


@pytest.mark.parametrize("content", [b"", b"# nobody\n", b"nonsense\n", b"\xff\xfe"])
def test_an_installed_file_that_names_nobody_trusts_nobody(computer: Computer, content: bytes) -> None:
    computer.installed.write_bytes(content)
    computer.refuses(signed(ANSWER), "company-key-unreadable")
    computer.refuses(messages.SetProfile(UNSIGNED, keep_key=True), "company-key-unreadable")


def test_an_installed_file_that_others_can_write_trusts_nobody(computer: Computer) -> None:
    computer.install(KEY)
    computer.installed.chmod(0o664)
    computer.refuses(signed(ANSWER), "company-key-unsafe")


@pytest.mark.parametrize("junk", [b"", b"{", b"null", b'{"keys":[]}'])
def test_what_cannot_be_read_of_whom_to_trust_trusts_nobody(computer: Computer, tmp_path: Path, junk: bytes) -> None:
    computer.bring(ANSWER)
    (tmp_path / "state" / TRUST).write_bytes(junk)
    computer.refuses(signed(ANSWER), "trust-unreadable")
    computer.refuses(messages.SetProfile(UNSIGNED, keep_key=True), "trust-unreadable")
    computer.refuses(messages.UpdateProfile(text(serial=NOW + 1)), "trust-unreadable")
    computer.ask(messages.ForgetCompany())
    computer.bring(ANSWER)


def test_removing_the_profile_does_not_remove_the_company(computer: Computer) -> None:
    computer.bring(text(profile(), serial=NOW + 5))
    computer.ask(messages.RemoveProfile())
    computer.refuses(messages.SetProfile(UNSIGNED, keep_key=True), "profile-unsigned")
    computer.refuses(signed(text(profile(), OTHER)), "profile-foreign")
    computer.refuses(signed(text(profile(), serial=NOW + 4)), "profile-older")
    computer.ask(messages.ForgetCompany())
    computer.bring(text(profile(), OTHER))


def test_an_answer_is_for_one_key(computer: Computer) -> None:
    computer.refuses(signed(ANSWER, OTHER_PRIVATE), "profile-of-another")
    assert computer.store.trust() is None
    computer.bring(ANSWER)


def test_an_import_that_fails_pins_nobody(computer: Computer) -> None:
    computer.refuses(signed(text()), "no-address")
    assert computer.store.trust() is None
    computer.ask(messages.SetSigned(text(), PRIVATE, keep_key=True, addresses=profile().interface.addresses))
    assert computer.facts.profile == profile()


def test_an_update_changes_the_companys_part_alone(computer: Computer) -> None:
    computer.bring(ANSWER)
    stricter = msgspec.structs.replace(COMPANY, policy=Policy(user_may=("mode",)))
    events = computer.ask(messages.UpdateProfile(text(stricter, serial=NOW + 1)))
    assert any(isinstance(event, Revised) for event in events)
    assert computer.facts.profile == msgspec.structs.replace(shared(), policy=stricter.policy)
    kept = computer.store.load().imported
    assert kept is not None
    assert (kept.profile, kept.private_key) == (computer.facts.profile, PRIVATE)
    assert kept.signature == computer.facts.signature
    computer.refuses(messages.UpdateProfile(text()), "profile-older")
    computer.refuses(signed(ANSWER), "profile-older")


def test_the_same_update_twice_changes_nothing(computer: Computer) -> None:
    computer.bring(ANSWER)
    before = computer.facts
    computer.ask(messages.UpdateProfile(text()))
    assert computer.facts == before


def test_a_mode_that_an_update_locks_is_no_longer_the_users(computer: Computer) -> None:
    computer.bring(ANSWER)
    computer.ask(messages.ChooseMode("full"))
    computer.ask(
        messages.UpdateProfile(text(msgspec.structs.replace(COMPANY, policy=Policy(user_may=())), serial=NOW + 1))
    )
    assert computer.store.load().target == Target()


@pytest.mark.parametrize("personal", [ANSWER.replace(str(NOW), str(NOW)), text(profile()), text(shared())])
def test_nothing_personal_comes_with_an_update(computer: Computer, personal: str) -> None:
    computer.bring(ANSWER)
    wanted, _ = read_toml(personal, "x.toml")
    update = text(wanted, serial=NOW + 1, meant_for=MINE if personal is ANSWER else None)
    computer.refuses(messages.UpdateProfile(update), "update-personal")


def test_an_update_brings_no_key_of_a_company_that_is_not_known_yet(computer: Computer) -> None:
    computer.refuses(messages.UpdateProfile(text()), "no-profile")
    computer.ask(messages.SetProfile(UNSIGNED, keep_key=True))
    computer.refuses(messages.UpdateProfile(text()), "update-unknown")
    computer.install(KEY)
    computer.ask(messages.UpdateProfile(text()))
    assert computer.facts.signature is not None


def test_a_key_is_followed_by_the_one_it_named_and_both_hold_meanwhile(computer: Computer) -> None:
    computer.bring(ANSWER)
    computer.refuses(messages.UpdateProfile(text(key=NEXT, serial=NOW + 1)), "profile-foreign")
    computer.ask(messages.UpdateProfile(text(serial=NOW + 1, next_key=public(NEXT))))
    computer.ask(messages.UpdateProfile(text(serial=NOW + 2, next_key=public(NEXT))))
    computer.ask(messages.UpdateProfile(text(key=NEXT, serial=NOW + 3)))
    computer.refuses(messages.UpdateProfile(text(serial=NOW + 4)), "profile-foreign")
    computer.ask(messages.UpdateProfile(text(key=NEXT, serial=NOW + 5)))


def test_an_installed_key_can_be_followed_too_until_it_is_taken_away(computer: Computer) -> None:
    computer.install(KEY)
    computer.bring(text(profile(), next_key=public(NEXT)))
    computer.ask(messages.UpdateProfile(text(key=NEXT, serial=NOW + 1)))
    computer.ask(messages.UpdateProfile(text(key=NEXT, serial=NOW + 2)))
    computer.install(OTHER)
    computer.refuses(messages.UpdateProfile(text(key=NEXT, serial=NOW + 3)), "profile-foreign")
    computer.ask(messages.UpdateProfile(text(key=OTHER, serial=NOW - 1)))  # the stolen key's serials count no more


def test_a_signed_text_that_is_no_profile_is_refused_in_one_sentence(computer: Computer) -> None:
    computer.refuses(signed(sealed("schema = 2\n", KEY, Terms(now=NOW))), "profile-unreadable")
    assert computer.store.trust() is None
