"""Is a fleet file read strictly, with every mistake named, and never rewritten?"""

from pathlib import Path

import pytest

from tests.unit.fleet.fleets import TEXT, key, users
from wgtray.core.findings import Unreadable
from wgtray.fleet.document import read, read_fleet, read_users
from wgtray.fleet.users import user_text


def complaints(text: str) -> str:
    with pytest.raises(Unreadable) as refused:
        read_fleet(text, "fleet.toml")
    return str(refused.value)


def test_what_init_writes_is_right() -> None:
    fleet, findings = read_fleet(TEXT, "fleet.toml")
    assert [site.name for site in fleet.sites] == ["fra", "ams", "sin"]
    assert {finding.field.partition(".")[2] for finding in findings} == {"public_key"}  # made on the nodes later


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('site = "ams"', 'site = "amx"', 'node[2].site: no site is called "amx" (sites: ams, fra, sin)'),
        ('services = ["erp"]', 'services = ["epr"]', 'group[1].services[0]: no service is called "epr"'),
        ('class = "bulk"', 'class = "slow"', 'group[2].class: no class is called "slow"'),
        ("tcp = [53]", "tpc = [53]", 'service[0].tpc: unknown key "tpc": did you mean "tcp"?'),
        ("tcp = [53]", 'tcp = ["53-"]', 'service[0].tcp[0]: "53-" is no port: write 443 or "8000-8100"'),
        ("tcp = [53]\nudp = [53]\n", "", "service[0].tcp: no port: write"),
        ("reserved_percent = 60", "reserved_percent = 80", "all classes together reserve 120 percent"),
        ('name = "ams"', 'name = "auto"', 'site[1].name: "auto" means automatic choice'),
        ('name = "erp"', 'name = "ERP; drop"', "service[2].name:"),
        ('lan = "eth1"', 'lan = "eth1\\""', "node[0].lan:"),
        ('"10.66.255.2"', '"10.66.255.1"', "site[1].addresses[0]: the same as of site[0]"),
        ('"10.66.255.2"', '"10.67.255.2"', "site[1].addresses[0]: 10.67.255.2 is outside [pool]"),
        ('served_by = "pair" ', 'served_by = "single"', "site[0].floating: only a pair has"),
        ("[pool]", "[lake]", "pool: missing: write [pool]"),
        ("[[service]]", "[service]", "a second [service]: write [[service]]"),
        ("outside = [\"203.0.113.12\"]\n", "", "node[1].outside: missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    assert said in complaints(TEXT.replace(old, new))


def test_mistakes_are_told_all_at_once_and_with_their_lines() -> None:
    text = TEXT.replace("tcp = [53]", "tpc = [53]").replace('endpoint = "sin.', 'endpoint = "s in.')
    said = complaints(text).splitlines()
    assert [line.split(":")[2].strip() for line in said] == ["site[2].endpoint", "service[0].tpc"]
    assert [int(line.split(":")[1]) for line in said] == [
        1 + text[: text.index(word)].count("\n") for word in ("s in.vpn", "tpc")
    ]


def files(**texts: str) -> dict[str, bytes]:
    return {f"users/{name}.toml": text.encode() for name, text in texts.items()}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["staff"]', '["stuff"]', 'users/alice.toml:2: groups[0]: no group is called "stuff"'),
        ('name = "alice"', 'name = "carol"', 'users/alice.toml:1: name: "carol" in a file of another name'),
        ("10.66.", "10.67.", "users/alice.toml:4: addresses[0]: 10.67."),
        ("public_key", "pubic_key", 'users/alice.toml:3: pubic_key: unknown key "pubic_key"'),
        (key(1), key(2), "users/bob.toml:3: public_key: the same as of alice"),
    ],
)
def test_a_mistake_in_a_users_file_is_named(old: str, new: str, said: str) -> None:
    fleet, _ = read_fleet(TEXT, "fleet.toml")
    alice, bob = users(alice=("staff",), bob=("staff",))
    text = user_text(alice)
    assert old in text
    _, found = read_users(fleet, files(alice=text.replace(old, new), bob=user_text(bob)))
    assert any(str(finding).startswith(said) for finding in found), found


def test_what_is_written_for_a_user_is_read_again() -> None:
    fleet, _ = read_fleet(TEXT, "fleet.toml")
    alice, bob = users(alice=("staff",), bob=("staff", "finance"))
    assert read_users(fleet, files(alice=user_text(alice), bob=user_text(bob))) == ((alice, bob), ())


def test_a_user_that_cannot_be_read_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(TEXT)
    (tmp_path / "users" / "alice.toml").mkdir(parents=True)
    with pytest.raises(Unreadable, match=r"alice.toml: cannot be read"):
        read(tmp_path)


def test_a_directory_without_a_fleet_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="wgtray fleet init"):
        read(tmp_path)
