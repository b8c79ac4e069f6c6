"""Is the right verb carried out, and does every way to end have its exit code and its sentence?"""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import wgtray
from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import ON, Scripted
from wgtray import __main__ as program
from wgtray.cli import app, fleet, profile
from wgtray.ipc.messages import Refused, Status

ALL = [[verb] for verb in app.VERBS if verb != "demo"] + [["profile", verb] for verb in profile.VERBS]
ALL += [["fleet", verb] for verb in fleet.VERBS]


@pytest.mark.parametrize("verb", [[], *ALL], ids=" ".join)
def test_every_verb_explains_itself(run: Run, verb: list[str]) -> None:
    result = run(*verb, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"usage: {' '.join(['wgtray', *verb])}")
    assert "examples:" in result.out
    assert "--socket PATH" in result.out


def test_the_list_names_every_verb(run: Run) -> None:
    listed = run("--help").out
    assert all(f"\n  {verb} " in listed for verb in app.VERBS)


@pytest.mark.parametrize("argv", [["--version"], ["--socket", "/x", "--version"], ["profile", "--version"]])
def test_version(run: Run, argv: list[str]) -> None:
    assert run(*argv).out == f"wgtray {wgtray.__version__}\n"


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (["disconect"], ['"disconect"', 'Did you mean "disconnect"?', "status, connect,"]),
        (["xyzzy"], ['no verb "xyzzy"', "status, connect,"]),
        (["profile"], ["the verb is missing", "check, import, show, remove"]),
        (["profile", "chek"], ['Did you mean "check"?']),
        (["profile", "check"], ["required: FILE"]),
        (["--socket"], ["--socket needs"]),
        (["--socket=", "status"], ["--socket needs"]),
        (["--jsn", "status"], ['no option "--jsn"']),
        (["status", "--jsn"], ["unrecognized arguments: --jsn"]),
        (["status", "--js"], ["unrecognized arguments: --js"]),
        (["status", "now"], ["unrecognized arguments: now"]),
        (["mode", "partial"], ["'partial'", "'split', 'full'"]),
        (["connect", "--wait", "soon"], ['"soon" is no number of seconds']),
        (["connect", "--wait", "-1"], ["seconds"]),
        (["connect", "--wait", "nan"], ["seconds"]),
        (["profile", "import", "f", "--address", "10.66.0.300"], ['"10.66.0.300" is not an address: write it like']),
        (["profile", "import", "f", "--keys", "paper"], ["'keyring', 'helper'"]),
    ],
)
def test_a_wrong_command_line_is_exit_2_and_one_sentence(run: Run, argv: list[str], parts: list[str]) -> None:
    result = run(*argv)
    assert result.code == 2
    result.says_one_sentence("--help", *parts)


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_the_socket_can_be_named_before_and_after_the_verb(
    run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("WGTRAY_SOCKET", helper.path if place == "environment" else "/nowhere")
    option = ["--socket", helper.path]
    argv = {"before": [*option, "mode"], "after": ["mode", *option], "environment": ["mode"]}[place]
    assert run(*argv).out == "split\n"


def test_no_helper_is_exit_3(run: Run, tmp_path: Path) -> None:
    result = run("status", "--socket", str(tmp_path / "none.sock"))
    assert result.code == 3
    result.says_one_sentence("none.sock", "start")


def test_a_socket_that_nobody_serves_any_more_is_exit_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("status", "--socket", str(tmp_path / "file"))
    assert result.code == 3
    result.says_one_sentence("start")


def test_a_socket_path_longer_than_the_system_takes_is_exit_3(run: Run) -> None:
    result = run("status", "--socket", "/tmp/" + "x" * 200)
    assert result.code == 3
    result.says_one_sentence("too long")


def test_a_helper_that_closes_unanswered_means_not_allowed(run: Run, helper: Scripted) -> None:
    helper.closes_at_once = True
    result = run("status")
    assert result.code == 4
    result.says_one_sentence("usermod -aG wgtray")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_socket_without_permission_is_exit_4(helper: Scripted) -> None:
    Path(helper.path).chmod(0o600)
    Path(helper.path).parent.chmod(0o755)
    code = (
        "import locale, os, sys; from wgtray.cli import app, call, status, trouble; from wgtray import words\n"
        f"os.setuid(65534); sys.exit(app.main(['status', '--socket', {helper.path!r}]))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 4
    assert "usermod -aG wgtray" in ended.stderr


def test_a_helper_of_another_user_is_sent_nothing(run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.cli.call._owner", lambda connected, path: 12345)
    result = run("status")
    assert result.code == 3
    result.says_one_sentence("belongs to another user")
    assert helper.seen == []


@pytest.mark.parametrize(
    "rubbish",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xfe\n",
        b'{"id":7,"answer":{"answer":"done"}}\n',
        b'{"id":1,"answer":{"answer":"done"}}\n',
        b'{"id":1,"answer":{"answer":"profile","profile":null}}\n',
        b"x" * (1 << 20) + b"\n",
    ],
    ids=["http", "binary", "another id", "done", "another answer", "too long"],
)
def test_a_server_that_speaks_another_language_is_exit_3(run: Run, helper: Scripted, rubbish: bytes) -> None:
    helper.replies[Status] = rubbish
    result = run("status")
    assert result.code == 3
    result.says_one_sentence("Update wgtray")


def test_a_server_that_says_nothing_is_exit_3(run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wgtray.cli.call.ANSWER_TIMEOUT_S", 0.02)
    helper.replies[Status] = b" "
    result = run("status")
    assert result.code == 3
    result.says_one_sentence("does not answer")


def test_a_refusal_is_exit_1_and_lacking_the_right_exit_4(run: Run, helper: Scripted) -> None:
    helper.replies[Status] = Refused("busy", {}, "failed")
    result = run("status")
    assert result.code == 1
    result.says_one_sentence("Try again in a moment")
    helper.replies[Status] = Refused("not-allowed", {"action": "status", "code": "x", "self": 1}, "not-allowed")
    result = run("status")
    assert result.code == 4
    result.says_one_sentence("You may not see the state")


def test_an_error_that_nobody_foresaw_is_a_sentence_without_its_text(
    run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> str:
        raise KeyError("who knows what")

    monkeypatch.setattr("wgtray.words.state_line", broken)
    result = run("status")
    assert result.code == 1
    result.says_one_sentence("KeyError", "WGTRAY_DEBUG=1")
    assert "who knows" not in result.err


def test_ctrl_c_is_quiet(run: Run, helper: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("wgtray.words.state_line", interrupted)
    result = run("status")
    assert (result.code, result.out, result.err) == (130, "", "")


@pytest.mark.parametrize("argv", [["status"], ["status", "--json"], ["status", "--watch"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_gone_is_quiet(helper: Scripted, argv: list[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "wgtray", *argv]
    ended = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False, timeout=20)
    os.close(write_end)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_output_is_a_sentence(helper: Scripted) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "wgtray", "status"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=20)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "cannot be written" in ended.stderr


def test_a_terminal_without_the_letters_still_gets_its_table(helper: Scripted) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "wgtray"]
    table = subprocess.run([*command, "nodes"], capture_output=True, env=environment, check=True, timeout=20).stdout
    assert b"S?o Paulo, BR" in table
    document = subprocess.run([*command, "nodes", "--json"], capture_output=True, env=environment, check=True).stdout
    assert "São Paulo, BR" in document.decode()


def test_status_loads_only_what_it_needs(helper: Scripted) -> None:
    helper.snapshot = ON
    code = (
        "import sys; from wgtray.__main__ import main; code = main(['status'])\n"
        "heavy = {'PySide6', 'asyncio', 'keyring', 'cryptography', 'wgconfig', 'subprocess', 'importlib.metadata',\n"
        "         'wgtray.helper', 'wgtray.platforms', 'wgtray.gui', 'wgtray.lab', 'wgtray.desktop.keys', 'shutil'}\n"
        "sys.exit(f'loaded: {heavy & set(sys.modules)}' if heavy & set(sys.modules) else code)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Connected to Frankfurt")


def test_demo_changes_a_node_of_the_lab(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from wgtray.cli import demo

    monkeypatch.setattr(demo, "make", lambda node, word, lab: f"{node} is {word} in {lab}.")
    assert run("demo", "make", "fra", "silent", "--lab", "x1").out == "fra is silent in x1.\n"


@pytest.mark.parametrize("words", [("make",), ("make", "fra"), ("break", "fra", "silent")])
def test_demo_says_how_a_node_is_changed(run: Run, words: tuple[str, ...]) -> None:
    result = run("demo", *words)
    assert result.code == 2
    assert "demo make fra silent" in result.err


def test_demo_says_what_the_lab_lacks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from wgtray.lab import Lab, LabError

    def refuse(*_: object) -> None:
        raise LabError("The lab needs root: run it with sudo.")

    monkeypatch.setattr(Lab, "up", refuse)
    result = run("demo", "--no-gui")
    assert (result.code, result.err) == (1, "The lab needs root: run it with sudo.\n")


@pytest.mark.parametrize(
    ("argv", "tray"),
    [
        ([], True),
        (["--socket", "/x"], True),
        (["--socket=/x"], True),
        (["--hidden"], True),
        (["--hidden", "--socket", "/x"], True),
        (["--hidden", "status"], False),
        (["--socket", "/x", "status"], False),
        (["status"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_without_a_verb_it_is_the_tray(monkeypatch: pytest.MonkeyPatch, run: Run, argv: list[str], tray: bool) -> None:
    seen: list[list[str]] = []
    fake = types.ModuleType("wgtray.gui.start")
    fake.main = lambda argv: seen.append(argv) or 5  # type: ignore[attr-defined, func-returns-value]
    monkeypatch.setitem(sys.modules, "wgtray.gui.start", fake)
    assert (run(*argv).code == 5) is tray
    assert seen == ([argv] if tray else [])


def test_a_tray_without_qt_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wgtray.gui.start", raising=False)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    for name in [name for name in sys.modules if name.startswith(("PySide6.", "wgtray.gui."))]:
        monkeypatch.delitem(sys.modules, name)
    result = run()
    assert result.code == 1
    result.says_one_sentence("wgtray[gui]")


def test_the_module_runs_like_the_program(helper: Scripted) -> None:
    command = [sys.executable, "-m", "wgtray", "mode"]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout == "split\n"
    assert callable(program.main)
