"""What does an installer's profile change, and what does it leave?"""

from pathlib import Path

import pytest

from tests.unit.core.worlds import PRIVATE, PUBLIC
from wgtray.core.events import Target
from wgtray.core.fields import Interface
from wgtray.core.problems import WgtrayError
from wgtray.core.secret import public_key
from wgtray.helper.provision import NotUsable, provision
from wgtray.helper.store import Import, Store

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
    imported = provision(written(tmp_path), [HERE], Store(tmp_path / "state"))
    assert imported.profile.interface.addresses == (HERE,)
    assert imported.profile.interface.private_key is None
    assert imported.private_key is not None
    assert imported.public_key == public_key(imported.private_key)


def test_what_is_given_again_keeps_key_address_and_wish(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    first = provision(written(tmp_path), [HERE], store)
    store.save_target(Target(connected=True, chosen_mode="full"))
    second = provision(written(tmp_path), [], store)
    assert second == first == store.load().imported
    assert store.load().target == Target(connected=True, chosen_mode="full")


def test_a_key_that_rests_with_the_user_stays_there(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    profile = provision(written(tmp_path), [HERE], store).profile
    store.save_import(Import(profile, PUBLIC, None))
    imported = provision(written(tmp_path), [THERE], store)
    assert (imported.public_key, imported.private_key) == (PUBLIC, None)
    assert imported.profile.interface.addresses == (THERE,)


def test_a_key_in_the_file_is_used_and_not_kept_twice(tmp_path: Path) -> None:
    given = f'[interface]\naddresses = ["{HERE}"]\nprivate_key = "{PRIVATE.reveal()}"'
    imported = provision(written(tmp_path, given), [], Store(tmp_path / "state"))
    assert (imported.public_key, imported.private_key) == (public_key(PRIVATE), PRIVATE)
    assert imported.profile.interface.private_key is None


def test_what_the_company_locks_now_no_longer_is_what_the_user_chose(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    provision(written(tmp_path), [HERE], store)
    store.save_target(Target(connected=True, chosen_mode="full"))
    provision(written(tmp_path, policy='[policy]\nuser_may = ["disconnect"]'), [], store)
    assert store.load().target == Target(connected=True, chosen_mode=None)


def test_a_file_that_is_wrong_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    first = provision(written(tmp_path), [HERE], store)
    (tmp_path / "acme.toml").write_text('schema = 1\nname = "Acme"\n[split]\nnetworks = ["10.20.0.0/40"]\n')
    with pytest.raises(NotUsable, match=r"acme\.toml"):
        provision(tmp_path / "acme.toml", [], store)
    assert store.load().imported == first


def test_a_computer_without_an_address_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(WgtrayError, match="no-address"):
        provision(written(tmp_path), [], Store(tmp_path / "state"))
