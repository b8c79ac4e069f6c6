"""What does an installer's profile change, and what does it leave?"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.core.worlds import OTHER_PRIVATE, PRIVATE, PUBLIC
from tests.unit.helper.test_importing import KEY, NOW, OTHER
from wgtray.core.events import Target
from wgtray.core.fields import Interface
from wgtray.core.problems import WgtrayError
from wgtray.core.secret import public_key
from wgtray.fleet.signing import DAY_S, Terms, public, sealed
from wgtray.helper import app
from wgtray.helper.provision import NotUsable, provision
from wgtray.helper.store import Import, Store, Trust

COMPANY = """\
schema = 1
name = "Acme"
{interface}
[split]
networks = ["10.20.0.0/16"]
{policy}
[[node]]
name = "fra"
public_key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
endpoint = "203.0.113.5:51820"
probe = "10.66.255.1"
"""
HERE, THERE = Interface("10.66.0.10/32"), Interface("10.66.0.11/32")


def written(folder: Path, interface: str = "", policy: str = "") -> Path:
    file = folder / "acme.toml"
    file.write_text(COMPANY.format(interface=interface, policy=policy))
    return file


def test_a_new_computer_gets_a_key_of_its_own_and_its_address(tmp_path: Path) -> None:
    imported = provision(written(tmp_path), [HERE], Store(tmp_path / "state"), NOW)
    assert imported.profile.interface.addresses == (HERE,)
    assert imported.profile.interface.private_key is None
    assert imported.private_key is not None
    assert imported.public_key == public_key(imported.private_key)


def test_what_is_given_again_keeps_key_address_and_wish(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    first = provision(written(tmp_path), [HERE], store, NOW)
    store.save_target(Target(connected=True, chosen_mode="full"))
    second = provision(written(tmp_path), [], store, NOW)
    assert second == first == store.load().imported
    assert store.load().target == Target(connected=True, chosen_mode="full")


def test_a_key_that_rests_with_the_user_stays_there(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    profile = provision(written(tmp_path), [HERE], store, NOW).profile
    store.save_import(Import(profile, PUBLIC, None))
    imported = provision(written(tmp_path), [THERE], store, NOW)
    assert (imported.public_key, imported.private_key) == (PUBLIC, None)
    assert imported.profile.interface.addresses == (THERE,)


def test_a_key_in_the_file_is_used_and_not_kept_twice(tmp_path: Path) -> None:
    given = f'[interface]\naddresses = ["{HERE}"]\nprivate_key = "{PRIVATE.reveal()}"'
    imported = provision(written(tmp_path, given), [], Store(tmp_path / "state"), NOW)
    assert (imported.public_key, imported.private_key) == (public_key(PRIVATE), PRIVATE)
    assert imported.profile.interface.private_key is None


def test_what_the_company_locks_now_no_longer_is_what_the_user_chose(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    provision(written(tmp_path), [HERE], store, NOW)
    store.save_target(Target(connected=True, chosen_mode="full"))
    provision(written(tmp_path, policy='[policy]\nuser_may = ["disconnect"]'), [], store, NOW)
    assert store.load().target == Target(connected=True, chosen_mode=None)


def test_a_file_that_is_wrong_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    first = provision(written(tmp_path), [HERE], store, NOW)
    (tmp_path / "acme.toml").write_text('schema = 1\nname = "Acme"\n[split]\nnetworks = ["10.20.0.0/40"]\n')
    with pytest.raises(NotUsable, match=r"acme\.toml"):
        provision(tmp_path / "acme.toml", [], store, NOW)
    assert store.load().imported == first


def test_a_computer_without_an_address_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(WgtrayError, match="no-address"):
        provision(written(tmp_path), [], Store(tmp_path / "state"), NOW)


def signed(folder: Path, key: Ed25519PrivateKey = KEY, **terms: object) -> Path:
    file = written(folder)
    said = msgspec.structs.replace(Terms(now=NOW, days=30), **terms)
    file.write_text(sealed(file.read_text(), key, said))
    return file


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Of a computer on which root installed the company's key."""
    installed = tmp_path / "company.pub"
    installed.write_text(f"{public(KEY)} Acme\n")
    installed.chmod(0o644)
    with contextlib.closing(Store(tmp_path / "state", installed)) as made:
        yield made


def refused(file: Path, store: Store, code: str, unix_s: float = NOW) -> None:
    """With that code, and nothing is another than before."""
    before = (store.load(), store.trust())
    with pytest.raises(WgtrayError) as error:
        provision(file, [HERE], store, unix_s)
    assert error.value.code == code
    assert (store.load(), store.trust()) == before


def test_where_a_companys_key_is_installed_root_too_brings_only_what_it_signed(tmp_path: Path, store: Store) -> None:
    refused(written(tmp_path), store, "profile-unsigned")
    refused(signed(tmp_path, OTHER), store, "profile-foreign")
    refused(signed(tmp_path), store, "profile-expired", NOW + 31 * DAY_S)
    refused(signed(tmp_path, meant_for=public_key(OTHER_PRIVATE)), store, "profile-of-another")
    file = signed(tmp_path)
    whole = file.read_text()
    for text, code in ((whole.replace("fra", "ams"), "profile-tampered"), (whole[:-20], "profile-truncated")):
        file.write_text(text)
        refused(file, store, code)
    file.write_text(whole)
    imported = provision(file, [HERE], store, NOW)
    assert imported.signature is not None
    assert (imported.signature.serial, store.trust()) == (NOW, Trust(public(KEY), (public(KEY),), NOW))
    assert store.load().imported == imported


def test_an_older_one_and_an_unsigned_one_are_refused_after_it_and_a_newer_one_keeps_the_key(
    tmp_path: Path, store: Store
) -> None:
    first = provision(signed(tmp_path), [HERE], store, NOW)
    refused(signed(tmp_path, serial=NOW - 1), store, "profile-older")
    refused(written(tmp_path), store, "profile-unsigned")
    second = provision(signed(tmp_path, serial=NOW + 1, meant_for=first.public_key), [], store, NOW)
    assert (second.private_key, second.profile) == (first.private_key, first.profile)
    refused(signed(tmp_path), store, "profile-older")


def test_a_signed_one_is_whole_or_refused_also_where_nobody_installed_a_key(tmp_path: Path) -> None:
    with contextlib.closing(Store(tmp_path / "state")) as store:
        file = signed(tmp_path)
        file.write_text(file.read_text().replace("fra", "ams"))
        refused(file, store, "profile-tampered")
        provision(signed(tmp_path), [HERE], store, NOW)
        refused(written(tmp_path), store, "profile-unsigned")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes say nothing there")
def test_a_key_that_anybody_could_have_installed_refuses_every_profile(tmp_path: Path, store: Store) -> None:
    assert store.company_keys is not None
    store.company_keys.chmod(0o666)
    refused(signed(tmp_path), store, "company-key-unsafe")
    refused(written(tmp_path), store, "company-key-unsafe")


def test_what_cannot_be_kept_leaves_the_trust_as_it_was(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(imported: Import) -> None:
        raise WgtrayError("disk-full", path="profile.json")

    provision(signed(tmp_path), [HERE], store, NOW)
    monkeypatch.setattr(store, "save_import", full)
    refused(signed(tmp_path, serial=NOW + 1), store, "disk-full")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="the helper runs as root only")
def test_the_command_line_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installed = tmp_path / "company.pub"
    installed.write_text(f"{public(KEY)} Acme\n")
    installed.chmod(0o644)
    before = os.umask(0o022)
    argv = ["provision", str(written(tmp_path)), "--address", HERE, "--state-dir", str(tmp_path / "state")]
    code = app.main([*argv, "--company-keys", str(installed)])
    os.umask(before)
    assert code == 1
    assert "This profile is not signed" in capsys.readouterr().err
