"""Commands: by absolute path, with nothing of our environment, and a typed reason when they fail."""

import asyncio

import pytest

from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed


def test_the_environment_of_the_helper_does_not_reach_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_PRELOAD", "BASH_ENV", "IFS", "PYTHONPATH"):
        monkeypatch.setenv(name, "/nonexistent/evil")
    output = asyncio.run(command.run(["env"]))
    assert sorted(line.partition("=")[0] for line in output.splitlines()) == ["LC_ALL", "PATH"]


def test_a_tool_is_not_taken_from_the_path_of_the_caller(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.tool("env") in {"/usr/bin/env", "/bin/env"}


def test_a_missing_tool_is_named_with_its_package() -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["no-such-tool"]))
    assert caught.value.problem.code == "tool-missing"
    assert caught.value.problem.args["tool"] == "no-such-tool"


def test_a_failure_says_what_the_tool_said_but_not_what_it_was_given() -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["cat", "/nonexistent/file"], stdin="SECRET"))
    assert "No such file" in str(caught.value.problem.args["detail"])
    assert "SECRET" not in str(caught.value)


def test_a_command_that_hangs_is_ended() -> None:
    with pytest.raises(CommandFailed) as caught:
        asyncio.run(command.run(["sleep", "60"], timeout_s=0.05))
    assert "no end within" in str(caught.value.problem.args["detail"])


def test_standard_input_reaches_the_command() -> None:
    assert asyncio.run(command.run(["cat"], stdin="hello")) == "hello"
