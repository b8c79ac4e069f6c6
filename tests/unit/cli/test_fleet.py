"""Do ``wgtray fleet init|check|add-user|revoke`` do what they say, and leave alone what people wrote?"""

import json
from pathlib import Path

import pytest

from tests.unit.fleet.fleets import key
from wgtray.cli.app import main


def fleet(place: Path, *words: str) -> int:
    return main(["fleet", words[0], "--dir", str(place), *words[1:]])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    assert fleet(tmp_path, "init") == 0
    return tmp_path


def test_init_never_overwrites(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "fleet.toml").write_text("mine")
    assert fleet(place, "init") == 1
    assert (place / "fleet.toml").read_text() == "mine"
    assert "is there already" in capsys.readouterr().err


def test_init_takes_a_directory_that_need_not_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "my vpn"
    assert main(["fleet", "init", str(made)]) == 0
    assert f"cd '{made}' && wgtray fleet check" in capsys.readouterr().out
    assert fleet(made, "check") == 0


@pytest.mark.parametrize(
    "words",
    [
        ("init", "{file}"),
        ("init", "{file}/below"),
        ("init", "--dir", "{file}/below"),
        ("check", "--dir", "{file}"),
        ("check", "--dir", "{file}/below"),
        ("render", "--dir", "{fleet}", "{file}"),
        ("plan", "--dir", "{fleet}", "{file}"),
        ("add-user", "alice", "--dir", "{file}", "--key", key(1), "--group", "staff"),
        ("add-user", "../alice", "--dir", "{fleet}", "--key", key(1), "--group", "staff"),
        ("add-user", "alice", "--dir", "{fleet}", "--key", "nonsense", "--group", "staff"),
        ("add-user", "alice", "--dir", "{fleet}", "--key", key(1), "--group", "nobody"),
        ("revoke", "nobody", "--dir", "{fleet}"),
        ("profile", "nobody", "--dir", "{fleet}"),
        ("profile", "--dir", "{fleet}"),
        ("approve", "{file}", "{fleet}/answer.toml", "--dir", "{fleet}"),
        ("approve", "{file}/none", "{fleet}/answer.toml", "--dir", "{fleet}"),
        ("keygen", "{file}"),
        ("keygen", "{file}/below/company.key"),
        ("sign", "{file}/none", "--key", "{file}"),
        ("sign", "{file}", "--key", "{file}"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_without_a_trace_of_the_program(
    place: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    file = place / "file"
    file.write_text("x\n")
    capsys.readouterr()
    code = main(["fleet", *(word.format(file=file, fleet=place) for word in words)])
    said = capsys.readouterr()
    assert code == 1, said
    lines = said.err.splitlines()
    assert lines, said
    assert not [line for line in lines if "Traceback" in line or line.startswith(" ")]
    assert said.out == ""
    assert file.read_text() == "x\n"


def test_a_user_comes_and_goes_without_a_byte_of_the_fleet_file_changing(place: Path) -> None:
    before = (place / "fleet.toml").read_bytes()
    assert fleet(place, "add-user", "alice", "--key", key(1), "--group", "staff") == 0
    assert fleet(place, "add-user", "alice", "--key", key(2), "--group", "staff") == 1
    assert fleet(place, "revoke", "alice") == 0
    assert fleet(place, "revoke", "alice") == 1
    assert fleet(place, "revoke", "bob") == 1
    assert fleet(place, "add-user", "bob", "--key", key(1), "--group", "staff") == 1
    assert (place / "fleet.toml").read_bytes() == before
    assert [path.name for path in (place / "users").iterdir()] == ["alice.toml"]


def test_check_speaks_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet(place, "add-user", "alice", "--key", key(1), "--group", "staff")
    capsys.readouterr()
    assert fleet(place, "check", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"]
    assert said["users"][0]["name"] == "alice"
    assert {finding["severity"] for finding in said["findings"]} == {"warning"}
    (place / "users" / "alice.toml").write_text("name = 1")
    assert fleet(place, "check", "--json") == 1
    assert not json.loads(capsys.readouterr().out)["ok"]


def test_check_says_what_is_there(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fleet(place, "check") == 0
    assert "fra (pair: fra-a, fra-b)" in capsys.readouterr().out


def test_a_fleet_with_mistakes_is_not_added_to(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "fleet.toml").write_text("schema = 2")
    assert fleet(place, "add-user", "alice", "--key", key(1), "--group", "staff") == 1
    assert "Nothing was done" in capsys.readouterr().err
    assert not list((place / "users").iterdir())


def keyed(place: Path) -> None:
    file = place / "fleet.toml"
    text = file.read_text()
    for number, line in enumerate([line for line in text.splitlines() if line.startswith("endpoint")], 1):
        text = text.replace(line, f'{line}\npublic_key = "{key(100 + number)}"')
    file.write_text(text)


def test_render_writes_once_and_plan_says_what_it_would_write(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keyed(place)
    assert fleet(place, "render") == 0
    assert fleet(place, "plan") == 0
    assert capsys.readouterr().out.endswith("Nothing would change.\n")
    fleet(place, "add-user", "alice", "--key", key(1), "--group", "staff")
    capsys.readouterr()
    assert fleet(place, "plan", "--json") == 0
    said = json.loads(capsys.readouterr().out)["changes"]
    assert [each["change"]["path"] for each in said] == ["common/names.tsv", "common/peers.conf", "common/users.nft"]
    untouched = place / "rendered" / "playbook.yml"
    before = untouched.stat().st_mtime_ns
    assert fleet(place, "render") == 0
    assert untouched.stat().st_mtime_ns == before
    assert key(1) in (place / "rendered" / "common" / "peers.conf").read_text()


def test_what_an_administrator_puts_beside_a_rendering_stays(place: Path) -> None:
    assert fleet(place, "render") == 0
    rendered = place / "rendered"
    (rendered / "group_vars").mkdir()
    own = [rendered / "keys.yml", rendered / "group_vars" / "all.yml"]
    for file in (*own, rendered / "nodes" / "gone.conf"):
        file.write_text("x")
    assert fleet(place, "render") == 0
    assert all(file.exists() for file in own)
    assert not (rendered / "nodes" / "gone.conf").exists()


def test_a_directory_of_somebody_elses_is_not_rendered_into(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "mine").mkdir()
    (place / "mine" / "letter.txt").write_text("Dear …")
    assert fleet(place, "render", str(place / "mine")) == 1
    assert "holds something else" in capsys.readouterr().err


def test_a_profile_is_what_profile_check_accepts(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fleet(place, "profile") == 1  # no site has a key yet
    keyed(place)
    fleet(place, "add-user", "alice", "--key", key(1), "--group", "staff")
    capsys.readouterr()
    assert fleet(place, "profile", "alice") == 0
    file = place / "alice.toml"
    file.write_text(capsys.readouterr().out)
    assert main(["profile", "check", str(file)]) == 0
    fleet(place, "revoke", "alice")
    assert fleet(place, "profile", "alice") == 1
    assert fleet(place, "profile", "nobody") == 1
