"""Commands: by absolute path, with nothing of our environment, and a typed reason when they fail."""

import asyncio
import time
from pathlib import Path

import msgspec
import pytest

from wgtray.core.problems import Problem
from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed


@pytest.mark.threat("T20")
def test_the_environment_of_the_helper_does_not_reach_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_PRELOAD", "BASH_ENV", "IFS", "PYTHONPATH"):
        monkeypatch.setenv(name, "/nonexistent/evil")
    output = asyncio.run(command.run(["env"]))
    assert sorted(line.partition("=")[0] for line in output.splitlines()) == ["LC_ALL", "PATH"]


@pytest.mark.threat("T20", "T23")
def test_a_tool_is_not_taken_from_the_path_of_the_caller(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.tool("env") in {"/usr/bin/env", "/bin/env"}


def test_a_missing_tool_is_named_with_its_package_where_one_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["no-such-tool"]))
    assert caught.value.problem == Problem("program-missing", {"tool": "no-such-tool"})
    monkeypatch.setattr(command, "PLACES", ())
    for name, package in command.PACKAGES.items():
        with pytest.raises(CommandFailed) as caught:
            command.tool(name)
        assert caught.value.problem == Problem("tool-missing", {"tool": name, "package": package})


def test_a_failure_says_what_the_tool_said_but_not_what_it_was_given() -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["cat", "/nonexistent/file"], stdin="SECRET"))
    assert "No such file" in str(caught.value.problem.args["detail"])
    assert "SECRET" not in str(caught.value)


@pytest.mark.threat("T23")
def test_a_command_that_hangs_is_ended() -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["sleep", "60"], timeout_s=0.05))
    assert "no end within" in str(caught.value.problem.args["detail"])


def test_standard_input_reaches_the_command() -> None:
    assert asyncio.run(command.run(["cat"], stdin="hello")) == "hello"


@pytest.mark.parametrize(
    ("script", "survives"),
    [
        ("sleep 20 & echo $! >{pid}; exec sleep 20", False),
        ("sleep 20 & echo $! >{pid}; exit 0", False),
        ("setsid sleep 20 & echo $! >{pid}; exec sleep 20", True),
    ],
    ids=["a child", "an orphan", "one in a session of its own"],
)
def test_a_command_whose_child_holds_its_pipes_is_ended_in_time(tmp_path: Path, script: str, survives: bool) -> None:
    noted = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(CommandFailed):
        asyncio.run(command.run(["sh", "-c", script.format(pid=noted)], timeout_s=0.3))
    assert time.monotonic() - began < 1.3
    assert _runs(int(noted.read_text())) is survives
    if survives:
        asyncio.run(command.run(["kill", noted.read_text().strip()]))


def test_a_cancelled_command_is_ended_with_its_children(tmp_path: Path) -> None:
    noted = tmp_path / "pid"

    async def scene() -> None:
        async with asyncio.timeout(0.3):
            await command.run(["sh", "-c", f"sleep 20 & echo $! >{noted}; wait"])

    with pytest.raises(TimeoutError):
        asyncio.run(scene())
    assert not _runs(int(noted.read_text()))


def test_of_a_long_complaint_the_end_is_told_without_what_was_tried() -> None:
    script = """
        echo "┌──────────────────────────────────────────────┐" >&2
        echo "│   Running wireguard-go is not required ...   │" >&2
        echo "└──────────────────────────────────────────────┘" >&2
        for i in 1 2 3 4 5 6 7 8 9; do echo "a warning of some length that nobody needs, number $i" >&2; done
        echo "[#] ip -6 address add fd66::10/128 dev wgtray0" >&2
        echo "Error: ipv6: IPv6 is disabled on this device." >&2
        echo "[#] ip link delete dev wgtray0" >&2
        exit 2"""
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["sh", "-c", script]))
    detail = str(caught.value.problem.args["detail"])
    assert detail.endswith("number 9; Error: ipv6: IPv6 is disabled on this device.")
    assert len(detail) <= 200
    assert "─" not in detail
    assert "[#]" not in detail


def _runs(pid: int) -> bool:
    """Whether it still runs when what was killed has had the time to end: nobody waits for an orphan."""
    for _ in range(50):
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return False
        except OSError:
            return False
        time.sleep(0.01)
    return True


def test_silence_is_an_empty_list_and_what_is_nested_too_deeply_is_refused() -> None:
    decoder = msgspec.json.Decoder(list[dict[str, int]])
    assert command.listed(decoder, "") == []
    assert command.listed(decoder, '[{"a": 1}]') == [{"a": 1}]
    for text in ("[", "{}", '[{"a":' * 5000 + "1" + "}]" * 5000):
        with pytest.raises(ValueError, match=r"\w"):
            command.listed(decoder, text)
