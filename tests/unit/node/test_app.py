"""How does wgtray-node end when it cannot begin?"""

import os

import pytest

from wgtray.node.app import main


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["follow"],
        ["follow", "--interface", "wg0"],
        ["follow", "--interface", 'wg0"; drop', "--pool", "10.66.0.0/16"],
        ["follow", "--interface=-i", "--pool", "10.66.0.0/16"],
        ["follow", "--interface", "wg0", "--pool", "10.66.0.1/16"],
        ["follow", "--interface", "wg0", "--pool", "10.66.0.0/16", "--ignore", "somewhere"],
    ],
)
def test_a_wrong_command_line_is_exit_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_only_root_may(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["follow", "--interface", "wg0", "--pool", "10.66.0.0/16"]) == 4
    assert "sudo" in capsys.readouterr().err
