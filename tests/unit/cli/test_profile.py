"""Are profiles checked, imported, shown and removed, and do keys rest where they should and nowhere else?"""

import io
import json
import sys
from pathlib import Path

import msgspec
import pytest

from tests.unit.cli.conftest import KEY, NODE_KEY, PSK, PUBLIC, MemoryKeyring, Run
from tests.unit.cli.scripted import OFF, ON, Scripted
from wgtray.core.document import read
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret
from wgtray.desktop import keys
from wgtray.ipc.messages import ProfileNow, Refused, RemoveProfile, SetProfile, ShowProfile

COMPANY = f"""\
schema = 1
name = "Acme"

[split]
networks = ["10.20.0.0/16", {{ net = "10.30.0.0/16", via = ["fra"] }}]

[policy]
user_may = ["mode", "node", "apps", "disconnect"]

[[node]]
name = "fra"
location = "Frankfurt, DE"
public_key = "{NODE_KEY}"
preshared_key = "{PSK}"
endpoint = "fra.vpn.example.com:51820"
probe = "10.66.255.1"

[[app]]
name = "SAP GUI"
locked = true
linux = ["/usr/bin/sapgui"]
"""
PERSONAL = f"""
[interface]
addresses = ["10.66.0.10/32"]
private_key = "{KEY}"
"""
CONF = f"""\
[Interface]
Address = 10.66.0.10/32
PrivateKey = {KEY}
[Peer]
PublicKey = {NODE_KEY}
Endpoint = fra.vpn.example.com:51820
AllowedIPs = 10.66.255.1/32, 10.20.0.0/16
"""


@pytest.fixture
def company(tmp_path: Path) -> str:
    return written(tmp_path, COMPANY)


@pytest.fixture
def personal(tmp_path: Path) -> str:
    return written(tmp_path, COMPANY + PERSONAL)


def written(folder: Path, text: str, name: str = "acme.toml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def given(helper: Scripted) -> SetProfile:
    """The one profile that the helper was given."""
    (request,) = helper.of(SetProfile)
    assert isinstance(request, SetProfile)
    return request


class TestCheck:
    @pytest.fixture(autouse=True)
    def _without_helper(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WGTRAY_SOCKET", "/nowhere")

    def test_a_good_profile_is_summed_up(self, run: Run, company: str) -> None:
        result = run("profile", "check", company)
        assert (result.code, result.err) == (0, "")
        assert result.out.splitlines() == [
            "Acme",
            "  nodes      fra (Frankfurt, DE)",
            "  networks   10.20.0.0/16, 10.30.0.0/16 via fra",
            "  apps       SAP GUI (only through the VPN, locked)",
            "  locked     users may not pause",
            "  lockdown   apps",
            "  addresses  none: give yours on import with --address",
            "  key        none: import makes one",
        ]

    def test_a_conf_is_checked_too(self, run: Run, tmp_path: Path) -> None:
        result = run("profile", "check", written(tmp_path, CONF, "acme.conf"))
        assert result.code == 0
        assert "  addresses  10.66.0.10/32\n  key        a private key is in the file\n" in result.out

    def test_every_mistake_is_a_line(self, run: Run, tmp_path: Path) -> None:
        wrong = COMPANY.replace(NODE_KEY, "AAAA").replace('"10.20.0.0/16"', '"10.20.0.1/16"')
        result = run("profile", "check", written(tmp_path, wrong))
        assert (result.code, result.out) == (1, "")
        lines = result.err.splitlines()
        assert len(lines) == 2
        assert all("acme.toml:" in line for line in lines)
        assert "write 10.20.0.0/16" in lines[0]

    def test_hooks_are_refused(self, run: Run, tmp_path: Path) -> None:
        conf = CONF.replace("[Peer]", "PostUp = rm -rf /\n[Peer]")
        result = run("profile", "check", written(tmp_path, conf, "acme.conf"))
        assert result.code == 1
        assert "acme.conf:4" in result.err

    def test_json_has_everything_but_the_keys(self, run: Run, personal: str) -> None:
        result = run("profile", "check", personal, "--json")
        document = json.loads(result.out)
        assert (result.code, result.err) == (0, "")
        assert (document["ok"], document["findings"]) == (True, [])
        assert document["profile"]["interface"] == {"addresses": ["10.66.0.10/32"]}
        assert "preshared_key" not in document["profile"]["node"][0]

    def test_json_of_mistakes(self, run: Run, tmp_path: Path) -> None:
        result = run("profile", "check", written(tmp_path, "schema = 2\n"), "--json")
        document = json.loads(result.out)
        assert result.code == 1
        assert (document["ok"], document["profile"]) == (False, None)
        assert set(document["findings"][0]) == {"severity", "file", "line", "field", "text"}

    def test_standard_input(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONF.encode())))
        assert run("profile", "check", "-").code == 0

    @pytest.mark.parametrize(
        ("content", "part"),
        [
            (None, "No such file"),
            (b"\x7fELF\x00\x01", "control character"),
            (b"\xff\xfe\x00", "UTF-8"),
            (b"#" * (1 << 21), "larger"),
            (b"", ""),
        ],
        ids=["missing", "binary", "not UTF-8", "too large", "empty"],
    )
    def test_what_is_no_profile_is_a_sentence(self, run: Run, tmp_path: Path, content: bytes | None, part: str) -> None:
        path = tmp_path / "file.toml"
        if content is not None:
            path.write_bytes(content)
        result = run("profile", "check", str(path))
        assert (result.code, result.out) == (1, "")
        assert part in result.err
        assert str(path) in result.err
        assert "Traceback" not in result.err

    def test_a_directory_is_a_sentence(self, run: Run, tmp_path: Path) -> None:
        result = run("profile", "check", str(tmp_path))
        assert result.code == 1
        result.says_one_sentence("directory")

    def test_a_name_cannot_break_the_line(self, run: Run) -> None:
        result = run("profile", "check", "no\nsuch\x1b[31mfile")
        assert result.code == 1
        result.says_one_sentence("no such")
        assert "\x1b" not in result.err


class TestImport:
    def test_into_the_keyring(self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, personal: str) -> None:
        result = run("profile", "import", personal)
        assert result.code == 0
        assert result.out == "Imported Acme: 1 node. The private key rests in this user's keyring.\n"
        assert "still holds the private key" in result.err
        assert memory_keyring.kept == {("wgtray", PUBLIC): KEY}
        request = given(helper)
        assert request.keep_key is False
        assert request.profile.interface.private_key == Secret(KEY)
        assert request.profile.nodes[0].preshared_key == Secret(PSK)

    def test_into_the_helper(self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, personal: str) -> None:
        result = run("profile", "import", personal, "--keys", "helper")
        assert (result.code, memory_keyring.kept) == (0, {})
        assert "readable by root only" in result.out
        assert given(helper).keep_key is True

    @pytest.mark.usefixtures("no_keyring")
    def test_without_a_keyring_the_helper_is_the_default(self, run: Run, helper: Scripted, personal: str) -> None:
        assert "readable by root only" in run("profile", "import", personal).out
        assert given(helper).keep_key is True

    @pytest.mark.usefixtures("no_keyring")
    def test_a_keyring_that_is_not_there_is_a_sentence(self, run: Run, helper: Scripted, personal: str) -> None:
        result = run("profile", "import", personal, "--keys", "keyring")
        assert result.code == 1
        result.says_one_sentence("--keys helper")
        assert helper.of(SetProfile) == []

    def test_a_locked_keyring_is_a_sentence(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, personal: str
    ) -> None:
        from keyring.errors import KeyringLocked

        memory_keyring.broken = KeyringLocked("no")
        result = run("profile", "import", personal)
        assert result.code == 1
        assert "The keyring is locked" in result.err
        assert "Traceback" not in result.err
        assert helper.of(SetProfile) == []

    def test_a_missing_key_is_made_and_its_public_half_printed(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, company: str
    ) -> None:
        argv = ["--address", "10.66.0.10", "--address", "fd66::10/128", "--address", "10.66.0.10/32"]
        result = run("profile", "import", company, *argv)
        ((_, public_key), private_key), *_ = memory_keyring.kept.items()
        assert (result.code, result.err) == (0, "")
        assert result.out.splitlines()[-1] == public_key == keys.public_key(Secret(private_key))
        assert private_key not in result.out
        interface = given(helper).profile.interface
        assert interface.addresses == ("10.66.0.10/32", "fd66::10/128")
        assert interface.private_key == Secret(private_key)

    def test_a_conf_from_standard_input(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONF.encode())))
        assert run("profile", "import", "-").code == 0
        assert given(helper).profile.nodes[0].public_key == NODE_KEY
        assert memory_keyring.kept

    def test_no_address_is_a_sentence(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, company: str
    ) -> None:
        result = run("profile", "import", company)
        assert result.code == 1
        result.says_one_sentence("--address")
        assert (helper.seen, memory_keyring.kept) == ([], {})

    def test_a_wrong_file_changes_nothing(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, tmp_path: Path
    ) -> None:
        result = run("profile", "import", written(tmp_path, COMPANY.replace(NODE_KEY, "AAAA")))
        assert result.code == 1
        assert result.err.splitlines()[-1].startswith("Nothing was imported")
        assert (helper.seen, memory_keyring.kept) == ([], {})

    @pytest.mark.parametrize(
        ("reply", "code"),
        [
            (Refused("disk-full", {"path": "/var/lib/wgtray"}, "failed"), 1),
            (Refused("not-allowed", {"action": "set-profile"}, "not-allowed"), 4),
            (b"rubbish\n", 3),
            (None, 4),
        ],
        ids=["disk full", "not allowed", "rubbish", "closed"],
    )
    def test_a_failed_import_leaves_nothing_behind(
        self,
        run: Run,
        helper: Scripted,
        memory_keyring: MemoryKeyring,
        personal: str,
        reply: Refused | bytes | None,
        code: int,
    ) -> None:
        helper.replies[SetProfile] = reply
        result = run("profile", "import", personal)
        assert (result.code, memory_keyring.kept) == (code, {})
        result.says_one_sentence()

    def test_a_failed_import_keeps_a_key_that_was_there_before(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring, personal: str
    ) -> None:
        memory_keyring.kept["wgtray", PUBLIC] = KEY
        helper.replies[SetProfile] = Refused("busy", {}, "failed")
        assert run("profile", "import", personal).code == 1
        assert memory_keyring.kept == {("wgtray", PUBLIC): KEY}

    def test_without_a_helper_nothing_is_stored(
        self, run: Run, memory_keyring: MemoryKeyring, personal: str, tmp_path: Path
    ) -> None:
        result = run("profile", "import", personal, "--socket", str(tmp_path / "none"))
        assert (result.code, memory_keyring.kept) == (3, {})
        result.says_one_sentence("start")

    def test_ctrl_c_leaves_nothing_behind(
        self,
        run: Run,
        helper: Scripted,
        memory_keyring: MemoryKeyring,
        personal: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def interrupted(*args: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("wgtray.cli.call.Connection.do", interrupted)
        result = run("profile", "import", personal)
        assert (result.code, result.err, memory_keyring.kept) == (130, "", {})


class TestKept:
    @pytest.fixture
    def stored(self) -> Profile:
        profile, _ = read(COMPANY + PERSONAL, "acme.toml")
        personal = msgspec.structs.replace(profile.interface, private_key=None)
        nodes = tuple(msgspec.structs.replace(node, preshared_key=None) for node in profile.nodes)
        return msgspec.structs.replace(profile, interface=personal, nodes=nodes)

    def test_show_is_a_profile_again(self, run: Run, helper: Scripted, stored: Profile) -> None:
        helper.replies[ShowProfile] = ProfileNow(stored)
        assert read(run("profile", "show").out, "shown.toml")[0] == stored

    def test_show_json(self, run: Run, helper: Scripted, stored: Profile) -> None:
        helper.replies[ShowProfile] = ProfileNow(stored)
        assert json.loads(run("profile", "show", "--json").out)["node"][0]["name"] == "fra"

    @pytest.mark.parametrize("option", [[], ["--json"]])
    def test_keys_are_not_shown_even_if_the_helper_sent_them(
        self, run: Run, helper: Scripted, option: list[str]
    ) -> None:
        frame = (
            f'{{"id":1,"answer":{{"answer":"profile","profile":{{"schema":1,"name":"A","interface":{{"private_key":"{KEY}"}},'
            f'"node":[{{"name":"n","public_key":"{NODE_KEY}","preshared_key":"{PSK}","endpoint":"e.x:1"}}]}}}}}}\n'
        )
        helper.replies[ShowProfile] = frame.encode()
        assert run("profile", "show", *option).code == 0  # ``run`` looks for the keys

    def test_show_without_one(self, run: Run, helper: Scripted) -> None:
        helper.replies[ShowProfile] = ProfileNow(None)
        result = run("profile", "show")
        assert result.code == 1
        result.says_one_sentence("profile import")

    def test_remove_forgets_the_key_too(self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring) -> None:
        memory_keyring.kept = {("wgtray", PUBLIC): KEY, ("wgtray", NODE_KEY): "another profile's"}
        helper.snapshot = msgspec.structs.replace(ON, public_key=PUBLIC)
        assert run("profile", "remove").code == 0
        assert helper.of(RemoveProfile) == [RemoveProfile()]
        assert memory_keyring.kept == {("wgtray", NODE_KEY): "another profile's"}

    @pytest.mark.usefixtures("no_keyring")
    def test_remove_without_a_keyring(self, run: Run, helper: Scripted) -> None:
        helper.snapshot = msgspec.structs.replace(OFF, public_key=PUBLIC)
        assert run("profile", "remove").code == 0

    def test_a_refused_remove_keeps_the_key(self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring) -> None:
        memory_keyring.kept = {("wgtray", PUBLIC): KEY}
        helper.snapshot = msgspec.structs.replace(ON, public_key=PUBLIC)
        helper.replies[RemoveProfile] = Refused("not-allowed", {"action": "remove-profile"}, "not-allowed")
        result = run("profile", "remove")
        assert (result.code, memory_keyring.kept) == (4, {("wgtray", PUBLIC): KEY})
        result.says_one_sentence("You may not remove the profile")

    def test_a_key_that_cannot_be_forgotten_is_said(
        self, run: Run, helper: Scripted, memory_keyring: MemoryKeyring
    ) -> None:
        memory_keyring.broken = RuntimeError("no")
        helper.snapshot = msgspec.structs.replace(ON, public_key=PUBLIC)
        result = run("profile", "remove")
        assert result.code == 1
        result.says_one_sentence("may still be in the keyring")
